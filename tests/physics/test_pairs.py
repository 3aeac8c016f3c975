"""Features of pairs by hand and against weaver."""

import math

import pytest
import torch
from torch.testing import assert_close

from jetbench.physics.pairs import pair_features


def massless(pt, eta, phi):
    """Four-vectors of massless particles."""
    pt, eta, phi = (torch.as_tensor(x) for x in (pt, eta, phi))
    return torch.stack((pt * phi.cos(), pt * phi.sin(), pt * eta.sinh(), pt * eta.cosh()), -1)


def test_two_particles_by_hand():
    particles = massless([10.0, 30.0], [0.0, 0.3], [3.0, 3.4 - 2 * math.pi])
    features = pair_features(particles, torch.tensor([0]), torch.tensor([1]))[0]
    mass2 = 2 * 10 * 30 * (math.cosh(0.3) - math.cos(0.4))
    expected = torch.tensor([10 * 0.5, 10 / 40, 0.5, mass2]).log()
    assert_close(features, expected, rtol=1e-5, atol=1e-5)


def test_a_particle_with_itself_is_clamped():
    particles = torch.tensor([[3.0, 4.0, 0.0, 5.0]])
    features = pair_features(particles, torch.tensor([0]), torch.tensor([0]))[0]
    assert_close(features, torch.tensor([1e-8, 0.5, 1e-8, 1e-8]).log())


def test_order_within_the_pair_does_not_matter():
    particles = massless([1.0, 2.0, 3.0], [0.1, 0.2, -0.3], [0.0, 3.0, -3.0])
    first, second = torch.tensor([0, 0, 1]), torch.tensor([1, 2, 2])
    assert_close(pair_features(particles, first, second), pair_features(particles, second, first))


def test_equal_to_weaver_rounding_included():
    peer = pytest.importorskip("weaver.nn.model.ParticleTransformer", reason="needs weaver-core")
    draw = torch.Generator().manual_seed(1)
    pt, eta, phi = torch.rand(3, 60, generator=draw)
    particles = massless(100 * pt, eta, 7 * phi - 3.5)
    first, second = torch.tril_indices(60, 60)
    theirs = peer.pairwise_lv_fts_pp(particles[first].T[None], particles[second].T[None])[0].T
    assert_close(pair_features(particles, first, second), theirs, rtol=0, atol=1e-6)
