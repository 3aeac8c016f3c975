"""The plan as a Gantt chart: rows for the critical path, downloads, cores and every GPU."""

from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

WIDTH, ROW, TALLEST = 12, 0.34, 8  # inches: of the figure, of a row, of all rows
LETTER = 0.0087  # inches of a letter in a bar, for each point of its font
LARGEST = 9  # points of that font; less where the rows are low
ENTRY = 1.7  # inches of an entry of the legend
LABELS = 24  # GPUs of which each row has its name; of more every fourth
FRAME = {"edgecolor": "black", "linewidth": 1.8}  # of the critical path
TICK = {"color": "black", "marker": "|", "linestyle": "", "markeredgewidth": 1.2}
OTHERS = {"critical path": "critical path", "network": "downloads", "core": "cores"}
PALE = 0.4  # opacity of scoring
HATCHES = {"fine-tuning, heads": "///", "pre-training": ".."}
STAGES = {  # how jobs without a model look: first words of their rules, colour
    "data": (("credit", "download", "unpack", "simulate", "convert", "select", "fit"), "0.75"),
    "evaluation": (("evaluate", "official", "count", "export"), "0.5"),
    "tables, figures": (("tabulate", "draw", "report", "inspect", "compare", "show"), "0.2"),
}
UNITS = ((2, 60, "minutes"), (72, 1, "hours"), (np.inf, 1 / 24, "days"))  # up to so many hours


def gantt(jobs: pd.DataFrame, looks: dict[str, dict], title: str, limit: float = np.inf) -> Figure:
    """Chart of the jobs: what runs when and on which GPU, in the colours of the taggers.

    `jobs` has one row a job: rule, task, model, start, jets, seed (empty text where it has none),
    pool, units, begin_hours, end_hours, critical. Without GPUs every core has a row instead. A
    line stands wherever a training goes on in another Slurm job, each `limit` hours.
    """
    factor, unit = next((f, unit) for most, f, unit in UNITS if jobs["end_hours"].max() <= most)
    jobs = jobs.assign(begin=jobs["begin_hours"] * factor, end=jobs["end_hours"] * factor)
    jobs = jobs.assign(stage=jobs["rule"].map(stage_of))
    lanes = lanes_of(jobs)
    entries = legend(jobs, looks)
    if (jobs["end_hours"] - jobs["begin_hours"] > limit)[jobs["rule"] == "train"].any():
        entries.append(Line2D([], [], **TICK, label="next Slurm job"))
    columns = ceil(len(entries) / ceil(len(entries) * ENTRY / WIDTH))
    height = min(ROW * len(lanes), TALLEST) + 1.4 + 0.22 * ceil(len(entries) / columns)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    ax = figure.subplots()
    draw_lanes(ax, lanes, looks, 0.85 * WIDTH / jobs["end"].max())
    draw_limits(ax, lanes, limit * factor)
    ax.set(xlabel=unit, xlim=(0, jobs["end"].max() * 1.005))
    figure.suptitle(rf"$\bf{{jetbench}}$ {title}", x=0.01, ha="left", fontsize=14)
    figure.legend(handles=entries, loc="outside lower center", ncols=columns, fontsize=LARGEST)
    return figure


def stage_of(rule: str) -> str:
    """Stage that a rule belongs to."""
    return next((name for name, (words, _) in STAGES.items() if rule.startswith(words)), "models")


