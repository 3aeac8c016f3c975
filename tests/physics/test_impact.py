"""Lifetime signs of tracks of decays made by hand, their symmetries, and the published formula."""

import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from jetbench.physics.impact import signed_d0, signed_dz
from tests.physics.published_signs import published

IN_FRONT, BEHIND = 2.0, -2.0  # mm along the jet axis


def decay(flight, jet, track):
    """d0, dz, p of a straight track from a decay on the axis of a jet; directions are (eta, phi).

    flight  distance across the beam from the primary vertex, in mm; negative behind it
    """
    (jet_eta, jet_phi), (eta, phi) = torch.tensor([jet, track], dtype=torch.float64)
    x, y, z = flight * jet_phi.cos(), flight * jet_phi.sin(), flight * jet_eta.sinh()
    d0 = x * phi.sin() - y * phi.cos()
    dz = z - (x * phi.cos() + y * phi.sin()) * eta.sinh()
    return d0, dz, torch.stack([phi.cos(), phi.sin(), eta.sinh()])


def signs(flight, jet, track):
    """Signs of d0 and dz of the one track."""
    d0, dz, p = decay(flight, jet, track)
    eta, phi = torch.tensor(jet, dtype=torch.float64)
    return signed_d0(d0, dz, p, eta, phi).sign().item(), signed_dz(dz, p, eta).sign().item()


def random_tracks(jets=200, tracks=15, seed=1):
    """d0, dz, p, jet_eta, jet_phi of tracks around jets, shapes (B, P) and (B, 1)."""
    generator = np.random.default_rng(seed)
    jet_eta = generator.uniform(-2.5, 2.5, (jets, 1))
    jet_phi = generator.uniform(-np.pi, np.pi, (jets, 1))
    eta, phi = (angle + generator.normal(0, 0.2, (jets, tracks)) for angle in (jet_eta, jet_phi))
    pt = generator.exponential(5, (jets, tracks))
    d0, dz = generator.standard_t(1.5, (2, jets, tracks))
    return (
        d0,
        dz,
        np.stack([pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], -1),
        jet_eta,
        jet_phi,
    )


def tensors(arrays, dtype=torch.float64):
    return [torch.tensor(array, dtype=dtype) for array in arrays]


@pytest.mark.parametrize("side", [0.3, -0.3])
@pytest.mark.parametrize("flight, sign", [(IN_FRONT, 1), (BEHIND, -1)])
@pytest.mark.parametrize("eta", [1.0, 0.0, -1.0])
def test_decay_in_front_is_positive_and_behind_negative(flight, sign, eta, side):
    assert signs(flight, (eta, 0.5), (eta + 0.1, 0.5 + side))[0] == sign


@pytest.mark.parametrize("side", [0.1, -0.1])
@pytest.mark.parametrize("flight, sign", [(IN_FRONT, 1), (BEHIND, -1)])
@pytest.mark.parametrize("eta", [1.0, 0.0, -1.0])
def test_dz_of_a_decay_in_front_is_positive_and_behind_negative(flight, sign, eta, side):
    assert signs(flight, (eta, 0.5), (eta + side, 0.5))[1] == sign


def test_size_is_that_of_the_raw_value():
    d0, dz, p = decay(IN_FRONT, (1.0, 0.0), (1.2, -0.3))
    eta, phi = torch.tensor(1.0), torch.tensor(0.0)
    assert d0 == pytest.approx(-2 * math.sin(0.3))
    assert signed_d0(d0, dz, p, eta, phi) == -d0 and signed_dz(dz, p, eta) == dz.abs()


def test_jet_and_track_on_the_two_sides_of_pi():
    d0, dz, p = decay(IN_FRONT, (0.5, math.pi - 0.1), (0.6, 0.2 - math.pi))
    for jet_phi in (math.pi - 0.1, -math.pi - 0.1):
        assert signed_d0(d0, dz, p, torch.tensor(0.5), torch.tensor(jet_phi)) > 0


