import os
from pathlib import Path

import pytest

from jetbench.files import held
from jetbench.monitoring.leftovers import DAY, clean, finished, is_spent


@pytest.fixture
def run(tmp_path):
    """Folder of a training that has left two checkpoints of 2 MB."""
    folder = tmp_path / "demo/1"
    folder.mkdir(parents=True)
    for name in ("checkpoint.pt", "checkpoint.previous.pt"):
        (folder / name).write_bytes(bytes(2_000_000))
    return folder


def names(folder):
    return {path.name for path in folder.iterdir()} - {".held"}


def finish(run):
    (run / "weights.safetensors").touch()


def test_checkpoints_of_a_finished_training_go(run, tmp_path):
    finish(run)
    *deleted, last = clean(tmp_path)
    assert names(run) == {"weights.safetensors"}
    assert [line.split()[1] for line in deleted] == [
        str(run / "checkpoint.previous.pt"),
        str(run / "checkpoint.pt"),
    ]
    assert last.startswith("freed 4.0 MB; 0.0 MB stay")


def test_checkpoints_that_a_training_goes_on_from_stay(run, tmp_path):
    (last,) = clean(tmp_path)
    assert len(names(run)) == 2 and last.startswith("freed 0.0 MB; 4.0 MB stay")


def test_checkpoints_that_give_back_what_snakemake_will_delete_stay(run, tmp_path):
    finish(run)
    (last,) = clean(tmp_path, finished(tmp_path))
    assert len(names(run)) == 3 and last.startswith("freed 0.0 MB; 4.0 MB stay")


def test_trainings_without_checkpoints_are_not_asked_after(run, tmp_path):
    (tmp_path / "demo/2").mkdir()
    finish(tmp_path / "demo/2")
    assert finished(tmp_path) == []
    finish(run)
    assert finished(tmp_path) == [str(run / "weights.safetensors")]


def test_checkpoints_of_a_training_at_work_stay_whatever_is_there(run, tmp_path):
    finish(run)
    with held(run, "training"):
        (last,) = clean(tmp_path)
    assert len(names(run)) == 3 and last.startswith("freed 0.0 MB; 4.0 MB stay")


@pytest.mark.parametrize(("age", "spent"), [(DAY + 1, True), (DAY - 1, False)])
def test_half_a_file_is_spent_when_nobody_has_written_for_a_day(tmp_path, age, spent):
    assert is_spent(Path(".scores.partial.h5"), 0, [], age) is spent


def test_what_the_run_beside_has_renamed_meanwhile_is_passed_over(run, tmp_path, monkeypatch):
    gone = tmp_path / ".scores.partial.h5"
    monkeypatch.setattr(Path, "rglob", lambda folder, pattern: [gone])
    (last,) = clean(tmp_path)
    assert last.startswith("freed 0.0 MB; 0.0 MB stay")


def test_downloads_that_go_on_stay_however_old(tmp_path):
    part = tmp_path / "archive.tar.partial"
    part.touch()
    os.utime(part, (0, 0))
    list(clean(tmp_path))
    assert part.exists()


def test_nothing_else_is_touched(run, tmp_path):
    finish(run)
    for name in ("history.csv", "train.log", "train.attempt-1.log", "scores.h5"):
        (run / name).touch()
        os.utime(run / name, (0, 0))
    list(clean(tmp_path))
    assert len(names(run)) == 5


def test_without_results_nothing_is_freed(tmp_path):
    assert list(clean(tmp_path / "results"))[0].startswith("freed 0.0 MB")
