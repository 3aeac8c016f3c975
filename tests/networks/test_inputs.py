"""Inputs of masked particle modelling: scores, identities, and noise where there is no track."""

import copy

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from jetbench.errors import InputError
from jetbench.networks.inputs import IMPACT, Inputs


def particles(size=20_000, seed=1):
    """Raw features (N, 8) of tracks and neutral particles; of the latter d0 and so on are 0."""
    rng = torch.Generator().manual_seed(seed)
    features = torch.randn(size, 8, generator=rng)
    features[:, 0] = 5 * features[:, 0].exp()
    features[:, 1:3] *= 0.2
    features[:, 4] = features[:, 4].abs().mul(20).round() / 20  # ties
    features[:, 7] = torch.randint(0, 8, (size,), generator=rng)
    features[neutral(features), IMPACT:7] = 0
    return features


def neutral(features):
    return (features[:, 7] == 0) | (features[:, 7] == 2)


def fitted(continuous=7, quantiles=50):
    levels = torch.linspace(0, 1, quantiles, dtype=torch.float64)
    inputs = Inputs(continuous, quantiles)
    table = torch.quantile(particles(seed=9)[:, :7].double(), levels, dim=0)
    inputs.load_fit({"quantiles": table})
    return inputs.eval()


def test_identities_are_the_eighth_column():
    features = particles(100)
    assert torch.equal(fitted()(features).identity, features[:, 7].long())


@pytest.mark.parametrize("training", [True, False])
def test_impact_parameters_of_neutral_particles_are_normal_noise(training):
    features = particles()
    torch.manual_seed(3)
    impact = fitted().train(training)(features).continuous[neutral(features), IMPACT:].numpy()
    assert all(kstest(column, "norm").pvalue > 1e-3 for column in impact.T)


@pytest.mark.parametrize("of", [lambda z: z, np.square], ids=["values", "squares"])
def test_their_own_noise_is_independent_of_itself_and_of_the_particle(of):
    features = particles()[neutral(particles())]
    scores = fitted()(features).continuous.numpy()
    correlation = np.corrcoef(of(scores).T)[IMPACT:] - np.eye(7)[IMPACT:]
    assert np.abs(correlation).max() < 4.5 / np.sqrt(len(features))


def test_noise_is_new_at_every_step_of_the_training():
    inputs, features = fitted().train(), particles(500)
    first, second = inputs(features).continuous, inputs(features).continuous
    changed = (first != second).any(1)
    assert torch.equal(changed, neutral(features))


def test_in_evaluation_particles_are_the_same_in_any_order_and_company():
    inputs, features = fitted(), particles(500)
    order = torch.randperm(500, generator=torch.Generator().manual_seed(2))[:100]
    everyone, some = inputs(features), inputs(features[order])
    assert torch.equal(some.continuous, everyone.continuous[order])


def test_evaluation_draws_no_random_numbers():
    state = torch.get_rng_state()
    fitted()(particles(100))
    assert torch.equal(torch.get_rng_state(), state)


def test_photon_and_neutral_hadron_of_one_tower_have_noise_of_their_own():
    features = particles(1).expand(2, 8).clone()
    features[:, 7] = torch.tensor([0, 2])
    photon, hadron = fitted()(features).continuous[:, IMPACT:]
    assert (photon != hadron).all()


def test_three_features_are_the_first_three():
    features = particles(200)
    few, all_ = fitted(3)(features).continuous, fitted(7)(features).continuous
    assert torch.equal(few, all_[:, :3])


@pytest.mark.parametrize("continuous", [3, 7])
def test_restored_particles_are_those_that_came_in(continuous):
    inputs, features = fitted(continuous, quantiles=500), particles(500)
    features = features[~neutral(features)]
    scores = inputs(features).continuous
    inside = scores.abs() < 5
    back = inputs.restore(scores)
    torch.testing.assert_close(back[inside], features[:, :continuous][inside], atol=1e-4, rtol=1e-4)


def test_unfitted_inputs_refuse_to_work():
    with pytest.raises(InputError, match="expected fitted ones"):
        Inputs()(particles(3))


def test_quantiles_travel_in_the_weights():
    inputs, features = fitted(), particles(100)
    other = copy.deepcopy(Inputs(7, 50)).eval()
    other.load_state_dict(inputs.state_dict())
    assert torch.equal(other(features).continuous, inputs(features).continuous)


@pytest.mark.parametrize(
    "table, message",
    [
        (torch.zeros(10, 7), "expected shape .50, 7., got .10, 7."),
        (torch.full((50, 7), torch.nan), "expected ascending"),
        (torch.linspace(1, 0, 50)[:, None].expand(50, 7), "expected ascending"),
    ],
)
def test_other_quantiles_are_refused(table, message):
    with pytest.raises(InputError, match=message):
        Inputs(7, 50).load_fit({"quantiles": table})
