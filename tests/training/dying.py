"""Trainings in processes of their own that are killed at a chosen moment.

A fork server that has imported torch already starts them, which takes a tenth of the time.
"""

import importlib
import io
import multiprocessing
import os
import signal
import sys

import torch

from tests.training.helpers import train_toy

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.training.dying", "lightning_fabric", "torch._dynamo"])


def die(*_, **__):
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_writing(content, file):
    """torch.save that gets no further than half of the file."""
    whole = io.BytesIO()
    SAVE(content, whole)
    file.write(whole.getvalue()[: whole.tell() // 2])
    file.flush()
    die()


SAVE = torch.save
ACTS = {"die": die, "half": die_writing, "terminate": lambda *_, **__: signal.raise_signal(15)}


def disturb(place, call, act):
    """Let an act, or a function, go before call number `call` of `module:name[.name]`."""
    module, _, path = place.partition(":")
    owner = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original, calls = getattr(owner, name), 0
    act = ACTS.get(act, act)

    def counting(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls == call:
            act(*arguments, **options)
        return original(*arguments, **options)

    setattr(owner, name, counting)


def live(folder, shards, disturbance, options):
    """What the process does: train, unless it is disturbed."""
    torch.set_num_threads(1)
    if disturbance:
        disturb(*disturbance)
    with open(folder / "train.log", "a", buffering=1) as sys.stderr:
        train_toy(folder, shards, **options)


def start(folder, shards, disturbance=None, **options):
    """Start a training in a process of its own."""
    process = CONTEXT.Process(target=live, args=(folder, shards, disturbance, options))
    process.start()
    return process


def outlive(folder, shards, disturbance=None, **options):
    """Run a training in a process of its own and return its exit code."""
    process = start(folder, shards, disturbance, **options)
    process.join()
    return process.exitcode
