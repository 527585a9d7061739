"""The measures that the benchmarks share; each undefined case gives None, never a number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = NDArray[np.float64]


def macro_f1(truth: Sequence[object], given: Sequence[object]) -> float | None:
    """Return the unweighted mean of F1 over the classes of the truth; None for a single class."""
    classes = sorted({str(t) for t in truth})
    if len(classes) < 2:
        return None
    return float(
        f1_score([str(t) for t in truth], [str(g) for g in given], labels=classes,
                 average="macro", zero_division=0)
    )  # fmt: skip


def auc(truth: Sequence[bool], score: Sequence[float]) -> float | None:
    """Return the area under the ROC curve; None where one side is empty."""
    return float(roc_auc_score(truth, score)) if len(set(truth)) == 2 else None


def left_out_auc(features: Floats, truth: Sequence[bool], groups: Sequence[str]) -> float | None:
    """AUC of a ridge logistic regression, each group predicted by a fit on all the others.

    features: (n, k), scaled inside each fit. Balanced classes, C = 1. A group whose left-out fit
    would see a single class gives no figure at all.
    """
    y, group = np.asarray(truth, dtype=bool), np.asarray(groups)
    if len(set(truth)) < 2:
        return None
    score = np.zeros(len(y))
    for name in np.unique(group):
        out = group == name
        if len(np.unique(y[~out])) < 2:
            return None
        model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
        model.fit(features[~out], y[~out])
        score[out] = model.decision_function(features[out])
    return auc(list(y), list(score))


def without_length(score: Sequence[float], words: Sequence[int]) -> list[float]:
    """Return the score with its linear dependence on log word count taken out."""
    y, x = np.asarray(score, dtype=float), np.log1p(np.asarray(words, dtype=float))
    if len(y) < 3 or np.ptp(x) == 0:
        return list(y)
    slope, intercept = np.polyfit(x, y, 1)
    return list(y - slope * x - intercept)


def unpunctuated(text: str) -> str:
    """Return text as a recogniser without punctuation gives it: lower case, words only."""
    kept = "".join(c if c.isalnum() or c.isspace() or c == "'" else " " for c in text.lower())
    return " ".join(kept.split())
