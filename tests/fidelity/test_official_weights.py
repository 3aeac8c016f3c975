"""The published ParticleNet, trained on JetClass, takes the simulated jets for its own."""

import numpy as np
import pytest

from jetbench.data.datasets import CLASSES
from jetbench.evaluation.classification import accuracy, auc
from tests.fidelity.official import scores

pytestmark = [pytest.mark.fidelity, pytest.mark.real]


def report(name: str, sample, probabilities) -> float:
    """Print accuracy, AUC and the accuracy of every class; return the accuracy."""
    right = probabilities.argmax(axis=1) == sample.label
    by_class = (f"{c} {right[sample.label == i].mean():.3f}" for i, c in enumerate(CLASSES))
    value, error = accuracy(probabilities, sample.label)
    area = auc(probabilities, sample.label)
    print(
        f"\n{name}: accuracy {value:.4f} +- {error:.4f}, AUC {area.value:.4f} +- {area.error:.4f}"
    )
    print("  " + ", ".join(by_class))
    return value


@pytest.mark.parametrize(("features", "low", "high"), [("kin", 0.69, 0.73), ("full", 0.83, 0.87)])
def test_official_weights_recognise_simulated_jets(real, simulated, features, low, high):
    probabilities = scores(simulated, features, real / f"ParticleNet_{features}.pt")
    assert low <= report(f"simulated, {features}", simulated, probabilities) <= high


def test_official_weights_recognise_the_real_jets_at_hand(real, real_jets):
    probabilities = scores(real_jets, "kin", real / "ParticleNet_kin.pt")
    assert np.isclose(report("real, kin", real_jets, probabilities), 0.718, atol=0.002)
