import pytest

from jetbench.errors import InputError
from jetbench.report.numbers import count, label, with_error, with_interval


@pytest.mark.parametrize(
    ("text", "number"), [("2.14M", 2140000), ("86.1k", 86100), ("500", 500), (0.861, 0.861)]
)
def test_count_reads_units(text, number):
    assert count(text) == number


@pytest.mark.parametrize("text", ["2 weeks", "1e6", "", "M"])
def test_count_refuses_other_text(text):
    with pytest.raises(InputError, match="expected a count such as 500"):
        count(text)


@pytest.mark.parametrize(
    ("number", "text"), [(2143486, "2.14M"), (10000, "10k"), (300, "300"), (0.5, "0.5")]
)
def test_label_has_three_digits_and_a_unit(number, text):
    assert label(number) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.86134, 0.00234, "0.8613 ± 0.0023"),
        (0.86134, 0.00434, "0.861 ± 0.004"),
        (10638, 731, "10600 ± 700"),
        (10638, 131, "10640 ± 130"),
        (12.34, 0.97, "12.3 ± 1.0"),
        (300.0, 300.0, "300 ± 300"),
        (1.0, 0.0, "1"),
        (0.5, float("nan"), "0.5"),
        (float("nan"), float("nan"), "–"),
    ],
)
def test_numbers_are_rounded_to_their_error(value, error, text):
    assert with_error(value, error) == text


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (300.0, 90.92, 1736.58, "300 +1440 −210"),  # rounded to 210, the smaller of the two
        (150.0, 64.68, 423.62, "150 +270 −90"),
        (11.11, 8.2, 16.4, "11.1 +5.3 −2.9"),
        (100.0, 90.0, 110.0, "100 ± 10"),
        (1.0, 1.0, 1.7, "1.0 +0.7 −0.0"),
    ],
)
def test_intervals_are_rounded_to_their_smaller_side(value, low, high, text):
    assert with_interval(value, low, high) == text
