import shutil

import pytest
from matplotlib.figure import Figure

from jetbench.provenance import code_version
from jetbench.report.canvas import columns_of, finish, save
from jetbench.report.figures import FIGURES
from tests.evaluation.helpers import TRAINING
from tests.report.helpers import figure, legend, material

LONG = "ParticleNet, fine-tuned from official weights"


@pytest.mark.parametrize(
    ("names", "width", "columns"),
    [
        (["ParT"] * 8, 15, 4),
        (["ParT"] * 3, 15, 3),
        (["ParT"], 8.5, 1),
        ([LONG] * 4, 8.5, 1),
        ([LONG] * 4, 15, 3),
        (["rejection, $H \\to \\ell\\nu qq'$"] * 4, 12, 4),
    ],
)
def test_legend_has_as_many_columns_as_fit(names, width, columns):
    assert columns_of(names, width) == columns


def test_legend_of_long_names_stays_inside_the_figure(tops):
    shown = material(tops, "top_tagging")
    looks = {name: look | {"label": LONG + name} for name, look in shown.looks.items()}
    drawing = FIGURES["rejection"](shown._replace(looks=looks))
    drawing.draw_without_rendering()
    box = drawing.legends[0].get_window_extent()
    assert drawing.bbox.x0 <= box.x0 and box.x1 <= drawing.bbox.x1
    assert drawing.axes[0].get_window_extent().height > 0.4 * drawing.bbox.height


def test_a_note_stays_inside_a_narrow_figure(taggers):
    drawing = Figure(figsize=(6, 4))
    drawing.subplots().plot([1], label="line")
    finish(drawing, material(taggers, "jetclass_taggers"), note="what its lines mean, " * 6)
    drawing.draw_without_rendering()
    heading = drawing._suptitle.get_window_extent()
    assert heading.height > 0 and heading.x1 <= drawing.bbox.x1


def test_entries_that_several_panels_share_are_there_once(taggers):
    names = legend(FIGURES["training"](material(taggers, "jetclass_taggers")))
    assert names[-2:] == ["validation", "training"] and len(names) == len(set(names))


@pytest.mark.parametrize("suffix", ["pdf", "png"])
def test_saving_a_figure_again_gives_the_same_bytes(tmp_path, suffix):
    for name in ("one", "other"):
        figure = Figure()
        figure.subplots().plot([1, 2])
        save(figure, tmp_path / f"{name}.{suffix}")
    one, other = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in ("one", "other"))
    assert one == other


@pytest.mark.parametrize("name", ["drawn.pdf", "drawn.png"])
def test_files_name_figure_code_and_weights(name, tmp_path):
    save(Figure(), tmp_path / name, title="Toy: roc", subject="weights by jetbench 0.1.0+a")
    content = (tmp_path / name).read_bytes()
    for text in ("Toy: roc", "weights by jetbench 0.1.0+a", f"jetbench {code_version()}"):
        assert text.encode() in content
    assert b"Date" not in content


def test_figures_of_a_study_name_its_weights(taggers, tmp_path):
    shutil.copy(taggers[0] / "jetclass_taggers.csv", tmp_path)
    figure(tmp_path, "jetclass_taggers", "accuracy", taggers[1])
    content = (tmp_path / "accuracy.png").read_bytes()
    assert b"Taggers on the ten JetClass classes: accuracy" in content
    assert f"Scale demo, weights by jetbench {TRAINING['code_version']}".encode() in content
