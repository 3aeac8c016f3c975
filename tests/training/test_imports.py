"""What a GPU node has to have, and has to load."""

import subprocess
import sys

from tests.conftest import ROOT

CODE = """
import sys
sys.path.append("workflow/lib")
import jetbench.training.predicting
import jetbench.training.running
print(*sys.modules)
"""


def test_training_loads_no_tables_and_no_root():
    command = [sys.executable, "-c", CODE]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    modules = set(answer.stdout.split())
    assert "jetbench.training.loop" in modules
    heavy = {"sklearn", "pandas", "uproot", "awkward", "matplotlib", "scipy", "lightning_fabric"}
    assert not heavy & modules
