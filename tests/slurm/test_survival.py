"""Trainings on a real Slurm outlive time limits, preemption, kills and the death of Snakemake."""

import re
import signal
import subprocess
import time

import pytest

from tests.slurm.project import copy_to_cluster
from tests.training.helpers import same_outcome
from tests.workflow.project import copy_project
from tests.workflow.trainings import Training, eventually, pace, prolong, weights

pytestmark = pytest.mark.slurm

LIMITED, KILLED, PREEMPTED, CANCELLED = SEEDS = range(1, 5)
SLOW = 0.8  # seconds a step: a training of 500 steps then waits to be disturbed


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Three trainings made on this machine to which nothing happened, by seed."""
    project = copy_project(tmp_path_factory.mktemp("undisturbed"))
    prolong(project)
    project.snakemake(*map(weights, SEEDS[:3]))
    return {seed: Training(project, seed) for seed in SEEDS[:3]}


def project_of(cluster, folder):
    """A project on the cluster whose trainings wait to be disturbed."""
    project = copy_to_cluster(folder, cluster)
    prolong(project)
    pace(project, SLOW)
    notice = "        slurm_extra: --signal"  # a busy machine shall not reach the limit by itself
    project.replace("slurm/config.yaml", notice, f"        runtime: 60\n{notice}")
    return project


def start(project, *arguments):
    """Start Snakemake; what it says goes to a file, which no job holds open."""
    with open(project.folder / "said.txt", "w") as said:
        return project.start(*arguments, stdout=said, stderr=subprocess.STDOUT)


def running(cluster):
    """Job of each training that runs, by seed."""
    jobs = cluster.queue("%i", "%k", states="running")
    found = ((re.search(r"rule_train_.*_(\d+)$", comment), job) for job, comment in jobs)
    return {int(seed[1]): job for seed, job in found if seed}


class Fate:
    """Does to each of four trainings what it is meant for, and remembers their Slurm jobs."""

    def __init__(self, project, cluster):
        self.project, self.cluster = project, cluster
        self.jobs = {seed: [] for seed in SEEDS}
        self.struck = set()  # jobs

    def befall(self, seconds=900):
        """Go on until Snakemake ends; returns its exit code."""
        snakemake = start(self.project, *map(weights, SEEDS), "--retries", "1")
        deadline = time.monotonic() + seconds
        while snakemake.poll() is None and time.monotonic() < deadline:
            for seed, job in running(self.cluster).items():
                self.jobs[seed] += [job] if job not in self.jobs[seed] else []
                if job not in self.struck and Training(self.project, seed).is_under_way():
                    self.strike(seed, job, first=len(self.jobs[seed]) == 1)
            self.hasten()
            time.sleep(0.3)
        snakemake.send_signal(signal.SIGINT)  # if it has not ended
        return snakemake.wait(60)

    def strike(self, seed, job, first):
        """The first attempt meets its fate; of the cancelled training every one."""
        if seed == PREEMPTED and not self.limit_met():
            return  # what is urgent would send the limited job back to the queue, too
        self.struck.add(job)
        if seed == CANCELLED:
            self.cluster.ask("scancel", job)
        elif seed == LIMITED and first:
            self.cluster.ask("scontrol", "update", f"jobid={job}", "timelimit=1")
        elif seed == KILLED and first:
            Training(self.project, seed).kill()
        elif seed == PREEMPTED:
            urgent = ("--partition=urgent", "--gpus=2", "--mem=100", "--output=/dev/null")
            self.cluster.ask("sbatch", *urgent, "--wrap=true")

    def limit_met(self):
        """Whether the job that was given a shorter limit has left the cluster."""
        here = {job for (job,) in self.cluster.queue("%i", states="running,completing")}
        saved = "SIGTERM: saved" in Training(self.project, LIMITED).said()
        return saved and self.jobs[LIMITED][0] not in here

    def hasten(self):
        """Spare the preempted the wait for their turn, and the rest most of their pauses."""
        for job, reason in self.cluster.queue("%i", "%r", states="pending"):
            if reason == "BeginTime":
                self.cluster.hasten(job)
        if "going on from" in Training(self.project, PREEMPTED).said():
            pace(self.project, 0.02)


@pytest.fixture(scope="module")
def fate(cluster, tmp_path_factory):
    """What became of a workflow of four trainings, each of which was struck once."""
    fate = Fate(project_of(cluster, tmp_path_factory.mktemp("fate")), cluster)
    fate.exit_code = fate.befall()
    fate.said = (fate.project.folder / "said.txt").read_text()
    return fate


def survived(fate, undisturbed, seed):
    """Whether a training went on from a checkpoint and ended as if nothing had happened."""
    training = Training(fate.project, seed)
    assert "going on from step" in training.said(), fate.said
    return same_outcome(training.folder, undisturbed[seed].folder)


def test_a_training_that_meets_its_time_limit_goes_on_in_another_job(fate, undisturbed):
    assert survived(fate, undisturbed, LIMITED)
    assert "SIGTERM: saved" in Training(fate.project, LIMITED).said()
    assert len(fate.jobs[LIMITED]) == 2


def test_a_preempted_training_goes_on_in_the_same_job(fate, undisturbed):
    assert survived(fate, undisturbed, PREEMPTED)
    (job,) = fate.jobs[PREEMPTED]
    assert fate.cluster.job(job)["Restarts"] == "1"


def test_a_killed_training_goes_on_from_its_last_periodic_checkpoint(fate, undisturbed):
    assert survived(fate, undisturbed, KILLED)
    assert len(fate.jobs[KILLED]) == 2


def test_a_cancelled_job_is_the_only_one_lost_and_is_named(fate):
    assert fate.exit_code != 0
    assert not (Training(fate.project, CANCELLED).folder / "weights.safetensors").exists()
    failed = fate.said.split("Failed, and where to read on:")[1]
    assert set(re.findall(r"/40/(\d)/train", failed)) == {str(CANCELLED)}, failed
    assert "train: CANCELLED: " in failed


def test_an_interrupt_leaves_no_job_and_no_process(cluster, tmp_path):
    project = project_of(cluster, tmp_path)
    training = Training(project, 1)
    snakemake = start(project, weights(1))
    assert eventually(training.is_under_way)
    snakemake.send_signal(signal.SIGINT)
    assert snakemake.wait(60) != 0
    assert eventually(lambda: not cluster.queue("%i", states="pending,running,completing"), 20)
    assert training.process is None
    assert "SIGTERM: saved" in training.said()


def test_jobs_that_outlive_a_killed_snakemake_are_the_only_writers(cluster, undisturbed, tmp_path):
    project = project_of(cluster, tmp_path)
    training = Training(project, 1)
    snakemake = start(project, weights(1))
    assert eventually(training.is_under_way)
    snakemake.kill()
    snakemake.wait()
    process, job = training.process, running(cluster)[1]
    project.snakemake("--unlock", weights(1))
    said = project.snakemake(weights(1), "--retries", "0", check=False).output
    assert f"in Slurm job {job}): wait for it or stop it: scancel {job}" in said
    assert training.process == process
    cluster.ask("scancel", job)
    pace(project, 0)
    assert eventually(lambda: training.process is None)
    assert "going on from step" in project.snakemake(weights(1)).output + training.said()
    assert same_outcome(training.folder, undisturbed[1].folder)
