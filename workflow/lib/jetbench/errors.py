"""The one exception that users are meant to read, and the hint in its messages."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """Input that cannot be used. The message says where, what was expected and what came.

    Scripts print it without a traceback; anything else is a defect of ours and keeps its traceback.
    """


def nearest(word: str, known: Iterable[str]) -> str:
    """Hint for an unknown word: the nearest known one, or all of them if none is near."""
    words = sorted(map(str, known))
    close = get_close_matches(str(word), words, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(words)}"
