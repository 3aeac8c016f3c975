"""What `snakemake status` reads from a real Slurm."""

import pytest

from jetbench.monitoring.squeue import Entry, queue

pytestmark = pytest.mark.slurm


def test_jobs_of_this_folder_are_found_by_their_comments(cluster, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", cluster.environment["PATH"])
    monkeypatch.setenv("SLURM_CONF", cluster.environment["SLURM_CONF"])
    monkeypatch.chdir(tmp_path)
    options = ("--parsable", "--mem=100", "--output=/dev/null", "--hold", "--wrap=true")
    comment = "rule_train_wildcards_demo_1"
    here = cluster.ask("sbatch", *options, "--comment", comment, "-D", str(tmp_path)).strip()
    other = cluster.ask("sbatch", *options, "--comment", comment, "-D", "/").strip()
    assert queue() == {comment: Entry(here, "PENDING")}
    cluster.ask("scancel", here, other)
