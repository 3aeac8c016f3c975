"""Captions that nobody can misread: which jets, how many, and what the numbers mean."""

import pandas as pd

from jetbench.report.numbers import NOTHING, label


def caption(study: dict, scale: dict, results: pd.DataFrame) -> str:
    """Title, data and conventions of a study's table."""
    sentences = [
        f"{study['title']}.",
        data(study, scale, results),
        comparison(study, scale, results),
    ]
    if study["table"] == "cost":
        sentences.append(
            "MACs are the multiply-accumulates of a forward pass over one jet of 128 particles; "
            "neither they nor the parameters depend on the jets."
        )
    else:
        sentences.append(
            "A column named after a class gives 1 / background efficiency against QCD jets at "
            f'that signal efficiency; "> n" is a lower limit at 95 % confidence, where no '
            f'background jet passed, and "{NOTHING}" a number that is not defined or not published.'
        )
    return " ".join([*sentences, errors(results)])


def data(study: dict, scale: dict, results: pd.DataFrame) -> str:
    """Which jets ours were trained and tested on."""
    jets = {
        "simulated": "jets simulated on the spot, a look-alike of JetClass",
        "downloaded": "JetClass jets",
    }[scale["source"]]
    trained = " / ".join(dict.fromkeys(results["train_jets"]))
    tested = label(results["test_jets"].max())
    sentence = f"Ours, scale {scale['name']}: trained on {trained} and tested on {tested} {jets}."
    return " ".join([sentence, *seen(study, scale)])


def seen(study: dict, scale: dict) -> list[str]:
    """How many jets the training showed each tagger, where the scale says so."""
    models = {}
    for model in study["models"]:
        recipe = scale.get("recipe", {}) | scale.get("recipes", {}).get(model, {})
        if {"epochs", "jets_per_epoch"} <= set(recipe):
            models.setdefault(recipe["epochs"] * recipe["jets_per_epoch"], []).append(model)
    if not models:
        return []
    counts = [f"{label(jets)} to {', '.join(names)}" for jets, names in models.items()]
    return [f"The trainings showed {'; '.join(counts)}: jets seen, with repetition."]


def comparison(study: dict, scale: dict, results: pd.DataFrame) -> str:
    """Whether ours may be laid beside the published numbers."""
    sizes = " / ".join(study["sizes"])
    source = f"{study['paper']} ({sizes} JetClass training jets)"
    if scale["source"] == "simulated":
        return (
            f"These are NOT JetClass results and are not comparable with the published ones, "
            f"which are shown for orientation: {source}."
        )
    if (results["train_jets"] != results["size"]).any():
        return f"Trained on fewer jets than published, so no reproduction. Published: {source}."
    return f"Published: {source}."


def errors(results: pd.DataFrame) -> str:
    """What the errors are."""
    seeds = results["seeds"].max()
    if seeds > 1:
        return f"Errors are the standard deviation over {seeds} trainings with other seeds."
    return "Errors are those of the finite number of test jets; one training each."
