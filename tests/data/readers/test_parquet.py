"""Parquet files: what is in them arrives, and what does not fit is refused by column and jet."""

import awkward as ak
import numpy as np
import pyarrow as pa
import pytest

from jetbench.data.columns import schema
from jetbench.data.readers import parquet
from jetbench.data.readers.parquet import count_jets, read_chunks
from jetbench.errors import InputError
from tests.data.helpers import toy_columns
from tests.data.readers.parquet_files import toy_parquet, toy_table, write_parquet

JETS = 12
SETS = ("toplandscape", "quarkgluon")


@pytest.fixture
def refuse(tmp_path):
    """Call that expects jets with these changes to columns to be refused with this message."""

    def check(message, counts=None, dataset="quarkgluon", **changes):
        write_parquet(tmp_path / "a.parquet", toy_table(dataset, JETS) | changes, counts)
        with pytest.raises(InputError, match=f"a.parquet: {message}"):
            list(read_chunks(tmp_path / "a.parquet", dataset))

    return check


def changed(name, jet, particle, value):
    """A particle column with one other value."""
    table = toy_table("quarkgluon", JETS)
    table[name][table["jet_nparticles"][:jet].sum() + particle] = value
    return {name: table[name]}


@pytest.mark.parametrize("dataset", SETS)
def test_columns_are_those_of_the_file(tmp_path, dataset):
    toy_parquet(tmp_path / "a.parquet", dataset, JETS)
    ((jets, particles),) = read_chunks(tmp_path / "a.parquet", dataset)
    expected, of_particles = toy_columns(JETS)
    expected["label"] %= 2
    of_particles["pid"] = toy_table("quarkgluon", JETS)["part_pid"]
    for got, known, types in zip(
        (jets, particles), (expected, of_particles), schema(dataset), strict=True
    ):
        assert {name: values.dtype for name, values in got.items()} == types
        for name in got:
            np.testing.assert_array_equal(got[name], known[name])


@pytest.mark.parametrize(
    "options", [{"extensionarray": True}, {"extensionarray": False, "list_to32": True}]
)
def test_files_that_awkward_writes_are_read(tmp_path, options):
    table = toy_table("quarkgluon", JETS)
    counts = table["jet_nparticles"]
    lists = {name: ak.unflatten(table[name], counts) for name in table if name[:5] == "part_"}
    ak.to_parquet(ak.Array(table | lists), tmp_path / "a.parquet", compression="LZ4", **options)
    ((jets, particles),) = read_chunks(tmp_path / "a.parquet", "quarkgluon")
    np.testing.assert_array_equal(particles["px"], table["part_px"])
    np.testing.assert_array_equal(np.diff(jets["first"]), counts)


def test_chunks_together_are_the_file(tmp_path, monkeypatch):
    table = toy_table("toplandscape", JETS)
    write_parquet(tmp_path / "a.parquet", table, row_group_size=7)
    monkeypatch.setattr(parquet, "CHUNK", 5)
    chunks = list(read_chunks(tmp_path / "a.parquet", "toplandscape"))
    assert len(chunks) > 2 and all(len(jets["pt"]) <= 5 for jets, _ in chunks)
    px = np.concatenate([particles["px"] for _, particles in chunks])
    np.testing.assert_array_equal(px, table["part_px"])
    assert count_jets(tmp_path / "a.parquet", "toplandscape") == JETS


def test_numbers_of_other_types_are_read(tmp_path):
    table = toy_table("quarkgluon", JETS)
    flags = {name: values == 1 for name, values in table.items() if name.startswith("part_is")}
    doubles = {name: table[name].astype(np.float64) for name in ("jet_pt", "part_px", "label")}
    write_parquet(tmp_path / "a.parquet", table | flags | doubles)
    ((jets, particles),) = read_chunks(tmp_path / "a.parquet", "quarkgluon")
    np.testing.assert_array_equal(particles["id"], toy_columns(JETS)[1]["id"])
    assert jets["pt"].dtype == particles["px"].dtype == np.float32


@pytest.mark.parametrize("name", ["label", "jet_phi", "part_dphi", "part_isMuon", "part_pid"])
def test_missing_column(tmp_path, name):
    table = toy_table("quarkgluon", JETS)
    del table[name]
    write_parquet(tmp_path / "a.parquet", table)
    with pytest.raises(InputError, match=rf"a.parquet: expected columns \['{name}'\]"):
        count_jets(tmp_path / "a.parquet", "quarkgluon")


