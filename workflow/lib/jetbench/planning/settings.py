"""The whole configuration: config.yaml, scales, models and studies, each checked alone."""

from pathlib import Path

import yaml

from jetbench.errors import InputError
from jetbench.planning.agreement import (
    check_data,
    check_model,
    check_scale,
    check_study,
)
from jetbench.planning.merging import expand
from jetbench.planning.runs import tasks_of
from jetbench.planning.untrained import with_bases
from jetbench.planning.validation import check, expect, read_yaml

KINDS = {"scales": "scale", "models": "model", "studies": "study"}


def load(folder: str | Path, schemas: str | Path, main: dict) -> dict:
    """Settings that the rules look values up in.

    `main` is the content of config.yaml with the overrides of the command line. The result has
    `scale`, `studies` (what `all` makes), `site` and `budget_gpu_hours`, and by name all `scales`,
    `models` with their variants, and `study` files; seeds and studies in `main` go over those of
    the scales. Untrained encoders go by the order of the models in resources/taggers.yaml, beside
    `folder`.

    Raises InputError naming the file, the key, and the nearest known one.
    """
    folder, schemas = Path(folder), Path(schemas)
    main = {key: typed(value) for key, value in main.items()}
    where = f"{folder / 'config.yaml'}, slurm/site.yaml or --config"
    check(main, read_yaml(schemas / "config.schema.yaml"), where)
    files = {kind: read_folder(folder / kind, schemas) for kind in KINDS}
    scales, models, studies = files["scales"], files["models"], files["studies"]
    if main.get("seeds"):
        scales = {name: scale | {"seeds": main["seeds"]} for name, scale in scales.items()}
    expect(main["scale"], scales, where, "scale")
    for name, model in models.items():
        check_model(model, origin(folder / "models", name))
    for name, scale in scales.items():
        path = folder / "scales" / f"{name}.yaml"
        check_scale(scale, path, models)
        check_data(scale, models, path)
        choose({}, scale, studies, path)
    for name, study in studies.items():
        check_study(study, folder / "studies" / f"{name}.yaml", models, scales)
    order = read_yaml(folder.parent / "resources/taggers.yaml")
    return {
        "scale": main["scale"],
        "studies": choose(main, scales[main["scale"]], studies, where),
        "site": main["site"],
        "budget_gpu_hours": main.get("budget_gpu_hours"),
        "scales": scales,
        "models": models,
        "study": {n: with_bases(study, scales, models, order) for n, study in studies.items()},
    }


def choose(main: dict, scale: dict, studies: dict, where: str | Path) -> list[str]:
    """Studies that `all` makes: those of config.yaml, else of the scale, else all with jets there.

    Raises InputError for one that is not there, or whose task has no jets at the scale.
    """
    known = set(scale["tasks"])
    fitting = [name for name, study in studies.items() if known.issuperset(tasks_of(study))]
    chosen = main.get("studies") or scale.get("studies", fitting)
    for study in chosen:
        expect(study, studies, where, "study")
        for task in tasks_of(studies[study]):
            expect(task, known, where, f"task of {study}")
    return chosen


def typed(value: object) -> object:
    """Lists and mappings of a command line as YAML reads them: there, Snakemake makes all text."""
    if isinstance(value, list):
        return [yaml.safe_load(item) if isinstance(item, str) else item for item in value]
    if isinstance(value, dict):
        return dict(zip(value, typed(list(value.values())), strict=True))
    return value


def read_folder(folder: Path, schemas: Path) -> dict[str, dict]:
    """All YAML files of a folder by their name without suffix, each checked against its schema.

    Models come with their variants, which are checked as if each were a file.
    """
    contents = {path.stem: read_yaml(path) for path in sorted(folder.glob("*.yaml"))}
    if not contents:
        raise InputError(f"{folder}: expected at least one .yaml file, got none")
    if folder.name == "models":
        contents = expand(contents, str(folder))
    schema = read_yaml(schemas / f"{KINDS[folder.name]}.schema.yaml")
    for name, content in contents.items():
        check(content, schema, origin(folder, name))
    return contents


def origin(folder: Path, name: str) -> str:
    """Where something of that name stands: in its file, or as a variant in that of its model."""
    if (path := folder / f"{name}.yaml").exists():
        return str(path)
    file = max((p for p in folder.glob("*.yaml") if name.startswith(f"{p.stem}_")), key=str)
    return f"{file}: variants: {name.removeprefix(f'{file.stem}_')}"
