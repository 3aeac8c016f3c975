"""Training shards and their quantiles in, centroids of the particles' normal scores out."""

from pathlib import Path

from jetbench.data.clustering import PASSES, k_means
from jetbench.data.fitting import origin, read_particles, write_fit
from jetbench.data.jets import Jets
from jetbench.data.unfinished import Unfinished
from jetbench.files import held
from jetbench.methods.fit_sample import training_scores
from jetbench.networks.inputs import Inputs
from jetbench.scripting import run
from jetbench.training.fits import load_fits, read_fits


# Nine arguments: two inputs, an output, five values, and how many cores may search.
def fit_kmeans(shards, quantiles, centroids, jets, continuous, tokens, seed, passes, workers=1):
    """Fit `tokens` centroids to the particles of the first `jets` jets and write them as HDF5.

    `continuous` is the number of features, 7 or 3; `seed` draws where the centroids begin, and the
    noise of neutral particles. `passes` over the particles at most; None: as many as published. A
    killed fit goes on from the last minute's centroids, once no process is at them any more.
    """
    sample, fits, inputs = Jets(shards, jets), read_fits([quantiles]), Inputs(continuous)
    load_fits(inputs, fits)
    with held(Path(centroids).parent, "fit", f".{Path(centroids).name}.held"):
        particles = read_particles(sample)
        about = origin(sample, particles)
        scores = training_scores(inputs, particles, seed)
        del particles  # a gigabyte of a million jets
        about |= {"seed": seed, "quantiles_digest": fits[0].about["digest"]}
        passes = passes or PASSES[continuous]
        settings = {"continuous": continuous, "tokens": tokens, "at_most": passes}
        unfinished = Unfinished(centroids, about | settings)
        found = k_means(scores, tokens, seed, passes, workers, unfinished)
        arrays = {"centroids": found.centroids, "occupancy": found.occupancy}
        about |= {"passes": found.passes, "at_rest": found.at_rest}
        about |= {"mean_square_distance": found.distance}
        write_fit(centroids, "jetbench-centroids", arrays, **about)
        unfinished.remove()


if __name__ == "__main__":
    run(fit_kmeans, snakemake, workers=snakemake.threads)
