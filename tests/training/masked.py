"""Small models of masked particle modelling, and fitted files for them."""

import numpy as np
import torch
from safetensors.torch import load_file

from jetbench.data.fitting import digest, write_fit
from tests.training.helpers import train_toy

SIZES = {"width": 16, "depth": 1, "heads": 2, "registers": 2, "quantiles": 9}
HEAD = {"width": 8, "depth": 1, "heads": 2}
RECIPE = {"optimiser": "adamw", "lr": 1e-2, "batch": 16, "epochs": 2, "jets_per_epoch": 160}
RECIPE |= {"val_jets": 60, "weight_decay": 0.01, "clip": 1.0}
PLAIN = {"identity": {"weight": 0.3}, "regression": {"weight": 1.0}}
TOKENS = {"identity": {"weight": 0.3}, "kmeans": {"weight": 1.0, "tokens": 5}}


def pretraining(tasks=PLAIN, **sizes):
    """Masked modelling with these tasks, two epochs of ten steps by the schedules by step."""
    settings = {"method": "masked", "style": "decoder", "rate": 0.4, "tasks": tasks}
    settings["decoder"] = {"width": 8, "depth": 1, "heads": 2}
    schedule = {"schedule": "exponential", "warm_up": 5, "half_life": 10, "decay": "all"}
    named = {"network": "masked", "sizes": SIZES | sizes, "features": "lifetime"}
    return named | {"pretraining": settings, "recipe": RECIPE | schedule}


def tokeniser():
    """A vector-quantised autoencoder."""
    sizes = {"continuous": 7, "width": 8, "depth": 1, "heads": 2, "registers": 1}
    sizes |= {"codes": 4, "code_width": 4, "quantiles": 9}
    named = {"network": "vqvae", "sizes": sizes, "features": "lifetime"}
    return named | {"pretraining": {"method": "vqvae"}, "recipe": RECIPE | {"schedule": "constant"}}


def of_tokeniser():
    """Masked modelling whose targets are the tokens of `tokeniser`."""
    sizes = {key: size for key, size in tokeniser()["sizes"].items() if key != "quantiles"}
    return pretraining({"identity": {"weight": 0.3}, "vqvae": {"weight": 1.0, "sizes": sizes}})


def tagger(head=HEAD, **sizes):
    """The tagger that has the encoder of `pretraining`."""
    named = {"network": "masked", "sizes": SIZES | sizes | {"head": head}, "features": "lifetime"}
    return named | {"recipe": RECIPE | {"schedule": "cosine", "warm_up": 2}}


def fit_file(path, form, arrays, **about):
    """Plain arrays with what a fitted file says of itself."""
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    write_fit(path, form, arrays, features="lifetime", jets=100, data_digest="d", **about)
    return path


def lines(number=9, end=50):
    """Quantiles: straight lines."""
    return {"quantiles": np.linspace(-end, end, number)[:, None] * np.ones(7)}


def quantiles(path, **of):
    """Fitted quantiles, the `lines` of these arguments."""
    return fit_file(path, "jetbench-quantiles", lines(**of))


def centroids(path, tokens=5, points=None):
    """Fitted centroids, among the normal scores of `lines()`."""
    if points is None:
        points = np.random.default_rng(1).normal(size=(tokens, 7)).astype("float32")
    arrays = {"centroids": points, "occupancy": np.ones(tokens, int)}
    return fit_file(path, "jetbench-centroids", arrays, quantiles_digest=digest(lines()))


def train_small(folder, shards, model, fits=(), **options):
    """Train a small model as the rule does; gives the path of its weights."""
    folder.mkdir(exist_ok=True)
    train_toy(folder, shards, model=model, fits=fits, **options)
    return folder / "weights.safetensors"


def same(path, other, prefix):
    """Whether all weights of two files whose names begin so are the same, bit by bit."""
    one, other = load_file(path), load_file(other)
    names = [name for name in one if name.startswith(prefix)]
    return bool(names) and all(torch.equal(one[name], other[name]) for name in names)
