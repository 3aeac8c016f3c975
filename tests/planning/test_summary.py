import pytest

from jetbench.planning.summary import make_plan, rows, summary, unseen
from tests.planning.jobs import planned


def plan(**values):
    return make_plan(*planned(**values))


def test_all_jobs_are_scheduled_and_told():
    made = plan()
    assert len(rows(made)) == len(made.work) == summary(made)["rules"][-1].jobs


def test_the_longest_training_is_on_the_critical_path():
    names = [name for name, _ in summary(plan())["path"]]
    assert "train paper/jetclass/part/scratch/100M/1" in names
    assert [row["job"] for row in rows(plan()) if row["critical"]] == names


def test_more_gpus_are_never_slower():
    told = summary(plan())
    assert list(told["others"]) == [1, 4, 8]
    assert told["others"][1] > told["makespan"] >= told["others"][4]


def test_fewer_gpus_than_a_training_needs_are_no_alternative():
    assert list(summary(plan(gpus=2))["others"]) == [4, 8]


@pytest.mark.parametrize(
    ("site", "found"),
    [({"gpu": "h100", "gpus": 8}, {"gpu": "h100"}), ({"gpu": None, "gpus": 1}, {})],
)
def test_the_profile_does_not_see_a_site_of_the_command_line(site, found):
    assert unseen(site, {"gpu": None, "gpus": 8}) == found


def test_a_budget_drops_the_jobs_of_other_studies():
    whole = plan()
    hours = sum(each.gpu_hours for each in whole.work if each.job.wildcards.get("model") == "part")
    made = plan(budget_gpu_hours=hours + 0.01)
    assert summary(made)["studies"] == ["part_topk"]
    assert {each.job.wildcards.get("model") for each in made.work} == {None, "part"}


def test_a_budget_for_nothing_leaves_nothing_to_do():
    made = plan(budget_gpu_hours=1e-3)
    assert (made.work, summary(made)["studies"], rows(made)) == ([], [], [])


def test_a_budget_for_all_changes_nothing():
    told = summary(plan(budget_gpu_hours=1e6))
    assert told["choice"]["cost"] == pytest.approx(told["rules"][-1].gpu_hours)
    assert told["studies"] == ["jetclass_taggers", "part_topk"]
