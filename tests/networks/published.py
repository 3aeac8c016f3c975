"""The published PFN and P-CNN, written out with the names of their state dicts.

They are no part of weaver, but of its companion particle_transformer, which cannot be installed.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import batch_norm, conv1d, linear, pad, relu

STAGES = ((32, 64), (64, 64), (64, 128))  # widths before and in each stage of P-CNN


def layer(name: str, *shape: int, bias: bool = True) -> dict[str, Tensor]:
    """Random weights of a layer, small enough that numbers stay of order one."""
    inputs = math.prod(shape[1:])
    weights = {f"{name}.weight": torch.randn(shape) * inputs**-0.5}
    return weights | ({f"{name}.bias": 0.1 * torch.randn(shape[0])} if bias else {})


def norm(name: str, width: int) -> dict[str, Tensor]:
    """Random state of a batch norm."""
    return {
        f"{name}.weight": torch.rand(width) + 0.5,
        f"{name}.bias": torch.randn(width),
        f"{name}.running_mean": torch.randn(width),
        f"{name}.running_var": torch.rand(width) + 0.5,
        f"{name}.num_batches_tracked": torch.tensor(0),
    }


def pfn_state(inputs: int) -> dict[str, Tensor]:
    """Random state dict of the published PFN."""
    state = {}
    for i, width in enumerate((inputs, 128, 128)):
        state |= layer(f"phi.{i}.0", 128, width, 1)
    for i in range(3):
        state |= layer(f"fc.{i}.0", 128, 128)
    return state | layer("fc.3", 10, 128)


def pfn(state: dict[str, Tensor], features: Tensor, mask: Tensor) -> Tensor:
    """Logits of jets with features (B, F, P) and mask (B, 1, P)."""
    x = features
    for i in range(3):
        x = relu(conv1d(x, state[f"phi.{i}.0.weight"], state[f"phi.{i}.0.bias"]))
    x = (x * mask).sum(-1)
    for i in range(3):
        x = relu(linear(x, state[f"fc.{i}.0.weight"], state[f"fc.{i}.0.bias"]))
    return linear(x, state["fc.3.weight"], state["fc.3.bias"])


def pcnn_state(inputs: int) -> dict[str, Tensor]:
    """Random state dict of the published P-CNN."""
    state = norm("fts_conv.0", inputs) | layer("fts_conv.1", 32, inputs, 3)
    state |= norm("fts_conv.2", 32)
    for stage, (before, width) in enumerate(STAGES):
        for unit in range(2):
            name = f"resnet_units.resnet_unit_{stage}.{unit}"
            state |= layer(f"{name}.conv1", width, before if unit == 0 else width, 3)
            state |= layer(f"{name}.conv2", width, width, 3)
            state |= norm(f"{name}.bn1", width) | norm(f"{name}.bn2", width)
            if unit == 0 and (stage > 0 or before != width):
                state |= layer(f"{name}.conv_sc", width, before, 1, bias=False)
    return state | layer("fc.0.0", 512, 128) | layer("fc.1", 10, 512)


def normalise(state: dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    """Batch norm in evaluation."""
    keys = ("running_mean", "running_var", "weight", "bias")
    return batch_norm(x, *(state[f"{name}.{key}"] for key in keys))


def convolve(state: dict[str, Tensor], name: str, x: Tensor, stride: int = 1) -> Tensor:
    """Convolution that keeps the length."""
    weight, bias = state[f"{name}.weight"], state.get(f"{name}.bias")
    return conv1d(x, weight, bias, stride, padding=weight.shape[-1] // 2)


def pcnn(state: dict[str, Tensor], features: Tensor, mask: Tensor) -> Tensor:
    """Logits of jets with features (B, F, P) and mask (B, 1, P), of which it reads 128 slots."""
    x = pad(features * mask, (0, 128 - features.shape[-1]))
    x = convolve(state, "fts_conv.1", normalise(state, "fts_conv.0", x))
    x = relu(normalise(state, "fts_conv.2", x))
    for stage in range(3):
        for unit in range(2):
            name = f"resnet_units.resnet_unit_{stage}.{unit}"
            stride = 2 if unit == 0 and stage > 0 else 1
            y = convolve(state, f"{name}.conv1", x, stride)
            y = convolve(state, f"{name}.conv2", relu(normalise(state, f"{name}.bn1", y)))
            shortcut = f"{name}.conv_sc"
            x = convolve(state, shortcut, x, stride) if f"{shortcut}.weight" in state else x
            x = x + relu(normalise(state, f"{name}.bn2", y))
    x = relu(linear(x.mean(-1), state["fc.0.0.weight"], state["fc.0.0.bias"]))
    return linear(x, state["fc.1.weight"], state["fc.1.bias"])
