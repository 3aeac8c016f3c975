"""What fills the slots behind the particles of a jet in training, and the random cut of long jets.

Dimensions: B jets, P slots. Loading pads a batch to its longest jet with zeros; the published code
pads every jet to 128 slots with copies of its own particles and lets its batch norms see them.
Both act in training only: in evaluation the networks are the same function whatever was chosen.
"""

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn

from jetbench.data.loading import Batch
from jetbench.errors import InputError

SLOTS = 128  # of every jet of the published loader
UNTOUCHED = 5  # steps before the published trimmer begins
QUANTILES = (0.9, 1.02)  # between which it draws; what lies above 1 counts as 1


def unchanged(batch: Batch) -> Batch:
    """Zeros up to the longest jet of the batch, as it was loaded."""
    return batch


def zero(batch: Batch) -> Batch:
    """Zeros up to 128 slots."""
    return shaped(batch, lambda x: nn.functional.pad(x, (0, 0, 0, SLOTS - x.shape[1])))


def wrap(batch: Batch) -> Batch:
    """Slot j of 128 holds particle j mod n of a jet with n particles; an empty jet holds zeros."""
    batch = zero(batch)
    counts = batch.mask.sum(1, keepdim=True).clamp(min=1)  # (B, 1)
    particle = torch.arange(SLOTS, device=counts.device) % counts  # (B, 128)
    return shaped(batch, lambda x: taken(x, particle))._replace(mask=batch.mask)


def trim(batch: Batch) -> Batch:
    """Particles in random order, cut to floor(Q_q(counts)) slots, q ~ min(U(0.9, 1.02), 1).

    So the longest jets lose random particles. Draws the same numbers as SequenceTrimmer of weaver
    0.5.3, from the generator whose state a checkpoint holds.
    """
    mask = batch.mask
    q = torch.empty(1, device=mask.device).uniform_(*QUANTILES).clamp_(max=1)
    slots = int(torch.quantile(mask.sum(1).float(), q).long().clamp(min=1))
    order = torch.rand(mask.shape, device=mask.device).masked_fill_(~mask, -1)
    order = order.argsort(1, descending=True)[:, :slots]  # (B, P'), particles before padding
    return shaped(batch, lambda x: taken(x, order))


PADDINGS: dict[str, Callable[[Batch], Batch]] = {"none": unchanged, "wrap": wrap, "zero": zero}
TRIMMINGS: dict[str, Callable[[Batch], Batch]] = {"none": unchanged, "random": trim}


def prepared(batches: Iterable[Batch], padding: str, trimming: str, step: int) -> Iterator[Batch]:
    """Training batches from number `step` on, padded and then trimmed."""
    for number, batch in enumerate(batches, step):
        batch = PADDINGS[padding](batch)
        yield TRIMMINGS[trimming](batch) if number >= UNTOUCHED else batch


def set_norms(network: nn.Module, padding: str, trimming: str) -> None:
    """Let the batch norms of a network see padding in training, unless `padding` is none.

    Raises:
        InputError: padding or trimming of a network that was published with neither.
    """
    norms = [module for module in network.modules() if hasattr(module, "sees_padding")]
    if not norms and (padding, trimming) != ("none", "none"):
        raise InputError(
            f"recipe: expected padding none and trimming none for {type(network).__name__}, "
            f"whose norms see no padding, got {padding} and {trimming}"
        )
    for module in norms:
        module.sees_padding = padding != "none"


def shaped(batch: Batch, change: Callable[[Tensor], Tensor]) -> Batch:
    """The batch with `change` applied to all tensors of shape (B, P, .)."""
    points, features, vectors = (change(x) for x in batch[:3])
    mask = change(batch.mask.unsqueeze(2)).squeeze(2)
    return Batch(points, features, vectors, mask, batch.label)


def taken(x: Tensor, slots: Tensor) -> Tensor:
    """(B, P, D) -> (B, P', D): the slots (B, P') of each jet."""
    return x.gather(1, slots.unsqueeze(2).expand(-1, -1, x.shape[2]))
