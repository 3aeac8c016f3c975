"""What the files of the configuration must agree on, checked before any job."""

from itertools import chain, product
from pathlib import Path

from jetbench.data.datasets import DATASETS
from jetbench.errors import InputError
from jetbench.planning.counts import count
from jetbench.planning.drawable import check_figures, check_places
from jetbench.planning.encoders import check_heads
from jetbench.planning.fits import fits_of
from jetbench.planning.recipes import configured, recipe_of
from jetbench.planning.runs import (
    PRETRAINING,
    backbone,
    features_of,
    is_trained,
    numbers,
    pretrainings,
    runs,
    tasks_of,
)
from jetbench.planning.validation import expect, read_yaml

COSTS = ("cost", "sizes")  # tables, and figures drawn from them, of what the networks cost
ATTENTIVE = ("part", "part_plain")  # networks whose attention between particles can be limited

LIMITABLE = f"a model whose attention can be limited (network {' or '.join(ATTENTIVE)})"


def models_of(study: dict) -> list[str]:
    """All models that a study names."""
    lists = (study[key] for key in ("models", "fine_tuned", "official") if key in study)
    return list(dict.fromkeys(chain(*lists)))


def check_model(model: dict, path: str | Path) -> None:
    """Heads divide widths; padding and trimming are for networks whose batch norms could see it."""
    check_heads(model, path)
    tuning = (model.get(key, {}) for key in ("recipe", "fine_tuning", "official_fine_tuning"))
    over = (values for key in ("starts", "tasks") for values in model.get(key, {}).values())
    for recipe in (*tuning, *over):
        for key in ("padding", "trimming"):
            value = recipe.get(key, "none")
            if value != "none" and model["network"] not in (*ATTENTIVE, "particlenet"):
                raise InputError(
                    f"{path}: {key}: expected none for {model['network']}, got {value}"
                )


def check_study(study: dict, path: Path, models: dict, scales: dict) -> None:
    """A study may name only models that exist and sizes that every scale with its tasks knows."""
    for model in models_of(study):
        expect(model, models, path, "model")
    check_limits(study, path, models)
    check_costs(study, path)
    for name, scale in scales.items():
        if not set(tasks_of(study)) <= set(scale["tasks"]):
            continue
        sizes = scale["tasks"][study["task"]]["train_jets"]
        for size in study["sizes"]:
            expect(size, sizes, path, f"training size (scale {name})")
        for run in (*runs(study, scale), *pretrainings(study, scale)):
            check_run(run, scale, models, path)
        check_figures(study, scale, models, path)


def check_limits(study: dict, path: Path, models: dict) -> None:
    """Limits of the attention belong to networks with attention, and to the table of them."""
    if ("top" in study) != (study["table"] == "topk"):
        raise InputError(f"{path}: expected the key top and the table topk together")
    for model in models_of(study) if "top" in study else []:
        if models[model]["network"] not in ATTENTIVE:
            raise InputError(f"{path}: top: expected {LIMITABLE}, got {model}")


def check_costs(study: dict, path: Path) -> None:
    """Figures of costs are drawn from tables that hold them."""
    figures = [figure for figure in study["figures"] if figure in COSTS]
    if figures and study["table"] not in COSTS:
        expected = f"expected the table cost or sizes for the figure {figures[0]}"
        raise InputError(f"{path}: {expected}, got {study['table']}")


def check_run(run: str, scale: dict, models: dict, path: Path) -> None:
    """The features of a run must be at hand, and weights that it starts from published or made."""
    try:
        features_of(scale, models, run)
        source = backbone(scale, models, run) if is_trained(run) else run
        if is_trained(run):
            fits_of(scale, models, run)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    if source is None:
        return
    _, _, model, start, *_ = source.split("/")
    expect(model, models, path, f"model (weights that {run} starts from)")
    if start == "official" and "official" not in models[model]:
        raise InputError(f"{path}: {run}: expected the key official in the model {model}")


