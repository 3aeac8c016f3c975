"""Which code of a vector-quantised autoencoder did the dropped particle fall to?

Dimensions: B jets, P slots, K dropped particles, C continuous features, T tokens (codes).
"""

from collections.abc import Mapping
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from jetbench.errors import InputError
from jetbench.methods.tasks.target import Target
from jetbench.methods.vqvae import build_autoencoder
from jetbench.networks.sequences import Sequences

OWNER = "autoencoder."  # what a trained tokeniser's weights begin with


class VQVAE(nn.Module):
    """L = -1/K sum_k sum_t q_kt ln softmax(W h_k + b)_t, q_kt = (1 - s) [t = token_k] + s / T.

    token_k is the code of particle k when the tokeniser sees the dropped particles of its jet and
    no others; s is the label smoothing. ASSUME the dropped ones alone, as the published code has
    it: the paper speaks of the tokens of the jet (arXiv:2409.12589, section 4.1).

    The tokeniser is trained before and never here: it has no gradients, and stays in evaluation.
    """

    fit = "vqvae"

    def __init__(
        self,
        width: int,
        continuous: int,
        sizes: Mapping | None = None,
        label_smoothing: float = 0.05,
    ):
        """`sizes` are those of the tokeniser, as published where they are left out.

        Raises InputError for a size that is not known or not possible, and for a tokeniser of other
        features than the `continuous` ones.
        """
        super().__init__()
        self.label_smoothing = label_smoothing
        tokeniser = build_autoencoder({"continuous": continuous, **(sizes or {})})
        if (got := tokeniser.sizes["continuous"]) != continuous:
            raise InputError(f"vqvae: expected a tokeniser of {continuous} features, got {got}")
        self.tokeniser = tokeniser.requires_grad_(False).eval()
        self.logits = nn.Linear(width, tokeniser.sizes["codes"])

    def train(self, mode: bool = True) -> Self:
        """As nn.Module, but the tokeniser stays in evaluation: its codes would move on."""
        super().train(mode)
        self.tokeniser.eval()
        return self

    def load_fit(self, arrays: Mapping[str, Tensor]) -> None:
        """Take over the weights of a trained VectorQuantisation.

        Its inputs stay behind: who hands the weights over sees to it that the quantiles are those
        of this training. Raises InputError for a tokeniser of other sizes.
        """
        own = {name for name in arrays if name.startswith(OWNER)}
        self.tokeniser.take_over({name.removeprefix(OWNER): arrays[name] for name in own})

    def loss(self, context: Tensor, target: Target) -> Tensor:
        """Mean over the dropped particles (), from what the decoder says of them (K, width)."""
        with torch.no_grad(), torch.autocast(context.device.type, enabled=False):
            tokens = self.tokeniser.tokens(
                target.continuous, self.sequences(target.dropped, len(context))
            )
        logits = self.logits(context).float()
        return cross_entropy(logits, tokens, label_smoothing=self.label_smoothing)

    @torch.no_grad()
    def sample(self, context: Tensor, dropped: Tensor) -> Tensor:
        """Tokens drawn from softmax(W h_k + b), decoded: (K, width) with (B, P) -> (K, C).

        The tokens are drawn particle by particle; the decoder sees those of a jet together.
        """
        tokens = torch.multinomial(self.logits(context).float().softmax(1), 1).squeeze(1)
        return self.tokeniser.decode_tokens(tokens, self.sequences(dropped, len(context))).float()

    def sequences(self, dropped: Tensor, number: int) -> Sequences:
        """The dropped particles (B, P) of each jet as a set of their own, `number` in all."""
        return Sequences(dropped, self.tokeniser.sizes["registers"], number)