def test_columns_of_unequal_length(refuse):
    table = toy_table("quarkgluon", JETS)
    counts = table["jet_nparticles"].copy()
    counts[[4, 5]] += [1, -1]
    first = pa.array(np.concatenate([[0], np.cumsum(counts)]))
    other = pa.LargeListArray.from_arrays(first, pa.array(table["part_pz"]))
    refuse("column part_pz, jet 4: expected as many particles as part_px", part_pz=other)


def test_jet_without_particles(refuse):
    counts = toy_table("quarkgluon", JETS)["jet_nparticles"].copy()
    counts[[5, 6]] = 0, counts[5] + counts[6]
    refuse("column part_px, jet 5: expected at least one particle, got 0", counts)


def test_list_that_is_null(refuse):
    table = toy_table("quarkgluon", JETS)
    lists = np.split(table["part_px"], np.cumsum(table["jet_nparticles"])[:-1])
    lists = pa.array([None if n == 3 else some for n, some in enumerate(lists)])
    refuse("column part_px, jet 3: expected at least one particle", part_px=lists)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_value_that_is_not_finite(refuse, value):
    message = f"column part_deta, jet 3: expected finite values, got {value}"
    refuse(message, **changed("part_deta", 3, 5, value))


def test_null_of_a_jet(refuse):
    pt = toy_table("quarkgluon", JETS)["jet_pt"].tolist()
    refuse("column jet_pt, jet 7: expected finite", jet_pt=pa.array([*pt[:7], None, *pt[8:]]))


def test_jets_count_from_the_head_of_the_file(refuse, monkeypatch):
    monkeypatch.setattr(parquet, "CHUNK", 4)
    refuse("column part_px, jet 9", **changed("part_px", 9, 2, np.nan))


def test_negative_energy(refuse):
    refuse("column part_energy, jet 2: expected positive", **changed("part_energy", 2, 0, -1.0))


def test_particles_out_of_order(refuse):
    refuse("column part_px, jet 4: expected.*descending pT", **changed("part_px", 4, 9, 1e4))


def test_one_warning_tells_of_other_numbers_of_particles(tmp_path, capsys):
    table = toy_table("toplandscape", JETS)
    counts = table["jet_nparticles"].copy()
    table["jet_nparticles"][[3, 4]] -= 1
    write_parquet(tmp_path / "a.parquet", table, counts)
    list(read_chunks(tmp_path / "a.parquet", "toplandscape"))
    told = f"in 2 jets; first entry 3: {counts[3] - 1}, and {counts[3]} particles\n"
    assert capsys.readouterr().err.endswith(told)


def test_a_file_without_their_number_is_read(tmp_path):
    table = toy_table("toplandscape", JETS)
    counts = table.pop("jet_nparticles")
    write_parquet(tmp_path / "a.parquet", table, counts)
    ((jets, _),) = read_chunks(tmp_path / "a.parquet", "toplandscape")
    np.testing.assert_array_equal(np.diff(jets["first"]), counts)


def test_charge_of_a_half(refuse):
    refuse("column part_charge, jet 1: expected -1, 0 or 1", **changed("part_charge", 1, 1, 0.5))


def test_particle_with_two_identities(refuse):
    both = np.ones_like(toy_table("quarkgluon", JETS)["part_isMuon"])
    refuse(r"column part_is\*, jet 0: expected at most one flag", part_isMuon=both)


def test_identity_that_is_no_whole_number(refuse):
    refuse("column part_pid, jet 1: expected whole numbers", **changed("part_pid", 1, 1, 0.5))


def test_label_of_two(refuse):
    refuse("column label, jet 0: expected 0 or 1, got 2", label=np.full(JETS, 2))


def test_jets_of_one_class_alone(refuse):
    refuse(r"expected jets of the classes.*got \['quark'\] alone", label=np.ones(JETS, int))


def test_text_for_a_number(refuse):
    refuse("column jet_pt: expected a number a jet, got string", jet_pt=["a"] * JETS)


def test_one_value_a_jet_for_a_particle_column(refuse):
    one = pa.array(np.ones(JETS))
    refuse("column part_pz: expected a list of numbers a jet, got double", part_pz=one)


def test_file_without_jets(tmp_path):
    table = {name: values[:0] for name, values in toy_table("toplandscape", 1).items()}
    write_parquet(tmp_path / "a.parquet", table)
    with pytest.raises(InputError, match="a.parquet: expected at least one jet"):
        count_jets(tmp_path / "a.parquet", "toplandscape")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_truncated_file(tmp_path, share):
    toy_parquet(tmp_path / "a.parquet", "toplandscape", JETS)
    content = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="a.parquet: expected a whole parquet file"):
        list(read_chunks(tmp_path / "a.parquet", "toplandscape"))


def test_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"a.parquet: expected a whole parquet.*FileNotFound"):
        count_jets(tmp_path / "a.parquet", "toplandscape")
