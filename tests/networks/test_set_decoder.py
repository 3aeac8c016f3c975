"""The set decoder: its size, that it equals a padded one, and where its mask tokens lie."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.errors import InputError
from jetbench.networks.cost import parameters
from jetbench.networks.sequences import Sequences
from jetbench.networks.set_decoder import MaskTokens, SetDecoder, ranks
from tests.networks import padded_sets
from tests.networks.peers import randomise
from tests.networks.test_set_layers import gradients

REGISTERS = 2
COUNTS = torch.tensor([5, 0, 1, 40, 9, 2])
MASK = torch.arange(40) < COUNTS[:, None]
DROPPED = MASK & (torch.rand(MASK.shape, generator=torch.Generator().manual_seed(1)) < 0.4)
DROPPED[2], DROPPED[5] = MASK[2], False  # all, none
KEPT = MASK & ~DROPPED


def decoder():
    torch.manual_seed(1)
    return randomise(SetDecoder(inputs=12, width=16, depth=2, heads=2, tokens=40))


def encoded(kept=KEPT):
    """(B, R + P, inputs), and the rows of what was kept."""
    draw = torch.Generator().manual_seed(2)
    x = torch.randn(len(kept), REGISTERS + kept.shape[1], 12, generator=draw)
    filled = torch.nn.functional.pad(kept, (REGISTERS, 0), value=True)
    return x, x[filled]


def test_published_numbers_of_parameters():
    model = SetDecoder()
    parts = (model.project, model.layers, model.mask_tokens)
    assert [parameters(part) for part in parts] == [65_664, 663_040, 16_384]


def test_ranks_count_the_dropped_alone():
    dropped = torch.tensor([[0, 1, 1, 0, 1], [0, 0, 0, 0, 0], [1, 0, 0, 1, 0]]).bool()
    assert ranks(dropped).tolist() == [0, 1, 2, 0, 1]


def test_outputs_and_gradients_equal_the_padded_ones():
    model, (x, rows) = decoder(), encoded()
    ours = model(rows, KEPT, DROPPED, REGISTERS)
    theirs = padded_sets.decode(model, x, KEPT, DROPPED)
    assert len(ours) == DROPPED.sum()
    assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    assert_close(gradients(model, ours), gradients(model, theirs), rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_padding_and_batch_mates_do_not_matter():
    model, (_, rows) = decoder(), encoded()
    kept, dropped = KEPT[3:4], DROPPED[3:4]
    before = Sequences(KEPT, REGISTERS).lengths.cumsum(0)
    together = model(rows, KEPT, DROPPED, REGISTERS)
    first, last = DROPPED.sum(1).cumsum(0)[2:4]
    alone = model(rows[before[2] : before[3]], kept, dropped, REGISTERS)
    assert_close(alone, together[first:last], rtol=1e-5, atol=1e-5)


def test_more_dropped_than_tokens_are_refused():
    with pytest.raises(InputError, match="dropped: expected at most 4 particles of a jet"):
        MaskTokens(4, 8)(torch.ones(2, 5, dtype=torch.bool))
    assert MaskTokens(4, 8)(torch.eye(5) == 1).shape == (5, 8)


def test_mask_tokens_start_small():
    torch.manual_seed(1)
    assert MaskTokens(128, 128).tokens.std().item() == pytest.approx(1e-3, rel=0.05)
