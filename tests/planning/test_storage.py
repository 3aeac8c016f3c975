import pytest

from jetbench.planning.precedence import connect
from jetbench.planning.slots import schedule
from jetbench.planning.storage import storage, written
from jetbench.planning.volumes import fetched, unpacked
from jetbench.planning.work import Work, capacities
from tests.planning.jobs import job, load, planned

ARCHIVE = {"dataset": "jetclass", "archive": "JetClass_Pythia_val_5M"}


@pytest.fixture(scope="module")
def stored():
    work, settings = planned()
    network = connect(each.task for each in work)
    places = schedule(network, capacities(settings["site"]), "gpu").places
    return storage(work, places, settings)


def size(rule, **wildcards):
    return written(Work(job(rule, [], ["file"], wildcards), None, None, 1), load())


def test_a_shard_of_a_million_jets_has_the_measured_bytes_a_jet():
    assert size("convert", dataset="jetclass", split="train", number="000") == ("shards", 1170e6)


def test_scores_are_a_float_a_class_and_a_label():
    names = {"scale": "paper", "task": "jetclass", "model": "part", "start": "scratch"}
    assert size("predict", **names, jets="100M", seed="1") == ("scores", 20_000_000 * 41)


def test_simulated_files_are_counted_by_their_jets():
    names = {"scale": "tiny", "split": "train", "number": "000"}
    kind, one = size("simulate", **names, process="HToBB")
    assert (kind, size("simulate_btag", **names)[1] > 0) == ("raw files", True)
    assert one == 8 * 1400


def test_archives_are_temporary_and_fetched(stored):
    assert "archives" not in stored.kinds
    assert stored.temporary == stored.network == fetched("download", ARCHIVE, {})


def test_archives_and_raw_files_are_there_at_once(stored):
    later = sum(stored.kinds.values())
    while_unpacking = stored.temporary + unpacked("unpack_val")
    assert stored.peak == max(later, while_unpacking)
    assert stored.kinds["raw files"] == unpacked("unpack_val")
