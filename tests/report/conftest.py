"""Toy studies that several tests look at, made once."""

import pytest

from tests.report.helpers import DOWNLOADED, tables
from tests.report.masked import SCALE, masked


@pytest.fixture(scope="session")
def taggers(tmp_path_factory):
    """Tables and runs of the study jetclass_taggers, simulated: (folder, folders of its runs)."""
    folder = tmp_path_factory.mktemp("taggers")
    return folder, tables(folder, "jetclass_taggers", jets=1000)


@pytest.fixture(scope="session")
def cost(tmp_path_factory):
    """The same of jetclass_cost, at the papers' scale."""
    folder = tmp_path_factory.mktemp("cost")
    return folder, tables(folder, "jetclass_cost", scale=DOWNLOADED, jets=1000)


@pytest.fixture(scope="session")
def sizes(tmp_path_factory):
    """The same of training_size, simulated, with two seeds."""
    folder = tmp_path_factory.mktemp("sizes")
    return folder, tables(folder, "training_size", seeds=(1, 2), jets=1000)


@pytest.fixture(scope="session")
def tops(tmp_path_factory):
    """The same of top_tagging, simulated: two classes, from scratch and fine-tuned."""
    folder = tmp_path_factory.mktemp("tops")
    return folder, tables(folder, "top_tagging", jets=600)


@pytest.fixture(scope="session")
def limits(tmp_path_factory):
    """The same of part_topk, simulated: attention limited to k particles."""
    folder = tmp_path_factory.mktemp("limits")
    return folder, tables(folder, "part_topk", jets=1000)


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """The same of part_sizes, simulated."""
    folder = tmp_path_factory.mktemp("settings")
    return folder, tables(folder, "part_sizes", jets=1000)


@pytest.fixture(scope="session")
def tasks(tmp_path_factory):
    """Toy tables of mpm_tasks, simulated, with three seeds: (folder, material of its figures)."""
    folder = tmp_path_factory.mktemp("tasks")
    return folder, masked(folder, "mpm_tasks", untrained={"demo": {"mpm_kmeans": "mpm_regression"}})


@pytest.fixture(scope="session")
def ladder(tmp_path_factory):
    """The same of mpm_ablation, with untrained encoders and one seed."""
    folder = tmp_path_factory.mktemp("ladder")
    scale = SCALE | {"seeds": [1]}
    return folder, masked(folder, "mpm_ablation", scale, starts=["frozen", "untrained"])


@pytest.fixture(scope="session")
def sweeps(tmp_path_factory):
    """The same of mpm_sweeps, frozen alone."""
    folder = tmp_path_factory.mktemp("sweeps")
    return folder, masked(folder, "mpm_sweeps", starts=["frozen"])
