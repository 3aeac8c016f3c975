"""Tokens of the nearest centroid."""

import math

import pytest
import torch

from jetbench.errors import InputError
from jetbench.methods.tasks import Target, kmeans
from jetbench.methods.tasks.kmeans import KMeans, nearest


def fitted(tokens=5, continuous=3, **settings):
    torch.manual_seed(1)
    head = KMeans(4, continuous, tokens=tokens, **settings)
    head.load_fit({"centroids": torch.randn(tokens, continuous)})
    return head


def target(continuous):
    jets = torch.ones(1, len(continuous)).bool()
    return Target(continuous, torch.zeros(len(continuous)).long(), jets)


def test_nearest_is_the_smallest_of_all_distances():
    torch.manual_seed(2)
    points, centroids = torch.randn(300, 7), torch.randn(1000, 7)
    distances = torch.cdist(points.double(), centroids.double())  # (300, 1000), one by one
    found = distances.gather(1, nearest(points, centroids)[:, None]).squeeze(1)
    torch.testing.assert_close(found, distances.amin(1), rtol=0, atol=0)


def test_chunks_change_nothing(monkeypatch):
    torch.manual_seed(2)
    points, centroids = torch.randn(100, 7), torch.randn(50, 7)
    whole = nearest(points, centroids)
    monkeypatch.setattr(kmeans, "CHUNK", 7 * 50)  # 7 points at a time
    assert torch.equal(nearest(points, centroids), whole)


def test_no_points_have_no_tokens():
    assert nearest(torch.zeros(0, 7), torch.zeros(5, 7)).shape == (0,)


def test_a_centroid_is_nearest_to_itself():
    torch.manual_seed(2)
    centroids = torch.randn(4096, 7)
    assert torch.equal(nearest(centroids, centroids), torch.arange(4096))


def test_neighbours_are_told_apart_whatever_the_network_computes_in():
    centroids = torch.tensor([[4.0000], [4.0001], [4.0002]])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert nearest(centroids, centroids).tolist() == [0, 1, 2]


def test_a_token_decodes_to_its_centroid():
    head = fitted()
    torch.nn.init.zeros_(head.logits.weight)
    head.logits.bias.data = 1e4 * (torch.arange(5) == 3)
    assert torch.equal(head.sample(torch.randn(6, 4)), head.centroids[3].expand(6, 3))


def test_centroids_are_drawn_from_the_predicted_distribution():
    head = fitted()
    torch.nn.init.zeros_(head.logits.weight)
    probabilities = torch.tensor([0.4, 0.3, 0.2, 0.1, 0.0])
    head.logits.bias.data = probabilities.log()
    drawn = nearest(head.sample(torch.zeros(20000, 4)), head.centroids).bincount(minlength=5)
    assert (drawn / 20000 - probabilities).abs().max() < 5 * (0.24 / 20000) ** 0.5


def test_loss_is_that_of_the_nearest_centroid():
    head = fitted(label_smoothing=0.0)
    torch.nn.init.zeros_(head.logits.weight)
    head.logits.bias.data = torch.tensor([4.0, 1.0, 1.0, 1.0, 1.0]).log()  # 1/2, and 1/8 each
    loss = head.loss(torch.zeros(2, 4), target(head.centroids[[0, 2]] + 1e-3))
    assert loss.item() == pytest.approx((math.log(2) + math.log(8)) / 2)


def test_centroids_travel_in_the_weights():
    assert torch.equal(fitted().state_dict()["centroids"], fitted().centroids)


def test_size_is_the_published_one():
    assert sum(p.numel() for p in KMeans(128, 7).parameters()) == 2113536


@pytest.mark.parametrize(
    "centroids, message",
    [
        (torch.zeros(3), r"expected shape \(5, 3\), got \(3,\)"),
        (torch.zeros(1, 3), r"got \(1, 3\)"),
        (torch.full((5, 3), torch.nan), "expected finite values"),
    ],
)
def test_centroids_of_another_shape_or_nowhere_are_refused(centroids, message):
    with pytest.raises(InputError, match=message):
        fitted().load_fit({"centroids": centroids})
