"""What a network costs: parameters, and multiply-accumulates of one jet."""

import copy

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from jetbench.networks.inputs import Inputs

PARTICLES = 128  # of the jet that published counts refer to, all of them real


def parameters(model: nn.Module) -> int:
    """Number of trained values."""
    return sum(parameter.numel() for parameter in model.parameters())


def macs(model: nn.Module, inputs: int, particles: int = PARTICLES) -> int:
    """Multiply-accumulates of matrix products and convolutions for one jet, as published.

    The published counters also add biases, batch norms and activations of some layers and so come
    out up to 2 % higher. What a layer saves by rearranging its published formula counts as if it
    were done (its method `spared`): the number belongs to the network, not to our code.
    """
    spared = sum(m.spared(particles) for m in model.modules() if hasattr(m, "spared"))
    model = copy.deepcopy(model).eval()
    for module in model.modules():
        if isinstance(module, Inputs):  # any quantiles do: what they cost is no product of matrices
            module.load_fit({"quantiles": torch.zeros_like(module.quantiles)})
    # Attention as plain matrix products: the counter does not know the fused kernels of a CPU.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model(*jet(inputs, particles))
    return counter.get_total_flops() // 2 + spared


def jet(inputs: int, particles: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Points, features, vectors and mask of one random jet without padding."""
    draw = torch.Generator().manual_seed(1)
    points = torch.randn(1, particles, 2, generator=draw)
    features = torch.rand(1, particles, inputs, generator=draw)  # whole part 0: an identity too
    momentum = torch.randn(1, particles, 3, generator=draw)
    vectors = torch.cat((momentum, momentum.norm(dim=-1, keepdim=True)), dim=-1)
    return points, features, vectors, torch.ones(1, particles, dtype=torch.bool)
