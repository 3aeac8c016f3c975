"""The training loop: epochs of steps, a validation after each, the best epoch kept."""

from collections.abc import Iterable, Iterator
from itertools import islice

import torch
from torch import nn

from jetbench.data.loading import Batch
from jetbench.training.learning import Learning
from jetbench.training.padding import set_norms
from jetbench.training.ranks import pooled, share, total
from jetbench.training.recipes import Recipe
from jetbench.training.state import State
from jetbench.training.streams import Streams
from jetbench.training.tally import Tally
from jetbench.training.watch import Watch


def fit(state: State, recipe: Recipe, streams: Streams, watch: Watch) -> None:
    """Train `state` from where it is to the end of the recipe."""
    set_norms(state.network, recipe.padding, recipe.trimming)
    batches, ranks = streams.training(state.step), state.fabric.world_size
    with watch.over(state):
        for epoch in range(len(state.history), recipe.epochs):
            train_epoch(state, recipe, batches, (epoch + 1) * recipe.steps_per_epoch, watch)
            with state.drawing_aside():
                held_back = watch.validating(state, streams.validation(), recipe.val_jets // ranks)
                validation = validate(state.learning, state.model, held_back)
            state.close_epoch(total(validation, ranks, state.fabric.device))
            watch.after_epoch(state)


def train_epoch(
    state: State, recipe: Recipe, batches: Iterator[Batch], end: int, watch: Watch
) -> None:
    """Optimise until step `end`; the loss and what is beside it gather in `state.tally`."""
    state.model.train()
    ranks = state.fabric.world_size
    for batch in islice(batches, end - state.step):
        outcome = state.learning.outcome(state.model, batch)
        whole = pooled(outcome, ranks)
        step(state, share(outcome, whole, ranks), recipe.rate(state.step), recipe.clip)
        state.tally.add(whole)
        watch.after_step(state)
    state.settle()


def step(state: State, loss: torch.Tensor, rate: float, clip: float) -> None:
    """p <- p - rate * what the optimiser makes of dL/dp, whose norm is cut to `clip` unless 0."""
    state.optimiser.zero_grad(set_to_none=True)
    state.fabric.backward(loss)  # with several ranks, each has the mean of all from here on
    if clip:
        torch.nn.utils.clip_grad_norm_(optimised(state.optimiser), clip)
    set_rate(state.optimiser, rate)
    state.optimiser.step()
    state.step += 1
    if hasattr(state.network, "after_step"):
        state.network.after_step()  # a copy that follows the weights


@torch.no_grad()
def validate(learning: Learning, model: nn.Module, batches: Iterable[Batch]) -> Tally:
    """Loss of the model as it stands, and what is beside it."""
    model.eval()
    tally = Tally(learning.terms)
    for batch in batches:
        tally.add(learning.outcome(model, batch))
    tally.settle()
    return tally


def optimised(optimiser: torch.optim.Optimizer) -> list[nn.Parameter]:
    """All parameters of an optimiser."""
    return [p for group in optimiser.param_groups for p in group["params"]]


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of all parameters, times the factor of their group."""
    for group in optimiser.param_groups:
        group["lr"] = group["factor"] * rate
