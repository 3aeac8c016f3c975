"""The set networks on padded jets, in plain matrix products: what the packed ones have to equal.

Dimensions: B jets, L slots (registers before particles), Q slots of queries, D width. Layers take
their parameters from ours; masks are True for what may be looked at.
"""

import torch
from torch import Tensor
from torch.nn.functional import gelu, layer_norm, linear, pad


def norm(module, x: Tensor) -> Tensor:
    """LN(x), eps 1e-5."""
    return layer_norm(x, x.shape[-1:], module.weight, module.bias, 1e-5)


def attention(module, x: Tensor, others: Tensor, mask: Tensor) -> Tensor:
    """(B, Q, D) looking at (B, L, D) with mask (B, L) -> (B, Q, D)."""
    inputs = (x, others, others)
    weights = zip(inputs, module.project.weight.chunk(3), module.project.bias.chunk(3), strict=True)
    heads = (linear(*w).unflatten(-1, (module.heads, -1)).transpose(1, 2) for w in weights)
    query, key, value = heads
    logits = query @ key.mT / query.shape[-1] ** 0.5
    logits = logits.masked_fill(~mask[:, None, None, :], -1e9)
    heads = (logits.softmax(-1) @ value).transpose(1, 2)
    if hasattr(module, "scale"):
        heads = heads * module.scale[:, None]
    return linear(heads.flatten(2), module.out.weight, module.out.bias)


def swiglu(module, x: Tensor) -> Tensor:
    """W2 (silu(a) b), (a, b) = W1 x."""
    gate, value = linear(x, module.first.weight, module.first.bias).chunk(2, -1)
    return linear(gate * gate.sigmoid() * value, module.second.weight, module.second.bias)


def prenorm(layer, x: Tensor, mask: Tensor) -> Tensor:
    """A PreNormLayer."""
    normed = norm(layer.norm, x)
    x = x + layer.scale * attention(layer.attention, normed, normed, mask)
    return x + layer.mlp_scale * swiglu(layer.mlp, norm(layer.mlp_norm, x))


def crossing(layer, x: Tensor, mask: Tensor, others: Tensor, keys: Tensor) -> Tensor:
    """A CrossLayer."""
    normed = norm(layer.norm, x)
    x = x + layer.scale * attention(layer.attention, normed, normed, mask)
    normed = norm(layer.cross_norm, x)
    x = x + layer.cross_scale * attention(layer.cross, normed, others, keys)
    return x + layer.mlp_scale * swiglu(layer.mlp, norm(layer.mlp_norm, x))


def normformer(layer, x: Tensor, mask: Tensor) -> Tensor:
    """A NormFormerLayer."""
    normed = norm(layer.norm, x)
    x = x + norm(layer.attention_norm, attention(layer.attention, normed, normed, mask))
    first, widen, _, inner, narrow = layer.mlp
    hidden = gelu(linear(norm(first, x), widen.weight, widen.bias))
    return x + linear(norm(inner, hidden), narrow.weight, narrow.bias)


LAYERS = {"PreNormLayer": prenorm, "NormFormerLayer": normformer}


def layers(modules, x: Tensor, mask: Tensor) -> Tensor:
    """(B, L, D) -> (B, L, D)."""
    for module in modules:
        x = LAYERS[type(module).__name__](module, x, mask)
    return x


def encode(model, continuous: Tensor, identity: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """A SetEncoder: (B, P, C), (B, P) and mask (B, P) -> (B, R + P, D) and the mask of those."""
    x = linear(continuous, model.continuous.weight, model.continuous.bias)
    x = x + model.identity.weight[identity]
    registers = model.registers.expand(len(x), -1, -1)
    filled = pad(mask, (registers.shape[1], 0), value=True)
    return layers(model.layers, torch.cat((registers, x), 1), filled), filled


def decode(model, encoded: Tensor, kept: Tensor, dropped: Tensor) -> Tensor:
    """A SetDecoder: (B, R + P, inputs) with masks (B, P) -> (K, D)."""
    registers = encoded.shape[1] - kept.shape[1]
    x = linear(encoded, model.project.weight, model.project.bias)
    filled = pad(kept | dropped, (registers, 0), value=True)
    hidden = pad(dropped, (registers, 0))
    for jet, row in enumerate(hidden):
        tokens = model.mask_tokens.tokens[: row.sum()]
        x = x.index_put((torch.tensor(jet), row.nonzero().squeeze(1)), tokens)
    return layers(model.layers, x, filled)[hidden]


def classify(model, encoded: Tensor, mask: Tensor) -> Tensor:
    """A ClassAttention in evaluation: (B, L, inputs) with mask (B, L) -> (B, classes)."""
    x = linear(encoded, model.project.weight, model.project.bias)
    token = model.token.expand(len(x), 1, -1)
    for block in model.blocks:
        token = token + attention(block.attention, norm(block.norm, token), x, mask)
        token = token + swiglu(block.mlp, norm(block.mlp_norm, token))
    return linear(token[:, 0], model.logits.weight, model.logits.bias)
