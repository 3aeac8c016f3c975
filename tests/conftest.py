"""What all tests share."""

import os
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[1]
REAL = Path(os.environ.get("JETBENCH_REAL", ROOT.parent / "shared" / "real"))


@pytest.fixture(scope="session")
def real():
    """Folder with real jets and official weights; they are not part of the project."""
    if not REAL.is_dir():
        pytest.skip(f"needs the real jets: no folder {REAL} (set JETBENCH_REAL)")
    return REAL


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """One thread a test: tests run in parallel, and sums must not depend on the machine."""
    torch.set_num_threads(1)
