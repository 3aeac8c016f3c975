"""Particles as tokens see them: seeded noise, nothing else touched."""

import numpy as np
import pytest
import torch

from jetbench.methods.fit_sample import training_scores
from jetbench.networks.inputs import Inputs


@pytest.fixture
def inputs():
    levels = torch.linspace(-3, 3, 500, dtype=torch.float64)[:, None].expand(500, 7)
    inputs = Inputs()
    inputs.load_fit({"quantiles": levels})
    return inputs


def particles(size=300):
    rng = np.random.default_rng(1)
    identity = rng.integers(0, 8, (size, 1))
    return np.concatenate([rng.normal(size=(size, 7)), identity], 1).astype(np.float32)


def test_scores_of_tracks_are_those_of_the_inputs(inputs):
    tracks = particles()[~np.isin(particles()[:, 7], (0, 2))]
    got = training_scores(inputs, tracks, seed=1)
    np.testing.assert_array_equal(got, inputs(torch.from_numpy(tracks)).continuous)


@pytest.mark.parametrize("seed, same", [(1, True), (2, False)])
def test_noise_of_neutral_particles_is_that_of_the_seed(inputs, seed, same):
    first, again = (training_scores(inputs, particles(), s) for s in (1, seed))
    assert (first == again).all() == same


def test_the_random_state_stays(inputs):
    state = torch.get_rng_state()
    training_scores(inputs, particles(), seed=1)
    assert torch.equal(torch.get_rng_state(), state)
