"""Set-to-set flow matching: sets that are made, and what they may depend on."""

import pytest
import torch

from jetbench.errors import InputError
from jetbench.methods import pretrain
from jetbench.methods.masking import Split, drop
from jetbench.methods.set_flow_matching import order
from jetbench.networks.inputs import Particles
from jetbench.networks.sequences import Sequences
from jetbench.physics.identity import is_neutral
from tests.methods.toys import CENTRES, SIZES, fitted, jets, planted, random_jets

DECODER = {"width": 32, "depth": 2, "heads": 4, "times": 8}


def small(low=0.25, **sizes):
    """A tiny model, always the same at the start."""
    torch.manual_seed(1)
    settings = {"method": "set_flow_matching", "low": low, "decoder": DECODER}
    return fitted(pretrain.build({"sizes": SIZES | sizes, "pretraining": settings}))


def velocity(model, batch, dropped, x, times):
    """v (K, F) of the dropped particles at x (K, F) and times (B,), and the scores that it saw."""
    particles = model.inputs(batch.features[batch.mask])
    particles.continuous.requires_grad_()
    encoded, rows = model.encode(particles, Split(batch.mask, dropped)), Sequences(dropped)
    v = model.decoder(x, times.repeat_interleave(rows.lengths)[:, None], encoded, rows)
    return v, particles.continuous


def question(counts, slots=None):
    """Model, jets, which half of them is dropped, x_t and times."""
    model, batch = small().eval(), random_jets(counts, slots)
    dropped = drop(batch.mask, 0.5)
    return model, batch, dropped, torch.randn(int(dropped.sum()), 11), torch.rand(len(counts))


@pytest.fixture(scope="module")
def trained():
    """A model that has seen planted jets, of which 1 to 4 particles were dropped."""
    model, steps = small(), 120
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-2)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1, 0.02, steps)
    for step in range(steps):
        optimiser.zero_grad()
        pretrain.outcome(model, planted(128, seed=step)).loss.backward()
        optimiser.step()
        schedule.step()
    return model.eval()


def species(continuous):
    """The nearest of the eight species of planted jets: (N, 3) -> (N,)."""
    return torch.cdist(continuous, CENTRES).argmin(1)


def test_the_missing_particles_are_made(trained, monkeypatch):
    monkeypatch.setattr(trained, "rate", 0.5)
    batch = planted(200, seed=1000)
    torch.manual_seed(1)
    made = trained.reconstruct(batch.features, batch.mask)
    made, asked = (species(x[:, :3]).view(200, 2).sort(1)[0] for x in (made.made, made.original))
    assert (made == asked).all(1).float().mean() > 0.8  # by chance 2/64


def test_whole_jets_are_made_from_nothing(trained):
    torch.manual_seed(1)
    made = trained.generate(torch.full((150,), 4)).features
    kinds = species(made.flatten(0, 1)[:, :3]).view(150, 4).sort(1)[0]
    whole = (kinds == torch.arange(4)).all(1), (kinds == torch.arange(4, 8)).all(1)
    assert all(kind.float().mean() > 0.05 for kind in whole)  # by chance 4!/8^4 = 0.006


def test_features_and_identity_of_a_particle_are_made_together(trained):
    made = trained.generate(torch.full((150,), 4)).features.flatten(0, 1)
    assert (species(made[:, :3]) == made[:, 7]).float().mean() > 0.8  # by chance 1/8


def test_made_jets_have_as_many_particles_as_asked():
    made = small().generate(torch.tensor([5, 0, 30, 1]))
    assert made.features.shape == (4, 30, 8) and made.mask.sum(1).tolist() == [5, 0, 30, 1]
    assert made.features.isfinite().all() and (made.features[~made.mask] == 0).all()
    identity = made.features[made.mask][:, 7]
    assert set(identity.tolist()) <= set(range(8)) and len(identity.unique()) > 4


def test_made_neutral_particles_have_no_track():
    made = small(continuous=7).generate(torch.tensor([200]))
    identity, tracks = made.features[0, :, 7], made.features[0, :, 3:7]
    neutral = (identity == 0) | (identity == 2)
    assert (tracks[neutral] == 0).all() and (tracks[~neutral] != 0).all()


def test_neutral_particles_made_for_charged_ones_have_no_track(monkeypatch):
    model, batch, drawn = small(continuous=7), random_jets([200]), []
    draw = model.draw
    monkeypatch.setattr(model, "draw", lambda *args: drawn.append(draw(*args)) or drawn[0])
    tracks = model.reconstruct(batch.features, batch.mask).made[:, 3:]
    neutral = is_neutral(drawn[0].identity).sum()
    assert (tracks == 0).all(1).sum() == neutral > 0
    assert (tracks != 0).all(1).sum() == len(tracks) - neutral > 0


