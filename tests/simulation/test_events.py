"""Batches of events against the same events one by one."""

import numpy as np
import pytest

from jetbench.simulation.events import next_record, visible_particles
from jetbench.simulation.processes import Generator

SEED, EVENTS = 11, 6
RELATIONS = ("id", "status", "mother1", "daughter1", "daughter2")
WHOLE = (*RELATIONS, "px", "pz", "energy", "mass", "lifetime")


@pytest.fixture(scope="module")
def one_by_one():
    """Every particle of the events of `next()`: the columns of WHOLE, then its vertex."""
    pythia = Generator("HToBB", SEED)
    rows = []
    for _ in range(EVENTS):
        assert pythia.next()
        for p in (pythia.event[i] for i in range(pythia.event.size())):
            vertex = (p.xProd(), p.yProd(), p.zProd()) if p.hasVertex() else (0, 0, 0)
            family = (p.mother1(), p.daughter1(), p.daughter2())
            numbers = (p.px(), p.pz(), p.e(), p.m(), p.tau())
            rows.append((p.id(), p.status(), *family, *numbers, *vertex))
    return np.array(rows)


@pytest.fixture(scope="module")
def batch():
    return next_record(Generator("HToBB", SEED), EVENTS + 1)


def test_the_last_event_of_a_batch_is_dropped(batch, one_by_one):
    assert len(batch.first) == EVENTS + 1 and batch.first[-1] == len(one_by_one)


def test_particles_are_those_of_next(batch, one_by_one):
    columns = np.stack([getattr(batch, name) for name in WHOLE], 1)
    np.testing.assert_array_equal(columns, one_by_one[:, : len(WHOLE)])


def test_repaired_vertices_are_those_of_next(batch, one_by_one):
    np.testing.assert_array_equal(
        np.stack((batch.x, batch.y, batch.z), 1), one_by_one[:, len(WHOLE) :]
    )


def test_unrepaired_vertices_would_be_wrong():
    events = Generator("HToBB", SEED).nextBatch(2).prt
    pythia = Generator("HToBB", SEED)
    pythia.next()
    true = [pythia.event[i].xProd() for i in range(pythia.event.size())]
    assert [v or 0.0 for v in events.vProd.px[0].to_list()] != true


def test_visible_particles_are_final_and_no_neutrinos(batch):
    visible = visible_particles(batch, lambda code: 0.0)
    assert not np.isin(np.abs(visible.id), (12, 14, 16)).any()
    assert len(visible.id) < np.count_nonzero(batch.status > 0)


def test_charges_are_looked_up_by_code(batch):
    visible = visible_particles(batch, lambda code: 0.5 * code)
    np.testing.assert_array_equal(visible.charge, 0.5 * visible.id)
