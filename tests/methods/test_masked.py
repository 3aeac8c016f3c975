"""Masked modelling: what is dropped is found again, and only from what is kept."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from jetbench.errors import InputError
from jetbench.methods.filling import STYLES
from jetbench.methods.masking import Split, drop
from tests.methods.toys import CENTRES, jets, planted, random_jets, small, train

KMEANS = {"tokens": 8, "label_smoothing": 0.0}
TASKS = {"identity": {}, "regression": {}, "kmeans": KMEANS}


class Waits(TorchDispatchMode):
    """Collects what makes the host wait where the tensors are on a GPU."""

    NAMES = ("nonzero", "_local_scalar_dense", "masked_select", "_unique2")

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function.overloadpacket.__name__
        by_mask = name in ("index", "index_put_") and any(
            x is not None and x.dtype == torch.bool for x in args[1]
        )
        if by_mask or name in self.NAMES:
            self.calls.append(name)
        return function(*args, **(kwargs or {}))


def fit_centroids(model):
    if "kmeans" in model.tasks:
        model.tasks["kmeans"].load_fit({"centroids": CENTRES})
    return model


def trained(tasks, style="decoder"):
    return train(fit_centroids(small(tasks, style)), steps=150)


def context(model, batch, dropped):
    """What the model knows of the dropped particles (K, width), and its encoder's outputs."""
    encoded = []
    hook = model.encoder.register_forward_hook(lambda *args: encoded.append(args[-1]))
    particles = model.inputs(batch.features[batch.mask])
    particles.continuous.requires_grad_()
    known = model.decoder.fill(model.encoder, particles, Split(batch.mask, dropped))
    hook.remove()
    return known, encoded[0], particles.continuous


@pytest.mark.parametrize("style", STYLES)
def test_dropped_features_are_found_again(style):
    made = trained({"regression": {}}, style).reconstruct(*planted(200, seed=0)[1:4:2])
    # The values of a species are 1 apart on average, and so is a guess: a tenth is recovery.
    assert (made.made - made.original[:, :3]).abs().mean() < 0.1


def test_dropped_tokens_are_found_again():
    made = trained({"kmeans": KMEANS}).reconstruct(*planted(200, seed=0)[1:4:2])
    found = (made.made - made.original[:, :3]).abs().amax(1) < 0.05  # two centroids: 0.5 at least
    assert found.float().mean() > 0.98  # by chance 1/8, without the order 1/2


def test_dropped_identities_are_found_again():
    model, batch = trained({"identity": {}}), planted(200, seed=0)
    dropped = drop(batch.mask, 0.5)
    guess = model.tasks["identity"].logits(context(model, batch, dropped)[0]).argmax(1)
    assert (guess == batch.features[dropped][:, 7]).float().mean() > 0.98


def test_tasks_are_learned_together():
    model, batch = trained(TASKS), planted(200, seed=0)
    losses = model(*batch[:4])
    # Identity: the entropy of a target of which a tenth is spread over eight is 0.47.
    assert losses["identity"] < 0.52 and losses["kmeans"] < 0.05 and losses["regression"] < 0.1


@pytest.mark.parametrize("style", STYLES)
def test_the_encoder_sees_nothing_of_dropped_values(style):
    model, batch = small({"identity": {}}, style).eval(), random_jets([5, 2, 9, 1])
    dropped = drop(batch.mask, 0.5)
    other = batch.features.clone()
    other[dropped] = random_jets([9] * 4, seed=2).features[dropped]
    before, after = (context(model, batch._replace(features=x), dropped) for x in (batch[1], other))
    assert torch.equal(before[1], after[1]) and torch.equal(before[0], after[0])


@pytest.mark.parametrize("style", STYLES)
def test_the_encoder_has_no_gradient_with_respect_to_dropped_values(style):
    model, batch = small({"identity": {}}, style), random_jets([5, 2, 9, 1])
    dropped = drop(batch.mask, 0.5)
    known, encoded, scores = context(model, batch, dropped)
    (encoded.square().sum() + known.square().sum()).backward()
    hidden = dropped[batch.mask]
    assert (scores.grad[hidden] == 0).all() and (scores.grad[~hidden] != 0).any(1).all()


@pytest.mark.parametrize("style", STYLES)
def test_the_order_of_the_kept_does_not_matter(style):
    model, batch = small({"identity": {}}, style).eval(), random_jets([9])
    dropped = drop(batch.mask, 0.5)
    order = torch.arange(9)
    kept = (~dropped[0]).nonzero().squeeze(1)
    order[kept] = kept.flip(0)
    moved = jets(batch.features[:, order], batch.mask)
    one, other = (context(model, x, dropped)[0] for x in (batch, moved))
    torch.testing.assert_close(one, other)


@pytest.mark.parametrize("style", ("decoder", "bert"))
def test_the_dropped_may_lie_anywhere_in_the_same_order(style):
    model, batch = small({"identity": {}}, style).eval(), random_jets([9])
    dropped = drop(batch.mask, 0.5)
    order = dropped[0].long().argsort(stable=True)  # the kept, then the dropped
    moved = jets(batch.features[:, order], batch.mask)
    one, other = (
        context(model, x, where)[0] for x, where in ((batch, dropped), (moved, dropped[:, order]))
    )
    torch.testing.assert_close(one, other)


