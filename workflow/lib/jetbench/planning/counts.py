"""Jet counts as people write them: 10k, 10.24M, 100M."""

import re

from jetbench.errors import InputError

UNITS = {"": 1, "k": 1_000, "M": 1_000_000}


def count(label: str | int) -> int:
    """Number of jets behind a label: "10k" is 10 000, "10.24M" is 10 240 000, 500 is 500.

    Raises InputError for anything that is not a whole, positive number of jets.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kM]?)", str(label))
    jets = round(float(match[1]) * UNITS[match[2]], 6) if match else 0
    if jets < 1 or jets != int(jets):
        raise InputError(f"expected a number of jets such as 500, 10k or 10.24M, got {label!r}")
    return int(jets)
