"""The environment files say the same versions as pyproject.toml allows and the lock file holds."""

import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import jetbench
from tests.conftest import ROOT


def plain(name):
    """Name as package indices compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked():
    """Version of every package in the lock file."""
    lines = (ROOT / "envs/lock.txt").read_text().splitlines()
    pins = (line.split("==") for line in lines if "==" in line)
    return {plain(name): version for name, version in pins}


def project_table():
    """What pyproject.toml says of the project."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def declared(*extras):
    """Requirements of pyproject.toml."""
    project = project_table()
    texts = project["dependencies"] + [
        text for extra in extras for text in project["optional-dependencies"][extra]
    ]
    return [Requirement(text) for text in texts]


def conda():
    """Dependencies in the conda file; the last entry are pip's."""
    return yaml.safe_load((ROOT / "envs/jetbench.yaml").read_text())["dependencies"]


def image():
    """Sections of the Apptainer recipe, its first lines as `header`."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / "envs/jetbench.def").read_text(), flags=re.M)
    header, *sections = re.split(r"^%", text, flags=re.M)
    return {"header": header} | dict(section.split("\n", 1) for section in sections)


def test_the_lock_file_satisfies_what_is_declared():
    pins = locked()
    for requirement in declared("test", "peers"):
        assert requirement.specifier.contains(pins[plain(requirement.name)]), requirement


def test_the_conda_file_says_the_locked_versions():
    pins = dict(text.split("==") for text in conda()[-1]["pip"])
    assert {plain(name): version for name, version in pins.items()} == {
        plain(requirement.name): locked()[plain(requirement.name)] for requirement in declared()
    }


def test_the_lock_file_names_no_build_of_one_platform():
    assert not re.search(r"==.*\+|@ ", (ROOT / "envs/lock.txt").read_text())


def test_conda_and_the_image_have_one_python_that_is_allowed():
    python = re.search(r"^From: python:(\d+\.\d+)-", image()["header"], flags=re.M)[1]
    assert f"python ={python}" in conda()
    newest = f"{python}.99"  # neither names a patch release: they get the newest
    assert SpecifierSet(project_table()["requires-python"]).contains(newest)


def test_the_image_holds_what_is_declared_as_it_is_locked():
    copies = dict(line.split() for line in image()["files"].strip().splitlines())
    lock, folder = copies["envs/lock.txt"], copies["pyproject.toml"].removesuffix("/pyproject.toml")
    assert f"pip install --no-cache-dir --constraint {lock} {folder}\n" in image()["post"]
    assert {f"{folder}/{project_table()['readme']}", f"{folder}/LICENSE"} <= set(copies.values())
    assert all((ROOT / file).is_file() for file in copies)


def test_the_image_and_the_library_say_the_version_of_the_project():
    version = project_table()["version"]
    assert image()["labels"].split() == ["Version", version]
    assert jetbench.__version__ == version


@pytest.mark.parametrize("section", ["post", "environment", "runscript", "test"])
def test_the_scripts_of_the_image_are_shell(section):
    checked = subprocess.run(["sh", "-n"], input=image()[section], text=True, capture_output=True)
    assert checked.stderr == ""
