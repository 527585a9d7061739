"""What the cues say, as logits that stand beside the network's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stepdown.technique.codebook import CODES
from stepdown.technique.outputs import GROUPS
from stepdown.technique.score import balance

Floats = NDArray[np.float64]
FLOOR = 0.04
_MEMBERS = [[CODES.index(code) for code in codes] for codes in GROUPS.values()]


def cue_logits(cues: Floats) -> Floats:
    """Return what cues say of codes, groups and effect, (n, outputs without the main groups).

    cues: (n, codes), the strength of each code's cues from 0 to 1.
    """
    strength = np.clip(cues[:, : len(CODES)], FLOOR, 1 - FLOOR)
    groups = [strength[:, places].max(axis=1) for places in _MEMBERS]
    known = np.column_stack([strength, *groups])
    given = cues[:, : len(CODES)].tolist()
    effect = [balance(dict(zip(CODES, row, strict=True))) for row in given]
    return np.column_stack([np.log(known / (1 - known)), np.array(effect)])
