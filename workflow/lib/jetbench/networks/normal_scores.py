"""Normal scores: a quantile transform to N(0, 1) and back, in arithmetic that ONNX knows.

The numbers are those of scikit-learn's QuantileTransformer(output_distribution="normal") in
float64. Search and normal quantile function are written out, since ONNX has neither.

Dimensions: N rows, C columns, Q quantiles a column, in ascending order.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

EDGE = 1e-7  # least distance of a probability from 0 and 1: scores end at 5.1993
# Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477: numerator and denominator,
# highest power first, in the centre and in the tails. A third pair is for beyond EDGE.
CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4)
    + (4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3)
    + (1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4)
    + (2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2)
    + (4.2313330701600911252e1, 1.0),
)
TAIL = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1)
    + (1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0)
    + (4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2)
    + (1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0)
    + (2.05319162663775882187e0, 1.0),
)


def normal_scores(x: Tensor, quantiles: Tensor, levels: Tensor) -> Tensor:
    """Phi^-1(F(x)) (N, C), F linear between `quantiles` (Q, C); `levels` are those of `levels_of`.

    All in float64. What lies beyond the quantiles, or within 1e-7 of the outermost, is +-5.1993.
    """
    at = last_not_above(x, quantiles)
    last = len(quantiles) - 1
    below, above = quantiles.gather(0, at), quantiles.gather(0, (at + 1).clamp(max=last))
    p = (at + (x - below) / (above - below)) / last
    p = torch.where(x == below, levels.gather(0, at), p)
    p = torch.where(x + EDGE > quantiles[-1], 1, p)
    return normal_quantile(torch.where(x - EDGE < quantiles[0], 0, p))


def from_normal_scores(scores: Tensor, quantiles: Tensor) -> Tensor:
    """F^-1(Phi(scores)) (N, C), the way back; beyond 1e-7 from 0 and 1 the outermost quantiles."""
    p = torch.special.ndtr(scores.double())
    p = torch.where(p < EDGE, 0, torch.where(p > 1 - EDGE, 1, p))
    place = p * (len(quantiles) - 1)
    at = place.long().clamp(max=len(quantiles) - 2)
    below, above = quantiles.gather(0, at), quantiles.gather(0, at + 1)
    return torch.lerp(below, above, place - at)


def levels_of(quantiles: Tensor) -> Tensor:
    """F (Q, C) at each quantile: of equal ones, the mean of the first and the last level.

    A value that many particles share stands for all the levels that it covers.
    """
    columns = quantiles.T.contiguous()  # (C, Q)
    first = torch.searchsorted(columns, columns)
    last = torch.searchsorted(columns, columns, right=True) - 1
    return ((first + last).double() / (2 * (len(quantiles) - 1))).T.contiguous()


def last_not_above(x: Tensor, quantiles: Tensor) -> Tensor:
    """Row (N, C) of the last quantile <= x, by bisection; 0 where all are above."""
    steps = [2**power for power in reversed(range(len(quantiles).bit_length()))]
    padded = pad(quantiles, (0, 0, 0, 2 * steps[0] - len(quantiles)), value=torch.inf)
    at = torch.zeros_like(x, dtype=torch.int64)
    for step in steps:
        at = at + step * (padded.gather(0, at + step) <= x)
    return at


def normal_quantile(p: Tensor) -> Tensor:
    """Phi^-1(p) in float64 to 15 digits, p cut to [1e-7, 1 - 1e-7]."""
    q = p - 0.5
    centre = q * ratio(CENTRE, 0.180625 - q * q)
    beyond = torch.minimum(p, 1 - p).clamp(min=EDGE)  # ONNX would round 1 - 1e-7 to float32
    tail = ratio(TAIL, (-beyond.log()).sqrt() - 1.6)
    return torch.where(q.abs() <= 0.425, centre, torch.where(q < 0, -tail, tail))


def ratio(coefficients: tuple, x: Tensor) -> Tensor:
    """Quotient of two polynomials of x."""
    numerator, denominator = (horner(powers, x) for powers in coefficients)
    return numerator / denominator


def horner(powers: tuple, x: Tensor) -> Tensor:
    """Polynomial of x, the coefficient of its highest power first."""
    value = torch.full_like(x, powers[0])
    for coefficient in powers[1:]:
        value.mul_(x).add_(coefficient)
    return value
