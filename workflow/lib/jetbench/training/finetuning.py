"""Fine-tuning: a trained network goes on to another task under a new output layer."""

import inspect
import json
from os import PathLike
from typing import NamedTuple

from torch import Tensor, nn

from jetbench.errors import InputError
from jetbench.networks import NETWORKS
from jetbench.training.provenance import OF_START
from jetbench.training.weights import load_weights


class Start(NamedTuple):
    """The training that another one begins with."""

    run: str
    digest: str  # of the weights
    model: dict
    weights: dict[str, Tensor]
    metadata: dict  # of the weight file

    def about(self) -> dict[str, str]:
        """What the weights that start from these say of them."""
        known = {name: self.metadata[name] for name in OF_START if name in self.metadata}
        # Older weights tell no configuration; their own digest is an identity as well.
        return {"run": self.run, "digest": self.digest, "configuration_digest": self.digest} | known


def read_start(path: str | PathLike) -> Start:
    """What a weight file offers to begin with. Raises InputError where `load_weights` does."""
    network, metadata = load_weights(path)
    named = (metadata[name] for name in ("run", "digest", "model"))
    return Start(*named, network.state_dict(), metadata)


def output_layer(network: nn.Module) -> str:
    """Name of the last linear map that a network registers, which makes its logits."""
    return [name for name, part in network.named_modules() if isinstance(part, nn.Linear)][-1]


def take_over(network: nn.Module, model: dict, start: Start) -> None:
    """Give `network`, built for `model`, all weights of `start` but those of its output layer.

    Running statistics of batch norms come along, as in the published fine-tuning. The classes of
    both may differ.

    Raises:
        InputError: the start has another network, other features or other sizes. Names and shapes
            of the weights do not tell these apart: a ParticleNet has the same with any k.
    """
    wanted, got = described(model), described(start.model)
    if wanted != got:
        raise InputError(
            f"{start.run}: expected a start with {shown(wanted, got)}, got {shown(got, wanted)}"
        )
    head = f"{output_layer(network)}."
    fresh = {name: w for name, w in network.state_dict().items() if name.startswith(head)}
    network.load_state_dict(start.weights | fresh)


def described(model: dict) -> dict:
    """What makes the function of a trained network, besides its weights: also the sizes left out.

    Dropout is no part of it: it acts in training only, and fine-tuning may want another one.
    """
    parameters = inspect.signature(NETWORKS[model["network"]]).parameters.values()
    sizes = {p.name: p.default for p in parameters if p.default is not p.empty}
    sizes |= model.get("sizes", {})
    sizes.pop("dropout", None)
    named = {"network": model["network"], "features": model["features"]}
    return json.loads(json.dumps(named | sizes))  # a default has tuples where a file has lists


def shown(model: dict, other: dict) -> str:
    """Network and features, and the sizes that differ from those of `other`."""
    always = ("network", "features")
    values = {k: v for k, v in model.items() if k in always or other.get(k) != v}
    return ", ".join(f"{key} {value}" for key, value in values.items())
