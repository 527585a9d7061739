"""Why somebody should come, as a sentence in the reader's language.

How long ago they were taught or tested is told by the record, never as the model reckons: practice
and what is only planned are not in it. The chance and the gain are estimates.
"""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.retention.words import DAYS_A_MONTH
from stepdown.web.records.models import Visit
from stepdown.web.records.rehearsed import techniques


def why_of(visit: Visit, *, own: bool = False) -> str:
    """Say in one sentence why somebody should come; `own`: to themselves."""
    words = {"techniques": listed(visit), "since": _since(visit, own)}
    if visit.by_lot:
        if not words["since"]:
            return drawn(visit)
        return _("Drawn by lot, to find out how long %(techniques)s lasts here; %(since)s.") % words
    words["techniques"] = words["techniques"].capitalize()
    numbers = {"below": round(100 * (1 - visit.chance)), "gain": lasting(visit.worth_days)}
    if not words["since"]:
        return _(
            "%(techniques)s: below the standard by then with a chance of %(below)d %%, as"
            " estimated; a refresher should bring about %(gain)s of held skill."
        ) % (words | numbers)
    return _(
        "%(techniques)s: %(since)s; below the standard by then with a chance of %(below)d %%, as"
        " estimated; a refresher should bring about %(gain)s of held skill."
    ) % (words | numbers)


def why_in_mail(visit: Visit) -> str:
    """Say to somebody themselves why they should come, with no estimate: mail is read by others."""
    if visit.by_lot:
        return drawn(visit)
    words = {"techniques": listed(visit), "since": _age(visit)}
    if visit.last is None:
        return _("It refreshes: %(techniques)s.") % words
    return (
        _("It is %(since)s since you were last taught or tested in any of this: %(techniques)s.")
        % words
    )


def drawn(visit: Visit) -> str:
    """Say that somebody was drawn by lot."""
    words = {"techniques": listed(visit)}
    return _("Drawn by lot, to find out how long %(techniques)s lasts here.") % words


def listed(visit: Visit) -> str:
    """Return the names of what a visit refreshes."""
    names = techniques()
    return ", ".join(_(names.get(each, each)) for each in visit.techniques).lower()


def _since(visit: Visit, own: bool) -> str:
    """Say how long before a visit its person was last taught or tested; nothing if unknown."""
    if visit.last is None:
        return ""
    words = {"since": _age(visit), "day": date_format(visit.last, _("j M Y"))}
    if own:
        return ngettext(
            "%(since)s since you were last taught or tested in it (%(day)s)",
            "%(since)s since you were last taught or tested in any of it (%(day)s)",
            len(visit.techniques),
        ) % words  # fmt: skip
    return ngettext(
        "%(since)s since they were last taught or tested in it (%(day)s)",
        "%(since)s since they were last taught or tested in any of it (%(day)s)",
        len(visit.techniques),
    ) % words  # fmt: skip


def _age(visit: Visit) -> str:
    return lasting((visit.day - visit.last).days) if visit.last else ""


def lasting(days: float) -> str:
    """Return a length of time in months, or in weeks below one."""
    months = round(days / DAYS_A_MONTH)
    if months < 1:
        weeks = max(round(days / 7), 1)
        return ngettext("a week", "%(n)d weeks", weeks) % {"n": weeks}
    return ngettext("a month", "%(n)d months", months) % {"n": months}
