"""Particle Transformer (ParT): arXiv:2202.03772.

Dimensions: B jets, P slots, F features, N real particles, T real pairs, H heads, D width.
Batch norms see real particles and real pairs only. Weights start as PyTorch's layers do, since
the published numbers were reached so; later versions of the published code start differently.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from jetbench.networks.attention import Attention, padding_bias
from jetbench.networks.layers import Dropout, Packing
from jetbench.physics.pairs import FEATURES, pair_features


class ParticleEmbedding(nn.Module):
    """x -> [GELU(linear(LN(x)))] three times, after a batch norm of the features."""

    def __init__(self, inputs: int, widths: Sequence[int]):
        super().__init__()
        self.norm = nn.BatchNorm1d(inputs)
        layers = []
        for width in widths:
            layers += [nn.LayerNorm(inputs), nn.Linear(inputs, width), nn.GELU()]
            inputs = width
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(N, F) -> (N, D)."""
        return self.layers(self.norm(x))


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

    def forward(self, vectors: Tensor, packing: Packing) -> Tensor:
        """(B, P, 4) -> (B, H, P, P), symmetric; -inf where the key is no particle."""
        with torch.autocast(vectors.device.type, enabled=False):
            features, places = self.features(vectors.float(), packing.mask)
            embedded = self.layers(features)  # (T, H)
        count, slots = packing.mask.shape
        bias = padding_bias(packing.keys, embedded.dtype).transpose(1, 3)  # (B, P, 1, 1), the keys
        bias = bias.unsqueeze(1).expand(count, slots, slots, 1, embedded.shape[1])
        bias = bias.flatten(0, 3).contiguous()  # (B P P, H)
        for place in places:
            bias = bias.index_copy(0, place, embedded)
        return bias.unflatten(0, (count, slots, slots)).permute(0, 3, 1, 2).contiguous()

    @staticmethod
    @torch.no_grad()
    def features(vectors: Tensor, mask: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Features (T, 4) of the real pairs i >= j, and where (i, j) and (j, i) lie in B P P."""
        slots = vectors.shape[1]
        i, j = torch.tril_indices(slots, slots, device=vectors.device)
        jet, pair = (mask[:, i] & mask[:, j]).nonzero(as_tuple=True)
        first, second = jet * slots + i[pair], jet * slots + j[pair]
        features = pair_features(vectors.flatten(0, 1), first, second)
        return features, (first * slots + j[pair], second * slots + i[pair])


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

    def forward(self, x: Tensor, packing: Packing, bias: Tensor) -> Tensor:
        """(N, D) with bias (B, H, P, P) -> (N, D)."""
        return self.finish(x, self.attention(self.norm(x), packing, bias))


class ClassBlock(Block):
    """The class token attends to itself and to the particles; only the token changes."""

    def forward(self, token: Tensor, x: Tensor, bias: Tensor) -> Tensor:
        """(B, D) with x (B, P, D) and bias (B, 1, 1, 1 + P) -> (B, D)."""
        context = self.norm(torch.cat((token.unsqueeze(1), x), dim=1))  # (B, 1 + P, D)
        # As published: the query is the token before the norm, keys and values come after it.
        return self.finish(token, self.attention.summary(token, context, bias))

    def spared(self, particles: int) -> int:
        """Multiply-accumulates of all keys and values, less those of one query of full width."""
        width, heads = len(self.residual), self.attention.heads
        maps = 2 * (1 + particles) * width * width  # keys and values
        products = 2 * (1 + particles) * (heads - 1) * width  # each head looks at the full width
        return maps - products - 2 * width * width  # the maps of the one query and its answer


class ParticleTransformer(nn.Module):
    """logits = linear( LN( class blocks( particle blocks( particles, pairs ) ) ) )."""

    def __init__(
        self,
        inputs: int,
        classes: int,
        embedding: Sequence[int] = (128, 512, 128),
        pair_embedding: Sequence[int] = (64, 64, 64),
        heads: int = 8,
        blocks: int = 8,
        class_blocks: int = 2,
        dropout: float = 0.1,
    ):
        """No widths of the pair embedding: ParT plain, attention without the bias of pairs."""
        super().__init__()
        width = embedding[-1]
        self.embedding = ParticleEmbedding(inputs, embedding)
        self.pairs = PairEmbedding((*pair_embedding, heads)) if pair_embedding else None
        self.blocks = nn.ModuleList(ParticleBlock(width, heads, dropout) for _ in range(blocks))
        self.class_blocks = nn.ModuleList(ClassBlock(width, heads) for _ in range(class_blocks))
        self.token = nn.Parameter(torch.empty(1, width))
        nn.init.trunc_normal_(self.token, std=0.02)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor) -> Tensor:
        """Logits (B, classes) of jets with features (B, P, F) and vectors (B, P, 4) in GeV."""
        packing = Packing(mask)
        x = self.embedding(packing.pack(features))  # (N, D)
        bias = self.pairs(vectors, packing) if self.pairs else padding_bias(packing.keys, x.dtype)
        bias = bias.to(x.dtype)  # under autocast once here, not once a block
        for block in self.blocks:
            x = block(x, packing, bias)
        x, token = packing.unpack(x), self.token.expand(len(mask), -1)  # (B, P, D), (B, D)
        bias = padding_bias(nn.functional.pad(mask, (1, 0), value=True), x.dtype)  # token first
        for block in self.class_blocks:
            token = block(token, x, bias)
        return self.head(self.norm(token))
