"""Runs the daemons of a cluster for as long as its standard input is open.

    python -m tests.slurm.guard FOLDER

The pipe closes when whoever started the cluster closes it or dies, also of SIGKILL: nothing of a
cluster outlives its tests. Daemons alone would not do: Slurm's jobs outlive slurmd on purpose.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

GRACE = 10  # seconds for jobs to end after scancel, and for daemons after SIGTERM


def guard(folder):
    """Start the daemons of the cluster in this folder; end all of them when the input ends."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    environment = {**os.environ, "SLURM_CONF": f"{folder}/slurm.conf"}
    daemons = []
    try:
        for command in commands(folder):
            daemons.append(start(command, environment, folder / "daemons.log"))
            wait_for(lambda: (folder / "munge.socket").exists())
        sys.stdin.read()
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):  # there may be no controller
            subprocess.run(["scancel", "--me"], env=environment, timeout=GRACE, check=False)
            wait_for(lambda: not jobs(environment))
        for daemon in reversed(daemons):
            end(daemon)
        kill_all(owned(environment["SLURM_CONF"]))
        shutil.rmtree(folder, ignore_errors=True)


def commands(folder):
    """The command of each daemon, in the order in which they need one another."""
    files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log"}
    files["seed-file"] = "seed"
    munge = [f"--{option}={folder}/munge.{file}" for option, file in files.items()]
    return [
        ["munged", "--foreground", "--force", *munge],
        ["slurmctld", "-D", "-c"],
        ["slurmd", "-D"],
    ]


def start(command, environment, log):
    """Start a daemon; what it says before it opens its own log is kept, too."""
    with log.open("a") as output:
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
        return subprocess.Popen(command, env=environment, **streams)


def wait_for(condition):
    """Wait until it holds, or give up."""
    deadline = time.monotonic() + GRACE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


def jobs(environment):
    """Whether jobs are still in the queue."""
    command = ["squeue", "--noheader", "--states=PD,R,CG,S"]
    process = subprocess.run(
        command, env=environment, capture_output=True, timeout=GRACE, check=False
    )
    return process.stdout


def end(daemon):
    """Ask a daemon to end; kill it if it does not."""
    daemon.terminate()
    try:
        daemon.wait(GRACE)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def owned(conf):
    """Processes that know this cluster, by their environment: its jobs, and who waits for them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"SLURM_CONF={conf}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def kill_all(processes):
    """Kill processes; those that have ended are left in peace."""
    for process in processes:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
