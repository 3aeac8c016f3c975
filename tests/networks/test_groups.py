"""Groups of jets alike in length."""

import torch

from jetbench.networks.groups import Groups


def test_groups_hold_jets_alike_in_length():
    groups = Groups(torch.arange(90) < torch.tensor([[90], [3], [16], [17], [0], [82]]))
    assert groups.shapes == [(3, 16), (1, 32), (2, 90)]
    assert groups.order.tolist() == [1, 2, 4, 3, 0, 5]


def test_rows_to_groups_and_back():
    groups = Groups(torch.rand(7, 60, generator=torch.Generator().manual_seed(1)) < 0.3)
    x = torch.randn(len(groups.rows), 2)
    assert torch.equal(groups.join(groups.part(x)), x)


def test_jets_return_in_the_order_of_the_batch():
    lengths = torch.tensor([[40], [2], [20], [0], [33]])
    groups = Groups(torch.arange(40) < lengths)
    counts = torch.cat([mask.sum(1, keepdim=True) for mask in groups.masks])
    assert torch.equal(groups.restore(counts), lengths)
