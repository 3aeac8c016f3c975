"""Inspection: angles in another convention than ours do not pass the door."""

import numpy as np
import pytest

from jetbench.data.readers.parquet import read_chunks
from jetbench.errors import InputError
from tests.data.readers.parquet_files import one_particle_jets, write_parquet

HAND_MADE = [  # direction of the jet, of its particle, angles between them
    ((0.7, 0.0), (0.5, 0.1), (-0.2, 0.1)),
    ((-0.7, 0.0), (-0.5, 0.1), (-0.2, 0.1)),  # flipped: the mirror image of the first
    ((0.0, 0.0), (0.2, 0.1), (0.2, 0.1)),  # no sign: as positive
    ((0.3, 3.1), (0.4, -3.1), (0.1, 2 * np.pi - 6.2)),  # across the seam of phi
]


def test_angles_of_jets_made_by_hand_are_those_of_the_convention(tmp_path):
    write_parquet(tmp_path / "a.parquet", one_particle_jets(*zip(*HAND_MADE, strict=True)))
    _, particles = next(read_chunks(tmp_path / "a.parquet", "toplandscape"))
    np.testing.assert_allclose(particles["deta"], [-0.2, -0.2, 0.2, 0.1], rtol=1e-6)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_other_sign_of_deta_is_refused(tmp_path, at):
    table = one_particle_jets(*zip(*HAND_MADE, strict=True))
    table["part_deta"][at] *= -1
    write_parquet(tmp_path / "a.parquet", table)
    with pytest.raises(InputError, match=f"column part_deta, jet {at}: expected eta - jet_eta"):
        next(read_chunks(tmp_path / "a.parquet", "toplandscape"))


def test_dphi_that_is_not_wrapped_is_refused(tmp_path):
    table = one_particle_jets(*zip(*HAND_MADE, strict=True))
    table["part_dphi"][3] = -6.2
    write_parquet(tmp_path / "a.parquet", table)
    with pytest.raises(InputError, match="column part_dphi, jet 3: expected phi - jet_phi"):
        next(read_chunks(tmp_path / "a.parquet", "toplandscape"))
