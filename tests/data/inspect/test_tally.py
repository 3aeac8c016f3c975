"""What is counted block by block: damage, numbers that are none, and particles above their jets."""

import numpy as np
import pytest

from jetbench.data.inspect.inspection import inspect
from jetbench.data.inspect.tally import MOST, Broken, Tally
from jetbench.data.inspect.unchecked_shards import Block, Raw
from jetbench.data.readers.btagfiles import TRACKS
from jetbench.errors import InputError
from tests.data.helpers import toy_shard


def block(start, stop, pt=1.0):
    """Jets of pT 10 with one particle each."""
    columns = {"px": np.full(stop - start, pt), "py": np.zeros(stop - start)}
    jets = {"pt": np.full(stop - start, 10.0)}
    return Block(np.arange(start, stop), jets, columns, np.arange(stop - start + 1))


def tally(read, family="jetclass"):
    """A tally of 4000 jets that are read so."""
    names = {"jets/pt": "jet_pt", "particles/px": "part_px"}
    return Tally(Raw({}, family, ("a",), np.zeros(4000, int), names, read, []))


def read_with_damage(start, stop):
    """Jets 1200 to 1299 cannot be read."""
    if start < 1300 and stop > 1200:
        raise InputError("a.h5: broken")
    return block(start, stop)


def test_jets_around_damage_are_read():
    found = tally(read_with_damage)
    found.add_readable(0, 4000)
    assert found.read == 3500 and found.damage == [(1000, 1500, "a.h5: broken")]
    assert found.remarks() == [
        "500 jets cannot be read, the first in entries from 1000: a.h5: broken"
    ]


def test_no_jet_that_can_be_read_is_an_error(tmp_path):
    toy_shard(tmp_path / "000.h5", 40)
    content = (tmp_path / "000.h5").read_bytes()
    at = len(content) // 2
    (tmp_path / "000.h5").write_bytes(content[:at] + bytes(2000) + content[at + 2000 :])
    with pytest.raises(InputError, match="000.h5"):
        inspect(tmp_path / "000.h5")


def test_first_entry_and_jets_of_what_is_no_number():
    def read(start, stop):
        found = block(start, stop)
        found.particles["px"][[7, 9]] = np.nan, np.inf
        return found

    found = tally(read)
    found.add(0, 50)
    found.add(50, 100)
    assert found.broken == {"part_px": Broken(nan=2, infinite=2, jets=4, first=7)}


@pytest.mark.parametrize(("family", "jets"), [("jetclass", 5), ("btag", 0)])
def test_a_particle_above_its_jet_is_a_fault_but_of_tracks(family, jets):
    found = tally(lambda start, stop: block(start, stop, pt=11), family)
    found.add(0, 5)
    assert found.faults["a particle of more pT than the jet"] == jets


def test_tracks_are_those_of_the_reader():
    assert MOST["btag"] == TRACKS
