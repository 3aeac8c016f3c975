"""How many bytes a job fetches or unpacks."""

from collections.abc import Mapping

from jetbench.data.datasets import DATASETS

# Bytes of a jet in a published file whose size is not known. Those of topreference follow from the
# sizes that are; of jetclass, btag and qgreference from our own files in the same format; the rest
# are assumed.
BYTES = {
    "jetclass": 1400,
    "btag": 600,
    "topreference": 860,
    "toplandscape": 920,
    "qgreference": 1100,
    "quarkgluon": 970,
}
WEIGHTS = 9e6  # of published weights: ParT, 2.14M parameters in float32


def fetched(rule: str, wildcards: Mapping[str, str], archives: dict) -> float:
    """Bytes that a rule of the family `download` fetches.

    `archives` is the content of resources/archives.yaml, whose sizes are used where it has them.
    """
    if rule == "download_weights":
        dataset, name = "official", f"{wildcards['checkpoint']}.pt"
    else:
        dataset, name = wildcards["dataset"], wildcards["archive"]
        name += ".tar" if rule == "download" else ""
    files = archives.get(dataset, {}).get("files", {})
    entry = files.get(name, {})
    if "size" in entry:
        return entry["size"]
    return WEIGHTS if dataset == "official" else guessed(dataset, name, files)


def guessed(dataset: str, name: str, files: dict) -> float:
    """Bytes of a published file: its jets times BYTES. Archives share those of their split."""
    data = DATASETS[dataset]
    for split, names in (data.files or {}).items():
        if name in names:
            return data.jets[split] * BYTES[dataset]
    split = files.get(name, {}).get("split")
    alike = [other for other in files.values() if other.get("split") == split]
    return published(dataset, [split] if split else list(data.numbers)) / max(1, len(alike))


def unpacked(rule: str) -> float:
    """Bytes that a rule unpack_{split of JetClass} or unpack_{data set} writes."""
    name = rule.removeprefix("unpack_")
    if name in DATASETS:
        return published(name, list(DATASETS[name].numbers))
    return published("jetclass", [name])


def published(dataset: str, splits: list[str]) -> float:
    """Bytes of all published files of some splits."""
    data = DATASETS[dataset]
    return sum(len(data.numbers[split]) * data.jets[split] for split in splits) * BYTES[dataset]
