"""Measure a trained coder on the scenes kept for the test, per code, and write it beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from stepdown.technique.codebook import CODES
from stepdown.technique.coding import LABEL_FROM, UNSURE_FROM
from stepdown.technique.network import MEASURED, Network
from stepdown.technique.written import Line

BINS = 10


def calibration_error(given: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten bins (Naeini and others 2015)."""
    place = np.minimum((given * BINS).astype(int), BINS - 1)
    apart = 0.0
    for n in range(BINS):
        inside = place == n
        if inside.any():
            apart += inside.mean() * abs(given[inside].mean() - truth[inside].mean())
    return float(apart)


def measured(network: Network, lines: Sequence[Line]) -> dict[str, Any]:
    """Return precision, recall and F1 of labels per code, and how far probabilities are off."""
    given = network.probabilities([x.text for x in lines], [x.previous or "" for x in lines])
    codes: dict[str, Any] = {}
    for n, code in enumerate(CODES):
        truth = np.array([code in x.labels for x in lines])
        p = given[:, n]
        precision, recall, f1, _ = precision_recall_fscore_support(
            truth, p >= 0.5, average="binary", zero_division=0
        )
        codes[code] = {
            "lines": int(truth.sum()),
            "precision": round(float(precision), 3),
            "recall": round(float(recall), 3),
            "f1": round(float(f1), 3),
            "average_precision": round(float(average_precision_score(truth, p)), 3),
        }
    flat = given[:, : len(CODES)].ravel()
    truths = np.array([[code in x.labels for code in CODES] for x in lines]).ravel()
    banded = (flat >= UNSURE_FROM) & (flat < LABEL_FROM)
    return {
        "lines": len(lines),
        "macro_f1": round(float(np.mean([c["f1"] for c in codes.values()])), 3),
        "calibration_error": round(calibration_error(flat, truths), 4),
        "labels_right": round(float(truths[flat >= LABEL_FROM].mean()), 3),
        "unsure_right": round(float(truths[banded].mean()), 3),
        "codes": codes,
    }


def write_measured(folder: Path, network: Network, lines: Sequence[Line]) -> None:
    """Write measured.json into the model's folder."""
    text = json.dumps(measured(network, lines), indent=1)
    (folder / MEASURED).write_text(text + "\n", encoding="utf-8")
