"""Scores of the official ParticleNet weights."""

from pathlib import Path

import numpy as np
import torch

from jetbench.data.features import COLUMNS, compute
from tests.fidelity.samples import Sample
from tests.networks.peers import call, peer

CHUNK = 250


def network(weights: Path, inputs: int) -> torch.nn.Module:
    """weaver's ParticleNet with the published weights, in evaluation mode."""
    state = torch.load(weights, weights_only=True, map_location="cpu")
    model = peer("particlenet", inputs)
    model.load_state_dict({name.removeprefix("mod."): value for name, value in state.items()})
    return model.eval()


def inputs(sample: Sample, features: str, jets: np.ndarray) -> tuple[torch.Tensor, ...]:
    """Points, features, vectors and mask of the chosen jets, particle-major."""
    columns = {n: torch.tensor(sample.padded(n, jets)) for n in COLUMNS[features]}
    pt = np.hypot(sample.sums("px"), sample.sums("py"))[jets, None]
    columns |= {
        "jet_pt": torch.tensor(pt),
        "jet_energy": torch.tensor(sample.sums("energy")[jets, None]),
    }
    points = torch.stack([columns["deta"], columns["dphi"]], dim=-1)
    vectors = torch.stack([columns[n] for n in ("px", "py", "pz", "energy")], dim=-1)
    return points, compute(columns, features), vectors, torch.tensor(sample.mask(jets))


@torch.no_grad()
def scores(sample: Sample, features: str, weights: Path) -> np.ndarray:
    """(N, 10) class probabilities; jets go through in the order of their length."""
    model = network(weights, {"kin": 7, "full": 17}[features])
    result = np.zeros((len(sample.count), 10))
    order = np.argsort(sample.count)
    for jets in np.split(order, range(CHUNK, len(order), CHUNK)):
        logits = call(model, "particlenet", inputs(sample, features, jets))
        result[jets] = torch.softmax(logits, dim=1).numpy()
    return result
