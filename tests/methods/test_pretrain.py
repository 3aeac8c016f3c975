"""Pre-training methods by name, their sizes, and the sum of their losses."""

import textwrap

import pytest
import torch
import yaml

from jetbench.errors import InputError
from jetbench.methods import pretrain
from jetbench.methods.tasks import TASKS
from jetbench.networks.masked import MaskedTagger
from jetbench.planning.merging import expand, overlay
from tests.conftest import ROOT
from tests.methods.toys import SIZES, fitted, planted, random_jets, small, train

SMALL = {"width": 16, "depth": 1, "heads": 2}
TINY = {
    "masked": {
        "sizes": SMALL,
        "pretraining": {"decoder": SMALL, "tasks": {"kmeans": {"tokens": 8}}},
    },
    "vqvae": {"sizes": SMALL | {"codes": 8}},
}
JETS = (slice(0, 2), slice(0, 1), slice(1, 2))  # both, and each
FILES = {path.stem: path for path in ROOT.glob("config/models/*.yaml")}
MODELS = expand({name: yaml.safe_load(path.read_text()) for name, path in FILES.items()}, "models")


def numbers(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("name", [name for name in MODELS if "pretraining" in MODELS[name]])
def test_every_configured_model_can_take_a_step(name):
    torch.manual_seed(1)
    model = overlay(MODELS[name], TINY[MODELS[name]["network"]])
    settings = {key: value for key, value in model["pretraining"].items() if key != "recipe"}
    network = fitted(pretrain.build(model | {"pretraining": settings}))
    optimiser = torch.optim.AdamW(network.parameters())
    before = [parameter.clone() for parameter in network.parameters()]
    loss = pretrain.outcome(network, random_jets([20, 3, 1, 0])).loss
    loss.backward()
    optimiser.step()
    assert loss.isfinite() and all(p.isfinite().all() for p in network.parameters())
    assert any((p != old).any() for p, old in zip(network.parameters(), before, strict=True))


def test_loss_is_the_weighted_sum():
    model, batch = (
        small({"identity": {"weight": 0.3}, "regression": {"weight": 2}}),
        random_jets([9]),
    )
    torch.manual_seed(2)
    losses = model(*batch[:4])
    torch.manual_seed(2)
    loss = pretrain.outcome(model, batch).loss
    torch.testing.assert_close(loss, 0.3 * losses["identity"] + 2 * losses["regression"])


def test_each_loss_is_told_unweighted_and_summed_over_the_dropped():
    model, batch = small({"identity": {}, "regression": {}}), random_jets([9, 8, 7])
    torch.manual_seed(2)
    losses = model(*batch[:4])
    torch.manual_seed(2)
    outcome = pretrain.outcome(model, batch)
    expected = [11 * losses[name] for name in pretrain.terms(model)]  # 4 + 4 + 3 are dropped
    torch.testing.assert_close(outcome.sums, torch.stack(expected).detach())
    assert (outcome.jets, outcome.weight) == (3, 11) and pretrain.terms(model) == (
        "identity",
        "regression",
    )


def test_epoch_means_do_not_depend_on_the_batches():
    """All are dropped, so that nothing is random: 2 + 40 particles, together and apart."""
    model, batch = small({"regression": {}}), random_jets([2, 40])
    model.rate = 1.0
    outcomes = [pretrain.outcome(model, type(batch)(*(x[at] for x in batch))) for at in JETS]
    assert [outcome.weight for outcome in outcomes] == [42, 2, 40]
    whole, *parts = [outcome.loss * outcome.weight for outcome in outcomes]
    torch.testing.assert_close(sum(parts), whole)


def test_identity_weighs_a_third_unless_asked_otherwise():
    assert small({"identity": {}, "regression": {}}).weights == {"identity": 0.3, "regression": 1.0}


def test_sizes_are_the_published_ones():
    tasks = {"identity": {}, "regression": {}}
    settings = {"method": "masked", "style": "decoder", "rate": 0.4, "tasks": tasks}
    model = pretrain.build({"sizes": {}, "pretraining": settings})
    assert numbers(model.encoder) == 21045248
    assert numbers(model.decoder) == 65664 + 663040 + 16384
    assert [numbers(task) for task in model.tasks.values()] == [1032, 903]


def test_inputs_and_encoder_are_those_of_the_tagger():
    tagger = MaskedTagger(**SIZES).state_dict()
    shared = [name for name in tagger if not name.startswith("head.")]
    ours = small({"identity": {}}).state_dict()
    assert [name for name in ours if name.split(".")[0] in ("inputs", "encoder")] == shared


def test_names_of_the_weights_say_what_they_are():
    names = small({"identity": {}, "kmeans": {"tokens": 8}}).state_dict()
    assert {name.split(".")[0] for name in names} == {"inputs", "encoder", "decoder", "tasks"}
    assert {"tasks.kmeans.centroids", "tasks.identity.logits.weight"} <= set(names)


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"method": "mask"}, "did you mean 'masked'"),
        ({"method": "masked", "rates": 0.4}, "did you mean 'rate'"),
        ({"method": "masked", "rate": 40}, "between 0 and 1, got 40"),
        ({"method": "masked", "rate": 1}, "between 0 and 1, got 1"),
        ({"method": "masked", "decoder": {"deph": 1}}, "did you mean 'depth'"),
        ({"method": "masked", "style": "bert", "decoder": {"depth": 1}}, "expected no settings"),
    ],
)
def test_unknown_settings_are_refused_with_a_hint(settings, hint):
    with pytest.raises(InputError, match=hint):
        pretrain.build({"sizes": SIZES, "pretraining": {"tasks": {"identity": {}}} | settings})


def on_page(heading):
    """What the code of a section of docs/adding.md defines."""
    section = (ROOT / "docs/adding.md").read_text().split(f"## {heading}\n")[1]
    space = {}
    exec(textwrap.dedent(section.split("```python\n")[1].split("```")[0]), space)
    return space


def test_page_says_how_to_add_a_task(monkeypatch):
    monkeypatch.setitem(TASKS, "huber", on_page("A task of reconstruction")["Huber"])
    batch, start = planted(200, seed=0), small({"huber": {"delta": 0.5}})
    before = pretrain.outcome(start, batch).loss.item()
    model = train(start, steps=50)
    assert pretrain.outcome(model, batch).loss < before / 2
    assert torch.isfinite(model.reconstruct(batch.features, batch.mask).made).all()


def test_page_says_how_to_add_a_method(monkeypatch):
    monkeypatch.setitem(
        pretrain.METHODS, "denoising", on_page("A method of pre-training")["Denoising"]
    )
    model = {"sizes": SIZES, "pretraining": {"method": "denoising", "noise": 0.1}}
    start, batch = fitted(pretrain.build(model)), planted(200, seed=0)
    before = pretrain.outcome(start, batch).loss.item()
    assert pretrain.outcome(train(start, steps=50), batch).loss < before / 2
