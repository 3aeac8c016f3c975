"""BTag ROOT files -> columns of a shard, a bounded number of jets at a time, checked.

Of each jet the leading 15 tracks in the order of the file are kept, as in arXiv:2409.12589, which
also gives the rule of their origin. The files give track parameters; momenta are those of pT, phi
and eta, the energy that of a charged pion. deta is eta - jet_eta for every jet: nothing is flipped
for jets of negative eta, as it is in JetClass. Impact parameters are raw, in mm.

Jets without tracks are left out, since no network has an answer to them, and counted on stderr.
Refused are, with the file, the branch and the entry: missing branches, values that are no numbers,
track branches of unequal length, NaN and infinities, pT that is not positive, flavours other than
0, 4 and 5, charges other than -1 and 1, vertex indices that are none. Branches that no column is
made of are left alone; the types of the others may be any of numbers.
"""

import os
import sys
from collections.abc import Iterator

import awkward as ak
import numpy as np
import uproot

from jetbench.data.columns import ORIGINS, PARTICLE_IDS, schema
from jetbench.data.readers.checks import Place
from jetbench.data.readers.rootfiles import WHOLE, open_tree, type_of
from jetbench.errors import InputError

CHUNK = 10_000  # jets in memory at once
TRACKS = 15  # of a jet
PION_MASS = 0.13957  # GeV

FLAVOURS = (0, 4, 5)  # light, charm, bottom: jet_flav of label 0, 1, 2
JETS = ("jet_pt", "jet_eta", "jet_phi", "jet_M", "jet_flav", "n_trks")
PARAMETERS = ("d0", "d0err", "z0", "z0err", "pt", "eta", "phi", "charge", "pdg_id", "vtx_index")
TRACK = (*(f"trk_{name}" for name in PARAMETERS), "trk_prod_z")
HADRON = ("hadron_pdgid", "hadron_z")
BRANCHES = (*JETS, *TRACK, *HADRON)
HADRONS = {  # origin -> |PDG codes| of the hadrons it means, mesons and baryons: above, below
    "charm": ((410, 436), (4120, 4445)),
    "bottom": ((510, 546), (5120, 5555)),
}
SAME_PLACE = 1e-6  # mm


def check_types(path: str | os.PathLike, tree: uproot.TTree) -> None:
    """Refuse branches of no numbers."""
    for name in BRANCHES:
        expected, got = "[]" * (name not in JETS), type_of(tree[name])
        number = got.removesuffix("[]")
        if not number.startswith(("float", "int", "uint")) or number + expected != got:
            what = "a list of numbers" if expected else "a number"
            raise InputError(f"{path}: branch {name}: expected {what} a jet, got {got}")


def count_jets(path: str | os.PathLike, _) -> int:
    """Number of jets with tracks in a file. Raises InputError as `read_chunks`."""
    with open_tree(path, BRANCHES) as tree, WHOLE.reading(path):
        check_types(path, tree)
        chunks = tree.iterate("n_trks", step_size=100 * CHUNK, library="np")
        return sum(int(np.count_nonzero(chunk["n_trks"])) for chunk in chunks)


def read_chunks(path: str | os.PathLike, dataset: str) -> Iterator[tuple[dict, dict]]:
    """Columns of the jets and of their tracks, at most CHUNK jets at a time, in file order.

    `first` starts at 0 in each chunk. Raises InputError for what the head of this file names, and
    in the end if no jet had tracks.
    """
    entry, kept = 0, 0
    with open_tree(path, BRANCHES) as tree:
        check_types(path, tree)
        for chunk in WHOLE.each(path, tree.iterate(BRANCHES, step_size=CHUNK)):
            jets, particles = to_columns(path, entry, chunk, dataset)
            if len(jets["label"]):
                yield jets, particles
            entry, kept = entry + len(chunk), kept + len(jets["label"])
    if not kept:
        raise InputError(f"{path}: expected jets with tracks, got {entry} jets without")
    if kept < entry:
        message = f"{path}: {entry - kept} of {entry} jets left out, which have no tracks"
        print(message, file=sys.stderr, flush=True)


def to_columns(
    path: str | os.PathLike, entry: int, chunk: ak.Array, dataset: str
) -> tuple[dict, dict]:
    """Columns (jets, particles) of the shard from one chunk of branches."""
    counts = np.minimum(check_lengths(path, entry, chunk), TRACKS)
    place = Place(path, entry, np.concatenate([[0], np.cumsum(counts)]))
    values = {name: ak.to_numpy(chunk[name]) for name in JETS}
    values |= {name: ak.to_numpy(ak.flatten(chunk[name][:, :TRACKS])) for name in TRACK}
    check_values(place, values)
    columns = schema(dataset)
    particles = {
        name: found.astype(columns.particles[name])
        for name, found in track_columns(place, values, chunk).items()
    }
    tracked = counts > 0
    jets = {
        name: found[tracked].astype(columns.jets[name])
        for name, found in jet_columns(values).items()
    }
    first = np.append(0, np.cumsum(counts[tracked]))
    vertices = particles["vertex"] if tracked.any() else np.zeros(1)
    jets["vertices"] = np.maximum.reduceat(vertices, first[:-1]).astype(columns.jets["vertices"])
    return jets | {"first": first}, particles


