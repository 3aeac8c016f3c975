import pytest

from jetbench.planning import settings
from tests.planning.helpers import MAIN, SCHEMAS, refused


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("models/mpm_kmeans.yaml", "  mask50: {pretraining: {rate: 0.55}}"),
        ("scales/demo.yaml", "seeds: [2]"),
        ("studies/mpm_tasks.yaml", "task: top_tagging"),
    ],
)
def test_a_key_that_stands_twice_is_named_with_its_lines(folder, path, line):
    content, key = (folder / path).read_text(), line.split(":")[0]
    (folder / path).write_text(f"{content.rstrip()}\n{line}\n")
    first = next(i for i, text in enumerate(content.splitlines(), 1) if text.startswith(key + ":"))
    refused(folder, rf"{path}: line \d+: '{key.strip()}' stands twice, first in line {first}$")


def test_keys_that_an_anchor_brings_are_not_doubled(folder):
    (folder / "models/mpm_set.yaml").write_text(
        (folder / "models/mpm_set.yaml").read_text()
        + "variants: {a: {recipe: &a {lr: 1, batch: 2}}, b: {recipe: {<<: *a, lr: 3}}}\n"
    )
    models = settings.load(folder, SCHEMAS, MAIN)["models"]
    assert (models["mpm_set_b"]["recipe"]["lr"], models["mpm_set_b"]["recipe"]["batch"]) == (3, 2)


def test_of_an_anchor_the_place_is_named_where_it_stands(folder):
    path = folder / "scales/tiny.yaml"
    path.write_text(path.read_text().replace("decoder:", "decodr:"))
    refused(folder, r"tiny\.yaml: networks: masked: pretraining: unknown key 'decodr'")
