"""Several ranks train what one process trains: the same losses, the same weights."""

import numpy as np
import pytest
import torch

from jetbench.errors import InputError
from jetbench.training import devices
from jetbench.training.follow import Unwatched
from jetbench.training.loop import fit
from jetbench.training.ranks import ALONE, Place, part
from jetbench.training.running import begin
from jetbench.training.runs import open_run
from tests.together import together
from tests.training.helpers import RUN, toy_model, train_toy
from tests.training.masked import pretraining, quantiles

SIZES = {  # without dropout: each rank draws its own
    "pfn": {"particle": [16, 16], "jet": [16]},
    "pcnn": {"first": 8, "stages": [[8, 8]], "hidden": 16, "dropout": 0.0, "slots": 16},
    "particlenet": {"blocks": [[8, 8], [8, 8]], "k": 3, "hidden": 16, "dropout": 0.0},
    "part": toy_model(dropout=0.0)["sizes"],
    "part_plain": {"embedding": [16, 16], "heads": 2, "blocks": 1, "dropout": 0.0},
}


def train_share(place, asked):
    """Losses and weights of a training at a place."""
    torch.set_num_threads(1)
    run = open_run(**asked)
    state, streams = begin(run, place, lambda: None)
    fit(state, run.recipe, streams, Unwatched())
    if place.ranks > 1:
        part(state)
    names = [name for name in state.history[0] if name.startswith(("train_", "val_"))]
    history = [[row[name] for name in names] for row in state.history]
    return history, {name: w.numpy() for name, w in state.network.state_dict().items()}


def asked(shards, network="part", **recipe):
    """Arguments of a run of 2 epochs of ten steps."""
    model = toy_model(**recipe) | {"network": network, "sizes": SIZES[network]}
    train, val = ([str(path)] for path in shards)
    return dict(name=RUN, model=model, seed=1, jets=200, train_shards=train, val_shards=val)


def compare(what, ranks):
    """Train in one process and in `ranks`; they may differ by rounding.

    Seen: losses by 1e-6 of themselves, weights by 7e-6, where they had moved by 6e-4 to 3e-3.
    """
    history, weights = train_share(ALONE, what)
    shares = together(train_share, what, ranks=ranks)
    for shared, copies in shares:
        np.testing.assert_allclose(shared, history, rtol=1e-5)
        for name, values in weights.items():
            np.testing.assert_array_equal(copies[name], shares[0][1][name])
            np.testing.assert_allclose(copies[name], values, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("network", SIZES)
def test_two_ranks_train_as_one_process(network, shards):
    compare(asked(shards, network), 2)


def test_four_ranks_train_as_one_process(shards):
    compare(asked(shards), 4)


@pytest.mark.parametrize(("network", "padding"), [("part", "wrap"), ("particlenet", "zero")])
def test_norms_see_the_padding_of_all_ranks(network, padding, shards):
    compare(asked(shards, network, padding=padding), 2)


def test_dropped_particles_of_all_ranks_count_alike(shards, tmp_path):
    """Ranks drop different numbers of them. All are dropped, so that nothing is random."""
    model = pretraining({"regression": {}}, continuous=3)
    model["pretraining"]["rate"] = 1 - 1e-12  # of any jet all, by rounding
    what = asked(shards) | {"model": model, "fits": [str(quantiles(tmp_path / "q.h5"))]}
    history, _ = train_share(ALONE, what)
    for shared, _ in together(train_share, what, ranks=2):
        np.testing.assert_allclose(shared, history, rtol=1e-5)


def draws(place, what):
    """A number drawn after each of a few batches from step 3 on."""
    state, streams = begin(open_run(**what), place, lambda: None)
    stream = streams.training(3)
    drawn = [(next(stream), torch.rand(1).item())[1] for _ in range(3)]
    part(state)
    return drawn


def test_ranks_draw_other_numbers_that_the_step_decides(shards):
    first, again = (together(draws, asked(shards, trimming="random")) for _ in range(2))
    assert first == again and len({*first[0], *first[1]}) == 6


def test_a_batch_that_cannot_be_shared_is_refused(shards, tmp_path):
    with pytest.raises(InputError, match="expected a batch that 3 GPUs share equally, got 16"):
        train_toy(tmp_path, shards, gpus=3)


def test_ranks_take_the_gpus_in_turn(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert devices.pick_device(Place(1, 2)) == torch.device("cuda", 1)
    with pytest.raises(InputError, match="expected 3 GPUs, got 2 that the job may use"):
        devices.pick_device(Place(1, 3))
