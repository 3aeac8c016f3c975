"""Learning rate as a factor of the recipe's; epochs and steps count from 0."""

import math
from collections.abc import Callable

FLOOR = 1e-3  # of the recipe's rate, below which those by step do not fall


def flat_decay(epoch: int, epochs: int) -> float:
    """1 for the first epochs, then 0.01^(i/n) in the i-th of the last n = int(0.3 epochs).

    The last epoch has 1 % of the rate. Source: weaver's `flat+decay`. Fewer than 4 epochs leave
    none to decay in.
    """
    decaying = int(0.3 * epochs)
    i = epoch + 1 - (epochs - decaying)
    return 0.01 ** (i / decaying) if i > 0 else 1.0


def cosine(step: int, warm_up: int, steps: int) -> float:
    """step / warm_up, then max((1 + cos(pi t)) / 2, 0.001), t = (step - warm_up) / what is left.

    The schedules of arXiv:2409.12589 are these two: the very first step has rate 0.
    """
    if step < warm_up:
        return step / warm_up
    t = (step - warm_up) / (steps - warm_up)
    return max((1 + math.cos(math.pi * t)) / 2, FLOOR)


def constant(step: int, warm_up: int, steps: int) -> float:
    """step / warm_up, then 1: the rate of the recipe throughout, where there is no warm-up."""
    return step / warm_up if step < warm_up else 1.0


def exponential(step: int, warm_up: int, half_life: int) -> float:
    """step / warm_up, then max(2^-((step - warm_up) / half_life), 0.001)."""
    if step < warm_up:
        return step / warm_up
    return max(2 ** -((step - warm_up) / half_life), FLOOR)


BY_EPOCH: dict[str, Callable[[int, int], float]] = {
    "flat_decay": flat_decay,
}
BY_STEP: dict[str, Callable[[int, int, int], float]] = {
    "constant": constant,
    "cosine": cosine,
    "exponential": exponential,
}
SCHEDULES = BY_EPOCH | BY_STEP
