"""Fitted files: what was computed from the jets before a training, and becomes part of its network.

A module says by its attribute `fit` which kind it takes, and takes the arrays with `load_fit`. They
become buffers: they travel in the weights, and are asked for but once.
"""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from jetbench.data.fitting import read_fit
from jetbench.errors import InputError
from jetbench.training.provenance import OF_START
from jetbench.training.weights import load_weights

FORMATS = {"jetbench-quantiles": "quantiles", "jetbench-centroids": "centroids"}
MADE_FROM = ("digest", "features", "jets", "particles", "data_digest", "code_version")
MADE_FROM += ("quantiles_digest",)  # of tokens: the normal scores that they lie in


class Fit(NamedTuple):
    """What a fitted file holds."""

    path: str
    kind: str  # as modules ask for it
    arrays: dict[str, Tensor]
    about: dict  # what the weights that begin with these arrays say of them

    def asked(self) -> object:
        """What it was to be: the configuration of its training, or how many jets it is from."""
        return self.about.get("configuration_digest", {"jets": self.about.get("jets")})


def read_fits(paths: Sequence[str | PathLike]) -> list[Fit]:
    """What fitted files hold: HDF5 that names its format, or the weights of a tokeniser.

    Raises:
        InputError: a file that is damaged or nothing of these, or two of one kind.
    """
    fits = {}
    for path in map(str, paths):
        fit = read_weights(path) if path.endswith(".safetensors") else read_arrays(path)
        if (other := fits.setdefault(fit.kind, fit)) is not fit:
            raise InputError(f"{path}: expected one file of {fit.kind}, got {other.path} as well")
    return list(fits.values())


def load_fits(network: nn.Module, fits: Sequence[Fit]) -> None:
    """Give what was fitted to the modules that ask for it.

    Raises:
        InputError: a module asks for what there is not, a file for which no module asks, one with
            arrays of other shapes than the module has, or tokens in the normal scores of other
            quantiles than those of the network.
    """
    asking = {name: part for name, part in network.named_modules() if hasattr(part, "load_fit")}
    offered = {fit.kind: fit for fit in fits}
    for name, part in asking.items():
        if part.fit not in offered:
            got = sorted(offered) or "none"
            raise InputError(f"{name}: expected a fitted file of {part.fit}, got {got}")
        hand_over(offered[part.fit], part)
    check_scores(offered)
    wanted = {part.fit for part in asking.values()}
    for fit in fits:
        if fit.kind not in wanted:
            name = f"{type(network).__name__} asks for {sorted(wanted) or 'none'}"
            raise InputError(f"{fit.path}: expected a file that the network asks for, got {name}")


def check_scores(offered: dict[str, Fit]) -> None:
    """Refuse tokens that were fitted after other quantiles: they lie among other normal scores."""
    if (quantiles := offered.get("quantiles")) is None:
        return
    own, digest = quantiles.arrays["quantiles"], quantiles.about["digest"]
    alike = {
        "centroids": lambda fit: fit.about.get("quantiles_digest") == digest,
        "vqvae": lambda fit: torch.equal(fit.arrays["inputs.quantiles"], own),
    }
    for kind in alike.keys() & offered:
        if not alike[kind](offered[kind]):
            raise InputError(
                f"{offered[kind].path}: expected tokens fitted with the quantiles of "
                f"{quantiles.path}, got tokens of other quantiles"
            )


def hand_over(fit: Fit, part: nn.Module) -> None:
    """Let a module take its arrays; a fault names the file."""
    try:
        part.load_fit(fit.arrays)
    except (InputError, RuntimeError) as error:  # torch's own, of a shape
        raise InputError(f"{fit.path}: {error}") from None
    except KeyError as error:
        got = sorted(fit.arrays)
        raise InputError(f"{fit.path}: expected the array {error}, got {got}") from None


def read_arrays(path: str) -> Fit:
    """Plain arrays of an HDF5 file that says what they are."""
    arrays, told = read_fit(path, *FORMATS)
    known = {name: plain(told[name]) for name in MADE_FROM if name in told}
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    return Fit(path, FORMATS[told["format"]], tensors, {"file": Path(path).name} | known)


def read_weights(path: str) -> Fit:
    """All weights of a trained tokeniser; its kind is the method that trained it."""
    network, metadata = load_weights(path)
    kind = metadata["model"].get("pretraining", {}).get("method")
    if kind is None:
        raise InputError(f"{path}: expected the weights of a tokeniser, got those of a tagger")
    known = {name: metadata[name] for name in ("run", "digest", *OF_START) if name in metadata}
    return Fit(path, kind, network.state_dict(), known)


def plain(value: object) -> object:
    """An attribute as JSON has it."""
    return value.item() if hasattr(value, "item") else value
