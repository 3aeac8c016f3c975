"""The state of a training: saved and loaded at any step, it goes on bit by bit."""

import pytest
import torch

from jetbench.data.jets import Jets
from jetbench.data.loading import train_batches
from jetbench.errors import InputError
from jetbench.training.devices import launch
from jetbench.training.learning import learning
from jetbench.training.loop import train_epoch
from jetbench.training.recipes import read_recipe
from jetbench.training.state import State
from jetbench.training.tally import Tally
from jetbench.training.weights import build_network
from tests.networks.peers import fitted
from tests.training.helpers import toy_model
from tests.training.masked import tagger

SIZES = {
    "pfn": {"particle": [16, 16], "jet": [16]},
    "pcnn": {"first": 8, "stages": [[8, 8]], "hidden": 16, "dropout": 0.2, "slots": 16},
    "particlenet": {"blocks": [[8, 8]], "k": 3, "hidden": 16, "dropout": 0.2},
    "part": toy_model()["sizes"],
    "part_plain": {"embedding": [16, 16], "heads": 2, "blocks": 1, "dropout": 0.2},
    "masked": tagger()["sizes"],
}
FEATURES = {name: "lifetime" if name == "masked" else "full" for name in SIZES}


class Unwatched:
    """Stands for Watch where nothing has to be watched."""

    def after_step(self, state):
        """Let the training go on."""


def new_state(network="part", optimiser="ranger", seed=1):
    model = toy_model(optimiser=optimiser) | {"network": network, "sizes": SIZES[network]}
    model["features"] = FEATURES[network]
    torch.manual_seed(seed)
    network, recipe = fitted(build_network(model, 3)), read_recipe(model["recipe"], "toy")
    return State(network, recipe, launch("float32"), learning(model, network))


def go_on(state, shards, end, network="part"):
    recipe, features = read_recipe(toy_model()["recipe"], "toy"), FEATURES[network]
    batches = train_batches(Jets(shards[:1]), 16, features, 1, "cpu", start_step=state.step)
    train_epoch(state, recipe, batches, end, Unwatched())
    return state


@pytest.mark.parametrize("optimiser", ["ranger", "adamw"])
@pytest.mark.parametrize("network", SIZES)
def test_resumed_training_equals_an_uninterrupted_one(network, optimiser, shards):
    whole = go_on(new_state(network, optimiser), shards, 9, network)
    saved = go_on(new_state(network, optimiser), shards, 4, network).state_dict()
    resumed = new_state(network, optimiser, seed=77)
    resumed.load_state_dict(saved)
    go_on(resumed, shards, 9, network)
    weights = resumed.network.state_dict()
    assert all(torch.equal(w, weights[name]) for name, w in whole.network.state_dict().items())
    assert resumed.tally.means() == whole.tally.means()


def validated(accuracy, loss=1.0):
    tally = Tally(["accuracy"])
    tally.loss, tally.sums = loss * 1000, [round(accuracy * 1000)]
    tally.jets = tally.weight = 1000
    return tally


def test_best_epoch_is_the_first_of_the_most_accurate(shards):
    state, weights = new_state(), []
    for epoch, accuracy in enumerate([0.5, 0.7, 0.7, 0.6]):
        go_on(state, shards, epoch + 1).close_epoch(validated(accuracy))
        weights.append(state.network.head[0].weight.detach().clone())
    assert (state.best.epoch, state.best.score) == (2, 0.7)
    assert torch.equal(state.best.weights["head.0.weight"], weights[1])


def test_row_of_an_epoch(shards):
    state = go_on(new_state(), shards, 10)
    train = state.tally.means()
    state.close_epoch(validated(0.5, loss=2.0))
    row = state.history[0]
    assert (row["epoch"], row["step"], row["train_loss"]) == (1, 10, train["loss"])
    assert row["train_accuracy"] == train["accuracy"]
    assert (row["val_loss"], row["val_accuracy"]) == (2.0, 0.5)
    assert row["seconds"] > 0 and row["jets_per_second"] * row["seconds"] == pytest.approx(160)


def test_next_epoch_begins_with_empty_sums(shards):
    state = go_on(new_state(), shards, 2)
    state.close_epoch(validated(0.5))
    assert state.tally.jets == 0 and state.tally.last_loss > 0


def test_loss_that_is_not_finite_names_its_step(shards):
    state = go_on(new_state(), shards, 3)
    state.network.head[0].weight.data.fill_(torch.nan)
    with pytest.raises(InputError, match="step 4: expected a finite loss"):
        go_on(state, shards, 6)


def test_weights_that_are_not_finite_are_not_saved(shards):
    state = go_on(new_state(), shards, 3)
    state.network.head[0].bias.data[1] = torch.inf
    with pytest.raises(InputError, match="step 3: expected finite weights, got head.0.bias"):
        state.state_dict()


def test_validation_loss_that_is_not_finite_stops(shards):
    state = go_on(new_state(), shards, 3)
    with pytest.raises(InputError, match="validation after step 3: expected a finite loss"):
        state.close_epoch(validated(0.5, loss=float("nan")))


def test_numbers_drawn_aside_are_the_same_and_no_others(shards):
    state, drawn = new_state(), []
    before = torch.get_rng_state()
    for _ in range(2):
        with state.drawing_aside():
            drawn.append(torch.rand(3))
            saved = state.state_dict()["random"]["cpu"]
        torch.rand(1)
    assert torch.equal(*drawn)
    torch.set_rng_state(before)
    torch.rand(1)
    assert torch.equal(torch.get_rng_state(), saved)


def test_state_goes_on_from_a_checkpoint_of_older_code():
    saved = new_state().state_dict()
    saved["best"] = {"epoch": 3, "accuracy": 0.7, "weights": {}}
    state = new_state()
    state.load_state_dict(saved)
    assert (state.best.epoch, state.best.score) == (3, 0.7)


def test_state_holds_all_that_draws_random_numbers():
    torch.manual_seed(3)
    saved = new_state(seed=5).state_dict()
    expected = torch.rand(4)
    new_state(seed=6).load_state_dict(saved)
    assert torch.equal(torch.rand(4), expected)
