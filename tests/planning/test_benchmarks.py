import json

import pytest

from jetbench.planning.benchmarks import at_site
from jetbench.planning.durations import START
from tests.planning.site import A100, CPU, at, row

TABLE = {("cpu", "train", "part"): row(83.0, 335e6), ("a100", "train", "gn2"): row(17361.0, 188e6)}
RUN = "demo/jetclass/part/scratch/10k"
EPOCHS = [(80.0, 16.0), (90.0, 15.0), (100.0, 14.0)]  # jets a second, seconds


def add_training(folder, run, epochs=EPOCHS, kind="cpu", **told):
    """Weights and history of a finished training, as far as they are looked at."""
    (folder / run).mkdir(parents=True)
    header = json.dumps({"__metadata__": {"device": kind} | told}).encode()
    weights = len(header).to_bytes(8, "little") + header
    (folder / run / "weights.safetensors").write_bytes(weights)
    lines = ["epoch,jets_per_second,seconds", *(f"1,{rate},{time}" for rate, time in epochs)]
    (folder / run / "history.csv").write_text("\n".join(lines) + "\n")


def add_benchmark(folder, path, seconds):
    """A benchmark file of Snakemake."""
    path = folder / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"s\th:m:s\tmax_pss\n{seconds}\t0:00:01\t100.0\n")


def measured(folder, site=CPU):
    """Jets a second of what was measured, without the rows of the table."""
    found = at_site(TABLE, folder, at(site))
    return {key: entry.jets_per_second for key, entry in found.items() if entry != TABLE.get(key)}


def test_without_results_the_table_stays(tmp_path):
    assert at_site(TABLE, tmp_path / "results", at(CPU)) == TABLE


def test_a_training_replaces_its_row(tmp_path):
    add_training(tmp_path, f"{RUN}/1")
    found = at_site(TABLE, tmp_path, at(CPU))
    expected = row(90.0, 335e6, "measured here, median of 3")
    assert found["cpu", "train", "part"] == expected
    assert found["a100", "train", "gn2"] == TABLE["a100", "train", "gn2"]


def test_one_slow_run_does_not_count(tmp_path):
    for seed in (1, 2):
        add_training(tmp_path, f"{RUN}/{seed}")
    add_training(tmp_path, f"{RUN}/3", [(9.0, 140.0)])
    assert measured(tmp_path) == {("cpu", "train", "part"): 90.0}


def test_short_epochs_do_not_count(tmp_path):
    add_training(tmp_path, f"{RUN}/1", [(1000.0, 1.3)])
    assert not measured(tmp_path)


def test_the_gpu_is_that_of_the_site(tmp_path):
    add_training(tmp_path, f"{RUN}/1", kind="cuda")
    assert measured(tmp_path, A100) == {("a100", "train", "part"): 90.0}


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_a_rate_is_that_of_one_of_the_processes_that_trained(tmp_path, kind):
    add_training(tmp_path, f"{RUN}/1", kind=kind, processes="3")  # whatever the recipe says now
    assert set(measured(tmp_path, A100).values()) == {30.0}


@pytest.mark.parametrize("told", [{"processes": "1 4"}, {"kind": "cpu cuda", "processes": "1"}])
def test_a_training_that_went_on_elsewhere_tells_no_rate(tmp_path, told):
    add_training(tmp_path, f"{RUN}/1", **told)
    assert not measured(tmp_path)


def test_predictions_and_evaluations_are_test_jets_over_time(tmp_path):
    add_training(tmp_path, f"{RUN}/1", [])
    add_benchmark(tmp_path, f"{RUN}/1/predict.tsv", START["predict"] + 10)
    add_benchmark(tmp_path, f"{RUN}/1/evaluate.tsv", START["evaluate"] + 1)  # too short
    assert measured(tmp_path) == {("cpu", "predict", "part"): 3000 / 10}


@pytest.mark.parametrize(
    ("path", "key", "jets"),
    [
        ("jetclass_demo/benchmarks/train/000", ("convert", "jetclass"), 10_000),
        ("jetclass_demo/benchmarks/val/HToBB_120", ("simulate", "jetclass"), 100),
        ("btag_demo/benchmarks/train/raw_000", ("simulate", "btag"), 3_000),
        ("top_demo/benchmarks/train/000", ("select", "top"), 10_000),
        ("topreference/benchmarks/val/000", ("convert", "topreference"), 403_000),
    ],
)
def test_a_file_of_jets_is_its_jets_over_time(tmp_path, path, key, jets):
    add_benchmark(tmp_path, f"data/{path}.tsv", START[key[0]] + 20)
    assert measured(tmp_path) == {("cpu", *key): jets / 20}


@pytest.mark.parametrize(
    ("run", "key"),
    [
        ("pretraining/mpm_flow/scratch/10k/1", ("cpu", "pretrain", "demo/mpm_flow")),
        ("jetclass/mpm_flow/frozen/10k/1", ("cpu", "probe", "demo/mpm_flow")),
    ],
)
def test_encoders_of_reduced_width_have_rates_of_their_own(tmp_path, run, key):
    add_training(tmp_path, f"demo/{run}")
    assert measured(tmp_path) == {key: 90.0}


def test_results_of_a_configuration_that_is_gone_are_left_alone(tmp_path):
    add_training(tmp_path, "demo/jetclass/gone/scratch/10k/1")
    add_benchmark(tmp_path, "data/gone_demo/benchmarks/train/000.tsv", 100)
    add_benchmark(tmp_path, "data/btag_gone/benchmarks/train/000.tsv", 100)
    assert not measured(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x08\0\0\0\0\0\0\0not JSON", b"\x02\0\0\0\0\0\0\0{}"])
def test_weights_that_do_not_say_where_are_left_alone(tmp_path, content):
    add_training(tmp_path, f"{RUN}/1")
    (tmp_path / RUN / "1/weights.safetensors").write_bytes(content)
    assert not measured(tmp_path)
