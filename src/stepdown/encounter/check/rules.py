"""What the policy of a scenario allows each of many responders now: as `policy.refusal` for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepdown.encounter.state import COLUMN

if TYPE_CHECKING:
    from stepdown.encounter.check.columns import Columns


def allowed_moves(crowd: Columns, rows: np.ndarray) -> np.ndarray:
    """Return which moves are allowed, (rows, moves)."""
    allowed = np.ones((len(rows), len(crowd.list)), bool)
    distance, watching = (crowd.state[rows, COLUMN[c]] for c in ("distance", "crowd"))
    for n, move in enumerate(crowd.list):
        when = move.when
        if move.once:
            allowed[:, n] &= ~crowd.done[rows, n]
        if when.arrived is not None:
            known = when.arrived in crowd.script.moves
            at = crowd.script.moves.index(when.arrived) if known else -1
            allowed[:, n] &= crowd.arrived[rows, at] if known else False
        if when.danger:
            allowed[:, n] &= crowd.danger[rows]
        if when.after_s is not None:
            allowed[:, n] &= crowd.t >= when.after_s
        for name in when.done:
            made = crowd.spoke[rows] if name == "say" else (
                crowd.done[rows, crowd.script.moves.index(name)]
            )  # fmt: skip
            allowed[:, n] &= made
        if when.within_m is not None:
            allowed[:, n] &= distance <= when.within_m
        if when.beyond_m is not None:
            allowed[:, n] &= distance >= when.beyond_m
        if when.crowd_below is not None:
            allowed[:, n] &= watching < when.crowd_below
    return allowed
