"""Fine-tuning: a trained network goes on to another task under a new output layer."""

from os import PathLike
from typing import NamedTuple

from torch import Tensor, nn

from jetbench.errors import InputError
from jetbench.training.weights import differences, load_weights


class Start(NamedTuple):
    """The training that another one begins with."""

    run: str
    digest: str  # of the weights
    model: dict
    weights: dict[str, Tensor]


def read_start(path: str | PathLike) -> Start:
    """What a weight file offers to begin with. Raises InputError where `load_weights` does."""
    network, metadata = load_weights(path)
    return Start(metadata["run"], metadata["digest"], metadata["model"], network.state_dict())


def output_layer(network: nn.Module) -> str:
    """Name of the last linear map that a network registers, which makes its logits."""
    return [name for name, part in network.named_modules() if isinstance(part, nn.Linear)][-1]


def take_over(network: nn.Module, model: dict, start: Start) -> None:
    """Give `network`, built for `model`, all weights of `start` but those of its output layer.

    Running statistics of batch norms come along, as in the published fine-tuning. The classes of
    both may differ. So may the meaning of features: what is compared is names and shapes.

    Raises:
        InputError: another weight is missing, unknown or of another shape.
    """
    own = network.state_dict()
    head = tuple(name for name in own if name.startswith(f"{output_layer(network)}."))
    body = {name: weight for name, weight in own.items() if name not in head}
    given = {name: weight for name, weight in start.weights.items() if name not in head}
    if found := differences(body, given):
        raise InputError(
            f"{start.run}: expected a start for {described(model)}, "
            f"got {described(start.model)}: {found}"
        )
    network.load_state_dict(own | given)


def described(model: dict) -> str:
    """A network with its features and sizes, as messages show it."""
    sizes = f" and sizes {model['sizes']}" if model.get("sizes") else ""
    return f"{model['network']} with features {model['features']}{sizes}"
