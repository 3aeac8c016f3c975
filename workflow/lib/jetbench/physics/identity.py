"""Kinds of particles, as masked particle modelling tells them apart.

0 photon, 1 h-, 2 h0, 3 h+, 4 e-, 5 e+, 6 mu-, 7 mu+ (arXiv:2409.12589).
"""

from typing import TypeVar

Array = TypeVar("Array")  # of numpy or torch

PHOTON, NEUTRAL_HADRON = 0, 2


def is_neutral(identity: Array) -> Array:
    """Whether particles of these identities have no track, so no impact parameters.

    A tensor or an array of any shape -> bool of that shape.
    """
    return (identity == PHOTON) | (identity == NEUTRAL_HADRON)
