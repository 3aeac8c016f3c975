"""Jets one behind the other, and the blocks in which they look at each other."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.networks import sequences
from jetbench.networks.sequences import PaddedSequences, Sequences

MASK = torch.tensor([[True, False, True], [False] * 3, [True] * 3])


def random_mask(jets=9, slots=70):
    """Jets of every length, with holes."""
    draw = torch.Generator().manual_seed(1)
    share = torch.linspace(0, 1, jets)[:, None]
    return torch.rand(jets, slots, generator=draw) < share


def test_registers_come_before_the_particles_of_their_jet():
    rows = Sequences(MASK, 2)
    assert rows.registers.tolist() == [0, 1, 4, 5, 6, 7]
    assert rows.particles.tolist() == [2, 3, 8, 9, 10]
    assert (rows.jets, rows.rows, rows.lengths.tolist()) == (3, 11, [4, 2, 5])


def test_particles_are_packed_in_the_order_of_slots():
    x = torch.arange(9).view(3, 3, 1)
    assert Sequences(MASK, 2).pack(x).flatten().tolist() == [0, 2, 6, 7, 8]


def test_rows_are_filled_with_registers_and_particles():
    registers, x = torch.tensor([[-1.0], [-2.0]]), torch.arange(5.0)[:, None]
    filled = Sequences(MASK, 2).fill(registers, x).flatten().tolist()
    assert filled == [-1, -2, 0, 1, -1, -2, -1, -2, 2, 3, 4]


def test_blocks_hold_jets_alike_in_length():
    mask = torch.arange(90) < torch.tensor([[82], [3], [8], [9], [0], [80]])
    assert Sequences(mask, 8).blocks.shapes == [(3, 16), (1, 17), (2, 90)]


@pytest.mark.parametrize("registers", [0, 3])
@pytest.mark.parametrize("step", [1, 16, 1000])
def test_rows_to_blocks_and_back(step, registers, monkeypatch):
    monkeypatch.setattr(sequences, "STEP", step)
    rows = Sequences(random_mask(), registers)
    x = torch.randn(rows.rows, 2)
    assert torch.equal(rows.blocks.join(rows.blocks.part(x)), x)


def test_masks_tell_rows_from_padding():
    blocks = Sequences(random_mask(), 2).blocks
    ones = blocks.part(torch.ones(blocks.places.shape[0], 1))
    for part, mask in zip(ones, blocks.masks, strict=True):
        assert torch.equal(part[..., 0] == 1, mask[:, 0, 0])


def test_a_jet_without_rows_looks_at_one_slot_of_zeros():
    blocks = Sequences(torch.zeros(2, 5, dtype=torch.bool)).blocks
    assert blocks.masks[0].tolist() == [[[[True]]]] * 2
    assert torch.equal(blocks.part(torch.ones(0, 3))[0], torch.zeros(2, 1, 3))


def jet_of_rows(rows):
    """(M, 1): number of the jet of each row, from 1 on."""
    return (1 + torch.arange(rows.jets)).repeat_interleave(rows.lengths)[:, None]


def test_queries_meet_keys_of_their_own_jet():
    mask = random_mask()
    queries, keys = Sequences(mask), Sequences(~mask, 3)
    meeting = zip(
        queries.meeting(keys).part(jet_of_rows(queries)),
        keys.blocks.part(jet_of_rows(keys)),
        strict=True,
    )
    for query, key in meeting:
        assert ((query[:, :, 0] == 0) | (query[:, :, 0] == key[:, :1, 0])).all()


def test_a_token_meets_the_rows_of_its_own_jet():
    rows = Sequences(random_mask(), 3)
    tokens = rows.tokens.part(1 + torch.arange(rows.jets)[:, None])
    for token, own in zip(tokens, rows.blocks.part(jet_of_rows(rows)), strict=True):
        assert torch.equal(token[:, 0], own[:, 0])


def test_padded_sequences_have_all_that_they_offer():
    rows = PaddedSequences(MASK, 1)
    assert all(hasattr(rows, name) for name in dir(rows))


def test_padded_sequences_keep_every_slot():
    rows, x = PaddedSequences(MASK, 1), torch.arange(9.0).view(3, 3, 1)
    filled = rows.fill(torch.tensor([[-1.0]]), rows.pack(x))
    assert filled.flatten().tolist() == [-1, 0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8]
    assert_close(rows.blocks.join(rows.blocks.part(filled)), filled)
    seen = rows.blocks.masks[0][:, 0, 0].int().tolist()
    assert seen == [[1, 1, 0, 1], [1, 0, 0, 0], [1, 1, 1, 1]]