def check_lengths(path: str | os.PathLike, entry: int, chunk: ak.Array) -> np.ndarray:
    """Tracks of each jet; refuses branches of unequal length, also of hadrons."""
    counts, hadrons = (ak.to_numpy(ak.num(chunk[name])) for name in ("trk_pt", "hadron_pdgid"))
    place = Place(path, entry, np.arange(len(chunk) + 1))  # one value a jet
    for name in (*TRACK, *HADRON):
        found = ak.to_numpy(ak.num(chunk[name]))
        of, expected = ("trk_pt", counts) if name in TRACK else ("hadron_pdgid", hadrons)
        place.check(found == expected, found, name, f"as many values as in {of}")
    found = ak.to_numpy(chunk["n_trks"])
    place.check(found == counts, found, "n_trks", "the number of values in trk_pt")
    return counts


def check_values(place: Place, values: dict) -> None:
    """Refuse what is not finite, and flavours, momenta, charges and vertices that are none."""
    for name, found in values.items():
        place.check(np.isfinite(found), found, name, "finite values")
    for name in ("jet_pt", "trk_pt"):
        place.check(values[name] > 0, values[name], name, "positive values")
    flavour, charge, vertex = (values[name] for name in ("jet_flav", "trk_charge", "trk_vtx_index"))
    place.check(np.isin(flavour, FLAVOURS), flavour, "jet_flav", "0, 4 or 5")
    place.check(np.isin(charge, (-1, 1)), charge, "trk_charge", "-1 or 1")
    known = (vertex >= 0) & (vertex <= 255) & (vertex == np.rint(vertex))
    place.check(known, vertex, "trk_vtx_index", "whole numbers from 0 to 255")


def jet_columns(values: dict) -> dict[str, np.ndarray]:
    """Columns of all jets but those that count tracks; E = sqrt(pT^2 cosh^2(eta) + M^2)."""
    momentum = values["jet_pt"] * np.cosh(values["jet_eta"].astype(float))
    return {
        "label": np.searchsorted(FLAVOURS, values["jet_flav"]),
        **{name: values[f"jet_{name}"] for name in ("pt", "eta", "phi")},
        "energy": np.hypot(momentum, values["jet_M"]),
        "mass": values["jet_M"],
    }


def track_columns(place: Place, values: dict, chunk: ak.Array) -> dict[str, np.ndarray]:
    """Columns of the tracks, in double precision where they are computed."""
    jet = np.repeat(np.arange(len(chunk)), np.diff(place.first))
    pt, eta, phi = (values[f"trk_{name}"].astype(float) for name in ("pt", "eta", "phi"))
    energy = np.hypot(pt * np.cosh(eta), PION_MASS)
    place.check(np.isfinite(energy), eta, "trk_eta", "an angle off the beam")
    return {
        "px": pt * np.cos(phi),
        "py": pt * np.sin(phi),
        "pz": pt * np.sinh(eta),
        "energy": energy,
        "deta": eta - values["jet_eta"][jet],
        "dphi": (phi - values["jet_phi"][jet] + np.pi) % (2 * np.pi) - np.pi,
        **{name: values[f"trk_{name}"] for name in ("d0", "d0err", "charge")},
        "dz": values["trk_z0"],
        "dzerr": values["trk_z0err"],
        "id": identities(values["trk_pdg_id"]),
        "vertex": values["trk_vtx_index"],
        "origin": origins(place, values["trk_prod_z"], chunk),
    }


def identities(pdg: np.ndarray) -> np.ndarray:
    """Place in PARTICLE_IDS by PDG code: electron, muon, charged hadron above 100, else none."""
    code = np.abs(pdg)
    known = {"electron": code == 11, "muon": code == 13, "charged_hadron": code > 100}
    return sum(PARTICLE_IDS.index(name) * found for name, found in known.items())


def origins(place: Place, z: np.ndarray, chunk: ak.Array) -> np.ndarray:
    """Place in ORIGINS by where a track is produced along the beam.

    The primary vertex is at z = 0, a hadron's at its z; the last one that fits counts, of primary,
    charm, bottom. As published they are compared in single precision. A hadron at NaN is nowhere.
    """
    z = z.astype(np.float32)
    origin = np.full(len(z), ORIGINS.index("other"))
    origin[np.abs(z) < SAME_PLACE] = ORIGINS.index("primary")
    code, hadron_z = abs(chunk["hadron_pdgid"]), ak.values_astype(chunk["hadron_z"], np.float32)
    ragged = ak.unflatten(z, np.diff(place.first))
    for name, ((above, below), (above_too, below_too)) in HADRONS.items():
        meson, baryon = (code > above) & (code < below), (code > above_too) & (code < below_too)
        distance = abs(ragged[:, :, np.newaxis] - hadron_z[meson | baryon][:, np.newaxis, :])
        near = ak.any(distance < SAME_PLACE, axis=-1)
        origin[ak.to_numpy(ak.flatten(near))] = ORIGINS.index(name)
    return origin
