"""The taggers: `build` makes one by name, `limit_attention` limits what a ParT attends to.

Every network maps points (B, P, 2), features (B, P, F), vectors (B, P, 4) and mask (B, P) to
logits (B, classes): B jets, P slots, F features, real particles first.
"""

import inspect
from collections.abc import Callable
from functools import partial

from torch import nn

from jetbench.errors import InputError, nearest
from jetbench.networks.attention import limit_attention
from jetbench.networks.masked import MaskedTagger
from jetbench.networks.part import ParticleTransformer
from jetbench.networks.particlenet import ParticleNet
from jetbench.networks.pcnn import ParticleCNN
from jetbench.networks.pfn import ParticleFlowNetwork

__all__ = ["NETWORKS", "build", "limit_attention"]

NETWORKS: dict[str, Callable[..., nn.Module]] = {
    "pfn": ParticleFlowNetwork,
    "pcnn": ParticleCNN,
    "particlenet": ParticleNet,
    "part": ParticleTransformer,
    "part_plain": partial(ParticleTransformer, pair_embedding=()),
    "masked": MaskedTagger,
}


def build(name: str, inputs: int, classes: int = 10, **sizes) -> nn.Module:
    """Network `name` with `inputs` features a particle; `sizes` are its own keyword arguments.

    Raises InputError for a name or a size that it does not know, naming the nearest known one.
    """
    if name not in NETWORKS:
        raise InputError(f"network: unknown name {name!r}; {nearest(name, NETWORKS)}")
    known = list(inspect.signature(NETWORKS[name]).parameters)[2:]
    for size in sizes:
        if size not in known:
            raise InputError(f"{name} sizes: unknown name {size!r}; {nearest(size, known)}")
    return NETWORKS[name](inputs=inputs, classes=classes, **sizes)
