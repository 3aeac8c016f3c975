"""What `snakemake plan` says: studies, schedule and sums, as plain values."""

from typing import NamedTuple

from jetbench.planning.budget import Choice, choose
from jetbench.planning.dispatch import greedy, makespan
from jetbench.planning.precedence import Network, connect
from jetbench.planning.slots import Schedule, schedule
from jetbench.planning.storage import storage
from jetbench.planning.totals import basis, by_rule, by_source, energy, resumed
from jetbench.planning.work import Work, attempts, capacities, kept, needed

RUN = ("task", "model", "start", "jets", "seed")  # of a job's wildcards, what a reader looks for
PROFILE = ("gpu", "gpus", "cores_per_gpu", "walltime")  # that it takes from slurm/site.yaml
FACTORS = (0.5, 2, 4)  # of the number of GPUs: how long it takes on so many


class Plan(NamedTuple):
    """The jobs to make with their schedule."""

    work: list[Work]
    network: Network
    schedule: Schedule
    settings: dict
    choice: dict | None  # of the studies, where there is a budget


def make_plan(work: list[Work], settings: dict) -> Plan:
    """Schedule of the jobs of the chosen studies, of those within the budget where there is one."""
    chosen = None
    if settings["budget_gpu_hours"]:
        chosen = within(work, settings)
        names = set().union(*(needed(work, study) for study in chosen["chosen"]))
        work = kept(work, names) if chosen["chosen"] else []
    network, units = connect(each.task for each in work), capacities(settings["site"])
    pool = "gpu" if any(each.task.pool == "gpu" for each in work) else "core"
    return Plan(work, network, schedule(network, units, pool), settings, chosen)


def within(work: list[Work], settings: dict) -> dict:
    """Studies that the budget does for and those that it does not, with what each costs alone."""
    costs = {each.task.name: each.gpu_hours for each in work}
    needs = {study: needed(work, study) for study in settings["studies"]}
    values = {study: settings["study"][study].get("value", 1) for study in needs}
    budget = settings["budget_gpu_hours"]
    choice: Choice = choose(values, needs, costs, budget)
    alone = {study: sum(costs[name] for name in sorted(needs[study])) for study in needs}
    return {
        "budget": budget,
        "chosen": choice.studies,
        "cost": choice.cost,
        "studies": [(study, values[study], alone[study]) for study in needs],
    }


def summary(plan: Plan) -> dict:
    """All that is told of a plan; times in seconds, sizes in bytes."""
    site, found, path = plan.settings["site"], plan.schedule, plan.network.critical_path()
    sources = by_source(plan.work)
    return {
        "scale": plan.settings["scale"],
        "studies": plan.choice["chosen"] if plan.choice else plan.settings["studies"],
        "site": site,
        "rules": by_rule(plan.work),
        "sources": sources,
        "basis": basis(sources, site),
        "storage": storage(plan.work, found.places, plan.settings),
        "makespan": found.makespan,
        "gap": found.gap,
        "method": found.method,
        "ended": found.ended,
        "path": [(name, plan.network.tasks[name].seconds) for name in path],
        "others": others(plan),
        "kwh": energy(plan.work, site),
        "resumed": resumed(plan.work, site),
        "choice": plan.choice,
    }


def unseen(site: dict, file: dict) -> dict:
    """What the profile would take otherwise from its file than the plan did from its site.

    Nothing for a site without GPUs: that is this computer.
    """
    if not (site.get("gpu") or site.get("gpu_partition")):
        return {}
    return {key: site[key] for key in PROFILE if key in site and site[key] != file.get(key)}


def others(plan: Plan) -> dict[int, float]:
    """Makespan on other numbers of GPUs, by list scheduling alone."""
    units = capacities(plan.settings["site"])
    widths = [each.task.width for each in plan.work if each.task.pool == "gpu"]
    numbers = sorted({int(units["gpu"] * factor) for factor in FACTORS} - {units["gpu"], 0})
    return {
        number: makespan(greedy(plan.network, units | {"gpu": number}))
        for number in numbers
        if widths and number >= max(widths)
    }


def rows(plan: Plan) -> list[dict]:
    """One row for every job, in the order in which they start."""
    path, found = set(plan.network.critical_path()), []
    for each in plan.work:
        start, end, units = plan.schedule.places[each.task.name]
        found.append(
            {
                "job": each.task.name,
                "rule": each.job.rule,
                **{key: each.job.wildcards.get(key, "") for key in RUN},
                "pool": each.task.pool,
                "units": " ".join(map(str, units)),
                "cores": each.cores,
                "begin_hours": round(start / 3600, 4),
                "end_hours": round(end / 3600, 4),
                "gpu_hours": round(each.gpu_hours, 4),
                "slurm_jobs": attempts(each, plan.settings["site"]),
                "critical": each.task.name in path,
                "rests_on": each.estimate.source,
            }
        )
    return sorted(found, key=lambda row: (row["begin_hours"], row["job"]))
