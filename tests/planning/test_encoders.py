import pytest

from jetbench.planning.encoders import PARTICLES, macs, stack

SIZES = {"width": 512, "depth": 8, "registers": 8, "expansion": 2}
DECODER = {"width": 128, "depth": 4}
METHOD = {"style": "decoder", "rate": 0.4, "decoder": DECODER}


def model(network="masked", **more):
    return {"network": network, "sizes": SIZES, **more}


def test_a_layer_costs_its_weights_on_every_token_and_the_attention_between_them():
    weights = 4 * 512**2 + 2 * (2 * 512) * 512 + (2 * 512) * 512  # attention, SwiGLU of two inputs
    assert stack(SIZES | {"depth": 1}, 10) == 10 * weights + 2 * 10 * 10 * 512


def test_a_jet_goes_through_the_21_million_parameters_of_the_encoder_token_by_token():
    assert macs(model()) == pytest.approx(47 * 21.0e6, rel=0.02)


def test_dropped_particles_cost_the_encoder_nothing():
    decoder = stack(DECODER | {"expansion": 2}, 47)
    seen = macs(model(pretraining=METHOD)) - decoder
    assert seen == stack(SIZES, 0.6 * PARTICLES + 8)


def test_mask_tokens_in_the_encoder_cost_as_much_as_particles():
    assert macs(model(pretraining={"style": "bert", "rate": 0.4})) == macs(model())


def test_a_token_costs_a_product_with_every_centroid():
    tokens = METHOD | {"tasks": {"kmeans": {"tokens": 1000}}}
    more = macs(model(pretraining=tokens)) - macs(model(pretraining=METHOD))
    assert more == pytest.approx(0.4 * PARTICLES * 128 * 1000)


def test_an_autoencoder_is_two_encoders():
    assert macs(model("vqvae", pretraining={"method": "vqvae"})) == 2 * macs(model())
