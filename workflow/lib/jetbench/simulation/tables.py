"""Numbers of the detector card that are too many to write in code."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

TABLES = Path(__file__).parents[4] / "resources" / "delphes_tables.json"


class ImpactResolution(NamedTuple):
    """sigma(d0), sigma(dz) in mm by [eta bin, pT bin]; pT bin 0 lies below the table and is 0."""

    eta_upper: np.ndarray
    pt_lower: np.ndarray
    d0: np.ndarray
    dz: np.ndarray


class Towers(NamedTuple):
    """Tower i reaches in eta from edges[i - 1] to edges[i] and is cut into divisions[i] in phi."""

    edges: np.ndarray
    divisions: np.ndarray


@cache
def card() -> dict:
    """The committed numbers of the detector card."""
    return json.loads(TABLES.read_text())


@cache
def impact_resolution() -> ImpactResolution:
    """Impact parameter resolutions; the last eta bin, beyond the table, is 0."""
    numbers = card()
    d0, dz = (np.pad(np.array(numbers[name]), ((0, 1), (1, 0))) for name in ("d0", "dz"))
    return ImpactResolution(np.array(numbers["eta_upper"]), np.array(numbers["pt_lower"]), d0, dz)


@cache
def towers(calorimeter: str) -> Towers:
    """Towers of `ecal` or `hcal`: all eta edges together, each with its own number of phi cells."""
    steps = card()[f"{calorimeter}_eta_edges"]  # "pi/18 rad in phi": upper edges in eta
    cells = [
        (edge, 2 * int(step.split()[0].removeprefix("pi/")))
        for step, edges in steps.items()
        for edge in edges
    ]
    edges, divisions = zip(*sorted(cells), strict=True)
    return Towers(np.array(edges, dtype=float), np.array(divisions))
