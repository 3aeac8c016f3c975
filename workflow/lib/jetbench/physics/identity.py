"""Kinds of particles, as masked particle modelling tells them apart.

0 photon, 1 h-, 2 h0, 3 h+, 4 e-, 5 e+, 6 mu-, 7 mu+ (arXiv:2409.12589).
"""

NEUTRAL = (0, 2)  # without a track, so without impact parameters
