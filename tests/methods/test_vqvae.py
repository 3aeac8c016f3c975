"""Vector quantisation: jets come back from few codes, all of which are used."""

import pytest
import torch

from jetbench.errors import InputError
from jetbench.methods import pretrain
from jetbench.methods.vqvae import VectorQuantisation
from tests.methods.toys import fitted, planted, random_jets, train

SIZES = {"width": 16, "depth": 1, "heads": 4, "registers": 2, "codes": 16, "code_width": 8}


def small(**sizes):
    torch.manual_seed(1)
    return fitted(VectorQuantisation(SIZES | sizes))


def through(model, batch):
    """Normal scores (N, C) of a batch, what they come back as, and their tokens."""
    seen = []
    hook = model.autoencoder.register_forward_hook(lambda _, given, out: seen.append((given, out)))
    model(batch.points, batch.features, batch.vectors, batch.mask)
    hook.remove()
    (x, _), out = seen[0]
    return x, out.made, out.tokens


def train_on(model, batch, steps):
    """The model after steps of Adam on one batch."""
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(steps):
        optimiser.zero_grad()
        pretrain.outcome(model, batch).loss.backward()
        optimiser.step()
    return model.eval()


def test_a_planted_pattern_comes_back():
    model = train(small(continuous=3), steps=150)
    x, made, tokens = through(model, planted(200, seed=0))
    # Values of a species are 1 apart on average. Eight species need eight codes at least.
    assert (made - x).abs().mean() < 0.1
    assert len(tokens.unique()) >= 8


def test_codes_are_used_and_tell_more_than_the_mean():
    model = train_on(small(codes=32), random_jets([20] * 40), 100)
    x, made, tokens = through(model, random_jets([20] * 100, seed=2))
    assert len(tokens.unique()) > 0.8 * 32
    # 5 bits for 7 features of N(0, 1): at best 2^(-2 * 5 / 7) = 0.37 of the variance is left.
    assert 0.37 < (made - x).square().mean() < 0.7


def test_losses_are_huber_and_ten_times_the_distance_to_the_code():
    model, batch = small().eval(), random_jets([4, 9])
    x, made, _ = through(model, batch)
    r = (made - x).abs()
    huber = torch.where(r < 1, r.square() / 2, r - 0.5).mean()
    loss, (reconstruction, distance), _, particles = pretrain.outcome(model, batch)
    torch.testing.assert_close(reconstruction / particles, huber)
    torch.testing.assert_close(loss, huber + 10 * distance / particles)


def test_losses_do_not_see_padding():
    model, batch = small().eval(), random_jets([4, 9])
    padded = [torch.nn.functional.pad(x, (0, 0, 0, 30), value=7.0) for x in batch[:3]]
    losses = model(*padded, torch.nn.functional.pad(batch.mask, (0, 30)))
    torch.testing.assert_close(losses, model(*batch[:4]))


def test_it_is_a_method_of_pre_training():
    model = pretrain.build({"sizes": SIZES, "pretraining": {"method": "vqvae"}})
    assert pretrain.terms(model) == ("reconstruction", "quantisation")
    assert model.autoencoder.sizes == SIZES | {"continuous": 7, "expansion": 2}


def test_an_unknown_size_is_refused():
    with pytest.raises(InputError, match="vqvae sizes: .*'code'.*did you mean 'codes'"):
        VectorQuantisation({"code": 12})


def test_a_codebook_of_size_zero_is_refused():
    with pytest.raises(InputError, match="expected codes of at least 1, got 0"):
        VectorQuantisation(SIZES | {"codes": 0})
