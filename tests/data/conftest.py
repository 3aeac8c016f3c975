"""Toy files that several tests read, and servers that they download from."""

import pytest

from jetbench.data.datasets import PROCESSES
from jetbench.data.fetch import transfers
from tests.data.fetch.fetching import CONTENT
from tests.data.helpers import toy_root, toy_shard
from tests.serving import served


@pytest.fixture(scope="session")
def shards(tmp_path_factory):
    """Two shards of toy jets, 700 and 501."""
    folder = tmp_path_factory.mktemp("shards")
    for number, jets in enumerate((700, 501)):
        toy_shard(folder / f"00{number}.h5", jets, seed=number)
    return sorted(folder.glob("*.h5"))


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    """A ROOT file of each process, 20 to 29 jets."""
    folder = tmp_path_factory.mktemp("raw")
    paths = [folder / f"{process}_000.root" for process in PROCESSES]
    for n, path in enumerate(paths):
        toy_root(path, PROCESSES[n], jets=20 + n, seed=n)
    return paths


@pytest.fixture(params=[2**16, 200])
def pool(request, monkeypatch):
    """One pool for all jets, and many."""
    monkeypatch.setattr("jetbench.data.loading.POOL", request.param)


@pytest.fixture
def first():
    """The first server of CONTENT: its site and its address."""
    with served(CONTENT) as pair:
        yield pair


@pytest.fixture
def second():
    """The second server of CONTENT, a mirror."""
    with served(CONTENT) as pair:
        yield pair


@pytest.fixture
def waits(monkeypatch):
    """Seconds that a download waited for between attempts; none of them passes."""
    seconds = []
    monkeypatch.setattr(transfers, "sleep", seconds.append)
    return seconds
