"""The original top files: no pickle of theirs is run, and damage is refused."""

import pickle

import h5py
import numpy as np
import pytest

from jetbench.data.readers import topfiles
from jetbench.data.readers.topfiles import read_chunks
from jetbench.errors import InputError
from tests.data.readers.top_files import LABELS, MOMENTA, blocks_of, toy_jets, toy_top, write_top

JETS = 12


@pytest.fixture
def path(tmp_path):
    """Where a test writes its file."""
    return tmp_path / "a.h5"


def refused(path, message):
    with pytest.raises(InputError, match=f"a.h5: {message}"):
        list(read_chunks(path, "topreference"))


def changed(jet, constituent, axis, value):
    """Blocks of toy jets with one other value."""
    momenta, labels = toy_jets(JETS)
    momenta[jet, constituent, axis] = value
    return blocks_of(momenta, labels)


def test_nothing_in_a_pickle_is_executed(path, tmp_path):
    class Trap:
        def __reduce__(self):
            return open, (str(tmp_path / "sprung"), "w")

    write_top(path, blocks_of(*toy_jets(JETS)), lambda names: pickle.dumps([*names, Trap()], 0))
    refused(path, "attribute values_block_0_kind: expected a name a column")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "broken, message",
    [
        (lambda _: b"no pickle", "expected names, got"),
        (lambda names: pickle.dumps(names[1:], 0), "expected a name a column, got 803 for 804"),
        (lambda names: pickle.dumps([names[1], *names[1:]], 0), "expected a name a column"),
    ],
)
def test_names_that_are_no_names_of_the_columns(path, broken, message):
    write_top(path, blocks_of(*toy_jets(JETS)), broken)
    refused(path, f"attribute values_block_0_kind: {message}")


@pytest.mark.parametrize("name, to", [("PX_17", "PX_200"), ("is_signal_new", "is_signal")])
def test_missing_column(path, name, to):
    rename = [to if known == name else known for known in MOMENTA + LABELS]
    (_, values), (_, labels) = blocks_of(*toy_jets(JETS)).values()
    blocks = {"values_block_0": (rename[:804], values), "values_block_1": (rename[804:], labels)}
    write_top(path, blocks)
    refused(path, f"expected columns .* got a table without 1 of them, such as {name}")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_value_that_is_not_finite(path, value):
    write_top(path, changed(3, 7, 2, value))
    refused(path, f"column PY_7, row 3: expected finite values, got {value}")


def test_negative_energy(path):
    write_top(path, changed(4, 150, 0, -1))
    refused(path, "column E_150, row 4: expected a positive energy, got -1.0")


@pytest.mark.parametrize("axis", [1, 2, 3])
def test_momentum_without_energy_is_no_padding(path, axis):
    write_top(path, changed(4, 150, axis, 100))
    refused(path, "column E_150, row 4: expected a positive energy, got 0.0")


def test_jet_without_constituents(path):
    write_top(path, changed(5, slice(None), slice(None), 0))
    refused(path, "column E_0, row 5: expected at least one constituent, got 0")


def test_particle_along_the_beam(path):
    write_top(path, changed(5, 0, slice(1, 3), 0))
    refused(path, "column PX, row 5: expected positive pT, got 0.0")


def test_rows_count_from_the_head_of_the_file(path, monkeypatch):
    monkeypatch.setattr(topfiles, "CHUNK", 5)
    write_top(path, changed(11, 0, 3, np.nan))
    refused(path, "column PZ_0, row 11")


@pytest.mark.parametrize(
    "label, message", [(2, "column is_signal_new, row 0"), (1, "expected jets")]
)
def test_labels_of_no_two_classes(path, label, message):
    write_top(path, blocks_of(toy_jets(JETS)[0], np.full(JETS, label)))
    refused(path, message)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_truncated_file(path, share):
    toy_top(path, JETS)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, f"expected {len(content)} bytes, got {path.stat().st_size}: truncated; replace")


def test_missing_file_is_named(path):
    refused(path, "expected a whole HDF5 file.*FileNotFound")


@pytest.mark.parametrize("name", ["other/table", "table/table"])
def test_file_without_the_table(path, name):
    with h5py.File(path, "w") as file:
        file[name] = np.zeros(3)
    refused(path, "expected .*table")


def test_table_without_rows(path):
    write_top(path, blocks_of(*(values[:0] for values in toy_jets(1))))
    refused(path, "expected at least one jet")
