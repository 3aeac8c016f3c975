"""Attention to the k largest logits only."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.errors import InputError
from jetbench.networks import build, limit_attention
from jetbench.networks.attention import Attention, largest, logits, padding_bias
from jetbench.networks.exchange import from_weaver
from jetbench.networks.groups import Groups
from tests.networks.peers import call, jets, peer, randomise


def three_particles(top):
    """Attention of one head of width 1 with Q = K = V = x and no other map."""
    attention = Attention(1, 1).eval()
    attention.project.weight.data.fill_(1)
    attention.out.weight.data.fill_(1)
    attention.top = top
    return attention


def network(name, top):
    """A ParT with random weights whose attention is limited."""
    torch.manual_seed(1)
    model = randomise(build(name, 17))
    limit_attention(model, top)
    return model


def limited(attention, top):
    """Forward of an attention of weaver's with a limit: a threshold instead of places."""

    def forward(query, key, value, key_padding_mask, attn_mask=None):
        parts = attention.in_proj(query).chunk(3, 2)
        q, k, v = (x.unflatten(2, (8, 16)).transpose(1, 2) for x in parts)
        scores = q @ k.mT / 4 + (0 if attn_mask is None else attn_mask)
        scores = scores.masked_fill(key_padding_mask[:, None, None], -torch.inf)
        last = scores.topk(min(top, scores.shape[-1])).values[..., -1:]
        weights = scores.masked_fill(scores < last, -torch.inf).softmax(-1)
        return attention.out_proj((weights @ v).transpose(1, 2).flatten(2)), None

    return forward


def compare_with_weaver(name, top, batch, kind):
    """Largest difference from weaver's ParT with limited attention, over the largest logit."""
    torch.manual_seed(1)
    theirs, ours = randomise(peer(name)).to(kind), build(name, 17).eval().to(kind)
    ours.load_state_dict(from_weaver(name, theirs.state_dict()))
    for block in theirs.blocks:  # not the class blocks
        block.attn.forward = limited(block.attn, top)
    limit_attention(ours, top)
    batch = [x.to(kind) if x.is_floating_point() else x for x in batch]
    expected = call(theirs, name, batch)
    return (ours(*batch) - expected).abs().max() / expected.abs().max()


@torch.no_grad()
def test_three_particles_by_hand():
    x, mask = torch.tensor([[1.0], [2.0], [3.0]]), torch.ones(1, 3, dtype=torch.bool)
    bias = [torch.tensor([[0.0, 1.5, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, -9.0]])[None, None]]
    # logits 1 3.5 3, 2 4 6 and 3 6 0: keep 3.5 3, 4 6 and 3 6
    e = torch.tensor([0.5, 2.0, 3.0]).exp()
    expected = [[(2 * e[0] + 3) / (e[0] + 1)], [(2 + 3 * e[1]) / (1 + e[1])]]
    expected += [[(1 + 2 * e[2]) / (1 + e[2])]]
    assert_close(three_particles(2)(x, Groups(mask), bias), torch.tensor(expected))


@torch.no_grad()
def test_one_particle_gets_all_the_weight():
    x, mask = torch.tensor([[1.0], [-2.0], [3.0]]), torch.ones(1, 3, dtype=torch.bool)
    answer = three_particles(1)(x, Groups(mask), [padding_bias(mask, x.dtype)])
    assert answer.flatten().tolist() == [3, -2, 3]


def test_exactly_k_stay_and_the_first_of_equal_ones():
    kept = largest(torch.tensor([[1.0, 2.0, 2.0, 2.0], [5.0, 5.0, 1.0, 7.0]]), 2)
    inf = torch.inf
    assert kept.tolist() == [[-inf, 2, 2, -inf], [5, -inf, -inf, 7]]


@pytest.mark.parametrize("name", ["part", "part_plain"])
@pytest.mark.parametrize("top", [60, 128])
@torch.no_grad()
def test_a_limit_of_all_slots_changes_no_bit(name, top):
    torch.manual_seed(1)
    baseline, batch = randomise(build(name, 17)), jets([40, 3, 0, 17, 60], 60)
    assert torch.equal(network(name, top)(*batch), baseline(*batch))


@pytest.mark.parametrize("top", [1, 2, 10, 30])
@torch.no_grad()
def test_limited_part_plain_equals_weavers_limited_by_hand(top):
    batch = jets([40, 3, 1, 17, 60], 60)
    assert compare_with_weaver("part_plain", top, batch, torch.float64) < 1e-12


@pytest.mark.parametrize("top", [1, 2, 5])
@torch.no_grad()
def test_limited_part_equals_weavers_limited_by_hand(top):
    batch = jets([12, 3, 1, 9], 12)  # few: in single precision rounding decides of near ties
    assert compare_with_weaver("part", top, batch, torch.float32) < 3e-6


@pytest.mark.parametrize("top", [1, 3, 10])
@torch.no_grad()
def test_limited_attention_knows_no_order(top):
    model, batch = network("part", top), jets([30, 30], 30)
    shuffle = torch.randperm(30, generator=torch.Generator().manual_seed(1))
    assert_close(model(*(x[:, shuffle] for x in batch)), model(*batch), rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_padding_does_not_matter_to_limited_attention():
    model = network("part", 5)
    together = model(*jets([40, 3, 17], 40))
    alone = [x[1:2, :3] for x in jets([40, 3, 17], 40)]
    assert_close(model(*alone), together[1:2], rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_logits_are_float32_under_autocast():
    query, key = torch.randn(2, 1, 2, 9, 16).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        x = logits(query, key, torch.zeros(1))
    assert torch.equal(x, query.float() @ key.float().mT / 4)


def test_training_is_not_limited():
    batch = jets([20, 12], 20)
    answers = []
    for top in (1, 20):
        model = network("part", top).train()
        torch.manual_seed(2)
        answers.append(model(*batch))
    assert torch.equal(*answers)


@pytest.mark.parametrize("name", ["pfn", "pcnn", "particlenet"])
def test_networks_without_attention_are_refused(name):
    with pytest.raises(InputError, match="expected a ParT, got Particle"):
        limit_attention(build(name, 17), 3)


def test_limits_below_one_are_refused():
    with pytest.raises(InputError, match="expected at least 1, got 0"):
        limit_attention(build("part", 17), 0)
