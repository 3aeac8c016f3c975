"""Studies and a scale in, the names of runs and shards out. A run is one training."""

from itertools import product
from math import ceil

from jetbench.data.datasets import DATASETS
from jetbench.errors import InputError, nearest
from jetbench.planning.counts import count

RUN = "{scale}/{task}/{model}/{start}/{jets}/{seed}"  # the name of a training
PRETRAINING = "pretraining"  # the task of a run that learns without labels
STARTS = {  # the start's own start; None: random weights
    "scratch": None,
    "jetclass": "scratch",
    "official": "official",
    "pretrained": "scratch",
    "frozen": "scratch",  # the pre-trained encoder stays as it is
    "untrained": None,  # so does a random one
}
ENCODED = ("pretrained", "frozen", "untrained")  # starts of models with an encoder of their own
MAKING_NONE = {"identity"}  # tasks of a pre-training without `sample`
FEATURES = ("kin", "kinpid", "full")  # from few to many, each with all of those before


def task_of(scale: dict, task: str) -> dict:
    """What a scale says of a task: its data set and how many jets of each split."""
    if task not in scale["tasks"]:
        hint = nearest(task, scale["tasks"])
        raise InputError(f"scale {scale['name']}: has no jets for the task {task!r}; {hint}")
    return scale["tasks"][task]


def folder(scale: dict, task: str) -> str:
    """Folder of the shards; simulated jets never share one with real ones."""
    suffix = "" if scale["source"] == "downloaded" else f"_{scale['name']}"
    return f"results/data/{task_of(scale, task)['data']}{suffix}"


def jets_per_shard(scale: dict, task: str, split: str) -> int:
    """Jets in one shard of a split: as published, or as many of each class as the scale says."""
    data = DATASETS[task_of(scale, task)["data"]]
    if scale["source"] == "downloaded":
        return data.jets[split]
    return len(data.classes) * scale["jets_per_file"][split]


def numbers(scale: dict, task: str, split: str, jets: str | int) -> list[str]:
    """Numbers of the shards that hold the first `jets` jets of a split: ["000", "001", ...]."""
    known = DATASETS[task_of(scale, task)["data"]].numbers[split]
    size = jets_per_shard(scale, task, split)
    needed = ceil(count(jets) / size)
    if needed > len(known):
        most = f"at most {len(known) * size} {split} jets"
        raise InputError(f"scale {scale['name']}: {task}: expected {most}, got {jets}")
    return [f"{number:03d}" for number in known[:needed]]


def shards(scale: dict, task: str, split: str, jets: str | int) -> list[str]:
    """Paths of those shards."""
    place = f"{folder(scale, task)}/{split}"
    return [f"{place}/{number}.h5" for number in numbers(scale, task, split, jets)]


def runs(study: dict, scale: dict) -> list[str]:
    """Names of the runs of a study at a scale, as in RUN.

    Models with one untrained encoder have one run of it, of any model (`untrained.bases`).
    """
    bases = {"untrained": study.get("untrained", {}).get(scale["name"], {})}
    pairs = product(study["models"], study["starts"])
    pairs = dict.fromkeys((bases.get(start, {}).get(m, m), start) for m, start in pairs)
    pairs = [*pairs, *((model, "jetclass") for model in study.get("fine_tuned", []))]
    sizes = study["sizes"]
    named = [(*pair, size, seed) for pair, size, seed in product(pairs, sizes, scale["seeds"])]
    task, jets = study["task"], task_of(scale, study["task"])["train_jets"]
    return [
        f"{scale['name']}/{task}/{model}/{start}/{jets[size]}/{seed}"
        for model, start, size, seed in [*named, *published(study, scale)]
    ]


def published(study: dict, scale: dict) -> list[tuple[str, str, str, int]]:
    """(model, start, size, seed) of the runs with published weights.

    These are downloaded, and so belong to scales that download their jets as well. On JetClass they
    are what they are: one run of the largest size, with the first seed.
    """
    models = study.get("official", []) if scale["source"] == "downloaded" else []
    sizes, seeds = study["sizes"], scale["seeds"]
    if study["task"] == "jetclass":
        sizes, seeds = [max(sizes, key=count)], seeds[:1]
    return list(product(models, ["official"], sizes, seeds))


def tasks_of(study: dict) -> list[str]:
    """Tasks that a scale must have jets for if it makes a study."""
    return [study["task"], *([PRETRAINING] if set(ENCODED) & set(study["starts"]) else [])]


