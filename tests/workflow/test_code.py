"""Which changes of the code make tables and figures again."""

import re

import pytest

from tests.conftest import ROOT

RULES = "\n".join(path.read_text() for path in ROOT.glob("workflow/rules/*.smk"))
CODE = dict(re.findall(r'code=library\(\s*"(\w+)",([^)]*)\)', RULES))


@pytest.mark.parametrize("script", ["tabulate", "draw", "compare_quantiles", "show_occupancy"])
def test_what_a_script_imports_makes_its_results_again(script):
    text = (ROOT / f"workflow/scripts/{script}.py").read_text()
    wings = set(re.findall(r"^from jetbench\.(\w+)\.", text, re.MULTILINE))
    assert "report" in wings and wings <= set(re.findall(r'"(\w+)"', CODE[script]))
