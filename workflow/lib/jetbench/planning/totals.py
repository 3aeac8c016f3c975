"""What a plan adds up to: by rule, by what durations rest on, by the Slurm jobs of a training."""

from collections.abc import Iterable
from typing import NamedTuple

from jetbench.planning.work import Work, attempts


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
    return [*sums(work, lambda each: each.job.rule), total("all", work)]


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


def resumed(work: Iterable[Work], site: dict) -> list[Resumed]:
    """By model, the trainings that go on in further Slurm jobs, the longest first."""
    groups = {}
    for each in work:
        if each.job.rule == "train" and attempts(each, site) > 1:
            groups.setdefault(each.job.wildcards["model"], []).append(each)
    found = []
    for model, trainings in groups.items():
        longest = max(trainings, key=lambda each: each.task.seconds)
        seconds = longest.task.seconds
        found.append(Resumed(model, len(trainings), seconds, attempts(longest, site)))
    return sorted(found, key=lambda row: -row.seconds)


def energy(work: Iterable[Work], site: dict) -> float:
    """GPU-hours x watts, in kWh: of the GPUs alone, all the time as if at work."""
    return sum(each.gpu_hours for each in work) * site["watts"] / 1000
