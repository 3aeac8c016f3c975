"""Summaries of toy files, and a reference that they fit."""

import numpy as np
import pandas as pd

from jetbench.data.datasets import CLASSES
from jetbench.data.inspect.inspection import inspect
from jetbench.data.shards import write_shard
from jetbench.report.deviations import read_reference
from tests.conftest import ROOT
from tests.data.helpers import toy_columns

REFERENCE = ROOT / "resources/reference_quantiles.csv"


def published() -> pd.DataFrame:
    """The quantiles of JetClass."""
    return read_reference(REFERENCE)


def toy_summary(folder, jets=400, dataset="jetclass_toy", **changes):
    """Summary of a shard of toy jets with changes to its particles."""
    columns, particles = toy_columns(jets)
    attributes = {"dataset": dataset, "split": "train", "classes": list(CLASSES)}
    write_shard(folder / "000.h5", columns, particles | changes, attributes)
    return inspect(folder / "000.h5")


def own_reference(summary) -> pd.DataFrame:
    """Reference that the quantiles of this file fit exactly."""
    table = {name: summary.quantiles[name] for name in published() if name in summary.quantiles}
    return pd.DataFrame(table, index=pd.Index(np.array(summary.levels), name="quantile"))


def scaled(summary, name, factor):
    """The summary as it were if a quantity had another unit."""
    return summary._replace(quantiles=summary.quantiles | {name: factor * summary.quantiles[name]})
