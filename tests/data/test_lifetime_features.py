"""The feature set with lifetime-signed impact parameters, as it leaves a shard."""

import math

import numpy as np
import pytest
import torch

from jetbench.data import conversion
from jetbench.data.columns import PARTICLE_IDS
from jetbench.data.features import compute
from jetbench.data.jets import Jets
from jetbench.data.loading import check_features, eval_batches
from jetbench.data.readers import btagfiles
from jetbench.data.shards import read_shard
from jetbench.errors import InputError
from tests.data.helpers import toy_shard
from tests.data.readers.btag_files import write_btag
from tests.data.readers.parquet_files import toy_parquet
from tests.physics.published_signs import published


@pytest.fixture
def jetclass_shard(tmp_path):
    toy_shard(tmp_path / "000.h5", jets=200, seed=5)
    return tmp_path / "000.h5"


@pytest.fixture
def btag_shard(tmp_path, monkeypatch):
    monkeypatch.setitem(conversion.READERS, "btag", btagfiles)
    write_btag(tmp_path / "a.root", jets=200, seed=5)
    conversion.convert([tmp_path / "a.root"], tmp_path / "000.h5", "btag_toy", "train", seed=1)
    return tmp_path / "000.h5"


def expected(shard):
    """The features of all particles of a shard, by the paper's formulas."""
    jets, particles, _ = read_shard(shard)
    columns = {name: values.astype(float) for name, values in particles.items()}
    eta, phi = (
        np.repeat(jets[name], np.diff(jets["first"])).astype(float) for name in ("eta", "phi")
    )
    p = np.stack([columns[name] for name in ("px", "py", "pz")], -1)
    d0, dz = published(columns["d0"], columns["dz"], p, eta, phi)
    angles = (columns["deta"], columns["dphi"])
    impact = (d0, columns["d0err"], dz, columns["dzerr"])
    return np.stack([np.hypot(*p[:, :2].T), *angles, *impact, identities(columns)], -1)


def identities(columns):
    """0 photon, 1 h-, 2 h0, 3 h+, 4 e-, 5 e+, 6 mu-, 7 mu+, by name."""
    names = {"charged_hadron": (1, 2, 3), "neutral_hadron": (1, 2, 3)}
    names |= {"electron": (4, 0, 5), "muon": (6, 0, 7)}
    table = np.array([names.get(name, (0, 0, 0)) for name in PARTICLE_IDS])
    return table[columns["id"].astype(int), columns["charge"].astype(int) + 1]


def loaded(shard):
    """The features of all particles of a shard, in its order."""
    index, batch = next(eval_batches(Jets([shard]), 200, "lifetime", "cpu"))
    order = torch.argsort(index)
    return batch.features[order][batch.mask[order]].numpy()


@pytest.mark.parametrize("data", ["jetclass_shard", "btag_shard"])
def test_features_are_those_of_the_paper(data, request):
    shard = request.getfixturevalue(data)
    np.testing.assert_allclose(loaded(shard), expected(shard), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("data", ["jetclass_shard", "btag_shard"])
def test_jets_of_either_sign_of_eta_and_both_signs_of_d0_are_among_them(data, request):
    shard = request.getfixturevalue(data)
    eta, d0 = read_shard(shard).jets["eta"], expected(shard)[:, 3]
    assert (eta < 0).any() and (eta > 0).any() and (d0 < 0).any() and (d0 > 0).any()


def test_nothing_is_scaled_or_clipped():
    """A track of 1000 mm from a decay far in front of it."""
    columns = {"px": 3.0, "py": 4.0, "pz": 0.0, "energy": 5.0, "deta": -2.0, "dphi": 0.3}
    columns |= {"d0": 1000.0, "d0err": 2.0, "dz": -3000.0, "dzerr": 4.0}
    columns |= {"charge": -1, "id": PARTICLE_IDS.index("muon")}
    columns |= {"jet_eta": -1e-4, "jet_phi": math.atan2(4, 3) - 0.3}
    columns = {name: torch.tensor([value]) for name, value in columns.items()}
    got = compute(columns, "lifetime")[0].tolist()
    assert got == pytest.approx([5, -2, 0.3, 1000, 2, 3000, 4, 6])


def test_shards_without_impact_parameters_are_refused(tmp_path):
    toy_parquet(tmp_path / "train_file.parquet", "toplandscape", jets=20)
    source, shard = tmp_path / "train_file.parquet", tmp_path / "000.h5"
    conversion.convert([source], shard, "toplandscape", "train", seed=1)
    with pytest.raises(InputError, match=r"expected columns \['d0', .*'lifetime'"):
        check_features(Jets([shard]), "lifetime")
