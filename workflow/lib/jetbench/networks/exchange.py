"""Weights between the published code (weaver-core, particle_transformer) and our networks.

One table a network serves both directions. A line holds the published name of a layer or parameter,
our name, and how many axes of length 1 a published matrix has behind ours: a convolution that looks
at one particle or one pair is a linear map. {} stands for a number, the same on both sides.
"""

import re
from collections.abc import Collection, Mapping

import torch
from torch import Tensor

from jetbench.errors import InputError, nearest
from jetbench.networks import build

Table = tuple[tuple[str, str, int], ...]

PFN: Table = (
    ("phi.{}.0", "phi.{}.0", 1),
    ("fc.{}.0", "f.{}.0", 0),
    ("fc.{}", "f.{}", 0),
)
PCNN: Table = (
    ("fts_conv.{}", "first.{}", 0),
    ("resnet_units.resnet_unit_{}.{}.conv{}", "stages.{}.{}.convolution{}", 0),
    ("resnet_units.resnet_unit_{}.{}.bn{}", "stages.{}.{}.norm{}", 0),
    ("resnet_units.resnet_unit_{}.{}.conv_sc", "stages.{}.{}.shortcut", 0),
    ("fc.0.0", "head.0", 0),
    ("fc.1", "head.3", 0),
)
# weaver 0.5.3 fails on batches of fewer than k + 1 slots and, once it trims (from the sixth on), on
# those whose longest jet has fewer particles; ours does not, and equals it on padded jets.
# A block that keeps its width has a shortcut here and none there: the published ones all widen.
PARTICLENET: Table = (
    ("bn_fts", "norm", 0),
    ("edge_convs.{}.convs.{}", "blocks.{}.maps.{}", 2),
    ("edge_convs.{}.bns.{}", "blocks.{}.norms.{}", 0),
    ("edge_convs.{}.sc", "blocks.{}.shortcut", 1),
    ("edge_convs.{}.sc_bn", "blocks.{}.shortcut_norm", 0),
    ("fc.0.0", "head.0", 0),
    ("fc.1", "head.3", 0),
)
BLOCK = (
    ("pre_attn_norm", "norm"),
    ("attn.in_proj", "attention.project"),
    ("attn.out_proj", "attention.out"),
    ("c_attn", "attention.scale"),
    ("post_attn_norm", "attention_norm"),
    ("pre_fc_norm", "mlp.0"),
    ("fc1", "mlp.1"),
    ("post_fc_norm", "mlp.4"),
    ("fc2", "mlp.5"),
    ("w_resid", "residual"),
)
PART: Table = (
    ("cls_token", "token", 0),
    ("embed.input_bn", "embedding.norm", 0),
    ("embed.embed.{}", "embedding.layers.{}", 0),
    ("pair_embed.embed.{}", "pairs.layers.{}", 1),
    *(("blocks.{}." + theirs, "blocks.{}." + ours, 0) for theirs, ours in BLOCK),
    *(("cls_blocks.{}." + theirs, "class_blocks.{}." + ours, 0) for theirs, ours in BLOCK),
    ("norm", "norm", 0),
    ("fc.{}.0", "head.{}.0", 0),
    ("fc.{}", "head.{}", 0),
)
TABLES = {"pfn": PFN, "pcnn": PCNN, "particlenet": PARTICLENET, "part": PART, "part_plain": PART}
ENTRY = r"(\.(?:weight|bias|running_mean|running_var|num_batches_tracked))?"  # of a layer


def from_weaver(name: str, state: Mapping[str, Tensor], **sizes) -> dict[str, Tensor]:
    """State dict of network `name` with these sizes from a state dict of the published code.

    Names may be those of weaver 0.5.3 or, with `mod.` before them and an underscore in `in_proj_`,
    those of the files of 2022. Raises InputError for an unknown network, for one entry under two
    names, and for entries missing or unknown, by the names in the file: `load_state_dict` would
    speak of ours.
    """
    pairs = correspondence(name, sizes)
    entries = {}
    for entry in state:
        if (other := entries.setdefault(modern(entry), entry)) != entry:
            raise InputError(f"{name} weights: expected one of {other} and {entry}, got both")
    check(name, entries, [theirs for theirs, _, _ in pairs])
    return {ours: without_axes(state[entries[theirs]], axes) for theirs, ours, axes in pairs}


def to_weaver(
    name: str, state: Mapping[str, Tensor], *, of_2022: bool = False, **sizes
) -> dict[str, Tensor]:
    """State dict of the published code from one of our network `name` with these sizes.

    of_2022: names as in the published files, for versions of weaver that know no others; 0.5.3
    knows both. Raises InputError for an unknown network and for entries missing or unknown.
    """
    pairs = correspondence(name, sizes)
    check(name, state, [ours for _, ours, _ in pairs])
    rename = old if of_2022 else str
    return {rename(theirs): with_axes(state[ours], axes) for theirs, ours, axes in pairs}


def correspondence(name: str, sizes: Mapping) -> Table:
    """(published name, our name, further axes) of every entry of a network's state dict."""
    if name not in TABLES:
        raise InputError(f"network: unknown name {name!r}; {nearest(name, TABLES)}")
    with torch.device("meta"):  # names only, no memory
        network = build(name, inputs=1, classes=1, **sizes)
    return tuple(published(entry, TABLES[name]) for entry in network.state_dict())


def published(entry: str, table: Table) -> tuple[str, str, int]:
    """The line of `table` that speaks of our `entry`, its numbers filled in."""
    for theirs, ours, axes in table:
        pattern = re.escape(ours).replace(r"\{\}", r"(\d+)") + ENTRY
        if match := re.fullmatch(pattern, entry):
            *numbers, tensor = match.groups("")
            return theirs.format(*numbers) + tensor, entry, axes
    raise KeyError(entry)


def check(name: str, given: Collection[str], known: Collection[str]) -> None:
    """Refuse a state dict whose entries are not those of the network."""
    missing = [entry for entry in known if entry not in given]
    unknown = [entry for entry in given if entry not in known]
    if missing or unknown:
        raise InputError(f"{name} weights: missing {some(missing)}; unknown {some(unknown)}")


def some(entries: list[str]) -> str:
    """The first entries, and how many more there are."""
    more = f" and {len(entries) - 3} more" if len(entries) > 3 else ""
    return ", ".join(entries[:3]) + more if entries else "none"


def modern(entry: str) -> str:
    """Name in weaver 0.5.3 of an entry of the published files."""
    return entry.removeprefix("mod.").replace(".in_proj_", ".in_proj.")


def old(entry: str) -> str:
    """Name in the published files of an entry of weaver 0.5.3."""
    return "mod." + entry.replace(".in_proj.", ".in_proj_")


def without_axes(tensor: Tensor, axes: int) -> Tensor:
    """(o, i, 1, ...) -> (o, i); biases, scales and statistics stay as they are."""
    return tensor.flatten(1) if axes and tensor.dim() > 1 else tensor


def with_axes(tensor: Tensor, axes: int) -> Tensor:
    """(o, i) -> (o, i, 1, ...); biases, scales and statistics stay as they are."""
    return tensor.reshape(*tensor.shape, *[1] * axes) if tensor.dim() > 1 else tensor
