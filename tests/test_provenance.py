import re
import shutil
import subprocess
import sys

import numpy
import pytest

from jetbench.provenance import code_version, digest_of, software
from jetbench.report import provenance as report
from jetbench.training import provenance as training
from tests.conftest import ROOT

LIBRARY = "workflow/lib/jetbench"


def git(folder, *arguments):
    who = ("-c", "user.name=toy", "-c", "user.email=toy@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def version_in(folder):
    code = "from jetbench.provenance import code_version; print(code_version())"
    command = [sys.executable, "-B", "-c", code]
    environment = {"PYTHONPATH": str(folder / "workflow/lib")}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def checkout(tmp_path):
    """A repository that holds the two modules that tell the version, and a configuration."""
    (tmp_path / LIBRARY).mkdir(parents=True)
    (tmp_path / "config.yaml").write_text("scale: demo\n")
    for name in ("__init__.py", "provenance.py"):
        shutil.copy(ROOT / LIBRARY / name, tmp_path / LIBRARY)
    git(tmp_path, "init")
    return tmp_path


@pytest.fixture
def committed(checkout):
    git(checkout, "add", ".")
    git(checkout, "commit", "-m", "Start")
    return checkout


def test_committed_code_is_named_by_its_commit(committed):
    version = version_in(committed)
    assert version.startswith("0.1.0+") and len(version) == 18


@pytest.mark.parametrize("name", ["provenance.py", "new.py"])
def test_edited_and_new_code_is_dirty(name, committed):
    clean = version_in(committed)
    with open(committed / LIBRARY / name, "a") as file:
        file.write("# edited\n")
    assert re.fullmatch(rf"{re.escape(clean)}-dirty\.[0-9a-f]{{8}}", version_in(committed))


def test_two_edits_are_told_apart(committed):
    versions = set()
    for text in ("one", "other"):
        (committed / LIBRARY / "new.py").write_text(f"# {text}\n")
        versions.add(version_in(committed))
    assert len(versions) == 2


def test_edited_configuration_is_not_edited_code(committed):
    clean = version_in(committed)
    (committed / "config.yaml").write_text("scale: paper\n")
    assert version_in(committed) == clean


def test_code_that_is_in_no_commit_is_named_by_its_content(checkout, tmp_path_factory):
    version = version_in(checkout)
    assert re.fullmatch(r"0\.1\.0\+code\.[0-9a-f]{8}", version)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "copy"
    assert version_in(shutil.copytree(checkout, elsewhere)) == version


def test_commits_of_another_repository_around_the_code_are_not_its_own(committed):
    (committed / "inner").mkdir()
    shutil.copytree(committed / "workflow", committed / "inner/workflow")
    assert "+code." in version_in(committed / "inner")


def test_the_order_of_keys_does_not_change_a_digest():
    assert digest_of({"a": 1, "b": {"c": [2], "d": 3}}) == digest_of(
        {"b": {"d": 3, "c": [2]}, "a": 1}
    )
    assert digest_of({"a": 1}) != digest_of({"a": 2})


def test_digest_by_hand():
    # printf '{"lr":0.001,"seed":1}' | sha256sum
    digest = "32820e8c0e0f11f04603cec27d9380293ad17adc2805739260de16ba3af73882"
    assert digest_of({"seed": 1, "lr": 1e-3}) == digest


def test_software_has_the_versions_that_run():
    assert software("numpy") == {"python": sys.version.split()[0], "numpy": numpy.__version__}
    assert code_version().startswith("0.1.0")


def test_what_was_not_told_is_one_word_in_weights_and_tables():
    assert training.UNKNOWN == report.UNKNOWN
