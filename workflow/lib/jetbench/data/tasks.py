"""What a tagger is asked: the background, and the working points of the published rejections."""

from typing import NamedTuple

from jetbench.data.datasets import CLASSES


class Task(NamedTuple):
    """Background class, and by name the (signal class, signal efficiency) of each rejection."""

    background: str
    working_points: dict[str, tuple[str, float]]


def binary(background: str, signal: str) -> Task:
    """Two classes: rejections at signal efficiencies of 30 % and 50 %."""
    return Task(background, {"30": (signal, 0.3), "50": (signal, 0.5)})


# arXiv:2202.03772: 50 %, but for the two classes with a lepton, which are told most easily.
LEPTONIC = {"Hqql": 0.99, "Tbl": 0.995}
TASKS = {
    "jetclass": Task("QCD", {name: (name, LEPTONIC.get(name, 0.5)) for name in CLASSES[1:]}),
    "top_tagging": binary("QCD", "Tbqq"),
    "quark_gluon": binary("gluon", "quark"),
    "flavour_tagging": Task("light", {"bottom": ("bottom", 0.7), "charm": ("charm", 0.3)}),
}
