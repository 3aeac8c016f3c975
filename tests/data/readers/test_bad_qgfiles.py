"""EnergyFlow's files: damage is refused, with the file, the column and the row."""

import zipfile

import numpy as np
import pytest

from jetbench.data.readers.qgfiles import count_jets, read_chunks
from jetbench.errors import InputError
from tests.data.readers.qg_files import toy_arrays, write_qg

JETS = 12


@pytest.fixture
def path(tmp_path):
    """Where a test writes its file."""
    return tmp_path / "a.npz"


@pytest.fixture
def refuse(path):
    """Call that expects toy jets with one other value to be refused with this message."""

    def check(message, at=None, value=None, **arrays):
        x, y = toy_arrays(JETS)
        if at is not None:
            x[at] = value
        write_qg(path, **{"x": x, "y": y} | arrays)
        with pytest.raises(InputError, match=f"a.npz: {message}"):
            list(read_chunks(path, "qgreference"))

    return check


@pytest.mark.parametrize("column, name", enumerate(("pt", "y", "phi", "pid")))
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_value_that_is_not_finite(refuse, column, name, value):
    refuse(f"column {name}, row 3: expected finite values, got {value}", (3, 0, column), value)


def test_negative_pt(refuse):
    refuse("column pt, row 4: expected positive values, got -1.0", (4, 0, 0), -1)


@pytest.mark.parametrize("particle", [(0, 0, 0, 211), (0, 0.5, 0, 0), (0, 0, 2, 0)])
def test_particle_without_pt_is_no_padding(refuse, particle):
    refuse("column pt, row 4: expected positive values, got 0.0", (4, 0), particle)


@pytest.mark.parametrize("code", [0, 111, 211.5, -3122])
def test_unknown_particle(refuse, code):
    refuse(f"column pid, row 5: expected one of the PDG codes .*, got {code}", (5, 0, 3), code)


def test_jet_without_particles(refuse):
    refuse("column pt, row 6: expected at least one particle, got 0", 6, 0)


def test_label_of_two(refuse):
    refuse("column label y, row 0: expected 0 or 1, got 2", y=np.full(JETS, 2))


def test_jets_of_one_class_alone(refuse):
    refuse(r"expected jets of the classes.*got \['quark'\] alone", y=np.ones(JETS))


@pytest.mark.parametrize("x", [np.zeros((JETS, 5)), np.zeros((JETS, 5, 3)), np.zeros((9, 5, 4))])
def test_arrays_of_other_shapes(refuse, x):
    refuse("expected X .jets, particles, 4. and y .jets.", x=x)


def test_file_without_jets(refuse):
    refuse("expected at least one jet", x=np.zeros((0, 5, 4)), y=np.zeros(0))


def test_pickled_objects_are_refused(refuse):
    refuse("array y: expected numbers, got object", y=np.array([None] * JETS))


def test_missing_array(path):
    np.savez(path, X=toy_arrays(JETS)[0])
    with pytest.raises(InputError, match=r"a.npz: expected a whole npz file with the array y"):
        count_jets(path, "qgreference")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_truncated_file(path, share):
    write_qg(path, *toy_arrays(JETS))
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="a.npz: expected a whole npz file"):
        list(read_chunks(path, "qgreference"))


def test_flipped_bit_is_found_by_the_checksum(path):
    x, y = toy_arrays(JETS)
    np.savez(path, X=x, y=y)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        middle = archive.getinfo("X.npy").file_size // 2
    content[middle] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="expected a whole npz file with the array X.*CRC"):
        list(read_chunks(path, "qgreference"))


def test_array_that_ends_early(path):
    x, y = toy_arrays(JETS)
    write_qg(path, x, y)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content[: -100 * (name == "X.npy") or None])
    with pytest.raises(InputError, match="array X.*100 of .* bytes are missing"):
        list(read_chunks(path, "qgreference"))


def test_missing_file_is_named(path):
    with pytest.raises(InputError, match=r"a.npz: expected a whole npz file.*FileNotFound"):
        count_jets(path, "qgreference")
