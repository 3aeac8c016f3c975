"""What a physicist looks at: quantities of jets and particles from the columns of a raw file.

A quantity whose columns a file lacks is left out. J jets hold P particles.
"""

from collections.abc import Callable

import numpy as np

from jetbench.data.inspect.unchecked_shards import Block
from jetbench.data.readers.checks import FLAGS, PT_TOLERANCE

WIDEST = 0.8  # deta and dphi are clipped here, as in the reference quantiles of JetClass
PDG = {11: 4, 13: 5, 22: 3}  # electron, muon, photon -> id; hadrons lie above 100
SEVERAL = 255  # id of a particle with two identities
IMPACTS = ("d0", "d0err", "dz", "dzerr", "d0sig")  # of charged particles only
Rules = list[tuple[str, tuple[str, ...], Callable]]  # quantity, columns that it is made of, how


def invariant_mass(pt, eta, energy):
    """m = sqrt(E^2 - pT^2 cosh^2(eta))"""
    return np.sqrt(np.maximum(energy**2 - (pt * np.cosh(eta)) ** 2, 0))


def difference(phi, jet_phi):
    """phi - jet_phi from -pi to pi"""
    return (phi - jet_phi + np.pi) % (2 * np.pi) - np.pi


def signed_d0(d0, dz, deta, dphi, jet_eta):
    """d0 with the lifetime sign of a track at eta = jet_eta + deta.

    That is wrong for JetClass, which mirrors deta where jet_eta < 0. But so were the signs made
    whose quantiles are the reference, and only like can be compared with like. The equation is that
    of physics/impact.py, without torch, whose import takes half the time of a page.
    """
    eta = jet_eta + deta
    ahead = (np.sinh(jet_eta) - np.cos(dphi) * np.sinh(eta)) / np.cosh(eta) ** 2
    return np.abs(d0) * np.sign(d0 * np.sin(dphi) + dz * ahead)


def signed_dz(dz, deta):
    """|dz| sign[dz (eta_jet - eta)], of the same track"""
    return np.abs(dz) * np.sign(-dz * deta)


def one_identity(*flags):
    """The flags, in the order of FLAGS, as one code; 0 for none"""
    codes = sum(flag * code for flag, code in zip(flags, FLAGS.values(), strict=True))
    return np.where(sum(flags) > 1, SEVERAL, codes)


def identity_of(pid, charge):
    """PDG code as one of PARTICLE_IDS"""
    kinds = [np.abs(pid) == code for code in PDG]
    return np.select(kinds, PDG.values(), np.where(charge != 0, 1, 2))


JET_RULES: Rules = [("mass", ("pt", "eta", "energy"), invariant_mass)]
PARTICLE_RULES: Rules = [
    ("pt", ("px", "py"), np.hypot),
    ("deta", ("eta", "jet_eta"), np.subtract),
    ("dphi", ("phi", "jet_phi"), difference),
    ("signed_d0", ("d0", "dz", "deta", "dphi", "jet_eta"), signed_d0),
    ("signed_dz", ("dz", "deta"), signed_dz),
    ("d0sig", ("signed_d0", "d0err"), np.divide),
    ("id", tuple(FLAGS), one_identity),
    ("id", ("pid", "charge"), identity_of),
]


SHOWN = {  # quantity -> what of these columns it is
    **{name: name for name in ("pt", "deta", "dphi", "d0err", "dzerr", "d0sig")},
    **{"d0": "signed_d0", "dz": "signed_dz", "id": "id", "origin": "origin"},
}


def derive(columns: dict[str, np.ndarray], rules: Rules) -> dict[str, np.ndarray]:
    """The columns and what they give by the rules, each quantity by the first rule that can."""
    columns = dict(columns)
    for name, sources, function in rules:
        if name not in columns and columns.keys() >= set(sources):
            with np.errstate(all="ignore"):  # of damaged values and of particles without errors
                columns[name] = function(*(columns[source] for source in sources))
    return columns


def jet_quantities(block: Block) -> dict[str, np.ndarray]:
    """Quantities by name, (J,) each; `leading_share` is pT / jet pT of the first particle."""
    jets = derive({name: values.astype(float) for name, values in block.jets.items()}, JET_RULES)
    shown = [name for name in ("pt", "eta", "mass", "sdmass") if name in jets]
    found = {"multiplicity": np.diff(block.first)} | {f"jet_{name}": jets[name] for name in shown}
    pt = derive(block.particles, PARTICLE_RULES).get("pt")
    if pt is not None and "pt" in jets:
        full = np.flatnonzero(found["multiplicity"])
        found["leading_share"] = np.full(len(block.entries), np.nan)
        found["leading_share"][full] = pt[block.first[full]] / jets["pt"][full]
    return found


def particle_quantities(block: Block, most: int) -> dict[str, np.ndarray]:
    """Quantities by name of the `most` leading particles of each jet.

    d0 and dz have the lifetime sign. Impact parameters are those of charged particles.
    """
    owner = np.repeat(np.arange(len(block.entries)), np.diff(block.first))
    lead = np.arange(len(owner)) - block.first[owner] < most
    columns = {name: values[lead] for name, values in block.particles.items()}
    columns |= {f"jet_{name}": values[owner[lead]] for name, values in block.jets.items()}
    columns = derive(columns, PARTICLE_RULES)
    charged = columns["charge"] != 0 if "charge" in columns else ...
    found = {name: columns[source] for name, source in SHOWN.items() if source in columns}
    for name in found.keys() & {"deta", "dphi"}:
        found[name] = np.clip(found[name], -WIDEST, WIDEST)
    return {name: values[charged if name in IMPACTS else ...] for name, values in found.items()}


def unordered(block: Block) -> int:
    """Number of jets whose particles are not in descending pT."""
    pt = derive(block.particles, PARTICLE_RULES).get("pt")
    if pt is None:
        return 0
    rises = np.append(pt[1:] > pt[:-1] * (1 + PT_TOLERANCE), False)  # (P,) to the next one
    rises[block.first[1:][block.first[1:] > 0] - 1] = False  # the next one is of another jet
    return len(np.unique(np.searchsorted(block.first, np.flatnonzero(rises), "right")))
