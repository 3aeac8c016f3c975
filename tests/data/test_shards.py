"""Shards: what is written is read, and nothing broken is read silently."""

import hashlib

import h5py
import hdf5plugin
import numpy as np
import pytest

from jetbench.data.datasets import CLASSES
from jetbench.data.shards import open_shard, read_shard, verify_shard, write_shard
from jetbench.errors import InputError
from tests.conftest import ROOT
from tests.data.helpers import toy_columns, toy_shard


@pytest.fixture
def shard(tmp_path):
    """A shard of its own, to be broken."""
    toy_shard(tmp_path / "000.h5", 300)
    return tmp_path / "000.h5"


def test_columns_come_back_as_they_were(shard):
    jets, particles = toy_columns(300)
    got = read_shard(shard)
    for columns, expected in ((got.jets, jets), (got.particles, particles)):
        assert columns.keys() == expected.keys()
        for name in expected:
            assert columns[name].dtype == expected[name].dtype
            np.testing.assert_array_equal(columns[name], expected[name])


def test_attributes_say_what_it_is(shard):
    attributes = read_shard(shard).attributes
    assert attributes["format"] == "jetbench-shard" and attributes["version"] == 1
    assert list(attributes["classes"])[:2] == ["QCD", "Hbb"]


def test_extra_columns_are_kept(tmp_path):
    jets, particles = toy_columns(5)
    jets["vertices"] = np.arange(5, dtype=np.uint8)
    write_shard(tmp_path / "a.h5", jets, particles, {})
    np.testing.assert_array_equal(read_shard(tmp_path / "a.h5").jets["vertices"], np.arange(5))


def test_same_columns_give_same_bytes(tmp_path, shard):
    toy_shard(tmp_path / "again.h5", 300)
    assert (tmp_path / "again.h5").read_bytes() == shard.read_bytes()


def test_digest_is_recorded_and_depends_on_the_content(tmp_path, shard):
    toy_shard(tmp_path / "other.h5", 300, seed=1)
    assert verify_shard(shard) == read_shard(shard).attributes["digest"]
    assert verify_shard(shard) != verify_shard(tmp_path / "other.h5")


def test_changed_value_fails_verification(shard):
    with h5py.File(shard, "a") as file:
        file["particles/px"][7] = 1.5
    with pytest.raises(InputError, match="expected columns of digest"):
        verify_shard(shard)


def test_flipped_bit_stops_the_reader(shard):
    with h5py.File(shard) as file:
        chunk = file["particles/pz"].id.get_chunk_info(0)
    content = bytearray(shard.read_bytes())
    content[chunk.byte_offset + chunk.size // 2] ^= 1
    shard.write_bytes(content)
    with pytest.raises(InputError, match="particles/pz cannot be read"):
        read_shard(shard)


def test_truncated_shard_is_refused(shard):
    shard.write_bytes(shard.read_bytes()[:-1000])
    with pytest.raises(InputError, match="expected a whole HDF5 file.*truncated"):
        open_shard(shard)


def test_text_file_is_refused(tmp_path):
    (tmp_path / "a.h5").write_text("no shard")
    with pytest.raises(InputError, match="expected a whole HDF5 file"):
        open_shard(tmp_path / "a.h5")


def test_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.h5.*No such file"):
        open_shard(tmp_path / "nowhere.h5")


@pytest.mark.parametrize("change", [{"format": "other"}, {"version": 2}])
def test_other_format_or_version_is_refused(shard, change):
    with h5py.File(shard, "a") as file:
        file.attrs.update(change)
    with pytest.raises(InputError, match="expected jetbench-shard version 1"):
        open_shard(shard)


@pytest.mark.parametrize(
    ("dataset", "classes"),
    [("jetclass_demo", CLASSES[::-1]), ("top", ["Tbqq", "QCD"]), ("btag", ["light", "charm"])],
)
def test_other_classes_than_the_data_set_has_are_refused(shard, dataset, classes):
    with h5py.File(shard, "a") as file:
        file.attrs.update({"dataset": dataset, "classes": list(classes)})
    with pytest.raises(InputError, match=r"000.h5: expected classes \['.*\], got \['"):
        open_shard(shard)


def test_shard_of_a_data_set_without_classes_is_refused(shard):
    with h5py.File(shard, "a") as file:
        file.attrs["dataset"] = "jetclass"
        del file.attrs["classes"]
    with pytest.raises(InputError, match=r"000.h5: expected classes .*, got \[\]"):
        open_shard(shard)


def test_any_classes_of_an_unknown_data_set_are_read(shard):
    with h5py.File(shard, "a") as file:
        file.attrs["classes"] = ["one", "other"]
    open_shard(shard).close()


def test_shard_of_an_older_codec_is_read(shard, tmp_path):
    with h5py.File(shard) as old, h5py.File(tmp_path / "old.h5", "w") as file:
        for name in [f"{group}/{name}" for group in old for name in old[group]]:
            file.create_dataset(name, data=old[name][:], chunks=(64,), **hdf5plugin.Blosc2())
        file.attrs.update(old.attrs)
    assert verify_shard(tmp_path / "old.h5") == verify_shard(shard)


def test_missing_column_is_named(shard):
    with h5py.File(shard, "a") as file:
        del file["particles/d0err"]
    with pytest.raises(InputError, match="particles/d0err"):
        open_shard(shard)


def test_offsets_beyond_the_particles_are_refused(shard):
    with h5py.File(shard, "a") as file:
        file["jets/first"][-1] += 1
    with pytest.raises(InputError, match="expected jets/first to end at"):
        open_shard(shard)


def test_nothing_appears_where_writing_fails(tmp_path):
    jets, particles = toy_columns(5)
    particles["px"][3] = np.nan
    with pytest.raises(InputError, match="particles/px: expected finite values, got nan at 3"):
        write_shard(tmp_path / "a.h5", jets, particles, {})
    assert not list(tmp_path.iterdir())


def test_shard_without_jets_is_refused(tmp_path):
    jets, particles = toy_columns(1)
    none = {name: values[:0] for name, values in (jets | particles).items()}
    jets = {name: none[name] for name in jets} | {"first": np.zeros(1, np.int64)}
    with pytest.raises(InputError, match="expected at least one jet"):
        write_shard(tmp_path / "a.h5", jets, {name: none[name] for name in particles}, {})


def test_page_on_the_format_says_how_to_read_it(shard, capsys):
    page = (ROOT / "docs" / "shards.md").read_text()
    code = page.split("```python\n")[1].split("```")[0]
    exec(code.replace("results/data/jetclass_demo/train/000.h5", str(shard)))
    jets, particles = toy_columns(300)
    pt = np.hypot(particles["px"], particles["py"])[slice(*jets["first"][7:9])]
    expected = f"{CLASSES[jets['label'][7]]} {jets['pt'][7]!s} "
    printed = capsys.readouterr().out
    assert printed.startswith(expected) and printed.count(".") == 1 + len(pt)


def test_digest_can_be_made_as_the_page_says(shard):
    with h5py.File(shard) as file:
        names = sorted(f"{group}/{name}" for group in file for name in file[group])
        hashes = [hashlib.sha256(file[name][:].tobytes()).hexdigest() for name in names]
    lines = "".join(f"{name} {value}\n" for name, value in zip(names, hashes, strict=True))
    assert hashlib.sha256(lines.encode()).hexdigest() == verify_shard(shard)
