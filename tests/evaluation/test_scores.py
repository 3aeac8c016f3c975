import h5py
import numpy as np
import pytest

from jetbench.data.datasets import CLASSES
from jetbench.errors import InputError
from jetbench.evaluation.scores import read_scores
from tests.evaluation.helpers import TRAINING, toy_scores, write_scores


def test_scores_come_back_as_written(tmp_path):
    scores, label = toy_scores(50)
    tagger = read_scores(write_scores(tmp_path / "scores.h5", scores, label))
    assert np.allclose(tagger.scores, scores, atol=1e-7) and np.array_equal(tagger.label, label)
    assert tagger.classes == CLASSES and tagger.attributes["weights_digest"] == "e0" * 32
    assert tagger.attributes["training"] == TRAINING


def test_older_scores_say_nothing_of_their_weights(tmp_path):
    path = write_scores(tmp_path / "scores.h5", *toy_scores(50))
    with h5py.File(path, "a") as file:
        del file.attrs["training"]
    assert read_scores(path).attributes["training"] == {}


def broken(kind):
    scores, label = toy_scores(50)
    match kind:
        case "nan":
            scores[7, 2] = np.nan
        case "negative":
            scores[7, :2] = -0.1, 0.9
        case "logits":
            scores[7] *= 1.01
        case "label":
            label[7] = 10
        case "columns":
            scores = scores[:, :9]
        case "empty":
            scores, label = scores[:0], label[:0]
    return scores, label


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("nan", r"expected finite scores, got .* in jet 7 \(1 such jets\)"),
        ("negative", "expected scores of at least 0, got .* in jet 7"),
        ("logits", "expected scores that sum to 1, got .* in jet 7"),
        ("label", "expected labels from 0 to 9, got 10 in jet 7"),
        ("columns", r"expected scores of shape \(50, 10\), jets by classes, got \(50, 9\)"),
        ("empty", "expected at least one jet"),
    ],
)
def test_bad_scores_are_refused(tmp_path, kind, message):
    path = write_scores(tmp_path / "scores.h5", *broken(kind))
    with pytest.raises(InputError, match=message.replace("expected", "scores.h5: expected", 1)):
        read_scores(path)


def test_truncated_file_is_refused(tmp_path):
    path = write_scores(tmp_path / "scores.h5", *toy_scores(50))
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(InputError, match="expected HDF5 with scores and label"):
        read_scores(path)
