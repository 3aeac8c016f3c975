"""What to call the jets of a study, so that no simulated number passes for a published one."""

from typing import NamedTuple

from jetbench.errors import InputError


class Sample(NamedTuple):
    """The jets behind our numbers of a study, and those behind the published ones."""

    jets: str  # in a sentence, after their number
    tag: str  # in the heading of a figure
    published: str  # the data set of the published numbers

    @property
    def comparable(self) -> bool:
        """Whether ours are jets of the data set of the published numbers."""
        return self.tag == self.published


SAMPLES = {  # by data set and source
    ("jetclass", "simulated"): Sample(
        "jets simulated on the spot, a look-alike of JetClass",
        "simulated look-alike, not JetClass",
        "JetClass",
    ),
    ("jetclass", "downloaded"): Sample("JetClass jets", "JetClass", "JetClass"),
    ("top", "simulated"): Sample(
        "jets simulated on the spot, the classes Tbqq and QCD of a look-alike of JetClass",
        "two classes of a simulated look-alike, not TopLandscape",
        "TopLandscape",
    ),
    ("top", "downloaded"): Sample(
        "top-quark and QCD jets of JetClass",
        "top-quark and QCD jets of JetClass, not TopLandscape",
        "TopLandscape",
    ),
    ("topreference", "downloaded"): Sample("TopLandscape jets", "TopLandscape", "TopLandscape"),
    ("toplandscape", "downloaded"): Sample("TopLandscape jets", "TopLandscape", "TopLandscape"),
    ("qgreference", "simulated"): Sample(
        "quark and gluon jets simulated on the spot, a look-alike of QuarkGluon",
        "simulated look-alike, not QuarkGluon",
        "QuarkGluon",
    ),
    ("qgreference", "downloaded"): Sample("QuarkGluon jets", "QuarkGluon", "QuarkGluon"),
    ("quarkgluon", "downloaded"): Sample("QuarkGluon jets", "QuarkGluon", "QuarkGluon"),
    ("btag", "simulated"): Sample(
        "jets simulated on the spot, a look-alike of BTag", "simulated look-alike, not BTag", "BTag"
    ),
    ("btag", "downloaded"): Sample("BTag jets", "BTag", "BTag"),
}


def sample_of(study: dict, scale: dict) -> Sample:
    """The jets that a scale takes for the task of a study."""
    return SAMPLES[data_of(study, scale), scale["source"]]


def data_of(study: dict, scale: dict) -> str:
    """Name of their data set; InputError if there are no words for it."""
    data = scale["tasks"][study["task"]]["data"]
    if (data, scale["source"]) not in SAMPLES:
        known = ", ".join(" ".join(pair) for pair in SAMPLES)
        raise InputError(
            f"scale {scale['name']}: expected for {study['task']} one of the data sets {known}, "
            f"got {data} {scale['source']}"
        )
    return data
