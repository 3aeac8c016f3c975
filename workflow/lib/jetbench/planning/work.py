"""The jobs of a dry run as tasks on GPU slots, cores and the network, with their durations."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import NamedTuple

from jetbench.planning.dag import Job, dependencies
from jetbench.planning.durations import Estimate, device, estimate
from jetbench.planning.needs import cores
from jetbench.planning.precedence import Task
from jetbench.planning.runs import PRETRAINING
from jetbench.planning.throughputs import Throughputs
from jetbench.planning.tokens import searchers

WARNING = 120  # seconds before its limit in which a training saves itself (slurm/config.yaml)


class Work(NamedTuple):
    """One job, with the task that it is."""

    job: Job
    task: Task
    estimate: Estimate
    cores: int  # that it holds, also beside its GPUs

    @property
    def pretrains(self) -> bool:
        """Whether it is a training without labels."""
        return self.job.rule == "train" and self.job.wildcards["task"] == PRETRAINING

    @property
    def gpu_hours(self) -> float:
        """GPUs times hours."""
        return self.task.width * self.task.seconds / 3600 if self.task.pool == "gpu" else 0.0

    @property
    def cpu_hours(self) -> float:
        """Cores times hours."""
        return self.cores * self.task.seconds / 3600


def work_of(jobs: Sequence[Job], settings: dict, throughputs: Throughputs) -> list[Work]:
    """All jobs that do something; GPU jobs hold cores_per_gpu of the site, where it has them."""
    names = [
        " ".join([job.rule, *filter(None, ["/".join(job.wildcards.values())])]) for job in jobs
    ]
    work = []
    for job, name, before in zip(jobs, names, dependencies(jobs), strict=True):
        if not job.outputs:  # `all`
            continue
        rests = estimate(job.rule, job.wildcards, settings, throughputs)
        pool, width = place(job, settings)
        after = tuple(names[index] for index in sorted(before))
        held = cores(width, settings["site"]) if pool == "gpu" else width
        work.append(Work(job, Task(name, rests.seconds, pool, width, after), rests, held))
    return work


def place(job: Job, settings: dict) -> tuple[str, int]:
    """Pool of a job, and how many of its units it holds.

    Downloads share the network: one after the other they end as early as all at once.
    """
    if job.rule.startswith("download"):
        return "network", 1
    site = settings["site"]
    gpus = job.resources.get("gpu", 0)
    if gpus and device(job.rule, site) != "cpu":
        return "gpu", gpus
    # A dry run knows of one core at most; on a CPU each process of a training would have one.
    threads = job.threads
    if job.rule == "fit_kmeans":
        threads = searchers(settings, job.wildcards["scale"])
    return "core", min(cores(gpus, site) if gpus else threads, site["cores"])


def capacities(site: dict) -> dict[str, int]:
    """Units of every pool."""
    return {"gpu": site["gpus"], "core": site["cores"], "network": 1}


def needed(work: Iterable[Work], study: str) -> set[str]:
    """Names of all jobs that the table and the figures of a study need."""
    named = {each.task.name: each for each in work}
    reached, open_ = set(), [n for n, w in named.items() if w.job.wildcards.get("study") == study]
    while open_:
        name = open_.pop()
        if name not in reached:
            reached.add(name)
            open_ += named[name].task.after
    return reached


def kept(work: Iterable[Work], names: set[str]) -> list[Work]:
    """The jobs of those names, and the report over them, waiting for each other alone."""
    left = [each for each in work if each.task.name in names or each.job.rule == "report"]
    known = {each.task.name for each in left}
    return [
        each._replace(
            task=each.task._replace(after=tuple(name for name in each.task.after if name in known))
        )
        for each in left
    ]


def attempts(each: Work, site: dict, factor: float = 1) -> int:
    """ceil( factor x seconds / longest ): Slurm jobs of a training, one after another."""
    return ceil(factor * each.task.seconds / longest(site))


def longest(site: dict) -> float:
    """60 walltime - WARNING: seconds that a training has in one Slurm job."""
    return 60 * site["walltime"] - WARNING
