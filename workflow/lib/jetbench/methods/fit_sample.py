"""The particles that tokens are fitted to, as a network sees them in training.

Dimensions: N particles, C continuous features.
"""

import numpy as np
import torch

from jetbench.networks.inputs import Inputs
from jetbench.progress import track

CHUNK = 2**16  # particles at a time


def training_scores(inputs: Inputs, particles: np.ndarray, seed: int) -> np.ndarray:
    """Normal scores (N, C) float32 of raw features (N, 8), those of neutral particles with noise.

    The random numbers are those of `seed`; the random state of the process stays as it is.
    """
    scores = np.empty((len(particles), inputs.continuous), np.float32)
    inputs.train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for start in track(range(0, len(particles), CHUNK), "normal scores"):
            chunk = torch.from_numpy(particles[start : start + CHUNK])
            scores[start : start + CHUNK] = inputs(chunk).continuous.numpy()
    return scores
