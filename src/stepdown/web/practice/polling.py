"""Reads that a page repeats to stay up to date: noted once, when the page is opened."""

from __future__ import annotations

from django.core import signing

from stepdown.web.permission import may, permit
from stepdown.web.policy import Action, Actor, Thing

SALT = "stepdown.polling"
LONGEST_S = 12 * 3600


def opened(actor: Actor, record: object) -> str:
    """Return a mark for a page whose opening was noted; it counts for this person and record."""
    return signing.dumps([str(actor.id), str(record)], salt=SALT, compress=False)


def permit_again(
    actor: Actor, action: Action, thing: Thing, kind: str, record: object, mark: str
) -> None:
    """Ask the policy anew. The read is noted, unless `mark` shows that its page's opening was."""
    if _holds(actor, record, mark) and may(actor, action, thing):
        return
    permit(actor, action, thing, kind, record)


def _holds(actor: Actor, record: object, mark: str) -> bool:
    try:
        held = signing.loads(mark[:400], salt=SALT, max_age=LONGEST_S)
    except signing.BadSignature:
        return False
    return bool(held == [str(actor.id), str(record)])
