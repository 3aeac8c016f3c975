import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.taggers import VARIANTS, arrange, labels, read_taggers
from tests.report.helpers import ROOT, TAGGERS


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


def test_labels_say_how_a_tagger_started():
    taggers = ["part", "part_fine_tuned", "part_official", "part_official_fine_tuned"]
    table = pd.DataFrame({"tagger": taggers, "model": "part"})
    assert list(labels(table, read_taggers(TAGGERS)).values()) == [
        "ParT",
        "ParT, fine-tuned",
        "ParT, official weights",
        "ParT, fine-tuned from official weights",
    ]


def test_no_two_variants_look_alike():
    for field in ("words", "line", "fill"):
        assert len({getattr(variant, field) for variant in VARIANTS.values()}) == len(VARIANTS)


def test_every_model_that_is_configured_has_a_look():
    models = {path.stem for path in (ROOT / "config" / "models").glob("*.yaml")}
    assert models <= set(read_taggers(TAGGERS))
