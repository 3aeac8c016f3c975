"""Weight files: safetensors that say what they are and rebuild their own network."""

import hashlib
import json
from os import PathLike

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from jetbench import networks
from jetbench.data.features import SETS
from jetbench.errors import InputError
from jetbench.files import whole
from jetbench.methods import pretrain
from jetbench.training.learning import is_pretraining

NEEDED = {"run", "model", "classes", "digest"}


def build_network(model: dict, classes: int) -> nn.Module:
    """Network of a model's configuration with fresh weights: a tagger, or all of a pre-training."""
    if model["features"] not in SETS:
        raise InputError(f"features: expected one of {sorted(SETS)}, got {model['features']!r}")
    if is_pretraining(model):
        return pretrain.build(model)
    inputs = len(SETS[model["features"]])
    return networks.build(
        model["network"], inputs=inputs, classes=classes, **model.get("sizes", {})
    )


def write_weights(path: str | PathLike, weights: dict[str, Tensor], metadata: dict) -> None:
    """Write weights with metadata; what is not text is stored as JSON.

    `metadata` needs run, model (its configuration) and classes; the digest of the weights is added.
    """
    text = {key: v if isinstance(v, str) else json.dumps(v) for key, v in metadata.items()}
    content = with_metadata(save(weights), text | {"digest": digest(weights)})
    with whole(path) as partial:
        partial.write_bytes(content)


def with_metadata(content: bytes, metadata: dict[str, str]) -> bytes:
    """Safetensors with metadata in order of key: the library's own order changes at every call.

    Layout: length of the header (uint64), header (JSON, padded with spaces to 8 bytes), tensors.
    """
    end = 8 + int.from_bytes(content[:8], "little")
    header = {"__metadata__": dict(sorted(metadata.items()))} | json.loads(content[8:end])
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + content[end:]


def load_weights(path: str | PathLike) -> tuple[nn.Module, dict]:
    """Network with the stored weights, in evaluation mode on the CPU, and the metadata.

    Raises:
        InputError: the file is damaged, was not written by `write_weights`, or its weights are not
            those of the network that it names.
    """
    weights, text = read(path)
    missing = NEEDED - set(text)
    if missing:
        raise InputError(
            f"{path}: expected metadata {sorted(NEEDED)}, got none of {sorted(missing)}"
        )
    if digest(weights) != text["digest"]:
        raise InputError(f"{path}: expected weights of digest {text['digest']}, got damaged ones")
    metadata = text | {key: json.loads(text[key]) for key in ("model", "classes")}
    network = build_network(metadata["model"], len(metadata["classes"]))
    if found := differences(network.state_dict(), weights):
        name = metadata["model"]["network"]
        raise InputError(f"{path}: expected the weights of {name}, got others: {found}")
    network.load_state_dict(weights)
    return network.eval(), metadata


def differences(expected: dict[str, Tensor], got: dict[str, Tensor], most: int = 5) -> str:
    """What keeps `got` from taking the place of `expected`, by name and shape; empty if nothing.

    Of many differences it names the first `most`.
    """
    found = [f"{name} is missing" for name in expected if name not in got]
    found += [f"{name} is unknown" for name in got if name not in expected]
    for name in filter(got.__contains__, expected):
        shape, wanted = tuple(got[name].shape), tuple(expected[name].shape)
        found += [f"{name} is {shape}, not {wanted}"] if shape != wanted else []
    more = [f"{len(found) - most} more"] if len(found) > most else []
    return ", ".join(found[:most] + more)


def read(path: str | PathLike) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of a safetensors file."""
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path}: expected a whole safetensors file, got: {error}") from None


def digest(weights: dict[str, Tensor]) -> str:
    """SHA-256 over names and values."""
    total = hashlib.sha256()
    for name in sorted(weights):
        total.update(name.encode())
        total.update(weights[name].contiguous().flatten().view(torch.uint8).numpy())
    return total.hexdigest()
