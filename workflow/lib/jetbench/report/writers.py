"""Tables as text: csv for machines, Markdown, LaTeX and HTML for people."""

from collections.abc import Iterable, Sequence
from html import escape
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from jetbench.errors import InputError
from jetbench.files import whole

# Characters that mean something to LaTeX or that it has no letter for; the rest of ours is ASCII.
LATEX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"±": r"$\pm$", ">": "$>$", "<": "$<$", "–": "--", "−": "$-$"}
)
HTML_STYLE = (  # the table alone scrolls, beside its first column and below its caption
    "body{font-family:sans-serif;font-size:14px;background:white;color:black} "
    "p{max-width:60em} p.notes{font-weight:bold;border-left:4px solid #c40;padding-left:8px} "
    "p.made{max-width:90em;font-size:11px;color:#555} div{overflow:auto;max-height:80vh} "
    "table{border-collapse:separate;border-spacing:0} "
    "th,td{padding:3px 8px;text-align:right;white-space:nowrap;background:white} "
    "th{border-bottom:1px solid;position:sticky;top:0;z-index:1} "
    "tr.published td{color:#555;font-style:italic;background:#f4f4f4} "
    "td:first-child,th:first-child{text-align:left;position:sticky;left:0;"
    "border-right:1px solid #bbb} th:first-child{z-index:2}"
)


class Document(NamedTuple):
    """A table in both its forms."""

    results: pd.DataFrame  # all digits of all columns
    rows: pd.DataFrame  # text, as it is read
    caption: str
    notes: Sequence[str] = ()  # what a reader must know of how the rows were made
    made_by: str = ""


def write(path: str | PathLike, document: Document) -> None:
    """Write the table in the format that the suffix names, one of FORMATS."""
    path = Path(path)
    if path.suffix not in FORMATS:
        raise InputError(f"{path}: expected one of the formats {', '.join(FORMATS)}")
    with whole(path) as partial:
        partial.write_text(FORMATS[path.suffix](document, path.stem), encoding="utf-8")


def csv(document: Document, name: str) -> str:
    """All digits of all columns; an empty field where a number is not defined."""
    return document.results.to_csv(index=False, lineterminator="\n")


def markdown(document: Document, name: str) -> str:
    """Pipe table above its caption, and how it was made."""
    rule = ["---"] + ["---:"] * (len(document.rows.columns) - 1)
    lines = [pipes(row) for row in (document.rows.columns, rule, *texts(document.rows))]
    notes = f"**{' '.join(document.notes)}**" if document.notes else ""
    below = filter(None, (document.caption, notes, document.made_by))
    return "\n".join(lines) + "".join(f"\n\n{paragraph}" for paragraph in below) + "\n"


def latex(document: Document, name: str) -> str:
    """Floating table as wide as the text, for documents with the packages booktabs and graphicx."""
    lines = [
        r"% \usepackage{booktabs,graphicx}",
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{document.caption.translate(LATEX)}}}",
        rf"\label{{tab:{name}}}",
        r"\resizebox{\textwidth}{!}{%",
        rf"\begin{{tabular}}{{l{'r' * (len(document.rows.columns) - 1)}}}",
        r"\toprule",
        ampersands(document.rows.columns),
        r"\midrule",
        *map(ampersands, texts(document.rows)),
        r"\bottomrule",
        r"\end{tabular}}",
        *small_print(document),
        r"\end{table}",
    ]
    return "\n".join([*lines, ""])


def small_print(document: Document) -> list[str]:
    """How a LaTeX table was made."""
    bold = [rf"\textbf{{{note.translate(LATEX)}}}" for note in document.notes]
    return [r"\par\smallskip\footnotesize\raggedright", *bold, document.made_by.translate(LATEX)]


def html(document: Document, name: str) -> str:
    """Page that needs no other file, for the report."""
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(name)}</title>',
        f"<style>{HTML_STYLE}</style></head><body><p>{escape(document.caption)}</p>",
        *paragraph("notes", " ".join(document.notes)),
        *paragraph("made", document.made_by),
        "<div><table>",
        cells(document.rows.columns, "th"),
        *(cells(row, "td") for row in texts(document.rows)),
        "</table></div></body></html>",
    ]
    return "\n".join([*lines, ""])


def paragraph(kind: str, text: str) -> list[str]:
    """A paragraph of a page, none without text."""
    return [f'<p class="{kind}">{escape(text)}</p>'] if text else []


def texts(rows: pd.DataFrame) -> Iterable[tuple[str, ...]]:
    """The rows as tuples."""
    return rows.itertuples(index=False, name=None)


def pipes(row: Iterable[str]) -> str:
    """One row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |"


def ampersands(row: Iterable[str]) -> str:
    """One row of a LaTeX table."""
    return " & ".join(cell.translate(LATEX) for cell in row) + r" \\"


def cells(row: Iterable[str], tag: str) -> str:
    """One row of an HTML table; one of published numbers looks so wherever it is scrolled to."""
    row = list(row)
    start = '<tr class="published">' if "published" in row else "<tr>"
    return start + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>"


FORMATS = {".csv": csv, ".md": markdown, ".tex": latex, ".html": html}
