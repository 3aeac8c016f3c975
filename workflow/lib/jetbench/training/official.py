"""Published checkpoints made weight files of ours."""

import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

import torch
from torch import Tensor

from jetbench.data.fetch.checksums import git_blob
from jetbench.errors import InputError
from jetbench.networks.exchange import from_weaver
from jetbench.provenance import code_version, digest_of, software
from jetbench.training.weights import build_network, differences


def convert(checkpoint: str | PathLike, model: dict, classes: int) -> dict[str, Tensor]:
    """Weights of the network of `model` from a checkpoint of the published code.

    Raises:
        InputError: the file holds anything but named tensors, or not exactly the finite weights
            that the network has, numbers with a fraction where it has these.
    """
    try:
        tensors = read_tensors(checkpoint)
        weights = from_weaver(model["network"], tensors, **model.get("sizes", {}))
    except InputError as error:
        raise InputError(f"{checkpoint}: {error}") from None
    expected = build_network(model, classes).state_dict()
    if found := differences(expected, weights):
        name = f"{model['network']} with features {model['features']}"
        raise InputError(f"{checkpoint}: expected the weights of {name}, got others: {found}")
    for name, own in expected.items():
        if weights[name].is_floating_point() != own.is_floating_point():
            got = weights[name].dtype
            raise InputError(f"{checkpoint}: expected {own.dtype} at {name}, got {got}")
        if not torch.isfinite(weights[name]).all():
            raise InputError(f"{checkpoint}: expected finite weights, got {name} with nan")
    return {name: weights[name].to(own.dtype).contiguous() for name, own in expected.items()}


def read_tensors(path: str | PathLike) -> dict[str, Tensor]:
    """Tensors of a file of torch.save; nothing that the file says is executed."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # any: which one depends on what is wrong in the file
        # Not torch's own message, which advises how to execute what stands in the file.
        call = re.search(r"GLOBAL (\S+)", str(error))
        found = f"a call of {call[1]}" if call else type(error).__name__
        raise InputError(f"expected a whole file of nothing but tensors, got {found}") from None
    if not isinstance(content, Mapping):
        raise InputError(f"expected tensors by name, got {type(content).__name__}")
    for name, value in content.items():
        if not (isinstance(name, str) and is_plain(value)):
            kind = getattr(value, "dtype", type(value).__name__)
            raise InputError(f"expected dense real tensors by name, got {kind} at {name!r}")
    return dict(content)


def is_plain(value: object) -> bool:
    """Whether it is a dense tensor of real numbers, in memory."""
    dense = isinstance(value, Tensor) and value.is_cpu and value.layout == torch.strided
    return dense and (value.is_floating_point() or value.dtype == torch.int64)


def metadata(
    checkpoint: str | PathLike, model: dict, run: str, classes: list[str], source: Mapping
) -> dict:
    """What the weight file says of itself: where the checkpoint is from, instead of a training.

    Raises:
        InputError: the checkpoint is not the one that `source` lists.
    """
    blob = git_blob(Path(checkpoint))
    if blob != source["git_blob"]:
        raise InputError(f"{checkpoint}: expected git_blob {source['git_blob']}, got {blob}")
    network = {name: model.get(name) for name in ("network", "sizes", "features")}
    return {
        "run": run,
        "model": model,
        "classes": classes,
        "origin": source["urls"][0],
        "git_blob": blob,
        "code_version": code_version(),
        "configuration_digest": digest_of(network | {"git_blob": blob}),
        **software("torch", "numpy"),
    }
