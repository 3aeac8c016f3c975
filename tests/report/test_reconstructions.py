import numpy as np
import pytest

from jetbench.errors import InputError
from jetbench.evaluation.reconstruction import read_reconstruction
from jetbench.report.reconstructions import chosen, reach, reconstruction
from tests.evaluation.reconstructions import write_reconstruction


@pytest.fixture(scope="module")
def jets(tasks):
    return reconstruction(tasks[1])


def test_every_backbone_is_a_column_and_every_jet_a_row(jets):
    titles = [ax.get_title() for ax in jets.axes if ax.get_title()]
    assert titles == ["data (dropped)", "regression + id", "k-means + id", "set flow matching"]
    assert len(jets.axes) == 3 * 4


def test_kept_particles_are_in_all_columns_and_the_dropped_in_the_first(tasks, jets):
    content = tasks[1].reconstructions[0]
    jet = chosen(content)[0]
    grey = [ax.collections[0].get_offsets() for ax in jets.axes[:4]]
    assert all(np.array_equal(grey[0], other) for other in grey)
    dropped = content.dropped[content.dropped_jet == jet]
    filled = jets.axes[0].collections[1]
    assert np.array_equal(filled.get_offsets(), dropped[:, 1:3])
    assert np.ptp(filled.get_sizes() / dropped[:, 0]) < 1e-5


def test_jets_are_of_different_classes_and_have_particles_to_fill_in(tasks):
    content = tasks[1].reconstructions[0]
    jets = chosen(content)
    assert list(content.label[jets]) == [0, 1, 2]
    assert min(np.bincount(content.dropped_jet)[jets]) >= 8


def test_fewer_classes_than_jets_are_made_up_by_other_jets(tasks):
    content = tasks[1].reconstructions[0]
    assert len(set(chosen(content._replace(label=np.zeros_like(content.label))))) == 3


@pytest.mark.parametrize("most", [1, 6])
def test_short_jets_are_shown_where_there_are_no_longer_ones(tasks, most):
    content = tasks[1].reconstructions[0]
    first = np.searchsorted(content.dropped_jet, content.dropped_jet)
    few = np.arange(len(first)) - first < np.minimum(most, content.dropped_jet)  # of jet 3: 3
    parts = (content.dropped, content.made, content.dropped_jet)
    dropped, made, jet = (rows[few] for rows in parts)
    short = content._replace(dropped=dropped, made=made, dropped_jet=jet)
    assert set(np.bincount(jet)[chosen(short)]) == {most}
    assert len(reconstruction(tasks[1]._replace(reconstructions=[short])).axes) == 3 * 2


def test_no_true_particle_lies_beyond_the_axes(tasks, jets):
    content = tasks[1].reconstructions[0]
    limit = reach(content, chosen(content))
    assert jets.axes[5].get_xlim() == (-limit, limit) == jets.axes[5].get_ylim()
    assert limit > np.abs(content.kept[np.isin(content.kept_jet, chosen(content)), 1:3]).max()


def test_backbones_with_other_dropped_particles_are_refused(tasks, tmp_path):
    other = read_reconstruction(write_reconstruction(tmp_path / "r.h5", "mpm_set", seed=2))
    mixed = tasks[1]._replace(reconstructions=[tasks[1].reconstructions[0], other])
    with pytest.raises(InputError, match="mpm_set.*: expected the dropped particles of .*regress"):
        reconstruction(mixed)
