"""Who is hurt when hands or weapons decide. The chances are assumed; they predict nothing."""

from __future__ import annotations

from stepdown.encounter.chance import Purpose, chance
from stepdown.encounter.hazards import REACH_M
from stepdown.encounter.moves import Move
from stepdown.encounter.world import World

TEAM_SHARE = 0.4
DEVICE_SHARE = 0.6
PERSON_HURT = 1.1
STRUCK = 0.6
COVERED = 0.4


def harm(world: World, move: Move) -> dict[str, bool]:
    """Return who is hurt by a move that ends the encounter: nobody unless it is force."""
    if move.ends != "force":
        return {}
    share = {"team_hold": TEAM_SHARE, "device": DEVICE_SHARE}.get(move.id, 1.0)
    heat = world.p["strength"] * (0.4 + 0.06 * world["arousal"]) * share
    return {
        "responder": _happens(world, 0, heat),
        "person": _happens(world, 1, min(heat * PERSON_HURT + 0.1, 0.95)),
        "other": _happens(world, 2, 0.02 * world["crowd"] * heat),
    }


def how_attack_ends(world: World, distance: float) -> dict[str, bool] | None:
    """Return who is hurt when the person attacks; None if there was room to react."""
    if distance > REACH_M:
        return None
    struck = STRUCK * (COVERED if world["cover"] > 0 else 1.0)
    return {"responder": _happens(world, 3, struck), "person": False, "other": False}


def _happens(world: World, step: int, likely: float) -> bool:
    return chance(world.seed, world.n, Purpose.HARM, step) < likely
