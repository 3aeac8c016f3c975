"""Layers on sets: their parts, how they start, and that they equal padded ones."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.errors import InputError
from jetbench.networks.sequences import Sequences
from jetbench.networks.set_layers import (
    Attention,
    CrossAttention,
    CrossLayer,
    NormFormerLayer,
    PreNormLayer,
    SwiGLU,
    set_scales,
)
from tests.networks import padded_sets
from tests.networks.peers import randomise

COUNTS = torch.tensor([5, 0, 1, 20, 33])
MASK = torch.arange(33) < COUNTS[:, None]
OTHERS = torch.arange(40) < torch.tensor([2, 7, 0, 40, 1])[:, None]


def sets(mask, width=16):
    """Random rows (B, P, D)."""
    return torch.randn(*mask.shape, width, generator=torch.Generator().manual_seed(3))


def made(layer, *sizes, **options):
    torch.manual_seed(1)
    return randomise(layer(*sizes, **options))


def gradients(module, output):
    """Of all parameters, for random weights of the outputs."""
    weights = torch.randn(output.shape, generator=torch.Generator().manual_seed(5))
    return torch.autograd.grad((output * weights).sum(), list(module.parameters()))


@pytest.mark.parametrize("layer", [PreNormLayer, NormFormerLayer])
def test_layer_equals_the_padded_one(layer):
    layer, x, rows = made(layer, 16, 4), sets(MASK), Sequences(MASK)
    ours = layer(rows.pack(x), rows.blocks)
    theirs = padded_sets.layers([layer], x, MASK)[MASK]
    assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    assert_close(gradients(layer, ours), gradients(layer, theirs), rtol=1e-4, atol=1e-4)


def test_layer_that_looks_at_another_set_equals_the_padded_one():
    layer, x, others = made(CrossLayer, 16, 4), sets(MASK), sets(OTHERS)
    rows, keys = Sequences(MASK), Sequences(OTHERS)
    sides = keys.pack(others), rows.meeting(keys), keys.blocks
    ours = layer(rows.pack(x), rows.blocks, *sides)
    some = OTHERS.any(1)  # a jet with nothing to look at sees zeros, the padded one its padding
    theirs = padded_sets.crossing(layer, x, MASK, others, OTHERS)
    kept = some[:, None].expand_as(MASK)[MASK]
    assert_close(ours[kept], theirs[MASK & some[:, None]], rtol=1e-5, atol=1e-5)
    assert ours.isfinite().all()


def test_gradients_of_looking_at_another_set_equal_the_padded_ones():
    layer, others = made(CrossLayer, 16, 4), OTHERS | (torch.arange(40) < 1)
    rows, keys = Sequences(MASK), Sequences(others)
    x, y = sets(MASK), sets(others)
    sides = keys.pack(y), rows.meeting(keys), keys.blocks
    ours = layer(rows.pack(x), rows.blocks, *sides)
    theirs = padded_sets.crossing(layer, x, MASK, y, others)[MASK]
    assert_close(gradients(layer, ours), gradients(layer, theirs), rtol=1e-4, atol=1e-4)


def test_a_context_is_appended_where_channels_mix():
    layer, rows = made(PreNormLayer, 16, 4, context=3), Sequences(MASK)
    x, context = rows.pack(sets(MASK)), torch.randn(rows.rows, 3)
    plain = PreNormLayer(16, 4)
    state = layer.state_dict() | {"mlp.first.weight": layer.mlp.first.weight[:, :16]}
    plain.load_state_dict(state)
    assert_close(layer(x, rows.blocks, 0 * context), plain(x, rows.blocks))
    assert (layer(x, rows.blocks, context) - plain(x, rows.blocks)).abs().max() > 1e-3


def test_swiglu_by_hand():
    swiglu = SwiGLU(1, 1)
    for parameter, value in zip(
        swiglu.parameters(), ([[2.0], [3.0]], [0, 1], [[5]], [7]), strict=True
    ):
        parameter.data = torch.tensor(value).float()
    gate = 2 * torch.sigmoid(torch.tensor(2.0))  # silu(2)
    assert_close(swiglu(torch.tensor([[1.0]])), 5 * gate.view(1, 1) * 4 + 7)


def test_dropout_is_inside_of_swiglu_and_in_training_only():
    swiglu, x = SwiGLU(4, 2, dropout=1 - 2**-16), torch.randn(50, 4)
    assert (swiglu(x) == swiglu.second.bias).all(1).float().mean() > 0.9
    assert torch.equal(swiglu.eval()(x), swiglu(x))


def test_layers_start_as_published():
    layer, bound = PreNormLayer(64, 8), (6 / (64 + 3 * 64)) ** 0.5
    weight = layer.attention.project.weight.abs()
    assert 0.99 * bound < weight.max() <= bound and not layer.attention.project.bias.any()
    assert torch.equal(layer.scale, torch.full((64,), 1e-3))
    assert torch.equal(layer.mlp_scale, torch.full((64,), 1e-3))
    assert layer.norm.eps == layer.mlp_norm.eps == 1e-5


def test_attention_drops_weights_in_training_only():
    rows, attention = Sequences(MASK), Attention(16, 4, dropout=0.5)
    x = rows.pack(sets(MASK))
    assert not torch.equal(attention(x, rows.blocks), attention(x, rows.blocks))
    attention.eval()
    assert torch.equal(attention(x, rows.blocks), attention(x, rows.blocks))


@pytest.mark.parametrize("kind", [Attention, CrossAttention])
def test_heads_that_do_not_divide_the_width_are_refused(kind):
    with pytest.raises(InputError, match="heads: expected a divisor of the width 10, got 4"):
        kind(10, 4)


def test_layer_scales_begin_where_they_are_told():
    layers = torch.nn.ModuleList([PreNormLayer(8, 2), CrossLayer(8, 2)])
    set_scales(layers, 0.5)
    scales = [p for name, p in layers.named_parameters() if name.endswith("scale")]
    assert len(scales) == 5
    assert all((scale == 0.5).all() for scale in scales)
