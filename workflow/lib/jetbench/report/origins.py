"""What a table says of its own making: code, libraries, machines, data, and which rows differ.

The rows have the columns of `report.provenance`.
"""

import pandas as pd

from jetbench.report.differences import DIGITS, Rows, listing, shown
from jetbench.report.provenance import UNKNOWN

CODE = {  # column: what the code that it names made
    "data_code_version": "training jets",
    "test_code_version": "test jets",
    "start_code_version": "weights to start from",
    "code_version": "weights",
    "scored_with": "scores",
    "evaluated_with": "metrics",
    "tabulated_with": "table",
}
SHARDS = ("data_code_version", "test_code_version")  # one digest, one content, whatever made it
LIBRARIES = {"python": "python", "torch": "torch", "numpy": "numpy", "cuda": "CUDA"}
DECIDING = {  # rows that differ in one of these were not made alike
    **{name: f"code of the {made}" for name, made in CODE.items() if name not in SHARDS},
    **LIBRARIES,
    "device": "device of the training",
    "scored_torch": "torch of the scores",
    "scored_device": "device of the scores",
    "test_digest": "test jets",
}
WHOLE = (
    f"Digests: the first {DIGITS} digits; the csv file has them whole, and those of the "
    "configuration and weights of each row (docs/provenance.md)."
)


def notes(rows: Rows) -> list[str]:
    """What keeps rows from being compared or made again; none if nothing does."""
    mixed = [what for column, what in DECIDING.items() if len(rows.words(column)) > 1]
    by_size = rows.results.groupby("train_jets")["data_digest"]
    if (by_size.agg(lambda digests: len(set(" ".join(digests).split()))) > 1).any():
        mixed.append("training jets")
    edited = [made for column, made in CODE.items() if "-dirty" in " ".join(rows.words(column))]
    unknown = [made for column, made in CODE.items() if UNKNOWN in rows.words(column)]
    said = {
        "Mixed provenance: rows differ in": mixed,
        "Made with edited code, which no commit holds (-dirty):": edited,
        "Code unknown, at least of some rows:": unknown,
    }
    return [f"{what} {listing(things)}." for what, things in said.items() if things]


def made_by(rows: Rows) -> str:
    """Code, libraries, machines and data; where these differ, with the rows that they made."""
    sentences = (code(rows), libraries(rows), *machines(rows), data(rows), *published(rows), WHOLE)
    return " ".join(sentences)


def code(rows: Rows) -> str:
    """Versions of the code, each with what it made unless it made all."""
    made = {}
    for column in filter(rows.words, CODE):
        made.setdefault(rows.each(column), []).append(CODE[column])
    if len(made) == 1:
        return f"Made by jetbench {next(iter(made))}."
    parts = [f"{listing(things)} by {versions}" for versions, things in made.items()]
    return f"Made by jetbench: {'; '.join(parts)}."


def weights_by(results: pd.DataFrame) -> str:
    """Which code made the weights behind a csv file, for the metadata of its figures."""
    versions = dict.fromkeys(" ".join(results["code_version"]).split())
    return f"Scale {results['scale'].iloc[0]}, weights by jetbench {', '.join(versions)}"


def libraries(rows: Rows) -> str:
    """Versions of the libraries."""
    used = {name: column for column, name in LIBRARIES.items() if rows.words(column)}
    versions = [f"{name} {rows.each(column)}" for name, column in used.items()]
    if rows.words("scored_torch") != rows.words("torch"):
        versions.append(f"for the scores torch {rows.each('scored_torch')}")
    return f"With {', '.join(versions)}."


def machines(rows: Rows) -> list[str]:
    """What the networks were trained on, if any was trained here, and scored on."""
    said = []
    if rows.words("device"):
        said.append(f"Trained on {rows.each('device')}, threads {rows.each('threads')}")
        several = rows.words("processes") != ["1"]
        said[0] += f", processes {rows.each('processes')}." if several else "."
    if rows.words("scored_device") != rows.words("device"):
        said.append(f"Scored on {rows.each('scored_device')}.")
    return said


def data(rows: Rows) -> str:
    """Digests of the jets."""
    jets = {"data_digest": "training and validation", "test_digest": "test"}
    digests = [f"{what} {rows.each(column)}" for column, what in jets.items() if rows.words(column)]
    return f"SHA-256 of the jets: {'; '.join(digests)}."


def published(rows: Rows) -> list[str]:
    """Where published weights came from, and their checksum."""
    said = []
    for part, what in (("", "published weights"), ("start_", "begun from published weights")):
        origins = rows.results[[f"{part}origin", f"{part}git_blob"]]
        for origin, blob in (
            origins[~origins.isin(["", UNKNOWN]).any(axis=1)].drop_duplicates().values
        ):
            of = rows.who(origins[f"{part}origin"] == origin)
            said.append(f"{of}: {what} {origin}, git blob {shown(blob)}.")
    return said
