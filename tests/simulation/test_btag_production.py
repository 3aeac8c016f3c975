"""Simulated BTag jets from one end to the other, as a reader of the file sees them."""

import awkward as ak
import numpy as np
import pytest
import uproot

from jetbench.data.readers.btagfiles import read_chunks
from jetbench.errors import InputError
from jetbench.simulation import btag_production
from jetbench.simulation.btag_columns import JETS, RAGGED
from jetbench.simulation.btag_production import btag_seed, simulate_btag_jets, write_btag
from jetbench.simulation.btag_truth import hadron_flavour
from workflow.scripts.simulate_btag import simulate_btag

PRIMARY, CHARM, BOTTOM, OTHER = range(4)


def origins(columns):
    """Origin of each track by the published rule: z of its production and of the hadrons' decay."""
    flavour = ak.unflatten(
        hadron_flavour(ak.to_numpy(ak.flatten(columns["hadron_pdgid"]))),
        ak.num(columns["hadron_pdgid"]),
    )
    z = columns["trk_prod_z"]
    origin = ak.where(abs(z) < 1e-6, PRIMARY, OTHER)
    for code, value in ((4, CHARM), (5, BOTTOM)):
        pair = ak.cartesian((z, columns["hadron_z"][flavour == code]), nested=True)
        origin = ak.where(ak.any(pair["0"] == pair["1"], axis=2), value, origin)
    return origin


def share(values, wanted):
    """Share of all values that are `wanted`."""
    return ak.mean(ak.flatten(values == wanted))


def far(columns, flavour):
    """Share of tracks with |d0| > 3 sigma in the jets of one flavour."""
    significance = abs(columns["trk_d0"] / columns["trk_d0err"])
    return ak.mean(ak.flatten(significance[columns["jet_flav"] == flavour] > 3))


@pytest.fixture
def small_batches(monkeypatch):
    """Few events at a time, so that few jets take several batches."""
    monkeypatch.setattr(btag_production, "EVENTS_PER_BATCH", 16)


def test_as_many_jets_as_asked_for_and_of_each_flavour(btag_columns):
    assert {len(values) for values in btag_columns.values()} == {len(btag_columns["jet_pt"])}
    counts = np.unique(btag_columns["jet_flav"], return_counts=True)
    np.testing.assert_array_equal(counts, [[0, 4, 5], [150, 150, 150]])


def test_same_seed_gives_the_same_jets_and_more_only_add_to_them(small_batches):
    few, more = (simulate_btag_jets(jets, btag_seed(3)) for jets in (8, 30))
    assert len(more["jet_pt"]) == 30 and set(np.bincount(few["jet_flav"])) <= {0, 2, 3}
    assert all(ak.array_equal(more[name][:8], values) for name, values in few.items())


def test_another_number_gives_other_jets(small_batches):
    one, other = (simulate_btag_jets(6, btag_seed(number))["jet_pt"] for number in (3, 4))
    assert not np.isin(one, other).any()


@pytest.mark.parametrize("number", [-1, 100_000_000])
def test_numbers_that_would_share_seeds_with_other_sets_are_refused(number):
    with pytest.raises(InputError, match="expected a file number"):
        btag_seed(number)


def test_jets_are_in_acceptance_and_have_tracks(btag_columns):
    assert btag_columns["jet_pt"].min() > 20 and np.abs(btag_columns["jet_eta"]).max() < 2.5
    assert btag_columns["n_trks"].min() >= 1 and btag_columns["n_trks"].max() == 15
    np.testing.assert_array_equal(btag_columns["n_trks"], ak.num(btag_columns["trk_pt"]))


def test_tracks_come_by_falling_pt_within_the_jet(btag_columns):
    pt = btag_columns["trk_pt"]
    dphi = btag_columns["trk_phi"] - btag_columns["jet_phi"]
    dphi = np.remainder(dphi + np.pi, 2 * np.pi) - np.pi
    distance = np.hypot(btag_columns["trk_eta"] - btag_columns["jet_eta"], dphi)
    assert ak.all(pt[:, :-1] >= pt[:, 1:]) and ak.max(distance) < 0.4 + 1e-6


