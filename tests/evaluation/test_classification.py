import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from jetbench.evaluation.classification import (
    accuracy,
    auc,
    discriminant,
    discriminants,
    rejection,
)
from tests.evaluation.helpers import toy_scores


def test_accuracy_by_hand():
    scores = np.array([[0.7, 0.3], [0.4, 0.6], [0.2, 0.8], [0.9, 0.1]])
    assert accuracy(scores, np.array([0, 1, 0, 0])) == (0.75, np.sqrt(0.75 * 0.25 / 4))


def test_accuracy_of_one_jet():
    assert accuracy(np.array([[0.4, 0.6]]), np.array([1])) == (1.0, 0.0)


def test_equal_highest_scores_count_for_the_first_class():
    assert accuracy(np.full((2, 2), 0.5), np.array([0, 1])).value == 0.5


@pytest.mark.parametrize("digits", [None, 1, 0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_auc_is_that_of_scikit_learn(digits, dtype):
    scores, label = toy_scores(digits=digits)
    scores = scores.astype(dtype)
    expected = roc_auc_score(label, scores, multi_class="ovo", average="macro")
    assert auc(scores, label).value == pytest.approx(expected, abs=1e-12)


def test_auc_with_unequal_classes_is_that_of_scikit_learn():
    scores, label = toy_scores(jets=900)
    kept = (label > 2) | (np.arange(900) % 3 == 0)
    expected = roc_auc_score(label[kept], scores[kept], multi_class="ovo")
    assert auc(scores[kept], label[kept]).value == pytest.approx(expected, abs=1e-12)


def test_auc_by_hand_counts_a_tie_as_half():
    first = np.array([0.9, 0.5, 0.5, 0.1])  # 3 of 4 comparisons won, one of these a tie: 3.5 / 4
    scores = np.stack([first, 1 - first], axis=1)
    assert auc(scores, np.array([0, 0, 1, 1])).value == 3.5 / 4


def test_auc_error_of_two_classes_is_that_of_delong():
    scores, label = toy_scores(jets=60, classes=2)
    wins = scores[label == 0, 0][:, None] > scores[label == 1, 0]
    by_jet = [wins.mean(axis=axis) for axis in (0, 1)]
    expected = np.sqrt(sum(jets.var(ddof=1) / len(jets) for jets in by_jet))
    assert auc(scores, label).error == pytest.approx(expected, rel=1e-12)


def test_auc_error_is_the_spread_of_repeated_test_sets():
    sets = [auc(*toy_scores(jets=400, classes=4, seed=seed)) for seed in range(200)]
    spread = np.std([value for value, _ in sets])
    assert np.mean([error for _, error in sets]) == pytest.approx(spread, rel=0.15)


def test_auc_of_an_absent_class_is_not_defined():
    scores, label = toy_scores()
    assert auc(scores[label != 4], label[label != 4]) == (None, None)


def test_auc_error_with_a_single_jet_in_a_class_is_not_defined():
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    assert auc(scores, np.array([0, 1, 1])) == (1.0, None)


def test_rejection_by_hand():
    signal = np.array([0.9, 0.8, 0.7, 0.2])
    background = np.array([0.85, 0.8, 0.5, 0.4, 0.3, 0.1])  # 2 pass at the threshold of 0.8
    found = rejection(signal, background, 0.5)
    assert found[:3] == (3.0, 3.0 / np.sqrt(2), None)
    assert found[3:] == (0.5, 0.5, 0.8, 2, 6, 4)


def test_rejection_includes_ties_at_the_threshold():
    found = rejection(np.array([0.9, 0.6, 0.6, 0.6]), np.array([0.6, 0.6, 0.5]), 0.5)
    assert (found.reached, found.passed) == (1.0, 2)


def test_rejection_with_nothing_passing_is_a_lower_limit():
    found = rejection(np.array([0.9, 0.8]), np.array([0.1] * 300), 0.99)
    assert (found.value, found.error, found.passed) == (None, None, 0)
    assert found.limit == pytest.approx(300 / 2.9957, rel=1e-4)


def test_rejection_without_signal_is_not_defined():
    found = rejection(np.empty(0), np.array([0.1, 0.2]), 0.5)
    assert found == (None, None, None, 0.5, None, None, 0, 2, 0)


def test_rejection_without_background_is_not_defined():
    found = rejection(np.array([0.5]), np.empty(0), 0.5)
    assert (found.value, found.limit, found.passed) == (None, None, 0)


def test_rejection_does_not_ask_for_one_jet_more_by_rounding():
    signal = np.arange(100, 0, -1) / 100  # 0.07 * 100 is 7.000000000000001
    assert rejection(signal, signal, 0.07).reached == 0.07


@pytest.mark.parametrize("efficiency", [0.3, 0.5, 0.99, 0.995, 1.0])
@pytest.mark.parametrize("digits", [None, 1, 0])
def test_rejection_is_the_first_point_of_scikit_learns_roc_curve(digits, efficiency):
    scores, label = toy_scores(digits=digits, jets=5000)
    signal, background = discriminants(scores, label, 3, 0)
    truth = np.repeat([1, 0], [len(signal), len(background)])
    values = np.concatenate([signal, background])
    fpr, tpr, thresholds = roc_curve(truth, values, drop_intermediate=False)
    first = np.argmax(tpr >= efficiency)
    found = rejection(signal, background, efficiency)
    assert found.passed == round(fpr[first] * len(background)) > 0
    assert found.threshold == thresholds[first]


def test_discriminant_of_two_vanishing_scores_is_a_half():
    assert discriminant(np.array([0.0, 0.2]), np.array([0.0, 0.0])).tolist() == [0.5, 1.0]


def test_discriminant_keeps_the_digits_of_single_precision_scores_near_one():
    rivals = np.array([1e-9, 2e-9], dtype=np.float32)
    assert np.diff(discriminant(np.ones(2, np.float32), rivals))[0] < 0
