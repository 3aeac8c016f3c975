"""What a data set is: its classes, its files, its branches, its splits.

Source: JetClass, arXiv:2202.03772, Zenodo 6619768. Every ROOT file holds the jets of one process.
"""

from typing import NamedTuple


class JetClass(NamedTuple):
    """One class of jets: its label branch, its decay, the files it comes in."""

    name: str  # the label branch is label_{name}
    decay: str
    process: str  # prefix of the ROOT files
    label_type: str  # the published files differ: float for QCD, bool for H, int32 for the rest
    efficiency: float | None  # working point of the published rejection against QCD


JETCLASS = (  # in the order of the label index and of the output units of the official networks
    JetClass("QCD", "q/g", "ZJetsToNuNu", "float32", None),
    JetClass("Hbb", "H -> bb", "HToBB", "bool", 0.5),
    JetClass("Hcc", "H -> cc", "HToCC", "bool", 0.5),
    JetClass("Hgg", "H -> gg", "HToGG", "bool", 0.5),
    JetClass("H4q", "H -> WW -> qqqq", "HToWW4Q", "bool", 0.5),
    JetClass("Hqql", "H -> WW -> lvqq", "HToWW2Q1L", "bool", 0.99),
    JetClass("Zqq", "Z -> qq", "ZToQQ", "int32", 0.5),
    JetClass("Wqq", "W -> qq", "WToQQ", "int32", 0.5),
    JetClass("Tbqq", "t -> bqq", "TTBar", "int32", 0.5),
    JetClass("Tbl", "t -> blv", "TTBarLep", "int32", 0.995),
)

CLASSES = tuple(jet_class.name for jet_class in JETCLASS)
PROCESSES = tuple(jet_class.process for jet_class in JETCLASS)
WORKING_POINTS = {c.name: c.efficiency for c in JETCLASS if c.efficiency is not None}

# Numbers of the files of one process in each split; one file holds 100 000 jets.
FILE_NUMBERS = {"train": range(0, 100), "test": range(100, 120), "val": range(120, 125)}

# The 41 branches of the published tree, in its order, with the type of one value.
PARTICLE_BRANCHES = {
    "part_px": "float32",
    "part_py": "float32",
    "part_pz": "float32",
    "part_energy": "float32",
    "part_deta": "float32",
    "part_dphi": "float32",
    "part_d0val": "float32",
    "part_d0err": "float32",
    "part_dzval": "float32",
    "part_dzerr": "float32",
    "part_charge": "float32",
    "part_isChargedHadron": "int32",
    "part_isNeutralHadron": "int32",
    "part_isPhoton": "int32",
    "part_isElectron": "int32",
    "part_isMuon": "int32",
}
LABEL_BRANCHES = {f"label_{c.name}": c.label_type for c in JETCLASS}
JET_BRANCHES = {
    "jet_pt": "float32",
    "jet_eta": "float32",
    "jet_phi": "float32",
    "jet_energy": "float32",
    "jet_nparticles": "float32",
    "jet_sdmass": "float32",
    "jet_tau1": "float32",
    "jet_tau2": "float32",
    "jet_tau3": "float32",
    "jet_tau4": "float32",
}
TRUTH_BRANCHES = {
    "aux_genpart_eta": "float32",
    "aux_genpart_phi": "float32",
    "aux_genpart_pid": "float32",
    "aux_genpart_pt": "float32",
    "aux_truth_match": "float32",
}
