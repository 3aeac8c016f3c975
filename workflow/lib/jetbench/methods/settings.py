"""Settings of a method, checked before anything is built from them."""

import inspect
from collections.abc import Callable, Collection, Iterable

from jetbench.errors import InputError, nearest


def check_name(where: str, name: str, known: Collection[str]) -> None:
    """Refuse a name that is not known, naming the nearest that is."""
    if name not in known:
        raise InputError(f"{where}: unknown name {name!r}; {nearest(name, known)}")


def check_settings(where: str, function: Callable, settings: Iterable[str], given: int) -> None:
    """Refuse a setting that is not an argument of `function` after the `given` first ones."""
    known = [*inspect.signature(function).parameters][given:]
    for key in settings:
        if not known:
            raise InputError(f"{where}: expected no settings, got {key!r}")
        if key not in known:
            raise InputError(f"{where}: unknown setting {key!r}; {nearest(key, known)}")
