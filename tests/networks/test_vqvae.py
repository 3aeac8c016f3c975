"""The codebook: what it learns, when it draws, and that jets do not see each other."""

from copy import deepcopy

import pytest
import torch
import torch.distributed as dist
from safetensors.torch import load, save

from jetbench.errors import InputError
from jetbench.networks.sequences import Sequences
from jetbench.networks.vqvae import VectorQuantisedAutoencoder
from jetbench.training.ranks import meet
from tests.together import together

SIZES = {"width": 16, "depth": 2, "heads": 4, "registers": 2, "codes": 12, "code_width": 8}


def jets(counts, seed=1):
    """Normal scores (N, 7) of the particles of jets, and where they are."""
    random = torch.Generator().manual_seed(seed)
    mask = torch.arange(max(counts)) < torch.tensor(counts)[:, None]
    return torch.randn(sum(counts), 7, generator=random), Sequences(mask, SIZES["registers"])


def small(**sizes):
    """Autoencoder in which particles take much notice of each other."""
    torch.manual_seed(1)
    model = VectorQuantisedAutoencoder(**SIZES | sizes)
    for name, parameter in model.named_parameters():
        if name.endswith("scale"):
            torch.nn.init.ones_(parameter)
    return model


def step(model, optimiser, seed):
    """A step of training on jets of this number."""
    x, sequences = jets([20, 5, 12], seed)
    made = model(x, sequences)
    optimiser.zero_grad()
    ((made.made - x).square().mean() + made.loss).backward()
    optimiser.step()


def trained(steps=3):
    model = small()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for seed in range(steps):
        step(model, optimiser, seed)
    return model.eval()


def test_the_side_of_the_encoder_has_its_published_size():
    # Linear 7 -> 128, 3 layers with 8 registers and a last norm, and the linear maps to the code
    # and from it; the codes themselves are no parameters.
    model = VectorQuantisedAutoencoder()
    parts = (model.encoder, model.quantiser)
    assert sum(p.numel() for part in parts for p in part.parameters()) == 507936


def test_a_jet_does_not_see_padding_or_other_jets():
    model, (x, together) = trained(), jets([6, 40, 3])
    alone = Sequences(torch.ones(1, 40, dtype=torch.bool), 2)
    assert model.tokens(x[6:46], alone).equal(model.tokens(x, together)[6:46])
    torch.testing.assert_close(model(x[6:46], alone).made, model(x, together).made[6:46])


def test_a_particle_sees_the_others_of_its_jet():
    model, (x, both) = trained(), jets([6, 6])
    alone = Sequences(torch.ones(1, 12, dtype=torch.bool), 2)
    assert not torch.allclose(model.encode(x, both), model.encode(x, alone), atol=1e-3)


def test_the_order_of_particles_does_not_matter():
    model, (x, sequences) = trained(), jets([30])
    order = torch.randperm(30, generator=torch.Generator().manual_seed(3))
    assert model.tokens(x[order], sequences).equal(model.tokens(x, sequences)[order])


def test_the_gradient_skips_the_codebook():
    model, rows, slope = small(), torch.randn(40, 16, requires_grad=True), torch.randn(40, 16)
    model.quantise(rows)[0].backward(slope)
    skipping = rows.detach().requires_grad_()
    unit = torch.nn.functional.normalize(model.quantiser.project_in(skipping), dim=-1)
    model.quantiser.project_out(unit).backward(slope)
    torch.testing.assert_close(rows.grad, skipping.grad)


def test_reconstruction_alone_trains_the_encoder():
    model, (x, sequences) = small(), jets([20, 30])
    (model(x, sequences).made - x).square().mean().backward()
    assert all(p.grad.abs().max() > 0 for p in model.encoder.parameters() if p.requires_grad)


def test_the_token_is_that_of_the_code_with_the_smallest_angle():
    model, rows = trained(), torch.randn(40, 16)
    mapped, codes = model.quantiser.project_in(rows), model.quantiser.codebook
    cosine = torch.nn.functional.cosine_similarity(mapped[:, None], codes, dim=-1)  # (40, 12)
    assert model.quantise(rows)[1].equal(cosine.argmax(1))


