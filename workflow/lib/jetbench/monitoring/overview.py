"""States of jobs in, the text of `snakemake status` out."""

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from jetbench.monitoring.states import (
    INCOMPLETE,
    STATES,
    Standing,
    checkpoint,
    last_lines,
    set_aside,
)

LISTED = 10  # jobs of one state
LAST = 3  # lines of the log of a failed job
WIDTH = 160  # of a reason: parameters may be long
FOLLOWS = "Input files updated by another job"
PARAMETERS = re.compile(r"Params have changed .*?before: (.*)\bnow: (.*)", re.DOTALL)


def overview(standings: Sequence[Standing]) -> str:
    """A table that counts the jobs of each rule by state, then those that ask for a look."""
    told = {
        "running": telling_progress,
        "failed": telling_failure,
        "interrupted": telling_interruption,
        "stale": telling_reason,
    }
    sections = (section(state, standings, tell) for state, tell in told.items())
    return "\n\n".join([table(standings), *filter(None, sections)])


def table(standings: Sequence[Standing]) -> str:
    """Number of jobs by rule and state."""
    rules = dict.fromkeys(standing.job.rule for standing in standings)
    counts = Counter((standing.job.rule, standing.state) for standing in standings)
    totals = Counter(standing.state for standing in standings)
    rows = [("rule", *STATES)]
    rows += [(rule, *(counts[rule, state] or "-" for state in STATES)) for rule in rules]
    rows += [("together", *(totals[state] or "-" for state in STATES))]
    first = max(len(row[0]) for row in rows)
    widths = [max(len(state), 6) + 2 for state in STATES]
    return "\n".join(
        f"{row[0]:{first}}"
        + "".join(f"{cell:>{w}}" for cell, w in zip(row[1:], widths, strict=True))
        for row in rows
    )


def section(state: str, standings: Sequence[Standing], tell: Callable) -> str:
    """The jobs of one state, each with what there is to say of it; empty if there are none."""
    found = [standing for standing in standings if standing.state == state]
    own = [standing for standing in found if not follows(standing)]
    shown = own[:LISTED]
    lines = [f"{state}:", *(line for standing in shown for line in entry(standing, tell))]
    if len(own) > len(shown):
        lines.append(f"  and {len(own) - len(shown)} more")
    if len(found) > len(own):
        lines.append(f"  and {len(found) - len(own)} that are made from what is to be made again")
    return "\n".join(lines) if found else ""


def follows(standing: Standing) -> bool:
    """Whether a job is stale only because another one is."""
    only = standing.reason.startswith(FOLLOWS) and ";" not in standing.reason
    return standing.state == "stale" and only


def entry(standing: Standing, tell: Callable) -> list[str]:
    """Lines of one job."""
    slurm = f" (Slurm job {standing.slurm})" if standing.slurm else ""
    name = f"  {standing.job.rule} {standing.job.outputs[0]}{slurm}"
    return [name, *(f"      {line}" for line in tell(standing))]


def telling_progress(standing: Standing) -> list[str]:
    """The last line of the log, and what the training's end will delete."""
    others = ", ".join(path.name for path in set_aside(standing.job))
    kept = [f"set aside until it ends, of another configuration: {others}"] if others else []
    return [*(last_lines(standing.logs[-1], 1) if standing.logs else []), *kept]


def telling_failure(standing: Standing) -> list[str]:
    """The last lines of the log, and where to read on."""
    return [*last_lines(standing.logs[-1], LAST), f"log: {', '.join(names(standing))}"]


def telling_interruption(standing: Standing) -> list[str]:
    """From where a training goes on, and the last line of its log."""
    if INCOMPLETE in standing.reason:
        return ["it has ended, but no Snakemake was there to note it; unless one runs, made again"]
    kept = checkpoint(standing.job)
    begins = (
        f"goes on from {kept}, unless its configuration has changed" if kept else "begins again"
    )
    return [begins, *telling_progress(standing)]


def telling_reason(standing: Standing) -> list[str]:
    """Why Snakemake would make it again."""
    found = PARAMETERS.search(standing.reason)
    reason = changes(*found.groups()) if found else standing.reason
    return [textwrap.shorten(reason, WIDTH, placeholder=" ...")]


def changes(before: str, now: str) -> str:
    """What differs between parameters as Snakemake prints them: all of a rule on either side."""
    old, new = (re.findall(r"[^,{}]+", text.strip()) for text in (before, now))
    gone, come = ([x.strip() for x in a if x not in b] for a, b in ((old, new), (new, old)))
    return f"parameters: {', '.join(gone) or 'none'} before, {', '.join(come) or 'none'} now"


def names(standing: Standing) -> Iterable[str]:
    """Logs of a job, the newest first."""
    return map(str, reversed(standing.logs))
