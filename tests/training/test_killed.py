"""A training that is killed at any moment and started again ends as if nothing had happened."""

import random
import signal

import pytest

from tests.training.dying import outlive, start
from tests.training.helpers import same_outcome

EVERY_STEP = {"checkpoint_seconds": 1e-9}
STEP = "watch:Watch.after_step"
MOMENTS = {
    "in the first step": ((STEP, 1, "die"), {}),
    "in the first epoch": ((STEP, 7, "die"), EVERY_STEP),
    "in the validation": (("loop:validate", 2, "die"), EVERY_STEP),
    "in the second epoch": ((STEP, 14, "die"), {}),
    "half of a checkpoint written": (("checkpoints:torch.save", 5, "half"), EVERY_STEP),
    "before the old checkpoint moves": (("checkpoints:os.replace", 4, "die"), EVERY_STEP),
    "before the new checkpoint moves": (("checkpoints:os.replace", 5, "die"), EVERY_STEP),
    "between weights and history": (("running:csv.DictWriter", 1, "die"), {}),
    "before the checkpoints go": (("checkpoints:Checkpoints.remove", 1, "die"), {}),
}


def forget_outputs(folder):
    """What Snakemake does before it starts a failed job again."""
    for name in ("weights.safetensors", "history.csv"):
        (folder / name).unlink(missing_ok=True)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at(moment, shards, trained, tmp_path):
    (place, call, act), options = MOMENTS[moment]
    disturbance = (f"jetbench.training.{place}", call, act)
    assert outlive(tmp_path, shards, disturbance, **options) == -signal.SIGKILL
    forget_outputs(tmp_path)
    assert outlive(tmp_path, shards, **options) == 0
    assert same_outcome(tmp_path, trained.folder)
    assert [path.name for path in tmp_path.glob("*checkpoint*")] == ["checkpoint.pt"]


def test_killed_again_and_again(shards, trained, tmp_path):
    moments, killed = random.Random(1), 0
    while True:
        process = start(tmp_path, shards, **EVERY_STEP)
        process.join(timeout=moments.uniform(0.3, 1.0))
        if process.exitcode == 0:
            break
        process.kill()
        process.join()
        killed += 1
        forget_outputs(tmp_path)
    assert killed and same_outcome(tmp_path, trained.folder)


def test_weights_that_snakemake_did_not_accept_are_there_again_at_once(shards, trained, tmp_path):
    assert outlive(tmp_path, shards) == 0
    forget_outputs(tmp_path)
    assert outlive(tmp_path, shards) == 0
    assert "going on from step 20" in (tmp_path / "train.log").read_text()
    assert same_outcome(tmp_path, trained.folder)


@pytest.mark.parametrize("place", [STEP, "classify:cross_entropy"])
def test_sigterm_saves_says_so_and_goes_on_from_there(place, shards, trained, tmp_path):
    """The fifth loss is in an epoch; the twelfth, below, in the validation after it."""
    module = "jetbench.methods." if "classify" in place else "jetbench.training."
    call = 12 if "classify" in place else 5
    assert outlive(tmp_path, shards, (module + place, call, "terminate")) == 143
    done = 10 if "classify" in place else 5
    said = (tmp_path / "train.log").read_text()
    assert f"SIGTERM: saved; the same command goes on from step {done} of 20" in said
    assert outlive(tmp_path, shards) == 0
    assert f"going on from step {done}" in (tmp_path / "train.log").read_text()
    assert same_outcome(tmp_path, trained.folder)
