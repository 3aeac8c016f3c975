"""The training loop: epochs of steps, a validation after each, the best epoch kept."""

from collections.abc import Iterable, Iterator
from itertools import islice

import torch
from torch import nn

from jetbench.data.loading import Batch
from jetbench.methods import classify
from jetbench.training.padding import set_norms
from jetbench.training.ranks import pooled, total
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
            set_rate(state.optimiser, recipe.rate(epoch))
            train_epoch(state, batches, (epoch + 1) * recipe.steps_per_epoch, watch)
            held_back = watch.validating(state, streams.validation(), recipe.val_jets // ranks)
            state.close_epoch(total(validate(state.model, held_back), ranks, state.fabric.device))
            watch.after_epoch(state)


def train_epoch(state: State, batches: Iterator[Batch], end: int, watch: Watch) -> None:
    """Optimise until step `end`; loss and accuracy gather in `state.tally`."""
    state.model.train()
    for batch in islice(batches, end - state.step):
        outcome = classify.outcome(state.model, batch)
        state.optimiser.zero_grad(set_to_none=True)
        state.fabric.backward(outcome.loss)
        state.optimiser.step()
        state.step += 1
        state.tally.add(pooled(outcome, state.fabric.world_size))
        watch.after_step(state)
    state.settle()


@torch.no_grad()
def validate(model: nn.Module, batches: Iterable[Batch]) -> Tally:
    """Loss and accuracy of the model as it stands."""
    model.eval()
    tally = Tally()
    for batch in batches:
        tally.add(classify.outcome(model, batch))
    tally.settle()
    return tally


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of all parameters, times the factor of their group."""
    for group in optimiser.param_groups:
        group["lr"] = group["factor"] * rate
