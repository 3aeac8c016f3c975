import numpy as np
import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.paired import paired, with_paired_errors
from tests.evaluation.helpers import write_scores


def scored(folder, start, right, label=None, seed=1):
    """Scores of a run that is right about some of ten jets."""
    path = folder / f"toy/jetclass/mpm_flow/{start}/1k/{seed}/scores.h5"
    path.parent.mkdir(parents=True)
    label = np.arange(10) if label is None else label
    answers = np.where(np.isin(np.arange(10), right), label, (label + 1) % 10)
    return write_scores(path, np.eye(10)[answers], label)


def results(words="1", error=np.nan):
    row = {"model": "mpm_flow", "train_jets": "1k", "seed": words, "test_jets": 10}
    gain = {"gain": 0.2, "gain_error": error, "gain_seeds": len(words.split())}
    gain, none = gain | {"gain_over": "mpm_flow"}, dict.fromkeys([*gain, "gain_over"], np.nan)
    return pd.DataFrame([row | {"start": "frozen"} | gain, row | {"start": "untrained"} | none])


def test_jets_that_both_get_right_or_wrong_are_no_error(tmp_path):
    ours = scored(tmp_path, "frozen", [0, 1, 2, 3, 4])
    theirs = scored(tmp_path, "untrained", [0, 1, 2])
    assert paired([ours], [theirs], 10) == pytest.approx(np.sqrt((0.2 - 0.04) / 10))
    assert paired([ours], [ours], 10) == 0


def test_a_single_seed_has_the_error_of_its_jets(tmp_path):
    paths = [scored(tmp_path, "frozen", [0, 1]), scored(tmp_path, "untrained", [2, 3])]
    errors = with_paired_errors(results(), paths)["gain_error"]
    assert errors[0] == pytest.approx(np.sqrt(0.4 / 10)) and np.isnan(errors[1])


def test_several_seeds_have_their_spread_and_the_error_of_their_jets(tmp_path):
    paths = [scored(tmp_path, "frozen", [0, 1], seed=1), scored(tmp_path, "frozen", [0], seed=2)]
    paths += [scored(tmp_path, "untrained", [3], seed=seed) for seed in (1, 2)]
    errors = with_paired_errors(results("1 2", error=0.3), paths)["gain_error"]
    d = [1, 0.5, 0, -1, 0, 0, 0, 0, 0, 0]  # mean over the seeds
    assert errors[0] == pytest.approx(np.hypot(0.3, np.std(d) / np.sqrt(10)))


def test_scores_that_are_missing_are_named(tmp_path):
    paths = [scored(tmp_path, "frozen", [0])]
    with pytest.raises(InputError, match="expected the scores of mpm_flow/untrained/1k/1, got"):
        with_paired_errors(results(), paths)


def test_scores_of_other_jets_are_refused(tmp_path):
    ours = scored(tmp_path, "frozen", [0])
    theirs = scored(tmp_path, "untrained", [0], np.arange(10)[::-1])
    with pytest.raises(
        InputError, match="frozen.*expected scores of the same test jets as of the other runs"
    ):
        paired([ours], [theirs], 10)
