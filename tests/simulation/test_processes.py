"""Pythia's processes and the filter on their hard events."""

import numpy as np
import pytest
import pythia8mc as pythia8

from jetbench.data.datasets import PROCESSES
from jetbench.errors import InputError
from jetbench.simulation.events import next_record
from jetbench.simulation.matching import prongs, resonances
from jetbench.simulation.processes import (
    HARD_PROCESSES,
    HIGGS,
    Generator,
    Z,
    find_process,
    may_make_jet,
)
from tests.simulation.helpers import record as hand_made


def momentum(pt, eta, phi):
    return pythia8.Vec4(pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta), pt * np.cosh(eta))


def decay_codes(name: str, resonance: int, events: int = 24) -> np.ndarray:
    """(n, 4) PDG codes of the visible decay products; 0 for none."""
    record = next_record(Generator(name, 5), events + 1)
    products = prongs(record, resonances(record, resonance))
    return np.where(products >= 0, record.id[products], 0)


def test_there_is_a_process_for_every_file_of_jetclass():
    assert set(HARD_PROCESSES) == set(PROCESSES)


def test_an_unknown_process_names_the_nearest_known_one():
    with pytest.raises(InputError, match=r"'HToBBB'; did you mean 'HToBB'"):
        find_process("HToBBB")


@pytest.mark.parametrize("name", PROCESSES)
def test_pythia_accepts_every_setting_and_makes_an_event(name):
    assert Generator(name, 1).next()


def test_lepton_of_h_to_ww_comes_in_both_charges():
    codes = decay_codes("HToWW2Q1L", HIGGS)
    leptons = codes[np.isin(np.abs(codes), (11, 13))]
    assert len(leptons) == len(codes) and set(np.sign(leptons)) == {-1, 1}


def test_zz_gives_one_z_to_quarks_and_one_to_neutrinos():
    visible = np.count_nonzero(decay_codes("ZToQQ", Z), axis=1)
    assert np.count_nonzero(visible == 2) == np.count_nonzero(visible == 0) == len(visible) / 2


@pytest.mark.parametrize(
    ("products", "kept"),
    [
        ([(300, 0.3, 0.0), (300, -0.3, 0.0)], True),
        ([(190, 0.3, 0.0), (190, -0.3, 0.0)], False),  # too soft
        ([(300, 2.5, 0.0), (300, 2.3, 0.0)], False),  # too far forward
        ([(600, 0.0, 0.0), (60, 1.5, 0.0)], False),  # too far apart
    ],
)
def test_filter_keeps_what_may_make_a_jet(products, kept):
    assert may_make_jet([momentum(*product) for product in products]) is kept


def test_invisible_resonance_has_no_prongs():
    event = hand_made(
        (90, 0, 0, 0, 0, 0), (23, 2, 3, 500, 0, 0), (12, 0, 0, 1, 0, 0), (-12,) + (0,) * 5
    )
    assert np.all(prongs(event, np.array([1])) == -1)
