"""Who is hurt when hands or weapons decide. The chances are assumed; they predict nothing."""

from __future__ import annotations

import numpy as np

from stepdown.encounter.chance import Purpose, chance
from stepdown.encounter.hazards import REACH_M
from stepdown.encounter.moves import Move
from stepdown.encounter.state import Floats
from stepdown.encounter.world import World

TEAM_SHARE = 0.4
DEVICE_SHARE = 0.6
PERSON_HURT = 1.1
STRUCK = 0.6
COVERED = 0.4


def odds_of_harm(
    move: str, strength: float | Floats, arousal: float | Floats, crowd: float | Floats
) -> tuple[float | Floats, float | Floats, float | Floats]:
    """Return how likely force hurts the responder, the person and somebody else."""
    share = {"team_hold": TEAM_SHARE, "device": DEVICE_SHARE}.get(move, 1.0)
    heat = strength * (0.4 + 0.06 * arousal) * share
    return heat, np.minimum(heat * PERSON_HURT + 0.1, 0.95), 0.02 * crowd * heat


def harm(world: World, move: Move) -> dict[str, bool]:
    """Return who is hurt by a move that ends the encounter: nobody unless it is force."""
    if move.ends != "force":
        return {}
    odds = odds_of_harm(move.id, world.p["strength"], world["arousal"], world["crowd"])
    who = ("responder", "person", "other")
    return {w: _happens(world, n, float(o)) for n, (w, o) in enumerate(zip(who, odds, strict=True))}


def how_attack_ends(world: World, distance: float) -> dict[str, bool] | None:
    """Return who is hurt when the person attacks; None if there was room to react."""
    if distance > REACH_M:
        return None
    struck = STRUCK * (COVERED if world["cover"] > 0 else 1.0)
    return {"responder": _happens(world, 3, struck), "person": False, "other": False}


def _happens(world: World, step: int, likely: float) -> bool:
    return chance(world.seed, world.n, Purpose.HARM, step) < likely
