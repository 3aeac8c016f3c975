"""`snakemake status` and `snakemake clean_checkpoints`, beside another run."""

import base64
import shutil

import pytest

SHARD = "results/data/jetclass_tiny/raw/val/TTBar_120.root"
RUN = "results/tiny/jetclass/pfn/scratch/80/1"


def counted(output):
    """Jobs by rule and state, from the table that status prints."""
    table = output[output.index("rule ") : output.index("together")].replace("to do", "todo")
    head, *rows = (line.split() for line in table.splitlines())
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


@pytest.fixture
def locked(project):
    """A copy in which another Snakemake makes a shard, as it says by its lock."""
    locks = project.folder / ".snakemake/locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text(f"{SHARD}\n")
    return project


def test_status_counts_the_jobs_that_snakemake_would_run(project):
    project.options = ()  # no --cores either
    found = counted(project.snakemake("status").stdout)
    planned = project.planned("--", "all")
    del planned["all"]
    assert {rule: int(row["todo"]) for rule, row in found.items()} == planned


def test_status_leaves_the_lock_of_another_run(locked):
    locked.snakemake("status")
    assert (locked.folder / ".snakemake/locks/0.output.lock").read_text() == f"{SHARD}\n"


def test_who_makes_something_too_is_not_let_past_the_lock(locked):
    process = locked.snakemake("status", SHARD, check=False)
    assert process.returncode != 0 and "LockException" in process.output


def test_who_makes_something_too_has_to_say_how_many_cores(project):
    project.options = ()
    for targets in (["status", SHARD], []):
        process = project.snakemake(*targets, check=False)
        assert process.returncode != 0 and "--cores" in process.output


def test_status_of_a_configuration_that_cannot_be_says_so(project):
    process = project.snakemake("--config", "scale=tinny", "--", "status", check=False)
    assert process.returncode != 0 and "did you mean 'tiny'?" in process.output


def test_an_edited_recipe_makes_its_trainings_stale_and_says_how(editable):
    editable.replace("config/scales/tiny.yaml", "epochs: 2", "epochs: 3")
    output = editable.snakemake("status").stdout
    found = counted(output)
    assert found["simulate"]["stale"] == "-" and int(found["train"]["stale"]) > 0
    assert "parameters: 'epochs': 2 before, 'epochs': 3 now" in output


def test_a_failed_training_is_told_with_its_log(editable):
    shard = editable.folder / "results/data/jetclass_tiny/val/120.h5"
    content = shard.read_bytes()
    shard.write_bytes(content[: len(content) // 2])
    weights = f"{RUN}/weights.safetensors"
    editable.snakemake("--force", weights, check=False)
    output = editable.snakemake("status").stdout
    assert f"failed:\n  train {weights}\n      error: " in output
    assert f"log: {RUN}/train.attempt-1.log" in output


@pytest.fixture
def left(project):
    """A copy with a training that has its outputs and, all the same, a checkpoint."""
    project.run = project.folder / RUN
    project.run.mkdir(parents=True)
    for name in ("weights.safetensors", "history.csv", "checkpoint.pt"):
        (project.run / name).touch()
    return project


def test_checkpoints_of_finished_trainings_are_deleted(left):
    assert f"deleted {RUN}/checkpoint.pt" in left.snakemake("clean_checkpoints").stdout
    assert not (left.run / "checkpoint.pt").exists()


def test_a_model_that_the_configuration_no_longer_knows_keeps_its_checkpoints(left):
    renamed = RUN.replace("pfn", "pfnn")
    shutil.copytree(left.run, left.folder / renamed)
    output = left.snakemake("clean_checkpoints").stdout
    assert f"deleted {RUN}/checkpoint.pt" in output
    assert f"kept the checkpoints of {renamed}/weights" in output and "unknown model" in output
    assert (left.folder / renamed / "checkpoint.pt").exists()


@pytest.fixture
def unsure(left):
    """The same, and Snakemake was killed before it noted the training's end."""
    marks = left.folder / ".snakemake/incomplete"
    marks.mkdir(parents=True)
    mark = base64.b64encode(f"{RUN}/weights.safetensors".encode()).decode()
    (marks / mark).write_text('{"external_jobid": null}')
    return left


def test_a_checkpoint_stays_while_snakemake_would_make_its_weights_again(unsure):
    unsure.snakemake("clean_checkpoints")
    assert (unsure.run / "checkpoint.pt").exists()


def test_a_training_whose_end_was_not_noted_is_told_apart(unsure):
    output = unsure.snakemake("status").stdout
    assert f"interrupted:\n  train {RUN}/weights.safetensors\n      it has ended" in output
