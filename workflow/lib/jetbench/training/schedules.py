"""Learning rate of an epoch, as a factor of the recipe's rate; epochs count from 0."""


def constant(epoch: int, epochs: int) -> float:
    """1: the rate of the recipe throughout (fine-tuning)."""
    return 1.0


def flat_decay(epoch: int, epochs: int) -> float:
    """1 for the first epochs, then 0.01^(i/n) in the i-th of the last n = int(0.3 epochs).

    The last epoch has 1 % of the rate. Source: weaver's `flat+decay`. Fewer than 4 epochs leave
    none to decay in.
    """
    decaying = int(0.3 * epochs)
    i = epoch + 1 - (epochs - decaying)
    return 0.01 ** (i / decaying) if i > 0 else 1.0


SCHEDULES = {"constant": constant, "flat_decay": flat_decay}
