"""Events and jets made once for all tests of this wing."""

import pytest

from jetbench.simulation.btag_production import btag_seed, simulate_btag_jets
from jetbench.simulation.production import file_seed, simulate_jets
from jetbench.simulation.writing import write_root

JETS = 12


@pytest.fixture(scope="session")
def hbb_columns():
    """A few Hbb jets, as columns."""
    return simulate_jets("HToBB", JETS, file_seed("HToBB", 7000))


@pytest.fixture(scope="session")
def hbb_file(hbb_columns, tmp_path_factory):
    """The same jets in a ROOT file."""
    path = tmp_path_factory.mktemp("simulated") / "HToBB_7000.root"
    write_root(path, hbb_columns)
    return path


@pytest.fixture(scope="session")
def btag_columns():
    """450 jets of the simulated BTag, as columns."""
    return simulate_btag_jets(450, btag_seed(99_000_000))
