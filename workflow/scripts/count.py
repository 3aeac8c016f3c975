"""Count what a network costs."""

import json

from jetbench.data.features import SETS
from jetbench.files import whole
from jetbench.networks import build
from jetbench.networks.cost import PARTICLES, macs, parameters
from jetbench.scripting import run


def count(cost, name, model):
    """Parameters, and multiply-accumulates of one jet, of a model of `config/models`, as JSON."""
    inputs = len(SETS[model["features"]])
    network = build(model["network"], inputs, **model.get("sizes", {}))
    result = {
        "model": name,
        "parameters": parameters(network),
        "macs": macs(network, inputs),
        "particles": PARTICLES,
    }
    with whole(cost) as path:
        path.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    run(count, snakemake)
