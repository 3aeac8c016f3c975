"""The whole configuration: config.yaml, scales, models and studies, checked alone and together."""

from pathlib import Path

from jetbench.errors import InputError, nearest
from jetbench.planning.counts import count
from jetbench.planning.runs import numbers
from jetbench.planning.validation import check, read_yaml

KINDS = {"scales": "scale", "models": "model", "studies": "study"}


def load(folder: str | Path, schemas: str | Path, main: dict) -> dict:
    """Settings that the rules look values up in.

    `main` is the content of config.yaml with the overrides of the command line. The result has
    `scale` and `studies` (what `all` makes), and by name all `scales`, `models` and `study` files;
    `recipes/{scale}/{model}` is a model with the values of that scale put over its own.

    Raises InputError naming the file, the key, and the nearest known one.
    """
    folder, schemas = Path(folder), Path(schemas)
    check(main, read_yaml(schemas / "config.schema.yaml"), folder / "config.yaml")
    files = {kind: read_folder(folder / kind, schemas) for kind in KINDS}
    scales, models, studies = files["scales"], files["models"], files["studies"]
    expect(main["scale"], scales, folder / "config.yaml", "scale")
    for study in main["studies"]:
        expect(study, studies, folder / "config.yaml", "study")
    for name, study in studies.items():
        check_study(study, folder / "studies" / f"{name}.yaml", models, scales)
    for name, scale in scales.items():
        check_scale(scale, folder / "scales" / f"{name}.yaml", models)
    recipes = {name: merge(scale, models) for name, scale in scales.items()}
    for name, scale in scales.items():
        check_data(scale, recipes[name], folder / "scales" / f"{name}.yaml")
    return {
        "scale": main["scale"],
        "studies": main["studies"],
        "scales": scales,
        "models": models,
        "study": studies,
        "recipes": recipes,
    }


def read_folder(folder: Path, schemas: Path) -> dict[str, dict]:
    """All YAML files of a folder by their name without suffix, each checked against its schema."""
    schema = read_yaml(schemas / f"{KINDS[folder.name]}.schema.yaml")
    contents = {}
    for path in sorted(folder.glob("*.yaml")):
        contents[path.stem] = read_yaml(path)
        check(contents[path.stem], schema, path)
    if not contents:
        raise InputError(f"{folder}: expected at least one .yaml file, got none")
    return contents


def expect(name: str, known, origin: Path, what: str) -> None:
    """Raise InputError unless `name` is known."""
    if name not in known:
        raise InputError(f"{origin}: unknown {what} {name!r}; {nearest(name, known)}")


def check_study(study: dict, path: Path, models: dict, scales: dict) -> None:
    """A study may name only models that exist and training sizes that every scale knows."""
    for model in study["models"]:
        expect(model, models, path, "model")
    for size in study["sizes"]:
        for name, scale in scales.items():
            expect(size, scale["train_jets"], path, f"training size (scale {name})")


def check_resources(studies: dict, folder: str | Path) -> None:
    """What the tables and figures of all studies need must be there before anything is trained."""
    taggers = Path(folder) / "taggers.yaml"
    looks = read_yaml(taggers)
    for name, study in studies.items():
        for model in study["models"]:
            expect(model, looks, taggers, f"tagger (study {name})")
        if not (Path(folder).parent / study["published"]).is_file():
            raise InputError(f"study {name}: expected the file {study['published']}, got none")


def check_scale(scale: dict, path: Path, models: dict) -> None:
    """A scale must be named as its file, override only models that exist, and count its jets."""
    if scale["name"] != path.stem:
        raise InputError(f"{path}: expected name: {path.stem}, got {scale['name']!r}")
    for model in scale.get("recipes", {}):
        expect(model, models, path, "model")
    jets = [count(label) for label in scale["train_jets"].values()]
    sizes = [count(size) for size in scale["train_jets"]]
    if sorted(jets) != [n for _, n in sorted(zip(sizes, jets, strict=True))]:
        raise InputError(f"{path}: expected train_jets to rise, got {scale['train_jets']}")


def check_data(scale: dict, recipes: dict, path: Path) -> None:
    """There must be files for the jets of a scale, and jets for the recipe of every model."""
    sizes = {"train": max(scale["train_jets"].values(), key=count)}
    sizes |= {"val": scale["val_jets"], "test": scale["test_jets"]}
    for split, jets in sizes.items():
        numbers(scale, split, jets)
    smallest = min(scale["train_jets"].values(), key=count)
    for model, values in recipes.items():
        recipe, where = values["recipe"], f"{path}: recipe of {model}"
        held_back = scale["val_jets"]
        at_most(f"{where}: batch", recipe["batch"], "jets_per_epoch", recipe["jets_per_epoch"])
        at_most(f"{where}: batch", recipe["batch"], "train_jets", smallest)
        at_most(f"{where}: val_jets", recipe["val_jets"], "val_jets of the scale", held_back)


def at_most(what: str, jets: int, limit: str, most: str | int) -> None:
    """Raise InputError if a recipe asks for more jets than there are."""
    if jets > count(most):
        raise InputError(f"{what}: expected at most {limit} {most}, got {jets}")


def merge(scale: dict, models: dict) -> dict[str, dict]:
    """Every model with this scale's recipe values over its own; the model's own section wins."""
    common, special = scale.get("recipe", {}), scale.get("recipes", {})
    return {
        name: {**model, "recipe": {**model["recipe"], **common, **special.get(name, {})}}
        for name, model in models.items()
    }