def check_resources(studies: dict, models: dict, folder: str | Path) -> None:
    """What the tables and figures of all studies need must be there before anything is trained."""
    archives = Path(folder) / "archives.yaml"
    known = {Path(name).stem for name in read_yaml(archives)["official"]["files"]}
    for name, model in models.items():
        if "official" in model:
            expect(model["official"], known, archives, f"published weights (model {name})")
    taggers = Path(folder) / "taggers.yaml"
    looks = read_yaml(taggers)
    for name, study in studies.items():
        for model in models_of(study):
            if model not in looks:
                entry = f"an entry for {model} (study {name})"
                raise InputError(f"{taggers}: expected {entry} with its label and colour, got none")
        if not (published := Path(folder).parent / study["published"]).is_file():
            raise InputError(f"study {name}: expected the file {study['published']}, got none")
        check_places(name, study, published)


def check_scale(scale: dict, path: Path, models: dict) -> None:
    """A scale must be named as its file, know its data and models, and count its jets."""
    if scale["name"] != path.stem:
        raise InputError(f"{path}: expected name: {path.stem}, got {scale['name']!r}")
    if scale["source"] == "simulated" and "jets_per_file" not in scale:
        raise InputError(f"{path}: missing key 'jets_per_file', which simulated jets need")
    for part in (scale, *scale["tasks"].values()):
        for model in part.get("recipes", {}):
            expect(model, models, path, "model")
    for task in scale["tasks"].values():
        expect(task["data"], DATASETS, path, "data set")
        check_sizes(task["train_jets"], path)
    for name in models:
        where = f"{path}: networks: {models[name]['network']} ({name})"
        check_heads(configured(scale, models[name]), where)


def check_sizes(train_jets: dict, path: Path) -> None:
    """A larger published training size must stand for more jets."""
    jets = [count(label) for label in train_jets.values()]
    sizes = [count(size) for size in train_jets]
    if sorted(jets) != [n for _, n in sorted(zip(sizes, jets, strict=True))]:
        raise InputError(f"{path}: expected train_jets to rise, got {train_jets}")


def check_data(scale: dict, models: dict, path: Path) -> None:
    """There must be files for the jets of each task, and jets for the recipe of every model."""
    for task, here in scale["tasks"].items():
        sizes = {"train": max(here["train_jets"].values(), key=count)}
        sizes |= {"val": here["val_jets"], "test": here["test_jets"]}
        for split, jets in sizes.items():
            numbers(scale, task, split, jets)
        if task == PRETRAINING:
            where = f"{path}: tasks: {task}: fit_jets"
            at_most(where, here["fit_jets"], "train_jets", sizes["train"])
        smallest = min(here["train_jets"].values(), key=count)
        starts = ("scratch",) if task in ("jetclass", PRETRAINING) else ("scratch", "jetclass")
        for name, start in product(models, starts):
            run = f"{scale['name']}/{task}/{name}/{start}/{smallest}/1"
            if is_possible(scale, models, run):
                check_recipe(recipe_of(scale, models, run), here, f"{path}: {run}: recipe")


def is_possible(scale: dict, models: dict, run: str) -> bool:
    """Whether a model has a recipe for the task of a run, and its data the features."""
    _, task, name, *_ = run.split("/")
    if ("pretraining" if task == PRETRAINING else "recipe") not in models[name]:
        return False
    try:
        features_of(scale, models, run)
    except InputError:
        return False
    return True


def check_recipe(recipe: dict, here: dict, where: str) -> None:
    """A recipe must not ask for more jets than there are, nor end before it is warm."""
    smallest = min(here["train_jets"].values(), key=count)
    at_most(f"{where}: batch", recipe["batch"], "jets_per_epoch", recipe["jets_per_epoch"])
    at_most(f"{where}: batch", recipe["batch"], "train_jets", smallest)
    at_most(f"{where}: val_jets", recipe["val_jets"], "val_jets of the scale", here["val_jets"])
    steps = recipe["epochs"] * (recipe["jets_per_epoch"] // recipe["batch"])
    if recipe.get("warm_up", 0) >= steps:
        few = f"fewer than the {steps} steps of the training"
        raise InputError(f"{where}: warm_up: expected {few}, got {recipe['warm_up']}")


def at_most(what: str, jets: str | int, limit: str, most: str | int) -> None:
    """Raise InputError if more jets are asked for than there are."""
    if count(jets) > count(most):
        raise InputError(f"{what}: expected at most {limit} {most}, got {jets}")
