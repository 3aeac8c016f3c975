"""Lifetime-signed impact parameters: positive where a track seems to come from in front.

Of a decay on the jet axis, in the direction of flight, tracks have positive signs; those of the
primary vertex have either sign, as resolution will have it. The signs are those of arXiv:2409.12589
after ATL-PHYS-PUB-2020-014.

The perigee of a track, its point nearest the beam, lies at dm = (d0 sin phi, -d0 cos phi, dz) from
the primary vertex, phi the direction of the track there, as in Delphes. Where d0 is defined with
the other sign (ATLAS), signed d0 comes out with the other sign.

Momenta are the last dimension of a tensor, (px, py, pz) and whatever follows; shapes broadcast, of
particles (B, P) with jets (B, 1). Only directions matter. Give the momentum itself, never jet_eta
+ deta: JetClass flips the sign of deta for jets of negative eta, so that sum mirrors their tracks.
"""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from jetbench.physics.kinematics import pt


def signed_d0(d0: Tensor, dz: Tensor, p: Tensor, jet_eta: Tensor, jet_phi: Tensor) -> Tensor:
    """|d0| sign[(p_jet x p) . (p x -dm)]

    The sign is that of the part of dm across the track along the jet: with positive factors left
    out, d0 sin(phi - phi_jet) + dz (sinh eta_jet - cos(phi - phi_jet) sinh eta) / cosh^2 eta. A
    track without momentum, as padding has, gets 0.
    """
    direction = normalize(p[..., :3], dim=-1)
    x, y, z = direction.unbind(-1)
    cos, sin, transverse = jet_phi.cos(), jet_phi.sin(), pt(direction)
    across = cos * y - sin * x  # sin(phi - phi_jet) / cosh eta
    along = cos * x + sin * y
    displaced = d0 * across + dz * transverse * (jet_eta.sinh() * transverse**2 - along * z)
    return d0.abs() * torch.sign(displaced)


def signed_dz(dz: Tensor, p: Tensor, jet_eta: Tensor) -> Tensor:
    """|dz| sign[dz (eta_jet - eta)], and 0 for a track without momentum."""
    behind = jet_eta.sinh() * pt(p) - p[..., 2]  # sinh grows with eta; no logarithm of 0 / 0
    return dz.abs() * torch.sign(dz * behind)
