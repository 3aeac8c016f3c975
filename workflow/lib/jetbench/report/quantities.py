"""Times, hours and sizes of a plan with as many digits as help a reader."""

from jetbench.report.numbers import label

HOUR, DAY = 3600, 86400


def duration(seconds: float) -> str:
    """45 s, 7.5 min, 12 h, 3.2 days."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    for unit, length, most in (("min", 60, 90), ("h", HOUR, 48)):
        if seconds < most * length:
            return f"{seconds / length:.{0 if seconds >= 10 * length else 1}f} {unit}"
    return f"{seconds / DAY:.1f} days"


def hours(number: float) -> str:
    """0, < 0.1, 4.2, 266."""
    if 0 < number < 0.05:
        return "< 0.1"
    return f"{number:.0f}" if number >= 10 or not number else f"{number:.1f}"


def size(number: float) -> str:
    """177 GB, 1.2 TB."""
    for unit, bytes_ in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= bytes_:
            return f"{number / bytes_:.3g} {unit}"
    return f"{label(number / 1e3)} kB"
