import pytest

from jetbench.data import loading
from jetbench.errors import InputError
from jetbench.planning.needs import (
    BASE,
    HOST,
    KEPT,
    LEAST,
    NOTICE,
    POOL,
    POOLED,
    ROOM,
    SAFETY,
    cores,
    memory,
    minutes,
)
from tests.planning.site import A100, CPU, JOBS, TABLE, at, row, run
from tests.planning.test_durations import rules

DEMO, PAPER = at(CPU), at(A100)
TOY = {("cpu", "train", "part"): row(2.0, 1.0)}
TRAINING = run("paper", jets="100M")
MEASURED = [  # MB of jobs of the demo, the largest of several (max_pss)
    ("train", run(), 2041),
    ("train", run(model="part_b"), 1616),
    ("train", run(model="part_l"), 3217),
    ("train", run(model="part_plain"), 1401),
    ("train", run(model="particlenet"), 1168),
    ("train", run(model="part_lite"), 1271),
    ("train", run(model="pcnn"), 748),
    ("train", run(model="pfn"), 521),
    ("train", run(task="pretraining", model="mpm_flow_matching"), 548),
    ("train", run(task="pretraining", model="vqvae"), 468),
    ("train", run(model="mpm_regression", start="frozen"), 449),
    ("predict", run(), 1075),
    ("predict", run(model="part_plain"), 427),
    ("predict", run(model="particlenet"), 493),
    ("predict", run(model="pcnn"), 245),
    ("predict", run(model="pfn"), 209),
    ("simulate", JOBS["simulate"], 125),
    ("simulate_btag", JOBS["simulate_btag"], 171),
    ("simulate_quarkgluon", JOBS["simulate_quarkgluon"], 149),
    ("convert", JOBS["convert"], 108),
    ("count", JOBS["count"], 337),
    ("draw", JOBS["draw"], 148),
    ("tabulate", JOBS["tabulate"], 80),
    ("report", JOBS["report"], 122),
    ("export", JOBS["export"], 379),
]
LAPTOP = 7500  # MB that `make demo` gives all jobs together


@pytest.mark.parametrize("rule", rules())
@pytest.mark.parametrize("settings", [DEMO, PAPER], ids=["cpu", "gpu"])
def test_every_rule_states_memory_and_time(rule, settings):
    wildcards = JOBS.get(rule, {})
    assert memory(rule, wildcards, settings) >= ROOM * BASE[rule]
    assert LEAST <= minutes(rule, wildcards, settings, TABLE) <= CPU["walltime"]


def test_an_unknown_rule_is_named_with_the_nearest():
    with pytest.raises(InputError, match="unknown rule 'drwa'; did you mean 'draw'"):
        memory("drwa", {}, DEMO)


@pytest.mark.parametrize(("rule", "wildcards", "measured"), MEASURED)
def test_memory_covers_the_peaks_of_the_demo(rule, wildcards, measured):
    assert measured < memory(rule, wildcards, DEMO)


@pytest.mark.parametrize("other", ["part", "particlenet", "part_l"])
def test_any_two_trainings_fit_into_a_laptop(other):
    both = [memory("train", run(model=model), DEMO) for model in ("part_l", other)]
    assert sum(both) <= LAPTOP


@pytest.mark.parametrize("model", [name for name in DEMO["models"] if "mpm" in name])
def test_any_two_pre_trainings_fit_into_a_laptop(model):
    assert 2 * memory("train", run(task="pretraining", model=model), DEMO) <= LAPTOP


def test_time_is_twice_the_estimate():
    seconds = 5 + 5 * (1280 + 500 / 3) / 2.0
    expected = SAFETY * seconds / 60 + NOTICE
    assert minutes("train", run(), DEMO, TOY) == pytest.approx(expected, abs=1)


def test_a_short_job_may_take_some_minutes():
    assert minutes("credit", JOBS["credit"], DEMO, TABLE) == LEAST


def test_each_attempt_gets_more_time():
    assert [minutes("credit", JOBS["credit"], DEMO, TABLE, attempt) for attempt in (1, 2, 3)] == [
        LEAST,
        2 * LEAST,
        3 * LEAST,
    ]


def test_each_attempt_gets_half_of_the_memory_more():
    first, second, third = (memory("draw", {}, DEMO, attempt) for attempt in (1, 2, 3))
    assert (second, third) == (1.5 * first, 2 * first)


def test_no_job_is_longer_than_the_walltime():
    short = at(A100 | {"walltime": 300})
    for attempt in (1, 4):
        assert minutes("train", TRAINING, short, TABLE, attempt) == 300


def test_a_training_on_a_gpu_needs_the_host_and_full_pools():
    expected = ROOM * (BASE["train"] + HOST + 4 * POOLED * POOL)  # of training and validation
    assert memory("train", TRAINING, PAPER) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(("site", "each"), [(A100, HOST), (CPU, BASE["train"])], ids=["gpu", "cpu"])
def test_every_process_of_a_training_has_its_own_memory(site, each):
    settings = at(site)
    models = settings["models"]
    four = models["part"] | {"recipe": models["part"]["recipe"] | {"gpus": 4}}
    more = memory("train", TRAINING, settings | {"models": models | {"part": four}})
    once = memory("train", TRAINING, settings)  # the processes share its batches
    assert more - once == pytest.approx(ROOM * 3 * (each + 4 * POOLED * POOL), abs=2)


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        (A100 | {"cores_per_gpu": 8}, 32),
        (CPU | {"gpu_partition": "gpu", "cores_per_gpu": 8}, 32),
        (CPU | {"cores_per_gpu": 8}, 4),
        (CPU, 4),
        (A100, 4),
    ],
)
def test_a_process_has_the_cores_of_its_gpu_or_one(site, expected):
    assert cores(4, site) == expected


def test_a_pool_is_as_large_as_that_of_the_loader():
    assert POOL == loading.POOL


def test_a_prediction_on_a_gpu_holds_all_scores():
    expected = ROOM * (BASE["predict"] + HOST + 2 * POOLED * POOL + 60e-6 * 20e6)
    assert memory("predict", TRAINING, PAPER) == pytest.approx(expected, abs=1)


def test_an_unknown_network_needs_as_much_as_the_dearest():
    odd = DEMO["models"]["pfn"] | {"network": "odd"}
    wildcards, models = run(model="pfn"), DEMO["models"] | {"pfn": odd}
    known = memory("train", wildcards, DEMO)
    more = memory("train", wildcards, DEMO | {"models": models}) - known
    assert more == pytest.approx(ROOM * 128 * (KEPT["part"] - KEPT["pfn"]), abs=1)


def test_evaluation_at_paper_scale_covers_what_was_measured():
    assert memory("evaluate", TRAINING, PAPER) > 1800  # 20M jets of 10 classes


def test_conversion_at_paper_scale_covers_what_was_measured():
    shard = {"dataset": "jetclass", "split": "train", "number": "000"}
    assert memory("convert", shard, PAPER) > 269  # a million jets
