import pytest

from jetbench.data.features import SETS
from jetbench.errors import InputError
from jetbench.networks import build
from jetbench.networks.cost import macs
from jetbench.planning.throughputs import COLUMNS, rate, read_throughputs
from jetbench.planning.validation import read_yaml
from tests.conftest import ROOT
from tests.planning.site import TABLE, row

TOY = {
    ("cpu", "train", "big"): row(10.0, 400.0),
    ("cpu", "train", "small"): row(300.0, 4.0),
    ("cpu", "load", "jetclass"): row(1000.0),
    ("a100", "train", "big"): row(600.0, 400.0),
}


def table(tmp_path, *rows):
    """The table of these rows, read from a file."""
    path = tmp_path / "throughputs.csv"
    path.write_text("\n".join(["# a comment", ",".join(COLUMNS), *rows]) + "\n")
    return read_throughputs(path)


def test_a_row_is_read_with_its_source(tmp_path):
    read = table(tmp_path, "a100,train,part,335,17.5,2025,a talk")
    assert read == {("a100", "train", "part"): row(17.5, 335.0, "a talk, 2025")}


def test_a_job_without_a_network_has_no_macs(tmp_path):
    read = table(tmp_path, "cpu,convert,jetclass,,25000,2025,demo")
    assert read["cpu", "convert", "jetclass"].macs is None


@pytest.mark.parametrize("rows", [["cpu,train,part,,fast,2025,x"], ["cpu,train,part,,0,2025,x"]])
def test_a_rate_that_is_none_is_refused(tmp_path, rows):
    with pytest.raises(InputError, match="throughputs.csv"):
        table(tmp_path, *rows)


def test_two_rows_for_the_same_are_refused(tmp_path):
    with pytest.raises(InputError, match="one row for cpu, train, part, got two"):
        table(tmp_path, *["cpu,train,part,,5,2025,x"] * 2)


def test_other_columns_are_refused(tmp_path):
    path = tmp_path / "throughputs.csv"
    path.write_text("device,model\n")
    with pytest.raises(InputError, match="expected the columns"):
        read_throughputs(path)


def test_what_was_measured_is_taken_as_it_is():
    assert rate(TOY, "cpu", "train", ["big"]) == row(10.0, 400.0)


def test_a_twin_goes_at_the_same_speed():
    assert rate(TOY, "cpu", "train", ["big_kin", "big"]).jets_per_second == 10.0


def test_another_network_scales_from_the_nearest_by_multiply_accumulates():
    other = TOY | {("a100", "count", "other"): row(1.0, 200.0)}
    found = rate(other, "cpu", "train", ["other"])
    assert found.jets_per_second == 10.0 * 400 / 200
    assert found.source == "estimate by multiply-accumulates from big: measured"


def test_a_network_of_unknown_cost_is_as_slow_as_the_dearest():
    assert rate(TOY, "cpu", "train", ["unheard"]).jets_per_second == 10.0


def test_prediction_is_three_times_as_fast_as_training():
    assert rate(TOY, "a100", "predict", ["big"]).jets_per_second == pytest.approx(1000.0)
    slower = TOY | {("a100", "train", "big"): row(60.0, 400.0)}
    assert rate(slower, "a100", "predict", ["big"]).jets_per_second == pytest.approx(180.0)


def test_no_network_is_faster_than_its_jets_are_read():
    assert rate(TOY, "a100", "train", ["small"]).jets_per_second == 1000.0


def test_a_gpu_without_rows_stands_as_the_reference_and_says_so():
    found = rate(TOY, "h100", "train", ["big"])
    assert found.jets_per_second == 600.0
    assert found.source == (
        "estimate as on a100, since resources/throughputs.csv has no row for h100: measured"
    )


def test_a_job_of_which_nothing_is_known_names_the_file():
    assert "add a row to resources/throughputs.csv" in rate(TOY, "cpu", "select", ["top"]).source


def test_the_published_row_is_its_published_time():
    assert TABLE["a100", "train", "gn2"].jets_per_second == pytest.approx(300e6 / 4.8 / 3600, 1e-4)


@pytest.mark.parametrize(
    "model", [key[2] for key, row in TABLE.items() if key[:2] == ("cpu", "train") and row.macs]
)
def test_multiply_accumulates_of_the_table_are_those_of_the_network(model):
    content = read_yaml(ROOT / f"config/models/{model}.yaml")
    inputs = len(SETS[content["features"]])
    network = build(content["network"], inputs, **content["sizes"])
    assert TABLE["cpu", "train", model].macs == macs(network, inputs)
