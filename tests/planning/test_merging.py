import pytest

from jetbench.errors import InputError
from jetbench.planning.merging import expand, merge, overlay

BASE = {"sizes": {"width": 8, "depth": 2}, "tasks": {"identity": {}, "kmeans": {"tokens": 9}}}


def test_values_are_put_over_each_other_mapping_by_mapping():
    merged = merge(BASE, {"sizes": {"width": 4}, "rate": 0.5}, "a")
    assert merged == BASE | {"sizes": {"width": 4, "depth": 2}, "rate": 0.5}


def test_null_takes_a_key_away():
    assert merge(BASE, {"sizes": None, "tasks": {"identity": None}}, "a") == {
        "tasks": {"kmeans": {"tokens": 9}}
    }


def test_null_takes_away_only_what_is_there():
    message = "a: tasks: expected a key for null .*, got 'identty'; did you mean 'identity'"
    with pytest.raises(InputError, match=message):
        merge(BASE, {"tasks": {"identty": None}}, "a")


def test_merging_leaves_both_as_they_were():
    merge(BASE, {"sizes": {"width": 4}}, "a")["sizes"]["depth"] = 7
    assert BASE["sizes"] == {"width": 8, "depth": 2}


def test_an_overlay_gives_no_model_a_task():
    over = {"tasks": {"kmeans": {"tokens": 3}, "vqvae": {"tokens": 3}}, "decoder": {"width": 1}}
    assert overlay(BASE, over) == BASE | {"tasks": {"identity": {}, "kmeans": {"tokens": 3}}}


def test_variants_follow_their_model_under_its_name():
    models = expand({"a": {"x": 1, "y": 2, "variants": {"b": {"x": 3}}}, "c": {"x": 5}}, "models")
    assert models == {"a": {"x": 1, "y": 2}, "a_b": {"x": 3, "y": 2}, "c": {"x": 5}}
    assert list(models) == ["a", "a_b", "c"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": {"variants": {"b": {}}}, "a_b": {}}, "a.yaml: variants: b: expected a name without"),
        ({"a": {"variants": ["b"]}}, "a.yaml: variants: expected keys and values, got"),
        ({"a": {"variants": {"b": 3}}}, "a.yaml: variants: b: expected keys and values, got 3"),
    ],
)
def test_variants_that_cannot_be_are_refused(files, message):
    with pytest.raises(InputError, match=message):
        expand(files, "models")
