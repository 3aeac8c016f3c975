"""Weights of the published code (weaver-core, particle_transformer) for our networks.

A state dict is translated entry by entry: its name by the substitutions of its network, in their
order, its shape by dropping the kernel of a 1 x 1 convolution, which is a linear map.
"""

import re
from collections.abc import Mapping

from torch import Tensor

from jetbench.errors import InputError

PFN = ((r"^fc", "f"),)
PCNN = (
    (r"^fts_conv", "first"),
    (r"^resnet_units\.resnet_unit_", "stages."),
    (r"conv_sc", "shortcut"),
    (r"conv(\d)", r"convolution\1"),
    (r"bn(\d)", r"norm\1"),
    (r"^fc\.0\.0", "head.0"),
    (r"^fc\.1", "head.3"),
)
PARTICLENET = (
    (r"^bn_fts", "norm"),
    (r"^edge_convs", "blocks"),
    (r"\.sc_bn", ".shortcut_norm"),
    (r"\.sc", ".shortcut"),
    (r"\.convs", ".maps"),
    (r"\.bns", ".norms"),
    (r"^fc\.0\.0", "head.0"),
    (r"^fc\.1", "head.3"),
)
PART = (
    (r"^cls_token", "token"),
    (r"^embed\.input_bn", "embedding.norm"),
    (r"^embed\.embed", "embedding.layers"),
    (r"^pair_embed\.embed", "pairs.layers"),
    (r"^cls_blocks", "class_blocks"),
    (r"\.pre_attn_norm", ".norm"),
    (r"\.attn\.in_proj[._]", ".attention.project."),  # with an underscore in the files of 2022
    (r"\.attn\.out_proj", ".attention.out"),
    (r"\.c_attn", ".attention.scale"),
    (r"\.post_attn_norm", ".attention_norm"),
    (r"\.pre_fc_norm", ".mlp.0"),
    (r"\.fc1", ".mlp.1"),
    (r"\.post_fc_norm", ".mlp.4"),
    (r"\.fc2", ".mlp.5"),
    (r"\.w_resid", ".residual"),
    (r"^fc\.0", "head"),
)
NAMES = {"pfn": PFN, "pcnn": PCNN, "particlenet": PARTICLENET, "part": PART, "part_plain": PART}
KERNELS = {"pcnn"}  # networks whose convolutions look at neighbouring particles


def from_weaver(name: str, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """State dict of network `name` from a state dict of the published code.

    Entries may begin with `mod.`, as those of its wrappers do. Names that it does not know pass
    through, for `load_state_dict` to complain about. Raises InputError for an unknown network.
    """
    if name not in NAMES:
        raise InputError(f"network: expected one of {', '.join(NAMES)}, got {name!r}")
    translated = {}
    for entry, tensor in state.items():
        flat = tensor.flatten(1) if tensor.dim() > 2 and name not in KERNELS else tensor
        translated[rename(name, entry)] = flat
    return translated


def rename(name: str, entry: str) -> str:
    """Our name of an entry of the published state dict of network `name`."""
    entry = entry.removeprefix("mod.")
    for pattern, replacement in NAMES[name]:
        entry = re.sub(pattern, replacement, entry)
    return entry
