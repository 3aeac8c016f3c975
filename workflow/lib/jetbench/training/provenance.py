"""What weights and scores say of their making: configuration, data, libraries and machine."""

import json
from itertools import chain

import torch

from jetbench.data.jets import Jets
from jetbench.provenance import digest_of, software

UNKNOWN = "unknown"
PUBLISHED = ("origin", "git_blob")  # where published weights are from, instead of a training
MADE_OF = ("code_version", "configuration_digest", "data_digest", "data_code_version")
RUN_WITH = ("python", "torch", "numpy", "device", "gpu", "cuda", "threads", "processes")
OF_START = (*MADE_OF, *PUBLISHED)  # goes with the weights that start from these


def configuration_digest(
    model: dict, seed: int, jets: int, start: str | None, fits: dict | None = None
) -> str:
    """SHA-256 of what a training is asked for: model, seed, number of jets, its start and fits.

    `start` is the configuration digest of the run that it starts from, so that the digest does not
    depend on the machine that trained that one; so are `fits`, by kind, if there are any.
    """
    asked = {"model": model, "seed": seed, "jets": jets, "start": start}
    return digest_of(asked | ({"fits": fits} if fits else {}))


def shards_version(*sets: Jets) -> str:
    """Code versions that made the shards of these jets, with a space between them."""
    files = [file for jets in sets for file in jets.files]
    return " ".join(sorted({str(file.attrs.get("code_version", UNKNOWN)) for file in files}))


def surroundings(device: torch.device, processes: int = 1) -> dict:
    """Versions of the libraries, and what they ran on: each process has threads and a device."""
    machine = {"device": device.type, "threads": torch.get_num_threads(), "processes": processes}
    if device.type == "cuda":
        machine |= {"gpu": torch.cuda.get_device_name(device), "cuda": str(torch.version.cuda)}
    return software("torch", "numpy") | machine


def together(attempts: list[dict]) -> dict[str, str]:
    """What made one training, from what made its attempts: each word once, a space between them.

    Names of GPUs have spaces, and so a comma between them.
    """
    told = {}
    for name in dict.fromkeys(chain(*attempts)):
        values = [str(attempt[name]) for attempt in attempts if name in attempt]
        words = values if name == "gpu" else " ".join(values).split()
        told[name] = (", " if name == "gpu" else " ").join(dict.fromkeys(words))
    return told


def made_with(metadata: dict[str, str]) -> dict:
    """What the metadata of weights say of their making, for the scores; older ones say less."""
    kept = {name: metadata[name] for name in (*OF_START, *RUN_WITH) if name in metadata}
    begun = {name: json.loads(metadata.get(name, "null")) for name in ("start", "fits")}
    return kept | {name: value for name, value in begun.items() if value}
