"""Fitted files: who gets what, and what is refused."""

import json

import h5py
import pytest
import torch
from safetensors.torch import load_file

from jetbench.errors import InputError
from jetbench.training.fits import load_fits, read_fits
from jetbench.training.weights import build_network, load_weights
from tests.training.helpers import toy_model
from tests.training.masked import (
    TOKENS,
    centroids,
    fit_file,
    of_tokeniser,
    pretraining,
    quantiles,
    tagger,
    tokeniser,
    train_small,
)


@pytest.fixture
def files(tmp_path):
    """Fitted quantiles and centroids."""
    return [quantiles(tmp_path / "q.h5"), centroids(tmp_path / "c.h5")]


def test_every_module_gets_what_it_asks_for(files):
    network = build_network(pretraining(TOKENS), 3)
    load_fits(network, read_fits(files))
    for path, name, buffer in zip(
        files,
        ("quantiles", "centroids"),
        (network.inputs.quantiles, network.tasks["kmeans"].centroids),
        strict=True,
    ):
        with h5py.File(path) as file:
            assert torch.equal(buffer, torch.from_numpy(file[name][()]))


@pytest.mark.parametrize(
    ("model", "kept", "message"),
    [
        (pretraining(), [], "^inputs: expected a fitted file of quantiles, got none$"),
        (pretraining(TOKENS), [0], "^tasks.kmeans: expected .* centroids, got .'quantiles'.$"),
        (pretraining(), [0, 1], r"c.h5: expected a file that .* asks for .'quantiles'.$"),
        (toy_model(), [0], "q.h5: expected .* ParticleTransformer asks for none$"),
        (pretraining(quantiles=8), [0], r"q.h5: quantiles: expected shape \(8, 7\), got \(9, 7\)"),
    ],
)
def test_files_and_modules_that_do_not_match_are_refused(model, kept, message, files):
    with pytest.raises(InputError, match=message):
        load_fits(build_network(model, 3), read_fits([files[i] for i in kept]))


def test_centroids_of_another_number_are_refused(tmp_path, files):
    other = [files[0], centroids(tmp_path / "six.h5", tokens=6)]
    with pytest.raises(InputError, match="six.h5: "):
        load_fits(build_network(pretraining(TOKENS), 3), read_fits(other))


def test_centroids_after_other_quantiles_are_refused(tmp_path, files):
    fits = read_fits([quantiles(tmp_path / "wide.h5", end=51), files[1]])
    with pytest.raises(InputError, match="c.h5: .* quantiles of .*wide.h5, got tokens of other"):
        load_fits(build_network(pretraining(TOKENS), 3), fits)


def test_a_tokeniser_after_other_quantiles_is_refused(shards, files, tmp_path):
    tokens = train_small(tmp_path / "vqvae", shards, tokeniser(), files[:1], epochs=1)
    fits = read_fits([quantiles(tmp_path / "wide.h5", end=51), tokens])
    with pytest.raises(InputError, match="weights.safetensors: .*wide.h5, got tokens of other"):
        load_fits(build_network(of_tokeniser(), 3), fits)


def test_two_files_of_a_kind_are_refused(tmp_path, files):
    other = quantiles(tmp_path / "again.h5")
    with pytest.raises(InputError, match="again.h5: expected one file of quantiles, got .*q.h5"):
        read_fits([*files, other])


def test_other_files_are_refused(tmp_path, files, shards):
    with pytest.raises(InputError, match="train.h5: expected a fitted file, got the format"):
        read_fits([shards[0]])
    odd = fit_file(tmp_path / "odd.h5", "jetbench-quantile", {"x": [1.0]})
    with pytest.raises(InputError, match="'jetbench-quantile'; did you mean 'jetbench-quantiles'"):
        read_fits([odd])
    odd.write_bytes(odd.read_bytes()[:300])
    with pytest.raises(InputError, match="odd.h5: expected a whole file of fitted arrays"):
        read_fits([odd])


def test_weights_of_a_tagger_are_no_tokeniser(trained):
    with pytest.raises(InputError, match="weights of a tokeniser, got those of a tagger"):
        read_fits([trained.weights])


def test_array_that_is_missing_is_named(tmp_path):
    odd = fit_file(tmp_path / "odd.h5", "jetbench-quantiles", {"x": [1.0]})
    with pytest.raises(InputError, match=r"expected the array 'quantiles', got \['x'\]"):
        load_fits(build_network(tagger(), 3), read_fits([odd]))


def test_weights_tell_their_fits(shards, files, tmp_path):
    weights = train_small(tmp_path / "run", shards, pretraining(TOKENS), files, epochs=1)
    told = json.loads(load_weights(weights)[1]["fits"])
    assert [told[kind]["file"] for kind in ("quantiles", "centroids")] == ["q.h5", "c.h5"]
    assert told["quantiles"]["digest"] == read_fits(files)[0].about["digest"]
    assert (told["quantiles"]["jets"], told["quantiles"]["features"]) == (100, "lifetime")


def test_tokens_come_from_the_weights_of_their_training(shards, files, tmp_path):
    tokens = train_small(tmp_path / "vqvae", shards, tokeniser(), files[:1], epochs=1)
    weights = train_small(tmp_path / "run", shards, of_tokeniser(), [files[0], tokens], epochs=1)
    mine, theirs = load_file(weights), load_file(tokens)
    name = "quantiser._codebook.embed"
    assert torch.equal(mine[f"tasks.vqvae.tokeniser.{name}"], theirs[f"autoencoder.{name}"])
    told, metadata = json.loads(load_weights(weights)[1]["fits"]), load_weights(tokens)[1]
    named = ("run", "digest", "configuration_digest")
    assert [told["vqvae"][key] for key in named] == [metadata[key] for key in named]


def test_changed_array_is_refused(files):
    with h5py.File(files[0], "a") as file:
        file["quantiles"][3, 2] += 1e-9
    with pytest.raises(InputError, match="q.h5: expected arrays of digest .*, got damaged ones"):
        read_fits(files)


def test_a_checkpoint_with_other_fits_is_not_used(shards, files, tmp_path, monkeypatch, capfd):
    model, run = pretraining(TOKENS), tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr("jetbench.training.loop.validate", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            train_small(run, shards, model, files, checkpoint_seconds=1e-9)
    other = centroids(tmp_path / "other.h5", points=torch.ones(5, 7))
    train_small(run, shards, model, [files[0], other], epochs=1)
    assert "of another configuration: fits.centroids was" in capfd.readouterr().err


def test_fitted_files_beside_a_start_are_refused(shards, files, trained, tmp_path):
    with pytest.raises(InputError, match="expected fitted files or a start, got both"):
        train_small(tmp_path / "run", shards, tagger(), files[:1], start=trained.weights)
