import pytest

from jetbench.errors import InputError
from jetbench.planning.fits import centroids, fits_of, fitted
from tests.planning.site import CPU, at

SETTINGS = at(CPU)
SCALE, MODELS = SETTINGS["scales"]["demo"], SETTINGS["models"]
QUANTILES = "results/demo/fits/quantiles.h5"


def fits(run):
    return fits_of(SCALE, MODELS, f"demo/{run}")


@pytest.mark.parametrize("start", ["scratch", "untrained"])
def test_what_starts_from_random_weights_needs_quantiles(start):
    assert fits(f"jetclass/mpm_kmeans/{start}/10k/1") == [QUANTILES]


@pytest.mark.parametrize("start", ["frozen", "pretrained"])
def test_what_starts_from_weights_has_all_from_them(start):
    assert fits(f"jetclass/mpm_kmeans/{start}/10k/1") == []


def test_taggers_need_nothing_fitted():
    assert fits("jetclass/part/scratch/10k/1") == []


@pytest.mark.parametrize(
    ("model", "continuous"), [("mpm_kmeans", 7), ("mpm_kmeans_transformer_layers", 3)]
)
def test_tokens_are_those_of_as_many_features(model, continuous):
    centroids = f"results/demo/fits/kmeans_{continuous}_512.h5"
    assert fits(f"pretraining/{model}/scratch/10k/1") == [QUANTILES, centroids]


def test_codes_are_those_of_the_tokeniser_of_the_same_seed():
    tokeniser = "results/demo/pretraining/vqvae/scratch/10k/7/weights.safetensors"
    assert fits("pretraining/mpm_vqvae/scratch/10k/7") == [QUANTILES, tokeniser]


def test_codes_need_a_tokeniser():
    models = {name: model for name, model in MODELS.items() if name != "vqvae"}
    with pytest.raises(InputError, match="expected a model vqvae, whose codes"):
        fits_of(SCALE, models, "demo/pretraining/mpm_vqvae/scratch/10k/1")


@pytest.mark.parametrize(
    ("continuous", "tokens", "message"),
    [
        (5, 16, "expected 3 or 7 continuous features, got 5"),
        (7, 390_001, r"expected at most 390000 tokens, .* as 10k jets \(fit_jets\) .*, got 390001"),
    ],
)
def test_centroids_that_cannot_be_are_refused(continuous, tokens, message):
    with pytest.raises(InputError, match=rf"fits/kmeans_{continuous}_{tokens}\.h5: {message}"):
        centroids(SCALE, continuous, tokens)


def test_fits_see_as_many_training_jets_as_the_scale_says():
    assert fitted(SCALE) == ["results/data/jetclass_demo/train/000.h5"]
    assert fitted(SETTINGS["scales"]["paper"]) == ["results/data/jetclass/train/000.h5"]
