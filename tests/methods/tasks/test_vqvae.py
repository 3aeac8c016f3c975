"""Tokens of a tokeniser that was trained before, predicted and decoded."""

import pytest
import torch
from safetensors.torch import save

from jetbench.errors import InputError
from jetbench.methods.tasks import Target
from jetbench.methods.tasks.vqvae import VQVAE
from jetbench.methods.vqvae import VectorQuantisation
from jetbench.networks.sequences import Sequences
from tests.methods import toys

SIZES = {"width": 16, "depth": 1, "heads": 4, "registers": 2, "codes": 16, "code_width": 8}


@pytest.fixture(scope="module")
def trained():
    """Weights of a tokeniser of planted jets."""
    torch.manual_seed(1)
    model = toys.fitted(VectorQuantisation(SIZES | {"continuous": 3}))
    return toys.train(model, steps=150).state_dict()


def head(weights, width=4, **settings):
    torch.manual_seed(1)
    task = VQVAE(width, 3, sizes=SIZES, **settings)
    task.load_fit(weights)
    return task


def target(counts, seed=1):
    """Dropped particles of species 0 to 7, so many a jet."""
    random = torch.Generator().manual_seed(seed)
    species = torch.randint(8, (sum(counts),), generator=random)
    dropped = torch.arange(max(counts)) < torch.tensor(counts)[:, None]
    return Target(toys.CENTRES[species], species, dropped)


def tokens(task, aim):
    return task.tokeniser.tokens(aim.continuous, Sequences(aim.dropped, 2))


def test_a_planted_pattern_is_found_again(trained):
    model = toys.small({"vqvae": {"sizes": SIZES}}, rate=0.5)
    model.tasks["vqvae"].load_fit(trained)
    toys.train(model, steps=150)
    made = model.reconstruct(*toys.planted(200, seed=0)[1:4:2])
    assert (made.made - made.original[:, :3]).abs().mean() < 0.15


def test_loss_is_that_of_the_token_among_the_dropped(trained):
    task, aim = head(trained, label_smoothing=0.0), target([3, 5])
    context = torch.randn(8, 4)
    chosen = task.logits(context).log_softmax(1).gather(1, tokens(task, aim)[:, None])
    torch.testing.assert_close(task.loss(context, aim), -chosen.mean())


def test_labels_are_smoothed(trained):
    task, aim = head(trained), target([3, 5])
    context = torch.randn(8, 4)
    logs = task.logits(context).log_softmax(1)
    chosen = logs.gather(1, tokens(task, aim)[:, None])
    expected = 0.95 * chosen.mean() + 0.05 * logs.mean()
    torch.testing.assert_close(task.loss(context, aim), -expected)


def test_jets_have_tokens_of_their_own(trained):
    task, both = head(trained), target([3, 5])
    alone = Target(both.continuous[3:], both.identity[3:], both.dropped[1:])
    assert tokens(task, both)[3:].equal(tokens(task, alone))


def test_the_tokeniser_never_learns(trained):
    task, aim = head(trained), target([30, 40])
    before = save(task.tokeniser.state_dict())
    task.train().loss(torch.randn(70, 4, requires_grad=True), aim).backward()
    assert not any(p.requires_grad for p in task.tokeniser.parameters())
    assert not any(module.training for module in task.tokeniser.modules())
    assert save(task.tokeniser.state_dict()) == before


def test_it_is_frozen_inside_of_a_training():
    model = toys.small({"vqvae": {"sizes": SIZES}}).train()
    assert not model.tasks["vqvae"].tokeniser.training
    assert model.tasks["vqvae"].training


def test_drawn_tokens_are_decoded_as_the_tokeniser_does(trained):
    task, aim = head(trained), target([3, 5])
    torch.nn.init.zeros_(task.logits.weight)
    task.logits.bias.data = 1e4 * (torch.arange(16) == 3)
    made = task.tokeniser.decode_tokens(torch.full((8,), 3), Sequences(aim.dropped, 2))
    assert task.sample(torch.randn(8, 4), aim.dropped).equal(made)


def test_the_tokeniser_travels_in_the_weights(trained):
    task, other = head(trained), VQVAE(4, 3, sizes=SIZES)
    other.load_state_dict(task.state_dict())
    assert tokens(other, target([9])).equal(tokens(task, target([9])))


def test_the_head_has_its_published_size():
    assert sum(p.numel() for p in VQVAE(128, 7).parameters() if p.requires_grad) == 66048


@pytest.mark.parametrize(("name", "size"), [("codes", 8), ("heads", 2)])
def test_a_tokeniser_of_other_sizes_is_refused(name, size, trained):
    task = VQVAE(4, 3, sizes=SIZES | {name: size})
    with pytest.raises(InputError, match=f"{name} {size}, got {name} {SIZES[name]}"):
        task.load_fit(trained)


def test_weights_of_something_else_are_refused():
    with pytest.raises(InputError, match="codes 16.* got .*codes None"):
        VQVAE(4, 3, sizes=SIZES).load_fit({"head.weight": torch.zeros(3)})


def test_a_tokeniser_of_other_features_is_refused():
    with pytest.raises(InputError, match="expected a tokeniser of 3 features, got 7"):
        VQVAE(4, 3, sizes=SIZES | {"continuous": 7})
