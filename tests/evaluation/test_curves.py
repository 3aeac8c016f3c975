import numpy as np
import pytest
from sklearn.metrics import roc_curve

from jetbench.evaluation.classification import rejection
from jetbench.evaluation.curves import roc, thin


def toy(jets=20000, seed=2):
    rng = np.random.default_rng(seed)
    return rng.normal(1, 1, jets).round(4), rng.normal(0, 1, jets).round(4)


def test_roc_by_hand():
    curve = roc(np.array([0.9, 0.5]), np.array([0.5, 0.1]))
    assert curve.signal_efficiency.tolist() == [0, 0.5, 1, 1]
    assert curve.background_efficiency.tolist() == [0, 0, 0.5, 1]


def test_roc_is_that_of_scikit_learn():
    signal, background = toy(500)
    truth = np.repeat([1, 0], 500)
    values = np.concatenate([signal, background])
    fpr, tpr, _ = roc_curve(truth, values, drop_intermediate=False)
    assert np.array_equal(np.stack(roc(signal, background)), np.stack([tpr, fpr]))


@pytest.mark.parametrize("empty", [0, 1])
def test_roc_of_an_absent_class_is_empty(empty):
    jets = [np.ones(3), np.ones(3)]
    jets[empty] = np.empty(0)
    assert [len(values) for values in roc(*jets)] == [0, 0]


def test_thinned_curve_keeps_its_ends_and_few_points():
    curve = thin(roc(*toy()))
    assert len(curve.signal_efficiency) <= 400
    assert [values[[0, -1]].tolist() for values in curve] == [[0, 1], [0, 1]]


def test_thinned_curve_keeps_the_working_point():
    signal, background = toy()
    point = rejection(signal, background, 0.995)
    curve = thin(roc(signal, background), keep=(0.995,))
    index = curve.signal_efficiency.searchsorted(0.995)
    assert curve.background_efficiency[index] == point.passed / point.background


def test_thinned_curve_follows_the_whole_one():
    curve = roc(*toy())
    few = thin(curve)
    middle = np.linspace(0.01, 1, 50)
    assert np.interp(middle, *few) == pytest.approx(np.interp(middle, *curve), rel=0.05)


def test_short_curve_is_left_alone():
    curve = roc(np.ones(2), np.zeros(2))
    assert thin(curve) is curve