def pretrainings(study: dict, scale: dict) -> list[str]:
    """Names of the runs that the encoders of a study were pre-trained in."""
    if not {start for start in ENCODED if STARTS[start]} & set(study["starts"]):
        return []
    jets = most(scale, PRETRAINING)
    return [
        f"{scale['name']}/{PRETRAINING}/{model}/scratch/{jets}/{seed}"
        for model, seed in product(study["models"], scale["seeds"])
    ]


def check_filling(models: dict, run: str) -> None:
    """Raise InputError for a run that makes nothing that could be filled in."""
    check_run(models, run)
    pretraining = models[run.split("/")[2]]["pretraining"]
    if not fills_in(models, run):
        learned = ", ".join(pretraining.get("tasks", [pretraining["method"]]))
        expected = "expected a pre-training that makes continuous features"
        raise InputError(f"{run}: {expected}, got {learned}")


def fills_in(models: dict, run: str) -> bool:
    """Whether a pre-training learns to make the continuous features of dropped particles."""
    pretraining = models[run.split("/")[2]]["pretraining"]
    if "tasks" in pretraining:
        return not MAKING_NONE.issuperset(pretraining["tasks"])
    return pretraining["method"] == "set_flow_matching"


def is_trained(run: str) -> bool:
    """Whether a run is a training; official weights on their own task are taken as they are."""
    _, task, _, start, *_ = run.split("/")
    return (task, start) != ("jetclass", "official")


def features_of(scale: dict, models: dict, run: str) -> str:
    """Feature set of a run: the model's, or what the data of the task offer if that is less.

    Raises InputError for a model that is named for features that the data do not offer, or that has
    only some of its own in those.
    """
    _, task, name, *_ = run.split("/")
    own = models[name]["features"]
    offered = task_of(scale, task).get("features", FEATURES[-1])
    if own not in FEATURES:
        if offered != FEATURES[-1]:
            raise InputError(f"{run}: expected data with the features {own}, got {offered}")
        return own
    features = min(own, offered, key=FEATURES.index)
    if features != own and name.endswith(f"_{own}"):
        raise InputError(f"{run}: expected a model for the features {features}, got one for {own}")
    return features


def check_run(models: dict, run: str) -> None:
    """Raise InputError for a run that cannot be: its start does not go with its task or model."""
    _, task, name, start, *_ = run.split("/")
    model = models[name]
    if start not in STARTS:
        raise InputError(f"{run}: unknown start {start!r}; {nearest(start, STARTS)}")
    if "pretraining" not in model and task == PRETRAINING:
        raise InputError(f"{run}: expected the key pretraining in the model {name}")
    if "pretraining" not in model and start in ENCODED:
        raise InputError(f"{run}: {name} is not pre-trained; starts: {starts_of(model, task)}")
    if task != PRETRAINING and "recipe" not in model:
        raise InputError(f"{run}: expected the task {PRETRAINING}: {name} is no tagger")
    if task == PRETRAINING and start != "scratch":
        raise InputError(f"{run}: expected a pre-training to start from scratch")
    if start in ("jetclass", "official") and task == "jetclass":
        raise InputError(f"{run}: expected a training on JetClass to start from scratch")
    if start in ("jetclass", "official") and "fine_tuning" not in model:
        raise InputError(f"{run}: expected the key fine_tuning in the model {name}")


def starts_of(model: dict, task: str) -> str:
    """Starts of a model that is not pre-trained."""
    tuned = ["jetclass"] if task != "jetclass" and "fine_tuning" in model else []
    published = ["official"] if "official" in model and (tuned or task == "jetclass") else []
    return ", ".join(["scratch", *tuned, *published])


def backbone(scale: dict, models: dict, run: str) -> str | None:
    """Run with the most jets whose weights a run starts from; None from random ones.

    It is the pre-training of the model, or its training on JetClass: where the data of the task
    offer fewer features, that of the model {model}_{features}.
    """
    check_run(models, run)
    _, task, model, start, _, seed = run.split("/")
    if STARTS[start] is None:
        return None
    source = PRETRAINING if start in ENCODED else "jetclass"
    if source == "jetclass":
        features = features_of(scale, models, run)
        model = model if models[model]["features"] == features else f"{model}_{features}"
    return f"{scale['name']}/{source}/{model}/{STARTS[start]}/{most(scale, source)}/{seed}"


def most(scale: dict, task: str) -> str | int:
    """The largest training size of a task."""
    return max(task_of(scale, task)["train_jets"].values(), key=count)
