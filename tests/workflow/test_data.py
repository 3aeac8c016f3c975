"""Data sets come in through the workflow: archives from a server, one bad file among good ones."""

import hashlib
import tarfile

import pytest
import yaml

from jetbench.data.datasets import FILE_NUMBERS, PROCESSES
from jetbench.data.shards import read_shard, verify_shard
from tests.data.helpers import toy_root
from tests.data.readers.btag_files import write_btag
from tests.serving import Answer, served

pytestmark = pytest.mark.slow
VALIDATION = [f"results/data/jetclass/val/{number}.h5" for number in FILE_NUMBERS["val"]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """JetClass's validation archive with four jets a file, one file of which is cut short."""
    folder = tmp_path_factory.mktemp("archive")
    with tarfile.open(folder / "JetClass_Pythia_val_5M.tar", "w") as tar:
        for process in PROCESSES:
            for number in FILE_NUMBERS["val"]:
                file = folder / f"{process}_{number}.root"
                toy_root(file, process, jets=4, seed=number)
                if file.name == "HToBB_122.root":
                    file.write_bytes(file.read_bytes()[:3000])
                tar.add(file, f"val_5M/{file.name}")
    return folder / "JetClass_Pythia_val_5M.tar"


def list_archive(project, dataset, name, **entry):
    """Change the entry of a file in resources/archives.yaml."""
    path = project.folder / "resources/archives.yaml"
    archives = yaml.safe_load(path.read_text())
    archives[dataset]["files"][name] = entry
    path.write_text(yaml.safe_dump(archives))


@pytest.fixture
def offered(project, archive):
    """A project whose archive lies on a local server, which hangs up once on the way."""
    content = archive.read_bytes()
    with served(content) as (site, address):
        site.answers = [Answer(stop=len(content) // 2)]
        md5, url = hashlib.md5(content).hexdigest(), f"{address}/{archive.name}"
        list_archive(project, "jetclass", archive.name, split="val", urls=[url], md5=md5)
        yield project, site


def test_one_bad_file_costs_its_shard_and_is_named(offered):
    project, site = offered
    process = project.snakemake(*VALIDATION, check=False)
    made = [(project.folder / shard).exists() for shard in VALIDATION]
    assert process.returncode != 0 and made == [True, True, False, True, True]
    assert "raw/val/HToBB_122.root: expected" in process.output.split("Failed, and where")[1]
    assert len(site.asked) == 2 and site.asked[1][1].startswith("bytes=")
    assert "arXiv:2202.03772" in (project.folder / "results/data/jetclass/SOURCE.txt").read_text()


def test_a_lost_file_makes_no_other_shard_again(offered):
    project, _ = offered
    project.snakemake(*VALIDATION, check=False)
    (project.folder / "results/data/jetclass/raw/val/HToBB_122.root").unlink()
    assert project.planned(*VALIDATION) == {"download": 1, "unpack_val": 1, "convert": 1}


def test_archives_at_hand_are_not_fetched(project, archive):
    list_archive(
        project,
        "jetclass",
        archive.name,
        split="val",
        urls=["http://127.0.0.1:9/none"],
        md5=hashlib.md5(archive.read_bytes()).hexdigest(),
    )
    project.snakemake(VALIDATION[0], "--config", f"downloads={archive.parent}")
    assert verify_shard(project.folder / VALIDATION[0])
    assert archive.exists()


def test_an_edited_list_of_archives_fetches_nothing_again(offered):
    project, _ = offered
    project.snakemake(VALIDATION[0])
    list_archive(project, "jetclass", "JetClass_Pythia_val_5M.tar", split="val", urls=["http://a"])
    assert project.planned(VALIDATION[0]) == {}


def test_btag_without_a_published_checksum_gets_a_record(project, tmp_path):
    write_btag(tmp_path / "toy.root", jets=30)
    with served((tmp_path / "toy.root").read_bytes()) as (_, address):
        list_archive(project, "btag", "train_small.root", urls=[f"{address}/train_small.root"])
        project.snakemake("results/data/btag/train/000.h5")
    assert list(read_shard(project.folder / "results/data/btag/train/000.h5").attributes["classes"])
    assert (project.folder / "results/data/btag/raw/train_small.root.sha256").exists()


@pytest.mark.parametrize("dataset, number", [("btag", "001"), ("qgreference", "016")])
def test_twins_become_shards_with_all_classes(project, dataset, number):
    shard = f"results/data/{dataset}_tiny/val/{number}.h5"
    project.snakemake(shard, f"results/inspect/{dataset}_tiny/val/{number}.h5.md")
    jets, _, attributes = read_shard(project.folder / shard)
    assert sorted(set(jets["label"])) == list(range(len(attributes["classes"])))
