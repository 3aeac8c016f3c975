"""Packing without padding, and dropout."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.networks.attention import Attention, padding_bias
from jetbench.networks.groups import Groups
from jetbench.networks.layers import Dropout, Packing, Slots

MASK = torch.tensor([[True, True, False], [True, False, False]])


def test_packing_there_and_back():
    x = torch.arange(6.0).view(2, 3, 1)
    assert Packing(MASK).pack(x).flatten().tolist() == [0, 1, 3]
    assert Packing(MASK).unpack(Packing(MASK).pack(x)).flatten().tolist() == [0, 1, 0, 3, 0, 0]


def test_mean_is_over_real_particles():
    packing = Packing(torch.cat((MASK, torch.zeros(1, 3, dtype=torch.bool))))
    assert packing.mean(torch.tensor([[2.0], [4.0], [5.0]])).flatten().tolist() == [3, 5, 0]


def test_slots_are_rows_of_particles_and_padding():
    slots, x = Slots(MASK), torch.arange(6.0).view(2, 3, 1)
    assert slots.pack(x).flatten().tolist() == [0, 1, 2, 3, 4, 5]
    assert slots.unpack(slots.pack(x)).tolist() == x.tolist()
    assert slots.clear(slots.pack(x), -1).flatten().tolist() == [0, 1, -1, 3, -1, -1]
    assert slots.mean(slots.clear(slots.pack(x))).flatten().tolist() == [0.5, 3]


def test_dropout_keeps_the_mean_and_drops_its_share():
    torch.manual_seed(1)
    x = Dropout(0.1)(torch.ones(1_000_001))
    assert (x == 0).float().mean().item() == pytest.approx(0.1, abs=1.5e-3)  # 5 sigma
    assert x.mean().item() == pytest.approx(1.0, abs=1.7e-3)


def test_dropout_draws_independent_neighbours():
    torch.manual_seed(1)
    dropped = (Dropout(0.5)(torch.ones(1_000_000)) == 0).float() - 0.5
    for distance in range(1, 5):  # four draws share a random word
        assert (dropped[distance:] * dropped[:-distance]).mean().abs() < 5 * 0.25e-3


def test_dropout_does_nothing_in_evaluation():
    x = torch.randn(5)
    assert Dropout(0.5).eval()(x) is x


def test_training_and_evaluation_attend_alike_without_dropout():
    torch.manual_seed(1)
    attention, x, groups = Attention(16, 4), torch.randn(3, 16), Groups(MASK)
    bias = [torch.randn(2, 4, 3, 3) + padding_bias(MASK, x.dtype)]
    assert_close(attention.train()(x, groups, bias), attention.eval()(x, groups, bias))


def test_summary_equals_attention_with_keys_and_values():
    torch.manual_seed(1)
    attention, token, x = Attention(16, 4), torch.randn(2, 16), torch.randn(2, 5, 16)
    attention.project.bias.data.normal_()
    q, k, v = attention.project(torch.cat((token.unsqueeze(1), x), 1)).chunk(3, -1)
    heads = [y.unflatten(-1, (4, 4)).transpose(1, 2) for y in (q[:, :1], k[:, 1:], v[:, 1:])]
    expected = torch.nn.functional.scaled_dot_product_attention(*heads).transpose(1, 2).flatten(1)
    assert_close(
        attention.summary(token, [x], [torch.zeros(2, 1, 1, 5)]), attention.output(expected)
    )
