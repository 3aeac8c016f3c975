"""Which GPUs are this job's own, where no scheduler has chosen them.

Snakemake counts GPUs (`--resources gpu=2`) but names none: two trainings would take the first one
both. So a job locks its devices before it starts CUDA. Each device has a file in a folder of this
user and host; who holds the lock of the file holds the device, and the lock goes with the process,
however it dies. Only this user's jobs know of each other: devices that others use are left out of
CUDA_VISIBLE_DEVICES by hand.
"""

import fcntl
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from stat import S_ISDIR

from jetbench.errors import InputError
from jetbench.files import held
from jetbench.holders import read_holder

VISIBLE = "CUDA_VISIBLE_DEVICES"
PATIENCE = 60  # seconds for the driver to answer
PAUSE = 1.0  # seconds between two looks for a free device


@contextmanager
def claim(gpus: int) -> Iterator[list[str]]:
    """Keep the `gpus` lowest free devices for this job; from now on CUDA sees no others.

    Waits while too few are free, except inside a Slurm job, whose devices are its own. Yields their
    names as in CUDA_VISIBLE_DEVICES; none where no device is visible, and the CPU computes. Call it
    before anything asks torch.cuda, in the one process that starts the others: they inherit the
    devices and must not claim again.

    Raises:
        InputError: more devices than are visible, or CUDA cannot use those of the driver.
    """
    devices = visible()
    if not devices:
        if gpus and VISIBLE not in os.environ and (unused := driven()):
            warn(f"the driver shows {len(unused)} GPUs")  # PyTorch was built without CUDA
        yield []
        return
    if gpus > len(devices):
        raise InputError(f"expected at most {len(devices)} GPUs ({','.join(devices)}), got {gpus}")
    with ExitStack() as locks:
        names = wait_for(devices, gpus, locks)
        os.environ[VISIBLE] = ",".join(names)
        # The numbers of nvidia-smi, which `visible` asks; CUDA itself would begin with the fastest.
        os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
        among = f"of {len(devices)}: {','.join(devices)}"
        print(f"GPU {','.join(names) or 'none'}, {among}", file=sys.stderr)
        confirm(names)
        yield names


def confirm(names: list[str]) -> None:
    """Look whether CUDA sees the devices of this job: months on the CPU must be asked for.

    Without a driver, in a container or where somebody only says that there are GPUs, it warns.

    Raises:
        InputError: the driver shows GPUs, and PyTorch none of them.
    """
    import torch  # here: who has no GPU need not wait for it

    from jetbench.training.devices import pytorch

    if not names or torch.cuda.is_available():
        return
    if driven():
        raise InputError(
            f"GPU {','.join(names)}: expected a PyTorch that computes on it, got {pytorch()}, "
            "which sees none: install a build for a CUDA that the driver knows (nvidia-smi says), "
            f"start Apptainer with --nv, or train on the CPU with {VISIBLE}= (empty)"
        )
    warn(f"a GPU was allotted ({','.join(names)})")


def warn(told: str) -> None:
    """Say that a GPU is not used."""
    from jetbench.training.devices import pytorch

    print(f"warning: {told}, {pytorch()} sees none: computing on the CPU", file=sys.stderr)


def visible() -> dict[str, str]:
    """Devices that this job may use, by name as in CUDA_VISIBLE_DEVICES: what each of them is.

    Without that variable, all that the driver shows. As in CUDA, the first name that means no
    device ends the list.
    """
    told = os.environ.get(VISIBLE)
    known = [] if told == "" else uuids()
    names = map(str, range(len(known))) if told is None else told.split(",")
    devices = {}
    for name in map(str.strip, names):
        device = identify(name, known)
        if device is None:
            break
        devices[name] = device
    return devices


def identify(name: str, known: list[str]) -> str | None:
    """UUID of the device behind a number or the beginning of a UUID; None if there is none.

    Where the driver knows no device, names are believed: a scheduler gave them.
    """
    if name.startswith("MIG-"):
        return name.replace("/", "-")  # it becomes the name of a file
    if name.isdecimal():
        return name if not known else known[int(name)] if int(name) < len(known) else None
    if not name.startswith("GPU-"):
        return None
    matches = [uuid for uuid in known or [name] if uuid.startswith(name)]
    return matches[0] if len(matches) == 1 else None


def uuids() -> list[str]:
    """UUIDs of the GPUs of the driver, by number; none if PyTorch computes on the CPU only."""
    import torch

    return driven() if torch.version.cuda else []


def driven() -> list[str]:
    """UUIDs of the GPUs that the driver shows, in the order of their numbers; none without one.

    Asks nvidia-smi and not torch, which would start CUDA, and that reads its variables only once.

    Raises:
        InputError: nvidia-smi hangs, as it does when a device has failed.
    """
    command = ["nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader"]
    options = {"capture_output": True, "text": True, "check": True, "timeout": PATIENCE}
    try:
        return subprocess.run(command, **options).stdout.split()
    except (FileNotFoundError, subprocess.CalledProcessError):
        return []
    except subprocess.TimeoutExpired:
        raise InputError(
            f"{' '.join(command)}: expected an answer within {PATIENCE} s, got none; "
            f"{VISIBLE}= (empty) trains on the CPU"
        ) from None


def wait_for(devices: dict[str, str], gpus: int, locks: ExitStack) -> list[str]:
    """Names of the devices that became this job's; their locks are closed with `locks`."""
    folder, told = own_folder(), False
    while len(names := take(devices, gpus, folder, locks)) < gpus:
        if "SLURM_JOB_ID" in os.environ:  # Slurm may let jobs share a device: that is its affair
            return list(devices)[:gpus]
        if not told:
            holders = ", ".join(
                f"{name} is held by {read_holder((folder / device).read_text()) or 'an ended job'}"
                for name, device in devices.items()
                if name not in names
            )
            message = f"waiting for {gpus} of the GPUs {','.join(devices)}: {holders}"
            print(message, file=sys.stderr)
            told = True
        time.sleep(PAUSE)
    return names


def take(devices: dict[str, str], gpus: int, folder: Path, locks: ExitStack) -> list[str]:
    """Names of the first `gpus` free devices; they are locked only if there are so many."""
    # One job chooses at a time: two that want two devices each would keep one each for ever.
    with open(folder / "door", "w") as door, ExitStack() as attempt:
        fcntl.flock(door, fcntl.LOCK_EX)
        names = []
        for name, device in devices.items():
            with suppress(InputError):  # held by another job
                if len(names) < gpus:
                    attempt.enter_context(held(folder, "job", device))
                    names.append(name)
        if len(names) == gpus:
            locks.enter_context(attempt.pop_all())
        return names


def own_folder() -> Path:
    """Folder with the locks of this user's jobs on this host.

    Raises:
        InputError: somebody else made it, and could make jobs wait or write elsewhere.
    """
    name = f"jetbench-gpus-{os.getuid()}-{socket.gethostname()}"
    folder = Path(tempfile.gettempdir(), name)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise InputError(f"{folder}: expected a folder of this user, got one of {found.st_uid}")
    return folder
