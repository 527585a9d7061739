"""What the trainee read in the situation, held against what was true then.

After the Situation Awareness Global Assessment Technique (Endsley 1995,
doi 10.1518/001872095779049543): asked at a pause, answered from memory, scored against the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepdown.encounter.hazards import HAZARDS, rates
from stepdown.encounter.log import Event
from stepdown.encounter.world import World

NEAR = 1.5
FIRST_S, EVERY_S, MOST = 60.0, 150.0, 3
"""When a reading is asked for: first, again after, and how often at most; assumed."""

RISKS = ("outburst", "approach", "flight", "self_harm", "attack", "interference")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: what was given, what was true, and which parts were right."""

    event: int
    arousal_given: float | None
    arousal_true: float
    risk_given: str | None
    risk_true: str
    right: dict[str, bool]

    @property
    def share(self) -> float:
        """Share of what was answered that was right (0 if nothing was)."""
        return sum(self.right.values()) / len(self.right) if self.right else 0.0


def due(asked: Sequence[float], t: float) -> bool:
    """Say whether a reading is to be asked for at `t` seconds, given when one was before."""
    last = asked[-1] if asked else FIRST_S - EVERY_S
    return len(asked) < MOST and t - last >= EVERY_S


def readings(events: Sequence[Event], worlds: Sequence[World]) -> tuple[Reading, ...]:
    """Return every reading of the log with its truth."""
    return tuple(_reading(event, worlds[event.n]) for event in events if event.kind == "assess")


def _reading(event: Event, world: World) -> Reading:
    given = event.data["reading"]
    each = rates(world.state, world.p)[0]
    likely = {name: float(each[HAZARDS.index(name)]) for name in RISKS}
    worst = max(likely, key=lambda name: likely[name])
    arousal, risk = given.get("arousal"), given.get("risk")
    right: dict[str, bool] = {}
    if isinstance(arousal, int | float):
        right["arousal"] = abs(arousal - world["arousal"]) <= NEAR
    if risk in likely:
        right["risk"] = likely[risk] >= 0.5 * likely[worst]
    reading = world.scenario.reading
    if reading is not None:
        if given.get("wants") in reading.wants:
            right["wants"] = reading.wants[given["wants"]]
        if given.get("who") in reading.who:
            right["who"] = reading.who[given["who"]]
    return Reading(
        event.n, float(arousal) if isinstance(arousal, int | float) else None,
        round(world["arousal"], 1), risk if risk in likely else None, worst, right,
    )  # fmt: skip
