"""Ask the policy, note what must be noted, and refuse what is not allowed."""

from __future__ import annotations

from stepdown.web.audit.log import note
from stepdown.web.policy import Action, Actor, Thing, decide

READS = frozenset(
    {
        Action.READ, Action.WATCH, Action.SEE_PEOPLE, Action.SEE_ASSIGNMENT, Action.READ_AUDIT,
        Action.SEE_NUMBERS, Action.SEE_SCORES, Action.SEE_TRAINING, Action.SEE_LAPSING,
        Action.SEE_PLAN, Action.NOTE_ATTENDANCE, Action.EXEMPT,
    }
)  # fmt: skip
"""Reading that is noted when the record is somebody else's."""


class Refused(Exception):
    """The policy refuses. `hidden`: whoever asked is not even told that the record exists."""

    def __init__(self, why: str, *, hidden: bool) -> None:
        super().__init__(why)
        self.hidden = hidden


class Missing(Exception):
    """There is no such record; answered like one that is hidden."""


def permit(actor: Actor, action: Action, thing: Thing, kind: str = "", record: object = "") -> None:
    """Return if the policy allows the action; else note the attempt and raise Refused."""
    decision = decide(actor, action, thing)
    foreign = thing.owner != actor.id
    if not decision.allowed:
        if actor.id is not None:
            note(actor, action.value, kind, record, thing, outcome="refused")
        raise Refused(decision.why, hidden=foreign and not _knows(actor, thing))
    if action in READS and foreign and kind:
        note(actor, action.value, kind, record, thing, outcome="read")


def may(actor: Actor, action: Action, thing: Thing) -> bool:
    """Say whether the policy allows an action, to show or hide its button; nothing is noted."""
    return decide(actor, action, thing).allowed


def _knows(actor: Actor, thing: Thing) -> bool:
    """Say whether this person may know that the record exists."""
    return decide(actor, Action.KNOW, thing).allowed or (
        thing.owner is None and any(g.agency == thing.agency for g in actor.grants)
    )
