"""Paths from data to noise, and the way back along a velocity."""

import math

import pytest
import torch

from jetbench.methods.transport import cosines, draw_times, integrate, straight_path


def test_paths_begin_at_the_data_and_end_in_noise():
    torch.manual_seed(1)
    data = torch.full((5000, 2), 3.0)
    start, end = (straight_path(data, torch.full((5000, 1), time)).points for time in (0.0, 1.0))
    assert (start == data).all()
    torch.testing.assert_close(end.mean(0), torch.zeros(2), atol=0.06, rtol=0)
    torch.testing.assert_close(end.std(0), torch.ones(2), atol=0.04, rtol=0)


def test_velocity_is_what_changes_a_point_with_time():
    data, points = torch.randn(10, 3), []
    for time in (0.25, 0.75):
        torch.manual_seed(2)
        path = straight_path(data, torch.full((10, 1), time))
        points.append(path.points)
    torch.testing.assert_close((points[1] - points[0]) / 0.5, path.velocity)


def test_times_are_logit_normal():
    torch.manual_seed(1)
    logits = draw_times(20_000, "cpu").logit()
    assert logits.shape == (20_000, 1)
    assert logits.mean().item() == pytest.approx(0, abs=0.03)
    assert logits.std().item() == pytest.approx(1, abs=0.03)


def test_times_are_embedded_as_cosines_of_growing_frequency():
    made = cosines(torch.tensor([[0.0], [0.5]]), 3)
    expected = [math.cos(math.pi / 2 * math.exp(k)) for k in range(3)]
    torch.testing.assert_close(made, torch.tensor([[1.0, 1, 1], expected]))


def test_steps_are_taken_by_the_midpoint_rule():
    made = integrate(lambda x, t: x + t, torch.tensor([[2.0]]), points=2)
    middle = 2 - 0.5 * (2 + 1)  # at t = 1/2
    assert made.item() == pytest.approx(2 - (middle + 0.5))


def test_error_falls_with_the_square_of_the_step():
    def swirl(x, t):  # dx/dt = 2 t R x: from t = 1 to 0 a rotation by one radian
        return 2 * t * torch.stack((x[:, 1], -x[:, 0]), 1)

    start = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    exact = torch.tensor([[math.cos(1), math.sin(1)]], dtype=torch.float64)
    errors = [(integrate(swirl, start, n + 1) - exact).norm().item() for n in (10, 20, 40)]
    ratios = [coarse / fine for coarse, fine in zip(errors, errors[1:], strict=False)]
    assert ratios == pytest.approx([4, 4], rel=0.1)


def test_fifty_times_are_49_steps_of_two_velocities():
    asked = []
    integrate(lambda x, t: asked.append(t[0].item()) or x, torch.ones(1, 1), points=50)
    assert len(asked) == 98
    assert asked[:2] == pytest.approx([1, 1 - 1 / 98])
    assert asked[-1] == pytest.approx(1 / 98, abs=1e-6)
