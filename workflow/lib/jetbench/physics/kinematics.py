"""Kinematics of four-vectors.

A four-vector is the last dimension of a tensor: (px, py, pz, energy) in GeV.
"""

import math

import torch
from torch import Tensor

TINY_ENERGY = 1e-20  # GeV; keeps the rapidity of a particle along the beam finite


def pt(p: Tensor) -> Tensor:
    """pT = sqrt(px^2 + py^2), the momentum across the beam, in GeV."""
    return torch.sqrt(p[..., 0].square() + p[..., 1].square())


def phi(p: Tensor) -> Tensor:
    """phi = atan2(py, px), the azimuth in (-pi, pi]."""
    return torch.atan2(p[..., 1], p[..., 0])


def rapidity(p: Tensor) -> Tensor:
    """y = 1/2 ln( (E + pz) / (E - pz) ) = 1/2 ln( 1 + 2 pz / (E - pz) ), boost-additive."""
    pz, energy = p[..., 2], p[..., 3]
    return 0.5 * torch.log(1 + 2 * pz / (energy - pz).clamp(min=TINY_ENERGY))


def pseudorapidity(p: Tensor) -> Tensor:
    """eta = asinh(pz / pT), the rapidity of a massless particle in the same direction."""
    return torch.asinh(p[..., 2] / pt(p))


def delta_phi(a: Tensor, b: Tensor) -> Tensor:
    """a - b of two azimuths, wrapped to [-pi, pi)."""
    return (a - b + math.pi) % (2 * math.pi) - math.pi


def delta_r(p: Tensor, q: Tensor) -> Tensor:
    """Delta R = sqrt( (y_p - y_q)^2 + (phi_p - phi_q)^2 ), the distance of two directions."""
    dy = rapidity(p) - rapidity(q)
    return torch.sqrt(dy.square() + delta_phi(phi(p), phi(q)).square())


def mass2(p: Tensor) -> Tensor:
    """m^2 = E^2 - |p|^2 in GeV^2; rounding makes it slightly negative for light particles."""
    return p[..., 3].square() - (p[..., 0].square() + p[..., 1].square() + p[..., 2].square())
