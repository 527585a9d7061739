"""Whether a move is allowed now: the scenario's own policy decides, and says why not."""

from __future__ import annotations

from stepdown.encounter.parameters import Felt
from stepdown.encounter.scenario import filled
from stepdown.encounter.world import World


def refusal(world: World, name: str, now: float) -> str:
    """Return why a move cannot be made now, or an empty text if it can."""
    move = world.moves.get(name)
    if move is None:
        return "There is no such move here."
    if move.once and name in world.done:
        return "You have done that already."
    when = move.when
    checks = (
        (
            when.arrived is not None and when.arrived not in world.arrived,
            "Not yet: nobody is here.",
        ),
        (bool(when.danger) and not world.danger, "Not allowed: nobody is about to be hurt."),
        (when.after_s is not None and now < when.after_s, "Not yet."),
        (not set(when.done) <= set(world.done), f"First: {_names(world, when.done)}."),
        (when.within_m is not None and world["distance"] > when.within_m, "You are too far away."),
        (when.beyond_m is not None and world["distance"] < when.beyond_m, "You are too close."),
        (
            when.crowd_below is not None and world["crowd"] >= when.crowd_below,
            "There are too many people around.",
        ),
    )
    found = [plainly for holds, plainly in checks if holds]
    return (filled(move.refused, world.cast) or found[0]) if found else ""


def spent(world: World, name: str) -> bool:
    """Say whether a move changes nothing now: it was done and is done once, or is so already."""
    move = world.moves[name]
    if move.once:
        return name in world.done
    more = move.add or move.felt != Felt() or move.ends or move.arrives_s is not None or move.meets
    if not move.set or more or any(name in need.moves for need in world.scenario.needs):
        return False
    return all(world[key] == value for key, value in move.set.items())


def _names(world: World, moves: tuple[str, ...]) -> str:
    missing = [m for m in moves if m not in world.done]
    return ", ".join(world.moves[m].label if m in world.moves else m for m in missing)
