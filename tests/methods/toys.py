"""Toy jets with a pattern planted in them, small networks, and short trainings.

A planted jet is of one of two kinds. One has a particle of each of the species 0 to 3 in this
order, the other of 4 to 7; a species is an identity and fixed values of the continuous features.
Whatever is dropped thus follows from what is kept: that tells the kind and the missing species, and
the order tells which is which. Who does not see the kept has a chance of 1/8, who does not know the
order one of 1/2.
"""

import torch

from jetbench.data.pools import Batch
from jetbench.methods import pretrain
from jetbench.networks.normal_scores import normal_quantile

SIZES = {"continuous": 3, "width": 32, "depth": 2, "heads": 4, "registers": 2}
DECODER = {"width": 16, "depth": 2, "heads": 2}
CENTRES = torch.tensor(  # (8, 3) of the species, in normal scores
    [[-1.5, 0.5, 0.0], [-1.0, -1.5, 1.0], [-0.5, 1.5, 0.5], [0.0, -0.5, -1.0]]
    + [[0.5, 1.0, 1.5], [1.0, -1.0, -0.5], [1.5, 0.0, -1.5], [2.0, 2.0, 2.0]]
)


def jets(features, mask):
    """Batch of raw features (B, P, 8) and mask (B, P)."""
    points, vectors = features[..., 1:3], features.new_zeros(*mask.shape, 4)
    return Batch(points, features * mask[..., None], vectors, mask, torch.zeros(len(mask)).long())


def random_jets(counts, slots=None, seed=1):
    """Jets with so many particles of N(0, 1) features and any identity."""
    random = torch.Generator().manual_seed(seed)
    mask = torch.arange(slots or max(counts)) < torch.tensor(counts)[:, None]
    continuous = torch.randn(*mask.shape, 7, generator=random)
    identity = torch.randint(8, (*mask.shape, 1), generator=random).float()
    return jets(torch.cat((continuous, identity), -1), mask)


def planted(count, seed=1):
    """Jets with the pattern (see above), four particles each."""
    kind = torch.randint(2, (count, 1), generator=torch.Generator().manual_seed(seed))
    identity = 4 * kind + torch.arange(4)  # (B, 4)
    features = torch.zeros(count, 4, 8)
    features[..., :3], features[..., 7] = CENTRES[identity], identity
    return jets(features, torch.ones(count, 4, dtype=torch.bool))


def fitted(model):
    """The model with inputs fitted to N(0, 1), so that normal scores are the raw values, nearly."""
    levels = torch.linspace(0, 1, 500, dtype=torch.float64)[:, None].expand(-1, 7)
    model.inputs.load_fit({"quantiles": normal_quantile(levels)})
    return model


def small(tasks, style="decoder", sizes=SIZES, rate=0.5):
    """Masked modelling at a tiny width, always the same at the start."""
    torch.manual_seed(1)
    settings = {"method": "masked", "style": style, "rate": rate, "tasks": tasks}
    if style == "decoder":
        settings["decoder"] = DECODER
    return fitted(pretrain.build({"sizes": sizes, "pretraining": settings}))


def train(model, steps, lr=1e-2, batch=32):
    """The model after so many steps of Adam on planted jets."""
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for step in range(steps):
        optimiser.zero_grad()
        pretrain.outcome(model, planted(batch, seed=step)).loss.backward()
        optimiser.step()
    return model.eval()
