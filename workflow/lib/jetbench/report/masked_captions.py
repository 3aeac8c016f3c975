"""What captions say of masked particle modelling: how encoders came about, what the errors are."""

import pandas as pd

from jetbench.report.numbers import label

STARTS = {  # by suffix of the tagger
    "_frozen": '"frozen": the encoder was pre-trained without labels on the training jets, and a '
    "class-attention head is trained on what it says of them while it stays as it is.",
    "_untrained": '"untrained": the same with an encoder of random weights, which stays as it is.',
    "_pretrained": '"trained on": all weights are trained, the encoder from its pre-trained ones.',
}
LADDER = (
    "Each step adds to those above it; the control is the transformer decoder on top of the second "
    "step, without impact parameters and identities."
)
SWEEP = "The run with a decoder of four layers is the one with 40 % dropped."
WASSERSTEIN = (
    "W1: Wasserstein distance between the dropped particles of {jets} test jets and what the "
    "decoder of the frozen encoder fills in for them, over the standard deviation of the dropped; "
    "mean over the features, and the largest with its feature; "
    "for the impact parameters and their errors, of particles that were charged alone. The csv "
    "file has that of each feature, also in GeV, rad and mm, and as _floor what as many particles "
    "of the same distribution would give."
)

PAIRED = (
    "Set flow matching makes identities too: its charged particles stand for the dropped charged "
    "ones as far as there are as many, and neutral ones, whose impact parameters are zero, for the "
    "rest."
)
JETS = "the error of the jets that only one of the two gets right"
SINGLE = (
    f"with {JETS}. It is of a single seed: how much another training would differ is not in it, so "
    "the order of close rows means nothing."
)
SEVERAL = (
    "mean over {seeds} seeds. Its error is the standard error of that mean and, in quadrature, "
    f"{JETS}, since all seeds have the same test jets; what differs between seeds counts a little "
    "in both, so the sum is rather too large."
)
SHARED = (
    "Models with the same network, recipe and seed share one untrained encoder and the head on it, "
    "trained once."
)


def conventions(study: dict, results: pd.DataFrame) -> list[str]:
    """What the rows and columns of a table mean."""
    said = {"ladder": [LADDER], "sweep": [SWEEP]}.get(study["table"], [])
    if "w1_jets" not in results:
        return said
    said = [*said, WASSERSTEIN.format(jets=label(results["w1_jets"].max()))]
    return [*said, PAIRED] if (results["w1_of_sets"] == 1).any() else said


def gains(results: pd.DataFrame) -> list[str]:
    """What the errors of the gains are, if the study has any."""
    if "gain" not in results or results["gain"].isna().all():
        return []
    seeds, said = int(results["gain_seeds"].max()), []
    what = "Gain: accuracy minus that of the untrained encoder with the same seed and test jets"
    if (results["gain_over"].notna() & (results["gain_over"] != results["model"])).any():
        said = [SHARED]
    return [*said, f"{what}, {SEVERAL.format(seeds=seeds) if seeds > 1 else SINGLE}"]
