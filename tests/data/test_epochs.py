"""An epoch: every jet once, shared among ranks, the mix of classes and the memory constant."""

import os
from collections import deque
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import chi2_contingency

from jetbench.data import jets as data_jets
from jetbench.data import loading
from jetbench.data.jets import Jets
from jetbench.data.loading import Batch, train_batches
from jetbench.data.pools import Pool
from tests.data.batches import BATCH, equal, identity, steps
from tests.data.helpers import toy_columns, write_shard


def test_epoch_sees_every_jet_once(shards, pool):
    epoch = steps(Jets(shards, limit=36 * BATCH), 36)  # whole pools
    assert len(torch.cat([identity(batch) for batch in epoch]).unique()) == 36 * BATCH


def test_epochs_see_jets_in_other_orders(shards, pool):
    batches = steps(Jets(shards, limit=36 * BATCH), 72)
    first, second = (torch.cat(list(map(identity, some))) for some in (batches[:36], batches[36:]))
    assert torch.equal(first.sort()[0], second.sort()[0]) and not torch.equal(first, second)


def test_no_jet_is_lost_over_passes(shards, pool):
    jets = Jets(shards, limit=1000)
    seen = torch.cat([identity(batch) for batch in steps(jets, 1000 * 4 // BATCH)])
    times = seen.unique(return_counts=True)[1]
    assert len(times) == 1000 and times.min() >= 3 and times.max() <= 5


@pytest.mark.parametrize("start", [0, 41])
def test_ranks_share_each_batch_of_one(shards, pool, start):
    jets = Jets(shards)
    alone = train_batches(jets, BATCH, "kin", 0, "cpu", start)
    parts = [train_batches(jets, BATCH, "kin", 0, "cpu", start, rank, 4) for rank in range(4)]
    for whole, *shares in islice(zip(alone, *parts, strict=False), 60):
        assert [len(share.label) for share in shares] == 4 * [BATCH // 4]
        for rank, share in enumerate(shares):
            assert equal(share, cut(whole, slice(rank, None, 4), share.mask.shape[1]))


def cut(batch, jets, slots):
    """Some jets of a batch, and so many slots of them."""
    return Batch(*(x[jets, :slots] for x in batch[:4]), batch.label[jets])


def test_ranks_never_share_a_jet(shards, pool):
    jets = Jets(shards, limit=36 * BATCH)
    streams = [train_batches(jets, BATCH, "kin", 0, "cpu", rank=rank, ranks=2) for rank in (0, 1)]
    seen = [{x.item() for batch in islice(s, 36) for x in identity(batch)} for s in streams]
    assert not seen[0] & seen[1] and len(seen[0] | seen[1]) == len(jets)


def test_a_rank_holds_its_share_of_the_pool_only(shards, monkeypatch):
    held = []
    monkeypatch.setattr(Pool, "parts", lambda _, block: held.append(len(block.counts)) or [])
    monkeypatch.setattr(Pool, "batch", lambda *_: None)
    next(train_batches(Jets(shards), 100, "kin", 0, "cpu", ranks=4))
    assert sum(held) == 2 * 1200 // 4  # the pool, and the one ahead


def write_jets(path, labels):
    """A shard of toy jets of one particle with these labels."""
    jets, particles = toy_columns(1)
    size = len(labels)
    jets = {name: np.repeat(values[:1], size) for name, values in jets.items()}
    jets |= {"label": labels.astype(np.uint8), "first": np.arange(size + 1)}
    write_shard(path, jets, {k: np.repeat(v[:1], size) for k, v in particles.items()}, {})


def drift(path):
    """p-value of a constant class mix over the tenths of an epoch (chi-square)."""
    labels = [batch.label for batch in steps(Jets([path]), 12800 // BATCH, features="kin")]
    tenths = torch.cat(labels).view(10, -1)
    return chi2_contingency([tenth.bincount(minlength=10) for tenth in tenths]).pvalue


def test_class_mix_of_a_mixed_shard_does_not_drift(tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "POOL", 1280)
    monkeypatch.setattr(data_jets, "BLOCK", 320)
    write_jets(tmp_path / "a.h5", np.random.default_rng(0).permutation(12800) % 10)
    assert drift(tmp_path / "a.h5") > 0.01


@pytest.mark.parametrize("size, drifts", [(12800, False), (1280, True)])
def test_class_mix_of_a_sorted_shard_drifts_only_beyond_the_pool(
    tmp_path, monkeypatch, size, drifts
):
    monkeypatch.setattr(loading, "POOL", size)
    monkeypatch.setattr(data_jets, "BLOCK", 320)
    write_jets(tmp_path / "a.h5", np.arange(12800) // 1280)
    assert (drift(tmp_path / "a.h5") < 1e-6) == drifts


def resident():
    """Memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks Linux for the memory")
def test_memory_stays_flat(shards, monkeypatch):
    monkeypatch.setattr(loading, "POOL", 1200)
    batches = train_batches(Jets(shards), 1200, "full", 0, "cpu")  # 9 MB each, and each a pool
    deque(islice(batches, 20), maxlen=0)
    before = resident()
    deque(islice(batches, 60), maxlen=0)
    assert resident() - before < 100e6  # of 540 MB, if they stayed
