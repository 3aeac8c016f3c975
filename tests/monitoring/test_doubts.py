import pytest

from jetbench.errors import InputError
from jetbench.monitoring import doubts as module
from jetbench.monitoring.doubts import doubts
from jetbench.planning.dag import Job

RUNS = [f"results/demo/top/{model}/scratch/1k/1/weights" for model in ("old", "part", "pfn")]
OLD, PART, PFN = RUNS


def job(path, reason):
    return Job("train", [], [path], None, {}, reason, 1, {})


@pytest.fixture
def asked(monkeypatch):
    """A Snakemake that does not know the model `old`: what it was asked for."""
    targets = []

    def dry_run(config, paths):
        targets.append(paths)
        if OLD in paths:
            raise InputError("dry run: expected jobs, got: unknown model 'old'\nand more")
        reasons = {PART: "Forced execution", PFN: "Params have changed"}
        return [job(path, reasons[path]) for path in paths]

    monkeypatch.setattr(module, "dry_run", dry_run)
    return targets


def test_weights_that_snakemake_takes_for_incomplete_are_in_doubt(asked):
    assert list(doubts({}, [PART, PFN])) == [PART] and len(asked) == 1


def test_a_model_that_nobody_knows_is_in_doubt_and_the_others_are_asked_for(asked):
    found = doubts({}, RUNS)
    assert list(found) == [OLD, PART]
    assert found[OLD] == "dry run: expected jobs, got: unknown model 'old'"
    assert asked == [RUNS, [OLD], [PART], [PFN]]


def test_without_weights_nothing_is_asked(asked):
    assert doubts({}, []) == {} and asked == []
