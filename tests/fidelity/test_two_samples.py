"""Simulated against real jets, beside the same test for a detector that is known to be wrong."""

import numpy as np
import pytest

from jetbench.data.datasets import CLASSES
from tests.fidelity.two_samples import auc, draw, features

pytestmark = [pytest.mark.fidelity, pytest.mark.real]

RATIO = 5  # simulated jets for each real one
DRAWS = 6
NULL_DRAWS = 12


def against(real, real_label, other, seeds) -> np.ndarray:
    """AUC of real jets against class-matched draws of `other`, one for each seed."""
    counts = RATIO * np.bincount(real_label, minlength=len(CLASSES))
    chosen = (draw(other[:, -1], counts, np.random.default_rng(seed)) for seed in seeds)
    return np.array(
        [auc(real, other[jets], seed) for seed, jets in zip(seeds, chosen, strict=True)]
    )


@pytest.fixture(scope="module")
def right(simulated):
    return features(simulated)


@pytest.fixture(scope="module")
def truth(real_jets):
    return features(real_jets)


@pytest.fixture(scope="module")
def chance(right, real_jets):
    """AUC of as many simulated jets, in place of the real ones, against other simulated jets."""
    areas = []
    for seed in range(NULL_DRAWS):
        counts = np.bincount(real_jets.label, minlength=len(CLASSES))
        taken = draw(right[:, -1], counts, np.random.default_rng(1000 + seed))
        rest = np.delete(right, taken, axis=0)
        areas.append(against(right[taken], real_jets.label, rest, [seed])[0])
    print(f"\nsimulated against simulated: AUC {np.mean(areas):.3f} +- {np.std(areas, ddof=1):.3f}")
    return np.array(areas)


def test_simulated_jets_cannot_be_told_from_real_ones(truth, real_jets, right, chance):
    areas = against(truth, real_jets.label, right, range(DRAWS))
    error = np.std(chance, ddof=1)
    print(
        f"\nreal against simulated: AUC {areas.mean():.3f} +- {error:.3f}, draws {areas.round(3)}"
    )
    assert areas.mean() - chance.mean() < 2 * error


def test_a_wrong_detector_is_caught(truth, real_jets, wrong_detector, chance):
    areas = against(truth, real_jets.label, features(wrong_detector), range(DRAWS))
    error = np.std(chance, ddof=1)
    print(f"\nreal against wrong detector: AUC {areas.mean():.3f} +- {error:.3f}, {areas.round(3)}")
    assert areas.mean() - chance.mean() > 5 * error
