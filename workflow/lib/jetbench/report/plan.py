"""The plan of a workflow as text: what it takes, and what that rests on."""

from collections.abc import Iterable

from jetbench.report.quantities import HOUR, duration, hours, size

FACTOR = 3  # that a scaled duration may be off by (docs/resources.md)
NOTE = (
    "Durations are estimates. Waiting in the queue is not in them, nor is the time of Slurm and "
    "Snakemake themselves: some 10 s a Slurm job. Measured rates of this site replace those of the "
    "table as trainings end here; docs/plan.md says how to read this."
)


def plan_text(plan: dict) -> str:
    """The whole plan in Markdown that can be read on a terminal too."""
    if not plan["path"]:
        why = "Nothing is left to do." if plan["studies"] else "The budget does for none of them."
        return join([f"# Plan, scale {plan['scale']}", *budget(plan), why])
    return join(
        [
            f"# Plan, scale {plan['scale']}",
            *budget(plan),
            table(["", "what it takes"], overview(plan), left=(0, 1)),
            "## Jobs",
            table(["rule", "jobs", "GPU-hours", "CPU-hours", "longest job"], rules(plan)),
            "## Critical path",
            table(["job", "takes"], [(name, duration(took)) for name, took in plan["path"]]),
            *long_trainings(plan),
            "## What the durations rest on",
            table(["GPU-hours", "CPU-hours", "jobs", "source"], sources(plan), left=(3,)),
            NOTE,
            "## To make it",
            *unseen(plan),
            f"    {command(plan)}",
        ]
    )


def headline(plan: dict) -> str:
    """The plan in a line, for its chart."""
    total = plan["rules"][-1]
    work = f"{hours(total.gpu_hours)} GPU-hours, " if total.gpu_hours else ""
    took = f"{duration(plan['makespan'])} on {units(plan)}"
    return f"{plan['scale']}  –  estimate: {total.jobs} jobs, {work}{took}"


def join(paragraphs: Iterable[str]) -> str:
    """Paragraphs with empty lines between them."""
    return "\n\n".join(paragraphs) + "\n"


def overview(plan: dict) -> list[tuple[str, str]]:
    """One line for each of the sums."""
    site, disk, total = plan["site"], plan["storage"], plan["rules"][-1]
    work = f"{hours(total.gpu_hours)} GPU-hours, {hours(total.cpu_hours)} CPU-hours"
    path = sum(took for _, took in plan["path"])
    kinds = ", ".join(f"{name} {size(bytes_)}" for name, bytes_ in disk.kinds.items())
    stay = f"{size(sum(disk.kinds.values()))} stay ({kinds})"
    fetching = f"{duration(disk.network / site['bandwidth'] / 1e6)} at {site['bandwidth']:g} MB/s"
    lines = {
        "studies": ", ".join(plan["studies"]),
        "jobs": f"{total.jobs}: {work}",
        "rests on": rests_on(plan),
        "makespan": f"{duration(plan['makespan'])} on {units(plan)}; {quality(plan)}",
        "on other GPUs": ", ".join(f"{n}: {duration(took)}" for n, took in plan["others"].items()),
        "critical path": f"{duration(path)}, however many GPUs and cores",
        "disk": f"{stay}, {size(disk.peak)} at most",
        "network": f"{size(disk.network)}, {fetching}" if disk.network else "",
        "energy": energy(plan) if total.gpu_hours else "",
    }
    return [(name, words) for name, words in lines.items() if words]


def rests_on(plan: dict) -> str:
    """What most hours rest on, and how far the makespan may be off where some are scaled."""
    share, makespan = plan["basis"].scaled, plan["makespan"]
    if not share:
        return plan["basis"].words
    what = "it" if share > 0.99 else f"the {100 * share:.2g} % of the hours that are scaled"
    low, high = (duration(makespan * (1 - share + share * f)) for f in (1 / FACTOR, FACTOR))
    return f"{plan['basis'].words}: trust {what} to a factor of three, {low} to {high}"


def energy(plan: dict) -> str:
    """Energy of the GPUs, what it rests on, and how busy they are."""
    watts, gpus, used = plan["site"]["watts"], plan["site"]["gpus"], plan["rules"][-1].gpu_hours
    busy = 100 * used * HOUR / plan["makespan"] / gpus
    made_of = f"{hours(used)} GPU-hours at {watts:g} W"
    return f"{plan['kwh']:.0f} kWh: {made_of}; the GPUs are at work {busy:.0f} % of the time"


