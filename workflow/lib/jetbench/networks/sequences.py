"""Jets one behind the other as rows, and side by side in blocks for attention.

Nothing but attention sees padding, and that less than STEP rows a jet.

Dimensions: B jets, P slots a jet, R registers a jet, N particles in the batch, M = B R + N rows, D
width; a block has G jets alike in length with L slots each, S = sum of G L over the blocks.
"""

from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import pad

STEP = 16  # jets of a block differ in length by less


def places(mask: Tensor, number: int | None = None) -> Tensor:
    """Where the mask is True, counted along all of it: (n,).

    On a GPU the host waits for the device to count them, unless it knows their `number`.
    """
    flat = mask.flatten()
    found = flat.nonzero() if number is None else torch.nonzero_static(flat, size=number)
    return found.squeeze(1)


class Blocks:
    """Rows of all jets as blocks (G, L, D) of jets alike in length, and the way back."""

    def __init__(self, lengths: Tensor, group: Tensor, groups: int, rows: int):
        """Jets have `lengths` (B,) of all `rows`; those of one `group` (B,) of `groups` meet."""
        member = group[:, None] == torch.arange(groups, device=group.device)  # (B, groups)
        longest = (member * lengths[:, None]).amax(0).clamp(min=1)
        counts = torch.stack((member.sum(0), longest), 1).tolist()
        self.shapes = [(jets, length) for jets, length in counts if jets]  # (G, L) of each
        self.total = sum(jets * length for jets, length in self.shapes)  # S
        order = group.argsort(stable=True)
        slots = longest[group[order]]
        first = torch.empty_like(slots).index_copy_(0, order, slots.cumsum(0) - slots)
        shift = first - (lengths.cumsum(0) - lengths)  # (B,): from row to place
        shift = shift.repeat_interleave(lengths, output_size=rows)
        self.places = torch.arange(rows, device=group.device) + shift  # (M,) in S
        # A softmax of nothing is no number: a jet without rows looks at one slot, of zeros.
        filled = lengths[order].clamp(min=1).split([jets for jets, _ in self.shapes])
        self.masks = [  # (G, 1, 1, L) of each: True for a row
            (torch.arange(length, device=group.device) < own[:, None])[:, None, None, :]
            for own, (_, length) in zip(filled, self.shapes, strict=True)
        ]

    def part(self, x: Tensor) -> list[Tensor]:
        """(M, D) -> (G, L, D) for each block, zero where there is no row."""
        slots = x.new_zeros(self.total, x.shape[-1]).index_copy_(0, self.places, x)
        parts = slots.split([jets * length for jets, length in self.shapes])
        return [part.unflatten(0, shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def join(self, parts: list[Tensor]) -> Tensor:
        """(G, L, D) of each block -> (M, D)."""
        return torch.cat([part.flatten(0, 1) for part in parts]).index_select(0, self.places)


class Sequences:
    """Rows jet after jet: its registers, then its particles where mask (B, P) is True, in order.

    jets       B
    rows       M
    registers  rows (B R,) of the registers
    particles  rows (N,) of the particles
    lengths    rows (B,) of each jet

    Who knows the `number` N of the particles spares the host a wait for the device.
    """

    def __init__(self, mask: Tensor, registers: int = 0, number: int | None = None):
        self.jets, slots = mask.shape
        place = places(mask, number)
        self.place = place  # (N,) in B P
        self.lengths = mask.sum(1) + registers
        self.rows = self.jets * registers + len(place)
        self.slots = registers + slots
        row = torch.arange(len(place), device=mask.device)
        self.particles = row + registers * (place // max(slots, 1) + 1)
        first = self.lengths.cumsum(0) - self.lengths
        self.registers = (first[:, None] + torch.arange(registers, device=mask.device)).flatten()

    def pack(self, x: Tensor) -> Tensor:
        """(B, P, F) -> (N, F): what belongs to the particles."""
        return x.flatten(0, 1).index_select(0, self.place)

    def fill(self, registers: Tensor, x: Tensor) -> Tensor:
        """(R, D), the same for every jet, and (N, D) of the particles -> (M, D)."""
        rows = x.new_zeros(self.rows, x.shape[-1]).index_copy_(0, self.particles, x)
        registers = registers.to(x.dtype).repeat(self.jets, 1)
        return rows.index_copy_(0, self.registers, registers)

    @cached_property
    def blocks(self) -> Blocks:
        """The rows in blocks, where each looks at those of its own jet."""
        return self.meeting(self)

    @cached_property
    def tokens(self) -> Blocks:
        """One row (B, D) a jet in blocks that belong to `blocks`."""
        ones = torch.ones_like(self.lengths)
        return Blocks(ones, self.group, self.groups, len(ones))

    def meeting(self, others: "Sequences") -> Blocks:
        """These rows in blocks that belong to `others.blocks`, of the same jets."""
        return Blocks(self.lengths, others.group, others.groups, self.rows)

    @property
    def group(self) -> Tensor:
        """(B,): jets of one group differ in length by less than STEP."""
        return (self.lengths - 1).clamp(min=0) // STEP

    @property
    def groups(self) -> int:
        """How many groups there may be."""
        return self.slots // STEP + 1


class OneBlock:
    """All jets as one block with mask (B, L); as `Blocks`, but no shape follows from the mask."""

    def __init__(self, mask: Tensor):
        self.shape = mask.shape
        self.masks = [(mask | ~mask.any(1, keepdim=True))[:, None, None, :]]

    def part(self, x: Tensor) -> list[Tensor]:
        """(B L, D) -> (B, L, D)."""
        return [x.unflatten(0, self.shape)]

    def join(self, parts: list[Tensor]) -> Tensor:
        """(B, L, D) -> (B L, D)."""
        return parts[0].flatten(0, 1)


class PaddedSequences:
    """Every slot of a padded batch as a row, of which particles alone are looked at: N = B P.

    For taggers that are to be written down as a fixed graph: it has what these use of `Sequences`,
    and nothing that depends on where the particles lie.
    """

    def __init__(self, mask: Tensor, registers: int = 0):
        self.jets = mask.shape[0]
        self.mask = mask
        self.number = registers

    def pack(self, x: Tensor) -> Tensor:
        """(B, P, F) -> (N, F)."""
        return x.flatten(0, 1)

    def fill(self, registers: Tensor, x: Tensor) -> Tensor:
        """(R, D), the same for every jet, and (N, D) of all slots -> (M, D)."""
        own = registers.expand(self.jets, -1, -1)
        return torch.cat((own, x.unflatten(0, self.mask.shape)), 1).flatten(0, 1)

    @cached_property
    def blocks(self) -> OneBlock:
        """All rows as one block."""
        return OneBlock(pad(self.mask, (self.number, 0), value=True))

    @cached_property
    def tokens(self) -> OneBlock:
        """One row a jet as one block."""
        return OneBlock(torch.ones_like(self.mask[:, :1]))


Layout = Sequences | PaddedSequences  # of the rows of a tagger