def test_tokens_alone_make_what_the_jet_makes():
    model, (x, sequences) = trained(), jets([6, 9])
    made = model(x, sequences)
    assert model.decode_tokens(made.tokens, sequences).equal(made.made)


def test_the_loss_of_evaluation_is_that_of_training():
    model, rows = trained(), torch.randn(40, 16)
    expected = model.eval().quantise(rows)
    got = model.train().quantise(rows)
    torch.testing.assert_close(got[2], expected[2])
    assert got[1].equal(expected[1])


@pytest.mark.parametrize("make", [small, trained])
def test_evaluation_draws_nothing_and_learns_nothing(make):
    model = make().eval()
    before, random = save(model.state_dict()), torch.get_rng_state()
    x, sequences = jets([6, 9])
    assert model(x, sequences).tokens.equal(model.tokens(x, sequences))
    assert torch.get_rng_state().equal(random)
    assert save(model.state_dict()) == before


def test_training_goes_on_from_saved_weights_bit_by_bit():
    model, other = small(), small()
    optimisers = [torch.optim.Adam(m.parameters(), lr=1e-3) for m in (model, other)]
    for seed in range(6):
        if seed == 3:
            saved, random = save(model.state_dict()), torch.get_rng_state()
            optimisers[1].load_state_dict(deepcopy(optimisers[0].state_dict()))
        step(model, optimisers[0], seed)
    other.load_state_dict(load(saved))
    torch.set_rng_state(random)
    for seed in range(3, 6):
        step(other, optimisers[1], seed)
    assert save(other.state_dict()) == save(model.state_dict())


def test_codes_that_are_not_used_are_put_on_particles():
    model, rows = trained(), torch.randn(50, 16)
    book = model.quantiser._codebook
    book.cluster_size.fill_(1.1)  # below two without six particles: 0.8 * 1.1 + 0.2 * 6
    unit = model.nearest(rows)[0]
    model.train().quantise(rows)
    fresh = book.embed[book.cluster_size == 2]  # what a new code counts as
    assert len(fresh) > 3
    assert (fresh[:, None] - unit).abs().amax(2).amin(1).max() < 1e-6


def shares(seed):
    """Rows (N, D) of particles, as two processes have them."""
    return torch.randn(60, 16, generator=torch.Generator().manual_seed(seed)).split([40, 20])


def busy():
    """A model in training none of whose codes is near to being replaced."""
    model = trained()
    model.quantiser._codebook.cluster_size += 10
    return model.train()


def shared_codebook(place):
    """Codebooks of one of two processes: three steps from k-means on, and one from a common one."""
    weights = busy().state_dict()
    meet(place, torch.device("cpu"))
    model, other = small(), small()
    for seed in range(3):
        model.quantise(shares(seed)[place.rank])
    other.load_state_dict(weights)
    other.quantise(shares(7)[place.rank])
    dist.destroy_process_group()
    return [m.quantiser.codebook.numpy() for m in (model, other)]


def test_two_processes_have_one_codebook():
    (first, stepped), (second, other) = together(shared_codebook)
    assert (first == second).all() and (stepped == other).all()
    alone = busy()
    alone.quantise(torch.cat(shares(7)))
    torch.testing.assert_close(torch.from_numpy(stepped), alone.quantiser.codebook)


@pytest.mark.parametrize("name", ["codes", "code_width", "depth", "continuous"])
def test_a_size_of_zero_is_refused(name):
    with pytest.raises(InputError, match=f"expected {name} of at least 1, got 0"):
        VectorQuantisedAutoencoder(**SIZES | {name: 0})


def test_heads_must_divide_the_width():
    with pytest.raises(InputError, match="heads"):
        VectorQuantisedAutoencoder(**SIZES | {"heads": 5})


@pytest.mark.parametrize(("name", "size"), [("codes", 13), ("heads", 2), ("width", 32)])
def test_weights_of_other_sizes_are_refused_by_name(name, size):
    weights = small(**{name: size}).state_dict()
    with pytest.raises(InputError, match=f"with {name} {SIZES[name]}, got {name} {size}$"):
        small().take_over(weights)
