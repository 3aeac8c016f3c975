"""Which rows of a table have which value, in as few words as tell them apart."""

import re
from collections.abc import Iterable, Iterator

import pandas as pd

DIGITS = 12  # of a digest, in a text
MOST = 6  # rows that are named


class Rows:
    """Rows of a table that are told by name; `names` are the taggers as people read them.

    A cell holds words with a space between them, several where the seeds of a row differ.
    """

    def __init__(self, results: pd.DataFrame, names: dict[str, str]):
        self.results = results
        self.names = names

    def words(self, column: str) -> list[str]:
        """Distinct words of a column."""
        return list(dict.fromkeys(" ".join(self.results[column]).split()))

    def each(self, column: str) -> str:
        """Values of a column, each with its rows if there are several: "A (PFN) and B (ParT)"."""
        values = self.results[column]
        values = values[values != ""]
        if values.nunique() == 1:
            return shown(values.iloc[0])
        return listing(
            f"{shown(value)} ({self.who(values == value)})" for value in dict.fromkeys(values)
        )

    def who(self, chosen: pd.Series) -> str:
        """Names of the chosen rows: the first kind of name that no other row shares with them.

        Of many rows it names the first MOST.
        """
        chosen = chosen.reindex(self.results.index, fill_value=False)
        for labels in self.labels():
            inside = list(dict.fromkeys(labels[chosen]))
            if not set(inside) & set(labels[~chosen]):
                break
        more = [f"{len(inside) - MOST} more"] if len(inside) > MOST else []
        return listing(inside[:MOST] + more)

    def labels(self) -> Iterator[pd.Series]:
        """Names of the rows: by training jets, by tagger, by both, with the limit of attention."""
        jets = self.results["train_jets"].astype(str)
        taggers = self.results["tagger"].map(self.names)
        yield jets
        yield taggers
        yield taggers + " " + jets
        if "top" in self.results:
            yield taggers + " " + jets + " k = " + self.results["top"].map("{:.0f}".format)


def shown(value: str) -> str:
    """Words as they are read: digests cut, names of devices with their spaces."""
    words = (re.sub(r"^([0-9a-f]{12})[0-9a-f]{28,}$", r"\1", word) for word in value.split())
    return ", ".join(words).replace("_", " ")


def listing(items: Iterable[str]) -> str:
    """ "a, b and c"."""
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last
