"""What a plan adds up to: by rule, by what durations rest on, by the Slurm jobs of a training."""

from collections.abc import Iterable
from typing import NamedTuple

from jetbench.planning.throughputs import REFERENCE, TABLE
from jetbench.planning.work import Work, attempts

SCALED, HERE = "estimate", "measured here"  # how the sources of such durations begin
FACTOR = 3  # that a scaled duration may be off by (docs/resources.md)


class Total(NamedTuple):
    """Jobs with something in common, and the hours that they take together."""

    what: str
    jobs: int
    gpu_hours: float
    cpu_hours: float
    longest: float  # seconds of one job


def total(what: str, work: Iterable[Work]) -> Total:
    """Sum of some jobs."""
    work = list(work)
    hours = (sum(each.gpu_hours for each in work), sum(each.cpu_hours for each in work))
    return Total(what, len(work), *hours, max((each.task.seconds for each in work), default=0.0))


def by_rule(work: Iterable[Work]) -> list[Total]:
    """Sums by rule, in the order in which the rules first come, and over all."""
    work = list(work)
    return [*sums(work, heading), total("all", work)]


def heading(each: Work) -> str:
    """Rule of a job; of a training also what is trained, since pre-trainings cost the most."""
    if each.job.rule != "train":
        return each.job.rule
    return "train: pre-trainings" if each.pretrains else "train: taggers"


def by_source(work: Iterable[Work]) -> list[Total]:
    """Sums by what the durations rest on, the longest in all first."""
    found = sums(work, lambda each: each.estimate.source)
    return sorted(found, key=lambda sum_: (-sum_.gpu_hours, -sum_.cpu_hours))


def sums(work: Iterable[Work], key) -> list[Total]:
    """Sums by some key."""
    groups = {}
    for each in work:
        groups.setdefault(key(each), []).append(each)
    return [total(what, jobs) for what, jobs in groups.items()]


class Resumed(NamedTuple):
    """Trainings that take more than one Slurm job each."""

    model: str
    trainings: int
    seconds: float  # of the longest
    slurm_jobs: int  # for that
    worst: int  # of any, where the scaled ones last FACTOR times as long


def resumed(work: Iterable[Work], site: dict) -> list[Resumed]:
    """By model, pre-trainings apart, trainings that go on in further Slurm jobs; longest first."""
    groups = {}
    for each in work:
        if each.job.rule == "train" and attempts(each, site) > 1:
            what = " (pre-training)" if each.pretrains else ""
            groups.setdefault(each.job.wildcards["model"] + what, []).append(each)
    found = []
    for model, trainings in groups.items():
        longest = max(trainings, key=lambda each: each.task.seconds)
        seconds = longest.task.seconds
        worst = max(attempts(each, site, factor(each)) for each in trainings)
        found.append(Resumed(model, len(trainings), seconds, attempts(longest, site), worst))
    return sorted(found, key=lambda row: -row.seconds)


def factor(each: Work) -> int:
    """How many times as long as estimated a job may last."""
    return FACTOR if each.estimate.source.startswith(SCALED) else 1


class Basis(NamedTuple):
    """What most hours of a plan rest on."""

    words: str
    scaled: float  # share of the hours that rest on other GPUs or networks


def basis(sources: Iterable[Total], site: dict) -> Basis:
    """What most GPU-hours rest on, or most CPU-hours where there are none of GPUs."""
    sources = list(sources)
    key = "gpu_hours" if any(row.gpu_hours for row in sources) else "cpu_hours"
    hours, scaled = {}, 0.0
    for row in sources:
        words = kind(row.what, site)
        hours[words] = hours.get(words, 0.0) + getattr(row, key)
        scaled += getattr(row, key) if row.what.startswith(SCALED) else 0.0
    total = sum(hours.values())
    return Basis(max(hours, key=hours.get, default=""), scaled / total if total else 0.0)


def kind(source: str, site: dict) -> str:
    """What a duration rests on, in words without the network."""
    if not source.startswith(SCALED):
        return HERE if source.startswith(HERE) else f"rates of {TABLE}"
    if f"as on {REFERENCE}," not in source:
        return "estimate from other networks" + (f" {HERE}" if HERE in source else "")
    gpu = f"{TABLE} has no {site['gpu']}" if site["gpu"] else "site: gpu is empty"
    return f"estimate from another GPU ({REFERENCE}; {gpu})"


def energy(work: Iterable[Work], site: dict) -> float:
    """GPU-hours x watts, in kWh: of the GPUs alone, all the time as if at work."""
    return sum(each.gpu_hours for each in work) * site["watts"] / 1000
