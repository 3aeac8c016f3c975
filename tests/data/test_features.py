"""Features: by hand, and against weaver's preprocessing of the same ROOT file."""

import math
import re

import numpy as np
import pytest
import torch

from jetbench.data.columns import PARTICLE_IDS
from jetbench.data.conversion import convert
from jetbench.data.features import FEATURES, KINEMATICS, SETS, compute
from jetbench.data.jets import Jets
from jetbench.data.loading import eval_batches
from tests.conftest import ROOT
from tests.data.helpers import toy_root
from tests.data.readers.parquet_files import toy_parquet
from tests.data.weaver_peer import OFFICIAL, TWO_CLASSES, weaver_inputs

TOLERANCE = 2e-6


def one_particle(**changes):
    """Columns of one jet of one particle of pt 5, E 13, in a jet of pt 500, E 1300."""
    values = {"px": 3.0, "py": 4.0, "pz": 12.0, "energy": 13.0, "deta": 0.3, "dphi": -0.4}
    values |= {"charge": -1, "id": 4, "d0": 0.5, "d0err": 0.25, "dz": -2.0, "dzerr": 7.0}
    values |= {"jet_pt": 500.0, "jet_energy": 1300.0, "jet_eta": 1.0, "jet_phi": 2.0} | changes
    return {name: torch.tensor([[value]]) for name, value in values.items()}


def feature(name, **changes):
    return compute(one_particle(**changes), "full")[0, 0, SETS["full"].index(name)].item()


@pytest.mark.parametrize(
    "features, size", [("kin", 7), ("kinpid", 13), ("full", 17), ("lifetime", 8)]
)
def test_sets_have_the_published_size(features, size):
    assert compute(one_particle(), features).shape == (1, 1, size)


@pytest.mark.parametrize(
    "name, expected",
    [
        ("part_pt_log", 0.7 * (math.log(5) - 1.7)),
        ("part_e_log", 0.7 * (math.log(13) - 2)),
        ("part_logptrel", 0.7 * (math.log(0.01) + 4.7)),
        ("part_logerel", 0.7 * (math.log(0.01) + 4.7)),
        ("part_deltaR", 4 * (0.5 - 0.2)),
        ("part_charge", -1),
        ("part_isElectron", 1),
        ("part_isMuon", 0),
        ("part_d0", math.tanh(0.5)),
        ("part_d0err", 0.25),
        ("part_dz", math.tanh(-2)),
        ("part_dzerr", 1),
        ("part_deta", 0.3),
        ("part_dphi", -0.4),
    ],
)
def test_feature_by_hand(name, expected):
    assert feature(name) == pytest.approx(expected, abs=TOLERANCE)


def test_scaled_features_are_clipped_at_five():
    assert feature("part_pt_log", px=1e-9, py=0.0) == -5
    assert feature("part_deltaR", deta=9.0) == 5


def table():
    """Rows of the table of features in docs/export.md: names, x, subtract, multiply."""
    page = (ROOT / "docs" / "export.md").read_text().split("## Features\n")[1].split("\n## ")[0]
    cells = [line.strip("| ").split("|") for line in page.splitlines() if line.startswith("| `")]
    for names, x, *scaling in cells:
        numbers = [float(text) for text in scaling if text.strip()]
        yield re.findall("`(.+?)`", names), x.strip(), numbers


def test_page_names_every_feature_once():
    assert sorted(name for names, _, _ in table() for name in names) == sorted(FEATURES)


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_page_scales_features_as_they_are(size):
    """Of particles with `size` times the momentum, at `size` times the distance."""
    x = {"ln pT": math.log(5 * size), "ln E": math.log(13 * size)}
    x |= {"ln(pT / pT of the jet)": math.log(size / 100), "ΔR = √(Δη² + Δφ²)": 0.5 * size}
    x |= {"ln(E / E of the jet)": math.log(size / 100)}
    names = ("px", "py", "pz", "energy", "deta", "dphi")
    changes = {name: one_particle()[name].item() * size for name in names}
    scaled = [(name, x[of], *scaling) for [name, *_], of, scaling in table() if scaling]
    assert [name for name, *_ in scaled] == list(KINEMATICS)
    for name, value, subtract, multiply in scaled:
        expected = np.clip((value - subtract) * multiply, -5, 5)
        assert feature(name, **changes) == pytest.approx(expected, abs=2e-5), name


IDENTITIES = {  # id, charge -> part_identity
    ("photon", 0): 0,
    ("charged_hadron", -1): 1,
    ("neutral_hadron", 0): 2,
    ("charged_hadron", 1): 3,
    ("electron", -1): 4,
    ("electron", 1): 5,
    ("muon", -1): 6,
    ("muon", 1): 7,
    ("none", 0): 0,
}


@pytest.mark.parametrize("particle", IDENTITIES)
def test_identity_is_kind_and_charge(particle):
    kind, charge = particle
    columns = one_particle(id=PARTICLE_IDS.index(kind), charge=charge)
    columns = columns | {"id": columns["id"].to(torch.uint8), "charge": columns["charge"].char()}
    assert compute(columns, "lifetime")[0, 0, -1] == IDENTITIES[particle]


def test_positions_are_not_clipped():
    assert feature("part_deta", deta=9.0) == 9


@pytest.mark.parametrize("features", OFFICIAL)
def test_features_are_those_of_weaver(tmp_path, features):
    path = tmp_path / "HToBB_000.root"
    toy_root(path, "HToBB", jets=60, seed=3)
    expected = weaver_inputs(path, features, tmp_path)  # jets by jet_pt
    convert([path], tmp_path / "000.h5", "jetclass_toy", "train", seed=1)
    assert_equal(tmp_path / "000.h5", features, expected)


@pytest.mark.parametrize(
    "dataset, features", [("toplandscape", "kin"), ("quarkgluon", "kin"), ("quarkgluon", "kinpid")]
)
def test_features_of_parquet_files_are_those_of_weaver(tmp_path, dataset, features):
    path = tmp_path / "train_file.parquet"
    toy_parquet(path, dataset, jets=60, seed=3)
    expected = weaver_inputs(path, features, tmp_path, TWO_CLASSES)
    convert([path], tmp_path / "000.h5", dataset, "train", seed=1)
    assert_equal(tmp_path / "000.h5", features, expected)


def assert_equal(shard, features, expected):
    """The 60 jets of the shard as loaded are, by ascending jet_pt, what weaver makes of them."""
    jets = Jets([shard])
    order = np.argsort(jets.read([(0, 60)], ["jets/pt"])[1]["jets/pt"])
    (index, batch), *_ = eval_batches(jets, 60, features, "cpu")
    rows = torch.argsort(index)[order]
    length = batch.mask.shape[1]
    for name in ("points", "features", "vectors"):
        got = getattr(batch, name)[rows].transpose(1, 2)
        torch.testing.assert_close(got, expected[name][..., :length], atol=TOLERANCE, rtol=1e-6)
    torch.testing.assert_close(batch.mask[rows].float()[:, None], expected["mask"][..., :length])
