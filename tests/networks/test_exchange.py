"""Names and shapes of weights here and in the published code, and the official weights."""

import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.testing import assert_close

from jetbench.errors import InputError
from jetbench.evaluation.classification import auc
from jetbench.networks import build
from jetbench.networks.exchange import from_weaver, to_weaver
from tests.networks import published, samples
from tests.networks.peers import SIZES, peer, randomise

FIRST_JET = [-5.2366, -6.8986, -5.1795, -10.8719, -14.4565]
FIRST_JET += [-5.4004, -7.3132, -8.3479, -14.7537, 2.2815]


def their_state(name, inputs=17):
    """Random state dict of the published code."""
    if name in ("pfn", "pcnn"):
        return getattr(published, f"{name}_state")(inputs)
    return randomise(peer(name, inputs)).state_dict()


def official(folder, features):
    """State dict of the published ParticleNet."""
    path = folder / f"ParticleNet_{features}.pt"
    return torch.load(path, weights_only=True, map_location="cpu")


@pytest.mark.parametrize("inputs", [7, 13, 17])
@pytest.mark.parametrize("name", SIZES)
def test_peer_to_ours_to_peer(name, inputs):
    theirs, ours = their_state(name, inputs), build(name, inputs)
    ours.load_state_dict(from_weaver(name, theirs), strict=True)
    assert_close(to_weaver(name, ours.state_dict()), theirs, rtol=0, atol=0)


@pytest.mark.parametrize("inputs", [7, 13, 17])
@pytest.mark.parametrize("name", SIZES)
def test_ours_to_peer_to_ours(name, inputs):
    ours = randomise(build(name, inputs)).state_dict()
    theirs = to_weaver(name, ours)
    if name not in ("pfn", "pcnn"):
        peer(name, inputs).load_state_dict(theirs, strict=True)
    assert_close(from_weaver(name, theirs), ours, rtol=0, atol=0)


@pytest.mark.parametrize("name", SIZES)
def test_names_of_2022_there_and_back(name):
    ours = randomise(build(name, 17)).state_dict()
    theirs = to_weaver(name, ours, of_2022=True)
    assert all(entry.startswith("mod.") for entry in theirs)
    assert_close(from_weaver(name, theirs), ours, rtol=0, atol=0)


@pytest.mark.parametrize("name", ["part", "part_plain"])
def test_attention_of_2022_has_an_underscore(name):
    theirs = to_weaver(name, build(name, 17).state_dict(), of_2022=True)
    named = {entry for entry in theirs if "in_proj" in entry}
    blocks = [f"mod.blocks.{i}" for i in range(8)] + ["mod.cls_blocks.0", "mod.cls_blocks.1"]
    assert named == {f"{b}.attn.in_proj_{kind}" for b in blocks for kind in ("weight", "bias")}
    bare = {entry.removeprefix("mod."): x for entry, x in theirs.items()}
    peer(name).load_state_dict(bare, strict=True)


@pytest.mark.parametrize("convert", [from_weaver, to_weaver])
def test_unknown_network_is_refused(convert):
    with pytest.raises(InputError, match="network: unknown name 'parte'; did you mean 'part'"):
        convert("parte", {})


@pytest.mark.parametrize("name", SIZES)
def test_unknown_entries_are_refused_by_name(name):
    theirs, ours = their_state(name), build(name, 17).state_dict()
    extra = {"spam.weight": torch.zeros(1)}
    for convert, state in ((from_weaver, theirs), (to_weaver, ours)):
        with pytest.raises(InputError, match=f"{name} .*missing none; unknown spam.weight$"):
            convert(name, state | extra)


@pytest.mark.parametrize("name", SIZES)
def test_missing_entries_are_refused_by_name(name):
    theirs, ours = their_state(name), build(name, 17).state_dict()
    for convert, state in ((from_weaver, theirs), (to_weaver, ours)):
        for entry in list(state)[::13]:
            rest = {other: x for other, x in state.items() if other != entry}
            with pytest.raises(InputError, match=f"missing {entry}; unknown none$"):
                convert(name, rest)


@pytest.mark.parametrize("entry", ["norm.bias", "blocks.3.attn.in_proj.weight"])
def test_an_entry_under_both_of_its_names_is_refused(entry):
    state = build("part", 17).state_dict()
    new, of_2022 = to_weaver("part", state), to_weaver("part", state, of_2022=True)
    old = f"mod.{entry}".replace(".in_proj.", ".in_proj_")
    with pytest.raises(InputError, match=f"part weights: expected one of {entry} and {old}, got"):
        from_weaver("part", new | {old: of_2022[old]})


def test_another_network_is_refused_in_short():
    with pytest.raises(InputError, match="missing phi.0.0.weight, .* and 9 more; unknown bn_fts"):
        from_weaver("pfn", their_state("particlenet"))


@pytest.mark.real
@torch.no_grad()
def test_official_weights_tag_real_jets_as_published(real):
    network = build("particlenet", 7).eval()
    network.load_state_dict(from_weaver("particlenet", official(real, "kin")), strict=True)
    label, batch = samples.real(real)
    logits = torch.cat(
        [network(*part) for part in zip(*(x.split(100) for x in batch), strict=True)]
    )
    assert (logits.argmax(1).numpy() == label).mean() == pytest.approx(0.718)
    assert cross_entropy(logits, torch.from_numpy(label)).item() == pytest.approx(0.7823, abs=5e-5)
    assert auc(logits.softmax(1).numpy(), label).value == pytest.approx(0.9570, abs=5e-5)
    assert_close(logits[0], torch.tensor(FIRST_JET), rtol=0, atol=1e-4)


@pytest.mark.real
@pytest.mark.parametrize(("features", "inputs"), [("kin", 7), ("full", 17)])
def test_official_files_there_and_back(real, features, inputs):
    theirs, network = official(real, features), build("particlenet", inputs)
    network.load_state_dict(from_weaver("particlenet", theirs), strict=True)
    again = to_weaver("particlenet", network.state_dict(), of_2022=True)
    assert_close(again, dict(theirs), rtol=0, atol=0)
