import pytest
from matplotlib.colors import to_hex

from jetbench.report.canvas import save
from jetbench.report.gantt import FRAME, gantt
from jetbench.report.taggers import read_taggers
from tests.conftest import ROOT
from tests.report.planned import jobs


@pytest.fixture(scope="module")
def looks():
    return read_taggers(ROOT / "resources/taggers.yaml")


def rows(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def bars(figure, row):
    return [
        bar for bar in figure.axes[0].patches if round(bar.get_y() + bar.get_height() / 2) == row
    ]


def words(figure):
    return {text.get_text() for text in figure.axes[0].texts} - {""}


def test_every_gpu_has_a_row_below_those_of_all(looks):
    expected = ["critical path", "downloads", "cores", "GPU 0", "GPU 1"]
    assert rows(gantt(jobs(), looks, "plan")) == expected


def test_a_bar_is_as_long_as_its_job_and_has_the_colour_of_its_tagger(looks):
    first = bars(gantt(jobs(hours=20.0), looks, "plan"), 3)[0]
    assert (first.get_x(), first.get_width()) == pytest.approx((0.05, 12))
    assert to_hex(first.get_facecolor()) == looks["pfn"]["colour"]


def test_fine_tuning_is_hatched_and_scoring_pale(looks):
    trained, tuned, scored = bars(gantt(jobs(seeds=1), looks, "plan"), 3)
    assert [bar.get_hatch() for bar in (trained, tuned, scored)] == [None, "///", None]
    assert scored.get_alpha() < trained.get_alpha() == 1


def test_pre_trainings_are_told_from_other_trainings(looks):
    table = jobs(seeds=1)
    table.loc[(table["rule"] == "train") & (table["start"] == "scratch"), "task"] = "pretraining"
    figure = gantt(table, looks, "plan")
    assert [bar.get_hatch() for bar in bars(figure, 3)] == ["..", "///", None]
    assert "pre-training" in [text.get_text() for text in figure.legends[0].get_texts()]


def test_variants_of_one_colour_share_an_entry_of_the_legend(looks):
    names = {"part": "mpm_kmeans_mask10", "pfn": "particlenet_kin"}
    table = jobs().assign(model=lambda table: table["model"].replace(names))
    figure = gantt(table, looks, "plan")
    told = [text.get_text() for text in figure.legends[0].get_texts()][:2]
    assert told == ["ParticleNet (kin)", "k-means + id"]


def test_the_critical_path_is_framed_and_has_a_row_of_its_own(looks):
    figure = gantt(jobs(seeds=1), looks, "plan")
    assert len(bars(figure, 0)) == 4
    widths = [[bar.get_linewidth() for bar in bars(figure, row)] for row in (3, 4)]
    assert max(widths[0]) == FRAME["linewidth"] > max(widths[1])


def test_bars_say_what_they_are_where_there_is_room(looks):
    assert words(gantt(jobs(), looks, "plan")) == {
        f"{model} 100M #{seed}" for model in ("PFN", "ParT") for seed in (1, 2)
    }
    assert not words(gantt(jobs(gpus=8, seeds=40), looks, "plan"))


def test_one_seed_is_not_told(looks):
    assert "PFN 100M" in words(gantt(jobs(seeds=1), looks, "plan"))


def test_a_job_on_two_gpus_has_a_bar_on_each(looks):
    table = jobs(seeds=1)
    table.loc[table["units"] == "1", "units"] = "0 1"
    figure = gantt(table, looks, "plan")
    assert [len(bars(figure, row)) for row in (3, 4)] == [6, 3]


def test_without_gpus_every_core_has_a_row(looks):
    table = jobs().assign(pool=lambda t: t["pool"].replace("gpu", "core"))
    assert rows(gantt(table, looks, "plan")) == ["critical path", "downloads", "core 0", "core 1"]


@pytest.mark.parametrize(("hours", "unit"), [(0.5, "minutes"), (10, "hours"), (60, "days")])
def test_the_axis_has_a_unit_that_fits(looks, hours, unit):
    table = jobs(hours=hours)
    table.loc[table["rule"] == "tabulate", "end_hours"] = 2 * hours
    assert gantt(table, looks, "plan").axes[0].get_xlabel() == unit


def test_a_line_stands_where_a_training_goes_on_in_another_slurm_job(looks):
    figure = gantt(jobs(gpus=1, seeds=1, hours=40.0), looks, "plan", limit=10)
    lines = [[p.vertices[0, 0] for p in c.get_paths()] for c in figure.axes[0].collections]
    assert pytest.approx([10.05, 20.05]) in lines
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels[-1] == "next Slurm job"


def test_of_many_gpus_only_some_rows_are_named(looks):
    assert rows(gantt(jobs(gpus=40), looks, "plan"))[3:6] == ["GPU 0", "GPU 4", "GPU 8"]


def test_the_same_plan_gives_the_same_bytes(looks, tmp_path):
    for name in ("one.png", "two.png"):
        save(gantt(jobs(), looks, "plan"), tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
