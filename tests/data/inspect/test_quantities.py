"""Quantities of jets and particles: worked by hand, and what damaged or missing columns leave."""

import numpy as np
import pytest
import torch

from jetbench.data.inspect.quantities import (
    derive,
    difference,
    identity_of,
    invariant_mass,
    jet_quantities,
    one_identity,
    particle_quantities,
    signed_d0,
    signed_dz,
    unordered,
)
from jetbench.data.inspect.unchecked_shards import Block
from jetbench.physics import impact


def block(pt, counts, jets=None, **particles):
    """Block of jets with particles of these pT, along x."""
    columns = {"px": np.asarray(pt, float), "py": np.zeros(len(pt))}
    columns |= {name: np.asarray(values) for name, values in particles.items()}
    first = np.concatenate([[0], np.cumsum(counts)])
    return Block(np.arange(len(counts)), jets or {}, columns, first)


def test_mass_of_a_jet_at_rest_is_its_energy():
    assert invariant_mass(0.0, 0.0, 91.2) == pytest.approx(91.2)
    assert invariant_mass(3.0, 0.0, 5.0) == pytest.approx(4)


def test_difference_of_angles_does_not_leave_the_circle():
    assert difference(3.0, -3.0) == pytest.approx(6 - 2 * np.pi)


@pytest.mark.parametrize(
    ("d0", "dphi", "sign"), [(0.5, 0.1, 1), (0.5, -0.1, -1), (-0.5, 0.1, -1), (-0.5, -0.1, 1)]
)
def test_track_that_crosses_the_jet_ahead_of_the_vertex_is_positive(d0, dphi, sign):
    signed = signed_d0(np.array([d0]), np.zeros(1), np.zeros(1), np.array([dphi]), np.zeros(1))
    assert signed == pytest.approx(sign * abs(d0))


def test_signs_are_those_of_the_torch_function():
    d0, dz, deta, dphi, jet_eta = np.random.default_rng(0).normal(0, 1, (5, 500))
    phi, eta = torch.tensor(dphi), torch.tensor(jet_eta + deta)
    p = torch.stack([phi.cos(), phi.sin(), eta.sinh()], -1)
    axis = torch.tensor(jet_eta), torch.zeros(())
    expected = impact.signed_d0(torch.tensor(d0), torch.tensor(dz), p, *axis)
    np.testing.assert_allclose(signed_d0(d0, dz, deta, dphi, jet_eta), expected)


def test_dz_is_positive_on_the_side_from_which_the_track_turns_away():
    got = signed_dz(np.array([2.0, 2.0, -2.0]), np.array([-0.1, 0.1, 0.1]))
    assert got.tolist() == [2, -2, 2]


def test_two_identities_are_not_mistaken_for_a_third():
    flags = np.eye(5, dtype=int)
    flags[0, 1] = 1  # charged hadron and neutral hadron would add up to the code of a photon
    assert one_identity(*flags.T).tolist() == [255, 2, 3, 4, 5]


def test_identity_by_pdg_code():
    pid, charge = np.array([22, -11, 13, -211, 130]), np.array([0, 1, -1, -1, 0])
    assert identity_of(pid, charge).tolist() == [3, 4, 5, 1, 2]


def test_what_a_file_has_is_not_derived():
    rules = [("pt", ("px", "py"), np.hypot)]
    assert derive({"pt": 7, "px": 3, "py": 4}, rules)["pt"] == 7
    assert derive({"px": 3, "py": 4}, rules)["pt"] == 5
    assert "pt" not in derive({"px": 3}, rules)


def test_leading_share_of_a_jet_without_particles_is_no_number():
    found = jet_quantities(block([300, 100, 50], [2, 0, 1], {"pt": np.array([600, 1, 100])}))
    np.testing.assert_array_equal(found["leading_share"], [0.5, np.nan, 0.5])
    assert found["multiplicity"].tolist() == [2, 0, 1]


def test_only_the_leading_particles_of_a_jet_count():
    found = particle_quantities(block([9, 8, 7, 3, 2], [3, 2]), most=2)
    assert found["pt"].tolist() == [9, 8, 3, 2]


def test_impact_parameters_are_those_of_charged_particles():
    jets = {"eta": np.zeros(1)}
    columns = dict.fromkeys(("d0", "dz", "deta", "dphi", "d0err", "dzerr"), [0.1, 0.2, 0.0])
    found = particle_quantities(block([3, 2, 1], [3], jets, charge=[-1, 1, 0], **columns), 128)
    assert {name: len(values) for name, values in found.items()} == {
        **dict.fromkeys(("pt", "deta", "dphi"), 3),
        **dict.fromkeys(("d0", "d0err", "dz", "dzerr", "d0sig"), 2),
    }


def test_angles_are_clipped_as_those_of_the_reference():
    found = particle_quantities(block([2, 1], [2], deta=[-3.0, 0.1], dphi=[0.2, 1.1]), 128)
    assert found["deta"].tolist() == [-0.8, 0.1] and found["dphi"].tolist() == [0.2, 0.8]


@pytest.mark.parametrize(
    ("pt", "counts", "jets"),
    [
        ([3, 2, 9, 1], [2, 2], 0),  # the step from one jet to the next may rise
        ([3, 2, 9, 1], [2, 0, 2], 0),
        ([2, 3, 4, 1, 2], [3, 2], 2),
        ([2, 1, 1, 2], [0, 2, 0, 2], 1),
        ([], [0], 0),
        ([2, 2.001], [2], 0),  # rounding
    ],
)
def test_jets_out_of_order_are_counted_once(pt, counts, jets):
    assert unordered(block(pt, counts)) == jets
