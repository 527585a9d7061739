"""Why somebody should come, as a sentence in the reader's language.

What it says is that of the library (`stepdown.retention.words`), here from visits as they are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _

from stepdown.retention import words
from stepdown.retention.words import Reason, Speech
from stepdown.web.records.models import Visit

SPEECH = Speech(gettext, ngettext, lambda day: date_format(day, gettext("j M Y")))
"""The language of whoever reads."""


def why_of(visits: Sequence[Visit], names: Mapping[str, str], *, own: bool = False) -> str:
    """Say in one sentence why somebody should come in a month; `own`: to themselves.

    `names`: of techniques, as `techniques` has them of the agency.
    """
    return words.why([_reason(visit) for visit in visits], _said(names), SPEECH, own=own)


def told_of(
    visits: Iterable[Visit], names: Mapping[str, str], *, own: bool = False
) -> list[tuple[list[Visit], str]]:
    """Return visits person by person and month by month, as they are ordered, each with why."""
    parts = groupby(visits, key=lambda visit: (visit.person_id, visit.day.year, visit.day.month))
    together = [list(part) for _key, part in parts]
    return [(part, why_of(part, names, own=own)) for part in together]


def why_in_mail(visit: Visit, names: Mapping[str, str]) -> str:
    """Say to somebody themselves why they should come, with no estimate: mail is read by others."""
    named = {"techniques": words.listed([_reason(visit)], _said(names))}
    if visit.by_lot:
        return words.drawn(named["techniques"], SPEECH)
    if visit.last is None:
        return _("It refreshes: %(techniques)s.") % named
    since = {"since": words.lasting((visit.day - visit.last).days, SPEECH)}
    return _(
        "It is %(since)s since you were last taught or tested in any of this: %(techniques)s."
    ) % (named | since)


def _said(names: Mapping[str, str]) -> dict[str, str]:
    return {technique: _(name) for technique, name in names.items()}


def _reason(visit: Visit) -> Reason:
    return Reason(
        visit.day, tuple(visit.techniques), visit.last, visit.chance, visit.worth_days,
        visit.by_lot,
    )  # fmt: skip
