"""What is known of a file on its way, in {file}.partial.json: it outlives a killed process."""

import json
from pathlib import Path
from typing import NamedTuple

from jetbench.files import whole


class State(NamedTuple):
    """Size of the whole file; and, if no checksum is known, whose bytes have come.

    The validator is the strong ETag or the Last-Modified that came with them (RFC 9110, 8.8).
    """

    total: int | None = None
    url: str | None = None
    validator: str | None = None


def state_of(partial: Path) -> Path:
    """Where the state of a partial file lies."""
    return partial.with_name(f"{partial.name}.json")


def read_state(partial: Path) -> State:
    """State of a partial file; an empty one if none is there, or one that cannot be read."""
    try:
        return State(**json.loads(state_of(partial).read_text()))
    except (FileNotFoundError, ValueError, TypeError):  # a power failure may have cut it short
        return State()


def lacking(folder: Path) -> dict[str, int]:
    """Bytes that each unfinished download in `folder` still lacks, by name, where it is known."""
    found = {}
    for state in folder.glob("[!.]*.partial.json"):  # with a point: one that is being written
        partial = state.with_suffix("")
        try:
            lack = (read_state(partial).total or 0) - partial.stat().st_size
        except FileNotFoundError:  # it has just come to its end
            continue
        if lack > 0:
            found[partial.stem] = lack
    return found


def write_state(partial: Path, state: State) -> None:
    """Keep the state of a partial file, before the bytes come that it tells of."""
    with whole(state_of(partial)) as path:
        path.write_text(json.dumps(state._asdict()))
