"""Shuffling: every order is as likely as any other, and particles stay with their jet."""

import tracemalloc

import numpy as np
import pytest

from jetbench.data import shuffling
from jetbench.data.columns import JETCLASS
from jetbench.data.shards import read_shard
from jetbench.data.shuffling import deal, record_types, shuffled, to_records, write_shuffled
from tests.data.helpers import toy_columns

JETS, DRAWS = 5, 600
TYPES = record_types(JETCLASS)


@pytest.fixture(scope="module")
def orders(tmp_path_factory):
    """Orders in which five jets come out of three buckets, one draw after the other."""
    folder, generator = tmp_path_factory.mktemp("buckets"), np.random.default_rng(7)
    columns = toy_columns(JETS)
    rank = {pt: n for n, pt in enumerate(columns[0]["pt"].tolist())}
    found = []
    for draw in range(DRAWS):
        buckets = [folder / f"{draw}-{n}" for n in range(3)]
        deal(to_records(*columns, TYPES), buckets, TYPES[1].itemsize, generator)
        pieces = [piece for bucket in buckets for piece in shuffled(bucket, TYPES, generator)]
        found.append([rank[pt] for jets, _ in pieces for pt in jets["pt"].tolist()])
    return np.array(found)


def test_every_jet_comes_out_once(orders):
    assert (np.sort(orders, axis=1) == np.arange(JETS)).all()


def test_every_place_is_as_likely_for_every_jet(orders):
    counts = np.stack([np.bincount(column, minlength=JETS) for column in orders.T])
    error = (DRAWS * 0.2 * 0.8) ** 0.5
    np.testing.assert_allclose(counts, DRAWS / JETS, atol=4 * error)


def test_neighbours_are_as_likely_as_any_pair(orders):
    together = np.abs(np.diff(orders, axis=1)) == 1  # 4 of 10 pairs are neighbours in the file
    size = together.size
    assert together.mean() == pytest.approx(0.4, abs=4 * (0.24 / size) ** 0.5)


def write(path, chunks, jets):
    """The chunks shuffled as a shard."""
    attributes = {"dataset": "toy", "split": "train", "seed": 1, "classes": ["any"]}
    write_shuffled(path, chunks, jets, [], attributes)


def test_pieces_of_a_bucket_hold_all_its_jets(tmp_path, monkeypatch):
    monkeypatch.setattr(shuffling, "PIECE", 7)
    jets, particles = toy_columns(50)
    write(tmp_path / "a.h5", [(jets, particles)], 50)
    got = read_shard(tmp_path / "a.h5")
    assert sorted(got.jets["pt"].tolist()) == sorted(jets["pt"].tolist())
    sums = [np.add.reduceat(c["energy"], j["first"][:-1]) for j, c in ((jets, particles), got[:2])]
    order = [np.argsort(j["pt"]) for j in (jets, got.jets)]
    np.testing.assert_array_equal(sums[0][order[0]], sums[1][order[1]])


def test_blocks_of_records_do_not_change_them(tmp_path, monkeypatch):
    write(tmp_path / "a.h5", [toy_columns(50)], 50)
    monkeypatch.setattr(shuffling, "BLOCK", 16)
    write(tmp_path / "b.h5", [toy_columns(50)], 50)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def peak(path, chunks):
    """Bytes of memory at most that it takes to shuffle so many chunks of 300 jets."""
    columns = toy_columns(300)
    tracemalloc.start()
    write(path, (columns for _ in range(chunks)), 300 * chunks)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_the_number_of_jets(tmp_path, monkeypatch):
    monkeypatch.setattr(shuffling, "BUCKET", 300)
    assert peak(tmp_path / "b.h5", 16) < 1.5 * peak(tmp_path / "a.h5", 4)
