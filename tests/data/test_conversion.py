"""Conversion: every jet arrives once, whole and unchanged, in an order that the seed decides."""

import numpy as np
import pytest

from jetbench.data import shuffling
from jetbench.data.conversion import convert
from jetbench.data.readers.parquet import read_chunks as read_parquet
from jetbench.data.readers.rootfiles import read_chunks
from jetbench.data.shards import read_shard, verify_shard
from jetbench.errors import InputError
from tests.data.helpers import toy_root
from tests.data.readers.parquet_files import toy_parquet, toy_table, write_parquet


@pytest.fixture(scope="module")
def shard(sources, tmp_path_factory):
    """All sources in one shard."""
    path = tmp_path_factory.mktemp("converted") / "000.h5"
    convert(sources, path, "jetclass_toy", "train", seed=1)
    return path


def jets_of(columns, particles):
    """The particles of each jet by its pt, which no two jets share."""
    table = np.stack([particles[name].astype(np.float64) for name in sorted(particles)], 1)
    parts = np.split(table, columns["first"][1:-1])
    return {pt: part for pt, part in zip(columns["pt"].tolist(), parts, strict=True)}


def test_every_jet_arrives_with_its_particles_in_order(sources, shard):
    got = read_shard(shard)
    got = jets_of(got.jets, got.particles)
    expected = {}
    for source in sources:
        for jets, particles in read_chunks(source):
            expected |= jets_of(jets, particles)
    assert got.keys() == expected.keys()
    for pt in expected:
        np.testing.assert_array_equal(got[pt], expected[pt])


def test_classes_are_mixed(shard):
    labels = read_shard(shard).jets["label"]
    assert np.bincount(labels).tolist() == [20 + n for n in range(10)]
    assert np.count_nonzero(np.diff(labels.astype(int))) > 0.8 * len(labels)


def test_converting_again_gives_the_same_bytes(sources, shard, tmp_path):
    convert(sources, tmp_path / "000.h5", "jetclass_toy", "train", seed=1)
    assert (tmp_path / "000.h5").read_bytes() == shard.read_bytes()


def test_another_seed_gives_another_order(sources, shard, tmp_path):
    convert(sources, tmp_path / "000.h5", "jetclass_toy", "train", seed=2)
    first, second = (read_shard(path).jets["pt"] for path in (shard, tmp_path / "000.h5"))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(np.sort(first), np.sort(second))


def test_many_buckets_lose_nothing(sources, shard, tmp_path, monkeypatch):
    monkeypatch.setattr(shuffling, "BUCKET", 10)
    convert(sources, tmp_path / "000.h5", "jetclass_toy", "train", seed=1)
    got, expected = (read_shard(path) for path in (tmp_path / "000.h5", shard))
    got, expected = (jets_of(found.jets, found.particles) for found in (got, expected))
    assert got.keys() == expected.keys()
    assert all(np.array_equal(got[pt], expected[pt]) for pt in got)


def test_first_jets_come_from_everywhere_in_the_sources(sources, shard):
    rank = {}
    for source in sources:
        for jets, _ in read_chunks(source):
            rank |= {pt: at / len(jets["pt"]) for at, pt in enumerate(jets["pt"].tolist())}
    places = [rank[pt] for pt in read_shard(shard).jets["pt"][:100].tolist()]
    assert np.mean(places) == pytest.approx(0.5, abs=0.12)  # four errors of the mean


def test_shard_says_where_it_comes_from(sources, shard):
    attributes = read_shard(shard).attributes
    assert [attributes[name] for name in ("dataset", "split", "seed")] == [
        "jetclass_toy",
        "train",
        1,
    ]
    assert list(attributes["sources"]) == [source.name for source in sources]
    assert len(attributes["sources_sha256"][9]) == 64 and attributes["code_version"]


def test_digest_of_a_conversion_verifies(shard):
    assert verify_shard(shard) == read_shard(shard).attributes["digest"]


