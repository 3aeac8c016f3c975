from jetbench.data.fetch.credits import write_credit
from workflow.scripts.credit import credit

JETS = {"page": "https://doi.org/10.0/jets", "licence": "CC BY 4.0", "citation": "A. Author, 2020"}


def test_a_credit_says_whose_data_they_are(tmp_path):
    write_credit(tmp_path / "new" / "SOURCE.txt", "jets", JETS)
    text = (tmp_path / "new" / "SOURCE.txt").read_text()
    assert text.startswith("jets: ") and all(value in text for value in JETS.values())
    assert "must cite" in text


def test_the_rule_writes_the_same(tmp_path):
    write_credit(tmp_path / "a", "jets", JETS)
    credit(tmp_path / "b", "jets", JETS)
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text()
