"""How many particles are dropped, which, and that the seed decides."""

import pytest
import torch

from jetbench.methods.masking import RATE, drop, drop_between
from jetbench.planning import drawable


def mask_of(counts, slots=None):
    counts = torch.tensor(counts)
    return torch.arange(slots or int(counts.max())) < counts[:, None]


@pytest.mark.parametrize("rate", (0.1, 0.29, 0.4, 0.5, 0.7, 0.9))
def test_the_floor_of_the_rate_times_the_particles_is_dropped(rate):
    counts = torch.arange(129)
    exact = torch.tensor([round(100 * rate) * n // 100 for n in range(129)])
    torch.testing.assert_close(drop(mask_of(counts.tolist()), rate).sum(1), exact)


def test_studies_are_planned_with_the_rate_that_sets_have():
    assert drawable.RATE == RATE


def test_only_particles_are_dropped():
    mask = mask_of([0, 1, 3, 7], slots=9)
    for dropped in (drop(mask, 1.0), drop_between(mask, 1.0, 1.0)):
        assert torch.equal(dropped, mask)


def test_jets_of_no_and_of_one_particle_keep_them():
    assert not drop(mask_of([0, 1, 2], slots=4), 0.4).any()


def test_no_jets_and_no_slots_are_no_error():
    assert drop(torch.ones(0, 5, dtype=torch.bool), 0.4).shape == (0, 5)
    assert drop(torch.ones(5, 0, dtype=torch.bool), 0.4).shape == (5, 0)


def test_every_particle_is_dropped_equally_often():
    torch.manual_seed(1)
    share = drop(mask_of([5] * 20000), 0.4).float().mean(0)
    assert (share - 0.4).abs().max() < 5 * (0.24 / 20000) ** 0.5  # five standard errors


def test_every_pair_of_particles_is_dropped_equally_often():
    torch.manual_seed(1)
    dropped = drop(mask_of([5] * 20000), 0.4).float()
    together = (dropped.T @ dropped / 20000)[*torch.triu_indices(5, 5, 1)]
    assert (together - 0.1).abs().max() < 5 * (0.09 / 20000) ** 0.5  # 1 of 10 pairs


def test_the_number_between_is_uniform_with_both_ends():
    torch.manual_seed(1)
    counts = drop_between(mask_of([10] * 20000), 0.05, 0.5).sum(1).bincount(minlength=11)
    assert counts[0] == 0 and counts[6:].sum() == 0  # ceil(0.5) = 1 to 5
    assert (counts[1:6] / 20000 - 0.2).abs().max() < 5 * (0.16 / 20000) ** 0.5


def test_where_no_integer_lies_between_the_floor_is_dropped():
    assert not drop_between(mask_of([1] * 50), 0.3, 0.4).any()


def test_all_of_a_jet_of_one_particle_may_go():
    assert drop_between(mask_of([1] * 50), 0.05, 1.0).all()


def test_the_seed_decides_and_the_next_epoch_is_another():
    mask = mask_of([30] * 20)
    torch.manual_seed(3)
    first, second = drop(mask, 0.4), drop(mask, 0.4)
    torch.manual_seed(3)
    again = drop(mask, 0.4)
    assert torch.equal(first, again) and not torch.equal(first, second)
