"""A file of jets -> the numbers that a physicist looks at before training, good file or bad."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from jetbench.data.columns import ORIGINS, PARTICLE_IDS
from jetbench.data.datasets import CLASSES, JETCLASS
from jetbench.data.inspect.histograms import INTEGER, Histogram, histogram
from jetbench.data.inspect.tally import Broken, Tally
from jetbench.data.inspect.unchecked_shards import Raw, open_raw_shard
from jetbench.errors import InputError
from jetbench.progress import track

SUFFIXES = (".h5", ".root")
LEVELS = (0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1)
LIMIT = 100_000  # jets that are looked at, about 4M particles
BLOCK = 10_000  # jets in memory at once with all their columns
CODES = {"id": (*PARTICLE_IDS, "several"), "origin": ORIGINS}
NEITHER = "unknown code"  # particles with a code that means nothing
UNCLASSED = "none or several"
FEW = 30  # bins of the jets of a class


class Summary(NamedTuple):
    """What a file holds; quantities and all that is said of particles are those of `read` jets."""

    path: str
    about: dict[str, str]
    family: str  # the data set whose columns it has
    counts: dict[str, int]  # jets by class, of the whole file
    mixed: bool  # has all classes of JetClass in like numbers
    read: int
    most: int  # particles of a jet that are looked at
    beyond: int  # jets with more
    levels: tuple[float, ...]
    quantiles: dict[str, np.ndarray]  # of each quantity, at the levels
    histograms: dict[str, Histogram]
    shares: dict[str, dict[str, int]]  # particles by id, and by origin
    columns: int  # number of those that could be read
    broken: dict[str, Broken]  # columns with NaN and infinities
    faults: dict[str, int]  # jets that conversion would refuse, by what ails them
    remarks: list[str]  # on jets and columns that cannot be read


def inspect(path: str | os.PathLike, limit: int = LIMIT) -> Summary:
    """Look at a shard or a ROOT file, at `limit` jets of it in blocks spread evenly.

    Raises InputError for a file of which no jet can be read; for nothing that it holds.
    """
    with opened(path) as raw:
        tally = Tally(raw)
        for start, stop in track(spans(len(raw.labels), limit), f"inspect {Path(path).name}"):
            tally.add_readable(start, stop)
        if not tally.read:
            raise InputError(tally.damage[0].why)
        return summarise(path, raw, tally)


def opened(path: str | os.PathLike) -> AbstractContextManager[Raw]:
    """The file, by the suffix of its name."""
    if Path(path).suffix not in SUFFIXES:
        raise InputError(f"{path}: expected a file that ends in {' or '.join(SUFFIXES)}")
    if Path(path).suffix == ".h5":
        return open_raw_shard(path)
    from jetbench.data.inspect.unchecked_root import open_raw_root  # uproot takes long to import

    return open_raw_root(path)


def spans(jets: int, limit: int) -> list[tuple[int, int]]:
    """Blocks (start, stop) of at most BLOCK jets, together `limit` jets or all of them."""
    count = min(jets, limit)
    bounds = np.linspace(0, count, -(-count // BLOCK) + 1).astype(int)
    gaps = np.linspace(0, jets - count, len(bounds) - 1).astype(int)
    return [(int(a + g), int(b + g)) for a, b, g in zip(bounds, bounds[1:], gaps, strict=False)]


def summarise(path: str | os.PathLike, raw: Raw, tally: Tally) -> Summary:
    """The summary of what was read."""
    jets, particles = (joined(values) for values in (tally.jets, tally.particles))
    labels = jets.pop("label")
    groups = {name: labels == label for label, name in enumerate(raw.classes)}
    groups[UNCLASSED] = labels < 0
    histograms = {name: histogram(name, values, groups, FEW) for name, values in jets.items()}
    coded = [name for name in CODES if name in particles]
    shares = {name: share(particles.pop(name), CODES[name]) for name in coded}
    for name, values in particles.items():
        histograms[name] = histogram(name, values, {"": np.full(len(values), True)})
    counts = class_counts(raw)
    return Summary(
        path=str(path),
        about=raw.about,
        family=raw.family,
        counts=counts,
        mixed=is_mixed(raw.family, counts),
        read=tally.read,
        most=tally.most,
        beyond=tally.beyond,
        levels=LEVELS,
        quantiles={name: quantiles(name, values) for name, values in (jets | particles).items()},
        histograms={name: filled for name, filled in histograms.items() if filled},
        shares=shares,
        columns=len(raw.names),
        broken=tally.broken,
        faults={name: int(n) for name, n in (*tally.faults.items(), *label_faults(path, raw))},
        remarks=[*tally.remarks(), *raw.remarks],
    )


def joined(values: dict[str, list[np.ndarray]]) -> dict[str, np.ndarray]:
    """The blocks of each quantity in one array."""
    return {name: np.concatenate(parts) for name, parts in values.items()}


def quantiles(name: str, values: np.ndarray) -> np.ndarray:
    """Quantiles of the finite values at LEVELS, of integers observed ones; NaN without values."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return np.full(len(LEVELS), np.nan)
    return np.quantile(finite, LEVELS, method="inverted_cdf" if name in INTEGER else "linear")


def share(codes: np.ndarray, names: tuple[str, ...]) -> dict[str, int]:
    """Number of particles by the name of their code, of those names that occur."""
    counts = {name: np.count_nonzero(codes == code) for code, name in enumerate(names)}
    counts[NEITHER] = len(codes) - sum(counts.values())
    return {name: int(count) for name, count in counts.items() if count}


def class_counts(raw: Raw) -> dict[str, int]:
    """Jets by class in the whole file, those of no class last if there are any."""
    counts = np.bincount(raw.labels + 1, minlength=len(raw.classes) + 1).tolist()
    known = dict(zip(raw.classes, counts[1:], strict=True))
    return known | ({UNCLASSED: counts[0]} if counts[0] else {})


def label_faults(path: str | os.PathLike, raw: Raw) -> Iterator[tuple[str, int]]:
    """Jets of no class, and those of another class than the name of a file of JetClass tells."""
    process = Path(path).stem.rpartition("_")[0]
    told = [c.name for c in JETCLASS if c.process == process]
    yield "no label, or several", np.count_nonzero(raw.labels < 0)
    if told and Path(path).suffix == ".root":
        wanted = raw.classes.index(told[0]) if told[0] in raw.classes else -1
        others = np.count_nonzero((raw.labels != wanted) & (raw.labels >= 0))
        yield f"another class than {told[0]}, after which the file is named", others


def is_mixed(family: str, counts: dict[str, int]) -> bool:
    """Whether the jets are those of JetClass, its classes all there in like numbers."""
    found = [counts.get(name, 0) for name in CLASSES]
    return family == "jetclass" and min(found) >= 0.5 * np.mean(found) > 0
