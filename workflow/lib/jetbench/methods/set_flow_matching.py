"""Set-to-set flow matching: the dropped particles of a jet are made again, as a set.

Of arXiv:2409.12589, section 4.2. With all particles dropped it is a generator of jets.

Dimensions: B jets, P slots, N particles of which K are dropped, C continuous features, I
identities, F = C + I features that are transported, M rows of the encoder, T size of the embedding
of the time.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from jetbench.errors import InputError
from jetbench.methods.filling import choose
from jetbench.methods.masked import Reconstruction
from jetbench.methods.masking import RATE, Split, drop, drop_between
from jetbench.methods.outcome import PARTICLES
from jetbench.methods.settings import check_settings
from jetbench.methods.transport import cosines, draw_times, integrate, straight_path
from jetbench.networks import build
from jetbench.networks.inputs import IMPACT, Particles
from jetbench.networks.masked import FEATURES
from jetbench.networks.sequences import Sequences
from jetbench.networks.set_layers import SCALE, CrossLayer, set_scales
from jetbench.physics.identity import is_neutral


class Encoded(NamedTuple):
    """What the encoder made of the kept particles, and where the rows lie."""

    rows: Tensor  # (M, width of the encoder)
    sequences: Sequences


class Jets(NamedTuple):
    """Jets as networks take them. Made ones are sets: their particles are in no order."""

    features: Tensor  # (B, P, 8) in GeV, rad and mm, with the identity; zero in empty slots
    mask: Tensor  # (B, P)


class VelocityDecoder(nn.Module):
    """v = W' layers( W x_t ): each looks at all dropped particles, then at the encoder's rows.

    Every layer is told the time, by its cosines beside what enters the feed-forward network.
    """

    def __init__(  # eight arguments: a configuration names the last six
        self,
        features: int,
        inputs: int,
        width: int = 128,
        depth: int = 6,
        heads: int = 4,
        expansion: int = 2,
        times: int = 32,
        layer_scale: float = SCALE,
    ):
        super().__init__()
        self.times = times
        self.project = nn.Linear(inputs, width)
        self.embed = nn.Linear(features, width)
        layers = (CrossLayer(width, heads, expansion, context=times) for _ in range(depth))
        self.layers = nn.ModuleList(layers)
        set_scales(self.layers, layer_scale)
        self.out = nn.Linear(width, features)

    def forward(self, x: Tensor, times: Tensor, encoded: Encoded, dropped: Sequences) -> Tensor:
        """x_t (K, F) at times (K, 1), the rows of `dropped` -> velocity (K, F) in float32."""
        context, kept = cosines(times, self.times), encoded.sequences
        others, queries = self.project(encoded.rows), dropped.meeting(kept)
        x = self.embed(x)
        for layer in self.layers:
            x = layer(x, dropped.blocks, others, queries, kept.blocks, context)
        return self.out(x).float()


class SetFlowMatching(nn.Module):
    """L = mean_(dropped) |v(x_t, t, encode(kept)) - (x_1 - x_0)|^2, x_t = (1 - t) x_0 + t x_1.

    x_0 are the normal scores and the one-hot identity of a dropped particle, x_1 ~ N(0, 1); the
    velocity of one depends on x_t of all dropped particles of the jet. t = sigmoid(N(0, 1)) and the
    number of the dropped, uniform in [low n, high n], are drawn for each jet.

    `sizes` are those of MaskedTagger, whose inputs and encoder are trained here; `decoder` holds
    those of VelocityDecoder. Raises InputError for sizes without registers or identities, a size of
    the decoder that is not known, and unless 0 <= low <= high <= 1.
    """

    rate = RATE  # what `reconstruct` drops, as of models that are trained with it

    def __init__(
        self, sizes: Mapping, low: float = 0.05, high: float = 1.0, decoder: Mapping | None = None
    ):
        super().__init__()
        if not 0 <= low <= high <= 1:
            raise InputError(f"rates: expected 0 <= low <= high <= 1, got {low} and {high}")
        for name in ("registers", "identities"):  # seen where all is dropped; made
            if sizes.get(name) == 0:
                raise InputError(f"sizes: {name}: expected at least 1, got 0")
        check_settings("decoder", VelocityDecoder, decoder or {}, given=2)
        self.low, self.high, self.weights = low, high, {"velocity": 1.0}
        tagger = build("masked", FEATURES, **sizes)
        self.inputs, self.encoder = tagger.inputs, tagger.encoder
        embedding = self.encoder.continuous
        self.continuous, self.identities = embedding.in_features, len(self.encoder.identity.weight)
        features = self.continuous + self.identities
        self.decoder = VelocityDecoder(features, embedding.out_features, **(decoder or {}))

    def forward(
        self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor
    ) -> dict[str, Tensor]:
        """Loss () `velocity`: the mean over the K dropped and their features; PARTICLES is K."""
        split = Split(mask, drop_between(mask, self.low, self.high))
        particles = self.inputs(split.particles(features))
        encoded = self.encode(particles, split)
        rows = Sequences(split.dropped, number=len(split.hidden))
        times = draw_times(len(mask), mask.device)  # one a jet
        times = times.repeat_interleave(rows.lengths, 0, output_size=rows.rows)  # (K, 1)
        path = straight_path(self.flatten(choose(particles, split.hidden)), times)
        missed = self.decoder(path.points, times, encoded, rows) - path.velocity
        loss = missed.square().sum() / max(1, missed.numel())
        return {"velocity": loss, PARTICLES: len(missed)}

    def encode(self, particles: Particles, split: Split) -> Encoded:
        """What the encoder makes of those of the N particles that are kept."""
        mask, registers = split.mask & ~split.dropped, len(self.encoder.registers)
        kept = Sequences(mask, registers, len(split.kept))
        x = self.encoder.embed(choose(particles, split.kept))
        return Encoded(self.encoder(x, kept), kept)

    def flatten(self, particles: Particles) -> Tensor:
        """Normal scores and one-hot identity side by side: (K, F)."""
        identity = one_hot(particles.identity, self.identities)
        return torch.cat((particles.continuous, identity.float()), dim=1)

    def draw(self, encoded: Encoded, dropped: Tensor) -> Particles:
        """Noise carried back to t = 0, the identity being the largest of its features: K rows."""
        rows, size = Sequences(dropped), self.continuous + self.identities
        noise = torch.randn(rows.rows, size, device=dropped.device)
        x = integrate(lambda x, t: self.decoder(x, t, encoded, rows), noise, points=50)
        return Particles(x[:, : self.continuous], x[:, self.continuous :].argmax(1))

    def physical(self, made: Particles) -> Tensor:
        """What was drawn in GeV, rad and mm (K, C); 0 for the tracks that neutral ones lack."""
        rows = self.inputs.restore(made.continuous)
        rows[is_neutral(made.identity), IMPACT:] = 0
        return rows

    @torch.no_grad()
    def reconstruct(self, features: Tensor, mask: Tensor) -> Reconstruction:
        """Drop the share `rate` of the particles of the jets (B, P, 8) and make them again.

        A set is made, so no made particle stands for one of the dropped. In each jet, row by row,
        the charged ones are paired with the charged, in order of pT, as far as there are as many.
        """
        dropped = drop(mask, self.rate)
        split = Split(mask, dropped)
        particles = self.inputs(split.particles(features))
        made = self.draw(self.encode(particles, split), dropped)
        jet = dropped.nonzero()[:, 0]
        wanted = order(jet, choose(particles, split.hidden))
        rows = self.physical(made)
        paired = torch.empty_like(rows).index_copy(0, wanted, rows[order(jet, made)])
        return Reconstruction(dropped, features[dropped], paired)

    @torch.no_grad()
    def generate(self, counts: Tensor) -> Jets:
        """Whole jets with `counts` (B,) particles: `model.eval().generate(torch.tensor([30, 41]))`.

        All particles are dropped, so the encoder sees its registers alone. That is part of the
        training where `high` is 1. How many particles a jet has is not modelled: draw the counts
        from data. Call it for some thousand jets at a time.
        """
        slots = torch.arange(int(counts.max()), device=counts.device)
        mask = slots < counts[:, None]
        kept = Sequences(torch.zeros_like(mask), len(self.encoder.registers))
        nothing = self.encoder.registers.new_zeros(0, self.encoder.registers.shape[1])
        made = self.draw(Encoded(self.encoder(nothing, kept), kept), mask)
        features = made.continuous.new_zeros(*mask.shape, FEATURES)
        rows = torch.zeros_like(features[mask])
        rows[:, : self.continuous] = self.physical(made)
        rows[:, -1] = made.identity
        return Jets(features.masked_scatter(mask[..., None], rows), mask)


def order(jet: Tensor, particles: Particles) -> Tensor:
    """Rows (K,) by jet (K,), charged particles first, and falling pT."""
    by_pt = particles.continuous[:, 0].argsort(descending=True)
    by_charge = by_pt[is_neutral(particles.identity)[by_pt].int().argsort(stable=True)]
    return by_charge[jet[by_charge].argsort(stable=True)]
