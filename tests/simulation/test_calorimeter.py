"""Towers and energy flow, one particle at a time."""

import numpy as np
import pytest

from jetbench.simulation.calorimeter import (
    ECAL,
    HCAL,
    Hits,
    ecal_sigma,
    energy_flow,
    hcal_sigma,
    tower_number,
    tower_place,
    track_factor,
)
from jetbench.simulation.tables import towers

EVENTS = 2000


def repeated(energy, eta=0.3, phi=0.1) -> Hits:
    """The same hit, alone in each of many events."""
    ones = np.ones(EVENTS)
    return Hits(np.arange(EVENTS), eta * ones, phi * ones, energy * ones)


def nothing() -> Hits:
    return Hits(np.zeros(0, dtype=int), *np.zeros((3, 0)))


def flow(calorimeter, showers, tracks=None, resolution=0.0):
    tracks = nothing() if tracks is None else tracks
    errors = np.full(len(tracks.energy), resolution)
    return energy_flow(calorimeter, showers, tracks, errors, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("name", "eta", "low", "high", "width"),
    [
        ("ecal", 0.01, 0.0, 0.0174, 1.0),
        ("ecal", 1.49, 1.479, 1.4964, 1.0),
        ("ecal", -3.0, -3.125, -2.958, 10.0),
        ("hcal", 0.3, 0.261, 0.348, 5.0),
        ("hcal", -1.6, -1.653, -1.566, 5.0),
        ("hcal", 1.7, 1.653, 1.74, 10.0),
        ("hcal", -1.7, -1.74, -1.653, 10.0),
        ("hcal", 4.6, 4.525, 4.7, 20.0),
    ],
)
def test_towers_are_those_of_the_card(name, eta, low, high, width):
    grid = towers(name)
    number = tower_number(grid, Hits(np.array([3]), np.array([eta]), np.array([1.0]), np.ones(1)))
    event, *edges = (value[0] for value in tower_place(grid, number))
    assert event == 3 and edges[:2] == pytest.approx([low, high])
    assert edges[2] < 1.0 < edges[3]
    assert np.degrees(edges[3] - edges[2]) == pytest.approx(width)


def test_hits_beyond_the_calorimeter_have_no_tower():
    hits = Hits(np.zeros(2, dtype=int), np.array([-5.1, 5.1]), np.zeros(2), np.ones(2))
    assert np.all(tower_number(towers("hcal"), hits) == -1)


def test_every_direction_falls_in_its_own_tower():
    rng = np.random.default_rng(2)
    hits = Hits(
        rng.integers(0, 9, 1000), rng.uniform(-4.9, 4.9, 1000), rng.uniform(-3.14, 3.14, 1000), None
    )
    for name in ("ecal", "hcal"):
        event, low, high, first, last = tower_place(towers(name), tower_number(towers(name), hits))
        assert np.array_equal(event, hits.event)
        assert np.all((low < hits.eta) & (hits.eta <= high))
        assert np.all((first <= hits.phi) & (hits.phi <= last))


@pytest.mark.parametrize(
    ("sigma", "eta", "expected"),
    [
        (ecal_sigma, 1.0, 1.64 * np.sqrt(0.64 + 1.21 + 0.16)),
        (ecal_sigma, 2.0, 2.16 * np.sqrt(0.64 + 1.21 + 0.16)),
        (ecal_sigma, 2.7, np.sqrt(10.7**2 + 100 * 2.08**2)),
        (hcal_sigma, 1.0, np.sqrt(25 + 225)),
    ],
)
def test_resolution_at_100_gev_is_that_of_the_card(sigma, eta, expected):
    assert sigma(np.array([eta]), np.array([100.0])) == pytest.approx(expected)


def test_photon_gives_one_candidate_within_its_tower():
    found = flow(ECAL, repeated(50.0))
    assert len(found.energy) == EVENTS
    assert np.mean(found.energy) == pytest.approx(50.0, rel=0.005)
    assert np.std(found.energy) == pytest.approx(ecal_sigma(np.array(0.3), np.array(50.0)), rel=0.1)
    assert np.ptp(found.eta) == pytest.approx(0.0174, rel=0.02)
    assert np.ptp(found.phi) == pytest.approx(np.radians(1), rel=0.02)


def test_every_neutral_candidate_is_significant():
    energy = flow(ECAL, repeated(0.5)).energy
    assert 0 < len(energy) < EVENTS and np.all(energy > ECAL.energy_min)
    assert np.all(energy > ECAL.significance_min * ecal_sigma(np.array(0.29), energy))


def test_second_quirk_tracks_take_the_energy_of_the_tower():
    found = flow(HCAL, repeated(20.0), repeated(20.0))
    alone = flow(HCAL, repeated(20.0)).energy
    kept = found.track_scale[found.track_scale != 1.0]
    assert np.all(kept <= 1.0 + HCAL.significance_min * hcal_sigma(0.3, 30.0) / 20.0)
    assert np.std(kept) > 0.1 and np.all(found.energy > 1.0) and len(found.energy) < len(alone)


def test_second_quirk_soft_tracks_vanish():
    found = flow(HCAL, repeated(0.8), repeated(0.8))
    assert np.mean(found.track_scale == 0.0) > 0.8


def test_textbook_tracks_barely_follow_the_tower():
    found = flow(HCAL, repeated(20.0), repeated(20.0), resolution=0.01)
    assert np.std(found.track_scale) < 0.01 and np.all(np.abs(found.track_scale - 1) < 0.01)


def test_significant_excess_becomes_neutral_and_leaves_the_track_alone():
    found = flow(HCAL, repeated(500.0), repeated(20.0))
    assert len(found.energy) == EVENTS and np.all(found.track_scale == 1.0)
    assert np.mean(found.energy) == pytest.approx(480.0, rel=0.01)


@pytest.mark.parametrize(
    ("track_sigma", "expected"), [(0.0, 12.0), (3.0, (10 / 9 + 12 / 4) / (1 / 9 + 1 / 4))]
)
def test_tracks_take_the_weighted_mean_of_both_energies(track_sigma, expected):
    columns = (np.array([value]) for value in (12.0, 2.0, 10.0, track_sigma))
    assert track_factor(*columns) == pytest.approx(expected / 10.0)
