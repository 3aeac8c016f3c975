"""What a data set is: its classes, its files, its branches, its splits.

Sources: JetClass, arXiv:2202.03772, Zenodo 6619768; every ROOT file holds the jets of one process.
The files of the other sets hold jets of all their classes: BTag, Zenodo 13350327; the top tagging
reference set, Zenodo 2603256, and the quark and gluon jets of EnergyFlow, Zenodo 3164691; and what
the authors of JetClass made of these two, TopLandscape and QuarkGluon.
"""

from pathlib import Path
from typing import NamedTuple

from jetbench.errors import InputError, nearest


class JetClass(NamedTuple):
    """One class of jets: its label branch, its decay, the files it comes in."""

    name: str  # the label branch is label_{name}
    decay: str
    process: str  # prefix of the ROOT files
    label_type: str  # the published files differ: float for QCD, bool for H, int32 for the rest


JETCLASS = (  # in the order of the label index and of the output units of the official networks
    JetClass("QCD", "q/g", "ZJetsToNuNu", "float32"),
    JetClass("Hbb", "H -> bb", "HToBB", "bool"),
    JetClass("Hcc", "H -> cc", "HToCC", "bool"),
    JetClass("Hgg", "H -> gg", "HToGG", "bool"),
    JetClass("H4q", "H -> WW -> qqqq", "HToWW4Q", "bool"),
    JetClass("Hqql", "H -> WW -> lvqq", "HToWW2Q1L", "bool"),
    JetClass("Zqq", "Z -> qq", "ZToQQ", "int32"),
    JetClass("Wqq", "W -> qq", "WToQQ", "int32"),
    JetClass("Tbqq", "t -> bqq", "TTBar", "int32"),
    JetClass("Tbl", "t -> blv", "TTBarLep", "int32"),
)

CLASSES = tuple(jet_class.name for jet_class in JETCLASS)
PROCESSES = tuple(jet_class.process for jet_class in JETCLASS)


class DataSet(NamedTuple):
    """Shards of jets: what a label means, and how the jets are split."""

    classes: tuple[str, ...]  # in the order of the label
    numbers: dict[str, range]  # of the shards of each split
    jets: dict[str, int]  # in a published shard; a simulated one has as many as its scale says
    files: dict[str, tuple[str, ...]] | None = None  # published files of a split, each one a shard


# JetClass numbers its files, one of each process in a shard, through the splits.
FILE_NUMBERS = {"train": range(0, 100), "test": range(100, 120), "val": range(120, 125)}
MILLION = dict.fromkeys(FILE_NUMBERS, 1_000_000)
ONE_EACH = {"train": range(1), "val": range(1), "test": range(1)}
QUARK_GLUON = {"train": range(16), "val": range(16, 18), "test": range(18, 20)}

DATASETS = {
    "jetclass": DataSet(CLASSES, FILE_NUMBERS, MILLION),
    # Jets of two classes picked out of those of JetClass: the stand-in of TopLandscape.
    "top": DataSet(("QCD", "Tbqq"), FILE_NUMBERS, dict.fromkeys(FILE_NUMBERS, 200_000)),
    "btag": DataSet(
        ("light", "charm", "bottom"),  # no two splits of the simulated twin share a number
        {"train": range(0, 1), "val": range(1, 2), "test": range(2, 3)},
        {"train": 2_200_000, "val": 750_000, "test": 747_000},
        {
            "train": ("train_small.root",),
            "val": ("validate_small.root",),
            "test": ("test_small.root",),
        },
    ),
    "topreference": DataSet(
        ("QCD", "Tbqq"),
        ONE_EACH,
        {"train": 1_211_000, "val": 403_000, "test": 404_000},
        {split: (f"{split}.h5",) for split in ONE_EACH},
    ),
    "toplandscape": DataSet(
        ("QCD", "Tbqq"),
        ONE_EACH,
        {"train": 1_210_000, "val": 402_000, "test": 403_000},
        {split: (f"{split}_file.parquet",) for split in ONE_EACH},
    ),
    "qgreference": DataSet(
        ("gluon", "quark"),
        QUARK_GLUON,
        dict.fromkeys(QUARK_GLUON, 100_000),
        {  # the first file has no number
            split: tuple(f"QG_jets_{n}.npz" if n else "QG_jets.npz" for n in numbers)
            for split, numbers in QUARK_GLUON.items()
        },
    ),
    "quarkgluon": DataSet(
        ("gluon", "quark"),
        QUARK_GLUON,
        dict.fromkeys(QUARK_GLUON, 99_999),
        {  # the authors validate on the last ninth of every training file, we on two whole files
            "train": tuple(f"train_file_{n}.parquet" for n in range(16)),
            "val": ("train_file_16.parquet", "train_file_17.parquet"),
            "test": ("test_file_0.parquet", "test_file_1.parquet"),
        },
    ),
}


def family(name: str) -> str:
    """Data set that a folder is named after: `top_demo` is `top`, simulated at scale demo."""
    word = name.split("_")[0]
    if word not in DATASETS:
        raise InputError(f"{name}: expected a data set, got none; {nearest(word, DATASETS)}")
    return word


def described(name: str) -> DataSet:
    """Description of a data set under the name of its folder."""
    return DATASETS[family(name)]


def published_files(dataset: str) -> list[str]:
    """Names of all published files of a data set whose files hold all classes."""
    return [name for names in DATASETS[dataset].files.values() for name in names]


def source_files(name: str, split: str, number: str) -> list[str]:
    """Files below raw/ that become shard `number` (such as 007) of a split.

    JetClass's are one a class. Of the other sets it is one file with all classes: a published one
    under its own name, a simulated one, such as of btag_demo, under that of its shard.
    """
    data = described(name)
    numbers = data.numbers[split]
    if int(number) not in numbers:
        known = f"{numbers[0]:03d} to {numbers[-1]:03d}"
        raise InputError(f"{name} {split}: expected a shard from {known}, got {number}")
    if data.files is None:
        return [f"{split}/{process}_{number}.root" for process in PROCESSES]
    published = data.files[split][int(number) - numbers[0]]
    return [published if name in DATASETS else f"{split}/{number}{Path(published).suffix}"]


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
