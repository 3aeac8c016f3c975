"""Checkpoints: two are kept, damage is noticed, other configurations are refused."""

import io

import pytest
import torch

from jetbench.errors import InputError
from jetbench.training import checkpoints as module
from jetbench.training.checkpoints import Checkpoints, forget

ASIDE = "checkpoint.aside."
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
    ("change", "named"),
    [
        ({"seed": 2}, "seed was 1, is 2"),
        (
            {"model": {"lr": 0.2, "sizes": [1, 2]}, "run": "b"},
            'model.lr was 0.1, is 0.2, run was "a"',
        ),
        ({"model": {"lr": 0.1}}, "model.sizes was [1, 2], is null"),
    ],
)
def test_one_of_another_configuration_is_refused_with_what_differs(two, change, named, capsys):
    other = Checkpoints(two.newest.parent, CONFIGURATION | change, seconds=300)
    assert other.load() is None
    assert f"{two.newest}: not used: of another configuration: {named}" in capsys.readouterr().err


def test_one_of_another_configuration_is_not_written_over(two):
    other = Checkpoints(two.newest.parent, CONFIGURATION | {"seed": 2}, seconds=300)
    other.load()
    for step in (7, 8, 9):
        other.save(state(step))
    assert other.load()["step"] == 9
    two.newest.unlink()
    two.previous.unlink()
    assert two.load()["step"] == 2


def test_a_configuration_changed_and_changed_back_goes_on(two):
    changed = Checkpoints(two.newest.parent, CONFIGURATION | {"seed": 2}, seconds=300)
    changed.load()
    changed.save(state(7))
    for step in (3, 4):
        assert two.load()["step"] == step - 1
        two.save(state(step))
    assert changed.load()["step"] == 7


def test_of_several_configurations_each_goes_on_where_it_was(two):
    folder = two.newest.parent
    others = [Checkpoints(folder, CONFIGURATION | {"seed": seed}, seconds=300) for seed in (2, 3)]
    for changed in others:
        changed.load()
        changed.save(state(changed.configuration["seed"] * 10))
    assert len(list(folder.glob(f"{ASIDE}*"))) == 2
    two.load()
    two.save(state(3))
    assert [each.load()["step"] for each in (*others, two)] == [20, 30, 3]


def test_the_log_tells_where_one_is_set_aside(two, capsys):
    Checkpoints(two.newest.parent, CONFIGURATION | {"seed": 2}, seconds=300).load()
    assert f"{two.newest}: will be set aside as {two.aside.name}\n" in capsys.readouterr().err


def test_killed_while_one_is_set_aside_none_is_lost(two, monkeypatch):
    changed = Checkpoints(two.newest.parent, CONFIGURATION | {"seed": 2}, seconds=300)
    changed.load()
    changed.save(state(7))
    two.load()
    moves, replace = iter(range(9)), module.os.replace

    def die(*paths):
        if next(moves) == 1:
            raise KeyboardInterrupt
        replace(*paths)

    monkeypatch.setattr(module.os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        two.save(state(3))
    assert two.load()["step"] == 2 and changed.load()["step"] == 7


def test_pickled_code_is_not_run(two):
    class Evil:
        def __reduce__(self):
            return print, ("run",)

    content = io.BytesIO()
    torch.save({"configuration": Evil()}, content)
    two.newest.write_bytes(content.getvalue())
    assert two.load()["step"] == 1


def test_a_full_disk_is_named_and_leaves_the_old_ones(two):
    partial = two.newest.with_name(".checkpoint.partial.pt")
    partial.symlink_to("/dev/full")  # where every write says that the disk is full
    message = f"^{two.newest}: expected room to write it, got: No space left on device; what"
    with pytest.raises(InputError, match=message):
        two.save(state(3))
    assert two.load()["step"] == 2
    assert len(list(two.newest.parent.iterdir())) == 2


def test_a_fault_of_torch_is_not_taken_for_one_of_the_disk(two, monkeypatch):
    def fail(*_):
        raise RuntimeError("cannot be saved")

    monkeypatch.setattr(module.torch, "save", fail)
    with pytest.raises(RuntimeError, match="cannot be saved"):
        two.save(state(3))


def test_remove_leaves_the_last_one_only(two):
    (two.newest.parent / ".checkpoint.123.partial.pt").write_bytes(b"of a killed job")
    two.aside.touch()
    two.remove()
    assert [path.name for path in two.newest.parent.iterdir()] == ["checkpoint.pt"]
    assert two.load()["step"] == 2


def test_forget_leaves_nothing_but_what_is_no_checkpoint(two):
    for name in (".checkpoint.123.partial.pt", "checkpoint.aside.1.pt", "weights.safetensors"):
        (two.newest.parent / name).touch()
    forget(two.newest.parent)
    assert [path.name for path in two.newest.parent.iterdir()] == ["weights.safetensors"]


def test_due_after_its_seconds(tmp_path):
    assert not Checkpoints(tmp_path, {}, seconds=300).due()
    assert Checkpoints(tmp_path, {}, seconds=0).due()
