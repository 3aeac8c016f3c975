"""What holds for every tagger: size, symmetry, independence of padding and neighbours."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.errors import InputError
from jetbench.networks import NETWORKS, build, groups
from tests.networks import peers
from tests.networks.peers import INPUTS, SIZES, padded, randomise

PARTICLES = {  # parameters with the 7, 13 and 17 features of the published sets
    "pfn": (84874, 85642, 86154),
    "pcnn": (353560, 354148, 354540),
    "particlenet": (368216, 369380, 370156),
    "part": (2142166, 2142958, 2143486),
}


def network(name):
    """A network with random weights and running statistics, in evaluation."""
    torch.manual_seed(1)
    return randomise(peers.network(name))


def jets(name, counts, slots):
    """Jets with the features of a network."""
    return peers.jets(counts, slots, INPUTS.get(name, 17))


@pytest.mark.parametrize("name", SIZES)
def test_published_size(name):
    assert sum(p.numel() for p in build(name, 17).parameters()) == SIZES[name]


@pytest.mark.parametrize("name", PARTICLES)
def test_published_size_of_every_feature_set(name):
    counts = tuple(sum(p.numel() for p in build(name, f).parameters()) for f in (7, 13, 17))
    assert counts == PARTICLES[name]


def test_unknown_network_names_the_nearest():
    with pytest.raises(InputError, match="unknown name 'particlnet'; did you mean 'particlenet'"):
        build("particlnet", 17)


def test_unknown_size_names_the_nearest():
    with pytest.raises(InputError, match="part sizes: unknown name 'head'; did you mean 'heads'"):
        build("part", 17, head=8)


@pytest.mark.parametrize("name", NETWORKS)
@torch.no_grad()
def test_padding_does_not_matter(name):
    model = network(name)
    short = jets(name, [1, 9, 22], 22)
    for value in (0, 7):
        assert_close(model(*padded(short, 50, value)), model(*short), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
@torch.no_grad()
def test_batch_mates_do_not_matter(name):
    model = network(name)
    batch = jets(name, [40, 3, 17], 40)
    alone = [x[1:2, :3] for x in batch]
    assert_close(model(*alone), model(*batch)[1:2], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
@torch.no_grad()
def test_order_of_jets_does_not_matter(name):
    model = network(name)
    batch = jets(name, [40, 3, 0, 17, 60, 16, 31], 60)
    shuffle = torch.tensor([5, 2, 0, 6, 3, 4, 1])
    assert_close(model(*(x[shuffle] for x in batch)), model(*batch)[shuffle], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["part", "part_plain"])
def test_groups_do_not_change_logits_nor_gradients(name, monkeypatch):
    results = []
    for step in (1, 16, 1000):  # a group a length, groups, one group
        monkeypatch.setattr(groups, "STEP", step)
        model = network(name)
        logits = model(*jets(name, [40, 3, 0, 17, 60], 60))
        logits.logsumexp(1).sum().backward()
        results.append([logits, *(p.grad for p in model.parameters())])
    assert_close(results[0], results[1], rtol=1e-3, atol=1e-4)
    assert_close(results[2], results[1], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", sorted(set(NETWORKS) - {"pcnn"}))
@torch.no_grad()
def test_order_of_particles_does_not_matter(name):
    model = network(name)
    batch = jets(name, [30, 30], 30)
    shuffle = torch.randperm(30)
    assert_close(model(*(x[:, shuffle] for x in batch)), model(*batch), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_empty_jets_train_and_score(name):
    torch.manual_seed(1)
    model = peers.network(name)
    model(*jets(name, [0, 5, 1], 9)).logsumexp(1).sum().backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())
    assert model.eval()(*jets(name, [0, 0], 4)).isfinite().all()


@pytest.mark.parametrize("name", NETWORKS)
@torch.no_grad()
def test_more_than_128_particles(name):
    assert network(name)(*jets(name, [300, 200], 300)).isfinite().all()


@pytest.mark.parametrize("name", sorted(set(NETWORKS) - {"pcnn", "pfn", "masked"}))
@torch.no_grad()
def test_statistics_of_training_are_of_real_particles(name):
    statistics = []
    for slots in (12, 40):
        torch.manual_seed(1)
        model = build(name, 17)
        model(*padded(jets(name, [12, 7, 3], 12), slots, value=7))
        statistics.append([b for n, b in model.named_buffers() if "running" in n])
    assert_close(*statistics)


@pytest.mark.parametrize("name", NETWORKS)
def test_trains_and_scores_in_bf16(name):
    model, batch = network(name), jets(name, [20, 12, 7], 20)
    exact = model(*batch)
    with torch.autocast("cpu", torch.bfloat16):
        assert (model(*batch) - exact).abs().max() < 0.05 * exact.abs().max()
        model.train()(*batch).float().logsumexp(1).sum().backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())


def test_same_seed_same_weights():
    states = []
    for _ in range(2):
        torch.manual_seed(3)
        states.append(build("part", 17).state_dict())
    assert_close(*states, rtol=0, atol=0)


@torch.no_grad()
def test_particle_cnn_reads_the_order():
    model = network("pcnn")
    batch = jets("pcnn", [30], 30)
    assert (model(*batch) - model(*(x.flip(1) for x in batch))).abs().max() > 1e-3
