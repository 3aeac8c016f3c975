"""The page of a file: what it says, and that it says it in lines that can be read."""

import numpy as np
import pytest

from jetbench.data.inspect.tally import Broken
from jetbench.report.inspection import number, page, table, thousands
from tests.report.inspected import own_reference, published, scaled, toy_summary


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """All classes of toy jets in equal parts."""
    return toy_summary(tmp_path_factory.mktemp("toy"))


def section(text, title):
    """Lines below a heading, up to the next one."""
    return text.split(f"## {title}\n\n")[1].split("\n\n## ")[0].splitlines()


def test_a_good_file_has_nothing_to_look_at(toy):
    text = page(toy, own_reference(toy))
    assert section(text, "What to look at")[0].startswith("- nothing: every column is there")
    words = " ".join(text.split())
    assert "400 jets, all looked at, 0 of them with more than 128 particles" in words


def test_a_file_that_is_no_mixture_is_not_called_near_the_reference(toy):
    text = page(toy._replace(mixed=False), own_reference(toy))
    words = " ".join(section(text, "What to look at"))
    assert "within a factor of 10 of the reference" in words and "near" not in words


def test_tracks_above_their_jets_are_explained_for_btag_only(toy):
    words = "may exceed 1"
    assert words in page(toy._replace(family="btag"), published())
    assert words not in page(toy, published())


def test_everything_suspicious_has_a_line(toy):
    broken = scaled(toy, "d0", 1e-3)._replace(
        remarks=["part_dz is missing"],
        broken={"part_px": Broken(1200, 1, 30, 17)},
        faults={"no particles": 3, "no label, or several": 0},
    )
    assert section(page(broken, own_reference(toy)), "What to look at") == [
        "- part_dz is missing",
        "- part_px: 1 200 NaN, 1 infinities, in 30 jets, the first is entry 17",
        "- jets with no particles: 3",
        "- d0 [mm]: from 5% to 95% it spans 0.001 times the reference: another unit?",
    ]


def test_the_reference_stands_below_the_quantiles_of_the_file(toy):
    rows = section(page(toy, published()), "Quantiles")
    at = next(n for n, row in enumerate(rows) if row.startswith("| d0err [mm]"))
    own, beside = ([cell.strip() for cell in row.split("|")[1:-1]] for row in rows[at : at + 2])
    assert float(own[5]) == pytest.approx(toy.quantiles["d0err"][4], rel=1e-3)
    assert beside[0] == "reference" and beside[5] == "0.0233"


def test_quantities_that_differ_are_marked_and_others_not(toy):
    rows = section(page(scaled(toy, "dz", 1e-3), own_reference(toy)), "Quantiles")
    names = [row.split("|")[1].strip() for row in rows if "|" in row]
    assert [name for name in names if "!" in name] == ["dz [mm] !"]


def test_classes_and_identities_are_counted(toy):
    text = page(toy, published())
    assert "| jets |  40 |  40 |" in section(text, "Jets by class")[-1]
    names, _, shares = section(text, "Particles by identity")
    total = sum(float(cell) for cell in shares.split("|")[2:-1])
    assert "charged_hadron" in names and total == pytest.approx(100, abs=0.05)


def test_what_was_left_out_is_said(toy):
    text = page(toy._replace(read=100, beyond=7), published())
    assert "100 spread over the file looked at, 7 of them with more than 128" in text.replace(
        "\n", " "
    )


def test_the_rule_of_the_marks_is_that_of_the_file(toy):
    words = {
        mixed: " ".join(page(toy._replace(mixed=mixed), published()).split()) for mixed in (0, 1)
    }
    assert "5 percentage points" in words[1] and "5 percentage points" not in words[0]
    assert all("differs by a factor of 10" in text for text in words.values())


def test_quantities_that_a_file_lacks_are_left_out(toy):
    poor = toy._replace(quantiles={"pt": toy.quantiles["pt"]}, shares={})
    text = page(poor, published())
    assert "d0 [mm]" not in text and "identity" not in text and "| pT [GeV]" in text


def test_a_page_is_one_page(toy):
    lines = page(toy, published()).splitlines()
    assert len(lines) < 65 and max(map(len, lines)) <= 150


def test_columns_line_up():
    lines = table(["", "a", "long"], [["x", "1", "2"], ["wide one", "100", "3"]]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1] == "|----------|----:|-----:|"


def test_numbers():
    values = [0, 0.00012345, -1.5, 1094.4, 2e6, np.nan]
    assert [number(v) for v in values] == ["0", "0.0001234", "-1.5", "1094", "2000000", ""]
    assert thousands(1234567) == "1 234 567"
