"""Why somebody should come, as a sentence in the reader's language.

In English it is the sentence of `stepdown.retention.words.why`.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.retention.words import DAYS_A_MONTH
from stepdown.web.records.models import Visit
from stepdown.web.records.rehearsed import techniques


def why_of(visit: Visit) -> str:
    """Say in one sentence why somebody should come."""
    names = techniques()
    listed = ", ".join(_(names.get(t, t)) for t in visit.techniques).lower()
    since = lasting(visit.since_days)
    if visit.by_lot:
        return _(
            "Drawn by lot, to find out how long %(techniques)s lasts here;"
            " %(since)s since the last."
        ) % {"techniques": listed, "since": since}
    return _(
        "%(techniques)s: %(since)s since the last refresher, by now below the standard with a"
        " chance of %(below)d %%; a refresher should bring about %(gain)s of held skill."
    ) % {
        "techniques": listed.capitalize(), "since": since,
        "below": round(100 * (1 - visit.chance)), "gain": lasting(visit.worth_days),
    }  # fmt: skip


def lasting(days: float) -> str:
    """Return a length of time in months, or in weeks below one."""
    months = round(days / DAYS_A_MONTH)
    if months < 1:
        weeks = max(round(days / 7), 1)
        return ngettext("a week", "%(n)d weeks", weeks) % {"n": weeks}
    return ngettext("a month", "%(n)d months", months) % {"n": months}
