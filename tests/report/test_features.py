import pytest

from jetbench.data.columns import named
from jetbench.data.fitting import COLUMNS
from jetbench.evaluation.reconstruction import FEATURES
from jetbench.report import fits, marginals
from jetbench.report.features import NAMES


@pytest.mark.parametrize("names", [NAMES, fits.SCALES, marginals.SCALES])
def test_every_feature_is_named_and_has_its_scales(names):
    assert tuple(names) == FEATURES


def test_units_are_those_of_the_shards():
    assert [name.unit or "1" for name in NAMES.values()] == list(named(COLUMNS)["units"])
