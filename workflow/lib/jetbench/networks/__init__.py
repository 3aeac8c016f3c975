"""The taggers: `build` makes one by name.

Every network maps points (B, P, 2), features (B, P, F), vectors (B, P, 4) and mask (B, P) to
logits (B, classes): B jets, P slots, F features, real particles first.
"""

import inspect
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial

from torch import nn

from jetbench.errors import InputError
from jetbench.networks.part import ParticleTransformer
from jetbench.networks.particlenet import ParticleNet
from jetbench.networks.pcnn import ParticleCNN
from jetbench.networks.pfn import ParticleFlowNetwork

NETWORKS: dict[str, Callable[..., nn.Module]] = {
    "pfn": ParticleFlowNetwork,
    "pcnn": ParticleCNN,
    "particlenet": ParticleNet,
    "part": ParticleTransformer,
    "part_plain": partial(ParticleTransformer, pair_embedding=()),
}


def build(name: str, inputs: int, classes: int = 10, **sizes) -> nn.Module:
    """Network `name` with `inputs` features a particle; `sizes` are its own keyword arguments.

    Raises InputError for a name or a size that it does not know, naming the nearest known one.
    """
    if name not in NETWORKS:
        raise InputError(f"network: expected {nearest_name(name, NETWORKS)}, got {name!r}")
    known = list(inspect.signature(NETWORKS[name]).parameters)[2:]
    for size in sizes:
        if size not in known:
            raise InputError(f"{name} sizes: expected {nearest_name(size, known)}, got {size!r}")
    return NETWORKS[name](inputs=inputs, classes=classes, **sizes)


def nearest_name(name: str, known) -> str:
    """The nearest known name, or all of them, as the message of an error wants it."""
    close = get_close_matches(name, known, n=1)
    return f"one of {', '.join(known)}" + (f" (nearest: {close[0]})" if close else "")
