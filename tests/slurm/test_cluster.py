"""The cluster of these tests is a Slurm as others are, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.slurm.cluster import Cluster
from tests.slurm.guard import owned

pytestmark = pytest.mark.slurm

STARTER = """
import time
from tests.slurm.cluster import Cluster
cluster = Cluster()
cluster.start()
cluster.ask("sbatch", "--output=/dev/null", "--wrap=sleep 1000")
print(cluster.folder, flush=True)
time.sleep(1000)
"""


def eventually(condition, seconds=60):
    """Whether it comes to hold."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def submit(cluster, command, *options):
    """Number of a new job of the partition gpu."""
    where = ("--partition=gpu", "--mem=100", "--output=/dev/null")
    return cluster.ask("sbatch", "--parsable", *where, *options, f"--wrap={command}")


def test_jobs_on_the_gpus_see_different_devices(cluster, tmp_path):
    command = f"srun sh -c 'echo $CUDA_VISIBLE_DEVICES > {tmp_path}/$SLURM_JOB_ID; sleep 2'"
    jobs = [submit(cluster, command, "--gpus=1") for _ in range(2)]
    assert eventually(lambda: all(cluster.job(job)["JobState"] == "COMPLETED" for job in jobs))
    assert sorted(file.read_text().strip() for file in tmp_path.iterdir()) == ["0", "1"]


def test_a_third_job_waits_for_a_gpu(cluster):
    jobs = [submit(cluster, "sleep 1000", "--gpus=1") for _ in range(3)]
    assert eventually(lambda: cluster.job(jobs[1])["JobState"] == "RUNNING")
    assert cluster.job(jobs[2])["JobState"] == "PENDING"
    cluster.ask("scancel", *jobs)


def test_an_urgent_job_sends_another_back_to_the_queue(cluster):
    job = submit(cluster, "sleep 1000", "--gpus=2")
    assert eventually(lambda: cluster.job(job)["JobState"] == "RUNNING")
    urgent = submit(cluster, "sleep 1", "--partition=urgent", "--gpus=1")
    assert eventually(lambda: cluster.job(urgent)["JobState"] == "COMPLETED")
    assert cluster.job(job)["Restarts"] == "1"
    cluster.ask("scancel", job)


def test_two_clusters_do_not_meet(cluster):
    with Cluster() as other:
        job = submit(other, "sleep 1000")
        assert (job, "sleep 1000") not in cluster.queue("%i", "%o", states="running")
        assert len(other.queue("%i")) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_cluster_dies_with_whoever_started_it(number):
    starter = subprocess.Popen([sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE)
    folder = Path(starter.stdout.readline().decode().strip())
    assert owned(f"{folder}/slurm.conf")
    os.kill(starter.pid, number)
    starter.wait()
    assert eventually(lambda: not folder.exists())
    assert not owned(f"{folder}/slurm.conf")
