import pandas as pd
import pytest

from jetbench.evaluation.reconstruction import distances
from jetbench.report.distances import read_reconstructions, with_distances
from tests.evaluation.reconstructions import write_reconstruction


@pytest.fixture
def made(tmp_path):
    """Reconstructions of two seeds of a model, and one with three features."""
    paths = [write_reconstruction(tmp_path / f"{n}.h5", "mpm_flow", seed=n) for n in (1, 2)]
    paths.append(write_reconstruction(tmp_path / "3.h5", "mpm_set", width=3))
    return read_reconstructions(paths)


def results(*pairs):
    return pd.DataFrame(pairs, columns=["model", "start"])


def test_distances_stand_in_the_rows_of_frozen_encoders(made):
    table = with_distances(results(("mpm_flow", "untrained"), ("mpm_flow", "frozen")), made)
    assert list(table["w1_pt"].isna()) == [True, False]


def test_seeds_are_averaged(made):
    row = with_distances(results(("mpm_flow", "frozen")), made).iloc[0]
    first, second = (distances(content)[1] for content in made[:2])
    assert row["w1_deta"] == pytest.approx((first.value + second.value) / 2)
    assert row["w1_deta_floor"] == pytest.approx((first.floor + second.floor) / 2)


def test_features_that_are_not_made_have_no_distance(made):
    table = with_distances(results(("mpm_set", "frozen"), ("mpm_flow", "frozen")), made)
    assert list(table["w1_d0"].isna()) == [True, False] and not table["w1_dphi"].isna().any()


def test_rows_keep_their_order_and_number(made):
    pairs = [("part", "frozen"), ("mpm_set", "frozen"), ("mpm_flow", "frozen")]
    assert list(with_distances(results(*pairs), made)["model"]) == [model for model, _ in pairs]


def test_results_without_reconstructions_stay_as_they_are():
    table = results(("mpm_flow", "frozen"))
    assert with_distances(table, []) is table
