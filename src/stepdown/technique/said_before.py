"""What the other person said before a turn: their last words that have any content."""

from __future__ import annotations

from collections.abc import Sequence

ENOUGH_WORDS = 4
FURTHEST = 4


def said_before(others: Sequence[str]) -> str | None:
    """Join the other person's last turns until there is something to answer.

    others: what they said so far, in order. A short "yeah" is put together with what came before
    it, at most four turns back, because a responder who reflects goes on from there.
    """
    if not others:
        return None
    said = others[-1]
    for earlier in reversed(others[-FURTHEST:-1]):
        if len(said.split()) >= ENOUGH_WORDS:
            break
        said = f"{earlier} {said}"
    return said
