import pytest

from jetbench.errors import InputError
from jetbench.report.material import by_run, line_of, lines_of, published_label
from jetbench.report.runs import run_named
from tests.report.helpers import DOWNLOADED, SIMULATED, material

TOPS = "demo/top_tagging/part"


@pytest.fixture(scope="module")
def toy(sizes):
    return material(sizes, "training_size")


@pytest.fixture(scope="module")
def two(tops):
    return material(tops, "top_tagging")


def test_only_the_first_of_several_seeds_is_in_the_legend(toy):
    labels = [line_of(toy, run, toy.curves)["label"] for run in toy.curves]
    assert labels[:4] == ["ParticleNet, 1k", None, "ParticleNet, 3k", None]


def test_larger_training_sizes_are_drawn_stronger(toy):
    strengths = [line_of(toy, run, toy.curves)["alpha"] for run in toy.curves]
    assert strengths[:6:2] == sorted(strengths[:6:2]) and strengths[4] == 1


def test_higher_limits_are_drawn_stronger_and_named(limits):
    shown = material(limits, "part_topk")
    styles = [line_of(shown, run, shown.curves) for run in shown.curves]
    assert [style["label"] for style in styles][:2] == ["ParT, k = 1", "ParT, k = 2"]
    strengths = [style["alpha"] for style in styles]
    assert strengths == sorted(strengths) and len(set(strengths)) == 9


def test_lines_tell_the_starts_and_colours_the_models(two):
    runs = [run_named(f"{TOPS}/{start}/2k/1") for start in ("scratch", "jetclass")]
    scratch, tuned = (line_of(two, run, two.curves) for run in runs)
    assert scratch["color"] == tuned["color"]
    assert (scratch["linestyle"], tuned["linestyle"]) == ("solid", "dashed")
    assert tuned["label"] == "ParT, fine-tuned" and tuned["alpha"] == 1


def test_one_start_alone_keeps_the_lines_of_the_models(two):
    run = run_named("demo/top_tagging/pcnn/scratch/2k/1")
    assert line_of(two, run, two.curves)["linestyle"] == "solid"
    assert line_of(two, run, {run: None})["linestyle"] == "dashdot"


def test_table_and_curves_are_drawn_with_the_same_lines(two):
    run = run_named(f"{TOPS}/jetclass/2k/1")
    by_row, by_curve = lines_of(two)["part_fine_tuned"], line_of(two, run, two.curves)
    assert by_row.items() <= by_curve.items()


def test_scratch_comes_before_fine_tuned_whatever_the_order_of_the_files(two, tmp_path):
    paths = []
    for start in ("official", "jetclass", "scratch"):
        paths.append(tmp_path / f"results/{TOPS}/{start}/2k/1/curves.csv")
        paths[-1].parent.mkdir(parents=True)
        paths[-1].write_text("class\n")
    starts = [run.start for run in by_run(paths, two.looks)]
    assert starts == ["scratch", "jetclass", "official"]


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (SIMULATED, "published (TopLandscape, not comparable)"),
        (DOWNLOADED, "published (TopLandscape)"),
        (DOWNLOADED | {"tasks": {"top_tagging": {"data": "top"}}}, "not comparable)"),
    ],
)
def test_legend_says_whether_published_numbers_are_comparable(two, scale, words):
    assert published_label(two._replace(scale=scale)).endswith(words)


def test_run_of_an_unknown_model_is_refused(two, tmp_path):
    path = tmp_path / f"{SIMULATED['name']}/jetclass/mine/scratch/1k/1/curves.csv"
    path.parent.mkdir(parents=True)
    path.write_text("class\n")
    with pytest.raises(InputError, match=r"expected an entry for \['mine'\], got pfn"):
        by_run([path], two.looks)
