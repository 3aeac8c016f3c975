"""Checkpoints: a training that was killed goes on from the last one.

They lie beside the weights but are no declared output, because Snakemake removes those before it
starts a job again. Two are kept: one that is damaged or half on the disk costs no more than the
time to the one before. One of another configuration is never gone on from, nor written over: it is
set aside, one for each configuration until the training ends, so that a configuration changed by
mistake and changed back costs no training.
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
from jetbench.provenance import digest_of

# What reading a damaged archive raises, depending on the byte that is wrong.
DAMAGE = (
    *(OSError, EOFError, RuntimeError, ValueError, KeyError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, struct.error, pickle.UnpicklingError),
)
ALL = "checkpoint*.pt"
PARTIALS = ".checkpoint*.partial.pt"  # that a killed job left half written


class Checkpoints:
    """The two last states of one training, in its folder, beside the last ones of others there.

    `configuration` is all that decides what comes out (run, model, seed, data); a state of another
    one is not gone on from. `seconds` is the time between two saves within an epoch.
    """

    def __init__(self, folder: Path, configuration: dict, seconds: float):
        self.newest = Path(folder) / "checkpoint.pt"
        self.previous = Path(folder) / "checkpoint.previous.pt"
        # As it is read back: tuples become lists, keys become text.
        self.configuration = json.loads(json.dumps(configuration))
        self.aside = self.place_aside(self.configuration)
        self.newest_goes = self.previous  # at the next save; aside, if it is another training's
        self.seconds = seconds
        self.saved = time.monotonic()

    def place_aside(self, configuration: dict) -> Path:
        """Where the newest state of a configuration lies while another one is trained."""
        return self.newest.with_name(f"checkpoint.aside.{digest_of(configuration)[:8]}.pt")

    def due(self) -> bool:
        """Whether the last save is long enough ago."""
        return time.monotonic() - self.saved > self.seconds

    def save(self, state: dict) -> None:
        """Write the state; at any moment at least one whole checkpoint is on the disk.

        Raises:
            InputError: the disk is full; the checkpoints before this one stay.
        """
        content = {"configuration": json.dumps(self.configuration), "state": state}
        with whole(self.newest) as partial:
            write(content, partial)
            if self.newest.exists():
                self.make_room()
        self.saved = time.monotonic()

    def make_room(self) -> None:
        """Move the newest checkpoint out of the way of the next one."""
        if self.newest_goes != self.previous and self.aside.exists():
            os.replace(self.aside, self.previous)  # this training may have gone on from there
        os.replace(self.newest, self.newest_goes)
        self.newest_goes = self.previous

    def load(self) -> dict | None:
        """The newest state that is whole and of this configuration, or None to start afresh.

        Says on the standard error stream which one it is, and why another was passed over.
        """
        for path in filter(Path.exists, (self.newest, self.aside, self.previous)):
            content = read(path)
            fault = self.fault(content)
            if fault is None:
                say(f"{path}: going on from step {content['state']['step']}")
                return content["state"]
            say(f"{path}: not used: {fault}")
            if content is None:
                path.unlink()  # or the next save would keep it in place of the whole one
            elif path == self.newest:
                self.newest_goes = self.place_aside(json.loads(content["configuration"]))
                say(f"{path}: will be set aside as {self.newest_goes.name}")
        return None

    def fault(self, content: dict | None) -> str | None:
        """Why a checkpoint cannot be gone on from; None if it can."""
        if content is None:
            return "damaged or half written"
        found = differences(json.loads(content["configuration"]), self.configuration)
        return f"of another configuration: {', '.join(found)}" if found else None

    def remove(self) -> None:
        """Delete all but the newest, which is that of the last epoch: see `forget`."""
        forget(self.newest.parent, "checkpoint.*.pt")


def forget(folder: str | os.PathLike, pattern: str = ALL) -> None:
    """Delete the checkpoints of a training, all of them once the workflow has accepted its weights.

    Not before: Snakemake deletes weights that it takes for incomplete, because they were written in
    the moment in which the job was preempted, or after Snakemake itself was killed. Then the
    checkpoint of the last epoch gives them back at once.
    """
    for path in (*Path(folder).glob(PARTIALS), *Path(folder).glob(pattern)):
        path.unlink(missing_ok=True)


def differences(there: dict, here: dict, within: str = "") -> list[str]:
    """What differs between two configurations: key by key, with the value there and here."""
    found = []
    for key in sorted(there | here):
        old, new = there.get(key), here.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            found += differences(old, new, f"{within}{key}.")
        elif old != new:
            found.append(f"{within}{key} was {json.dumps(old)}, is {json.dumps(new)}")
    return found


def write(content: dict, path: Path) -> None:
    """Write a checkpoint through to the disk.

    Raises:
        OSError: what the disk said, which torch hides behind a fault of its own archive.
    """
    with open(path, "wb") as file:
        try:
            torch.save(content, file)
        except RuntimeError as error:
            raise (error.__context__ if isinstance(error.__context__, OSError) else error) from None
        file.flush()
        os.fsync(file.fileno())


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
