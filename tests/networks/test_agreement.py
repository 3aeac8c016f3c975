"""Outputs and gradients in evaluation equal those of the published code, with any weights."""

from collections.abc import Callable

import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.testing import assert_close

from jetbench.data.features import SETS
from jetbench.networks import build
from jetbench.networks.exchange import from_weaver
from tests.data.weaver_peer import OFFICIAL
from tests.networks import published, samples
from tests.networks.peers import SIZES, call, jets, padded, peer, randomise

NEIGHBOURS = 17  # slots that weaver's ParticleNet wants: k and the particle itself
BATCHES = {  # particles of each jet, slots
    "padded": ([1, 2, 16, 17, 128], 128),
    "ragged": ([5, 30, 17, 60, 41], 60),
    "equal": ([40] * 4, 40),
}
GRADIENTS = [  # in single precision a ReLU near its kink decides otherwise now and then
    *((name, torch.float32, 3e-5) for name in SIZES),
    *((name, torch.float64, 1e-11) for name in SIZES if name != "part"),  # its pairs are float32
]


def their_network(name: str, inputs: int, kind: torch.dtype) -> tuple[dict, Callable]:
    """State dict, in which gradients gather, and the function batch -> logits, in evaluation."""
    if name not in ("pfn", "pcnn"):
        model = randomise(peer(name, inputs)).to(kind)
        return model.state_dict(keep_vars=True), lambda batch: call(model, name, batch)
    state = getattr(published, f"{name}_state")(inputs)
    state = {entry: x.to(kind) if x.is_floating_point() else x for entry, x in state.items()}
    for entry, tensor in state.items():
        tensor.requires_grad_(entry.endswith(("weight", "bias")))
    function = getattr(published, name)
    return state, lambda batch: function(state, batch[1].mT, batch[3].unsqueeze(1))


def networks(name: str, inputs: int = 17, kind: torch.dtype = torch.float32):
    """A network of ours, its peer's state and its peer, with the same random weights."""
    torch.manual_seed(1)
    state, theirs = their_network(name, inputs, kind)
    ours = build(name, inputs).eval().to(kind)
    ours.load_state_dict(from_weaver(name, state))
    return ours, state, theirs


def same(ours, theirs):
    """Equal to 1e-5 of the largest logit."""
    assert_close(ours / theirs.abs().max(), theirs / theirs.abs().max(), rtol=0, atol=1e-5)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("inputs", [7, 13, 17])
@pytest.mark.parametrize("name", SIZES)
@torch.no_grad()
def test_outputs_of_mixed_lengths(name, inputs, batch):
    ours, _, theirs = networks(name, inputs)
    sample = jets(*BATCHES[batch], inputs)
    same(ours(*sample), theirs(sample))


@pytest.mark.parametrize("inputs", [7, 13, 17])
@pytest.mark.parametrize("name", SIZES)
@torch.no_grad()
def test_outputs_of_300_slots_whose_padding_is_not_zero(name, inputs):
    ours, _, theirs = networks(name, inputs)
    sample = padded(jets([1, 2, 16, 17, 128, 300], 300, inputs), 300, value=7)
    same(ours(*sample), theirs(sample))


@pytest.mark.parametrize("count", [1, 2, 16, 17, 128, 300])
@pytest.mark.parametrize("name", SIZES)
@torch.no_grad()
def test_outputs_of_one_jet_without_padding(name, count):
    ours, _, theirs = networks(name)
    sample = jets([count], count)
    slots = max(count, NEIGHBOURS if name == "particlenet" else 1)
    same(ours(*sample), theirs(padded(sample, slots)))


@pytest.fixture(scope="module")
def simulated():
    """Leptonic top jets: all features differ from zero."""
    return samples.simulated("TTBarLep", 30)


@pytest.mark.parametrize("features", OFFICIAL)
@pytest.mark.parametrize("name", SIZES)
@torch.no_grad()
def test_outputs_of_simulated_jets(name, features, simulated):
    ours, _, theirs = networks(name, len(SETS[features]))
    batch = samples.batch(simulated, features)
    same(ours(*batch), theirs(batch))


@pytest.mark.real
@pytest.mark.parametrize("name", SIZES)
@torch.no_grad()
def test_outputs_of_real_jets(name, real):
    ours, _, theirs = networks(name, 7)
    batch = [x[:100] for x in samples.real(real)[1]]
    same(ours(*batch), theirs(batch))


@pytest.mark.parametrize(("name", "kind", "tolerance"), GRADIENTS)
def test_gradients_of_mixed_lengths(name, kind, tolerance):
    ours, state, theirs = networks(name, kind=kind)
    sample, label = jets([1, 2, 16, 17, 30, 60, 128], 128), torch.arange(7)
    sample = [x.to(kind) if x.is_floating_point() else x for x in sample]
    cross_entropy(ours(*sample), label).backward()
    cross_entropy(theirs(sample), label).backward()
    gradients = {entry: x if x.grad is None else x.grad for entry, x in state.items()}
    expected = from_weaver(name, gradients)
    largest = max(value.grad.abs().max() for value in ours.parameters())
    for parameter, value in ours.named_parameters():
        difference = (value.grad - expected[parameter]).abs().max()
        assert difference < tolerance * largest, parameter


def test_fewer_slots_than_neighbours_are_enough():
    ours, _, theirs = networks("particlenet")
    few = jets([7, 3, 1], 7)
    with pytest.raises(RuntimeError, match="selected index k out of range"):
        theirs(few)
    same(ours(*few), theirs(padded(few, 20)))


@torch.no_grad()
def test_small_jets_that_the_peer_has_trimmed_are_tagged():
    ours, state, _ = networks("particlenet")
    theirs = peer("particlenet", trim=True).eval()
    theirs.load_state_dict(state)
    few = jets([7, 3, 1], 20)
    for _ in range(5):  # the trimmer does nothing before its sixth batch
        same(ours(*few), call(theirs, "particlenet", few))
    with pytest.raises(RuntimeError, match="selected index k out of range"):
        call(theirs, "particlenet", few)
