"""P-CNN, the convolutional tagger of CMS (arXiv:2004.08262), at the size of arXiv:2202.03772.

Dimensions: B jets, P slots, F features.
A one-dimensional residual network along the list of particles by falling pT: the only tagger here
for which the order of the particles matters. The published network always looks at 128 slots and
averages over all of them, so the empty slots are part of its function, batch norms included.
"""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn.functional import pad, relu


class ResidualUnit(nn.Module):
    """shortcut(x) + ReLU(BN(conv(ReLU(BN(conv(x)))))), with no ReLU after the sum."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.convolution1 = nn.Conv1d(inputs, outputs, 3, stride=stride, padding=1)
        self.norm1 = nn.BatchNorm1d(outputs)
        self.convolution2 = nn.Conv1d(outputs, outputs, 3, padding=1)
        self.norm2 = nn.BatchNorm1d(outputs)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else nn.Conv1d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, P) -> (B, outputs, P / stride)."""
        y = relu(self.norm1(self.convolution1(x)))
        return self.shortcut(x) + relu(self.norm2(self.convolution2(y)))


class ParticleCNN(nn.Module):
    """logits = head( mean over positions of the residual units of the particle list )."""

    def __init__(
        self,
        inputs: int,
        classes: int,
        first: int = 32,
        stages: Sequence[Sequence[int]] = ((64, 64), (64, 64), (128, 128)),
        hidden: int = 512,
        dropout: float = 0.2,
        slots: int = 128,
    ):
        super().__init__()
        self.slots = slots
        self.first = nn.Sequential(
            nn.BatchNorm1d(inputs), nn.Conv1d(inputs, first, 3, padding=1), nn.BatchNorm1d(first)
        )
        self.stages = nn.Sequential()
        for number, widths in enumerate(stages):
            strides = (2 if number > 0 else 1, *[1] * (len(widths) - 1))  # each later stage halves
            shapes = zip((first, *widths), widths, strides, strict=False)
            self.stages.append(nn.Sequential(*(ResidualUnit(*shape) for shape in shapes)))
            first = widths[-1]
        self.head = nn.Sequential(
            nn.Linear(first, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, classes)
        )

    def forward(self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor) -> Tensor:
        """Logits (B, classes) of the leading 128 particles of jets with features (B, P, F)."""
        x = (features * mask.unsqueeze(-1)).transpose(1, 2)  # (B, F, P)
        x = pad(x, (0, self.slots))[..., : self.slots]  # (B, F, 128)
        x = self.stages(relu(self.first(x)))  # (B, 128, 32)
        return self.head(x.mean(-1))
