"""Whether an ONNX file answers as the network that it was made from.

Dimensions: B jets, P slots a jet, F features, C classes; the file has channels before particles.
"""

from collections.abc import Sequence

import numpy as np
import torch
from onnxruntime import InferenceSession, SessionOptions
from torch import Tensor, nn

from jetbench.errors import InputError

INPUTS = ("points", "features", "vectors", "mask")
IDENTITY = slice(7, 8)  # where the set `lifetime` has a number from 0 to 7, whose whole part counts
TOLERANCE = 1e-5  # of a score between 0 and 1, absolute
CHECKED = (  # particles of the jets of a batch, slots
    ([1], 1),
    ([128], 128),
    ([17, 2, 5], 17),
    ([9, 0, 30], 50),
    ([1, 16, 17, 40, 64, 100, 128], 128),
)
Batch = tuple[Tensor, Tensor, Tensor, Tensor]


def verify(content: bytes, network: nn.Module, name: str) -> float:
    """max |scores of the file - softmax(network)| over ragged batches of random jets.

    What lies in the slots behind the particles must not matter to the file.

    Raises:
        InputError: it is above the tolerance or no number, or another class has the largest score.
    """
    session = open_session(content)
    inputs, largest = session.get_inputs()[1].shape[1], 0.0
    for counts, slots in CHECKED:
        expected = scores(network, random_jets(counts, slots, inputs))
        for padding in (0.0, torch.nan):
            answer = ask(session, random_jets(counts, slots, inputs, padding))
            deviation = np.abs(answer - expected).max().item()
            same = np.take_along_axis(expected, answer.argmax(1)[:, None], 1)[:, 0]
            if not deviation <= TOLERANCE or (same < expected.max(1)).any():
                raise InputError(
                    f"{name}: expected the scores of the network within {TOLERANCE:.0e} and the "
                    f"same largest ones, got {deviation:.1e} for jets of {counts} particles"
                )
            largest = max(largest, deviation)
    return largest


def open_session(content: bytes | str) -> InferenceSession:
    """The content of a file, or its path, ready to be asked; one thread, as the rule has."""
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return InferenceSession(content, options, providers=["CPUExecutionProvider"])


def ask(session: InferenceSession, jets: Batch) -> np.ndarray:
    """Scores (B, C) of the file."""
    feed = dict(zip(INPUTS, for_file(jets), strict=True))
    return session.run(None, {name: x.numpy() for name, x in feed.items()})[0]


@torch.inference_mode()
def scores(network: nn.Module, jets: Batch) -> np.ndarray:
    """softmax(network), (B, C)."""
    return network(*jets).softmax(1).numpy()


def for_file(jets: Batch) -> Batch:
    """The same jets with channels before particles, (B, ., P), and a mask of numbers (B, 1, P)."""
    points, features, vectors, mask = jets
    channels = (x.transpose(1, 2).contiguous() for x in (points, features, vectors))
    return *channels, mask.unsqueeze(1).float()


def random_jets(counts: Sequence[int], slots: int, inputs: int, padding: float = 0.0) -> Batch:
    """Points, features, vectors and mask of jets of massless particles; always the same ones.

    The slots behind the particles hold `padding`.
    """
    draw = torch.Generator().manual_seed(1)
    shape = (len(counts), slots)
    mask = torch.arange(slots) < torch.tensor(counts).unsqueeze(1)
    points = 0.3 * torch.randn(*shape, 2, generator=draw)
    features = torch.randn(*shape, inputs, generator=draw)
    features[..., IDENTITY].abs_().mul_(2).clamp_(max=7)
    pt = 100 * torch.rand(shape, generator=draw).add(0.01).square()  # GeV
    eta, phi = points.unbind(2)
    vectors = torch.stack((pt * phi.cos(), pt * phi.sin(), pt * eta.sinh(), pt * eta.cosh()), 2)
    absent = ~mask.unsqueeze(2)
    points, features, vectors = (
        x.masked_fill(absent, padding) for x in (points, features, vectors)
    )
    return points, features, vectors, mask
