"""Features of a pair of particles: how one would have split from the other.

Source: arXiv:2202.03772, eq. 3 to 6, with the clamps of its published code, so that weights
trained there mean the same here. All in float32, as there: for light particles ln m2 is rounding
noise, and the same order of operations gives the same noise.
"""

import torch
from torch import Tensor

from jetbench.physics.kinematics import delta_phi, mass2, phi, pt, rapidity

TINY = 1e-8  # smallest argument of a logarithm: pairs of a particle with itself have Delta = 0
FEATURES = ("ln kT", "ln z", "ln Delta", "ln m2")


def log(x: Tensor) -> Tensor:
    """ln max(x, 1e-8)."""
    return torch.log(x.clamp(min=TINY))


def log_kt(pt_p: Tensor, pt_q: Tensor, delta: Tensor) -> Tensor:
    """ln kT = ln( min(pT_p, pT_q) Delta ), the scale of the splitting."""
    return log(torch.minimum(pt_p, pt_q) * delta)


def log_z(pt_p: Tensor, pt_q: Tensor) -> Tensor:
    """ln z = ln( min(pT_p, pT_q) / (pT_p + pT_q) ), the share of the softer one."""
    return log(torch.minimum(pt_p, pt_q) / (pt_p + pt_q).clamp(min=TINY))


def log_mass2(p: Tensor, q: Tensor) -> Tensor:
    """ln m2 = ln( (E_p + E_q)^2 - |p_p + p_q|^2 ), the mass of the pair."""
    return log(mass2(p + q))


def pair_features(particles: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """(ln kT, ln z, ln Delta, ln m2) of each pair of rows of `particles`.

    particles (N, 4): px, py, pz, energy; first, second (T,): the rows of each pair. Gives (T, 4).
    Angles are computed once a particle, not once a pair.
    """
    transverse, y, azimuth = pt(particles), rapidity(particles), phi(particles)
    pt_p, pt_q = transverse[first], transverse[second]
    dy, dphi = y[first] - y[second], delta_phi(azimuth[first], azimuth[second])
    delta = torch.sqrt(dy.square() + dphi.square())
    mass = log_mass2(particles[first], particles[second])
    return torch.stack((log_kt(pt_p, pt_q, delta), log_z(pt_p, pt_q), log(delta), mass), dim=-1)
