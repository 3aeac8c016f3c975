import pandas as pd
import pytest

from jetbench.errors import InputError
from jetbench.report.taggers import VARIANTS, arrange, labels, read_taggers
from tests.report.helpers import ROOT, TAGGERS

FAMILIES = ("mpm_", "vqvae"), ("pfn", "pcnn", "part")  # which share no figure


@pytest.mark.parametrize("prefixes", FAMILIES)
def test_no_two_taggers_look_alike(prefixes):
    looks = read_taggers(TAGGERS)
    assert len({look["label"] for look in looks.values()}) == len(looks)
    family = [name for name in looks if name.startswith(prefixes)]
    models = [name for name in family if not is_variant(name, family)]
    for key in ("colour", "line", "marker"):
        assert len({str(looks[name][key]) for name in models}) == len(models) > 5


def is_variant(name, names):
    """Whether a model of masked particle modelling is a variant of another, and drawn as that."""
    return name != "mpm_flow_matching" and any(
        name.startswith(f"{other}_") for other in names if other.startswith("mpm_")
    )


def test_variants_look_as_their_model():
    looks = read_taggers(TAGGERS)
    kmeans = [look for name, look in looks.items() if name.startswith("mpm_kmeans")]
    assert len(kmeans) > 10
    assert len({(look["colour"], look["line"], look["marker"]) for look in kmeans}) == 1


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
    for field in ("words", "line"):
        assert len({str(getattr(look, field)) for look in VARIANTS.values()}) == len(VARIANTS)


ON_FROZEN = {"_frozen", "_untrained", "_pretrained"}  # starts of masked particle modelling


@pytest.mark.parametrize("suffixes", [ON_FROZEN, set(VARIANTS) - ON_FROZEN])
def test_no_two_variants_of_a_figure_have_the_same_markers(suffixes):
    assert len({VARIANTS[suffix].fill for suffix in suffixes}) == len(suffixes) > 2


def test_every_model_that_is_configured_has_a_look():
    models = {path.stem for path in (ROOT / "config" / "models").glob("*.yaml")}
    assert models <= set(read_taggers(TAGGERS))
