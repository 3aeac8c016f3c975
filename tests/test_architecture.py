"""The house: which wing may know which, and what may be imported where."""

import ast

import pytest

from tests.conftest import ROOT

LIBRARY = ROOT / "workflow/lib/jetbench"
BELOW = {  # wing: the wings that it may import besides itself
    "physics": set(),
    "simulation": {"physics", "data"},  # of data: datasets only, the names of classes and branches
    "data": {"physics"},
    "networks": {"physics"},
    "methods": {"physics", "data", "networks"},
    "training": {"physics", "data", "networks", "methods"},
    "evaluation": {"physics"},
    "report": {"physics", "evaluation"},
    "planning": {"data"},  # of data: datasets only, the numbers of shards and jets
    "monitoring": {"planning"},
}
COMMON = {"attempts", "errors", "files", "holders", "progress", "provenance"}
HEAVY = {"uproot", "awkward", "pythia8mc", "fastjet"}
READERS = {"baskets.py", "rootfiles.py", "btagfiles.py", "unchecked_root.py"}


def imports(path):
    """Names of all modules that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            yield from (
                [f"{node.module}.{name}" for name in names]
                if node.module == "jetbench"
                else [node.module]
            )


@pytest.mark.parametrize("wing", BELOW)
def test_wings_import_downwards_only(wing):
    for path in (LIBRARY / wing).rglob("*.py"):
        used = {name.split(".")[1] for name in imports(path) if name.startswith("jetbench.")}
        assert used <= BELOW[wing] | {wing} | COMMON, path


def test_every_wing_is_under_this_rule():
    wings = {path.name for path in LIBRARY.iterdir() if path.is_dir()} - {"__pycache__"}
    assert wings == set(BELOW)


def test_the_library_does_not_know_snakemake():
    for path in LIBRARY.rglob("*.py"):
        assert not any(name.split(".")[0] == "snakemake" for name in imports(path)), path


def test_only_simulation_and_readers_of_root_files_know_root():
    for path in LIBRARY.rglob("*.py"):
        if path.parent.name != "simulation" and path.name not in READERS:
            assert not HEAVY & {name.split(".")[0] for name in imports(path)}, path


def test_a_script_is_one_function_named_as_the_file():
    for path in (ROOT / "workflow/scripts").glob("*.py"):
        body = ast.parse(path.read_text()).body
        functions = [node.name for node in body if isinstance(node, ast.FunctionDef)]
        assert functions == [path.stem], path
        assert isinstance(body[-1], ast.If) and len(body[-1].body) == 1, path


def test_only_one_file_knows_parquet():
    knowing = {
        path.name
        for path in LIBRARY.rglob("*.py")
        if "pyarrow" in {name.split(".")[0] for name in imports(path)}
    }
    assert knowing == {"parquet.py"}
