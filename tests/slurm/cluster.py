"""A Slurm of one node on loopback, all of whose files lie in one temporary folder.

It needs neither root nor a GPU: two character devices stand for two GPUs, so that Slurm hands them
out and sets CUDA_VISIBLE_DEVICES, and jobs find no CUDA behind it. Two clusters do not meet: each
has its own ports, munge key and socket.
"""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import ROOT

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel")
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"  # where daemons lie, also for those who are not root
PATIENCE = 60  # seconds that a busy machine gets to start the daemons; a quiet one needs about two
GPUS = ("/dev/null", "/dev/zero")  # devices that every Linux has
TEMPLATE = Path(__file__).with_name("slurm.conf")


def missing():
    """Programs that a cluster needs and that are not installed."""
    return [name for name in PROGRAMS if not shutil.which(name, path=PATH)]


class Cluster:
    """A running Slurm, with two GPU slots and the partitions cpu, gpu and urgent.

    Jobs of `urgent` preempt the others, which are queued again. As a context it is stopped at the
    end; it also stops, with all its jobs, when the process that started it dies in whatever way.
    """

    def __init__(self, cores=8, memory=32000, kill_wait=2):
        """Claim so many cores and MB of memory for the node, whatever the machine has.

        `kill_wait`: seconds from SIGTERM to SIGKILL, at time limits and cancellations.
        """
        # Not pytest's folder: a socket's path may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        self._configure(cores=cores, memory=memory, kill_wait=kill_wait)
        # No variable of a surrounding Slurm job may reach ours.
        outer = {key: value for key, value in os.environ.items() if not key.startswith("SLURM")}
        path = f"{self.folder}/bin:{PATH}"
        self.environment = {**outer, "PATH": path, "SLURM_CONF": f"{self.folder}/slurm.conf"}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Start the daemons and wait for an idle node; RuntimeError with their last words."""
        # The guard lives as long as its standard input is open: no longer than this process.
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "tests.slurm.guard", str(self.folder)],
            stdin=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PATH": PATH},
            start_new_session=True,  # Ctrl-C is for the tests; the guard then ends on its own
        )
        deadline = time.monotonic() + PATIENCE
        while "idle" not in self.ask("sinfo", "--noheader", "--format=%T", check=False):
            if time.monotonic() > deadline or self._guard.poll() is not None:
                words = self.last_words()
                self.stop()
                raise RuntimeError(f"Slurm did not start\n{words}")
            time.sleep(0.1)

    def stop(self):
        """Cancel all jobs, end the daemons and remove the folder."""
        self._guard.stdin.close()
        self._guard.wait(PATIENCE)

    def ask(self, *command, check=True):
        """What a command says on this cluster, for example ask("sinfo", "--long")."""
        process = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        if check and process.returncode:
            raise RuntimeError(f"{' '.join(command)}: {process.stderr}")
        return process.stdout.strip()

    def queue(self, *fields, states="all"):
        """A tuple of fields, as squeue calls them (`%i` id, `%T` state, `%k` rule), of each job."""
        form = "\t".join(fields)
        lines = self.ask("squeue", "--noheader", f"--states={states}", f"--format={form}")
        return [tuple(line.split("\t")) for line in lines.splitlines()]

    def job(self, number):
        """Everything that Slurm knows of a job, as a dictionary of texts."""
        text = self.ask("scontrol", "show", "job", str(number))
        return dict(word.split("=", 1) for word in text.split() if "=" in word)

    def devices(self):
        """Devices (text of CUDA_VISIBLE_DEVICES) by job that the processes of the jobs saw."""
        lines = (self.folder / "devices").read_text().splitlines()
        return {job: device for job, _, device in (line.partition(" ") for line in lines)}

    def hasten(self, number):
        """Let a job that was queued again start at once, not after Slurm's two minutes."""
        self.ask("scontrol", "update", f"jobid={number}", "starttime=now")

    def last_words(self):
        """The last lines of all logs."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}:\n{log.read_text(errors='replace')[-2000:]}" for log in logs)

    def _configure(self, **sizes):
        for name in ("state", "spool", "bin"):
            (self.folder / name).mkdir()
        (self.folder / "munge.key").write_bytes(os.urandom(128))
        (self.folder / "munge.key").chmod(0o600)
        host = socket.gethostname().split(".")[0]
        conf = TEMPLATE.read_text().format(
            folder=self.folder, host=host, user=getpass.getuser(), ports=free_ports(2), **sizes
        )
        (self.folder / "slurm.conf").write_text(conf)
        # Snakemake takes SLURM_CONF from the environment of the srun within a job; where Slurm is
        # installed for good, its file lies in /etc.
        srun = shutil.which("srun", path=PATH)
        self._script("bin/srun", f'SLURM_CONF={self.folder}/slurm.conf exec {srun} "$@"')
        # What Slurm runs before each step, and what it finds there.
        self._script("prolog", f"echo $SLURM_JOB_ID $CUDA_VISIBLE_DEVICES >> {self.folder}/devices")
        lines = [f"NodeName={host} Name=gpu Type=toy File={','.join(GPUS)}\n"]
        (self.folder / "gres.conf").write_text("".join(lines))

    def _script(self, name, line):
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)


def free_ports(number):
    """Ports of loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
