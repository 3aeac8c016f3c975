"""Shards as they are: what the door refuses is read, what cannot be read is named."""

import h5py
import numpy as np
import pytest

from jetbench.data.inspect.unchecked_shards import open_raw_shard
from jetbench.errors import InputError
from tests.data.helpers import toy_columns, toy_shard

JETS = 12


@pytest.fixture
def shard(tmp_path):
    """A shard of toy jets."""
    toy_shard(tmp_path / "000.h5", JETS)
    return tmp_path / "000.h5"


@pytest.fixture
def edit(shard):
    """Call that replaces a column of the shard, or removes it, and returns its path."""

    def replace(name, values=None):
        with h5py.File(shard, "a") as file:
            del file[name]
            if values is not None:
                file[name] = values
        return shard

    return replace


def test_a_block_has_the_columns_of_its_jets(shard):
    jets, particles = toy_columns(JETS)
    with open_raw_shard(shard) as raw:
        block = raw.read(3, 7)
    first = jets["first"]
    assert block.entries.tolist() == [3, 4, 5, 6]
    np.testing.assert_array_equal(block.first, first[3:8] - first[3])
    np.testing.assert_array_equal(block.jets["pt"], jets["pt"][3:7])
    np.testing.assert_array_equal(block.particles["id"], particles["id"][first[3] : first[7]])


def test_a_column_that_is_missing_is_named_and_the_rest_read(edit):
    with open_raw_shard(edit("particles/dz")) as raw:
        assert raw.remarks == ["missing: particles/dz"]
        assert "dz" not in raw.read(0, JETS).particles


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((JETS, 2)), np.full(JETS, b"x")])
def test_a_column_that_is_no_number_a_jet_is_named(edit, values):
    with open_raw_shard(edit("jets/eta", values)) as raw:
        assert len(raw.remarks) == 1 and raw.remarks[0].startswith("jets/eta is ")


def test_labels_beyond_the_classes_are_of_no_class(edit):
    labels = np.arange(JETS).astype("u1")
    with open_raw_shard(edit("jets/label", labels)) as raw:
        assert raw.labels.tolist() == [*range(10), -1, -1]


@pytest.mark.parametrize("first", [[0, 9, 5], [0, 10**6], [], [-1, 3]])
def test_offsets_that_divide_nothing_are_refused(edit, first):
    path = edit("jets/first", np.array(first, np.int64))
    with pytest.raises(InputError, match="000.h5: jets/first: expected"), open_raw_shard(path):
        pass


def test_other_hdf5_files_are_refused(tmp_path):
    with h5py.File(tmp_path / "train.h5", "w") as file:
        file["table"] = np.zeros(3)
    with (
        pytest.raises(InputError, match="expected a shard .*, got .'table'."),
        open_raw_shard(tmp_path / "train.h5"),
    ):
        pass


def test_bytes_that_are_no_hdf5_are_refused(tmp_path):
    (tmp_path / "000.h5").write_bytes(b"jets")
    with (
        pytest.raises(InputError, match="000.h5: expected an HDF5 file"),
        open_raw_shard(tmp_path / "000.h5"),
    ):
        pass


def test_a_truncated_shard_is_refused_with_its_sizes(shard):
    whole = shard.read_bytes()
    shard.write_bytes(whole[:9000])
    message = f"000.h5: expected {len(whole)} bytes, got 9000: truncated"
    with pytest.raises(InputError, match=message), open_raw_shard(shard):
        pass
