"""What is fitted to the data before a network learns from them: paths of the files."""

from jetbench.errors import InputError
from jetbench.planning.counts import count
from jetbench.planning.encoders import NETWORKS, PARTICLES
from jetbench.planning.recipes import TOKENISER, configured, method_of
from jetbench.planning.runs import PRETRAINING, STARTS, check_run, most, shards, task_of

QUANTILES = "results/{scale}/fits/quantiles.h5"
CENTROIDS = "results/{scale}/fits/kmeans_{continuous}_{tokens}.h5"
CONTINUOUS = (3, 7)  # features of a particle: without impact parameters, or all


def fits_of(scale: dict, models: dict, run: str) -> list[str]:
    """Files that a run begins with: quantiles, centroids, weights of the tokeniser.

    A run that starts from other weights has what was fitted from them. Raises InputError where
    there is no tokeniser, and as `centroids`.
    """
    check_run(models, run)
    _, task, name, start, _, seed = run.split("/")
    model = configured(scale, models[name])
    if STARTS[start] is not None or model["network"] not in NETWORKS:
        return []
    files = [QUANTILES.format(scale=scale["name"])]
    if task != PRETRAINING:
        return files
    tasks = method_of(scale, models, model["pretraining"]).get("tasks", {})
    if "kmeans" in tasks:
        files.append(centroids(scale, model["sizes"]["continuous"], tasks["kmeans"]["tokens"]))
    if TOKENISER in tasks:
        tokeniser = f"{TOKENISER}/scratch/{most(scale, PRETRAINING)}/{seed}"
        files.append(f"results/{scale['name']}/{PRETRAINING}/{tokeniser}/weights.safetensors")
    return files


def centroids(scale: dict, continuous: int, tokens: int) -> str:
    """File of k-means centroids. Raises InputError for features or tokens that there cannot be."""
    path = CENTROIDS.format(scale=scale["name"], continuous=continuous, tokens=tokens)
    if continuous not in CONTINUOUS:
        known = " or ".join(map(str, CONTINUOUS))
        raise InputError(f"{path}: expected {known} continuous features, got {continuous}")
    jets = task_of(scale, PRETRAINING)["fit_jets"]
    particles = PARTICLES * count(jets)
    if tokens > particles:
        most = f"{particles} tokens, about as many as {jets} jets (fit_jets) have particles"
        raise InputError(f"{path}: expected at most {most}, got {tokens}")
    return path


def fitted(scale: dict) -> list[str]:
    """Training shards that quantiles and centroids are fitted to."""
    return shards(scale, PRETRAINING, "train", task_of(scale, PRETRAINING)["fit_jets"])
