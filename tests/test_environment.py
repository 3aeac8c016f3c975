"""The environment files say the same versions as pyproject.toml allows and the lock file holds."""

import re
import tomllib

import yaml
from packaging.requirements import Requirement

from tests.conftest import ROOT


def plain(name):
    """Name as package indices compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked():
    """Version of every package in the lock file."""
    lines = (ROOT / "envs/lock.txt").read_text().splitlines()
    pins = (line.split("==") for line in lines if "==" in line)
    return {plain(name): version for name, version in pins}


def declared(*extras):
    """Requirements of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = project["dependencies"] + [
        text for extra in extras for text in project["optional-dependencies"][extra]
    ]
    return [Requirement(text) for text in texts]


def test_the_lock_file_satisfies_what_is_declared():
    pins = locked()
    for requirement in declared("test", "peers"):
        assert requirement.specifier.contains(pins[plain(requirement.name)]), requirement


def test_the_conda_file_says_the_locked_versions():
    conda = yaml.safe_load((ROOT / "envs/jetbench.yaml").read_text())["dependencies"]
    pins = dict(text.split("==") for text in conda[-1]["pip"])
    assert {plain(name): version for name, version in pins.items()} == {
        plain(requirement.name): locked()[plain(requirement.name)] for requirement in declared()
    }


def test_the_lock_file_names_no_build_of_one_platform():
    assert not re.search(r"==.*\+|@ ", (ROOT / "envs/lock.txt").read_text())