def units(plan: dict) -> str:
    """GPUs and cores that the schedule has."""
    site = plan["site"]
    cores = f"{site['cores']} cores"
    gpu = f"{site['gpu']} " if site["gpu"] else ""
    return f"{site['gpus']} {gpu}GPUs and {cores}" if plan["rules"][-1].gpu_hours else cores


def quality(plan: dict) -> str:
    """How near the schedule is to the shortest."""
    gap = max(100 * plan["gap"], 0.01)
    near = f"at most {gap:.2f} % above the shortest" if plan["gap"] > 1e-6 else "none is shorter"
    ended = f"; {plan['ended']}" if plan["ended"] and plan["gap"] > 1e-3 else ""
    return f"{near} ({plan['method']}{ended})"


def rules(plan: dict) -> list[tuple]:
    """Sums by rule."""
    return [
        (row.what, str(row.jobs), hours(row.gpu_hours), hours(row.cpu_hours), duration(row.longest))
        for row in plan["rules"]
    ]


def sources(plan: dict) -> list[tuple]:
    """Sums by what the durations rest on."""
    return [
        (hours(row.gpu_hours), hours(row.cpu_hours), str(row.jobs), row.what)
        for row in plan["sources"]
    ]


def long_trainings(plan: dict) -> list[str]:
    """Trainings that need more than one Slurm job, and whether the retries do."""
    if not plan["resumed"]:
        return []
    tries = 1 + plan["retries"]
    rows = [
        (row.model, str(row.trainings), duration(row.seconds), str(row.slurm_jobs), str(row.worst))
        for row in plan["resumed"]
    ]
    most, worst = (max(row[-2:][i] for row in plan["resumed"]) for i in (0, 1))
    safe = f" At three times a scaled duration `--retries {worst}` is safe, one failure included."
    advice = f" **Too few: set retries to {most} there, or `gpus` in the recipe.**"
    limit = duration(60 * plan["site"]["walltime"])
    return [
        f"## Trainings that go on in another Slurm job, after {limit}",
        table(["model", "trainings", "longest", "Slurm jobs", "at most"], rows),
        f"slurm/config.yaml allows {tries} Slurm jobs of a training, failures included."
        + (advice if most > tries else "")
        + (safe if worst > most else ""),
    ]


def budget(plan: dict) -> list[str]:
    """Which studies are made, and which are not, where there is a budget."""
    choice = plan["choice"]
    if not choice:
        return []
    rows = [
        (study, f"{value:g}", hours(cost), "yes" if study in choice["chosen"] else "no")
        for study, value, cost in choice["studies"]
    ]
    return [
        f"## Studies within {choice['budget']:g} GPU-hours",
        table(["study", "value", "GPU-hours alone", "made"], rows),
        f"Together {hours(choice['cost'])} GPU-hours: what several studies need is made once.",
    ]


def unseen(plan: dict) -> list[str]:
    """What the profile does not know of the site that was planned for."""
    values = ", ".join(f"{key}: {value}" for key, value in plan["unseen"].items())
    return (
        [f"First put `{values}` into slurm/site.yaml, which the profile reads."] if values else []
    )


def command(plan: dict) -> str:
    """What to type to make the chosen studies."""
    words = ["snakemake --profile slurm all --config", f"scale={plan['scale']}"]
    words.append(f"'studies=[{','.join(plan['studies'])}]'")
    if plan["seeds"]:
        words.append(f"'seeds=[{','.join(map(str, plan['seeds']))}]'")
    return " ".join(words)


def table(heading: list[str], rows: Iterable[tuple], left: tuple[int, ...] = (0,)) -> str:
    """Pipe table with columns as wide as their widest cell; those in `left` begin at the left."""
    cells = [heading, *rows]
    widths = [max(3, *(len(row[i]) for row in cells)) for i in range(len(heading))]
    marks = [
        ":" + "-" * (width - 1) if i in left else "-" * (width - 1) + ":"
        for i, width in enumerate(widths)
    ]
    return "\n".join(line(row, widths, left) for row in (heading, marks, *rows))


def line(row: Iterable[str], widths: list[int], left: tuple[int, ...]) -> str:
    """One row of a pipe table."""
    pairs = enumerate(zip(row, widths, strict=True))
    cells = (cell.ljust(w) if i in left else cell.rjust(w) for i, (cell, w) in pairs)
    return f"| {' | '.join(cells)} |"
