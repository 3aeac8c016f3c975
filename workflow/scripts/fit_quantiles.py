"""Training shards in, 500 quantiles of each feature of their particles out."""

from jetbench.data import fitting
from jetbench.data.jets import Jets
from jetbench.scripting import run


def fit_quantiles(shards, quantiles, jets):
    """Fit the quantiles of the particles of the first `jets` jets and write them as HDF5."""
    sample = Jets(shards, jets)
    particles = fitting.read_particles(sample)
    fitted = fitting.fit_quantiles(particles)
    about = fitting.origin(sample, particles)
    fitting.write_fit(quantiles, "jetbench-quantiles", {"quantiles": fitted}, **about)


if __name__ == "__main__":
    run(fit_quantiles, snakemake)
