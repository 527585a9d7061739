"""Export the network to ONNX with int8 weights, per channel, and check what that costs."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from stepdown.technique.encode import Batch
from stepdown.technique.train.network import Network

INPUTS = ("said", "heard", "cues")
WHOLE = ("/output/dense_1/MatMul",)
"""Kept in full precision: the second product of the first layer's inner part loses most to int8."""


def export(network: Network, example: Batch, target: Path, *, reduce_range: bool) -> None:
    """Write the network as int8 ONNX. `reduce_range` spends one bit for older AVX2 processors."""
    network.eval()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole, ready = Path(folder) / "whole.onnx", Path(folder) / "ready.onnx"
        torch.onnx.export(
            network,
            tuple(torch.from_numpy(a) for a in (example.said, example.heard, example.cues)),
            str(whole),
            input_names=list(INPUTS),
            output_names=["logits"],
            dynamic_axes={
                "said": {0: "turns", 1: "tokens"},
                "heard": {0: "turns", 1: "tokens_before"},
                "cues": {0: "turns"},
                "logits": {0: "turns"},
            },
            opset_version=17,
            dynamo=False,
        )
        quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(
            str(ready), str(target), per_channel=True, reduce_range=reduce_range,
            weight_type=QuantType.QInt8, nodes_to_exclude=list(WHOLE),
        )  # fmt: skip


def whole_logits(network: Network, batches: list[Batch]) -> np.ndarray:
    """Return the logits of the network in full precision, (n, outputs)."""
    with torch.no_grad():
        parts = [
            network(*(torch.from_numpy(a) for a in (b.said, b.heard, b.cues))).numpy()
            for b in batches
        ]
    return np.concatenate(parts)
