"""Lifetime signs as the formula of arXiv:2409.12589 stands, with vectors, in numpy."""

import numpy as np


def published(d0, dz, p, jet_eta, jet_phi):
    """Signed d0 and dz of tracks with momenta p (..., 3)."""
    jet = np.stack(np.broadcast_arrays(np.cos(jet_phi), np.sin(jet_phi), np.sinh(jet_eta)), -1)
    phi, eta = (
        np.arctan2(p[..., 1], p[..., 0]),
        np.arcsinh(p[..., 2] / np.hypot(p[..., 0], p[..., 1])),
    )
    dm = np.stack([d0 * np.cos(phi - np.pi / 2), d0 * np.sin(phi - np.pi / 2), dz], -1)
    sign = np.sign((np.cross(jet, p) * np.cross(p, -dm)).sum(-1))
    return np.abs(d0) * sign, np.abs(dz) * np.sign(dz * (jet_eta - eta))
