"""Captions that nobody can misread: which jets, how many, and what the numbers mean."""

import pandas as pd

from jetbench.report import masked_captions as masked
from jetbench.report.cells import FEW
from jetbench.report.numbers import NOTHING, label
from jetbench.report.results import COSTLY
from jetbench.report.runs import variant
from jetbench.report.samples import data_of, sample_of
from jetbench.report.showings import MASKED, seen

COSTS = (
    "Parameters and MACs are those of the network for the ten classes of JetClass; MACs are the "
    "multiply-accumulates of a forward pass over one jet of 128 particles. They do not depend on "
    "the jets."
)
SEEN_BEFORE = (
    "The training jets of the two classes are among those that the start was trained on; the test "
    "jets are not."
)
LIMITED = (
    "k: every head of the particle blocks attends, for each particle, to the k particles with the "
    "largest scores alone, with a softmax over these; the class blocks are not limited. The "
    "weights are those trained without a limit, not trained again."
)


def caption(study: dict, scale: dict, results: pd.DataFrame, showings: dict) -> str:
    """Title, data and conventions of a study's table; `showings`: what `seen` turns to words."""
    parts = (
        f"{study['title']}.",
        data(study, scale, results),
        *seen(showings),
        *starts(study, scale, results),
        comparison(study, scale, results),
        *conventions(study, results),
        errors(study, results),
        *masked.gains(results),
    )
    return " ".join(parts)


def data(study: dict, scale: dict, results: pd.DataFrame) -> str:
    """Which jets ours were trained and tested on."""
    trained = " / ".join(dict.fromkeys(results["train_jets"]))
    tested = f"{label(results['test_jets'].max())} {sample_of(study, scale).jets}"
    sentences = [f"Ours, scale {scale['name']}: trained on {trained} and tested on {tested}."]
    features = scale["tasks"][study["task"]].get("features")
    if features:
        sentences.append(f"These offer the feature set {features} alone: no tagger has more.")
    return " ".join(sentences)


def as_published(results: pd.DataFrame) -> pd.Series:
    """Rows with official weights as they are: nothing was trained here."""
    return results["tagger"] == results["model"] + "_official"


def starts(study: dict, scale: dict, results: pd.DataFrame) -> list[str]:
    """What the variants of a tagger start from, of those that the table has."""
    own = {
        "simulated": "the ten classes of the simulated look-alike of JetClass",
        "downloaded": "the ten classes of JetClass",
    }[scale["source"]]
    sentences = {
        "_fine_tuned": f'"fine-tuned": the training starts from the tagger\'s own on {own}, with '
        "the same inputs.",
        "_official": '"official weights": the published weights as they are, not trained here.',
        "_official_fine_tuned": '"fine-tuned from official weights": the training starts from the '
        "published weights for JetClass.",
    } | masked.STARTS
    present = {variant(start, study["task"]) for start in results["start"]}
    said = [sentence for suffix, sentence in sentences.items() if suffix in present]
    again = data_of(study, scale) == "top" and present & {"_fine_tuned", "_official_fine_tuned"}
    return said + [SEEN_BEFORE] if again else said


def comparison(study: dict, scale: dict, results: pd.DataFrame) -> str:
    """Whether ours may be laid beside the published numbers."""
    sample = sample_of(study, scale)
    name = sample.published
    ours = "" if sample.comparable else f"These are NOT {name} results"
    if study["table"] == "sizes":
        settings = (
            f"Published: settings alone, no performance, of networks for other jets, whose last "
            f"layer has as many classes as FC ends in: {study['paper']}."
        )
        return f"{ours}. {settings}".removeprefix(". ")
    source = f"{study['paper']} ({' / '.join(study['sizes'])} {name} training jets)"
    if ours:
        return (
            f"{ours} and are not comparable with the published ones, "
            f"which are shown for orientation: {source}."
        )
    if (results["train_jets"] != results["size"])[~as_published(results)].any():
        return f"Trained on fewer jets than published, so no reproduction. Published: {source}."
    return f"Published: {source}."


def conventions(study: dict, results: pd.DataFrame) -> list[str]:
    """What the columns mean."""
    if study["table"] in COSTLY:
        return [COSTS]
    if study["table"] in MASKED:
        return masked.conventions(study, results)
    background = results["background"].iloc[0]
    rejections = (
        f"A column named after a class gives 1 / background efficiency against {background} jets "
        f'at that signal efficiency; "> n" is a lower limit at 95 % confidence, where no '
        f'background jet passed, and "{NOTHING}" a number that is not defined or not published.'
    )
    return [LIMITED, rejections] if study["table"] == "topk" else [rejections]


def errors(study: dict, results: pd.DataFrame) -> str:
    """What the errors are."""
    seeds = results["seeds"].max()
    if seeds > 1:
        words = f"Errors are the standard deviation over {seeds} trainings with other seeds"
        if as_published(results).any():
            words += ", of official weights those of the finite number of test jets"
    else:
        words = "Errors are those of the finite number of test jets; one training each"
    passed = results[[name for name in results if name.endswith("_passed")]]
    few = ((passed > 0) & (passed < FEW)).any(axis=None) and study["table"] in ("taggers", "topk")
    if few:
        words += f"; +a −b is the 68 % Poisson interval where fewer than {FEW} background jets pass"
    return f"{words}."
