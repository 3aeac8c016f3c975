"""What this wing knows of the files of trainings, which it does not import, is as they are."""

import pytest

from jetbench.monitoring import leftovers, states
from jetbench.training import checkpoints
from jetbench.training.checkpoints import Checkpoints


@pytest.fixture
def folder(tmp_path):
    """Folder with two checkpoints of a training and one of another configuration."""
    for seed in (1, 2, 2):
        training = Checkpoints(tmp_path, {"seed": seed}, seconds=300)
        training.load()
        training.save({"step": 1})
    return tmp_path


def test_all_checkpoints_are_named_so(folder):
    every = {path.name for path in folder.iterdir()}
    assert len(every) == 3
    assert every == {path.name for path in folder.glob(leftovers.CHECKPOINTS)}
    assert checkpoints.ALL == leftovers.CHECKPOINTS


def test_those_to_go_on_from_and_those_set_aside_are_all(folder):
    (aside,) = folder.glob(states.ASIDE)
    assert {path.name for path in folder.iterdir()} == {*states.GOES_ON, aside.name}


def test_half_a_checkpoint_is_half_a_file(tmp_path):
    partial = tmp_path / ".checkpoint.partial.pt"
    assert partial.match(checkpoints.PARTIALS) and partial.match(leftovers.PARTIALS)
