"""Batch norms of several processes that share a batch: the statistics are those of the whole batch.

Dimensions: N rows of this process (a convolution: B jets, P positions), C channels, R processes.
A process has its share of the jets, so its own number of particles, pairs or edges. With norms of
its own rows it would train another function than one process does with the whole batch.
"""

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import batch_norm


class SharedBatchNorm(nn.BatchNorm1d):
    """y = weight (x - mean) / sqrt(variance + eps) + bias, over the rows of all processes.

    All processes must call it, in training, the same number of times. In evaluation, and in its
    weights, it is the BatchNorm1d that it stands for.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(N, C) or (B, C, P), in the same shape."""
        if not self.training:
            return super().forward(x)
        count, mean, variance = statistics(x.detach())
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * (count / (count - 1)), self.momentum)
        return Normalise.apply(x, self.weight, self.bias, count, mean, variance, self.eps)


def statistics(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Number of rows (1,), mean and variance (C,) over all processes.

    M2 = sum_r M2_r + n_r (mean_r - mean)^2, which loses no digits where the mean is large (Chan,
    Golub and LeVeque, 1983); sums of squares would.
    """
    precise = x.to(torch.promote_types(x.dtype, torch.float32))
    variance, mean = torch.var_mean(precise, of_channel(x), correction=0)
    rows = torch.full((1,), x.numel() // x.shape[1], dtype=torch.float64, device=x.device)
    own = torch.cat((rows, mean, rows * variance))
    every = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(every, own)
    rows, means, squares = torch.stack(every).split([1, len(mean), len(mean)], dim=1)  # (R, .)
    count = rows.sum(0)
    total = (rows * means).sum(0) / count
    variance = (squares + rows * (means - total).square()).sum(0) / count
    return tuple(value.to(mean.dtype) for value in (count, total, variance))


def of_channel(x: Tensor) -> list[int]:
    """The axes of x that a channel is a mean over."""
    return [0, *range(2, x.dim())]


class Normalise(torch.autograd.Function):
    """Batch norm whose statistics come from all processes, and the gradient through them."""

    @staticmethod
    def forward(ctx, x, weight, bias, count, mean, variance, eps):
        """As SharedBatchNorm, with its statistics."""
        ctx.save_for_backward(x, weight, count, mean, variance)
        ctx.eps = eps
        return batch_norm(x, mean, variance, weight, bias, training=False, eps=eps)

    @staticmethod
    def backward(ctx, dy):
        """dx = weight / s (dy - mean(dy) - z mean(z dy)), z = (x - mean) / s, s the deviation.

        Gradients of weight and bias are those of the own rows: the processes add them up later.
        """
        x, weight, count, mean, variance = ctx.saved_tensors
        # The first term, and the two sums: what they would be if the statistics were constants.
        dx, dweight, dbias = torch.ops.aten.native_batch_norm_backward(
            dy, x, weight, mean, variance, None, None, False, ctx.eps, [True, True, True]
        )
        sums = torch.cat((dweight, dbias))
        dist.all_reduce(sums)
        z_dy, mean_dy = (sums / count).chunk(2)
        inverse = (variance + ctx.eps).rsqrt()
        shape = (-1, *[1] * (x.dim() - 2))
        slope = (weight * inverse.square() * z_dy).view(shape)
        shift = (weight * inverse * mean_dy).view(shape)
        dx = dx - ((x - mean.view(shape)) * slope + shift).to(dx.dtype)
        return dx, dweight, dbias, None, None, None, None


def share_norms(network: nn.Module) -> None:
    """Give a network batch norms over all processes in place of its own; weights stay."""
    for parent in list(network.modules()):
        for name, norm in parent.named_children():
            if type(norm) is nn.BatchNorm1d:
                shared = SharedBatchNorm(norm.num_features, norm.eps, norm.momentum)
                shared.load_state_dict(norm.state_dict())
                setattr(parent, name, shared)
