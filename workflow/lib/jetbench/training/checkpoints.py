"""Checkpoints: a training that was killed goes on from the last one.

They lie beside the weights but are no declared output, because Snakemake removes those before it
starts a job again. Two are kept: one that is damaged or half on the disk costs no more than the
time to the one before.
"""

import json
import os
import pickle
import struct
import sys
import time
import zipfile
import zlib
from pathlib import Path

import torch

from jetbench.files import whole

# What reading a damaged archive raises, depending on the byte that is wrong.
DAMAGE = (
    *(OSError, EOFError, RuntimeError, ValueError, KeyError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, struct.error, pickle.UnpicklingError),
)


class Checkpoints:
    """The two last states of one training, in its folder.

    `configuration` is all that decides what comes out (run, model, seed, data); a state of another
    one is not gone on from. `seconds` is the time between two saves within an epoch.
    """

    def __init__(self, folder: Path, configuration: dict, seconds: float):
        self.newest = Path(folder) / "checkpoint.pt"
        self.previous = Path(folder) / "checkpoint.previous.pt"
        self.configuration = configuration
        self.seconds = seconds
        self.saved = time.monotonic()

    def due(self) -> bool:
        """Whether the last save is long enough ago."""
        return time.monotonic() - self.saved > self.seconds

    def save(self, state: dict) -> None:
        """Write the state; at any moment at least one whole checkpoint is on the disk."""
        content = {"configuration": json.dumps(self.configuration), "state": state}
        with whole(self.newest) as partial:
            with open(partial, "wb") as file:
                torch.save(content, file)
                file.flush()
                os.fsync(file.fileno())
            if self.newest.exists():
                os.replace(self.newest, self.previous)
        self.saved = time.monotonic()

    def load(self) -> dict | None:
        """The newest state that is whole and of this configuration, or None to start afresh.

        Says on the standard error stream which one it is, and why another was passed over.
        """
        for path in (self.newest, self.previous):
            if not path.exists():
                continue
            content = read(path)
            fault = self.fault(content)
            if fault is None:
                say(f"{path}: going on from step {content['state']['step']}")
                return content["state"]
            say(f"{path}: not used: {fault}")
            if content is None:
                path.unlink()  # or the next save would keep it in place of the whole one
        return None

    def fault(self, content: dict | None) -> str | None:
        """Why a checkpoint cannot be gone on from; None if it can."""
        if content is None:
            return "damaged or half written"
        stored = json.loads(content["configuration"])
        wanted = json.loads(json.dumps(self.configuration))
        keys = sorted(key for key in stored | wanted if stored.get(key) != wanted.get(key))
        return f"of another configuration (differs in {', '.join(keys)})" if keys else None

    def remove(self) -> None:
        """Delete the checkpoints, those that a killed job left half written too."""
        partials = self.newest.parent.glob(".checkpoint*.partial.pt")
        for path in (*partials, self.previous, self.newest):
            path.unlink(missing_ok=True)


def read(path: Path) -> dict | None:
    """Content of a checkpoint; None if it is damaged (torch itself does not check the sums)."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                return None
        return torch.load(path, map_location="cpu", weights_only=True)
    except DAMAGE:
        return None


def say(line: str) -> None:
    """Tell the user, and the log file of the rule."""
    print(line, file=sys.stderr, flush=True)