def lanes_of(jobs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The jobs of each row: the critical path, downloads, all cores and each GPU, or each core."""
    pool, name = ("gpu", "GPU") if (jobs["pool"] == "gpu").any() else ("core", "core")
    lanes = {OTHERS["critical path"]: jobs[jobs["critical"]]}
    lanes |= {OTHERS[p]: jobs[jobs["pool"] == p] for p in ("network", "core") if p != pool}
    here = jobs[jobs["pool"] == pool]
    here = here.assign(unit=here["units"].str.split()).explode("unit")
    for unit in sorted(here["unit"].unique(), key=int):
        lanes[f"{name} {unit}"] = here[here["unit"] == unit]
    return {name: lane for name, lane in lanes.items() if len(lane)}


def draw_lanes(ax: Axes, lanes: dict[str, pd.DataFrame], looks: dict, inches: float) -> None:
    """A bar for every job; what it is in it where there is room, at `inches` a unit of time."""
    several = pd.concat(lanes.values())["seed"].nunique() > 2  # no seed is one as well
    points = min(LARGEST, 0.55 * 72 * TALLEST / len(lanes))
    for row, (name, jobs) in enumerate(lanes.items()):
        for job in jobs.itertuples():
            style, length = look(job, looks), job.end - job.begin
            if name == OTHERS["core"]:  # many at once: no lines between them
                style["edgecolor"] = style["facecolor"]
            elif job.critical and name != OTHERS["critical path"]:
                style |= FRAME | {"linewidth": min(FRAME["linewidth"], 24 * length * inches)}
            ax.barh(row, length, 0.82, job.begin, zorder=2 + job.critical, **style)
            if job.rule == "train":
                words = text(job, looks, several, length * inches / LETTER / points)
                place = {"ha": "center", "va": "center", "fontsize": points, "zorder": 4}
                place["color"] = "white" if dark(style["facecolor"]) else "black"
                clear = [withStroke(linewidth=3, foreground=style["facecolor"])]  # of hatches
                ax.text(job.begin + length / 2, row, words, path_effects=clear, **place)
    name_rows(ax, list(lanes), points + 1)


def draw_limits(ax: Axes, lanes: dict[str, pd.DataFrame], limit: float) -> None:
    """A short line, below the words, wherever the walltime ends one of its Slurm jobs."""
    for row, jobs in enumerate(lanes.values()):
        for job in jobs[jobs["rule"] == "train"].itertuples():
            ends = [job.begin + n * limit for n in range(1, ceil((job.end - job.begin) / limit))]
            ax.vlines(ends, row + 0.2, row + 0.41, "black", linewidth=1.2, zorder=5)


def name_rows(ax: Axes, names: list[str], points: float) -> None:
    """Names beside the rows; of many GPUs only some."""
    others = sum(name in OTHERS.values() for name in names)
    every = 1 if len(names) - others <= LABELS else 4
    shown = [row for row in range(len(names)) if row < others or (row - others) % every == 0]
    ax.set_yticks(shown, [names[row] for row in shown])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0, labelsize=points)


def text(job, looks: dict[str, dict], several: bool, room: float) -> str:
    """Tagger, training jets and seed of a training: all, or the last, or none, as there is room."""
    short = job.jets + (f" #{job.seed}" if several else "")
    words = (f"{looks[job.model]['label']} {short}", short)
    return next((each for each in words if len(each) < room), "")


def look(job, looks: dict[str, dict]) -> dict:
    """Colour of a job: of its model, pale where it scores, hatched by what it trains."""
    edge = {"edgecolor": "white", "linewidth": 0.4}
    if job.stage != "models":
        return {"facecolor": STAGES[job.stage][1]} | edge
    trained = job.rule == "train"
    style = {"facecolor": looks[job.model]["colour"], "alpha": 1 if trained else PALE} | edge
    kind = trained_as(job.task, job.start) if trained else None
    return style | ({"hatch": HATCHES[kind]} if kind else {})


def trained_as(task: str, start: str) -> str | None:
    """What a training is, if not that of a tagger from scratch."""
    if task == "pretraining":
        return "pre-training"
    return None if start == "scratch" else "fine-tuning, heads"


def dark(colour: str) -> bool:
    """Whether white is easier to read on a colour than black; weights of ITU-R BT.601."""
    return np.dot(to_rgb(colour), (0.299, 0.587, 0.114)) < 0.5


def family(model: str, looks: dict[str, dict]) -> str:
    """The model that a variant is of, where both have one colour; else the model itself."""
    colour = looks[model]["colour"]
    bases = (name for name in looks if model.startswith(f"{name}_"))
    return next((name for name in bases if looks[name]["colour"] == colour), model)


def legend(jobs: pd.DataFrame, looks: dict[str, dict]) -> list[Patch]:
    """What the colours mean."""
    present = jobs[jobs["stage"] == "models"]
    families = {family(name, looks) for name in present["model"]}
    entries = [
        Patch(facecolor=look["colour"], label=look["label"])
        for name, look in looks.items()
        if name in families
    ]
    trained = jobs[jobs["rule"] == "train"]
    if len(trained) < len(present):
        entries.append(Patch(facecolor="0.5", alpha=PALE, label="pale: scoring"))
    kinds = set(map(trained_as, trained["task"], trained["start"]))
    style = {"facecolor": "0.5", "edgecolor": "white"}
    entries += [
        Patch(**style, hatch=HATCHES[kind], label=kind) for kind in HATCHES if kind in kinds
    ]
    stages = set(jobs["stage"])
    entries += [Patch(facecolor=STAGES[name][1], label=name) for name in STAGES if name in stages]
    return [*entries, Patch(facecolor="white", **FRAME, label="critical path")]
