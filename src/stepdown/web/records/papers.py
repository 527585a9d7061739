"""Names, titles and the size of paper as what is printed can have them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from uuid import UUID

from stepdown.briefing.certificate import LONGEST, MOST_INSTRUCTORS
from stepdown.briefing.typeset import Paper
from stepdown.retention.teaching import Session
from stepdown.web.accounts.models import Person

AMERICAS = ("America/", "US/", "Canada/", "Mexico/", "Pacific/Honolulu")
"""Time zones in which people print on letter paper."""


def paper_of(zone: str) -> Paper:
    """Return the paper on which an agency in a time zone prints."""
    return "us-letter" if zone.startswith(AMERICAS) else "a4"


def names_of(sessions: dict[str, tuple[Session, ...]]) -> dict[str, str]:
    """Return the names of those who taught, by id, as a paper can have them."""
    ids = {who for theirs in sessions.values() for each in theirs for who in each.instructors}
    rows = Person.objects.filter(pk__in=[who for who in ids if _is_id(who)], erased_at=None)
    return {str(pk): fitting(name) for pk, name in rows.values_list("pk", "name") if name.strip()}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def taught_by(sessions: Sequence[Session], names: dict[str, str]) -> tuple[str, ...]:
    """Return who taught, those first who came first; as many as fit on the paper."""
    ids = dict.fromkeys(who for each in sessions for who in each.instructors if who in names)
    return tuple(dict.fromkeys(names[who] for who in ids))[:MOST_INSTRUCTORS]


def fitting(text: str) -> str:
    """Shorten a title or name to what fits on the paper, without signs that cannot be seen."""
    seen = "".join(c for c in text if c.isprintable() or unicodedata.category(c) == "Zs")
    return seen if len(seen) <= LONGEST else f"{seen[: LONGEST - 1]}…"
