"""Vector quantisation: a jet goes through a codebook, and is to come out as it went in.

Dimensions: B jets, P slots, N particles of the batch, F features of which C are continuous.
"""

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn.functional import huber_loss

from jetbench.methods.outcome import PARTICLES
from jetbench.methods.settings import check_settings
from jetbench.networks.inputs import Inputs
from jetbench.networks.sequences import Sequences
from jetbench.networks.vqvae import VectorQuantisedAutoencoder


class VectorQuantisation(nn.Module):
    """L = mean h(x' - x) + 10 mean (u - e_t)^2, h(r) = r^2 / 2 up to |r| = 1, then |r| - 1/2.

    x are the normal scores of all particles of a jet, x' what is decoded from their codes, e_t the
    code nearest to u, the encoded particle. The second term pulls u to its code: codes themselves
    are moving averages, not trained. From arXiv:2409.12589, section 4.1, and its code.
    """

    def __init__(self, sizes: Mapping):
        """`sizes`: those of VectorQuantisedAutoencoder, and `quantiles` of Inputs.

        Raises InputError for a size that is not known or not possible.
        """
        super().__init__()
        self.weights = {"reconstruction": 1.0, "quantisation": 10.0}
        self.autoencoder = build_autoencoder(sizes)
        self.inputs = Inputs(self.autoencoder.sizes["continuous"], sizes.get("quantiles", 500))

    def forward(
        self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor
    ) -> dict[str, Tensor]:
        """Both losses (), unweighted, of jets with features (B, P, F): means over PARTICLES."""
        sequences = Sequences(mask, self.autoencoder.sizes["registers"])
        x = self.inputs(sequences.pack(features)).continuous  # (N, C)
        made, _, distance = self.autoencoder(x, sequences)
        losses = {"reconstruction": huber_loss(made.float(), x), "quantisation": distance}
        return losses | {PARTICLES: len(x)}


def build_autoencoder(sizes: Mapping) -> VectorQuantisedAutoencoder:
    """Autoencoder of these sizes, among which those of the inputs may be. Raises InputError."""
    own = {name: size for name, size in sizes.items() if name != "quantiles"}
    check_settings("vqvae sizes", VectorQuantisedAutoencoder, own, given=0)
    return VectorQuantisedAutoencoder(**own)
