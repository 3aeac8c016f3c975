"""Quantiles of the particles of the training jets, and the file of what is fitted to them.

The sample is that of arXiv:2409.12589: all particles of the first jets, at most 128 a jet, deta and
dphi cut to [-0.8, 0.8], impact parameters of tracks only.

Dimensions: N particles, Q quantiles.
"""

import hashlib
from itertools import pairwise
from os import PathLike

import h5py
import numpy as np

from jetbench.data.columns import named
from jetbench.data.features import SETS
from jetbench.data.jets import Jets
from jetbench.data.loading import eval_batches
from jetbench.errors import InputError, nearest
from jetbench.files import whole
from jetbench.physics.identity import is_neutral
from jetbench.progress import track
from jetbench.provenance import code_version

FEATURES = "lifetime"
COLUMNS = SETS[FEATURES][:-1]  # the continuous ones: all but the identity
ANGLES = ("part_deta", "part_dphi")
WIDEST = 0.8  # radius of the jets of JetClass
IMPACT = ("part_d0_signed", "part_d0err_raw", "part_dz_signed", "part_dzerr_raw")
BATCH = 1000  # jets read together
MEANING = {  # of the datasets of fitted files
    "quantiles": "row k: the quantile at levels[k] of each column, of d0 and dz of charged "
    "particles alone",
    "centroids": "row t: the centroid of token t, in normal scores under the quantiles of digest "
    "quantiles_digest",
    "occupancy": "particles nearest to the centroid of each token",
}
AGAIN = "delete the file and repeat the command, which makes it again"


def read_particles(jets: Jets) -> np.ndarray:
    """Raw features (N, 8) float32 of all particles of the jets.

    Raises InputError for shards without impact parameters, charges or kinds of particles.
    """
    counts = (jets.read_range(*span, ())[0] for span in pairwise(jets.edges))
    total = sum(int(np.minimum(count, jets.max_particles).sum()) for count in counts)
    particles, end = np.empty((total, len(SETS[FEATURES])), np.float32), 0
    with track(None, "read", total=len(jets), unit="jet") as bar:
        for index, batch in eval_batches(jets, BATCH, FEATURES, "cpu"):
            rows = batch.features[batch.mask].numpy()
            particles[end : end + len(rows)] = rows
            end += len(rows)
            bar.update(len(index))
    return particles


def fit_quantiles(particles: np.ndarray, quantiles: int = 500) -> np.ndarray:
    """F^-1(k / (Q - 1)), k = 0 ... Q - 1, of each continuous feature: (N, 8) -> (Q, 7) float64.

    Equal to scikit-learn's QuantileTransformer without subsampling, and to numpy's quantiles, in a
    tenth of their time. Raises InputError for NaN, infinities, or fewer particles than quantiles.
    """
    track_rows = ~is_neutral(particles[:, -1])
    fitted = np.empty((quantiles, len(COLUMNS)))
    for column, name in enumerate(track(COLUMNS, "quantiles")):
        rows = track_rows if name in IMPACT else slice(None)
        values = particles[rows, column]  # (n,)
        if not np.isfinite(values).all():
            raise InputError(f"{name}: expected finite values, got NaN or infinities")
        if len(values) < quantiles:
            of = "charged particles" if name in IMPACT else "particles"
            raise InputError(f"{name}: expected at least {quantiles} {of}, got {len(values)}")
        if name in ANGLES:
            values = values.clip(-WIDEST, WIDEST)
        fitted[:, column] = quantiles_of(values, quantiles)
    return fitted


def quantiles_of(values: np.ndarray, quantiles: int) -> np.ndarray:
    """Quantiles (Q,) float64 at equal distances from 0 to 1, linear between values (n,)."""
    ordered = np.sort(values)
    place = np.linspace(0, 1, quantiles) * (len(ordered) - 1)
    at = place.astype(int)
    below = ordered[at].astype(float)
    above = ordered[np.minimum(at + 1, len(ordered) - 1)].astype(float)
    return below + (above - below) * (place - at)


def write_fit(path: str | PathLike, form: str, arrays: dict[str, np.ndarray], **attributes) -> None:
    """Write fitted arrays as HDF5 of the format `form`, with what they are from and a digest.

    The same arrays and attributes are the same bytes.
    """
    with whole(path) as partial, h5py.File(partial, "w") as file:
        for name in sorted(arrays):
            values = file.create_dataset(name, data=arrays[name], track_times=False)
            values.attrs.update(described(name, values.shape))
        told = {"format": form, "digest": digest(arrays), "code_version": code_version()}
        file.attrs.update(told | attributes)


def described(name: str, shape: tuple[int, ...]) -> dict:
    """Attributes of a dataset of a fitted file, by which it can be read without this library."""
    if name not in MEANING:
        return {}
    about = {"description": MEANING[name]}
    if len(shape) == 2:
        about |= named(COLUMNS[: shape[1]])
    if name == "quantiles":
        about["levels"] = np.linspace(0, 1, shape[0])
    if name == "centroids":
        about["units"] = ["1"] * shape[-1]
    return about


def read_fit(path: str | PathLike, *forms: str) -> tuple[dict[str, np.ndarray], dict]:
    """Arrays and attributes of a file of `write_fit` that has one of the formats `forms`.

    Raises InputError for any other file, and for one whose arrays are not those that were written.
    """
    try:
        with h5py.File(path) as file:
            about, form = dict(file.attrs), str(file.attrs.get("format"))
            if form not in forms:
                hint = nearest(form, forms)
                raise InputError(f"{path}: expected a fitted file, got the format {form!r}; {hint}")
            arrays = {name: file[name][()] for name in file}
    except (OSError, RuntimeError, KeyError, TypeError) as error:  # the last of a group, no array
        expected = f"{path}: expected a whole file of fitted arrays, got a damaged one"
        raise InputError(f"{expected}; {AGAIN} (HDF5: {error})") from None
    if (told := about.get("digest")) != digest(arrays):
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        expected = f"{path}: expected arrays of digest {told}"
        raise InputError(f"{expected}, got damaged ones ({shapes}); {AGAIN}")
    return arrays, about


def digest(arrays: dict[str, np.ndarray]) -> str:
    """SHA-256 over names and values."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        total.update(f"{name}\0".encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return total.hexdigest()


def origin(jets: Jets, particles: np.ndarray) -> dict:
    """Attributes that say what something was fitted to."""
    sample = {"features": FEATURES, "jets": len(jets), "particles": len(particles)}
    return sample | {"data_digest": jets.digest}
