"""Which code, configuration and libraries made a result. docs/provenance.md describes it."""

import hashlib
import json
import platform
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

from jetbench import __version__

HERE = Path(__file__)
WORKFLOW = HERE.parents[2]  # all code; an edited configuration is told by its own digest


@cache
def code_version() -> str:
    """Version of the project and its commit: `0.1.0+77f71e4b1c2d`.

    Code that is edited has `-dirty` and a digest of its content behind it, code without a checkout
    that digest alone: `0.1.0+77f71e4b1c2d-dirty.1c9f6a3e`, `0.1.0+code.1c9f6a3e`.
    """
    try:
        git("ls-files", "--error-unmatch", HERE.name)  # an archive unpacked in another repository
        commit = git("rev-parse", "--short=12", "HEAD")
        edited = git("status", "--porcelain", "--", WORKFLOW)
    except (OSError, subprocess.CalledProcessError):  # no git, or an unpacked archive
        return f"{__version__}+code.{content()}"
    return f"{__version__}+{commit}" + (f"-dirty.{content()}" if edited else "")


def content() -> str:
    """Digest of the names and contents of all Python files."""
    total = hashlib.sha256()
    for path in sorted(WORKFLOW.rglob("*.py")):
        total.update(f"{path.relative_to(WORKFLOW).as_posix()}\0".encode() + path.read_bytes())
    return total.hexdigest()[:8]


def git(*arguments: str | Path) -> str:
    """What git prints about the checkout that this file is in."""
    # Many jobs ask at once: none may hold the lock of the index.
    command = ["git", "--no-optional-locks", *arguments]
    return subprocess.run(
        command, cwd=HERE.parent, capture_output=True, text=True, check=True
    ).stdout.strip()


def software(*libraries: str) -> dict[str, str]:
    """Versions of Python and of the libraries that compute what a result holds."""
    return {"python": platform.python_version()} | {name: version(name) for name in libraries}


def digest_of(configuration: dict) -> str:
    """SHA-256 of the values as JSON with sorted keys and no spaces: their order does not matter."""
    text = json.dumps(configuration, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
