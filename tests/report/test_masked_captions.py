import pandas as pd
import pytest

from jetbench.report.distances import read_reconstructions, with_distances
from jetbench.report.masked_captions import PAIRED, conventions
from tests.evaluation.reconstructions import write_reconstruction
from tests.report.helpers import DOWNLOADED
from tests.report.masked import masked, text


def test_caption_says_what_frozen_and_untrained_mean(tasks):
    words = text(tasks[0], "mpm_tasks")
    assert '"frozen": the encoder was pre-trained without labels on the training jets' in words
    assert '"untrained": the same with an encoder of random weights' in words
    assert "background efficiency" not in words


def test_study_without_untrained_encoders_does_not_speak_of_them(sweeps):
    words = text(sweeps[0], "mpm_sweeps")
    assert "untrained" not in words and "Gain" not in words
    assert "The run with a decoder of four layers is the one with 40 % dropped." in words


@pytest.mark.parametrize("name", ["mpm_tasks", "mpm_ablation", "mpm_sweeps"])
def test_simulated_numbers_are_never_called_jetclass_results(tasks, ladder, sweeps, name):
    folder = {"mpm_tasks": tasks, "mpm_ablation": ladder, "mpm_sweeps": sweeps}[name][0]
    words = text(folder, name)
    assert "scale demo: trained on 10k and tested on 3k jets simulated on the spot" in words
    assert "These are NOT JetClass results and are not comparable with the published" in words


def test_caption_says_what_the_error_of_the_gain_is(tasks, ladder):
    several = text(tasks[0], "mpm_tasks")
    assert "mean over 3 seeds. Its error is the standard error of that mean and, in" in several
    assert "gets right, since all seeds have the same test jets;" in several
    single = text(ladder[0], "mpm_ablation")
    assert "with the error of the jets that only one of the two gets right." in single
    assert "so the order of close rows means nothing." in single


def test_study_of_untrained_encoders_alone_has_no_gains_to_tell_of(tmp_path):
    masked(tmp_path, "mpm_tasks", starts=["untrained"], figures=[])
    assert "Gain" not in text(tmp_path, "mpm_tasks")


def test_distances_are_explained_where_there_are_any(tasks, ladder):
    assert "W1: Wasserstein distance between the dropped" in text(tasks[0], "mpm_tasks")
    assert "Wasserstein" not in text(ladder[0], "mpm_ablation")


def test_shared_untrained_encoders_are_told(tasks, ladder):
    words = "share one untrained encoder and the head on it, trained once."
    assert words in text(tasks[0], "mpm_tasks")
    assert words not in text(ladder[0], "mpm_ablation")


def test_caption_says_which_particles_a_distance_is_of(tasks):
    words = text(tasks[0], "mpm_tasks")
    assert "for the impact parameters and their errors, of particles that were charged" in words
    assert "its charged particles stand for the dropped charged ones as far" in words


@pytest.mark.parametrize(("model", "told"), [("mpm_set_mine", True), ("mpm_kmeans", False)])
def test_pairing_is_told_of_all_models_that_make_sets(tmp_path, model, told):
    path = write_reconstruction(tmp_path / "reconstruction.h5", model)
    table = pd.DataFrame({"model": [model], "start": ["frozen"]})
    table = with_distances(table, read_reconstructions([path]))
    assert (PAIRED in conventions({"table": "pretraining"}, table)) == told


def test_steps_of_the_ladder_are_explained(ladder):
    assert "Each step adds to those above it; the control is" in text(ladder[0], "mpm_ablation")


def test_the_papers_own_scale_is_compared_plainly(tmp_path):
    masked(tmp_path, "mpm_sweeps", DOWNLOADED | {"seeds": [1]})
    words = text(tmp_path, "mpm_sweeps")
    assert "NOT" not in words and "Published: arXiv:2409.12589, Figure 6 (100M JetClass" in words
