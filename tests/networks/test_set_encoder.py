"""The set encoder: its size, that it equals a padded one, and that order does not matter to it."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.errors import InputError
from jetbench.networks.cost import parameters
from jetbench.networks.inputs import Particles
from jetbench.networks.sequences import Sequences
from jetbench.networks.set_encoder import SetEncoder
from tests.networks import padded_sets
from tests.networks.peers import randomise
from tests.networks.test_set_layers import gradients

COUNTS = [5, 0, 1, 40, 9]
SMALL = {"width": 16, "depth": 3, "heads": 4, "registers": 2}


def encoder(**sizes):
    torch.manual_seed(1)
    return randomise(SetEncoder(**SMALL | sizes))


def batch(counts=COUNTS, slots=40):
    """Continuous features (B, P, 7), identity (B, P) and mask (B, P)."""
    draw = torch.Generator().manual_seed(2)
    mask = torch.arange(slots) < torch.tensor(counts)[:, None]
    identity = torch.randint(8, mask.shape, generator=draw)
    return torch.randn(*mask.shape, 7, generator=draw), identity, mask


def encode(model, continuous, identity, mask):
    """Rows (M, D) and their sequences."""
    rows = Sequences(mask, len(model.registers))
    x = model.embed(Particles(continuous[mask], identity[mask]))
    return model(x, rows), rows


def test_published_numbers_of_parameters():
    model = SetEncoder()
    layers = parameters(model.layers) + model.registers.numel()
    assert parameters(model.continuous) == parameters(model.identity) == 4096
    assert (layers, parameters(model)) == (21_037_056, 21_045_248)


@pytest.mark.parametrize("registers", [0, 2])
@pytest.mark.parametrize("layer", ["prenorm", "normformer"])
def test_outputs_and_gradients_equal_the_padded_ones(layer, registers):
    model, sample = encoder(layer=layer, registers=registers), batch()
    ours, _ = encode(model, *sample)
    theirs, filled = padded_sets.encode(model, *sample)
    assert_close(ours, theirs[filled], rtol=1e-5, atol=1e-5)
    expected = gradients(model, theirs[filled])
    assert_close(gradients(model, ours), expected, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_padding_and_batch_mates_do_not_matter():
    model, sample = encoder(), batch()
    together, rows = encode(model, *sample)
    for jet, own in enumerate(together.split(rows.lengths.tolist())):
        alone, _ = encode(model, *(x[jet : jet + 1, : COUNTS[jet] + 1] for x in sample))
        assert_close(alone, own, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_particles_in_another_order_come_out_in_that_order():
    model, sample = encoder(), batch([30, 30], 30)
    shuffle = torch.randperm(30)
    ours, rows = encode(model, *(x[:, shuffle] for x in sample))
    plain = encode(model, *sample)[0]
    assert_close(ours[rows.registers], plain[rows.registers], rtol=1e-5, atol=1e-5)
    expected = plain[rows.particles].unflatten(0, (2, 30))[:, shuffle].flatten(0, 1)
    assert_close(ours[rows.particles], expected, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_without_identities_the_identity_does_not_matter():
    model, (continuous, identity, mask) = encoder(identities=0), batch()
    ours = encode(model, continuous, identity, mask)[0]
    assert torch.equal(encode(model, continuous, 7 - identity, mask)[0], ours)


@torch.no_grad()
def test_norm_comes_last():
    torch.manual_seed(1)
    x, _ = encode(SetEncoder(**SMALL, norm=True), *batch())
    assert_close(x.mean(1), torch.zeros(len(x)), rtol=0, atol=1e-5)
    assert SetEncoder(**SMALL).norm(x) is x


def test_registers_start_small():
    torch.manual_seed(1)
    assert SetEncoder(registers=64).registers.std().item() == pytest.approx(1e-3, rel=0.05)


def test_an_unknown_layer_names_the_nearest():
    with pytest.raises(InputError, match="layer: unknown value 'norm.*did you mean 'normformer'"):
        encoder(layer="normfromer")
