"""The list of what is downloaded: complete, and such that nothing can be mistaken."""

import re

import pytest
import yaml

from jetbench.data.datasets import DATASETS, FILE_NUMBERS, published_files
from jetbench.data.fetch.checksums import KINDS, git_blob
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def listed():
    """Files of each data set in the list of archives."""
    content = yaml.safe_load((ROOT / "resources" / "archives.yaml").read_text())
    return {dataset: entry["files"] for dataset, entry in content.items()}


def test_all_of_jetclass_is_listed(listed):
    entries = listed["jetclass"].values()
    assert {entry["split"] for entry in entries} == set(FILE_NUMBERS)
    assert len({entry["md5"] for entry in entries}) == len(entries) == 12
    assert all(len(entry["urls"]) == 2 for entry in entries)


@pytest.mark.parametrize("dataset", ["btag", "topreference", "qgreference"])
def test_files_that_are_no_archives_are_listed(listed, dataset):
    assert sorted(listed[dataset]) == sorted(published_files(dataset))


@pytest.mark.parametrize("dataset", ["toplandscape", "quarkgluon"])
def test_the_one_archive_of_parquet_files_is_listed(listed, dataset):
    ((name, entry),) = listed[dataset].items()
    assert name.lower() == f"{dataset}.tar" and "split" not in entry


def test_every_data_set_with_published_files_is_listed(listed):
    assert set(listed) == {"jetclass", "official"} | {d for d in DATASETS if DATASETS[d].files}


def test_addresses_end_with_the_name_of_the_file(listed):
    for files in listed.values():
        for name, entry in files.items():
            assert all(re.fullmatch(rf"https://.*/{name}", url) for url in entry["urls"])


def test_only_btag_has_no_checksums(listed):
    for dataset, files in listed.items():
        count = 0 if dataset == "btag" else 1
        assert all(len(entry.keys() & set(KINDS)) == count for entry in files.values())


def test_no_checksum_is_listed_twice(listed):
    found = [
        entry.get(kind) for files in listed.values() for entry in files.values() for kind in KINDS
    ]
    found = [value for value in found if value]
    assert len(found) == len(set(found)) == 12 + 3 + 1 + 20 + 1 + 6


def test_list_of_official_weights_is_complete(listed):
    features = ("full", "kin", "kinpid")
    names = [f"{net}_{set_}.pt" for net in ("ParT", "ParticleNet") for set_ in features]
    assert list(listed["official"]) == names


@pytest.mark.real
@pytest.mark.parametrize("name", ["ParticleNet_full.pt", "ParticleNet_kin.pt"])
def test_official_weights_at_hand_are_the_listed_ones(name, real, listed):
    assert git_blob(real / name) == listed["official"][name]["git_blob"]
