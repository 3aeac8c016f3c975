"""Numbers as people write them: 2.14M, 0.861 ± 0.003, > 100."""

import math
import re

from jetbench.errors import InputError

UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}
NOTHING = "–"  # not published, or not defined


def count(label: str | float) -> float:
    """Number behind a label: "86.1k" is 86100, "2.14M" is 2140000; InputError for other text."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kMG]?)", str(label))
    if not match:
        raise InputError(f"expected a count such as 500, 86.1k or 2.14M, got {label!r}")
    return round(float(match[1]) * UNITS[match[2]], 6)


def label(number: float) -> str:
    """Three digits and a unit: 2143486 is "2.14M", 10000 is "10k"."""
    for unit, size in reversed(UNITS.items()):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.3g}"


def with_error(value: float, error: float) -> str:
    """`value ± error`, both rounded to the error's first two digits, or one if these are above 35.

    That is the rule of the Particle Data Group. Without an error, four digits of the value.
    """
    if not error > 0:  # nan as well
        return NOTHING if math.isnan(value) else f"{value:.4g}"
    places = decimals(error)
    return f"{fixed(value, places)} ± {fixed(error, places)}"


def with_interval(value: float, low: float, high: float) -> str:
    """`value +up −down`, all rounded to the smaller of the two errors; `value ± error` if equal."""
    up, down = high - value, value - low
    places = decimals(min(error for error in (up, down) if error > 0))
    up, down = fixed(up, places), fixed(down, places)
    return f"{fixed(value, places)} " + (f"± {up}" if up == down else f"+{up} −{down}")


def decimals(error: float) -> int:
    """Decimals to which numbers with that error are rounded; negative for tens and hundreds."""
    exponent = math.floor(math.log10(error))
    return (1 if error / 10**exponent < 3.55 else 0) - exponent


def fixed(number: float, places: int) -> str:
    """The number with so many decimals."""
    return f"{round(number, places):.{max(places, 0)}f}"
