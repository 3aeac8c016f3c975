"""Branches of a BTag file and how they are filled."""

import awkward as ak
import numpy as np

from jetbench.simulation.btag_jets import Jets, direction, momenta, nearest_jet
from jetbench.simulation.btag_tracks import Tracks, take_tracks
from jetbench.simulation.btag_truth import PRIMARY, decay_point, hadron_flavour, number_vertices
from jetbench.simulation.events import Record

TRACKS_PER_JET = 15
JET_RADIUS = 0.4
PARAMETERS = ("d0", "z0", "phi", "ctgtheta", "pt")  # in the order of Perigee

JETS = {
    "jet_pt": "float32",
    "jet_eta": "float32",
    "jet_phi": "float32",
    "jet_M": "float32",
    "jet_flav": "int32",
    "n_trks": "int32",
}
TRACK_NUMBERS = {"trk_pythia_i": "int32", "trk_pdg_id": "int32", "trk_vtx_index": "int32"}
TRACK_VALUES = (
    *("d0", "z0", "phi", "ctgtheta", "pt", "charge", "eta"),
    *("d0err", "z0err", "phierr", "ctgthetaerr", "pterr"),
    *("prod_x", "prod_y", "prod_z", "dec_x", "dec_y", "dec_z"),
)
TRACKS = TRACK_NUMBERS | {f"trk_{name}": "float32" for name in TRACK_VALUES}
HADRON_VALUES = ("pt", "eta", "phi", "x", "y", "z")
HADRONS = {"hadron_pdgid": "int32"} | {f"hadron_{name}": "float32" for name in HADRON_VALUES}
VERTICES = {f"true_vtx_{name}": "float32" for name in ("x", "y", "z", "L3D")}
RAGGED = {"n_trks": TRACKS, "n_hadrons": HADRONS, "n_vertices": VERTICES}  # by counter branch


def points(prefix: str, places: np.ndarray) -> dict[str, np.ndarray]:
    """Columns x, y, z of (n, 3) places."""
    return {f"{prefix}{axis}": places[:, i] for i, axis in enumerate("xyz")}


def leading_tracks(record: Record, tracks: Tracks, jets: Jets) -> tuple[Tracks, np.ndarray]:
    """(tracks in jets, jet of each): the 15 of highest pT in each jet, by falling pT.

    A track belongs to the nearest jet within 0.4.
    """
    eta = np.arcsinh(tracks.measured.ctgtheta)
    where = (record.event[tracks.row], eta, tracks.measured.phi)
    index, jet = nearest_jet(*where, jets, JET_RADIUS)
    order = np.lexsort((-tracks.measured.pt[index], jet))
    index, jet = index[order], jet[order]
    leading = np.arange(len(jet)) - np.searchsorted(jet, jet) < TRACKS_PER_JET
    return take_tracks(tracks, index[leading]), jet[leading]


def end_of_flight(record: Record, tracks: Tracks) -> np.ndarray:
    """Where Pythia would let the particle decay, flying straight: place + lifetime p / m."""
    momentum = np.stack(momenta(record, tracks.row), axis=1)
    flight = record.lifetime[tracks.row] / record.mass[tracks.row]
    return tracks.place + flight[:, None] * momentum


def track_columns(record: Record, tracks: Tracks, number: np.ndarray) -> dict[str, np.ndarray]:
    """The trk_* branches, flat."""
    return {
        "trk_pythia_i": tracks.row - record.first[record.event[tracks.row]],
        "trk_pdg_id": record.id[tracks.row],
        "trk_vtx_index": number,
        **{f"trk_{n}": v for n, v in zip(PARAMETERS, tracks.measured, strict=True)},
        "trk_charge": tracks.charge,
        "trk_eta": np.arcsinh(tracks.measured.ctgtheta),
        **{f"trk_{n}err": v for n, v in zip(PARAMETERS, tracks.sigma, strict=True)},
        **points("trk_prod_", tracks.place),
        **points("trk_dec_", end_of_flight(record, tracks)),
    }


def hadrons_in_jets(record: Record, hadrons, jets: Jets, tracks: Tracks, jet):
    """(rows, jet of each) of the heavy hadrons in or at the origin of a track in each jet.

    In: nearest to this jet and within 0.4.
    """
    _, eta, phi = direction(*momenta(record, hadrons))
    near, of_jet = nearest_jet(record.event[hadrons], eta, phi, jets, JET_RADIUS)
    made = (tracks.maker != PRIMARY) & (hadron_flavour(record.id[tracks.maker]) > 0)
    pairs = np.concatenate(
        (np.stack((of_jet, hadrons[near])), np.stack((jet[made], tracks.maker[made]))), axis=1
    )
    of_jet, rows = np.unique(pairs, axis=1)
    return rows, of_jet


def hadron_columns(record: Record, rows: np.ndarray) -> dict[str, np.ndarray]:
    """The hadron_* branches, flat; x, y, z is where the hadron decays."""
    kinematics = zip(("pt", "eta", "phi"), direction(*momenta(record, rows)), strict=True)
    return {
        "hadron_pdgid": record.id[rows],
        **{f"hadron_{name}": values for name, values in kinematics},
        **points("hadron_", decay_point(record, rows)),
    }


def ragged(columns: dict, counter: str, jet: np.ndarray, jets: int) -> dict[str, ak.Array]:
    """Flat columns cut into jets, in the types of the branches."""
    counts = np.bincount(jet, minlength=jets)
    types = RAGGED[counter]
    return {n: ak.unflatten(columns[n].astype(kind), counts) for n, kind in types.items()}


def fill(record: Record, jets: Jets, flavour, tracks: Tracks, hadrons) -> dict:
    """All branches of those of these jets that have tracks."""
    tracks, jet = leading_tracks(record, tracks, jets)
    number, opens = number_vertices(jet, tracks.maker)
    rows, of_jet = hadrons_in_jets(record, hadrons, jets, tracks, jet)
    place, size = tracks.place[opens], len(jets.pt)
    vertices = points("true_vtx_", place) | {"true_vtx_L3D": np.linalg.norm(place, axis=1)}
    counts = np.bincount(jet, minlength=size)
    flat = dict(zip(JETS, (*jets[1:], flavour, counts), strict=True))
    columns = {
        **{name: flat[name].astype(kind) for name, kind in JETS.items()},
        **ragged(track_columns(record, tracks, number), "n_trks", jet, size),
        **ragged(hadron_columns(record, rows), "n_hadrons", of_jet, size),
        **ragged(vertices, "n_vertices", jet[opens], size),
    }
    return {name: values[counts > 0] for name, values in columns.items()}
