# The checked configuration and the few questions that rules ask of it.

from contextlib import nullcontext
from functools import cache
from pathlib import Path

from snakemake import __version__
from snakemake.cli import get_argument_parser
from snakemake.exceptions import WorkflowError

from jetbench.data import datasets
from jetbench.data.datasets import CLASSES, FILE_NUMBERS
from jetbench.data.tasks import TASKS
from jetbench.errors import InputError, nearest
from jetbench.failures import failures
from jetbench.planning import (
    agreement,
    needs,
    recipes,
    runs,
    settings,
    showings,
    tokens,
)
from jetbench.planning.benchmarks import at_site
from jetbench.planning.counts import count
from jetbench.planning.fits import centroids, fits_of, fitted
from jetbench.planning.throughputs import read_throughputs
from jetbench.planning.runs import PRETRAINING, RUN
from jetbench.planning.validation import read_checked

try:
    SETTINGS = settings.load("config", f"{workflow.basedir}/workflow/schemas", config)
    ARCHIVES = read_checked(
        Path("resources/archives.yaml"),
        Path(workflow.basedir, "workflow/schemas/archives.schema.yaml"),
    )
    SETTINGS["archives"] = ARCHIVES  # sizes of downloads
    THROUGHPUTS = read_throughputs("resources/throughputs.csv")
    agreement.check_resources(SETTINGS["study"], SETTINGS["models"], "resources")
except InputError as error:
    raise WorkflowError(str(error))


@cache
def throughputs():
    """How fast jobs are here: as measured in results/, else as in the table."""
    return at_site(THROUGHPUTS, "results", SETTINGS)


def memory(name):
    """Resource function: MB of a job of the rule `name`, more at each attempt."""
    return lambda wildcards, attempt: needs.memory(
        name, dict(wildcards.items()), SETTINGS, attempt
    )


def runtime(name):
    """Resource function: minutes of a job of the rule `name`, more at each attempt."""
    return lambda wildcards, attempt: needs.minutes(
        name, dict(wildcards.items()), SETTINGS, throughputs(), attempt
    )


def together(wildcards):
    """Group of the scores and metrics of a task, which Slurm may make in one job.

    A few 100 000 jets take seconds; the 20M of JetClass are worth a job for each run.
    """
    return None if wildcards.task == "jetclass" else f"scores_{wildcards.task}"


def known(kind, name):
    """One entry of the settings; a name that is not there ends with the nearest one."""
    if name not in SETTINGS[kind]:
        what = {"scales": "scale", "study": "study", "models": "model"}[kind]
        raise WorkflowError(f"unknown {what} {name!r}; {nearest(name, SETTINGS[kind])}")
    return SETTINGS[kind][name]


def answer(question, *arguments):
    """What the library answers; bad input ends the run with its message alone."""
    try:
        return question(*arguments)
    except InputError as error:
        raise WorkflowError(str(error))


def about(question, wildcards):
    """What the library answers about a run, from its scale, all models and its name."""
    run = RUN.format(**wildcards)
    return answer(question, scale_of(wildcards), SETTINGS["models"], run)


def scale_of(wildcards):
    """The scale of a run, which must have jets for its task."""
    known("models", wildcards.model)
    scale = known("scales", wildcards.scale)
    answer(runs.task_of, scale, wildcards.task)
    return scale


def shards(split):
    """Input function: shards that hold the jets of a split for a run.

    Those of published jets do not change: one that is made again trains nothing again.
    """

    def paths(wildcards):
        scale = scale_of(wildcards)
        jets = runs.task_of(scale, wildcards.task).get(f"{split}_jets")
        jets = wildcards.jets if split == "train" else jets
        files = runs.shards(scale, wildcards.task, split, jets)
        return ancient(files) if scale["source"] == "downloaded" else files

    return paths


def only_taggers(wildcards, purpose):
    """Refuse a pre-training, which has no classes to score."""
    if wildcards.task == PRETRAINING:
        run = RUN.format(**wildcards)
        raise WorkflowError(
            f"{run}: expected a tagger to {purpose}, got a pre-training"
        )


def test_shards(wildcards):
    """Shards that a tagger is scored on."""
    only_taggers(wildcards, "score")
    return shards("test")(wildcards)


def tagger_weights(wildcards):
    """Weights of a tagger to export."""
    only_taggers(wildcards, "export")
    return f"results/{RUN}/weights.safetensors".format(**wildcards)


def filled_shards(wildcards):
    """Shards of which a pre-training fills in dropped particles, if it learns to make them."""
    scale_of(wildcards)
    answer(runs.check_filling, SETTINGS["models"], RUN.format(**wildcards))
    return shards("test")(wildcards)


def test_jets(wildcards):
    """How many jets a scale tests a task on."""
    return count(answer(runs.task_of, scale_of(wildcards), wildcards.task)["test_jets"])


def fit_shards(wildcards):
    """Training shards that quantiles and centroids are fitted to."""
    scale = known("scales", wildcards.scale)
    files = answer(fitted, scale)
    return ancient(files) if scale["source"] == "downloaded" else files


def token_shards(wildcards):
    """The same, for centroids that there can be."""
    scale = known("scales", wildcards.scale)
    answer(centroids, scale, int(wildcards.continuous), int(wildcards.tokens))
    return fit_shards(wildcards)


def fit_jets(wildcards):
    """How many jets they are fitted to."""
    scale = known("scales", wildcards.scale)
    return count(answer(runs.task_of, scale, PRETRAINING)["fit_jets"])


def fit_threads(wildcards):
    """How many threads search for the nearest centroids."""
    return tokens.searchers(SETTINGS, wildcards.scale)


