"""The page of a file of jets: what it holds beside the reference, and what is suspicious of it."""

from collections.abc import Iterable
from textwrap import fill

import numpy as np
import pandas as pd

from jetbench.report.deviations import ALIKE, ERRORS, FACTOR, SHIFT, compared, deviations

QUANTITIES = {  # in the order of the page
    "multiplicity": "particles a jet",
    "jet_pt": "jet pT [GeV]",
    "jet_eta": "jet eta",
    "jet_sdmass": "soft-drop mass [GeV]",
    "jet_mass": "jet mass [GeV]",
    "leading_share": "leading pT / jet pT",
    "pt": "pT [GeV]",
    "deta": "deta",
    "dphi": "dphi",
    "d0": "d0 [mm]",
    "d0err": "d0err [mm]",
    "d0sig": "d0 / d0err",
    "dz": "dz [mm]",
    "dzerr": "dzerr [mm]",
}
SHARES = {"id": "Particles by identity", "origin": "Particles by origin"}
WIDTH = 120
CLEAN = (
    "nothing: every column is there and finite, every jet has a label and particles in descending "
    "pT, "
)
HARDER = {  # data set: why the leading particle may have more pT than the jet
    "btag": "The pT of a jet is that of its calorimeter, the leading pT that of a track: their "
    "ratio may exceed 1. "
}


def page(summary, reference: pd.DataFrame) -> str:
    """Markdown of a summary (data/inspect/inspection.py), readable as it is.

    `reference` is what `read_reference` gives.
    """
    deviating = deviations(summary, reference)
    parts = [
        f"# {summary.path}",
        fill(about(summary), WIDTH),
        "## What to look at",
        "\n".join(
            fill(f"- {line}", WIDTH)
            for line in suspicions(summary, deviating) or [CLEAN + checked(summary)]
        ),
        "## Jets by class",
        table(["", *summary.counts], [["jets", *map(thousands, summary.counts.values())]]),
        "## Quantiles",
        quantile_table(summary, reference, deviating),
        fill(note(summary), WIDTH),
    ]
    for name, shares in summary.shares.items():
        total = sum(shares.values())
        percent = [f"{100 * count / total:.2f}" for count in shares.values()]
        parts += [f"## {SHARES[name]}", table(["", *shares], [["%", *percent]])]
    return "\n\n".join(parts) + "\n"


def checked(summary) -> str:
    """What a file without a mark has passed: where its mixture is another one, little."""
    if summary.mixed:
        return "the quantiles are near those of the reference"
    return (
        f"no unit is off: ranges are within a factor of {FACTOR} of the reference, if it has them"
    )


def about(summary) -> str:
    """What the file is, and how much of it was looked at."""
    jets = sum(summary.counts.values())
    told = ", ".join(f"{name} {value}" for name, value in summary.about.items())
    looked = "all" if summary.read == jets else f"{thousands(summary.read)} spread over the file"
    return (
        f"{told}. {thousands(jets)} jets, {looked} looked at, {thousands(summary.beyond)} of them "
        f"with more than {summary.most} particles. {summary.columns} columns."
    )


def suspicions(summary, deviating: dict[str, str]) -> list[str]:
    """A line for everything that should be looked at."""
    lines = list(summary.remarks)
    for name, found in summary.broken.items():
        counts = f"{thousands(found.nan)} NaN, {thousands(found.infinite)} infinities"
        where = f"in {thousands(found.jets)} jets, the first is entry {found.first}"
        lines.append(f"{name}: {counts}, {where}")
    for name, jets in summary.faults.items():
        lines += [f"jets with {name}: {thousands(jets)}"] if jets else []
    return lines + [f"{QUANTITIES[name]}: {words}" for name, words in deviating.items()]


def quantile_table(summary, reference: pd.DataFrame, deviating: dict[str, str]) -> str:
    """The quantiles of the file, those of the reference below them; a ! where they differ."""
    beside = compared(summary, reference)
    rows = []
    for name in (name for name in QUANTITIES if name in summary.quantiles):
        mark = " !" if name in deviating else ""
        rows.append([QUANTITIES[name] + mark, *map(number, summary.quantiles[name])])
        if name in beside:
            rows.append(["  reference", *map(number, beside[name].reindex(summary.levels))])
    return table(["", *(f"{level:.0%}" for level in summary.levels)], rows)


def note(summary) -> str:
    """What the quantiles are of, and when they are marked."""
    text = (
        f"Particles: the leading {summary.most} of a jet, their deta and dphi clipped to ±0.8; "
        "impact parameters: of charged ones, with the lifetime sign. "
        "Reference: the ten classes of JetClass in equal parts. "
    )
    text += HARDER.get(summary.family, "")
    if summary.family not in ALIKE:
        text += "Jets of this data set are selected otherwise: take it as an orientation. "
    elif not summary.mixed:
        text += "One class, or another mixture, differs from it in shape. "
    text += (
        f"Marked !: the range from 5 to 95 % differs by a factor of {FACTOR}, as in another unit"
    )
    if summary.mixed:
        text += (
            f", or a quantile in that range lies more than {100 * SHIFT:.0f} percentage points and "
            f"{ERRORS} statistical errors from its place in the reference"
        )
    return text + "."


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """Pipe table whose columns line up."""
    rows = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) + " |"
        for row in rows
    ]
    rule = "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])])
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def number(value: float) -> str:
    """Four digits, or all before the point; nothing for a number that is not there."""
    if np.isnan(value):
        return ""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def thousands(count: int) -> str:
    """1234567 as 1 234 567."""
    return f"{count:,}".replace(",", " ")
