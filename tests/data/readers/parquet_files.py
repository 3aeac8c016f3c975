"""Toy parquet files in the schema of the public ones, and jets made by hand."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.data.helpers import FLAGS, toy_columns

PID = np.array([0, 211, 130, 22, -11, -13])  # by id; of the positive particle


def toy_table(dataset: str, jets: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Columns of a file by name; those of particles lie jet after jet."""
    columns, particles = toy_columns(jets, seed)
    table = {f"jet_{name}": columns[name] for name in ("pt", "eta", "phi", "energy")}
    table |= {"label": columns["label"] % 2, "jet_nparticles": np.diff(columns["first"])}
    table["jet_mass"] = np.full(jets, np.nan)  # as the public converter gives it for light jets
    momenta = ("px", "py", "pz", "energy", "deta", "dphi")
    table |= {f"part_{name}": particles[name] for name in momenta}
    if dataset == "quarkgluon":
        charge = particles["charge"].astype(np.float32)
        table |= {
            "part_charge": charge,
            "part_pid": PID[particles["id"]] * (charge + (charge == 0)),
        }
        for code, flag in enumerate(FLAGS, start=1):
            table[f"part_is{flag}"] = (particles["id"] == code).astype(np.float32)
    return table


def write_parquet(path, table: dict, counts: np.ndarray | None = None, **options) -> None:
    """Write columns as the public files have them: lists of 64-bit length, LZ4."""
    counts = table["jet_nparticles"] if counts is None else counts
    first = pa.array(np.concatenate([[0], np.cumsum(counts)]))
    columns = {
        name: pa.LargeListArray.from_arrays(first, pa.array(values))
        if name.startswith("part_") and not isinstance(values, pa.Array)
        else values
        for name, values in table.items()
    }
    pq.write_table(pa.table(columns), path, compression="lz4", **options)


def toy_parquet(path, dataset: str, jets: int = 50, seed: int = 0) -> None:
    """Write a file of toy jets of both classes."""
    write_parquet(path, toy_table(dataset, jets, seed))


def one_particle_jets(jet: list[tuple], particle: list[tuple], angles: list[tuple]) -> dict:
    """Columns of TopLandscape jets of one particle of 5 GeV.

    The directions (eta, phi) of the jets and of their particles, and what the file says of the
    angles (deta, dphi) between them.
    """
    jet, particle, angles = (np.array(pairs, np.float32).T for pairs in (jet, particle, angles))
    (eta, phi), ones = particle, np.ones(particle.shape[1], np.float32)
    table = {"label": ones, "jet_pt": ones, "jet_eta": jet[0], "jet_phi": jet[1]}
    table |= {"jet_energy": ones, "part_px": 5 * np.cos(phi), "part_py": 5 * np.sin(phi)}
    table |= {"part_pz": 5 * np.sinh(eta), "part_energy": 5 * np.cosh(eta)}
    return table | {"part_deta": angles[0], "part_dphi": angles[1], "jet_nparticles": ones}
