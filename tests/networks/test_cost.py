"""Parameters and multiply-accumulates, and the script that writes them."""

import json

import pytest

from jetbench.networks import build
from jetbench.networks.cost import macs, parameters

MACS = {  # millions, of one jet of 128 particles: by PyTorch's counter, and as printed in the paper
    "pfn": (4.523, 4.62),
    "pcnn": (15.222, 15.5),
    "particlenet": (533.2, 540),
    "part": (334.7, 340),
    "part_plain": (260.7, 260),
}


@pytest.mark.parametrize("name", MACS)
def test_multiply_accumulates(name):
    counted, printed = MACS[name]
    assert macs(build(name, 17), 17) / 1e6 == pytest.approx(counted, rel=1e-3)
    assert macs(build(name, 17), 17) / 1e6 == pytest.approx(printed, rel=0.022)


def test_multiply_accumulates_of_masked_particle_modelling():
    rows, width = 8 + 128, 512  # registers and particles
    layer = rows * (10 * width**2 + 2 * rows * width)  # q k v, out, SwiGLU; logits, means
    block = (5 + 2 * rows) * 128**2 + 2 * rows * 128  # keys and values of all rows; the token's
    head = rows * width * 128 + 2 * block + 128 * 10
    assert macs(build("masked", 8), 8) == 128 * 7 * width + 8 * layer + head


def test_counting_leaves_the_network_as_it_was():
    network = build("masked", 8, width=16, depth=1, heads=2)
    macs(network, 8)
    assert network.training and not network.inputs.fitted


def test_parameters_of_masked_particle_modelling():
    assert parameters(build("masked", 8)) == 21_045_248 + 299_274  # backbone, class attention


def test_script_writes_the_cost(tmp_path):
    from workflow.scripts.count import count

    model = {"network": "pfn", "sizes": {"jet": [128, 128, 128]}, "features": "full"}
    count(tmp_path / "pfn.json", "pfn", **model)
    cost = json.loads((tmp_path / "pfn.json").read_text())
    assert cost == {"model": "pfn", "parameters": 86154, "macs": 4523264, "particles": 128}
