"""Flags: none on what fits the reference, one on another unit or another distribution."""

import numpy as np
import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.deviations import compared, deviations, read_reference, shifted, stretched
from tests.report.inspected import own_reference, published, scaled, toy_summary

LEVELS = pd.Index([0, 0.05, 0.25, 0.5, 0.75, 0.95, 1])
UNIFORM = pd.Series(LEVELS.to_numpy(float), LEVELS)


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """All classes of toy jets in equal parts."""
    return toy_summary(tmp_path_factory.mktemp("toy"))


def test_the_reference_is_that_of_jetclass():
    reference = published()
    assert reference.loc[0.5, ["multiplicity", "jet_pt", "pt"]].tolist() == [38, 585.4, 5.861521]
    assert reference.loc[0.99, "d0"] == 59.268389 and np.isnan(reference.loc[0.05, "jet_pt"])


def test_a_file_that_fits_has_no_flag(toy):
    assert toy.mixed and deviations(toy, own_reference(toy)) == {}


@pytest.mark.parametrize("name", ["d0", "d0err", "dz", "pt", "deta", "jet_pt", "jet_sdmass"])
@pytest.mark.parametrize("factor", [1e-3, 1e3])
@pytest.mark.parametrize("mixed", [True, False])
def test_another_unit_is_flagged(toy, name, factor, mixed):
    summary = scaled(toy, name, factor)._replace(mixed=mixed)
    found = deviations(summary, own_reference(toy))
    assert found.keys() == {name} and f"spans {factor:.2g} times" in found[name]


def test_another_distribution_is_flagged_in_a_mixture_only(toy):
    broad = scaled(toy, "pt", 2)
    assert deviations(broad, own_reference(toy)).keys() == {"pt"}
    assert deviations(broad._replace(mixed=False), own_reference(toy)) == {}


@pytest.mark.parametrize(("by", "flagged"), [(0.045, False), (0.06, True), (-0.06, True)])
def test_a_shift_of_more_than_five_points_is_flagged(by, flagged):
    words = shifted(UNIFORM + by, UNIFORM, jets=10**6)
    assert (words is not None) == flagged


def test_words_name_the_quantile_that_is_furthest_off():
    got = UNIFORM.copy()
    got[0.25], got[0.5] = 0.35, 0.62
    words = shifted(got, UNIFORM, jets=10**6)
    assert words == "0.62 is its 50% quantile, but the 62% one of the reference"


def test_few_jets_are_forgiven_their_errors():
    assert shifted(UNIFORM + 0.1, UNIFORM, jets=10**6)
    assert shifted(UNIFORM + 0.1, UNIFORM, jets=100) is None  # three errors of the median are 0.15


def test_extremes_are_not_compared():
    got = UNIFORM.copy()
    got[0], got[1] = -1e6, 1e6
    assert shifted(got, UNIFORM, 10**6) is None and stretched(got, UNIFORM) is None


def test_values_that_are_all_the_same_are_flagged():
    assert "spans 0 times" in stretched(UNIFORM * 0, UNIFORM)


def test_no_numbers_are_no_deviation(toy):
    assert deviations(scaled(toy, "pt", np.nan), own_reference(toy)) == {}


def test_jets_that_are_selected_otherwise_are_not_compared(toy):
    names = set(compared(toy._replace(family="btag"), published()))
    assert names == {"pt", "deta", "dphi", "d0", "d0err", "dz", "dzerr"}


@pytest.mark.parametrize("text", ["q,pt\n0,1\n", "quantile,pt\n0,2\n1,1\n", "quantile,pt\n0,x\n"])
def test_a_reference_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "reference.csv").write_text(text)
    with pytest.raises(InputError, match="reference.csv: .*expected"):
        read_reference(tmp_path / "reference.csv")