def fit_passes(wildcards):
    """Most passes of k-means over the particles; None for as many as published."""
    scale = known("scales", wildcards.scale)
    return answer(runs.task_of, scale, PRETRAINING).get("fit_passes")


def fits(wildcards):
    """What was fitted for a run: quantiles, centroids, a tokeniser; none if weights hold it."""
    return about(fits_of, wildcards)


def model_of(wildcards):
    """Network, sizes, features and recipe of a run."""
    return about(recipes.model_of, wildcards)


def gpus(wildcards):
    """Resource function: GPUs of a training; no parameter, since they decide nothing."""
    return about(recipes.gpus_of, wildcards)


def cores(wildcards):
    """Threads function: cores of a training, which its processes share."""
    return needs.cores(gpus(wildcards), SETTINGS["site"])


def backbone(wildcards):
    """Weights that a run starts from; none from scratch."""
    start = about(runs.backbone, wildcards)
    return f"results/{start}/weights.safetensors" if start else []


def limit(wildcards):
    """Number of particles that attention is limited to; the network must allow for it."""
    network = known("models", wildcards.model)["network"]
    if network not in agreement.ATTENTIVE:
        got = f"expected {agreement.LIMITABLE}, got {wildcards.model}"
        raise WorkflowError(f"top{wildcards.top}: {got}")
    return int(wildcards.top)


def official(wildcards):
    """Name of the published weights of a model."""
    if "official" not in known("models", wildcards.model):
        having = [
            name for name, model in SETTINGS["models"].items() if "official" in model
        ]
        hint = f"published weights exist for {', '.join(having)}"
        raise WorkflowError(f"model {wildcards.model} has no published weights; {hint}")
    return SETTINGS["models"][wildcards.model]["official"]


def library(script, *wings):
    """Code of a script and some wings, a change in which makes the results of a cheap rule again."""
    paths = [Path(f"workflow/lib/jetbench/{wing}").glob("*.py") for wing in wings]
    return [
        *(str(path) for wing in paths for path in sorted(wing)),
        f"workflow/scripts/{script}.py",
    ]


def raw_files(split):
    """ROOT files of a split of JetClass."""
    return [
        f"results/data/jetclass/raw/{file}"
        for number in FILE_NUMBERS[split]
        for file in datasets.source_files("jetclass", split, f"{number:03d}")
    ]


def published_files(dataset):
    """Published files of a data set whose files hold all classes."""
    return expand(
        f"results/data/{dataset}/raw/{{file}}", file=datasets.published_files(dataset)
    )


def sources(wildcards):
    """Files that become one shard.

    Published files do not change: unpacked again for one that was lost, they make no shard again.
    """
    files = answer(datasets.source_files, *wildcards)
    paths = expand(f"results/data/{wildcards.dataset}/raw/{{file}}", file=files)
    return ancient(paths) if wildcards.dataset in datasets.DATASETS else paths


def archives(dataset, *splits):
    """Archives that hold the files of some splits, or of all, of a data set."""
    names = [
        name
        for name, archive in ARCHIVES[dataset]["files"].items()
        if not splits or archive["split"] in splits
    ]
    return expand(f"results/data/{dataset}/archives/{{name}}", name=names)


def credit(dataset):
    """Where downloaded data come from, on which terms, and what to cite."""
    if dataset not in ARCHIVES:
        raise WorkflowError(f"{dataset}: not downloaded; {nearest(dataset, ARCHIVES)}")
    entry = ARCHIVES[dataset]
    return {key: entry[key] for key in ("page", "licence", "citation")}


def simulated_jets(dataset):
    """Input function: jets of all classes in one simulated shard of a data set."""
    classes = len(datasets.DATASETS[dataset].classes)
    return (
        lambda wildcards: classes
        * known("scales", wildcards.scale)["jets_per_file"][wildcards.split]
    )


LOOKING = {"plan", "status", "clean_checkpoints"}  # targets that make no result


def looks_only(targets):
    """Whether these targets make no result."""
    return bool(targets) and LOOKING.issuperset(targets)


# They need no --cores; who makes results has to say how many. Snakemake asks for them before it
# tells a Snakefile its targets.
if workflow.resource_settings.cores is None and LOOKING.intersection(sys.argv):
    if looks_only(get_argument_parser().parse_args(sys.argv[1:]).targets):
        workflow.resource_settings.cores = 1


def beside(wildcards):
    """Input function of what runs beside the run that it looks at: no inputs, and no lock taken.

    Without inputs and outputs nothing is in the way of the other run's lock; but when Snakemake
    ends, it deletes the locks of the whole folder, and a third run could go into the second's way.
    """
    if looks_only(workflow.dag_settings.targets):
        # As --nolock does, which no setting within the reach of a Snakefile stands for.
        if not hasattr(workflow.persistence, "lock"):
            raise WorkflowError(
                f"expected a Snakemake that locks as 9.27 does, got {__version__}: "
                f"{', '.join(sorted(LOOKING))} could delete the lock of a run beside them"
            )
        workflow.persistence.lock = nullcontext
    return []


wildcard_constraints:
    scale="[a-z][a-z0-9]*",
    suffix="(_[a-z][a-z0-9]*)?",
    dataset="[a-z0-9_]+",
    split="train|val|test",
    process="[A-Za-z0-9]+",
    number=r"\d{3}",
    task="[a-z_]+",
    start="[a-z_]+",
    model="[a-z0-9_]+",
    jets=r"\d+(\.\d+)?[kM]?",
    top=r"[1-9]\d*",
    study="[a-z0-9_]+",
    figure="[a-z0-9_]+",
    seed=r"\d+",
