"""Multiply-accumulates of an encoder for one jet, by its sizes: what durations scale with.

Left out is what adds a few per cent: heads of classes, tokenisers, flows.
"""

from collections.abc import Mapping

from jetbench.errors import InputError

PARTICLES = 39  # of a jet of JetClass, on average
NETWORKS = ("masked", "vqvae")  # whose sizes are understood here, on normal scores


def check_heads(model: Mapping, where: str) -> None:
    """Raise InputError for attention whose heads do not divide the width equally among them."""
    stacks = {
        "sizes": model["sizes"],
        "sizes: head": model["sizes"].get("head", {}),
        "pretraining: decoder": model.get("pretraining", {}).get("decoder", {}),
    }
    for place, stack in stacks.items():
        width, heads = stack.get("width"), stack.get("heads", 1)
        if width and width % heads:
            expected = f"expected a divisor of the width {width}"
            raise InputError(f"{where}: {place}: heads: {expected}, got {heads}")


def macs(model: Mapping) -> float:
    """MACs of a model of `recipes.model_of`: of its pre-training, or of scoring a jet."""
    sizes = model["sizes"]
    whole = stack(sizes, PARTICLES + sizes["registers"])
    if model["network"] == "vqvae":
        return 2 * whole  # encoder and decoder
    return of_pretraining(sizes, model["pretraining"]) if "pretraining" in model else whole


def of_pretraining(sizes: Mapping, method: Mapping) -> float:
    """MACs of encoder, decoder and the largest head of a method that drops particles."""
    rate = method.get("rate", (method.get("low", 0) + method.get("high", 0)) / 2)
    dropped, registers = rate * PARTICLES, sizes["registers"]
    tokens = method.get("tasks", {}).get("kmeans", {}).get("tokens", 0)
    if "decoder" not in method:  # the encoder sees a token for each dropped particle
        return stack(sizes, PARTICLES + registers) + dropped * sizes["width"] * tokens
    decoder = {"expansion": 2} | method["decoder"]
    seen = stack(sizes, PARTICLES - dropped + registers)
    return (
        seen + stack(decoder, PARTICLES + registers) + dropped * method["decoder"]["width"] * tokens
    )


def stack(sizes: Mapping, tokens: float) -> float:
    """depth n ( (4 + 3 e) w^2 + 2 n w ): layers of width w on n tokens, hidden width e w."""
    width = sizes["width"]
    each = (4 + 3 * sizes["expansion"]) * width**2 + 2 * tokens * width
    return sizes["depth"] * tokens * each
