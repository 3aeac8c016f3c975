"""The ranks beside rank 0: how it starts them, hears of them and ends them.

They are processes that rank 0 starts itself. Fabric's launcher would run the command of the job
once more for each of them, and so open its log, hold its folder and claim its GPUs again.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import torch

from jetbench.errors import InputError
from jetbench.training.ranks import ALONE, Place

LIBRARY = Path(__file__).parents[2]
SIGNALS = {signal.SIGTERM, signal.SIGINT}  # for rank 0 to obey
PATIENCE = 10  # seconds for rank 0 to notice by itself that a follower is gone
TO_FAIL = 2  # seconds for a follower to end, after rank 0 has lost it
TO_END = 60  # seconds for a follower to end, after the training has


@contextmanager
def leading(run: dict, ranks: int) -> Iterator[Place]:
    """Place of this process as rank 0, beside followers that train the same run.

    `run` are the arguments of `open_run`. The ranks share the threads of the job. Followers end
    with this process, however it dies, and this one soon after a follower that fails.

    Raises:
        InputError: a follower met bad input.
        RuntimeError: a follower ended in another way.
    """
    if ranks == 1:
        yield ALONE
        return
    threads = torch.get_num_threads()
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))  # or Fabric chooses other threads
    with TemporaryDirectory(prefix="jetbench-ranks-") as folder:
        torch.set_num_threads(max(1, threads // ranks))
        followers = []
        try:
            for rank in range(1, ranks):
                followers.append(Follower(run, Place(rank, ranks, folder)))
            yield Place(0, ranks, folder)
            with suppress(subprocess.TimeoutExpired):  # the training has all that it needs
                for follower in followers:
                    follower.process.wait(TO_END)
        except Exception as error:
            raise cause(error, followers) from error
        finally:
            for follower in followers:
                follower.dismiss()
            torch.set_num_threads(threads)


def cause(error: Exception, followers: list["Follower"]) -> Exception:
    """Why rank 0 failed: where it lost a follower, what that one says."""
    deadline = time.monotonic() + TO_FAIL
    while not isinstance(error, InputError) and time.monotonic() < deadline:
        for follower in followers:
            if follower.process.poll():
                follower.join()
                return follower.fault()
        time.sleep(0.05)
    return error


class Follower(Thread):
    """A process that trains as another rank, and the thread that listens to it.

    What it says goes where rank 0's own words go, so that a training has one log.
    """

    def __init__(self, run: dict, place: Place):
        super().__init__(daemon=True)
        self.place = place
        self.dismissed = Event()
        self.said = ""
        self.process = start_process({"run": run, "place": place._asdict()})
        self.start()

    def run(self) -> None:
        """Pass on what the process says; end the job if rank 0 waits in vain for one that failed.

        A rank that waits for another one in a kernel of NCCL cannot be interrupted.
        """
        for line in self.process.stderr:
            self.said = line.strip()
            sys.stderr.write(f"rank {self.place.rank}: {line}")
        if self.process.wait() and not self.dismissed.wait(PATIENCE):
            print(f"error: {self.fault()}", file=sys.stderr)
            os._exit(1)

    def fault(self) -> Exception:
        """What its end was."""
        code = self.process.returncode
        if code == os.EX_DATAERR:
            return InputError(self.said)
        how = f"code {code}: {self.said}" if code > 0 else signal.Signals(-code).name
        return RuntimeError(f"rank {self.place.rank} of {self.place.ranks} ended with {how}")

    def dismiss(self) -> None:
        """End the process."""
        self.dismissed.set()
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.join()


def start_process(task: dict) -> subprocess.Popen:
    """Start a follower that reads `task`; it ends when its standard input closes."""
    path = os.pathsep.join([str(LIBRARY), *filter(None, [os.environ.get("PYTHONPATH")])])
    threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    # What is blocked here stays so in the new process: it gets no signal that is for rank 0.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "jetbench.training.follow"],
            env=os.environ | threads | {"PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    print(json.dumps(task), file=process.stdin, flush=True)
    return process
