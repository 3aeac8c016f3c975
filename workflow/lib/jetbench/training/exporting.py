"""A trained tagger as one ONNX file, for programs that know neither this code nor PyTorch.

Dimensions: B jets, P slots a jet, F features, C classes; the file has channels before particles.
"""

import copy
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike

import torch
from onnx import ModelProto
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from jetbench.data.features import SETS
from jetbench.files import whole
from jetbench.networks.groups import Groups, OneGroup
from jetbench.networks.layers import Packing, Slots
from jetbench.networks.sequences import PaddedSequences, Sequences
from jetbench.provenance import code_version
from jetbench.training.verifying import INPUTS, for_file, random_jets, verify
from jetbench.training.weights import load_weights

OPSET = 20  # the first with GELU as one operator; onnxruntime reads it from 1.17 on
FORMAT = 9  # the version of the file format that belongs to it
# Layouts whose shapes do not follow from the mask.
FIXED = {Packing: Slots, Groups: OneGroup, Sequences: PaddedSequences}


class Tagger(nn.Module):
    """softmax(network), with channels before particles and a mask of numbers: not 0 is real."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = copy.deepcopy(network).eval()
        if hasattr(network, "layout"):
            self.network.layout = FIXED[network.layout]

    def forward(self, points: Tensor, features: Tensor, vectors: Tensor, mask: Tensor) -> Tensor:
        """(B, 2, P), (B, F, P), (B, 4, P) and (B, 1, P) -> scores (B, C)."""
        real = mask.transpose(1, 2) != 0  # (B, P, 1)
        inputs = (torch.where(real, x.transpose(1, 2), 0) for x in (points, features, vectors))
        return self.network(*inputs, real.squeeze(2)).softmax(1)


def export_run(weights: str | PathLike, path: str | PathLike) -> float:
    """Write the tagger with these weights as ONNX; gives the largest deviation from PyTorch.

    Raises:
        InputError: weights that cannot be used, or a file that does not answer as the network does:
            then nothing is written.
    """
    network, metadata = load_weights(weights)
    model = graph(network, len(SETS[metadata["model"]["features"]]))
    describe(model, metadata)
    content = model.SerializeToString(deterministic=True)
    deviation = verify(content, network, f"{path}")
    with whole(path) as partial:
        partial.write_bytes(content)
    return deviation


def graph(network: nn.Module, inputs: int) -> ModelProto:
    """A network with `inputs` features as an ONNX graph, for any number of jets and particles."""
    jets, particles = torch.export.Dim("batch"), torch.export.Dim("particles")
    # Attention as plain matrix products: the exporter does not know the fused kernels of a CPU.
    with quiet(), sdpa_kernel(SDPBackend.MATH):
        program = torch.onnx.export(
            Tagger(network),
            for_file(random_jets([20, 3, 11], 20, inputs)),
            input_names=INPUTS,
            output_names=["softmax"],
            opset_version=OPSET,
            dynamic_shapes=({0: jets, 2: particles},) * len(INPUTS),
            dynamo=True,
            verbose=False,
        )
    return program.model_proto


@contextmanager
def quiet() -> Iterator[None]:
    """Without the exporter's warnings, all of them about itself: what it wrote is verified."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(logging.NOTSET)


def describe(model: ModelProto, metadata: dict) -> None:
    """Say in the file what it holds, in place of the exporter's notes on each of its operators."""
    features = metadata["model"]["features"]
    text = {
        "run": metadata["run"],
        "classes": json.dumps(metadata["classes"]),  # in the order of the scores
        "features": json.dumps(SETS[features]),  # in the order of the channels
        "model": json.dumps(metadata["model"]),
        "weights_digest": metadata["digest"],
        "code_version": code_version(),
    }
    graph = model.graph
    for part in (*graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        part.ClearField("metadata_props")
    graph.ClearField("metadata_props")
    for key, value in text.items():
        model.metadata_props.add(key=key, value=value)
    model.ir_version = FORMAT
