"""The published networks, and jets in the layout of both code bases."""

import logging
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn

from jetbench.networks import build

INPUTS = {"masked": 8}  # features of the networks that take none of the published sets
SIZES = {
    "pfn": 86154,
    "pcnn": 354540,
    "particlenet": 370156,
    "part": 2143486,
    "part_plain": 2133918,
}


def jets(counts: Sequence[int], slots: int, inputs: int = 17, seed: int = 1) -> tuple[Tensor, ...]:
    """Points, features, vectors and mask of jets with so many particles, massless and random."""
    draw = torch.Generator().manual_seed(seed)
    shape = (len(counts), slots)
    mask = torch.arange(slots) < torch.as_tensor(counts)[:, None]
    pt = 200 * torch.rand(shape, generator=draw).add(0.01).pow(3)
    points = 0.3 * torch.randn(*shape, 2, generator=draw)
    eta, phi = points[..., 0] + 0.5, points[..., 1] + 1.0
    momentum = (pt * phi.cos(), pt * phi.sin(), pt * eta.sinh(), pt * eta.cosh())
    features = torch.randn(*shape, inputs, generator=draw)
    if inputs == INPUTS["masked"]:  # the last of them is the particle identity
        features[..., -1] = torch.randint(8, shape, generator=draw)
    real = mask.unsqueeze(-1)
    return points * real, features * real, torch.stack(momentum, -1) * real, mask


def padded(batch: tuple[Tensor, ...], slots: int, value: float = 0) -> tuple[Tensor, ...]:
    """The same jets with more slots, whose padding holds `value`."""
    *inputs, mask = batch
    extra = (0, 0, 0, slots - mask.shape[1])
    real = torch.nn.functional.pad(mask, extra[2:])
    filled = (torch.nn.functional.pad(x, extra) for x in inputs)
    return *(x.masked_fill(~real.unsqueeze(-1), value) for x in filled), real


def peer(name: str, inputs: int = 17, classes: int = 10, trim: bool = False, **sizes) -> nn.Module:
    """The network of weaver at the published settings, or with other sizes in its own words.

    Skips the test where weaver is missing.
    """
    pytest.importorskip("weaver", reason="needs the peer: pip install weaver-core==0.5.3")
    from weaver.nn.model.ParticleNet import ParticleNet
    from weaver.nn.model.ParticleTransformer import ParticleTransformer

    logging.getLogger("weaver").setLevel(logging.WARNING)
    if name == "particlenet":
        blocks = [(16, (64, 64, 64)), (16, (128, 128, 128)), (16, (256, 256, 256))]
        sizes = {"conv_params": blocks, "fc_params": [(256, 0.1)]} | sizes
        return ParticleNet(inputs, classes, use_fusion=False, trim=trim, **sizes)
    pair_widths = None if name == "part_plain" else [64, 64, 64]
    sizes = {"pair_embed_dims": pair_widths, "fc_params": []} | sizes
    return ParticleTransformer(inputs, classes, use_pre_activation_pair=False, trim=trim, **sizes)


def call(model: nn.Module, name: str, batch: tuple[Tensor, ...]) -> Tensor:
    """Logits of a peer, which wants channels before particles."""
    points, features, vectors = (x.transpose(1, 2) for x in batch[:3])
    mask = batch[3].unsqueeze(1)
    if name == "particlenet":
        return model(points, features, mask)
    return model(features, vectors, mask)


def network(name: str, classes: int = 10, **sizes) -> nn.Module:
    """Our network with 17 features or those of its own, and with quantiles where it needs them."""
    return fitted(build(name, INPUTS.get(name, 17), classes, **sizes))


def fitted(model: nn.Module) -> nn.Module:
    """The same model, whose inputs, if it has such, are those of uniform numbers."""
    if hasattr(model, "inputs"):
        quantiles = torch.linspace(-3, 3, len(model.inputs.quantiles), dtype=torch.float64)
        model.inputs.load_fit({"quantiles": quantiles[:, None].expand(-1, 7)})
    return model


def randomise(model: nn.Module) -> nn.Module:
    """Random biases, scales and running statistics, so that none hides behind a 0 or a 1."""
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(std=0.3)
        if name.endswith("running_var"):
            buffer.uniform_(0.5, 2.0)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    return model.eval()
