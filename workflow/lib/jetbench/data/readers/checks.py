"""What is refused at the door of a conversion, whatever the format of the file.

Values are those of one chunk of a file, by the name of their branch or column: one a jet under
names such as jet_pt, one a particle, jet after jet, under names such as part_px.
"""

import os
import sys
from typing import NamedTuple

import numpy as np

from jetbench.errors import InputError

FLAGS = {  # branch -> id, the place in columns.PARTICLE_IDS
    "part_isChargedHadron": 1,
    "part_isNeutralHadron": 2,
    "part_isPhoton": 3,
    "part_isElectron": 4,
    "part_isMuon": 5,
}
PT_TOLERANCE = 1e-3  # relative; momenta are rounded to float32, the order was made before
ANGLE_TOLERANCE = 1e-2  # far above the rounding to float32, far below the width of a jet


class Place(NamedTuple):
    """Where a chunk comes from: its file, its first entry, its particles' offsets."""

    path: str | os.PathLike
    entry: int
    first: np.ndarray
    words: tuple[str, str] = ("branch", "entry")  # of the format, for a column and a jet

    def check(
        self, good: np.ndarray, values: np.ndarray, name: str, expected: str, after: bool = False
    ) -> None:
        """Raise InputError for the first value that is not good; one value a jet or a particle.

        With `after` the value in front of it is told too.
        """
        if good.all():
            return
        at = int(np.argmin(good))
        a_jet_each = len(good) == len(self.first) - 1
        jet = at if a_jet_each else np.searchsorted(self.first, at, "right") - 1
        column, entry = self.words
        where = f"{self.path}: {column} {name}, {entry} {self.entry + jet}"
        got = f"{values[at]!s} after {values[at - 1]!s}" if after else values[at]
        raise InputError(f"{where}: expected {expected}, got {got}")


class Lost:
    """Jets of a file whose jet_nparticles is not the number of their particles.

    It is the one independent witness of a particle that was lost in the file.
    They are told of, not refused: how published files count could not be looked at.
    """

    def __init__(self, path: str | os.PathLike):
        self.path, self.jets, self.example = path, 0, ""

    def compare(self, entry: int, told: np.ndarray, first: np.ndarray) -> None:
        """Count such jets of a chunk, from its first entry, their numbers, particles' offsets."""
        counts = np.diff(first)
        others = np.flatnonzero(told != counts)
        if len(others) and not self.jets:
            at = others[0]
            self.example = f"first entry {entry + at}: {told[at]:g}, and {counts[at]} particles"
        self.jets += len(others)

    def warn(self) -> None:
        """Print one line on stderr if there were any."""
        if self.jets:
            message = f"jet_nparticles is another number than that of particles in {self.jets} jets"
            print(f"{self.path}: {message}; {self.example}", file=sys.stderr, flush=True)


def check_momenta(place: Place, values: dict) -> None:
    """Refuse what has no logarithm, and particles that are not in descending pT."""
    for name in ("part_energy", "jet_pt", "jet_energy"):
        place.check(values[name] > 0, values[name], name, "positive values")
    px, py = values["part_px"], values["part_py"]
    pt = np.sqrt(px * px + py * py)  # np.hypot takes ten times as long
    place.check(pt > 0, pt, "part_px", "positive pT")
    falls = np.ones(len(pt), bool)
    np.less_equal(pt[1:], pt[:-1] * (1 + PT_TOLERANCE), out=falls[1:])
    falls[place.first[:-1]] = True
    place.check(falls, pt, "part_px", "particles in descending pT", after=True)


def check_positions(place: Place, values: dict) -> None:
    """deta = s (eta - eta_jet), s = -1 where eta_jet < 0 and 1 elsewhere; dphi = phi - phi_jet.

    Refuses other values: a jet mirrored in eta looks like its mirror image in this convention only.
    """
    counts = np.diff(place.first)
    eta_jet, phi_jet = (np.repeat(values[name], counts) for name in ("jet_eta", "jet_phi"))
    px, py, pz = (values[f"part_{name}"] for name in ("px", "py", "pz"))
    deta = (np.arcsinh(pz / np.hypot(px, py)) - eta_jet) * np.where(eta_jet < 0, -1, 1)
    dphi = (np.arctan2(py, px) - phi_jet + np.pi) % (2 * np.pi) - np.pi
    for name, angle, expected in (
        ("part_deta", deta, "eta - jet_eta, its sign flipped for jets of negative eta"),
        ("part_dphi", dphi, "phi - jet_phi from -pi to pi"),
    ):
        near = np.abs(angle - values[name]) < ANGLE_TOLERANCE
        place.check(near, values[name], name, expected)


def charges(place: Place, values: dict) -> np.ndarray:
    """Charge as int8; finite values are expected."""
    charge = values["part_charge"]
    place.check(charge * charge == np.abs(charge), charge, "part_charge", "-1, 0 or 1")
    return charge.astype(np.int8)


def identities(place: Place, values: dict) -> np.ndarray:
    """The five flags as one code a particle, 0 for none of them."""
    flags, code = (np.zeros(len(values["part_px"]), np.uint8) for _ in range(2))
    for name, number in FLAGS.items():
        flag = values[name]
        place.check((flag == 0) | (flag == 1), flag, name, "0 or 1")
        flag = flag.astype(np.uint8)
        flags += flag
        code += flag * np.uint8(number)
    place.check(flags <= 1, flags, "part_is*", "at most one flag a particle")
    return code
