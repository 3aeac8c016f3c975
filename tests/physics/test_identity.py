import numpy as np
import pytest
import torch

from jetbench.data.columns import PARTICLE_IDS
from jetbench.data.features import identity
from jetbench.physics.identity import is_neutral

KINDS = {  # charges that particles of a kind may have
    "charged_hadron": (-1, 1),
    "neutral_hadron": (0,),
    "photon": (0,),
    "electron": (-1, 1),
    "muon": (-1, 1),
}


@pytest.mark.parametrize("array", [torch.tensor, np.array])
def test_neutral_particles_are_those_without_charge(array):
    pairs = [(PARTICLE_IDS.index(kind), q) for kind in KINDS for q in KINDS[kind]]
    kind, charge = torch.tensor(pairs).T
    found = identity({"id": kind, "charge": charge})
    assert sorted(found.tolist()) == [*range(8)]
    assert is_neutral(array(found.tolist())).tolist() == (charge == 0).tolist()
