"""Masked particle modelling: particles of a jet are dropped, and made again from the others.

Of arXiv:2409.12589, with its predecessor arXiv:2401.13537 as the style mpmv1.

Dimensions: B jets, P slots, N particles of which K are dropped, C continuous features.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from jetbench.errors import InputError
from jetbench.methods.filling import STYLES, choose
from jetbench.methods.masking import RATE, Split, drop
from jetbench.methods.outcome import PARTICLES
from jetbench.methods.settings import check_name, check_settings
from jetbench.methods.tasks import Target, build_tasks, draw, read_weights
from jetbench.networks import build
from jetbench.networks.masked import FEATURES


class Reconstruction(NamedTuple):
    """Dropped particles as they were, and as they are made again."""

    dropped: Tensor  # (B, P) bool
    original: Tensor  # (K, F) the features that they had
    made: Tensor  # (K, C) in GeV, rad and mm


class MaskedModelling(nn.Module):
    """L = sum_tasks w_task mean_(dropped k) l_task(h_k, x_k), h = decode(encode(kept particles)).

    `sizes` are those of MaskedTagger, whose inputs and encoder are trained here; its head is not.
    `decoder` holds the sizes of the decoder, which the style "decoder" alone has.

    Raises InputError for a style, task or setting that is not known, or a rate that is not
    between 0 and 1: of a jet of which all is dropped nothing would be kept to learn from.
    """

    def __init__(
        self,
        sizes: Mapping,
        tasks: Mapping[str, Mapping],
        style: str = "decoder",
        rate: float = RATE,
        decoder: Mapping | None = None,
    ):
        super().__init__()
        if not 0 < rate < 1:
            raise InputError(f"rate: expected a share of a jet, between 0 and 1, got {rate}")
        check_name("style", style, STYLES)
        check_settings(f"decoder of style {style}", STYLES[style], decoder or {}, given=1)
        self.rate, self.weights = rate, read_weights(tasks)
        tagger = build("masked", FEATURES, **sizes)
        self.inputs, self.encoder = tagger.inputs, tagger.encoder
        embedding = self.encoder.continuous
        self.decoder = STYLES[style](embedding.out_features, **(decoder or {}))
        self.tasks = build_tasks(tasks, self.decoder.width, embedding.in_features)

    def forward(
        self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor
    ) -> dict[str, Tensor]:
        """Loss () of each task, unweighted: the mean over the K dropped; PARTICLES is K."""
        split = Split(mask, drop(mask, self.rate))
        if not len(split.hidden):
            return dict.fromkeys(self.tasks, self.nothing()) | {PARTICLES: 0}
        particles = self.inputs(split.particles(features))
        context = self.decoder.fill(self.encoder, particles, split)  # (K, width)
        target = Target(*choose(particles, split.hidden), split.dropped)
        losses = {name: task.loss(context, target) for name, task in self.tasks.items()}
        return losses | {PARTICLES: len(context)}

    def nothing(self) -> Tensor:
        """0, with gradients of 0 for all parameters: the loss where nothing was dropped."""
        return 0 * sum(parameter.sum() for parameter in self.parameters())

    def after_step(self) -> None:
        """Tell the tasks that weights have changed: flow matching samples from their average."""
        for task in self.tasks.values():
            if hasattr(task, "after_step"):
                task.after_step()

    @torch.no_grad()
    def reconstruct(self, features: Tensor, mask: Tensor) -> Reconstruction:
        """Drop particles of the jets (B, P, F) and make them again. Raises as `generator`."""
        task, dropped = self.generator(), drop(mask, self.rate)
        split = Split(mask, dropped)
        particles = self.inputs(split.particles(features))
        context = self.decoder.fill(self.encoder, particles, split)
        made = self.inputs.restore(draw(task, context, dropped))
        return Reconstruction(dropped, features[dropped], made)

    def generator(self) -> nn.Module:
        """The first task that makes continuous features. Raises InputError if there is none."""
        for task in self.tasks.values():
            if hasattr(task, "sample"):
                return task
        raise InputError(
            f"reconstruct: expected a task that makes continuous features, got {[*self.tasks]}"
        )
