"""Groups of jets alike in length, and all jets as one group."""

import pytest
import torch
from torch.testing import assert_close

from jetbench.networks.groups import Groups, OneGroup
from jetbench.networks.layers import Slots
from jetbench.networks.sequences import PaddedSequences
from tests.networks.peers import INPUTS, jets, network, padded, randomise

LAYOUTS = {
    "pfn": Slots,
    "particlenet": Slots,
    "part": OneGroup,
    "part_plain": OneGroup,
    "masked": PaddedSequences,
}


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


def test_pairs_lie_where_both_particles_do():
    groups = Groups(torch.arange(20) < torch.tensor([[18], [2]]))
    first, second, places = groups.pairs()
    padding = [torch.full((1, 1, 1, length), -9.0) for _, length in groups.shapes]
    short, long = groups.biases((first * 100 + second).float().unsqueeze(1), places, padding)
    assert short[0, 0, :2, :3].tolist() == [[2020, 2120, -9], [2120, 2121, -9]]  # rows of jet 1
    assert torch.equal(long[0, 0, :18, :18], long[0, 0, :18, :18].T)


def test_pairs_of_one_group_are_a_triangle():
    first, second, places = OneGroup(torch.ones(2, 300, dtype=torch.bool)).pairs()
    expected = torch.tril_indices(300, 300)
    assert torch.equal(torch.stack((first, second)), torch.cat((expected, expected + 300), 1))
    assert places[:3, :3].tolist() == [[0, 1, 3], [1, 2, 4], [3, 4, 5]]


@pytest.mark.parametrize("name", LAYOUTS)
@torch.no_grad()
def test_one_group_is_the_same_function_in_evaluation(name):
    torch.manual_seed(1)
    model = randomise(network(name))
    batch = padded(jets([40, 3, 0, 17, 60, 16, 1], 60, INPUTS.get(name, 17)), 70, value=7)
    expected = model(*batch)
    model.layout = LAYOUTS[name]
    assert_close(model(*batch), expected, rtol=1e-4, atol=1e-5)
