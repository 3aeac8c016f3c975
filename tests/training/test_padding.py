"""Padding and trimming of training batches, as the published loader and trimmer do them."""

import signal

import pytest
import torch

from jetbench.data.loading import Batch
from jetbench.errors import InputError
from jetbench.networks import build
from jetbench.training.padding import PADDINGS, prepared, set_norms, trim, wrap, zero
from jetbench.training.weights import load_weights
from tests.networks.peers import jets
from tests.training.dying import outlive
from tests.training.helpers import same_outcome, train_toy

COUNTS = [12, 5, 1, 30, 22, 17, 0, 9, 26, 14]
PUBLISHED = {"padding": "wrap", "trimming": "random"}


def batch(counts=COUNTS):
    """Random jets with so many particles."""
    return Batch(*jets(counts, max(counts)), torch.arange(len(counts)) % 3)


def particles(batch):
    """The particles of each jet, as a set of their features."""
    pairs = zip(batch.features, batch.mask, strict=True)
    return [{tuple(row) for row in features[mask].tolist()} for features, mask in pairs]


def test_wrap_repeats_the_particles_of_a_jet():
    loaded, wrapped = batch(), wrap(batch())
    assert wrapped.features.shape[1] == wrapped.vectors.shape[1] == 128
    for name in ("points", "features", "vectors"):
        before, after = getattr(loaded, name)[1], getattr(wrapped, name)[1]
        assert torch.equal(after, torch.stack([before[j % 5] for j in range(128)]))


@pytest.mark.parametrize("padding", ["wrap", "zero"])
def test_what_is_a_particle_stays_so(padding):
    padded = PADDINGS[padding](batch())
    assert padded.mask.shape == (len(COUNTS), 128)
    assert particles(padded) == particles(batch())
    assert torch.equal(padded.label, batch().label)


def test_padding_is_zero_where_zeros_are_asked_for_and_in_an_empty_jet():
    assert (zero(batch()).features[~zero(batch()).mask] == 0).all()
    assert (wrap(batch()).features[COUNTS.index(0)] == 0).all()


def test_trimming_takes_particles_of_the_longest_jets_only():
    torch.manual_seed(1)
    lengths = set()
    for _ in range(50):
        trimmed = trim(batch())
        slots = trimmed.mask.shape[1]
        lengths.add(slots)
        assert trimmed.mask.sum(1).tolist() == [min(count, slots) for count in COUNTS]
        assert all(a <= b for a, b in zip(particles(trimmed), particles(batch()), strict=True))
    assert lengths == {26, 27, 28, 29, 30}  # the 90 % quantile is 26.4


def test_trimming_takes_particles_at_random_and_all_of_their_values():
    torch.manual_seed(1)
    loaded, seen = batch(), set()
    for _ in range(20):
        trimmed = trim(loaded)
        for i in range(trimmed.mask.shape[1]):
            j = (loaded.features[3] == trimmed.features[3, i]).all(1).nonzero().item()
            assert torch.equal(loaded.vectors[3, j], trimmed.vectors[3, i])
            assert torch.equal(loaded.points[3, j], trimmed.points[3, i])
            seen.add((i, j))
    assert len(seen) > 300  # of 900 pairs; in a fixed order there were 30


def test_at_least_one_slot_stays():
    assert trim(batch([0, 0, 1])).mask.shape[1] == 1


def test_same_draws_as_the_trimmer_of_weaver():
    peer = pytest.importorskip("weaver.nn.model.ParticleTransformer")
    trimmer = peer.SequenceTrimmer(enabled=True, warmup_steps=0).train()
    loaded = wrap(batch())
    inputs = [x.transpose(1, 2) for x in (loaded.features, loaded.vectors, loaded.mask[:, :, None])]
    for seed in range(20):
        torch.manual_seed(seed)
        ours = trim(loaded)
        torch.manual_seed(seed)
        features, vectors, mask, _ = trimmer(*inputs)
        assert torch.equal(ours.features, features.transpose(1, 2))
        assert torch.equal(ours.vectors, vectors.transpose(1, 2))
        assert torch.equal(ours.mask, mask.squeeze(1))


def test_the_first_five_steps_are_left_alone():
    torch.manual_seed(1)
    loaded = [batch()] * 8
    changed = [x.features is not loaded[0].features for x in prepared(loaded, "none", "random", 0)]
    assert changed == [False] * 5 + [True] * 3


def test_the_first_five_steps_do_not_come_again():
    trimmed = next(prepared([batch()], "none", "random", 5))
    assert not torch.equal(trimmed.features[0], batch().features[0, : trimmed.features.shape[1]])


def test_nothing_is_done_unless_it_is_asked_for():
    loaded = batch()
    assert next(prepared([loaded], "none", "none", 9)) is loaded


@pytest.mark.parametrize("name", ["pfn", "pcnn"])
def test_networks_without_such_norms_refuse_both(name):
    network = build(name, 17)
    set_norms(network, "none", "none")
    with pytest.raises(InputError, match="expected padding none and trimming none for Particle"):
        set_norms(network, "wrap", "none")
    with pytest.raises(InputError, match="got none and random"):
        set_norms(network, "none", "random")


@pytest.fixture(scope="module")
def trimmed(shards, tmp_path_factory):
    """Folder of a training with the published padding and trimming."""
    folder = tmp_path_factory.mktemp("trimmed")
    train_toy(folder, shards, **PUBLISHED)
    return folder


def test_the_options_make_another_training(trimmed, trained):
    assert not same_outcome(trimmed, trained.folder)


@pytest.mark.parametrize("call", [3, 7, 14])
def test_killed_while_trimming(call, shards, trimmed, tmp_path):
    disturbance = ("jetbench.training.watch:Watch.after_step", call, "die")
    often = PUBLISHED | {"checkpoint_seconds": 1e-9}
    assert outlive(tmp_path, shards, disturbance, **often) == -signal.SIGKILL
    assert outlive(tmp_path, shards, **often) == 0
    assert same_outcome(tmp_path, trimmed)


def test_norms_of_a_training_see_zeros_where_they_are_asked_for(shards, trained, tmp_path):
    train_toy(tmp_path, shards, padding="zero")
    flags = slice(6, 11)  # of which each particle has one
    sums = [
        load_weights(folder / "weights.safetensors")[0].embedding.norm.running_mean[flags].sum()
        for folder in (trained.folder, tmp_path)
    ]
    assert sums[0] > 0.6  # 1 - 0.9^10 after the ten steps of the first epoch
    assert sums[1] < 0.1  # of at most 12 in 128 slots
