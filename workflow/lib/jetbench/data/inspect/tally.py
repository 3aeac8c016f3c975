"""Blocks of a file of jets in, what is counted of them out."""

from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np

from jetbench.data.inspect.quantities import jet_quantities, particle_quantities, unordered
from jetbench.data.inspect.unchecked_shards import Block, Raw
from jetbench.errors import InputError

TRACKS = 15  # as readers/btagfiles.py has it, whose import takes long
MOST = {"btag": TRACKS}  # particles of a jet that are looked at, as networks are shown; else 128
CALORIMETER = {"btag"}  # data sets whose tracks may have more pT than the jet that they point to
HARDER = 1.01  # leading pT / jet pT above all rounding
SMALLEST = 500  # jets: no fewer are tried where more cannot be read


class Broken(NamedTuple):
    """NaN and infinities of a column: how many, in how many jets, and the entry of the first."""

    nan: int
    infinite: int
    jets: int
    first: int


class Damage(NamedTuple):
    """Jets that cannot be read, and why."""

    start: int
    stop: int
    why: str


class Tally:
    """What is known of the blocks that were read."""

    def __init__(self, raw: Raw):
        self.raw = raw
        self.most = MOST.get(raw.family, 128)
        self.jets, self.particles = defaultdict(list), defaultdict(list)
        self.faults, self.broken, self.damage = Counter(), {}, []
        self.read = self.beyond = 0

    def add_readable(self, start: int, stop: int) -> None:
        """Add what can be read of the jets from start to stop, by halves down to SMALLEST."""
        try:
            self.add(start, stop)
        except InputError as error:
            if stop - start < 2 * SMALLEST:
                self.damage.append(Damage(start, stop, str(error)))
                return
            middle = (start + stop) // 2
            self.add_readable(start, middle)
            self.add_readable(middle, stop)

    def remarks(self) -> list[str]:
        """What to say of jets that cannot be read: nothing, or one line."""
        if not self.damage:
            return []
        jets, first = sum(part.stop - part.start for part in self.damage), self.damage[0]
        return [f"{jets} jets cannot be read, the first in entries from {first.start}: {first.why}"]

    def add(self, start: int, stop: int) -> None:
        """Read the jets from start to stop and count them."""
        block = self.raw.read(start, stop)
        counts = np.diff(block.first)
        self.read += stop - start
        self.beyond += np.count_nonzero(counts > self.most)
        self.faults["particle branches of unequal length"] += stop - start - len(block.entries)
        self.faults["no particles"] += np.count_nonzero(counts == 0)
        self.faults["particles not in descending pT"] += unordered(block)
        self.count_broken(block)
        jets = jet_quantities(block) | {"label": self.raw.labels[block.entries]}
        if "leading_share" in jets and self.raw.family not in CALORIMETER:
            harder = np.count_nonzero(jets["leading_share"] > HARDER)
            self.faults["a particle of more pT than the jet"] += harder
        for name, values in jets.items():
            self.jets[name].append(values)
        particles = particle_quantities(block, self.most)
        for name, values in particles.items():
            self.particles[name].append(values.astype(np.float32))

    def count_broken(self, block: Block) -> None:
        """Count NaN and infinities by column."""
        owners = {"jets": block.entries}
        owners["particles"] = np.repeat(block.entries, np.diff(block.first))
        for name, own in self.raw.names.items():
            group, column = name.split("/")
            values = getattr(block, group)[column]
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                entries = np.unique(owners[group][~np.isfinite(values)])
                before = self.broken.get(own, Broken(0, 0, 0, int(entries[0])))
                self.broken[own] = Broken(
                    before.nan + int(np.isnan(values).sum()),
                    before.infinite + int(np.isinf(values).sum()),
                    before.jets + len(entries),
                    before.first,
                )
