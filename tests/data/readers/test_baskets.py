"""Baskets: lists come out as uproot reads them, whichever way, and flipped bits are refused.

vectors.root was written by ROOT 6.40 as JetClass was, RDataFrame::Snapshot with LZ4 at level 4: the
particle branches are std::vector, which uproot cannot write. It holds toy_columns(6, 3, label=1).
"""

import struct
from types import SimpleNamespace

import awkward as ak
import numpy as np
import pytest
import uproot
import xxhash

from jetbench.data.datasets import PARTICLE_BRANCHES
from jetbench.data.readers import baskets, rootfiles
from jetbench.data.readers.baskets import ListBranch, read_basket
from jetbench.data.readers.rootfiles import read_chunks
from jetbench.errors import InputError
from tests.conftest import ROOT
from tests.data.helpers import toy_branches, toy_columns

VECTORS = ROOT / "tests" / "data" / "readers" / "vectors.root"


def write(path, compression, extends=3):
    """Toy jets in several baskets a branch, of 8 jets each."""
    branches = toy_branches("HToBB", 8)
    types = {name: values.type.content for name, values in branches.items() if "part" in name[:4]}
    with uproot.recreate(path, compression=compression) as file:
        tree = file.mktree("tree", types)
        for _ in range(extends):
            tree.extend({name: branches[name] for name in types})


def check_as_uproot(path, start, stop):
    """A range of every particle branch as uproot reads it."""
    with uproot.open(path) as file, open(path, "rb") as raw:
        for name in PARTICLE_BRANCHES:
            lists = ListBranch(file["tree"][name], raw).read(start, stop)
            expected = file["tree"][name].array(entry_start=start, entry_stop=stop)
            np.testing.assert_array_equal(lists.counts(), ak.num(expected))
            values = lists.values(lists.words())
            np.testing.assert_array_equal(values, ak.to_numpy(ak.flatten(expected)))
            assert values.dtype == PARTICLE_BRANCHES[name]


@pytest.mark.parametrize("compression", [None, uproot.LZ4(4), uproot.ZSTD(5), uproot.ZLIB(1)])
def test_arrays_of_any_codec_are_read_as_uproot_reads_them(tmp_path, compression):
    write(tmp_path / "a.root", compression)
    check_as_uproot(tmp_path / "a.root", 0, 24)


@pytest.mark.parametrize(("start", "stop"), [(0, 6), (1, 3), (5, 6)])
def test_vectors_are_read_as_uproot_reads_them(start, stop):
    check_as_uproot(VECTORS, start, stop)


@pytest.mark.parametrize(("start", "stop"), [(0, 8), (3, 21), (7, 9), (23, 24)])
def test_ranges_across_baskets_are_read_as_uproot_reads_them(tmp_path, start, stop):
    write(tmp_path / "a.root", uproot.LZ4(4))
    check_as_uproot(tmp_path / "a.root", start, stop)


def test_columns_of_vectors_are_those_written():
    ((jets, particles),) = read_chunks(VECTORS)
    for got, expected in zip((jets, particles), toy_columns(6, 3, label=1), strict=True):
        for name in expected:
            np.testing.assert_array_equal(got[name], expected[name])


def test_a_basket_that_two_reads_share_is_decompressed_once(tmp_path, monkeypatch):
    write(tmp_path / "a.root", uproot.LZ4(4), extends=1)
    read = []
    monkeypatch.setattr(baskets, "read_basket", lambda raw: read.append(1) or read_basket(raw))
    with uproot.open(tmp_path / "a.root") as file, open(tmp_path / "a.root", "rb") as raw:
        branch = ListBranch(file["tree"]["part_isMuon"], raw)
        branch.read(0, 5), branch.read(5, 8)
    assert len(read) == 1


@pytest.fixture
def flags():
    """Bytes of a basket of vectors in LZ4, as in the file."""
    with uproot.open(VECTORS) as file:
        branch = file["tree"]["part_isMuon"]
        place, size = (branch.member(name)[0] for name in ("fBasketSeek", "fBasketBytes"))
    return VECTORS.read_bytes()[place : place + size], place


def test_baskets_of_jetclass_take_the_fast_way(flags):
    assert len(read_basket(flags[0]).offsets) == 7


def packed(values, count, offsets, *behind):
    """Bytes of a basket of two entries in LZ4, its key of 64 bytes holding what is read of it."""
    content = values + struct.pack(f">{1 + len(offsets) + len(behind)}i", count, *offsets, *behind)
    block = baskets.LZ4.compress(content)
    sizes = b"".join(size.to_bytes(3, "little") for size in (len(block) + 8, len(content)))
    body = b"L4\1" + sizes + struct.pack(">Q", xxhash.xxh64_intdigest(block)) + block
    key = bytearray(64)
    baskets.KEY.pack_into(key, 0, 64 + len(body), 2, len(content), 0, 64)
    baskets.LAST.pack_into(key, 64 - 9, 2, 64 + len(values))
    return bytes(key) + body


def test_offsets_are_as_many_as_are_told():
    basket = read_basket(packed(b"abcdef", 3, [64, 68, 0]))
    assert basket.offsets.tolist() == [0, 4, 6] and bytes(basket.content[:6]) == b"abcdef"


@pytest.mark.parametrize(
    ("count", "offsets", "behind"),
    [(3, [64, 68, 0], [3, 0, 0, 0]), (2, [64, 68], []), (4, [64, 68, 0], []), (-1, [64], [])],
)
def test_what_is_behind_the_offsets_is_left_to_uproot(count, offsets, behind):
    assert read_basket(packed(b"abcdef", count, offsets, *behind)) is None


def test_offsets_that_uproot_takes_too_many_of_are_refused():
    found = SimpleNamespace(data=b"abcdef", byte_offsets=np.arange(7), num_entries=2)
    branch = SimpleNamespace(basket=lambda number: found)
    with pytest.raises(ValueError, match="7 offsets in a basket of 2 entries"):
        baskets.read_any_basket(branch, 0)


def test_flipped_bit_is_refused_by_file(flags, tmp_path):
    raw, place = flags
    content = bytearray(VECTORS.read_bytes())
    content[place + len(raw) - 9] ^= 1
    (tmp_path / "a.root").write_bytes(content)
    with pytest.raises(InputError, match="a.root: expected a whole ROOT file.*checksum"):
        list(read_chunks(tmp_path / "a.root"))


def test_chunks_of_vectors_together_are_the_file(monkeypatch):
    ((jets, particles),) = read_chunks(VECTORS)
    monkeypatch.setattr(rootfiles, "CHUNK", 4)
    chunks = list(read_chunks(VECTORS))
    assert [len(jets["pt"]) for jets, _ in chunks] == [4, 2]
    joined = np.concatenate([some["dzerr"] for _, some in chunks])
    np.testing.assert_array_equal(joined, particles["dzerr"])
