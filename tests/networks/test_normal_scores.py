"""Normal scores: against scikit-learn and scipy, and back."""

import numpy as np
import pytest
import torch
from scipy.special import ndtri
from sklearn.preprocessing import QuantileTransformer

from jetbench.networks.normal_scores import (
    EDGE,
    from_normal_scores,
    levels_of,
    normal_quantile,
    normal_scores,
)


@pytest.fixture(scope="module")
def values():
    """Smooth; with ties everywhere; with ties at both ends; long tails."""
    rng = np.random.default_rng(4)
    tied = rng.normal(size=(3, 5000)).round(1)
    return np.stack([rng.normal(size=5000), tied[0], tied[1].clip(-0.8, 0.8), tied[2] ** 9], -1)


@pytest.fixture(scope="module")
def peer(values):
    return QuantileTransformer(n_quantiles=100, output_distribution="normal", subsample=None).fit(
        values
    )


def scores(values, peer):
    quantiles = torch.from_numpy(peer.quantiles_)
    return normal_scores(torch.from_numpy(values), quantiles, levels_of(quantiles)).numpy()


def test_scores_of_fitted_values_are_those_of_scikit_learn(values, peer):
    np.testing.assert_allclose(scores(values, peer), peer.transform(values), atol=1e-6)


def test_scores_of_other_values_are_those_of_scikit_learn(peer):
    others = np.random.default_rng(5).normal(0, 3, (5000, 4))  # many beyond the quantiles
    np.testing.assert_allclose(scores(others, peer), peer.transform(others), atol=1e-6)


def test_the_way_back_is_that_of_scikit_learn(peer):
    random = np.random.default_rng(6).normal(0, 2.5, (5000, 4))  # some beyond +-5.1993
    got = from_normal_scores(torch.from_numpy(random), torch.from_numpy(peer.quantiles_))
    np.testing.assert_allclose(got, peer.inverse_transform(random), atol=1e-9)


def test_normal_quantile_is_that_of_scipy():
    p = np.concatenate([np.linspace(0, 1, 10001), np.geomspace(1e-7, 0.1, 500)])
    expected = ndtri(p.clip(EDGE, 1 - EDGE))
    np.testing.assert_allclose(normal_quantile(torch.from_numpy(p)), expected, atol=1e-9)


def test_a_value_that_half_of_the_particles_share_is_in_their_middle():
    quantiles = torch.tensor([[0.0], [1.0], [1.0], [1.0], [2.0]]).double()
    assert levels_of(quantiles).flatten().tolist() == [0, 0.5, 0.5, 0.5, 1]
