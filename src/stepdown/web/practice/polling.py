"""Reads that a page repeats to stay up to date: noted once, when the page is opened."""

from __future__ import annotations

from django.core import signing

from stepdown.web.permission import may, permit
from stepdown.web.policy import Action, Actor, Thing

SALT = "stepdown.polling"
LONGEST_S = 12 * 3600


def opened(actor: Actor, record: object, *, ended: bool = False, mark: str = "") -> str:
    """Return a mark for a page whose opening was noted: `mark` itself for as long as it holds.

    It counts for this person and record, and for what runs or what has ended, not for both.
    """
    if _holds(actor, record, mark, ended=ended):
        return mark
    return signing.dumps(_named(actor, record, ended=ended), salt=SALT, compress=False)


def permit_again(
    actor: Actor, action: Action, thing: Thing, kind: str, record: object, mark: str
) -> None:
    """Ask the policy anew. The read is noted, unless `mark` shows that its page's opening was."""
    if _holds(actor, record, mark, ended=thing.ended) and may(actor, action, thing):
        return
    permit(actor, action, thing, kind, record)


def _named(actor: Actor, record: object, *, ended: bool) -> list[str]:
    return [str(actor.id), str(record), "ended" if ended else "running"]


def _holds(actor: Actor, record: object, mark: str, *, ended: bool) -> bool:
    try:
        held = signing.loads(mark[:400], salt=SALT, max_age=LONGEST_S)
    except signing.BadSignature:
        return False
    return bool(held == _named(actor, record, ended=ended))