def test_a_share_is_dropped_and_made_again():
    batch = random_jets([10, 5, 1])
    made = small(continuous=7).reconstruct(batch.features, batch.mask)
    assert made.dropped.sum(1).tolist() == [4, 2, 0]
    assert torch.equal(made.original, batch.features[made.dropped])
    assert made.made.shape == (6, 7) and made.made.isfinite().all()


def test_rows_are_ordered_by_jet_charge_and_pt():
    jet, identity = torch.tensor([0, 1, 0, 0, 0]), torch.tensor([0, 3, 3, 2, 1])
    pt = torch.tensor([[9.0], [8.0], [1.0], [2.0], [5.0]])
    assert order(jet, Particles(pt, identity)).tolist() == [4, 2, 0, 3, 1]


def test_all_dropped_particles_of_a_jet_have_one_time():
    model, seen = small(), []
    model.decoder.register_forward_pre_hook(lambda _, args: seen.append(args))
    model(*random_jets([20] * 50)[:4])
    _, times, _, dropped = seen[0]
    parts = times.flatten().split(dropped.lengths.tolist())
    assert all((part == part[0]).all() for part in parts)
    assert len(torch.stack([part[0] for part in parts]).unique()) == 50


def test_between_a_share_low_and_all_particles_are_dropped():
    model, seen = small(low=0.05), []
    model.decoder.register_forward_pre_hook(lambda _, args: seen.append(args[-1].lengths))
    torch.manual_seed(1)
    model(*random_jets([30] * 1000)[:4])
    assert set(seen[0].tolist()) == set(range(2, 31))


def test_loss_begins_at_the_spread_of_the_velocity():
    model, batch = small(), random_jets([20] * 200)
    torch.nn.init.zeros_(model.decoder.out.weight)
    torch.nn.init.zeros_(model.decoder.out.bias)
    expected = 1 + (3 * 1 + 1) / 11  # of the noise, of three scores and the one-hot identity
    assert model(*batch[:4])["velocity"].item() == pytest.approx(expected, rel=0.03)


def test_order_of_the_dropped_and_of_the_kept_does_not_matter():
    model, batch, dropped, x, times = question([12])
    before, _ = velocity(model, batch, dropped, x, times)
    shuffle = torch.randperm(12)
    moved = jets(batch.features[:, shuffle], batch.mask)
    place = torch.cumsum(dropped[0], 0)[shuffle][dropped[0, shuffle]] - 1  # of x, in its new order
    after, _ = velocity(model, moved, dropped[:, shuffle], x[place], times)
    torch.testing.assert_close(after, before[place])


def test_padding_and_other_jets_do_not_matter():
    model, batch, dropped, x, times = question([9, 3, 40, 1, 0], slots=50)
    together, _ = velocity(model, batch, dropped, x, times)
    alone = jets(batch.features[:1, :9], batch.mask[:1, :9])
    k = int(dropped[0].sum())
    apart, _ = velocity(model, alone, dropped[:1, :9], x[:k], times[:1])
    torch.testing.assert_close(apart, together[:k])


def test_the_encoder_is_told_nothing_of_the_dropped():
    model, batch, dropped, x, times = question([6, 9])
    v, scores = velocity(model, batch, dropped, x, times)
    v[: int(dropped[0].sum())].square().sum().backward()  # of the first jet
    hidden = dropped[batch.mask]
    assert (scores.grad[hidden] == 0).all() and (scores.grad[6:] == 0).all()
    assert (scores.grad[:6][~hidden[:6]] != 0).all()


def test_a_particle_sees_the_other_dropped_ones_of_its_jet():
    model, batch, dropped, x, times = question([6, 9])
    v, _ = velocity(model, batch, dropped, x.requires_grad_(), times)
    v[0].sum().backward()
    assert (x.grad[:3] != 0).any(1).all() and (x.grad[3:] == 0).all()


def test_the_velocity_depends_on_the_time():
    model, batch, dropped, x, times = question([6])
    made = [velocity(model, batch, dropped, x, at)[0] for at in (times, times / 2)]
    assert not torch.equal(*made)


def test_batches_without_particles_cost_nothing():
    model = small()
    loss = model(*random_jets([0, 0], slots=3)[:4])["velocity"]
    loss.backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert loss == 0 and all((gradient == 0).all() for gradient in gradients)


@pytest.mark.parametrize("name", ["registers", "identities"])
def test_sizes_that_it_cannot_do_without_are_asked_for(name):
    with pytest.raises(InputError, match=f"{name}: expected at least 1, got 0"):
        small(**{name: 0})


def test_rates_beyond_one_are_refused():
    with pytest.raises(InputError, match="expected 0 <= low <= high <= 1, got 1.5 and 1.0"):
        small(low=1.5)


def test_sizes_of_the_decoder_are_checked():
    settings = {"method": "set_flow_matching", "decoder": {"widht": 3}}
    with pytest.raises(InputError, match="decoder: unknown setting 'widht'; did you mean 'width'"):
        pretrain.build({"sizes": SIZES, "pretraining": settings})
