"""A plan in words: one sentence for a person and month, so that whoever is asked knows why.

How long ago somebody was taught or tested is told by the record, never as the model reckons:
practice and what is only planned are not in it. The chance and the gain are estimates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from stepdown.retention.history import Rehearsal
from stepdown.retention.refresher import Planned, Visit

DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Speech:
    """A language: texts, texts by number (one, many, how many), and how a day is written."""

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    day: Callable[[date], str]


ENGLISH = Speech(
    lambda text: text, lambda one, many, n: one if n == 1 else many,
    lambda day: f"{day.day} {day:%b %Y}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody comes for one refresher; `last`: of its techniques, on record, None if never."""

    day: date
    techniques: tuple[str, ...]
    last: date | None
    chance: float
    gain_days: float
    by_lot: bool

    @classmethod
    def of(cls, visit: Visit, last: Mapping[tuple[str, str], date]) -> Reason:
        """Return the reason of a visit. `last`: see `last_days`."""
        days = (last.get((visit.person, technique)) for technique in visit.techniques)
        known = max((day for day in days if day is not None), default=None)
        return cls(
            visit.day, visit.techniques, known, visit.chance, visit.gain_days, visit.by_lot
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Workload:
    """What a month asks for: visits, people and hours; and what is held, with and without them.

    `late`: how many people wait longer than was promised all the same. `offered`: the hours that
    there are of the month alone, without those saved before it.
    """

    day: date
    visits: int
    people: int
    hours: float
    held: float
    held_without: float
    late: int
    offered: float


def why(
    reasons: Sequence[Reason], names: Mapping[str, str], speech: Speech = ENGLISH, *,
    own: bool = False,
) -> str:  # fmt: skip
    """Say in one sentence why somebody should come in a month, for one refresher or several.

    `names`: of techniques, by id, in the language of `speech`. `own`: said to themselves.
    """
    _ = speech.gettext
    words = {"techniques": listed(reasons, names), "since": _since(reasons, speech, own=own)}
    by_lot = [reason for reason in reasons if reason.by_lot]
    if len(by_lot) == len(reasons):
        return drawn(words["techniques"], speech, words["since"])
    words["techniques"] = _capital(words["techniques"])
    below = round(100 * (1 - min(reason.chance for reason in reasons)))
    numbers = {"below": below, "gain": _gain(reasons, speech)}
    if words["since"]:
        told = _(
            "%(techniques)s: %(since)s; below the standard by then with a chance of %(below)d %%,"
            " as estimated; a refresher should bring about %(gain)s."
        ) % (words | numbers)
    else:
        told = _(
            "%(techniques)s: below the standard by then with a chance of %(below)d %%, as"
            " estimated; a refresher should bring about %(gain)s."
        ) % (words | numbers)
    if not by_lot:
        return told
    also = {"told": told.removesuffix("."), "drawn": listed(by_lot, names)}
    return _("%(told)s; drawn by lot for %(drawn)s.") % also


def drawn(techniques: str, speech: Speech = ENGLISH, since: str = "") -> str:
    """Say that somebody was drawn by lot. `since`: how long ago they rehearsed, if that is told."""
    _ = speech.gettext
    words = {"techniques": techniques, "since": since}
    if since:
        return _("Drawn by lot, to find out how long %(techniques)s lasts here; %(since)s.") % words
    return _("Drawn by lot, to find out how long %(techniques)s lasts here.") % words


def listed(reasons: Iterable[Reason], names: Mapping[str, str]) -> str:
    """Return the names of all that is refreshed, each once."""
    each = dict.fromkeys(t for reason in reasons for t in reason.techniques)
    return ", ".join(names.get(t, t.replace("_", " ")) for t in each).lower()


def lasting(days: float, speech: Speech = ENGLISH) -> str:
    """Return a length of time in months, or in weeks below one."""
    ngettext = speech.ngettext
    months = round(days / DAYS_A_MONTH)
    if months < 1:
        weeks = max(round(days / 7), 1)
        return ngettext("a week", "%(n)d weeks", weeks) % {"n": weeks}
    return ngettext("a month", "%(n)d months", months) % {"n": months}


def last_days(given: Iterable[Rehearsal], today: date) -> dict[tuple[str, str], date]:
    """Return the day on which each person was last taught or tested in each technique.

    Practice is not looked at, nor what comes after `today`.
    """
    found: dict[tuple[str, str], date] = {}
    for one in given:
        if one.kind != "practised" and one.day <= today:
            key = (one.person, one.technique)
            found[key] = max(found.get(key, one.day), one.day)
    return found


def workload(planned: Planned) -> tuple[Workload, ...]:
    """Return what each month of a plan asks for, in their order."""
    by_day: dict[date, list[Visit]] = {day: [] for day in planned.days}
    for visit in planned.visits:
        by_day[visit.day].append(visit)
    return tuple(
        Workload(day, len(visits), len({v.person for v in visits}), sum(v.hours for v in visits),
                 held, without, late, offered)
        for (day, visits), held, without, late, offered in zip(
            by_day.items(), planned.held, planned.held_without, planned.late, planned.offered,
            strict=True,
        )
    )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _gain(reasons: Sequence[Reason], speech: Speech) -> str:
    ngettext = speech.ngettext
    words = {"months": lasting(sum(reason.gain_days for reason in reasons), speech)}
    return ngettext(
        "%(months)s of held skill in the next 12 months",
        "%(months)s of held skill, in all of them together, in the next 12 months",
        len({t for reason in reasons for t in reason.techniques}),
    ) % words  # fmt: skip


def _since(reasons: Sequence[Reason], speech: Speech, *, own: bool) -> str:
    """Say how long before they come somebody was last taught or tested; nothing if unknown."""
    last = max((reason.last for reason in reasons if reason.last), default=None)
    if last is None:
        return ""
    ngettext = speech.ngettext
    techniques = len({t for reason in reasons for t in reason.techniques})
    words = {"since": lasting((reasons[0].day - last).days, speech), "day": speech.day(last)}
    if own:
        return ngettext(
            "%(since)s since you were last taught or tested in it (%(day)s)",
            "%(since)s since you were last taught or tested in any of it (%(day)s)",
            techniques,
        ) % words  # fmt: skip
    return ngettext(
        "%(since)s since they were last taught or tested in it (%(day)s)",
        "%(since)s since they were last taught or tested in any of it (%(day)s)",
        techniques,
    ) % words  # fmt: skip
