"""ParT and ParticleNet in other sizes: parameters, products, and the same function as weaver's."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.networks import build
from jetbench.networks.cost import macs, parameters
from jetbench.networks.exchange import from_weaver
from tests.networks.peers import call, jets, peer, randomise

CLASSES = 316  # as in the talk that the sizes of ParT are from
PART = {  # embedding, pair embedding, heads, hidden; parameters
    "lite": ((64, 256, 64), (32, 32, 32), 8, 512, 740240),
    "B": ((128, 512, 128), (64, 64, 64), 8, 1024, 2598192),
    "L": ((256, 1024, 256), (128, 128, 128), 16, 1024, 9083096),
}
LITE = {"blocks": [[32, 32, 32], [64, 64, 64]], "k": 7, "hidden": 128}  # of ParticleNet


def sizes_of(name):
    """Keyword arguments of a ParT here."""
    embedding, pairs, heads, hidden, _ = PART[name]
    return {"embedding": embedding, "pair_embedding": pairs, "heads": heads, "hidden": [hidden]}


def their_part(name):
    """weaver's ParT of that size, with random weights."""
    embedding, pairs, heads, hidden, _ = PART[name]
    sizes = {"embed_dims": embedding, "pair_embed_dims": pairs, "num_heads": heads}
    torch.manual_seed(1)
    return randomise(peer("part", classes=CLASSES, fc_params=[(hidden, 0.1)], **sizes))


def products(embedding, pairs, heads, hidden, particles=128):
    """Multiply-accumulates of a ParT as published, counted by hand."""
    width = embedding[-1]
    pair = sum(a * b for a, b in zip((4, *pairs), (*pairs, heads), strict=True))
    embed = sum(a * b for a, b in zip((17, *embedding), embedding, strict=False))
    block = particles * (12 * width**2 + 2 * particles * width)  # q k v, out, mlp; logits, means
    keys = 1 + particles  # the class token is one of them
    token = 10 * width**2 + 2 * keys * width**2 + 2 * keys * width
    head = width * hidden + hidden * CLASSES
    unordered = particles * (particles + 1) // 2
    return particles * embed + unordered * pair + 8 * block + 2 * token + head


@pytest.mark.parametrize("name", PART)
def test_parameters_of_part(name):
    assert parameters(build("part", 17, CLASSES, **sizes_of(name))) == PART[name][-1]
    assert parameters(their_part(name)) == PART[name][-1]


@pytest.mark.parametrize("name", PART)
def test_multiply_accumulates_of_part(name):
    counted = macs(build("part", 17, CLASSES, **sizes_of(name)), 17)
    assert counted == products(*PART[name][:-1])


@pytest.mark.parametrize("name", PART)
@torch.no_grad()
def test_outputs_of_part(name):
    theirs, ours = their_part(name), build("part", 17, CLASSES, **sizes_of(name)).eval()
    ours.load_state_dict(from_weaver("part", theirs.state_dict(), **sizes_of(name)))
    sample = jets([1, 2, 16, 17, 128], 128)
    expected = call(theirs, "part", sample)
    assert_close(ours(*sample), expected, rtol=0, atol=1e-5 * expected.abs().max().item())


@torch.no_grad()
def test_particlenet_lite():
    convolutions = [(LITE["k"], widths) for widths in LITE["blocks"]]
    torch.manual_seed(1)
    theirs = peer("particlenet", conv_params=convolutions, fc_params=[(LITE["hidden"], 0.1)])
    ours = build("particlenet", 17, **LITE).eval()
    ours.load_state_dict(from_weaver("particlenet", randomise(theirs).state_dict(), **LITE))
    assert parameters(ours) == parameters(theirs)
    sample = jets([1, 2, 7, 8, 128], 128)
    expected = call(theirs, "particlenet", sample)
    assert_close(ours(*sample), expected, rtol=0, atol=1e-5 * expected.abs().max().item())


def test_hidden_layers_drop_out_in_training_only():
    torch.manual_seed(1)
    head, x = build("part", 17, hidden=[64], dropout=0.5).head, torch.randn(8, 128)
    assert not torch.equal(head(x), head(x))
    assert torch.equal(head.eval()(x), head(x))
