"""How many jets the trainings behind a table showed, with repetition."""

from jetbench.report.numbers import label

MASKED = ("pretraining", "ladder", "sweep")  # tables of masked particle modelling


def seen(showings: dict[str, dict[str, int]]) -> list[str]:
    """A sentence for each kind of training, from the jets by model (planning/showings.py)."""
    return [counts(jets, what) for what, jets in showings.items() if jets]


def counts(jets: dict[str, int], what: str) -> str:
    """A sentence with the jets seen by each model."""
    models = {}
    for model, count in jets.items():
        models.setdefault(count, []).append(model)
    every = len(models) == 1 and len(jets) > 1
    told = [
        f"{label(count)} to {'each model' if every else ', '.join(names)}"
        for count, names in models.items()
    ]
    return f"The {what} showed {'; '.join(told)}: jets seen, with repetition."
