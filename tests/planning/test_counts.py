import pytest

from jetbench.errors import InputError
from jetbench.planning.counts import count


@pytest.mark.parametrize(
    "label, jets",
    [("500", 500), (500, 500), ("10k", 10_000), ("10.24M", 10_240_000), ("0.5k", 500)],
)
def test_label_means_this_many_jets(label, jets):
    assert count(label) == jets


@pytest.mark.parametrize("label", ["", "k", "-5", "0", "1.5", "10G", "1e6", "10 k"])
def test_anything_else_is_refused_with_what_came(label):
    with pytest.raises(InputError, match="expected a number of jets"):
        count(label)
