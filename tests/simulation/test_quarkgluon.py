"""Quark and gluon jets in EnergyFlow's format, from the event to the reader."""

import numpy as np
import pytest

from jetbench.data.readers.qgfiles import read_chunks
from jetbench.errors import InputError
from jetbench.simulation import quarkgluon, zjets
from jetbench.simulation.events import next_record, visible_particles
from jetbench.simulation.quarkgluon import (
    leading_jets,
    pad,
    particle_columns,
    quarkgluon_seed,
    simulate_quarkgluon_jets,
)
from jetbench.simulation.zjets import EarlyVeto, Window, ZJetGenerator
from workflow.scripts.simulate_quarkgluon import simulate_quarkgluon

JETS = 40
KNOWN = (11, 13, 22, 130, 211, 321, 2112, 2212)


@pytest.fixture(scope="module")
def arrays():
    """X and y of a few jets."""
    return simulate_quarkgluon_jets(JETS, quarkgluon_seed(7000))


@pytest.fixture(scope="module")
def batch():
    """A batch of gluon events: record, visible particles, selected jets."""
    pythia = ZJetGenerator("gluon", 5)
    record = next_record(pythia, 40)
    visible = visible_particles(record, pythia.particleData.charge)
    return record, visible, leading_jets(record, visible)


def sums(x):
    """px, py and rapidity of each jet; the rapidity is the mean of its particles, by pT."""
    pt, y, phi, _ = np.moveaxis(x, 2, 0)
    return (pt * np.cos(phi)).sum(1), (pt * np.sin(phi)).sum(1), (pt * y).sum(1) / pt.sum(1)


def test_arrays_have_the_shape_of_the_original(arrays):
    x, y = arrays
    assert x.shape[::2] == (JETS, 4) and y.shape == (JETS,) and x.dtype == y.dtype == np.float64


