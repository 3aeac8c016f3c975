"""Labelling rules on events made by hand: rows of (id, daughter1, daughter2, pT, eta, phi)."""

import numpy as np
import pytest

from jetbench.simulation.matching import final_copies, match, resonances, truth_codes
from jetbench.simulation.processes import HIGGS, TOP, W, Z
from tests.simulation.helpers import jets, record

BEAM = (90, 0, 0, 0.0, 0.0, 0.0)


def higgs_to_bb(away=0.3):
    """The first copy radiates; the last one decays to quarks at phi = -0.3 and `away`."""
    return record(
        BEAM,
        (25, 2, 3, 600, 0.0, 0.0),
        (25, 4, 5, 550, 0.0, 0.0),
        (21, 0, 0, 50, 0.0, 2.0),
        (5, 0, 0, 300, 0.0, -0.3),
        (-5, 0, 0, 250, 0.0, away),
    )


def top(quark=2, lepton=None):
    """t -> b W, W -> two quarks or a lepton and a neutrino; the lepton radiates."""
    pair = ((lepton, 6, 7), (-lepton - 1, 0, 0)) if lepton else ((quark, 0, 0), (-1, 0, 0))
    return record(
        BEAM,
        (6, 2, 3, 600, 0.0, 0.0),
        (24, 4, 5, 400, 0.0, 0.1),
        (5, 0, 0, 200, 0.0, -0.3),
        (*pair[0], 200, 0.0, 0.9),
        (*pair[1], 200, 0.0, 0.3),
        (lepton or 21, 0, 0, 190, 0.0, 0.7),
        (22, 0, 0, 10, 0.0, 1.5),
    )


def higgs_to_ww(*products):
    """H -> W W with the four products at growing phi."""
    rows = [(code, 0, 0, 100, 0.0, 0.2 * i) for i, code in enumerate(products)]
    ws = (24, 4, 5, 300, 0.0, 0.1), (-24, 6, 7, 300, 0.0, 0.5)
    return record(BEAM, (25, 2, 3, 600, 0.0, 0.3), *ws, *rows)


def test_copies_are_followed_to_the_last_one():
    assert final_copies(higgs_to_bb(), np.array([1, 3, 4])).tolist() == [2, 3, 4]
    assert resonances(higgs_to_bb(), HIGGS).tolist() == [2]


def test_jet_with_both_quarks_is_matched_to_the_last_copy():
    truth = match(higgs_to_bb(), jets(0.0, 0.0), HIGGS)
    assert truth.code == 41 and truth.id == 25 and truth.pt == pytest.approx(550)


@pytest.mark.parametrize(("eta", "phi"), [(0.0, 0.6), (0.0, np.pi), (0.9, 0.0)])
def test_jet_that_misses_a_quark_is_not_matched(eta, phi):
    assert match(higgs_to_bb(), jets(eta, phi), HIGGS).code == 0


def test_matching_wraps_around_in_azimuth():
    event = higgs_to_bb(away=2 * np.pi - 0.5)
    assert match(event, jets(0.0, -0.4 + 2 * np.pi), HIGGS).code == 41


def test_only_jets_of_the_same_event_are_matched():
    other = jets(0.0, 0.0)._replace(event=np.array([1]))
    assert match(higgs_to_bb(), other, HIGGS).code == 0


@pytest.mark.parametrize(
    ("event", "code"),
    [(top(2), 0), (top(lepton=11), 15), (top(lepton=13), 16)],
)
def test_top_uses_quarks_as_made_and_leptons_after_radiation(event, code):
    assert match(event, jets(0.0, 0.0), TOP).code == code


@pytest.mark.parametrize(("quark", "code"), [(2, 12), (4, 11)])
def test_top_with_charm_has_its_own_code(quark, code):
    assert match(top(quark), jets(0.0, 0.2), TOP).code == code


@pytest.mark.parametrize(
    ("products", "code"),
    [((2, -1, 1, -2), 45), ((2, -1, 11, -12), 46), ((-11, 12, 3, -4), 46)],
)
def test_higgs_to_ww_needs_all_quarks_and_the_lepton(products, code):
    assert match(higgs_to_ww(*products), jets(0.0, 0.3), HIGGS).code == code
    assert match(higgs_to_ww(*products), jets(0.0, -0.5), HIGGS).code == 0


@pytest.mark.parametrize(
    ("resonance", "products", "code"),
    [
        (HIGGS, (5, 0, 5, 0), 41),
        (HIGGS, (4, 0, 4, 0), 42),
        (HIGGS, (21, 0, 21, 0), 44),
        (Z, (5, 0, 5, 0), 31),
        (Z, (4, 0, 4, 0), 32),
        (Z, (1, 0, 1, 0), 33),
        (Z, (0, 0, 0, 0), 0),
        (W, (4, 0, 3, 0), 21),
        (W, (2, 0, 1, 0), 22),
    ],
)
def test_codes_are_those_of_jetclass(resonance, products, code):
    assert truth_codes(resonance, np.array([products])) == code


def test_every_jet_of_a_background_event_counts():
    truth = match(higgs_to_bb(), jets([0.0, 1.0], [0.0, 1.0]), None)
    assert truth.code.tolist() == [50, 50] and not truth.pt.any()
