"""The ROOT files, read back by uproot and by weaver."""

import awkward as ak
import numpy as np
import pytest
import uproot

from jetbench.data.datasets import JET_BRANCHES, LABEL_BRANCHES, PARTICLE_BRANCHES, TRUTH_BRANCHES

FLAT = LABEL_BRANCHES | JET_BRANCHES | TRUTH_BRANCHES

FEATURES = """
new_variables:
  part_mask: ak.ones_like(part_energy)
  part_pt: np.hypot(part_px, part_py)
  part_pt_log: np.log(part_pt)
  part_e_log: np.log(part_energy)
  part_logptrel: np.log(part_pt/jet_pt)
  part_logerel: np.log(part_energy/jet_energy)
  part_deltaR: np.hypot(part_deta, part_dphi)
  part_d0: np.tanh(part_d0val)
  part_dz: np.tanh(part_dzval)
preprocess: {method: manual, data_fraction: 1.0}
inputs:
  pf_points:
    length: 128
    pad_mode: wrap
    vars: [[part_deta, null], [part_dphi, null]]
  pf_features:
    length: 128
    pad_mode: wrap
    vars:
      - [part_pt_log, 1.7, 0.7]
      - [part_e_log, 2.0, 0.7]
      - [part_logptrel, -4.7, 0.7]
      - [part_logerel, -4.7, 0.7]
      - [part_deltaR, 0.2, 4.0]
      - [part_charge, null]
      - [part_isChargedHadron, null]
      - [part_isNeutralHadron, null]
      - [part_isPhoton, null]
      - [part_isElectron, null]
      - [part_isMuon, null]
      - [part_d0, null]
      - [part_d0err, 0, 1, 0, 1]
      - [part_dz, null]
      - [part_dzerr, 0, 1, 0, 1]
      - [part_deta, null]
      - [part_dphi, null]
  pf_vectors:
    length: 128
    pad_mode: wrap
    vars: [[part_px, null], [part_py, null], [part_pz, null], [part_energy, null]]
  pf_mask:
    length: 128
    pad_mode: constant
    vars: [[part_mask, null]]
labels:
  type: simple
  value: [label_QCD, label_Hbb, label_Hcc, label_Hgg, label_H4q, label_Hqql, label_Zqq, label_Wqq,
    label_Tbqq, label_Tbl]
observers: [jet_pt, jet_eta, jet_phi, jet_energy, jet_nparticles, jet_sdmass, jet_tau1, jet_tau2,
  jet_tau3, jet_tau4]
"""


@pytest.fixture(scope="module")
def tree(hbb_file):
    return uproot.open(hbb_file)["tree"]


def test_the_tree_is_a_tree_of_41_branches_and_a_counter(tree):
    assert tree.classname == "TTree"
    assert tree.keys() == ["npart", *PARTICLE_BRANCHES, *FLAT]


@pytest.mark.parametrize(("name", "kind"), PARTICLE_BRANCHES.items())
def test_particle_branches_are_ragged_and_of_the_published_type(tree, name, kind):
    assert tree[name].interpretation.content.from_dtype.newbyteorder("=") == np.dtype(kind)


@pytest.mark.parametrize(("name", "kind"), FLAT.items())
def test_jet_branches_are_of_the_published_type(tree, name, kind):
    assert tree[name].interpretation.from_dtype.newbyteorder("=") == np.dtype(kind)


def test_values_survive(tree, hbb_columns):
    read = tree.arrays(list(hbb_columns))
    assert all(ak.array_equal(read[name], values) for name, values in hbb_columns.items())


def test_counter_is_the_number_of_particles(tree):
    counts = (tree[name].array(library="np") for name in ("npart", "jet_nparticles"))
    np.testing.assert_array_equal(*counts)


def test_weaver_reads_the_file_with_the_official_features(hbb_file, hbb_columns, tmp_path):
    dataset = pytest.importorskip("weaver.utils.dataset")
    (tmp_path / "full.yaml").write_text(FEATURES)
    jets = list(
        dataset.SimpleIterDataset(
            {"all": [str(hbb_file)]},
            str(tmp_path / "full.yaml"),
            for_training=False,
            load_range_and_fraction=((0, 1), 1, 1),
            fetch_by_files=True,
            fetch_step=1,
        )
    )
    inputs = jets[0][0]
    assert len(jets) == len(hbb_columns["jet_pt"]) and inputs["pf_features"].shape == (17, 128)
    assert {int(label["_label_"]) for _, label, _ in jets} == {1}
    leading = np.log(np.hypot(hbb_columns["part_px"][0, 0], hbb_columns["part_py"][0, 0]))
    assert inputs["pf_features"][0, 0] == pytest.approx((leading - 1.7) * 0.7, rel=1e-5)
