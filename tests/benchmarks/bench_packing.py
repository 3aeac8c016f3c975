"""Time of the set encoder on packed jets and on padded ones, at full width, on one thread.

python tests/benchmarks/bench_packing.py [folder of shards]

Without a folder the jets are as long as the 500 real ones (JETBENCH_REAL). All forms get the same
jets: packed are the survivors of masking (40 % dropped) and all particles; padded are all of them,
to the longest jet of the batch or to 128 slots, which a training without packing computes too. The
padded forms are our layers on every slot, and PyTorch's own with as many multiply-accumulates.

The second table is the attention of one layer alone, on the survivors: in blocks of jets alike in
length (ours), jet by jet, in nested tensors, and all rows at once under a mask.

Every turn runs each form once, so that all see the same load of the machine; the tables give
medians of the processor's time, and the median of the ratios of the turns to the packed survivors.
"""

import logging
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "lib")]

from jetbench.data.jets import Jets  # noqa: E402
from jetbench.networks.sequences import PaddedSequences, Sequences  # noqa: E402
from jetbench.networks.set_encoder import SetEncoder  # noqa: E402
from tests.conftest import REAL  # noqa: E402

JETS, SLOTS, REGISTERS, WIDTH, HEADS, DEPTH = 32, 128, 8, 512, 8, 8
DROPPED = 0.4
TURNS, WARM_UP = 3, 1
Form = Callable[[], Tensor]


def lengths() -> Tensor:
    """Particles of JETS random jets, at most SLOTS."""
    if len(sys.argv) > 1:
        jets = Jets(sorted(Path(sys.argv[1]).glob("*.h5")))
        counts, _ = jets.read([(0, min(len(jets), 1000))], ["jets/label"])
    else:
        counts = np.load(REAL / "jetclass_500.npz")["count"].astype(int)
    return torch.from_numpy(counts)[torch.randperm(len(counts))[:JETS]].clamp(max=SLOTS)


def mask_of(counts: Tensor, slots: int) -> Tensor:
    """(B, P), True for the first particles of each jet."""
    return torch.arange(slots) < counts[:, None]


def packed(encoder: SetEncoder, counts: Tensor, slots: int, layout: type = Sequences) -> Form:
    """The encoder on jets of so many particles; a batch is laid out each time."""
    mask = mask_of(counts, slots)
    x = layout(mask, REGISTERS).pack(torch.randn(JETS, slots, WIDTH))
    return lambda: encoder(x, layout(mask, REGISTERS))


def torchs(stack: nn.Module, counts: Tensor) -> Form:
    """PyTorch's layers on SLOTS slots and registers."""
    mask = mask_of(counts + REGISTERS, SLOTS + REGISTERS)
    x = torch.randn(*mask.shape, WIDTH)
    return lambda: stack(x, src_key_padding_mask=~mask)


def heads(x: Tensor) -> Tensor:
    """(G, L, 3 D) -> query, key and value (3, G, H, L, D / H)."""
    return x.unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)


def attend(x: Tensor, mask: Tensor | None = None) -> Tensor:
    """softmax(Q K^T / sqrt(d)) V, (G, L, 3 D) -> (G, L, D)."""
    return scaled_dot_product_attention(*heads(x), mask).transpose(1, 2).flatten(2)


def attentions(counts: Tensor) -> dict[str, Form]:
    """Attention among the rows of jets of so many particles, in several ways."""
    rows = Sequences(mask_of(counts, SLOTS), REGISTERS)
    x = torch.randn(rows.rows, 3 * WIDTH, requires_grad=True)
    lengths, offsets = rows.lengths.tolist(), torch.cumsum(rows.lengths, 0)
    offsets = nn.functional.pad(offsets, (1, 0))
    jet = torch.arange(JETS).repeat_interleave(rows.lengths)
    same = jet[:, None] == jet

    def nested() -> Tensor:
        parts = (part.contiguous() for part in x.chunk(3, -1))
        parts = (torch.nested.nested_tensor_from_jagged(part, offsets) for part in parts)
        parts = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in parts)
        return scaled_dot_product_attention(*parts).transpose(1, 2).flatten(2).values()

    def in_blocks() -> Tensor:
        parts = zip(rows.blocks.part(x), rows.blocks.masks, strict=True)
        return rows.blocks.join([attend(*part) for part in parts])

    return {
        "blocks of jets alike in length": in_blocks,
        "jet by jet": lambda: torch.cat([attend(jet[None])[0] for jet in x.split(lengths)]),
        "nested tensors": nested,
        "all rows under a mask": lambda: attend(x[None], same)[0],
    }


def encoders(counts: Tensor, kept: Tensor) -> dict[str, Form]:
    """The encoder on packed and on padded jets of so many particles, `kept` behind masking."""
    encoder = SetEncoder(width=WIDTH, depth=DEPTH, heads=HEADS, registers=REGISTERS)
    layer = nn.TransformerEncoderLayer(
        WIDTH, HEADS, 3 * WIDTH, dropout=0.0, batch_first=True, norm_first=True
    )
    stack = nn.TransformerEncoder(layer, DEPTH, enable_nested_tensor=False)
    longest = int(counts.max())
    return {
        "packed, survivors": packed(encoder, kept, SLOTS),
        "packed, all": packed(encoder, counts, SLOTS),
        f"padded to the longest, {longest}": packed(encoder, counts, longest, PaddedSequences),
        f"padded to {SLOTS}": packed(encoder, counts, SLOTS, PaddedSequences),
        f"PyTorch's layers, padded to {SLOTS}": torchs(stack, counts),
    }


def seconds(form: Form) -> tuple[float, float]:
    """Processor time of a forward alone, and of a forward with its backward."""
    start = time.process_time()
    with torch.no_grad():
        form()
    middle = time.process_time()
    form().square().mean().backward()
    return middle - start, time.process_time() - middle


def show(forms: dict[str, Form]) -> None:
    """Print the table of some forms, each compared with the first."""
    turns = [[seconds(form) for form in forms.values()] for _ in range(WARM_UP + TURNS)][WARM_UP:]
    print(
        "\n| form | forward, ms | times | forward and backward, ms | times |\n|---|---|---|---|---|"
    )
    for place, name in enumerate(forms):
        row = []
        for step in range(2):
            row.append(f"{1e3 * statistics.median(turn[place][step] for turn in turns):.1f}")
            ratios = (turn[place][step] / turn[0][step] for turn in turns)
            row.append(f"{statistics.median(ratios):.2f}")
        print(f"| {name} | {' | '.join(row)} |", flush=True)


def main() -> None:
    """Print both tables."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    logging.disable(logging.WARNING)  # nested tensors are new, and say so
    warnings.filterwarnings("ignore")
    counts = lengths()
    kept = counts - (DROPPED * counts).floor().long()
    print(f"torch {torch.__version__}, {JETS} jets, {counts.sum()} particles, {kept.sum()} kept")
    show(encoders(counts, kept))
    show(attentions(kept))


if __name__ == "__main__":
    main()
