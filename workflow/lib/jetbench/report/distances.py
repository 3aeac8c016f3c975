"""How far what each backbone fills in is from the dropped particles, as columns of a table."""

import pandas as pd

from jetbench.evaluation.reconstruction import Reconstruction, distances, read_reconstruction


def read_reconstructions(paths: list) -> list[Reconstruction]:
    """What the files hold, in their order."""
    return [read_reconstruction(path) for path in paths]


def with_distances(results: pd.DataFrame, made: list[Reconstruction]) -> pd.DataFrame:
    """The results with w1_{feature}, _relative and _floor of the rows with a frozen encoder,
    w1_jets, the test jets that these are from, and w1_of_sets, 1 if particles were made as a set.

    Of several seeds the mean; the results as they are without reconstructions.
    """
    if not made:
        return results
    means = pd.DataFrame(map(columns, made)).groupby("model", sort=False).mean().reset_index()
    means["start"] = "frozen"
    return results.merge(means, how="left", on=["model", "start"])


def columns(content: Reconstruction) -> dict[str, float | str]:
    """Distances of one backbone."""
    of_sets = content.pretraining["method"] == "set_flow_matching"
    row = {"model": content.method, "w1_jets": len(content.label), "w1_of_sets": float(of_sets)}
    for found in distances(content):
        name = f"w1_{found.feature}"
        row |= {name: found.value, f"{name}_relative": found.relative, f"{name}_floor": found.floor}
    return row
