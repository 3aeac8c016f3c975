"""Which code made a result."""

import subprocess
from functools import cache
from pathlib import Path

from jetbench import __version__


@cache
def code_version() -> str:
    """Version of the project and, in a git checkout, its commit, `-dirty` if edited."""
    describe = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        commit = subprocess.run(
            describe, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):  # no git, or an unpacked archive
        return __version__
    return f"{__version__}+{commit}"
