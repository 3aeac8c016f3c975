"""Batch norms over several processes: as if one had all rows, forward and backward."""

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch import nn

from jetbench.networks import NETWORKS
from jetbench.networks.norms import SharedBatchNorm, share_norms
from jetbench.training.ranks import meet
from tests.networks import peers
from tests.together import together

SHARES = {"rows": (5, (40, 11)), "positions": ((5, 7), (12, 12)), "one row": (5, (1, 3))}


def step(norm, x):
    """Output, gradients and statistics after a step of training on rows x."""
    torch.manual_seed(2)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    x = x.clone().requires_grad_()
    y = norm(x)
    (y * torch.sin(100 * x.detach())).sum().backward()
    values = (y.detach(), x.grad, norm.weight.grad, norm.bias.grad)
    return [value.numpy() for value in (*values, norm.running_mean, norm.running_var)]


def rows(name):
    """All rows, far from zero, where a sum of squares would lose the variance."""
    shape, counts = SHARES[name]
    torch.manual_seed(1)
    return (100 + torch.randn(sum(counts), *np.atleast_1d(shape))).split(counts)


def shared_step(place, name):
    """The step of one of two processes."""
    meet(place, torch.device("cpu"))
    result = step(SharedBatchNorm(5), rows(name)[place.rank])
    dist.destroy_process_group()
    return result


@pytest.mark.parametrize("name", SHARES)
def test_statistics_and_gradients_are_of_all_rows(name):
    first, second = together(shared_step, name)
    outputs = [np.concatenate(pair) for pair in zip(first[:2], second[:2], strict=True)]
    parameters = [a + b for a, b in zip(first[2:4], second[2:4], strict=True)]
    expected = step(nn.BatchNorm1d(5), torch.cat(rows(name)))
    for got, wanted in zip([*outputs, *parameters, *first[4:]], expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=2e-4, atol=2e-4 * np.abs(wanted).max())
    for a, b in zip(first[4:], second[4:], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_norm_of_a_network_is_left_out(name):
    network = peers.network(name)
    norms = [m for m in network.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    before = network.state_dict()
    share_norms(network)
    shared = [m for m in network.modules() if isinstance(m, SharedBatchNorm)]
    assert len(shared) == len(norms) > 0 or name in ("pfn", "masked")
    after = network.state_dict()
    assert list(before) == list(after) and all(before[k].equal(after[k]) for k in before)


def test_evaluation_needs_nobody_else():
    assert not dist.is_initialized()
    norm = SharedBatchNorm(5).eval()
    x = torch.randn(4, 5)
    assert norm(x).equal(nn.BatchNorm1d(5).eval()(x))
