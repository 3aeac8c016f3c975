from jetbench.planning.volumes import BYTES, WEIGHTS, fetched, unpacked
from tests.planning.site import ARCHIVES


def size(rule, dataset, archive, archives=ARCHIVES):
    """Bytes of one download."""
    return fetched(rule, {"dataset": dataset, "archive": archive}, archives)


def test_a_size_that_is_known_is_taken():
    assert size("download_raw", "topreference", "train.h5") == 1_038_496_555


def test_archives_share_the_jets_of_their_split():
    one = size("download", "jetclass", "JetClass_Pythia_train_100M_part0")
    assert one == 100e6 * BYTES["jetclass"] / 10
    assert size("download", "jetclass", "JetClass_Pythia_val_5M") == 5e6 * BYTES["jetclass"]


def test_a_published_file_has_the_jets_of_its_shard():
    assert size("download_raw", "btag", "test_small.root") == 747_000 * BYTES["btag"]
    assert size("download_raw", "qgreference", "QG_jets_3.npz") == 1e5 * BYTES["qgreference"]


def test_an_archive_of_all_splits_has_all_jets():
    assert size("download", "toplandscape", "TopLandscape") == 2_015_000 * BYTES["toplandscape"]


def test_weights_have_a_size_of_their_own():
    assert fetched("download_weights", {"checkpoint": "ParT_full"}, ARCHIVES) == WEIGHTS


def test_sizes_can_be_guessed_without_the_list_of_archives():
    assert size("download_raw", "topreference", "val.h5", {}) == 403_000 * BYTES["topreference"]


def test_unpacking_writes_a_split_or_a_data_set():
    assert unpacked("unpack_val") == 5e6 * BYTES["jetclass"]
    assert unpacked("unpack_toplandscape") == 2_015_000 * BYTES["toplandscape"]
