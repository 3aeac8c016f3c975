"""Jets of top pairs in the columns of a BTag file, as many of each flavour."""

import os

import awkward as ak
import numpy as np

from jetbench.errors import InputError
from jetbench.progress import track
from jetbench.simulation.btag_balance import cells, complete, tally
from jetbench.simulation.btag_columns import JETS, RAGGED, fill
from jetbench.simulation.btag_generator import TopPairs
from jetbench.simulation.btag_jets import cluster, deposits, is_electron, take
from jetbench.simulation.btag_tracks import measure
from jetbench.simulation.btag_truth import heavy_hadrons, jet_flavours
from jetbench.simulation.events import look_up, next_record, visible_rows
from jetbench.simulation.jets import silence_banner
from jetbench.simulation.writing import write_tree

EVENTS_PER_BATCH = 128
FIRST_SEED = 400_000_000  # far from the seeds of the other data sets
NUMBERS = 100_000_000


def btag_seed(number: str | int) -> int:
    """Seed of one file: 400 000 000 + number, so that no two files share an event."""
    if not 0 <= int(number) < NUMBERS:
        raise InputError(f"btag: expected a file number from 0 to {NUMBERS - 1}, got {number}")
    return FIRST_SEED + int(number)


def batch_columns(pythia, rng) -> dict:
    """All jets with tracks in the next batch of events, as columns."""
    record = next_record(pythia, EVENTS_PER_BATCH)
    rows = visible_rows(record)
    charge = look_up(pythia.particleData.charge, record.id[rows])
    lifetime_of = pythia.particleData.tau0
    jets = cluster(*deposits(record, rows, charge, rng), len(record.first) - 1)
    jets = take(jets, ~is_electron(record, rows, jets))
    hadrons = heavy_hadrons(record, lifetime_of)
    tracks = measure(record, rows, charge, lifetime_of, rng)
    return fill(record, jets, jet_flavours(record, hadrons, jets), tracks, hadrons)


def flavours_and_cells(columns: dict) -> tuple[np.ndarray, np.ndarray]:
    """What is balanced: the flavour of each jet and its cell in pT, |eta| and number of tracks."""
    where = (columns[name] for name in ("jet_pt", "jet_eta", "n_trks"))
    return columns["jet_flav"], cells(*where)


def simulate_btag_jets(jets: int, seed: int) -> dict[str, ak.Array | np.ndarray]:
    """`jets` jets, the branches of a BTag file by name: bottom, charm and light in turns.

    pT, |eta| and number of tracks are distributed alike in the three flavours, to the width of the
    cells of btag_balance. The same seed gives the same jets; a larger number only adds to them.
    """
    silence_banner()
    pythia = TopPairs(seed)
    rng = np.random.default_rng(seed)
    batches, counts, found = [], 0, 0  # counting tells when to stop, and pairs off once
    with track(None, "simulate btag", total=jets, unit="jet") as bar:
        while found < jets:
            batches.append(batch_columns(pythia, rng))
            counts = counts + tally(*flavours_and_cells(batches[-1]))
            found = min(counts.shape[1] * int(counts.min(axis=1).sum()), jets)
            bar.update(found - bar.n)
    joined = {
        name: (np if name in JETS else ak).concatenate([batch[name] for batch in batches])
        for name in batches[0]
    }
    chosen = complete(*flavours_and_cells(joined)).ravel()[:jets]
    return {name: values[chosen] for name, values in joined.items()}


def write_btag(path: str | os.PathLike, columns: dict[str, ak.Array | np.ndarray]) -> None:
    """Write the branches as a ROOT file; n_trks is the counter of the tracks, beside two more."""
    counters = {name: counter for counter, types in RAGGED.items() for name in types}
    types = {name: f"var * {kind}" for part in RAGGED.values() for name, kind in part.items()}
    scalars = {name: kind for name, kind in JETS.items() if name not in RAGGED}
    write_tree(path, columns, scalars | types, counters.get)
