"""Jets from one end to the other."""

import awkward as ak
import numpy as np
import pytest

from jetbench.data.datasets import (
    FILE_NUMBERS,
    JET_BRANCHES,
    LABEL_BRANCHES,
    PARTICLE_BRANCHES,
    PROCESSES,
    TRUTH_BRANCHES,
)
from jetbench.errors import InputError
from jetbench.simulation.production import file_seed, simulate_jets
from workflow.scripts.simulate import simulate

JETS = 12


def test_exactly_the_jets_asked_for(hbb_columns):
    assert {len(values) for values in hbb_columns.values()} == {JETS}


def test_branches_come_in_the_order_of_jetclass(hbb_columns):
    branches = (*PARTICLE_BRANCHES, *LABEL_BRANCHES, *JET_BRANCHES, *TRUTH_BRANCHES)
    assert tuple(hbb_columns) == branches and len(branches) == 41


def test_same_seed_gives_the_same_jets_and_fewer_are_the_first_ones(hbb_columns):
    again = simulate_jets("HToBB", 5, file_seed("HToBB", 7000))
    assert all(ak.array_equal(values, hbb_columns[name][:5]) for name, values in again.items())


def test_another_seed_gives_other_jets(hbb_columns):
    other = simulate_jets("HToBB", 2, file_seed("HToBB", 7001))
    assert not np.isin(other["jet_pt"], hbb_columns["jet_pt"]).any()


def test_every_file_of_every_split_has_its_own_seed():
    numbers = [number for split in FILE_NUMBERS.values() for number in split]
    seeds = {file_seed(process, number) for process in PROCESSES for number in numbers}
    assert len(seeds) == len(PROCESSES) * len(numbers) and min(seeds) > 0


def test_file_numbers_may_be_written_with_zeros():
    assert file_seed("HToBB", "007") == file_seed("HToBB", 7)


@pytest.mark.parametrize("number", [-1, 90_000_000])
def test_file_numbers_beyond_the_seeds_of_pythia_are_refused(number):
    with pytest.raises(InputError, match="expected a file number"):
        file_seed("HToBB", number)


def test_only_the_label_of_the_process_is_set(hbb_columns):
    set_labels = {name for name in LABEL_BRANCHES if np.any(hbb_columns[name])}
    assert set_labels == {"label_Hbb"} and np.all(hbb_columns["label_Hbb"])


def test_truth_is_a_higgs(hbb_columns):
    assert set(hbb_columns["aux_truth_match"]) == {41.0}
    assert set(hbb_columns["aux_genpart_pid"]) == {25.0}


def test_particles_come_by_falling_pt(hbb_columns):
    pt = np.hypot(hbb_columns["part_px"], hbb_columns["part_py"])
    assert ak.all(pt[:, :-1] >= pt[:, 1:]) and ak.all(pt > 0)


def test_particles_add_up_to_the_transverse_momentum_of_the_jet(hbb_columns):
    px, py = (ak.to_numpy(ak.sum(hbb_columns[f"part_p{axis}"], axis=1)) for axis in "xy")
    np.testing.assert_allclose(np.hypot(px, py), hbb_columns["jet_pt"], rtol=1e-5)
    np.testing.assert_allclose(np.arctan2(py, px), hbb_columns["jet_phi"], atol=1e-5)


def test_deta_is_measured_away_from_the_beam_axis(hbb_columns):
    pt = np.hypot(hbb_columns["part_px"], hbb_columns["part_py"])
    eta = np.arcsinh(hbb_columns["part_pz"] / pt)
    sign = np.where(hbb_columns["jet_eta"] > 0, 1, -1)
    deta = sign * (eta - hbb_columns["jet_eta"])
    np.testing.assert_allclose(ak.flatten(deta), ak.flatten(hbb_columns["part_deta"]), atol=1e-4)


def test_each_particle_is_of_one_kind(hbb_columns):
    kinds = sum(values for name, values in hbb_columns.items() if name.startswith("part_is"))
    assert ak.all(kinds == 1)


def test_only_charged_particles_have_impact_parameters(hbb_columns):
    neutral = hbb_columns["part_charge"] == 0
    assert ak.all(hbb_columns["part_d0val"][neutral] == 0)
    assert ak.all(hbb_columns["part_d0err"][~neutral] > 0)


def test_script_writes_the_file_of_one_number(tmp_path):
    simulate(tmp_path / "TTBar_000.root", process="TTBar", number="000", jets=2)
    assert (tmp_path / "TTBar_000.root").stat().st_size > 0


def test_script_refuses_an_unknown_process(tmp_path):
    with pytest.raises(InputError, match="did you mean .TTBar"):
        simulate(tmp_path / "TTbar_000.root", process="TTbar", number="000", jets=2)
    assert not list(tmp_path.iterdir())
