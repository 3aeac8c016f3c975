"""Weights of the published code make the same function here."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.testing import assert_close

from jetbench.errors import InputError
from jetbench.networks import build
from jetbench.networks.exchange import from_weaver
from tests.networks import published
from tests.networks.peers import call, jets, padded, peer, randomise

PEERS = ("particlenet", "part", "part_plain")
BATCHES = {  # particles of each jet, slots
    "padded": ([1, 2, 16, 17, 128], 128),
    "ragged": ([5, 30, 17, 60, 41], 60),
    "equal": ([40] * 4, 40),
}


def same(ours, theirs):
    """Equal to 1e-5 of the largest logit."""
    assert_close(ours / theirs.abs().max(), theirs / theirs.abs().max(), rtol=0, atol=1e-5)


def pair(name, inputs=17):
    """A network of ours and its peer, with the same random weights, in evaluation."""
    torch.manual_seed(1)
    theirs = randomise(peer(name, inputs))
    ours = build(name, inputs).eval()
    ours.load_state_dict(from_weaver(name, theirs.state_dict()))
    return ours, theirs


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("inputs", [7, 13, 17])
@pytest.mark.parametrize("name", PEERS)
@torch.no_grad()
def test_outputs_equal_those_of_weaver(name, inputs, batch):
    ours, theirs = pair(name, inputs)
    sample = jets(*BATCHES[batch], inputs)
    same(ours(*sample), call(theirs, name, sample))


@pytest.mark.parametrize("name", PEERS)
def test_gradients_equal_those_of_weaver(name):
    ours, theirs = pair(name)
    sample = jets([30, 22, 25], 30)
    cross_entropy(ours(*sample), torch.tensor([1, 2, 3])).backward()
    cross_entropy(call(theirs, name, sample), torch.tensor([1, 2, 3])).backward()
    expected = from_weaver(name, {n: p.grad for n, p in theirs.named_parameters()})
    largest = max(gradient.abs().max() for gradient in expected.values())
    for parameter, value in ours.named_parameters():
        assert_close(value.grad / largest, expected[parameter] / largest, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["pfn", "pcnn"])
@pytest.mark.parametrize("batch", BATCHES)
@torch.no_grad()
def test_outputs_equal_the_published_formula(name, batch):
    torch.manual_seed(1)
    state = getattr(published, f"{name}_state")()
    ours = build(name, 17).eval()
    ours.load_state_dict(from_weaver(name, state))
    sample = jets(*BATCHES[batch])
    features, mask = sample[1].transpose(1, 2), sample[3].unsqueeze(1)
    same(ours(*sample), getattr(published, name)(state, features, mask))


def test_attention_may_be_named_as_in_2022():
    names = {
        ".attn.in_proj.weight": ".attn.in_proj_weight",
        ".attn.in_proj.bias": ".attn.in_proj_bias",
    }
    state = peer("part").state_dict()
    old = {}
    for entry, tensor in state.items():
        for new_name, old_name in names.items():
            entry = entry.replace(new_name, old_name)
        old[f"mod.{entry}"] = tensor
    assert from_weaver("part", old).keys() == from_weaver("part", state).keys()


def test_fewer_slots_than_neighbours_are_enough():
    ours, theirs = pair("particlenet")
    few = jets([7, 3, 1], 7)
    with pytest.raises(RuntimeError, match="selected index k out of range"):
        call(theirs, "particlenet", few)
    same(ours(*few), call(theirs, "particlenet", padded(few, 20)))


def test_unknown_network_is_refused():
    with pytest.raises(InputError, match="expected one of pfn.*got 'parte'"):
        from_weaver("parte", {})


def real_jets(folder):
    """Labels of the 500 real jets, and their batch with the 7 kinematic features.

    The jet is the sum of its particles here: the stored jets lack the branches of the jet itself.
    """
    file = np.load(folder / "jetclass_500.npz")
    mask = np.arange(128) < file["count"][:, None]
    column = {}
    for name in ("px", "py", "pz", "energy", "deta", "dphi"):
        values = np.zeros(mask.shape, np.float32)
        values[mask] = file[name]
        column[name] = torch.from_numpy(values)
    mask = torch.from_numpy(mask)
    px, py, pz, energy, deta, dphi = column.values()
    pt = torch.hypot(px, py)
    jet_pt = torch.hypot(px.sum(1, keepdim=True), py.sum(1, keepdim=True))
    jet_energy = energy.sum(1, keepdim=True)
    scaled = (
        0.7 * (pt.log() - 1.7),
        0.7 * (energy.log() - 2.0),
        0.7 * ((pt / jet_pt).log() + 4.7),
        0.7 * ((energy / jet_energy).log() + 4.7),
        4.0 * (torch.hypot(deta, dphi) - 0.2),
    )
    features = torch.stack([x.clamp(-5, 5) for x in scaled] + [deta, dphi], -1)
    features = features.masked_fill(~mask.unsqueeze(-1), 0)
    points, vectors = torch.stack((deta, dphi), -1), torch.stack((px, py, pz, energy), -1)
    return torch.from_numpy(file["label"]).long(), (points, features, vectors, mask)


@pytest.mark.real
@torch.no_grad()
def test_official_weights_tag_real_jets_as_published(real):
    network = build("particlenet", 7).eval()
    state = torch.load(real / "ParticleNet_kin.pt", weights_only=True, map_location="cpu")
    network.load_state_dict(from_weaver("particlenet", state))
    label, batch = real_jets(real)
    logits = torch.cat([network(*(x[i : i + 100] for x in batch)) for i in range(0, 500, 100)])
    assert (logits.argmax(1) == label).float().mean().item() == pytest.approx(0.718)
    assert cross_entropy(logits, label).item() == pytest.approx(0.7823, abs=5e-5)
    first = [
        -5.2366,
        -6.8986,
        -5.1795,
        -10.8719,
        -14.4565,
        -5.4004,
        -7.3132,
        -8.3479,
        -14.7537,
        2.2815,
    ]
    assert_close(logits[0], torch.tensor(first), rtol=0, atol=1e-4)
