"""What weights and scores say of their making: configuration, data, libraries and machine."""

import torch

from jetbench.data.jets import Jets
from jetbench.provenance import digest_of, software

UNKNOWN = "unknown"
OF_START = ("configuration_digest", "code_version", "data_digest")  # goes with what starts from it


def configuration_digest(model: dict, seed: int, jets: int, start: str | None) -> str:
    """SHA-256 of what a training is asked for: model, seed, number of jets and its start.

    `start` is the configuration digest of the run that it starts from, so that the digest does not
    depend on the machine that trained that one.
    """
    return digest_of({"model": model, "seed": seed, "jets": jets, "start": start})


def shards_version(*sets: Jets) -> str:
    """Code versions that made the shards of these jets, with a space between them."""
    files = [file for jets in sets for file in jets.files]
    return " ".join(sorted({str(file.attrs.get("code_version", UNKNOWN)) for file in files}))


def surroundings(device: torch.device, processes: int = 1) -> dict:
    """Versions of the libraries, and what they ran on: each process has threads and a device."""
    machine = {"device": device.type, "threads": torch.get_num_threads(), "processes": processes}
    if device.type == "cuda":
        machine |= {"gpu": torch.cuda.get_device_name(device), "cuda": str(torch.version.cuda)}
    return software() | machine