def test_tracks_of_one_vertex_begin_at_its_point(btag_columns):
    number = btag_columns["trk_vtx_index"]
    for axis in "xyz":
        primary = ak.zeros_like(btag_columns["jet_pt"])[:, None]
        place = ak.concatenate((primary, btag_columns[f"true_vtx_{axis}"]), axis=1)[number]
        assert ak.all(place == btag_columns[f"trk_prod_{axis}"])


def test_vertices_are_numbered_without_gaps_in_order_of_appearance(btag_columns):
    for numbers in btag_columns["trk_vtx_index"].to_list():
        first = [n for i, n in enumerate(numbers) if n and n not in numbers[:i]]
        assert first == list(range(1, len(first) + 1))
    last = ak.max(btag_columns["trk_vtx_index"], axis=1)
    np.testing.assert_array_equal(last, ak.num(btag_columns["true_vtx_x"]))


def test_length_of_flight_is_the_distance_from_the_origin(btag_columns):
    x, y, z = (btag_columns[f"true_vtx_{axis}"] for axis in "xyz")
    assert ak.all(np.isclose(btag_columns["true_vtx_L3D"], np.sqrt(x**2 + y**2 + z**2)))


def test_heavy_hadrons_decay_where_their_tracks_begin_to_the_last_bit(btag_columns):
    bottom = btag_columns["jet_flav"] == 5
    origin = origins(btag_columns)[bottom]
    assert share(origin, BOTTOM) > 0.15 and share(origin, CHARM) > 0.2
    vertex = btag_columns["trk_vtx_index"][bottom]
    assert ak.all((origin == PRIMARY) == (vertex == 0))


def test_origins_are_as_frequent_as_published(btag_columns):
    published = {PRIMARY: 0.646, CHARM: 0.174, BOTTOM: 0.075, OTHER: 0.105}
    found = origins(btag_columns)
    for origin, frequency in published.items():
        assert share(found, origin) == pytest.approx(frequency, abs=0.05), origin


def test_pairs_of_one_vertex_are_as_frequent_as_published(btag_columns):
    pair = ak.combinations(btag_columns["trk_vtx_index"], 2)
    assert ak.mean(ak.flatten(pair["0"] == pair["1"])) == pytest.approx(0.562, abs=0.06)


def test_significant_impact_parameters_tell_flavours(btag_columns):
    light, charm, bottom = (far(btag_columns, flavour) for flavour in (0, 4, 5))
    assert light < 0.15 < charm < 0.28 < bottom


def test_flavours_are_alike_in_pt_and_multiplicity(btag_columns):
    for name, tolerance in (("jet_pt", 8), ("n_trks", 0.6)):
        means = [btag_columns[name][btag_columns["jet_flav"] == f].mean() for f in (0, 4, 5)]
        assert np.ptp(means) < tolerance, name


def test_script_writes_the_schema_of_the_published_tree(tmp_path, small_batches):
    path = tmp_path / "000.root"
    simulate_btag(path, number="000", jets=7)
    tree = uproot.open(path)["tree"]
    ragged = {name: kind for types in RAGGED.values() for name, kind in types.items()}
    assert tree.classname == "TTree" and tree.num_entries == 7
    assert set(tree.keys()) == {*JETS, *ragged, "n_hadrons", "n_vertices"}
    for name, kind in (JETS | ragged).items():
        dtype = getattr(tree[name].interpretation, "content", tree[name].interpretation).from_dtype
        assert dtype.newbyteorder("=") == np.dtype(kind), name


def test_the_reader_of_the_published_files_finds_the_same_origins(tmp_path, btag_columns):
    write_btag(tmp_path / "000.root", btag_columns)
    ((jets, particles),) = read_chunks(tmp_path / "000.root", "btag")
    assert len(jets["label"]) == 450
    np.testing.assert_array_equal(particles["origin"], ak.flatten(origins(btag_columns)))
    np.testing.assert_array_equal(particles["vertex"], ak.flatten(btag_columns["trk_vtx_index"]))
