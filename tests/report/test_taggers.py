import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.taggers import arrange, read_taggers
from tests.report.helpers import TAGGERS


def test_no_two_taggers_look_alike():
    looks = read_taggers(TAGGERS)
    for key in ("label", "colour", "line", "marker"):
        assert len({str(look[key]) for look in looks.values()}) == len(looks)


def test_misspelt_look_is_refused(tmp_path):
    path = tmp_path / "taggers.yaml"
    path.write_text("pfn: {label: PFN, color: red, line: solid, marker: o}\n")
    with pytest.raises(InputError, match=r"taggers\.yaml: pfn: expected \['colour'"):
        read_taggers(path)


def test_tagger_without_a_look_is_refused():
    with pytest.raises(InputError, match=r"expected an entry for \['mine'\], got pfn, pcnn"):
        arrange(pd.DataFrame({"model": ["mine"]}), read_taggers(TAGGERS))


def test_rows_of_a_tagger_keep_their_order():
    table = pd.DataFrame({"model": ["part", "pfn", "part"], "size": ["2M", "2M", "10M"]})
    assert list(arrange(table, read_taggers(TAGGERS))["size"]) == ["2M", "2M", "10M"]
