import pandas as pd
import pytest

from jetbench.report.differences import Rows, listing, shown

NAMES = {"pfn": "PFN", "part": "ParT"}


def rows(values, top=None):
    """Two taggers at two training sizes with the values of a column."""
    table = {"tagger": ["pfn", "pfn", "part", "part"], "train_jets": ["1k", "3k", "1k", "3k"]}
    return Rows(pd.DataFrame(table | {"x": values} | ({"top": top} if top else {})), NAMES)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ("aaaa", "a"),
        ("abab", "a (1k) and b (3k)"),
        ("aabb", "a (PFN) and b (ParT)"),
        ("aaab", "a (PFN 1k, PFN 3k and ParT 1k) and b (ParT 3k)"),
        (["", "", "a", "a"], "a"),
        (["", "c", "a", "b"], "c (PFN 3k), a (ParT 1k) and b (ParT 3k)"),
        (["a b", "a b", "b", "b"], "a, b (PFN) and b (ParT)"),
    ],
)
def test_values_name_their_rows_in_as_few_words_as_tell_them_apart(values, text):
    assert rows(list(values)).each("x") == text


def test_limits_of_the_attention_tell_rows_apart_where_nothing_else_does():
    limited = rows(list("abaa"), top=[1.0, 2.0, 1.0, 2.0])
    limited.results = limited.results.assign(tagger="part", train_jets="1k", top=[1, 2, 3, 4])
    assert limited.each("x").endswith("b (ParT 1k k = 2)")


def test_many_rows_are_counted():
    table = pd.DataFrame({"tagger": "part", "train_jets": [f"{n}k" for n in range(9)]})
    made = Rows(table, NAMES)
    named = "0k, 1k, 2k, 3k, 4k, 5k and 2 more"
    assert made.who(table["train_jets"] != "8k") == named


def test_words_of_several_seeds_count_once():
    assert rows(["a b", "b", "", "c"]).words("x") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("0123456789ab" + "c" * 52, "0123456789ab"),
        ("0.1.0+0123456789ab-dirty.01234567", "0.1.0+0123456789ab-dirty.01234567"),
        ("NVIDIA_H200", "NVIDIA H200"),
        ("unknown", "unknown"),
    ],
)
def test_digests_are_cut_and_nothing_else(word, text):
    assert shown(word) == text


def test_a_list_reads_as_a_sentence():
    assert [listing("a"), listing("ab"), listing("abc")] == ["a", "a and b", "a, b and c"]
