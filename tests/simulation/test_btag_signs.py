"""Simulated BTag tracks from bottom and charm decays are signed as what lies in front."""

import numpy as np
import pytest
import torch

from jetbench.data.columns import ORIGINS
from jetbench.data.readers.btagfiles import read_chunks
from jetbench.physics.impact import signed_d0, signed_dz
from jetbench.simulation.btag_production import write_btag

FAR = 3  # standard deviations


@pytest.fixture(scope="module")
def tracks(btag_columns, tmp_path_factory):
    """Columns of all tracks, with their signed impact parameters."""
    path = tmp_path_factory.mktemp("btag") / "000.root"
    write_btag(path, btag_columns)
    ((jets, particles),) = read_chunks(path, "btag")
    columns = {name: torch.from_numpy(values).double() for name, values in particles.items()}
    counts = np.diff(jets["first"])
    eta, phi = (torch.from_numpy(np.repeat(jets[name], counts)) for name in ("eta", "phi"))
    p = torch.stack([columns[name] for name in ("px", "py", "pz")], -1)
    columns["d0_signed"] = signed_d0(columns["d0"], columns["dz"], p, eta, phi)
    return columns | {"dz_signed": signed_dz(columns["dz"], p, eta)}


@pytest.mark.parametrize("name", ["d0", "dz"])
def test_far_tracks_of_heavy_hadrons_are_positive(tracks, name):
    heavy = (tracks["origin"] == ORIGINS.index("bottom")) | (
        tracks["origin"] == ORIGINS.index("charm")
    )
    far = tracks[name].abs() > FAR * tracks[f"{name}err"]
    positive = (tracks[f"{name}_signed"][heavy & far] > 0).double().mean()
    print(f"\n{name}: {positive:.3f} of {(heavy & far).sum()} positive")
    assert positive > 0.8


def test_tracks_of_the_primary_vertex_have_either_sign(tracks):
    positive = tracks["d0_signed"][tracks["origin"] == ORIGINS.index("primary")] > 0
    assert abs(positive.double().mean() - 0.5) < 5 * 0.5 / len(positive) ** 0.5
