"""Toy shards, a small model and ways to run its training."""

import numpy as np

from jetbench.data.columns import JET_COLUMNS, PARTICLE_COLUMNS
from jetbench.data.shards import write_shard
from jetbench.training.weights import load_weights
from workflow.scripts.train import train

CLASSES = ("QCD", "Hbb", "Tbl")
RUN = "toy/jetclass/part/scratch/200/1"


def toy_shard(path, jets=200, seed=1, classes=CLASSES):
    """Shard of jets with 1 to 12 particles; the class shows in how hard the leading one is."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 13, jets)
    first = np.concatenate([[0], counts.cumsum()]).astype("int64")
    label = (np.arange(jets) % len(classes)).astype("uint8")
    particles = {name: rng.normal(size=first[-1]) for name in PARTICLE_COLUMNS}
    particles["px"][first[:-1]] += 20.0 * label
    particles["charge"] = rng.integers(-1, 2, first[-1])
    particles["id"] = rng.integers(1, 6, first[-1])
    particles["energy"] = 5 + np.sqrt(sum(particles[f"p{axis}"] ** 2 for axis in "xyz"))
    columns = {name: np.full(jets, 500.0) for name in JET_COLUMNS}
    columns |= {"label": label, "first": first}
    write_shard(
        path,
        {name: columns[name].astype(kind) for name, kind in JET_COLUMNS.items()},
        {name: particles[name].astype(kind) for name, kind in PARTICLE_COLUMNS.items()},
        {"dataset": "toy", "split": "train", "classes": list(classes)},
    )
    return path


def toy_model(dropout=0.2, **recipe):
    """Configuration of a small Particle Transformer with dropout, two epochs of ten steps."""
    sizes = {"embedding": [16, 16], "pair_embedding": [8], "heads": 2, "blocks": 1}
    defaults = {"optimiser": "ranger", "lr": 1e-3, "batch": 16, "epochs": 2}
    defaults |= {"jets_per_epoch": 160, "val_jets": 60, "schedule": "flat_decay"}
    return {
        "network": "part",
        "sizes": sizes | {"class_blocks": 1, "dropout": dropout},
        "features": "full",
        "recipe": defaults | recipe,
    }


def train_toy(folder, shards, jets=200, seed=1, start=None, gpus=1, fits=(), model=None, **recipe):
    """Train the toy model, or another one, in `folder`, as the rule does."""
    outputs = (folder / "weights.safetensors", folder / "history.csv")
    model = changed(model, recipe) if model else toy_model(**recipe)
    train([shards[0]], [shards[1]], *outputs, model, jets, seed, RUN, start, gpus, fits)


def changed(model, recipe):
    """The model with another recipe."""
    return model | {"recipe": model["recipe"] | recipe}


def same_outcome(folder, other):
    """Whether two trainings wrote the same weights, bit by bit, and the same history."""
    return weights_of(folder) == weights_of(other) and rows(folder) == rows(other)


def weights_of(folder):
    """Metadata, the digest of the weights among them, without the code that happened to run."""
    metadata = load_weights(folder / "weights.safetensors")[1]
    return {key: value for key, value in metadata.items() if key != "code_version"}


def rows(folder):
    """History without its last two columns, which measure time."""
    lines = (folder / "history.csv").read_text().splitlines()
    return [line.rsplit(",", 2)[0] for line in lines]
