"""The whole configuration: config.yaml, scales, models and studies, each checked alone."""

from pathlib import Path

import yaml

from jetbench.errors import InputError
from jetbench.planning.agreement import check_data, check_model, check_scale, check_study
from jetbench.planning.validation import check, expect, read_yaml

KINDS = {"scales": "scale", "models": "model", "studies": "study"}


def load(folder: str | Path, schemas: str | Path, main: dict) -> dict:
    """Settings that the rules look values up in.

    `main` is the content of config.yaml with the overrides of the command line. The result has
    `scale`, `studies` (what `all` makes), `site` and `budget_gpu_hours`, and by name all `scales`,
    `models` and `study` files; seeds in `main` go over those of the scales.

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
    for study in main["studies"]:
        expect(study, studies, where, "study")
        task = studies[study]["task"]
        expect(task, scales[main["scale"]]["tasks"], where, f"task of {study}")
    for name, model in models.items():
        check_model(model, folder / "models" / f"{name}.yaml")
    for name, scale in scales.items():
        path = folder / "scales" / f"{name}.yaml"
        check_scale(scale, path, models)
        check_data(scale, models, path)
    for name, study in studies.items():
        check_study(study, folder / "studies" / f"{name}.yaml", models, scales)
    return {
        "scale": main["scale"],
        "studies": main["studies"],
        "site": main["site"],
        "budget_gpu_hours": main.get("budget_gpu_hours"),
        "scales": scales,
        "models": models,
        "study": studies,
    }


def typed(value: object) -> object:
    """Lists and mappings of a command line as YAML reads them: there, Snakemake makes all text."""
    if isinstance(value, list):
        return [yaml.safe_load(item) if isinstance(item, str) else item for item in value]
    if isinstance(value, dict):
        return dict(zip(value, typed(list(value.values())), strict=True))
    return value


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
