"""Particle Transformer (ParT): arXiv:2202.03772.

Dimensions: B jets, P slots, F features, N real particles, T real pairs, H heads, D width; attention
works on groups of jets alike in length: G jets with L slots each.
Batch norms see real particles and real pairs only. Weights start as PyTorch's layers do, since
the published numbers were reached so; later versions of the published code start differently.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from jetbench.networks.attention import Attention, padding_bias
from jetbench.networks.groups import Groups, OneGroup
from jetbench.networks.layers import Dropout, dense
from jetbench.physics.pairs import FEATURES, pair_features


class ParticleEmbedding(nn.Module):
    """x -> [GELU(linear(LN(x)))] three times, after a batch norm of the features."""

    sees_padding = False  # whether the batch norm does in training

    def __init__(self, inputs: int, widths: Sequence[int]):
        super().__init__()
        self.norm = nn.BatchNorm1d(inputs)
        layers = []
        for width in widths:
            layers += [nn.LayerNorm(inputs), nn.Linear(inputs, width), nn.GELU()]
            inputs = width
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor, groups: Groups) -> Tensor:
        """(B, P, F) -> (N, D)."""
        if self.sees_padding and self.training:
            slots = self.norm(x.flatten(0, 1))  # (B P, F)
            return self.layers(groups.pack(slots.view_as(x)))
        return self.layers(self.norm(groups.pack(x)))


class PairEmbedding(nn.Module):
    """U_ij = [GELU(BN(linear(u_ij)))] four times, u the features of a pair: a bias a head."""

    def __init__(self, widths: Sequence[int]):
        super().__init__()
        inputs = len(FEATURES)
        layers = [nn.BatchNorm1d(inputs)]
        for width in widths:
            layers += [nn.Linear(inputs, width), nn.BatchNorm1d(width), nn.GELU()]
            inputs = width
        self.layers = nn.Sequential(*layers)

    def forward(self, vectors: Tensor, groups: Groups) -> list[Tensor]:
        """(B, P, 4) -> (G, H, L, L) a group, symmetric; -inf where the key is no particle."""
        first, second, places = groups.pairs()
        with torch.autocast(vectors.device.type, enabled=False):
            features = pair_features(vectors.float().flatten(0, 1), first, second)  # (T, 4)
            embedded = self.layers(features)  # (T, H)
        padding = [padding_bias(keys, embedded.dtype) for keys in groups.keys]
        return groups.biases(embedded, places, padding)


class Block(nn.Module):
    """x + LN(attention(LN(x))), then w x + linear(LN(GELU(linear(LN(x))))): NormFormer."""

    def __init__(self, width: int, heads: int, dropout: float = 0.0):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads, dropout)
        self.attention_norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 4 * width),
            nn.GELU(),
            Dropout(dropout),
            nn.LayerNorm(4 * width),
            nn.Linear(4 * width, width),
        )
        self.residual = nn.Parameter(torch.ones(width))
        self.dropout = Dropout(dropout)

    def finish(self, x: Tensor, attended: Tensor) -> Tensor:
        """What follows the attention, the same for particles and class token."""
        x = x + self.dropout(self.attention_norm(attended))
        return self.residual * x + self.dropout(self.mlp(x))


class ParticleBlock(Block):
    """Every particle attends to every particle of its jet, biased by their pair features."""

    def forward(self, x: Tensor, groups: Groups, biases: list[Tensor]) -> Tensor:
        """(N, D) with a bias (G, H, L, L) for each group of jets -> (N, D)."""
        return self.finish(x, self.attention(self.norm(x), groups, biases))


class ClassBlock(Block):
    """The class token attends to itself and to the particles; only the token changes."""

    def forward(self, token: Tensor, x: Tensor, groups: Groups, biases: list[Tensor]) -> Tensor:
        """(B, D) with x (N, D) and a bias (G, 1, 1, 1 + L) for each group -> (B, D)."""
        parts = zip(groups.split(self.norm(token)), groups.part(self.norm(x)), strict=True)
        contexts = [torch.cat((own.unsqueeze(1), others), dim=1) for own, others in parts]
        # As published: the query is the token before the norm, keys and values come after it.
        return self.finish(token, self.attention.summary(token, contexts, biases))

    def spared(self, particles: int) -> int:
        """Multiply-accumulates of all keys and values, less those of one query of full width."""
        width, heads = len(self.residual), self.attention.heads
        maps = 2 * (1 + particles) * width * width  # keys and values
        products = 2 * (1 + particles) * (heads - 1) * width  # each head looks at the full width
        return maps - products - 2 * width * width  # the maps of the one query and its answer


class ParticleTransformer(nn.Module):
    """logits = head( LN( class blocks( particle blocks( particles, pairs ) ) ) )."""

    layout: type[Groups | OneGroup] = Groups

    def __init__(  # nine arguments: a configuration names each of the sizes that were published
        self,
        inputs: int,
        classes: int,
        embedding: Sequence[int] = (128, 512, 128),
        pair_embedding: Sequence[int] = (64, 64, 64),
        heads: int = 8,
        blocks: int = 8,
        class_blocks: int = 2,
        hidden: Sequence[int] = (),
        dropout: float = 0.1,
    ):
        """No widths of the pair embedding: ParT plain, attention without the bias of pairs.

        `hidden` are the widths of layers between the class token and the logits. `dropout` is the
        rate in particle blocks and hidden layers; class blocks have none.
        """
        super().__init__()
        width = embedding[-1]
        self.embedding = ParticleEmbedding(inputs, embedding)
        self.pairs = PairEmbedding((*pair_embedding, heads)) if pair_embedding else None
        self.blocks = nn.ModuleList(ParticleBlock(width, heads, dropout) for _ in range(blocks))
        self.class_blocks = nn.ModuleList(ClassBlock(width, heads) for _ in range(class_blocks))
        self.token = nn.Parameter(torch.empty(1, 1, width))
        nn.init.trunc_normal_(self.token, std=0.02)
        self.norm = nn.LayerNorm(width)
        ends = (width, *hidden)
        self.head = nn.Sequential(*dense(ends, dropout), nn.Linear(ends[-1], classes))

    def forward(self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor) -> Tensor:
        """Logits (B, classes) of jets with features (B, P, F) and vectors (B, P, 4) in GeV."""
        groups = self.layout(mask)
        x = self.embedding(features, groups)  # (N, D)
        if self.pairs:
            biases = self.pairs(vectors, groups)  # (G, H, L, L) of each group
            biases = [bias.to(x.dtype) for bias in biases]  # under autocast once, not once a block
        else:
            biases = [padding_bias(keys, x.dtype) for keys in groups.keys]
        for block in self.blocks:
            x = block(x, groups, biases)
        token = self.token[0].expand(mask.shape[0], -1)  # (B, D)
        masks = [nn.functional.pad(mask, (1, 0), value=True) for mask in groups.masks]
        biases = [padding_bias(mask, x.dtype) for mask in masks]  # the token comes first
        for block in self.class_blocks:
            token = block(token, x, groups, biases)
        return groups.restore(self.head(self.norm(token)))
