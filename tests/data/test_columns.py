"""Columns that do not make a shard are refused by name."""

import numpy as np
import pytest

from jetbench.data.columns import check_columns, schema
from jetbench.errors import InputError
from tests.data.helpers import toy_columns


def test_toy_columns_pass():
    check_columns("a.h5", *toy_columns(10))


def test_missing_column():
    jets, particles = toy_columns(10)
    del particles["dz"]
    with pytest.raises(InputError, match="a.h5: particles/dz: expected float32 values"):
        check_columns("a.h5", jets, particles)


def test_other_type():
    jets, particles = toy_columns(10)
    particles["px"] = particles["px"].astype(np.float64)
    with pytest.raises(InputError, match="particles/px: expected float32, got float64"):
        check_columns("a.h5", jets, particles)


def test_other_length():
    jets, particles = toy_columns(10)
    jets["pt"] = jets["pt"][:-1]
    with pytest.raises(InputError, match="jets/pt: expected 10 values"):
        check_columns("a.h5", jets, particles)


def test_infinity():
    jets, particles = toy_columns(10)
    jets["tau2"][4] = np.inf
    with pytest.raises(InputError, match="jets/tau2: expected finite values, got inf at 4"):
        check_columns("a.h5", jets, particles)


def test_empty_jet():
    jets, particles = toy_columns(10)
    jets["first"][3] = jets["first"][2]
    with pytest.raises(InputError, match="jet 2: expected at least one particle"):
        check_columns("a.h5", jets, particles)


def test_offsets_that_do_not_start_at_zero():
    jets, particles = toy_columns(10)
    jets["first"] += 1
    with pytest.raises(InputError, match="expected to start at 0, got 1"):
        check_columns("a.h5", jets, particles)


def test_data_sets_without_tracks_need_no_columns_of_them():
    jets, particles = (
        {name: all_[name] for name in some}
        for all_, some in zip(toy_columns(10), schema("toplandscape"), strict=True)
    )
    check_columns("a.h5", jets, particles, schema("toplandscape"))
    with pytest.raises(InputError, match="jets/sdmass: expected float32 values, got no such"):
        check_columns("a.h5", jets, particles, schema("top_demo"))


def test_particle_types_are_asked_of_quark_gluon():
    with pytest.raises(InputError, match="particles/pid: expected int32 values"):
        check_columns("a.h5", *toy_columns(10), schema("quarkgluon"))
