"""Calibrate network and cues together on scenes that the network was not trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from stepdown.technique.network import Evidence

Floats = NDArray[np.float64]
FEWEST = 8
CUE_LEAST, CUE_MOST = 0.1, 1.0
# Assumed: in kinds of talk that the network has not met, rules about questions and the like hold up
# better than it does, so for the sums the cues keep at least this share of the network's weight.
CUE_SHARE_OF_SUMS = 0.45


@dataclass(frozen=True, slots=True)
class Fitted:
    """Per output, p = logistic(slope·network + cue·cues + offset)."""

    slope: list[float]
    cue: list[float]
    offset: list[float]


def calibrate(found: Evidence, truth: Floats, sums: frozenset[int] = frozenset()) -> Fitted:
    """Fit the weights of network and cues and an offset to each output (after Platt 1999).

    truth: (n, outputs). A rare output (fewer than 8 cases on one side) takes the weights of all
    outputs together. The cues' weight is kept between 0.1 and 1. The outputs named in `sums` are
    fitted as if yes and no were equally common: how common they are where the coder is used is
    unknown, so p is above 0.5 where the words are likelier under yes than under no.
    """
    known = truth.shape[1]
    logits, cues = found.network[:, :known], found.cues
    pooled = _fit(logits.ravel(), cues.ravel(), truth.ravel() >= 0.5)
    rows = []
    for n in range(known):
        yes = truth[:, n] >= 0.5
        if min(yes.sum(), (~yes).sum()) < FEWEST:
            rows.append(pooled)
            continue
        weight = "balanced" if n in sums else None
        slope, cue, _ = _fit(logits[:, n], cues[:, n], yes, weight)
        share = CUE_SHARE_OF_SUMS * slope if n in sums else CUE_LEAST
        cue = float(np.clip(cue, share, CUE_MOST))
        blended = slope * logits[:, n] + cue * cues[:, n]
        scale, offset = _line(blended, yes, weight)
        rows.append((slope * scale, cue * scale, offset))
    slopes, weights, offsets = (list(np.round(column, 5)) for column in zip(*rows, strict=True))
    return Fitted(
        [float(v) for v in slopes], [float(v) for v in weights], [float(v) for v in offsets]
    )


def _fit(
    logits: Floats, cues: Floats, yes: NDArray[np.bool_], weight: str | None = None
) -> tuple[float, float, float]:
    model = LogisticRegression(C=1.0, class_weight=weight)
    model.fit(np.column_stack([logits, cues]), yes)
    slope, cue = model.coef_[0]
    return max(float(slope), 0.1), max(float(cue), CUE_LEAST), float(model.intercept_[0])


def _line(x: Floats, yes: NDArray[np.bool_], weight: str | None) -> tuple[float, float]:
    model = LogisticRegression(C=10.0, class_weight=weight).fit(x[:, None], yes)
    return max(float(model.coef_[0, 0]), 0.1), float(model.intercept_[0])
