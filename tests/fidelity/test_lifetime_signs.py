"""Tracks far from the primary vertex are signed positive more often than not, the others evenly.

So it is in light jets too, since strange hadrons decay in front as well, and least in Hbb (0.58
against 0.72 in QCD): presumably since its two b hadrons fly along subjets, not along the jet axis.
"""

import awkward as ak
import numpy as np
import pytest
import torch

from jetbench.data.datasets import CLASSES
from jetbench.data.readers.rootfiles import read_chunks
from jetbench.physics.impact import signed_d0, signed_dz
from tests.fidelity.samples import KINEMATICS, RENAMED

FAR = 3  # standard deviations
COLUMNS = {name: RENAMED.get(name, name) for name in (*KINEMATICS, *RENAMED) if name != "charge"}


def tracks(jets: dict, particles: dict) -> dict[str, torch.Tensor]:
    """Columns of the charged particles in double precision, those of their jets beside them."""
    columns = particles | {
        f"jet_{name}": np.repeat(jets[name], np.diff(jets["first"])) for name in ("eta", "phi")
    }
    charged = particles["d0err"] > 0
    return {
        name: torch.from_numpy(values[charged].astype(float)) for name, values in columns.items()
    }


def momenta(track: dict, pz: torch.Tensor) -> torch.Tensor:
    return torch.stack([track["px"], track["py"], pz], -1)


def fraction(signed: torch.Tensor, chosen: torch.Tensor) -> tuple[float, float]:
    """Fraction of positive values among the chosen, and its error."""
    positive = (signed[chosen] > 0).double()
    return positive.mean().item(), 0.5 / len(positive) ** 0.5


def fractions(track: dict) -> tuple[tuple[float, float], ...]:
    """Of positive signed d0 among the far tracks, and among the others."""
    p = momenta(track, track["pz"])
    signed = signed_d0(track["d0"], track["dz"], p, track["jet_eta"], track["jet_phi"])
    far = track["d0"].abs() > FAR * track["d0err"]
    return fraction(signed, far), fraction(signed, ~far)


@pytest.mark.fidelity
@pytest.mark.parametrize("name", CLASSES)
def test_simulated_tracks_are_signed_by_lifetime(simulated_files, name):
    ((jets, particles),) = read_chunks(simulated_files[CLASSES.index(name)])
    (far, far_error), (near, near_error) = fractions(tracks(jets, particles))
    print(f"\n{name}: far {far:.3f} +- {far_error:.3f}, near {near:.3f} +- {near_error:.3f}")
    assert far > 0.5 + 5 * far_error and abs(near - 0.5) < 5 * near_error


@pytest.mark.fidelity
@pytest.mark.parametrize("name", ["Hbb", "QCD"])
def test_flipped_deta_turns_dz_of_jets_of_negative_eta(simulated_files, name):
    ((jets, particles),) = read_chunks(simulated_files[CLASSES.index(name)])
    track = tracks(jets, particles)
    chosen = (track["jet_eta"] < 0) & (track["dz"].abs() > FAR * track["dzerr"])
    eta = track["jet_eta"] + track["deta"]
    right, naive = (
        fraction(signed_dz(track["dz"], momenta(track, pz), track["jet_eta"]), chosen)[0]
        for pz in (track["pz"], torch.hypot(track["px"], track["py"]) * eta.sinh())
    )
    print(f"\n{name}: positive dz {right:.3f}, with deta as it is {naive:.3f}")
    assert right > 0.5 > naive


@pytest.mark.real
def test_real_tracks_are_signed_by_lifetime(real):
    """100 jets of JetClass-II, with pile-up; of JetClass no jets with tracks are at hand."""
    table = ak.from_parquet(real / "jetclass2_100.parquet")
    particles = {
        name: ak.to_numpy(ak.flatten(table[f"part_{branch}"])) for name, branch in COLUMNS.items()
    }
    first = np.append(0, np.cumsum(ak.num(table["part_px"])))
    jets = {"first": first} | {name: ak.to_numpy(table[f"jet_{name}"]) for name in ("eta", "phi")}
    (far, far_error), (near, near_error) = fractions(tracks(jets, particles))
    print(f"\nfar {far:.3f} +- {far_error:.3f}, near {near:.3f} +- {near_error:.3f}")
    assert far > 0.5 + 2 * far_error and abs(near - 0.5) < 3 * near_error
