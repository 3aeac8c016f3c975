"""What made the numbers of a row, as columns of the csv file. docs/provenance.md describes them."""

from collections.abc import Iterable

from jetbench.provenance import code_version

UNKNOWN = "unknown"  # written before it was told
TRAINING = {  # column: its key in what metrics.json says of the training
    **{name: name for name in ("code_version", "configuration_digest")},
    **{name: name for name in ("data_digest", "data_code_version", "python", "torch", "numpy")},
    **{name: name for name in ("cuda", "device", "processes", "threads", "origin", "git_blob")},
}
START = {  # of the run that a row starts from
    "start_weights_digest": "digest",
    "start_code_version": "code_version",
    "start_origin": "origin",
    "start_git_blob": "git_blob",
}
SCORING = {
    "weights_digest": "weights_digest",
    "test_digest": "data_digest",
    "test_code_version": "data_code_version",
    "scored_with": "code_version",
    "scored_torch": "torch",
    "scored_device": "device",
}
EVALUATION = {"evaluated_with": "code_version"}
SOMETIMES = ("cuda", "origin", "git_blob")  # of a GPU, of published weights


def provenance(seeds: list[dict]) -> dict[str, str]:
    """Columns of a row from the metrics of its seeds: distinct values, with a space between them.

    Empty where there is nothing to tell, such as CUDA on a CPU or the start of a run from scratch.
    """
    rows = [columns(metrics.get("provenance", {})) for metrics in seeds]
    told = {name: distinct(row[name] for row in rows) for name in rows[0]}
    return told | {"tabulated_with": code_version()}


def columns(parts: dict[str, dict]) -> dict[str, str]:
    """Columns of one run."""
    training, scoring = parts.get("training", {}), parts.get("scoring", {})
    start = training.get("start", {})
    trained = fields(TRAINING, training, "origin" in training)
    begun = fields(START, start, bool(training) and not start)
    scored = fields(SCORING, scoring, False)
    return trained | begun | scored | fields(EVALUATION, parts.get("evaluation", {}), False)


def fields(keys: dict[str, str], part: dict, partial: bool) -> dict[str, str]:
    """Values of a part by column; what a `partial` one lacks, it has no need to tell."""
    if "gpu" in part:
        gpus = part["gpu"].replace(" ", "_").replace(",_", " ")  # a space parts two values
        part = part | {"device": part.get("device", "cuda").replace("cuda", gpus)}

    def field(key: str) -> str:
        needless = partial or (part and key in SOMETIMES)
        return str(part.get(key, "" if needless else UNKNOWN))

    return {name: field(key) for name, key in keys.items()}


def distinct(values: Iterable[str]) -> str:
    """The words of several values, each once."""
    return " ".join(dict.fromkeys(word for value in values for word in value.split()))
