"""What every figure has around its panels: a heading that says what it shows, and a legend."""

import os
import re
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, NullFormatter

from jetbench.files import whole
from jetbench.provenance import code_version
from jetbench.report.material import Material
from jetbench.report.numbers import label
from jetbench.report.samples import sample_of

LETTER, HANDLE = 0.092, 0.75  # inches of a letter of the legend, and of the line before a text
LETTER_ABOVE = 0.112  # inches of a letter of the heading
FORMULA = "formula"  # is about as long as those of the legends
ROW = 0.27  # inches of a row of the legend
COLUMNS, ROWS = 4, 2  # at most, and those that the height of a figure has room for


def finish(figure: Figure, material: Material, tested: int | None = None, note: str = "") -> Figure:
    """Tag the figure with the project, the scale and its jets; put the legend below its panels.

    `tested` are the test jets that it shows, unless all those of the table; `note` is what a reader
    must know of its lines.
    """
    jets = sample_of(material.study, material.scale).tag
    trained = " / ".join(dict.fromkeys(material.results["train_jets"]))
    tested = label(tested or material.results["test_jets"].max())
    tag = rf"$\bf{{jetbench}}$ {material.scale['name']}  –  {jets}"
    tag += f"\n{trained} training jets, {tested} test jets"
    tag = "\n".join([tag, *wrap(note, int(figure.get_figwidth() / LETTER_ABOVE))])
    figure.suptitle(tag, x=0.01, ha="left", fontsize=14)
    entries = {}
    for ax in figure.axes:
        handles, names = ax.get_legend_handles_labels()
        entries |= {n: h for n, h in zip(names, handles, strict=True) if n not in entries}
    columns = columns_of(list(entries), figure.get_figwidth())
    rows = -(-len(entries) // columns)
    figure.set_figheight(figure.get_figheight() + ROW * max(rows - ROWS, 0))
    figure.legend(entries.values(), entries, loc="outside lower center", ncols=columns)
    return figure


def columns_of(names: list[str], width: float) -> int:
    """Columns of a legend with these names that fit into a figure so many inches wide."""
    lengths = [len(re.sub(r"\$.*?\$", FORMULA, name)) for name in names]
    for columns in range(min(COLUMNS, len(names)), 1, -1):
        split = np.array_split(lengths, columns)  # as matplotlib fills its columns
        if sum(HANDLE + LETTER * column.max() for column in split) < width:
            return columns
    return 1


def count_axis(ax: Axes, scale: str) -> None:
    """Write the counts along the x axis as the tables do: 10k, 2M."""
    ax.set_xscale(scale)
    ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    ax.xaxis.set_minor_formatter(NullFormatter())


def save(figure: Figure, *paths: str | os.PathLike, title: str = "", subject: str = "") -> None:
    """Write a figure to each path, as PDF or PNG by its suffix; the same figure, the same bytes.

    The files name the code that drew it, and what `title` and `subject` say.
    """
    for path in paths:
        with whole(path) as partial:
            told = metadata(partial.suffix[1:], title, subject)
            figure.savefig(partial, dpi=150, metadata=told)


def metadata(kind: str, title: str, subject: str) -> dict[str, str | None]:
    """What a PDF or PNG file says of itself, in the words of its format and without dates."""
    told = {"Title": title or None}
    made_by = f"jetbench {code_version()}"
    if kind == "png":
        return told | {"Description": subject or None, "Software": made_by}
    return told | {
        "Subject": subject or None,
        "Creator": made_by,
        "CreationDate": None,
        "Producer": None,
    }
