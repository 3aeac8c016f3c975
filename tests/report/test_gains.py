import numpy as np
import pandas as pd
import pytest

from jetbench.report.gains import with_gains

KEYS = ["model", "train_jets", "start", "seed", "accuracies", "accuracy_error"]


def gains(*rows, bases=None):
    """Gains of rows (model, jets, start, seeds, accuracies, statistical error)."""
    return with_gains(pd.DataFrame(rows, columns=KEYS), bases or {})


def test_runs_with_the_same_seed_are_compared_whatever_their_order():
    table = gains(
        ("m", "10k", "frozen", "1 2 3", "0.5 0.6 0.7", 0.1),
        ("m", "10k", "untrained", "3 1 2", "0.5 0.4 0.4", 0.1),
    )
    row = table.iloc[0]  # differences 0.1, 0.2, 0.2
    assert row["gain"] == pytest.approx(0.5 / 3)
    assert row["gain_error"] == pytest.approx(np.sqrt(1 / 300) / np.sqrt(3))
    assert row["gain_seeds"] == 3


def test_seeds_without_their_match_do_not_count():
    table = gains(
        ("m", "10k", "frozen", "1 2", "0.5 0.9", 0.03), ("m", "10k", "untrained", "1", "0.4", 0.04)
    )
    assert list(table.iloc[0][["gain", "gain_seeds"]]) == pytest.approx([0.1, 1])
    assert np.isnan(table["gain_error"].iloc[0])  # the test jets tell it


def test_no_seed_in_common_is_no_gain():
    table = gains(("m", "1k", "frozen", "1", "0.5", 0), ("m", "1k", "untrained", "2", "0.4", 0))
    assert np.isnan(table["gain"]).all() and table["gain_seeds"].iloc[0] == 0


def test_only_the_same_model_and_training_size_are_compared():
    table = gains(
        ("m", "1k", "frozen", "1", "0.5", 0),
        ("n", "10k", "frozen", "1", "0.5", 0),
        ("n", "1k", "frozen", "1", "0.5", 0),
        ("n", "1k", "untrained", "1", "0.5", 0),
    )
    assert list(table["gain"].isna()) == [True, True, False, True]


def test_models_with_one_untrained_encoder_are_compared_with_it():
    table = gains(
        ("m", "1k", "frozen", "1", "0.5", 0),
        ("n", "1k", "frozen", "1", "0.7", 0),
        ("m", "1k", "untrained", "1", "0.4", 0),
        bases={"n": "m"},
    )
    assert list(table["gain"][:2]) == pytest.approx([0.1, 0.3])
    assert list(table["gain_over"][:2]) == ["m", "m"]


def test_tables_without_an_untrained_encoder_have_no_gains():
    assert "gain" not in gains(("m", "1k", "scratch", "1", "0.5", 0))
