"""BTag files: what a track is and where it comes from, by the published rules."""

import awkward as ak
import numpy as np
import pytest

from jetbench.data.columns import ORIGINS, PARTICLE_IDS
from tests.data.readers.btag_files import (
    B_HADRON,
    C_HADRON,
    JETS,
    STRANGE,
    changed,
    ragged,
    read,
    toy_btag,
    write_btag,
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "a.root"


def one_jet(**changes):
    """Branches of a jet of four tracks and three hadrons, with these values of some."""
    values = {"trk_prod_z": [0, 2.5, -4.0, 7.0], "hadron_z": [2.5, -4.0, 7.0]}
    values |= {"hadron_pdgid": [C_HADRON, B_HADRON, STRANGE]}
    branches = {name: found[:1] for name, found in toy_btag(1).items()}
    for name, found in branches.items():
        if name[:4] == "trk_":
            first = found[:, :1]
            branches[name] = ak.concatenate([first] * 4, axis=1)
    branches["n_trks"] = np.array([4], np.int32)
    return branches | {name: ak.Array([found]) for name, found in (values | changes).items()}


def published_origin(z, code, hadron_z):
    """Origin of one track by the published rule, in single precision."""
    near = np.abs(np.float32(z) - np.asarray(hadron_z, np.float32)) < 1e-6
    code = np.abs(code)
    charm = ((code > 410) & (code < 436)) | ((code > 4120) & (code < 4445))
    bottom = ((code > 510) & (code < 546)) | ((code > 5120) & (code < 5555))
    if (near & bottom).any():
        return "bottom"
    if (near & charm).any():
        return "charm"
    return "primary" if abs(z) < 1e-6 else "other"


@pytest.mark.parametrize(
    "pdg, kind",
    [(11, "electron"), (-11, "electron"), (13, "muon"), (211, "charged_hadron"), (22, "none")]
    + [(-2212, "charged_hadron"), (100, "none"), (101, "charged_hadron")],
)
def test_identity_by_pdg_code(file, pdg, kind):
    write_btag(file, trk_pdg_id=ak.full_like(toy_btag(JETS)["trk_pdg_id"], pdg))
    assert (read(file)[1]["id"] == PARTICLE_IDS.index(kind)).all()


def test_origin_by_hand(file):
    write_btag(file, **one_jet())
    found = [ORIGINS[code] for code in read(file)[1]["origin"]]
    assert found == ["primary", "charm", "bottom", "other"]


@pytest.mark.parametrize(
    "hadrons, origin",
    [
        ([C_HADRON, B_HADRON], "bottom"),
        ([B_HADRON, C_HADRON], "bottom"),
        ([C_HADRON, STRANGE], "charm"),
        ([STRANGE, STRANGE], "primary"),
    ],
)
def test_last_origin_that_fits_counts(file, hadrons, origin):
    places = {"trk_prod_z": [0.0] * 4, "hadron_pdgid": hadrons, "hadron_z": [0.0] * 2}
    write_btag(file, **one_jet(**places))
    assert {ORIGINS[code] for code in read(file)[1]["origin"]} == {origin}


@pytest.mark.parametrize(
    "pdg, origin",
    [(410, "other"), (411, "charm"), (435, "charm"), (436, "other"), (4120, "other")]
    + [(4122, "charm"), (4444, "charm"), (4445, "other"), (510, "other"), (511, "bottom")]
    + [(545, "bottom"), (546, "other"), (5120, "other"), (5122, "bottom"), (5554, "bottom")]
    + [(5555, "other"), (-421, "charm"), (-5122, "bottom")],
)
def test_hadrons_by_pdg_code(file, pdg, origin):
    write_btag(file, **one_jet(hadron_pdgid=[pdg] * 3))
    assert ORIGINS[read(file)[1]["origin"][1]] == origin


def test_places_are_the_same_within_a_nanometre(file):
    z = [2.5 + 9e-7, 2.5 + 2e-6, 9e-7, 2e-6]
    write_btag(file, **one_jet(trk_prod_z=z, hadron_z=[2.5, 50.0, 60.0]))
    found = [ORIGINS[code] for code in read(file)[1]["origin"]]
    assert found == ["charm", "other", "primary", "other"]


def test_origins_are_those_of_the_published_rule(file):
    branches = write_btag(file, jets=200, seed=3)
    z, code, hadron_z = (branches[name] for name in ("trk_prod_z", "hadron_pdgid", "hadron_z"))
    expected = [
        ORIGINS.index(published_origin(track, code[jet].to_numpy(), hadron_z[jet].to_numpy()))
        for jet in range(200)
        for track in z[jet, :15]
    ]
    assert set(expected) == {0, 1, 2, 3}
    np.testing.assert_array_equal(read(file)[1]["origin"], expected)


def test_places_of_two_precisions_are_compared_in_single(file):
    z = ak.values_astype(toy_btag(JETS)["trk_prod_z"], np.float64) * 1000 / 7
    hadrons = {"hadron_z": ak.values_astype(z[:, :1], np.float32)}
    hadrons["hadron_pdgid"] = ragged(np.full(JETS, B_HADRON, np.int32), 1)
    write_btag(file, trk_prod_z=z, **hadrons)
    jets, particles = read(file)
    assert (particles["origin"][jets["first"][:-1]] == ORIGINS.index("bottom")).all()


def test_jets_without_hadrons_have_other_origins(file):
    branches = toy_btag(JETS)
    write_btag(
        file, hadron_z=branches["hadron_z"][:, :0], hadron_pdgid=branches["hadron_pdgid"][:, :0]
    )
    assert set(read(file)[1]["origin"]) == {ORIGINS.index("primary"), ORIGINS.index("other")}


def test_hadron_at_no_place_is_no_origin(file):
    write_btag(file, **changed("hadron_z", 3, 0, np.nan))
    assert set(read(file)[1]["origin"]) == {0, 1, 2, 3}
