"""Count what a network costs."""

import json

from jetbench.data.features import SETS
from jetbench.files import whole
from jetbench.networks import build
from jetbench.networks.cost import PARTICLES, macs, parameters
from jetbench.scripting import run


def count(cost, name, network, features, sizes):
    """Parameters, and multiply-accumulates of one jet, of the model `name`, as JSON."""
    inputs = len(SETS[features])
    built = build(network, inputs, **sizes)
    result = {
        "model": name,
        "parameters": parameters(built),
        "macs": macs(built, inputs),
        "particles": PARTICLES,
    }
    with whole(cost) as path:
        path.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    run(count, snakemake)
