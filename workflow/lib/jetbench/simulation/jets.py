"""Anti-kT jets of energy-flow candidates, in the selection of JetClass."""

import os
from functools import cache
from typing import NamedTuple

import awkward as ak
import fastjet
import numpy as np

from jetbench.simulation.detector import Candidates

ANTI_KT = fastjet.JetDefinition(fastjet.antikt_algorithm, 0.8)
PT_MIN, PT_MAX, ETA_MAX = 500.0, 1000.0, 2.0


class Jets(NamedTuple):
    """Selected jets; constituents of jet j: `rows[first[j]:first[j + 1]]`, by falling pT."""

    event: np.ndarray
    pt: np.ndarray
    eta: np.ndarray
    phi: np.ndarray
    energy: np.ndarray
    first: np.ndarray
    rows: np.ndarray  # into the candidates


@cache
def silence_banner() -> None:
    """Let fastjet print its banner, which it does once a process, where nobody reads it.

    docs/simulation.md carries the citation that the banner asks for.
    """
    terminal, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    fastjet.ClusterSequence([fastjet.PseudoJet(1.0, 0.0, 0.0, 1.0)], ANTI_KT)
    os.dup2(terminal, 1)
    os.close(terminal)
    os.close(nowhere)


def four_momenta(candidates: Candidates) -> dict[str, np.ndarray]:
    """px, py, pz, E of the candidates' true momenta."""
    return {
        "px": candidates.pt * np.cos(candidates.phi),
        "py": candidates.pt * np.sin(candidates.phi),
        "pz": candidates.pz,
        "E": np.sqrt(candidates.pt**2 + candidates.pz**2 + candidates.mass**2),
    }


def ragged(columns: dict[str, np.ndarray], counts: np.ndarray) -> ak.Array:
    """Four-vectors grouped into events or jets, as fastjet reads them."""
    return ak.unflatten(ak.zip(columns, with_name="Momentum4D"), counts)


def cluster(candidates: Candidates, momenta: dict[str, np.ndarray], events: int) -> Jets:
    """Jets with 500 < pT < 1000 GeV and |eta| <= 2; their momentum is the sum of constituents."""
    counts = np.bincount(candidates.event, minlength=events)
    first = np.concatenate(([0], np.cumsum(counts)))
    found = fastjet.ClusterSequence(ragged(momenta, counts), ANTI_KT).constituent_index(PT_MIN)
    event = np.repeat(np.arange(events), ak.to_numpy(ak.num(found)))
    members = ak.flatten(found)
    sizes = ak.to_numpy(ak.num(members))
    jet = np.repeat(np.arange(len(sizes)), sizes)
    rows = ak.to_numpy(ak.flatten(members)) + np.repeat(first[event], sizes)

    px, py, pz, energy = (np.bincount(jet, momenta[k][rows], len(sizes)) for k in momenta)
    # Delphes stores single precision, and the published cuts are made on that.
    pt = np.hypot(px, py).astype(np.float32)
    eta = np.arcsinh(pz / np.hypot(px, py))
    selected = (pt > PT_MIN) & (pt < PT_MAX) & (np.abs(eta) <= ETA_MAX)

    by_pt = np.lexsort((-candidates.pt[rows], jet))
    rows = rows[by_pt][selected[jet]]
    return Jets(
        *(values[selected] for values in (event, pt, eta, np.arctan2(py, px), energy)),
        np.concatenate(([0], np.cumsum(sizes[selected]))),
        rows,
    )


def pick(jets: Jets, chosen: np.ndarray) -> Jets:
    """The jets for which `chosen` is True."""
    sizes = np.diff(jets.first)
    return Jets(
        *(values[chosen] for values in jets[:5]),
        np.concatenate(([0], np.cumsum(sizes[chosen]))),
        jets.rows[np.repeat(chosen, sizes)],
    )
