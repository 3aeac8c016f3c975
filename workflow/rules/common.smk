# The checked configuration and the few questions that rules ask of it.

from pathlib import Path

from snakemake.exceptions import WorkflowError

from jetbench.data.datasets import FILE_NUMBERS, PROCESSES, WORKING_POINTS
from jetbench.errors import InputError, nearest
from jetbench.planning import runs, settings
from jetbench.planning.validation import read_yaml

try:
    SETTINGS = settings.load("config", f"{workflow.basedir}/workflow/schemas", config)
    settings.check_resources(SETTINGS["study"], "resources")
except InputError as error:
    raise WorkflowError(str(error))

ARCHIVES = read_yaml(Path("resources/archives.yaml"))


def known(kind, name):
    """One entry of the settings; a name that is not there ends with the nearest one."""
    if name not in SETTINGS[kind]:
        what = {"scales": "scale", "study": "study", "models": "model"}[kind]
        raise WorkflowError(f"unknown {what} {name!r}; {nearest(name, SETTINGS[kind])}")
    return SETTINGS[kind][name]


def train_shards(wildcards):
    """Shards that hold the training jets of a run."""
    known("models", wildcards.model)
    return runs.shards(known("scales", wildcards.scale), "train", wildcards.jets)


def val_shards(wildcards):
    """Shards of the validation split."""
    scale = known("scales", wildcards.scale)
    return runs.shards(scale, "val", scale["val_jets"])


def test_shards(wildcards):
    """Shards of the test split."""
    scale = known("scales", wildcards.scale)
    return runs.shards(scale, "test", scale["test_jets"])


def of_runs(file):
    """Input function: that file of every run of the study in the wildcards."""

    def paths(wildcards):
        study, scale = known("study", wildcards.study), known("scales", wildcards.scale)
        return [f"results/{run}/{file}" for run in runs.runs(study, scale)]

    return paths


def of_models(path):
    """Input function: that file for every model of the study in the wildcards."""
    return lambda wildcards: expand(
        path, model=known("study", wildcards.study)["models"]
    )


def published(wildcards):
    """File with the published numbers of a study."""
    return known("study", wildcards.study)["published"]


def library(wing, script):
    """Code of a wing and a script, a change in which makes the results of a cheap rule again."""
    wing = sorted(Path(f"workflow/lib/jetbench/{wing}").glob("*.py"))
    return [*map(str, wing), f"workflow/scripts/{script}.py"]


def raw_files(split):
    """ROOT files of a split of JetClass."""
    path = f"results/data/jetclass/raw/{split}/{{process}}_{{number:03d}}.root"
    return expand(path, process=PROCESSES, number=FILE_NUMBERS[split])


def archives(split):
    """Archives that hold the ROOT files of a split of JetClass."""
    names = [
        name
        for name, archive in ARCHIVES["jetclass"].items()
        if archive["split"] == split
    ]
    return expand("results/data/jetclass/archives/{name}.tar", name=names)


def table(wildcards):
    """Table of the study that a figure belongs to; the figure must be one of the study's."""
    figures = known("study", wildcards.study)["figures"]
    if wildcards.figure not in figures:
        hint = nearest(wildcards.figure, figures)
        raise WorkflowError(
            f"study {wildcards.study}: unknown figure {wildcards.figure!r}; {hint}"
        )
    return f"results/{wildcards.scale}/tables/{wildcards.study}.csv"


def products(scale):
    """Tables and figures of the chosen studies."""
    paths = []
    for study in SETTINGS["studies"]:
        paths += expand(
            f"results/{scale}/tables/{study}.{{ext}}", ext=["csv", "md", "tex", "html"]
        )
        paths += expand(
            f"results/{scale}/figures/{study}/{{figure}}.{{ext}}",
            figure=SETTINGS["study"][study]["figures"],
            ext=["pdf", "png"],
        )
    return paths


wildcard_constraints:
    scale="[a-z][a-z0-9]*",
    dataset="[a-z0-9_]+",
    split="train|val|test",
    process="[A-Za-z0-9]+",
    number=r"\d{3}",
    task="jetclass",
    start="scratch",
    model="[a-z0-9_]+",
    jets=r"\d+(\.\d+)?[kM]?",
    study="[a-z0-9_]+",
    figure="[a-z0-9_]+",
    seed=r"\d+",