def test_there_are_as_many_quarks_as_gluons_and_they_are_mixed(arrays):
    _, y = arrays
    assert y.sum() == JETS / 2 and 0 < y[: JETS // 2].sum() < JETS / 2


def test_zeros_fill_the_jets_up(arrays):
    real = arrays[0][:, :, 0] > 0
    counts = real.sum(1)
    assert counts.min() > 0 and counts.max() == real.shape[1]
    assert (real == (np.arange(real.shape[1]) < counts[:, None])).all()
    assert not arrays[0][~real].any()


def test_particles_are_not_sorted_as_in_the_original(arrays):
    assert (np.diff(arrays[0][:, :5, 0], axis=1) > 0).any(1).mean() > 0.9


def test_only_visible_stable_particles_are_there(arrays):
    codes = np.unique(np.abs(arrays[0][:, :, 3]))
    assert set(codes) <= {0, *KNOWN} and {22, 211} <= set(codes)


def test_jets_pass_the_selection(arrays):
    px, py, y = sums(arrays[0])
    pt = np.hypot(px, py)
    assert (pt > 500).all() and (pt < 550).all() and (np.abs(y) < 1.75).all()


def test_phi_of_particles_is_within_pi_of_the_jet(arrays):
    px, py, _ = sums(arrays[0])
    jet = np.arctan2(py, px) % (2 * np.pi)
    away = np.where(arrays[0][:, :, 0] > 0, arrays[0][:, :, 2] - jet[:, None], 0)
    assert (np.abs(away) < 0.8).all() and jet.max() > np.pi


def test_gluons_have_more_particles_than_quarks(arrays):
    counts = (arrays[0][:, :, 0] > 0).sum(1)
    gluon, quark = counts[arrays[1] == 0], counts[arrays[1] == 1]
    error = np.hypot(gluon.std() / len(gluon) ** 0.5, quark.std() / len(quark) ** 0.5)
    assert gluon.mean() - quark.mean() > 3 * error


def test_an_odd_jet_is_a_gluon(monkeypatch):
    monkeypatch.setattr(quarkgluon, "simulate_class", lambda *a: [np.ones((a[1], 4))] * a[1])
    assert simulate_quarkgluon_jets(3, 1)[1].sum() == 1


def test_pad_fills_up_to_the_longest():
    padded = pad([np.ones((1, 4)), np.full((3, 4), 2.0)])
    assert padded[:, :, 0].tolist() == [[1, 0, 0], [2, 2, 2]]


def test_the_reader_gives_back_the_momenta_of_generation(batch, tmp_path):
    _, visible, jets = batch
    x = pad(particle_columns(visible, jets))
    np.savez(tmp_path / "a.npz", X=x, y=np.arange(len(x)) % 2)
    ((found, _),) = read_chunks(tmp_path / "a.npz", "qgreference")
    pt = np.hypot(jets.momenta[:, 0], jets.momenta[:, 1])
    np.testing.assert_allclose(found["pt"], pt, rtol=1e-6)
    np.testing.assert_allclose(found["energy"], jets.momenta[:, 3], rtol=1e-6)
    np.testing.assert_allclose(found["eta"], np.arcsinh(jets.momenta[:, 2] / pt), atol=1e-6)


def test_jets_are_the_leading_ones_of_their_events(batch):
    _, visible, jets = batch
    event = visible.event[jets.rows[jets.first[:-1]]]
    assert len(event) == len(set(event)) > 5


def test_jets_lie_near_the_hard_parton(batch):
    record, visible, jets = batch
    event = visible.event[jets.rows[jets.first[:-1]]]
    px, py, _, _ = quarkgluon.hard_partons(record)[event].T
    angle = np.arctan2(py, px) - np.arctan2(jets.momenta[:, 1], jets.momenta[:, 0])
    assert (np.cos(angle) > np.cos(0.4)).all()


def test_hard_parton_is_a_gluon_or_a_light_quark(batch):
    pythia = ZJetGenerator("quark", 5, Window(wide_pt=0.0, narrow_pt=1e9))
    record = next_record(pythia, 20)
    hard = record.id[(record.status == -23) & (np.abs(record.id) < 7)]
    assert len(hard) == 19 and set(np.abs(hard)) <= {1, 2, 3}
    assert 21 in batch[0].id[batch[0].status == -23]


def test_early_veto_drops_no_event_that_is_selected(monkeypatch):
    class Watch(EarlyVeto):
        def doVetoPT(self, stage, event):
            if stage <= 3:
                drops.append(super().doVetoPT(stage, event))
            return False

    drops = []
    monkeypatch.setattr(zjets, "EarlyVeto", Watch)
    pythia = ZJetGenerator("quark", 3, Window(hard_pt=(480, 620)))
    record = next_record(pythia, 100)
    visible = visible_particles(record, pythia.particleData.charge)
    jets = leading_jets(record, visible)
    selected = visible.event[jets.rows[jets.first[:-1]]]
    drops = np.array(drops)
    assert len(drops) == 100 and drops.mean() > 0.5
    assert len(selected) > 8 and not drops[selected].any()


@pytest.mark.parametrize("number", [-1, 10_000_000])
def test_numbers_beyond_the_seeds_are_refused(number):
    with pytest.raises(InputError, match="expected a number from 0 to 9999999"):
        quarkgluon_seed(number)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Files of four jets: two of number 19, one of number 20."""
    folder = tmp_path_factory.mktemp("raw")
    paths = [folder / name for name in ("a.npz", "b.npz", "c.npz")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quarkgluon, "EVENTS_PER_BATCH", 12)
        for path, number in zip(paths, ("019", 19, 20), strict=True):
            simulate_quarkgluon(path, number=number, jets=4)
    return paths


def test_script_writes_the_same_bytes_for_the_same_number(files):
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(list(files[0].parent.iterdir())) == 3


def test_another_number_gives_other_jets(files):
    arrays = [np.load(path)["X"][:, 0] for path in files[1:]]
    assert not np.isin(*arrays)[:, :3].any()