def test_nothing_is_left_beside_the_shard(sources, tmp_path):
    (tmp_path / ".000.buckets").mkdir()
    (tmp_path / ".000.buckets" / "0").write_text("left by a killed job")
    convert(sources, tmp_path / "000.h5", "jetclass_toy", "train", seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["000.h5"]


def test_jets_of_another_class_than_the_name_tells(tmp_path):
    toy_root(tmp_path / "HToCC_000.root", "HToBB", 5)
    with pytest.raises(
        InputError,
        match="HToCC_000.root: branch label_Hbb, entry 0: expected jets of class Hcc, got Hbb",
    ):
        convert([tmp_path / "HToCC_000.root"], tmp_path / "000.h5", "jetclass_toy", "train", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["HToCC_000.root"]


@pytest.mark.parametrize("name", ["HToBB.root", "Unknown_000.root", "HToBB_000.h5"])
def test_name_that_tells_no_class(tmp_path, name):
    with pytest.raises(InputError, match=f"{name}: expected a name like"):
        convert([tmp_path / name], tmp_path / "000.h5", "jetclass_toy", "train", 1)


def test_source_that_comes_twice(sources, tmp_path):
    with pytest.raises(InputError, match="expected one source a class"):
        convert([sources[0], sources[0]], tmp_path / "000.h5", "jetclass_toy", "train", 1)


@pytest.fixture(scope="module", params=["toplandscape", "quarkgluon"])
def converted(request, tmp_path_factory):
    """A parquet file of 300 jets, the shard that is made of it, and the name of its data set."""
    folder = tmp_path_factory.mktemp("parquet")
    toy_parquet(folder / "a.parquet", request.param, 300)
    convert([folder / "a.parquet"], folder / "000.h5", request.param, "val", seed=3)
    return folder / "a.parquet", folder / "000.h5", request.param


def test_every_jet_of_a_parquet_file_arrives_with_its_particles(converted):
    source, shard, dataset = converted
    got, ((jets, particles),) = read_shard(shard), read_parquet(source, dataset)
    got, expected = jets_of(got.jets, got.particles), jets_of(jets, particles)
    assert got.keys() == expected.keys() and len(got) == 300
    assert all(np.array_equal(got[pt], expected[pt]) for pt in got)


def test_classes_of_a_parquet_file_are_mixed_and_keep_their_meaning(tmp_path):
    table = toy_table("toplandscape", 300)
    table["label"] = np.arange(300) // 150  # all of one class, then all of the other
    write_parquet(tmp_path / "a.parquet", table)
    convert([tmp_path / "a.parquet"], tmp_path / "0.h5", "toplandscape", "train", seed=3)
    jets, _, attributes = read_shard(tmp_path / "0.h5")
    tops = set(table["jet_pt"][150:].tolist())
    assert [pt in tops for pt in jets["pt"].tolist()] == (jets["label"] == 1).tolist()
    assert list(attributes["classes"]) == ["QCD", "Tbqq"]
    changes = np.count_nonzero(np.diff(jets["label"].astype(int)))
    assert changes == pytest.approx(150, abs=4 * 75**0.5)  # four standard deviations


def test_converting_a_parquet_file_again_gives_the_same_bytes(converted, tmp_path):
    source, shard, dataset = converted
    convert([source], tmp_path / "000.h5", dataset, "val", seed=3)
    assert (tmp_path / "000.h5").read_bytes() == shard.read_bytes()


def test_shard_of_a_parquet_file_says_where_it_comes_from(converted):
    _, shard, dataset = converted
    attributes = read_shard(shard).attributes
    assert [attributes[name] for name in ("dataset", "split", "seed")] == [dataset, "val", 3]
    assert list(attributes["sources"]) == ["a.parquet"] and attributes["code_version"]
    assert verify_shard(shard) == attributes["digest"]


def test_nothing_appears_where_a_parquet_file_is_refused(tmp_path):
    table = toy_table("toplandscape", 20) | {"label": np.zeros(20)}
    write_parquet(tmp_path / "a.parquet", table)
    with pytest.raises(InputError, match="a.parquet: expected jets of the classes"):
        convert([tmp_path / "a.parquet"], tmp_path / "0.h5", "toplandscape", "val", 0)
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
