"""ParticleNet: neighbours, edges, and what padding has for neighbours."""

import torch
from torch.testing import assert_close

from jetbench.networks.layers import Packing, Slots
from jetbench.networks.particlenet import EdgeConvolution, nearest


def test_nearest_neighbours_by_hand():
    points = torch.tensor([[0.0], [1.0], [3.0], [0.0]])  # the last one is another jet
    mask = torch.tensor([[True, True, True], [True, False, False]])
    assert nearest(points, Packing(mask), 1).flatten().tolist() == [1, 0, 1, 4]
    assert sorted(nearest(points, Packing(mask), 3)[0].tolist()) == [1, 2, 4]


def test_neighbours_are_found_in_float32_under_autocast():
    points = 1 + 1e-3 * torch.randn(40, 2, generator=torch.Generator().manual_seed(1))
    packing = Packing(torch.ones(1, 40, dtype=torch.bool))
    with torch.autocast("cpu", torch.bfloat16):
        rows = nearest(points, packing, 5)
    assert torch.equal(rows, nearest(points, packing, 5))


def test_edges_equal_the_map_of_the_concatenation():
    torch.manual_seed(1)
    block, x = EdgeConvolution(3, (5, 4), k=2), torch.randn(6, 3)
    neighbours = torch.randint(0, 6, (6, 2))
    centre = x.unsqueeze(1).expand(-1, 2, -1)
    edges = torch.cat((centre, x[neighbours] - centre), -1).flatten(0, 1)
    assert_close(block.edges(x, neighbours), block.maps[0](edges))


def test_padding_is_nobodys_neighbour_and_has_none():
    points = torch.tensor([[0.0], [1.0], [3.0], [0.0], [5.0], [5.0]])
    mask = torch.tensor([[True, True, True], [True, False, False]])
    assert nearest(points, Slots(mask), 1).flatten().tolist() == [1, 0, 1, 6, 6, 6]


def test_neighbours_in_double_precision_stay_apart():
    points = torch.tensor([[0.0], [1.0 + 1e-9], [-1.0]], dtype=torch.float64)
    packing = Packing(torch.ones(1, 3, dtype=torch.bool))
    assert nearest(points, packing, 1).flatten().tolist() == [2, 0, 0]
