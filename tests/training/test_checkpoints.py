"""Checkpoints: two are kept, damage is noticed, other configurations are passed over."""

import io

import pytest
import torch

from jetbench.training import checkpoints as module
from jetbench.training.checkpoints import Checkpoints

CONFIGURATION = {"run": "a", "seed": 1, "model": {"lr": 0.1, "sizes": [1, 2]}}


def state(step):
    return {"step": step, "weights": {"w": torch.full((300,), float(step))}}


@pytest.fixture
def two(tmp_path):
    """Checkpoints of steps 1 and 2."""
    checkpoints = Checkpoints(tmp_path, CONFIGURATION, seconds=300)
    checkpoints.save(state(1))
    checkpoints.save(state(2))
    return checkpoints


def test_newest_is_loaded(two, capsys):
    loaded = two.load()
    assert loaded["step"] == 2 and torch.equal(loaded["weights"]["w"], torch.full((300,), 2.0))
    assert capsys.readouterr().err == f"{two.newest}: going on from step 2\n"


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.9, 0.999])
def test_cut_anywhere_the_previous_is_used(two, share, capsys):
    content = two.newest.read_bytes()
    two.newest.write_bytes(content[: int(share * len(content))])
    assert two.load()["step"] == 1
    assert f"{two.newest}: not used: damaged or half written" in capsys.readouterr().err


def test_a_wrong_byte_never_changes_what_is_loaded(two):
    content = two.newest.read_bytes()
    for at in range(0, len(content), 7):
        two.newest.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        loaded = two.load()
        expected = state(loaded["step"])["weights"]["w"]
        assert loaded["step"] in (1, 2) and torch.equal(loaded["weights"]["w"], expected)


def test_a_damaged_one_does_not_push_out_a_whole_one(two):
    two.newest.write_bytes(b"")
    two.load()
    two.save(state(2))
    assert torch.load(two.previous, weights_only=True)["state"]["step"] == 1


def test_both_damaged_starts_afresh(two):
    two.newest.write_bytes(b"")
    two.previous.write_bytes(b"no archive")
    assert two.load() is None


def test_newest_missing_the_previous_is_used(two):
    two.newest.unlink()
    assert two.load()["step"] == 1


@pytest.mark.parametrize(
    ("change", "named"), [({"seed": 2}, "seed"), ({"model": {"lr": 0.2}, "run": "b"}, "model, run")]
)
def test_other_configuration_starts_afresh_and_says_why(two, change, named, capsys):
    other = Checkpoints(two.newest.parent, CONFIGURATION | change, seconds=300)
    assert other.load() is None
    assert f"not used: of another configuration (differs in {named})" in capsys.readouterr().err


def test_pickled_code_is_not_run(two):
    class Evil:
        def __reduce__(self):
            return print, ("run",)

    content = io.BytesIO()
    torch.save({"configuration": Evil()}, content)
    two.newest.write_bytes(content.getvalue())
    assert two.load()["step"] == 1


def test_failing_to_write_leaves_the_old_ones(two, monkeypatch):
    def full(content, file):
        file.write(b"some")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.torch, "save", full)
    with pytest.raises(OSError, match="No space left"):
        two.save(state(3))
    assert two.load()["step"] == 2
    assert len(list(two.newest.parent.iterdir())) == 2


def test_remove_leaves_nothing(two):
    (two.newest.parent / ".checkpoint.123.partial.pt").write_bytes(b"of a killed job")
    two.remove()
    assert not list(two.newest.parent.iterdir()) and two.load() is None


def test_due_after_its_seconds(tmp_path):
    assert not Checkpoints(tmp_path, {}, seconds=300).due()
    assert Checkpoints(tmp_path, {}, seconds=0).due()
