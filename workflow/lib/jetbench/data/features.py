"""Raw columns -> network inputs, in torch, on whatever device the columns lie.

Definitions, order and scaling are those of the official JetClass configurations (arXiv:2202.03772,
repository jet-universe/particle_transformer). A scaled feature is clip((x - subtract) * multiply),
to [-5, 5] unless said otherwise; the others enter as they are. The set `lifetime` is that of
arXiv:2409.12589 before its quantile transform: pT, angles and lifetime-signed impact parameters, in
GeV and mm, neither scaled nor clipped, and which particle it is; deta is the shard's, flipped for
JetClass but not for BTag.

Columns are tensors of one shape, a value for each particle; those of its jet are called jet_pt and
so on, and `compute` adds what several features begin with as log_pt and log_energy.
"""

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter

import torch
from torch import Tensor

from jetbench.data.columns import PARTICLE_IDS
from jetbench.physics.impact import signed_d0, signed_dz

Columns = dict[str, Tensor]


def scaled(function: Callable, subtract: float, multiply: float) -> Callable:
    """clip((f(columns) - subtract) * multiply, -5, 5)"""
    return lambda columns: (function(columns) - subtract).mul_(multiply).clip_(-5, 5)


def norm(x: Tensor, y: Tensor) -> Tensor:
    """sqrt(x^2 + y^2); four times as fast as torch.hypot, whose care for overflow is not needed"""
    return torch.addcmul(x.square(), y, y).sqrt_()


def log_pt(columns: Columns) -> Tensor:
    """ln pt, pt = sqrt(px^2 + py^2) in GeV"""
    return norm(columns["px"], columns["py"]).log()


def log_energy(columns: Columns) -> Tensor:
    """ln E, E in GeV"""
    return columns["energy"].log()


def log_pt_fraction(columns: Columns) -> Tensor:
    """ln(pt / pt of the jet)"""
    return columns["log_pt"] - columns["jet_pt"].log()


def log_energy_fraction(columns: Columns) -> Tensor:
    """ln(E / E of the jet)"""
    return columns["log_energy"] - columns["jet_energy"].log()


def delta_r(columns: Columns) -> Tensor:
    """Delta R = sqrt(deta^2 + dphi^2) to the jet axis"""
    return norm(columns["deta"], columns["dphi"])


def is_a(kind: str) -> Callable:
    """1 for particles of this kind, 0 for the others"""
    code = PARTICLE_IDS.index(kind)
    return lambda columns: columns["id"] == code


def momentum(columns: Columns) -> Tensor:
    """(px, py, pz) as the last dimension"""
    return torch.stack([columns[name] for name in ("px", "py", "pz")], -1)


def d0_signed(columns: Columns) -> Tensor:
    """d0 in mm, positive for decays in front of the primary vertex"""
    jet = columns["jet_eta"], columns["jet_phi"]
    return signed_d0(columns["d0"], columns["dz"], momentum(columns), *jet)


def dz_signed(columns: Columns) -> Tensor:
    """dz in mm, positive for decays in front of the primary vertex"""
    return signed_dz(columns["dz"], momentum(columns), columns["jet_eta"])


def identity(columns: Columns) -> Tensor:
    """0 photon, 1 h-, 2 h0, 3 h+, 4 e-, 5 e+, 6 mu-, 7 mu+; of no kind: 0, as published"""
    kind, charge = columns["id"].float(), columns["charge"].sign().float()
    lepton = 2 * (kind - PARTICLE_IDS.index("electron")) + 4 + (charge > 0)
    hadron = is_a("charged_hadron")(columns) | is_a("neutral_hadron")(columns)
    others = torch.where(hadron, 2 + charge, 0)
    return torch.where(kind >= PARTICLE_IDS.index("electron"), lepton, others)


FEATURES = {
    "part_pt_log": scaled(itemgetter("log_pt"), 1.7, 0.7),
    "part_e_log": scaled(itemgetter("log_energy"), 2.0, 0.7),
    "part_logptrel": scaled(log_pt_fraction, -4.7, 0.7),
    "part_logerel": scaled(log_energy_fraction, -4.7, 0.7),
    "part_deltaR": scaled(delta_r, 0.2, 4.0),
    "part_charge": lambda columns: columns["charge"],
    "part_isChargedHadron": is_a("charged_hadron"),
    "part_isNeutralHadron": is_a("neutral_hadron"),
    "part_isPhoton": is_a("photon"),
    "part_isElectron": is_a("electron"),
    "part_isMuon": is_a("muon"),
    "part_d0": lambda columns: columns["d0"].tanh(),
    "part_d0err": lambda columns: columns["d0err"].clip(0, 1),
    "part_dz": lambda columns: columns["dz"].tanh(),
    "part_dzerr": lambda columns: columns["dzerr"].clip(0, 1),
    "part_deta": lambda columns: columns["deta"],
    "part_dphi": lambda columns: columns["dphi"],
    "part_pt": lambda columns: norm(columns["px"], columns["py"]),
    "part_d0_signed": d0_signed,
    "part_d0err_raw": lambda columns: columns["d0err"],
    "part_dz_signed": dz_signed,
    "part_dzerr_raw": lambda columns: columns["dzerr"],
    "part_identity": identity,
}
KINEMATICS = ("part_pt_log", "part_e_log", "part_logptrel", "part_logerel", "part_deltaR")
PARTICLE_TYPE = (
    "part_charge",
    "part_isChargedHadron",
    "part_isNeutralHadron",
    "part_isPhoton",
    "part_isElectron",
    "part_isMuon",
)
DISPLACEMENT = ("part_d0", "part_d0err", "part_dz", "part_dzerr")
SIGNED = ("part_d0_signed", "part_d0err_raw", "part_dz_signed", "part_dzerr_raw")
POSITION = ("part_deta", "part_dphi")  # as they are, next to each other: Batch.points

SETS = {
    "kin": KINEMATICS + POSITION,
    "kinpid": KINEMATICS + PARTICLE_TYPE + POSITION,
    "full": KINEMATICS + PARTICLE_TYPE + DISPLACEMENT + POSITION,
    "lifetime": ("part_pt", *POSITION, *SIGNED, "part_identity"),
}

# Particle columns that a set is computed from; those of kin also make the vectors and points.
KINEMATIC_COLUMNS = ("px", "py", "pz", "energy", "deta", "dphi")
COLUMNS = {
    "kin": KINEMATIC_COLUMNS,
    "kinpid": (*KINEMATIC_COLUMNS, "charge", "id"),
    "full": (*KINEMATIC_COLUMNS, "charge", "id", "d0", "d0err", "dz", "dzerr"),
    "lifetime": (*KINEMATIC_COLUMNS, "d0", "d0err", "dz", "dzerr", "charge", "id"),
}

# Jet columns that a set is computed from; every shard has them.
JET_COLUMNS = dict.fromkeys(SETS, ("pt", "energy")) | {"lifetime": ("eta", "phi")}


def offered(columns: Iterable[str]) -> list[str]:
    """Sets that can be computed from these particle columns."""
    return [features for features, needed in COLUMNS.items() if set(needed) <= set(columns)]


def compute(columns: Columns, features: str) -> Tensor:
    """Features (..., F) float32 of the set `features`, from columns (...)."""
    return torch.stack([x.float() for x in feature_columns(columns, features)], dim=-1)


def feature_columns(columns: Columns, features: str) -> Iterator[Tensor]:
    """The F features (...) of the set one by one, some as bool or int8."""
    columns = columns | {"log_pt": log_pt(columns), "log_energy": log_energy(columns)}
    return (FEATURES[name](columns) for name in SETS[features])
