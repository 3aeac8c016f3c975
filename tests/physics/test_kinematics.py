"""Kinematics by hand."""

import math

import pytest
import torch
from torch.testing import assert_close

from jetbench.physics import kinematics

P = torch.tensor([3.0, 4.0, 12.0, 14.0])


def test_pt_of_a_triangle():
    assert kinematics.pt(P).item() == 5


def test_mass_squared():
    assert kinematics.mass2(P).item() == 14**2 - 13**2


def test_rapidity_is_the_logarithm_of_light_cone_momenta():
    assert kinematics.rapidity(P).item() == pytest.approx(0.5 * math.log(26 / 2))


def test_rapidity_of_massless_particles_is_pseudorapidity():
    p = torch.tensor([3.0, 4.0, 12.0, 13.0])
    assert_close(kinematics.rapidity(p), kinematics.pseudorapidity(p))


def test_rapidity_along_the_beam_is_finite():
    assert kinematics.rapidity(torch.tensor([0.0, 0.0, 5.0, 5.0])).isfinite()


def test_delta_phi_goes_the_short_way():
    a, b = torch.tensor([3.0, -3.0]), torch.tensor([-3.0, 3.0])
    expected = torch.tensor([6 - 2 * math.pi, 2 * math.pi - 6])
    assert_close(kinematics.delta_phi(a, b), expected)


def test_delta_r_is_symmetric_under_boosts_along_the_beam():
    p, q = torch.randn(2, 100, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    p, q = (torch.cat((x, x.norm(dim=-1, keepdim=True)), -1) for x in (p, q))
    cosh, sinh = math.cosh(0.7), math.sinh(0.7)
    boost = torch.eye(4, dtype=torch.float64)
    boost[2:, 2:] = torch.tensor([[cosh, sinh], [sinh, cosh]])
    assert_close(kinematics.delta_r(p @ boost, q @ boost), kinematics.delta_r(p, q))