def test_signs_are_those_of_the_published_formula():
    values = random_tracks()
    d0, dz, p, eta, phi = tensors(values)
    for got, expected in zip(
        (signed_d0(d0, dz, p, eta, phi), signed_dz(dz, p, eta)), published(*values), strict=True
    ):
        np.testing.assert_array_equal(got.numpy(), expected)


def test_single_precision_gives_the_same_signs():
    values = random_tracks()
    d0, dz, p, eta, phi = tensors(values, torch.float32)
    expected = published(*values)
    same = np.sign(signed_d0(d0, dz, p, eta, phi).numpy()) == np.sign(expected[0])
    assert same.mean() > 0.999
    assert (np.sign(signed_dz(dz, p, eta).numpy()) == np.sign(expected[1])).all()


def test_mirrored_along_the_beam():
    d0, dz, p, eta, phi = tensors(random_tracks())
    mirrored = p * torch.tensor([1, 1, -1])
    assert_close(signed_d0(d0, -dz, mirrored, -eta, phi), signed_d0(d0, dz, p, eta, phi))
    assert_close(signed_dz(-dz, mirrored, -eta), signed_dz(dz, p, eta))


def test_flipped_deta_gives_the_wrong_sign_at_negative_eta():
    """What adding JetClass's deta to jet_eta does to a track, and to its mirror image."""
    wrong = []
    for eta in (1.0, -1.0):
        d0, dz, p = decay(IN_FRONT, (eta, 0.0), (1.2 * eta, 0.0))
        deta = abs(1.2 * eta) - abs(eta)  # as JetClass has it, the same for both
        naive = torch.cat([p[:2], torch.tensor([math.sinh(eta + deta)])])
        assert signed_dz(dz, p, torch.tensor(eta)) > 0
        wrong.append((signed_dz(dz, naive, torch.tensor(eta)) < 0).item())
    assert wrong == [False, True]


def test_flipped_deta_spoils_d0_as_well():
    d0, dz, p, eta, phi = tensors(random_tracks())
    deta = (torch.asinh(p[..., 2] / p[..., :2].norm(dim=-1)) - eta) * torch.where(eta < 0, -1, 1)
    pz = p[..., :2].norm(dim=-1) * torch.sinh(eta + deta)
    naive = signed_d0(d0, dz, torch.cat([p[..., :2], pz[..., None]], -1), eta, phi)
    same = (naive == signed_d0(d0, dz, p, eta, phi)).double().mean(1)
    assert (same[eta[:, 0] > 0] == 1).all() and same[eta[:, 0] < 0].mean() < 0.95


def test_turned_about_the_beam():
    d0, dz, p, eta, phi = tensors(random_tracks())
    cos, sin = math.cos(2), math.sin(2)
    turn = torch.tensor([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], dtype=torch.float64)
    assert_close(signed_d0(d0, dz, p @ turn, eta, phi + 2), signed_d0(d0, dz, p, eta, phi))


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_only_directions_matter(scale):
    d0, dz, p, eta, phi = tensors(random_tracks(), torch.float32)
    same = signed_d0(d0, dz, p, eta, phi) == signed_d0(d0, dz, p * scale, eta, phi)
    assert same.double().mean() > 0.999
    assert (signed_dz(dz, p, eta) == signed_dz(dz, p * scale, eta)).all()


def test_no_impact_parameter_has_no_sign():
    _, dz, p, eta, phi = tensors(random_tracks())
    zeros = torch.zeros_like(dz)
    assert not signed_d0(zeros, dz, p, eta, phi).any() and not signed_dz(zeros, p, eta).any()


def test_padding_gets_zero():
    d0, dz, p, eta, phi = tensors(random_tracks())
    zeros = torch.zeros_like(p)
    assert not signed_d0(d0, dz, zeros, eta, phi).any() and not signed_dz(dz, zeros, eta).any()


def test_four_vectors_are_taken_as_they_are():
    d0, dz, p, eta, phi = tensors(random_tracks())
    four = torch.cat([p, p.norm(dim=-1, keepdim=True)], -1)
    assert_close(signed_d0(d0, dz, four, eta, phi), signed_d0(d0, dz, p, eta, phi))
