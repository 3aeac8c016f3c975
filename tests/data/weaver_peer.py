"""weaver's loader with the official definitions of the data sets, padded with zeros as ours."""

import pytest
import torch
import yaml

from jetbench.data.datasets import LABEL_BRANCHES
from jetbench.data.features import SETS

NEW_VARIABLES = {
    "part_mask": "ak.ones_like(part_energy)",
    "part_pt": "np.hypot(part_px, part_py)",
    "part_pt_log": "np.log(part_pt)",
    "part_e_log": "np.log(part_energy)",
    "part_logptrel": "np.log(part_pt/jet_pt)",
    "part_logerel": "np.log(part_energy/jet_energy)",
    "part_deltaR": "np.hypot(part_deta, part_dphi)",
    "part_d0": "np.tanh(part_d0val)",
    "part_dz": "np.tanh(part_dzval)",
}
SCALING = {  # feature -> subtract, multiply, lowest, highest
    "part_pt_log": [1.7, 0.7],
    "part_e_log": [2.0, 0.7],
    "part_logptrel": [-4.7, 0.7],
    "part_logerel": [-4.7, 0.7],
    "part_deltaR": [0.2, 4.0],
    "part_d0err": [0, 1, 0, 1],
    "part_dzerr": [0, 1, 0, 1],
}


OFFICIAL = ("kin", "kinpid", "full")  # feature sets that weaver's configurations define
TWO_CLASSES = {"jet_is0": "1-label", "jet_is1": "label"}  # of TopLandscape and QuarkGluon


def definition(features: str, labels: dict | None) -> dict:
    """Data configuration of weaver: the official one of the feature set and its labels.

    `labels` holds formulas; without them they are the branches of JetClass.
    """
    unused = {"part_d0", "part_dz"} - set(SETS[features])
    variables = {name: formula for name, formula in NEW_VARIABLES.items() if name not in unused}
    zeros = {"length": 128, "pad_mode": "constant"}
    inputs = {
        "pf_points": [["part_deta", None], ["part_dphi", None]],
        "pf_features": [[name, *SCALING.get(name, [None])] for name in SETS[features]],
        "pf_vectors": [[f"part_{name}", None] for name in ("px", "py", "pz", "energy")],
        "pf_mask": [["part_mask", None]],
    }
    return {
        "treename": "tree",
        "selection": None,
        "new_variables": variables | (labels or {}),
        "preprocess": {"method": "manual", "data_fraction": None},
        "inputs": {name: zeros | {"vars": some} for name, some in inputs.items()},
        "labels": {"type": "simple", "value": list(labels or LABEL_BRANCHES)},
        "observers": ["jet_pt"],
        "weights": None,
    }


def weaver_dataset(files: dict, features: str, folder, training=False, labels=None):
    """SimpleIterDataset over files {class: [paths]}; skips the test where weaver is missing."""
    dataset = pytest.importorskip("weaver.utils.dataset")
    config = folder / f"{features}.yaml"
    config.write_text(yaml.safe_dump(definition(features, labels), sort_keys=False))
    return dataset.SimpleIterDataset(
        files,
        str(config),
        for_training=training,
        load_range_and_fraction=((0, 1), 1, 1),
        fetch_by_files=not training,
        fetch_step=0.25 if training else 1,  # about 1000 jets of each file, as 0.01 of a real one
        in_memory=False,
    )


def weaver_inputs(path, features: str, folder, labels=None) -> dict[str, torch.Tensor]:
    """Inputs of all jets of a file, channel first, by ascending jet_pt."""
    dataset = weaver_dataset({"_": [str(path)]}, features, folder, labels=labels)
    items = [(observers["jet_pt"], inputs) for inputs, _, observers in dataset]
    inputs = [inputs for _, inputs in sorted(items, key=lambda item: item[0])]
    return {
        name: torch.stack([torch.as_tensor(jet[f"pf_{name}"]) for jet in inputs])
        for name in ("points", "features", "vectors", "mask")
    }
