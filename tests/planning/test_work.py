import pytest

from jetbench.planning.totals import Total, basis, by_rule, by_source, energy, resumed
from jetbench.planning.work import WARNING, attempts, kept, needed, place, work_of
from tests.conftest import ROOT
from tests.planning.jobs import RATES, SITE, job, load, planned, workflow


def tasks(work):
    return {each.task.name: each.task for each in work}


def test_jobs_wait_for_those_whose_files_they_read():
    named = tasks(planned()[0])
    assert named["evaluate paper/jetclass/part/scratch/100M/1"].after == (
        "predict paper/jetclass/part/scratch/100M/1",
    )


def test_trainings_hold_gpus_and_downloads_the_network():
    work, _ = planned(gpus=2)
    pools = {each.job.rule: (each.task.pool, each.task.width) for each in work}
    assert (pools["download"], pools["convert"]) == (("network", 1), ("core", 1))
    assert [w.task.width for w in work if w.job.rule == "train"] == [2, 1]


def test_without_a_gpu_trainings_hold_cores():
    rates = {("cpu", *key[1:]): rate for key, rate in RATES.items()}
    work = work_of(workflow(), load(site=SITE | {"gpu": None}), rates)
    assert "gpu" not in {each.task.pool for each in work}
    assert sum(each.gpu_hours for each in work) == 0


@pytest.mark.parametrize(("cores", "width"), [(8, 2), (1, 1)])
def test_without_a_gpu_each_process_of_a_training_holds_a_core(cores, width):
    rates = {("cpu", *key[1:]): rate for key, rate in RATES.items()}
    work = work_of(workflow(gpus=2), load(site=SITE | {"gpu": None, "cores": cores}), rates)
    train = next(each for each in work if each.job.rule == "train")
    assert (train.task.width, train.cores) == (width, width)


@pytest.mark.parametrize(("cores", "width"), [(64, 16), (4, 4)])
def test_k_means_holds_as_many_cores_as_it_searches_on(cores, width):
    fit = job("fit_kmeans", [], ["centroids"], {"scale": "paper"})
    found = place(fit, load(site=SITE | {"cores": cores}))
    assert found == ("core", width)


def test_gpu_hours_count_every_gpu_of_a_training():
    (one, *_), (two, *_) = (
        [w for w in planned(gpus=gpus)[0] if w.job.rule == "train"] for gpus in (1, 2)
    )
    assert two.gpu_hours == 2 * one.gpu_hours == 2 * one.task.seconds / 3600


def test_gpu_jobs_hold_the_cores_that_the_site_gives_a_gpu():
    work, _ = planned(gpus=2, site=SITE | {"cores_per_gpu": 8})
    assert [w.cores for w in work if w.job.rule == "train"] == [16, 8]


def test_sums_by_rule_end_with_the_whole():
    work, _ = planned()
    *rules, whole = by_rule(work)
    assert whole.jobs == len(work) == sum(rule.jobs for rule in rules) == 13
    assert whole.gpu_hours == pytest.approx(sum(rule.gpu_hours for rule in rules))


def test_sums_by_source_begin_with_the_most_gpu_hours():
    work, _ = planned()
    sources = by_source(work)
    assert sources[0].what == "measured here"
    assert sources[0].gpu_hours == pytest.approx(sum(each.gpu_hours for each in work))


def test_energy_is_that_of_the_gpus_at_work():
    work, settings = planned()
    hours = sum(each.gpu_hours for each in work)
    assert energy(work, settings["site"] | {"watts": 500}) == pytest.approx(hours / 2)


def test_a_training_beyond_the_walltime_takes_more_slurm_jobs():
    work, settings = planned()
    train = next(each for each in work if each.job.rule == "train")
    site = settings["site"] | {"walltime": train.task.seconds / 60 / 3 + 2}
    assert attempts(train, site) == 3
    assert attempts(train, site | {"walltime": site["walltime"] - 1}) == 4


def test_slurm_warns_a_training_when_the_plan_says():
    assert f"slurm_extra: --signal=TERM@{WARNING} " in (ROOT / "slurm/config.yaml").read_text()


def test_only_trainings_beyond_the_walltime_are_told():
    work, settings = planned()
    part = next(each for each in work if each.job.wildcards.get("model") == "part")
    site = settings["site"] | {"walltime": part.task.seconds / 60}
    assert [(row.model, row.trainings, row.slurm_jobs) for row in resumed(work, site)] == [
        ("part", 1, 2)
    ]


def test_pre_trainings_are_summed_apart():
    work, settings = planned()
    first = next(each for each in work if each.job.rule == "train")
    names = first.job.wildcards | {"task": "pretraining"}
    both = [first, first._replace(job=first.job._replace(wildcards=names))]
    kinds = [row.what for row in by_rule(both)]
    assert kinds == ["train: taggers", "train: pre-trainings", "all"]
    site = settings["site"] | {"walltime": first.task.seconds / 60}
    assert [row.model for row in resumed(both, site)] == ["part", "part (pre-training)"]


def test_scaled_trainings_may_take_three_times_as_many_slurm_jobs():
    work, settings = planned()
    part = next(each for each in work if each.job.wildcards.get("model") == "part")
    scaled = part._replace(estimate=part.estimate._replace(source="estimate as on a100, since"))
    site = settings["site"] | {"walltime": part.task.seconds / 60 / 2 + 2.1}
    assert [resumed([each], site)[0].worst for each in (part, scaled)] == [2, 6]


@pytest.mark.parametrize(
    ("source", "words", "scaled"),
    [
        ("measured here, median of 3", "measured here", 0),
        ("GN2, 2026", "rates of resources/throughputs.csv", 0),
        ("estimate by multiply-accumulates from gn2: GN2", "estimate from other networks", 1),
        ("estimate as on a100, since", "estimate from another GPU (a100; resources/throughputs", 1),
    ],
)
def test_a_plan_rests_on_what_most_hours_do(source, words, scaled):
    found = basis([Total(source, 1, 9.0, 9.0, 1), Total("demo", 3, 0.0, 99.0, 1)], {"gpu": "h1oo"})
    assert found.words.startswith(words) and found.scaled == scaled
    assert ("has no h1oo" in found.words) == ("as on" in source)


def test_a_study_needs_what_its_table_reads_and_all_before():
    names = needed(planned()[0], "part_topk")
    assert "train paper/jetclass/part/scratch/100M/1" in names
    assert "train paper/jetclass/pfn/scratch/100M/1" not in names
    assert "unpack_val" in names


def test_of_dropped_studies_nothing_is_waited_for():
    work, _ = planned()
    left = kept(work, needed(work, "part_topk"))
    assert tasks(left)["report"].after == ("tabulate part_topk",)
    assert {each.job.wildcards.get("model") for each in left} == {None, "part"}
