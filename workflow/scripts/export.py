"""Weights in, an ONNX file that answers as their network does out."""

import sys

from jetbench.scripting import run
from jetbench.training.exporting import export_run


def export(weights, onnx):
    """Write a trained tagger as ONNX and say how well the file agrees with PyTorch."""
    deviation = export_run(weights, onnx)
    print(f"scores differ from PyTorch by at most {deviation:.1e}", file=sys.stderr)


if __name__ == "__main__":
    run(export, snakemake)
