"""Conversion the way of the peer: a padded HDF5 file a ROOT file, then one of all, shuffled.

Written from the description of the converter of jetssl (arXiv:2409.12589): particles are cut and
padded to 128 with awkward-array, NaN becomes 0, nothing is compressed, 4784 bytes a jet. Impact
parameters get lifetime signs on the way and angles are clipped to the radius; this may be left out,
being physics and no conversion, which ours leaves to loading.
"""

from pathlib import Path

import awkward as ak
import h5py
import numpy as np
import uproot
import vector

LENGTH = 128
CHUNK = 1000  # jets, of the shuffled file
CONTINUOUS = ("px", "py", "deta", "dphi", "d0val", "d0err", "dzval", "dzerr")
FLAGS = ("charge", "isPhoton", "isNeutralHadron", "isChargedHadron", "isElectron", "isMuon")
PARTICLES = [f"part_{name}" for name in CONTINUOUS + FLAGS]
JETS = ["jet_pt", "jet_eta", "jet_phi", "jet_sdmass"]
CLASSES = ("QCD", "Tbl", "Tbqq", "Wqq", "Zqq", "Hbb", "Hcc", "Hgg", "H4q", "Hqql")
LABELS = [f"label_{name}" for name in CLASSES]


def make(source: Path, target: Path, signed: bool) -> None:
    """Write the jets of a ROOT file as padded arrays."""
    jets, particles, labels = read(source)
    pt = np.linalg.norm(particles[..., :2], axis=-1, keepdims=True)
    mask = pt[..., 0] > 0
    continuous = np.concatenate([pt, particles[..., 2:8]], -1)
    if signed:
        continuous[..., [3, 5]] = np.stack(lifetime_signed(continuous, jets), -1)
        continuous[..., 1:3] = np.clip(continuous[..., 1:3], -0.8, 0.8)
    with h5py.File(target, "w") as file:
        file["csts"] = continuous
        file["csts_id"] = identities(particles[..., 8:])
        file["jets"] = np.concatenate([jets, mask.sum(1, keepdims=True)], 1)
        file["labels"] = labels
        file["mask"] = mask


def lifetime_signed(particles: np.ndarray, jets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """d0 and dz (n, 128), signed as in ATL-PHYS-PUB-2020-014, of pt, deta, dphi, d0, d0err, dz."""
    pt, deta, dphi, d0, _, dz = np.moveaxis(particles[..., :6], -1, 0)
    axis = {name: jets[:, n, None] for n, name in enumerate(("pt", "eta", "phi"))}
    phi = dphi + axis["phi"]
    track = vector.array({"pt": pt, "eta": deta + axis["eta"], "phi": phi})
    point = vector.array(
        {"x": d0 * np.cos(phi - np.pi / 2), "y": d0 * np.sin(phi - np.pi / 2), "z": dz}
    )
    sign = np.sign(vector.array(axis).cross(track).dot(track.cross(-point)))
    return np.abs(d0) * sign, np.abs(dz) * np.sign(-dz * deta)


def read(source: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Jets (n, 4), particles (n, 128, 14) and labels (n) of a ROOT file, all in memory."""
    with uproot.open(source) as file:
        tree = file["tree"]
        jets = tree.arrays(JETS, library="pd").to_numpy().astype("f")
        labels = tree.arrays(LABELS, library="pd").to_numpy().astype(int).argmax(1)
        particles = tree.arrays(PARTICLES, library="ak")
    padded = ak.fill_none(ak.pad_none(particles, LENGTH, clip=True), 0)
    padded = np.stack([ak.to_numpy(padded[name]).astype("f") for name in PARTICLES], -1)
    return jets, np.nan_to_num(padded, nan=0.0), labels


def identities(flags: np.ndarray) -> np.ndarray:
    """Kinds of particles with their charges, 0 to 7, of charge and flags (n, 128, 6)."""
    charge, photon, neutral, charged, electron, muon = np.moveaxis(flags, -1, 0)
    kinds = np.zeros(charge.shape, int)
    kinds[photon.astype(bool)] = 0
    hadron = neutral.astype(bool) | charged.astype(bool)
    for code, (some, sign) in enumerate(
        [
            (hadron, -1),
            (hadron, 0),
            (hadron, 1),
            (electron, -1),
            (electron, 1),
            (muon, -1),
            (muon, 1),
        ],
        start=1,
    ):
        kinds[some.astype(bool) & (charge == sign)] = code
    return kinds


def combine(sources: list[Path], target: Path) -> None:
    """Write the padded arrays of all files, jets shuffled, as one file."""
    files = [h5py.File(source) for source in sources]
    columns = {name: [file[name][:] for file in files] for name in files[0]}
    order = np.random.default_rng().permutation(sum(map(len, columns["labels"])))
    with h5py.File(target, "w") as file:
        for name, parts in columns.items():
            values = np.concatenate(parts)[order]
            chunks = (min(CHUNK, len(values)), *values.shape[1:])
            maximum = (None, *values.shape[1:])
            file.create_dataset(name, data=values, maxshape=maximum, chunks=chunks)
    for source in files:
        source.close()