def test_the_encoder_is_equivariant_with_the_mask_permuted_along():
    model, batch = small({"identity": {}}, "bert").eval(), random_jets([9])
    model.decoder.mask_tokens.tokens.data[:] = 1.0  # no order among them
    dropped, order = drop(batch.mask, 0.5), torch.randperm(9)
    one = context(model, batch, dropped)[1]
    other = context(model, jets(batch.features[:, order], batch.mask), dropped[:, order])[1]
    registers = len(model.encoder.registers)
    torch.testing.assert_close(one[registers:][order], other[registers:])


@pytest.mark.parametrize("style", STYLES)
def test_padding_and_the_other_jets_do_not_matter(style):
    model, batch = small({"identity": {}}, style).eval(), random_jets([9, 3, 40, 0], slots=50)
    dropped = drop(batch.mask, 0.5)
    together = context(model, batch, dropped)[0][: int(dropped[0].sum())]
    alone = context(model, jets(batch.features[:1, :9], batch.mask[:1, :9]), dropped[:1, :9])[0]
    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize("registers", (0, 2))
@pytest.mark.parametrize("style", STYLES)
def test_nothing_dropped_is_a_loss_of_0_with_gradients_of_0(style, registers):
    sizes = {"continuous": 7, "width": 8, "depth": 1, "heads": 2, "registers": registers}
    model = small({"identity": {}, "regression": {}}, style, sizes)
    losses = model(*random_jets([0, 1, 0])[:4])
    sum(losses.values()).backward()
    assert all(loss == 0 for loss in losses.values())
    assert all((parameter.grad == 0).all() for parameter in model.parameters())


@pytest.mark.parametrize("registers", (0, 2))
@pytest.mark.parametrize("style", STYLES)
def test_jets_without_particles_are_no_obstacle(style, registers):
    sizes = {"continuous": 7, "width": 8, "depth": 1, "heads": 2, "registers": registers}
    model = small({"identity": {}, "regression": {}}, style, sizes)
    model.rate = 1.0  # nor is a jet of which nothing is kept
    losses = model(*random_jets([0, 4, 1, 0])[:4])
    sum(losses.values()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize("style", STYLES)
def test_a_step_waits_for_the_device_a_few_times_only(style):
    """For the shapes of the split. Some more are the blocks of encoder and decoder, read as lists,
    and the weights of the losses, which come from the host.
    """
    model, batch = fit_centroids(small(TASKS, style)), random_jets([9, 3, 40])
    with Waits() as found:
        sum(model(*batch[:4]).values()).backward()
    assert found.calls == ["nonzero", "nonzero"]


def test_every_dropped_particle_counts_alike():
    model, batch = small({"regression": {}}), random_jets([2, 40])  # drops 1 and 20
    for parameter in model.tasks.parameters():
        torch.nn.init.zeros_(parameter)
    torch.manual_seed(5)
    loss = model(*batch[:4])["regression"]
    torch.manual_seed(5)
    dropped = drop(batch.mask, 0.5)
    torch.testing.assert_close(loss, model.inputs(batch.features[dropped]).continuous.abs().mean())


def test_masks_are_new_in_every_epoch_and_the_seed_repeats_them():
    model, batch = small({"regression": {}}), random_jets([30, 20])
    torch.manual_seed(3)
    first, second = (model(*batch[:4])["regression"].item() for _ in range(2))
    torch.manual_seed(3)
    assert model(*batch[:4])["regression"].item() == first != second


def test_reconstructions_are_in_physical_units():
    model, batch = fit_centroids(small({"kmeans": KMEANS})).eval(), random_jets([30, 1])
    model.inputs.load_fit({"quantiles": 3 + 2 * model.inputs.quantiles})  # N(3, 2^2)
    made = model.reconstruct(batch.features, batch.mask)
    assert torch.equal(made.original, batch.features[made.dropped])
    distances = torch.cdist(made.made, 3 + 2 * CENTRES).amin(1)
    torch.testing.assert_close(distances, torch.zeros(15), atol=0.01, rtol=0)


def test_reconstruction_of_nothing_is_nothing():
    model, batch = fit_centroids(small({"kmeans": KMEANS})).eval(), random_jets([1, 0])
    assert model.reconstruct(batch.features, batch.mask).made.shape == (0, 3)


def test_tasks_are_told_of_every_step():
    model = small({"identity": {}, "flow_matching": {}})
    for _ in range(3):
        model.after_step()
    assert model.tasks["flow_matching"].steps == 3


def test_identity_alone_reconstructs_no_features():
    with pytest.raises(InputError, match="makes continuous features, got .'identity'"):
        small({"identity": {}}).reconstruct(*random_jets([4])[1:4:2])


def test_unknown_names_are_refused_with_a_hint():
    for settings, hint in (
        (({"identity": {}}, "decoded"), "did you mean 'decoder'"),
        (({"regresion": {}},), "did you mean 'regression'"),
        (({"kmeans": {"token": 5}},), "did you mean 'tokens'"),
        (({},), "at least one of identity"),
    ):
        with pytest.raises(InputError, match=hint):
            small(*settings)
