"""Starts: a trained network goes on to another task, a tagger begins with a pre-trained encoder."""

import inspect
import json
from os import PathLike
from typing import NamedTuple

from torch import Tensor, nn

from jetbench.errors import InputError
from jetbench.networks import NETWORKS
from jetbench.training.learning import is_pretraining
from jetbench.training.provenance import OF_START
from jetbench.training.weights import load_weights

PRETRAINED = ("inputs.", "encoder.")  # what a tagger and the pre-training of its encoder share
NO_FUNCTION = ("dropout",)  # acts in training only, and fine-tuning may want another one


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
    """Give `network`, built for `model`, the weights of `start` that it can go on with.

    Of a tagger these are all but those of its output layer, running statistics of batch norms with
    them, as in the published fine-tuning. Of a pre-training they are inputs and encoder; the head
    stays new. The classes of both may differ.

    Raises:
        InputError: the start has another network, other features or other sizes. Names and shapes
            of the weights do not tell these apart: a ParticleNet has the same with any k. Or the
            training is a pre-training, which starts from scratch.
    """
    if is_pretraining(model):
        raise InputError(f"{start.run}: expected a tagger to start from it, got a pre-training")
    pretrained = is_pretraining(start.model)
    headless = ("head", *NO_FUNCTION) if pretrained else NO_FUNCTION
    wanted, got = described(model, headless), described(start.model, headless)
    if wanted != got:
        raise InputError(
            f"{start.run}: expected a start with {shown(wanted, got)}, got {shown(got, wanted)}"
        )
    if pretrained:
        taken = {name: w for name, w in start.weights.items() if name.startswith(PRETRAINED)}
    else:
        head = f"{output_layer(network)}."
        taken = {name: w for name, w in start.weights.items() if not name.startswith(head)}
    network.load_state_dict(network.state_dict() | taken)


def described(model: dict, without: tuple[str, ...] = NO_FUNCTION) -> dict:
    """What makes the function of a trained network, besides its weights: also the sizes left out.

    A network that is only pre-trained is no tagger, and has none but the sizes that were named.
    """
    sizes = {}
    if model["network"] in NETWORKS:
        parameters = inspect.signature(NETWORKS[model["network"]]).parameters.values()
        sizes = {p.name: p.default for p in parameters if p.default is not p.empty}
    sizes |= model.get("sizes", {})
    sizes = {name: size for name, size in sizes.items() if name not in without}
    named = {"network": model["network"], "features": model["features"]}
    return json.loads(json.dumps(named | sizes))  # a default has tuples where a file has lists


def shown(model: dict, other: dict) -> str:
    """Network and features, and the sizes that differ from those of `other`."""
    always = ("network", "features")
    values = {k: v for k, v in model.items() if k in always or other.get(k) != v}
    return ", ".join(f"{key} {value}" for key, value in values.items())
