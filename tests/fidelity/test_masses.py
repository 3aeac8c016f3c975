"""Soft-drop mass peaks where heavy particles have them, shifted down by neutrinos and grooming."""

import numpy as np
import pytest
import uproot

from jetbench.data.datasets import CLASSES

pytestmark = pytest.mark.fidelity

MEDIANS = {"Zqq": 86.8, "Wqq": 77.7, "Hbb": 114.0, "Tbqq": 164.0, "QCD": 18.0}  # GeV, prototype
TOLERANCE = {"QCD": 3.0}  # GeV; its spectrum falls steeply and has no peak


@pytest.mark.parametrize("name", MEDIANS)
def test_median_of_the_soft_drop_mass(simulated_files, name):
    tree = uproot.open(simulated_files[CLASSES.index(name)])["tree"]
    mass = tree["jet_sdmass"].array(library="np")
    median, error = (
        np.median(mass),
        0.9 * np.subtract(*np.quantile(mass, (0.75, 0.25))) / np.sqrt(len(mass)),
    )
    print(f"\n{name}: median soft-drop mass {median:.1f} +- {error:.1f} GeV")
    assert median == pytest.approx(MEDIANS[name], abs=TOLERANCE.get(name, 2.0))
