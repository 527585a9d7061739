"""Hours from elsewhere: entered for a person or from a file, taken back with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stepdown.interop.delimited import at_most
from stepdown.interop.hours_file import CreditRow as Row
from stepdown.interop.hours_file import read_credits
from stepdown.problems import InputProblems, Problem
from stepdown.retention.hours import MOST_MINUTES
from stepdown.web.accounts.models import Agency
from stepdown.web.audit.log import Act, note, note_all
from stepdown.web.permission import Missing, may
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.records.counting import Rules, rules_of
from stepdown.web.records.models import Credit, Member
from stepdown.web.records.serving import Found, agency_for, find, serving, things, today_in
from stepdown.web.records.setting_hours import topics_of

EARLIEST = date(1950, 1, 1)
LONGEST = 400
MOST_BYTES = 1024 * 1024

Value = tuple[UUID, date, str, int, str]
"""Whose hours, of what day, in what topic, how many minutes, what and where."""


@dataclass(frozen=True, slots=True)
class Given:
    """Hours as somebody enters them."""

    day: date
    topic: str
    minutes: int
    source: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: rows that were added, and those that were on record already."""

    added: int
    known: int


def topics(rules: Rules | None) -> dict[str, str]:
    """Return the topics that hours can be entered for, by id."""
    return topics_of(rules.jurisdiction) if rules else {}


def enter(
    actor: Actor, agency: UUID, person: UUID, given: Given, now: datetime, *,
    key: UUID | None = None,
) -> Credit:  # fmt: skip
    """Enter hours for a person. Sent twice with one `key`, they are entered once.

    Raises Missing, Refused or InputProblems.
    """
    found = find(actor, agency, person, Action.CREDIT)
    try:
        with transaction.atomic():
            return _entered(actor, found, given, now, key)
    except IntegrityError:
        return enter(actor, agency, person, given, now, key=key)


def _entered(actor: Actor, found: Found, given: Given, now: datetime, key: UUID | None) -> Credit:
    person, agency = found.person.id, found.agency.id
    standing = _standing(agency, [person])
    earlier = Credit.objects.filter(pk=key).first() if key else None
    if earlier is not None and (earlier.person_id, earlier.agency_id) == (person, agency):
        return earlier
    wrong = _wrong(given, topics(rules_of(agency)), today_in(found.agency, now))
    if earlier is not None:
        fix = _("reload the page and send it again")
        wrong.append(Problem("key", _("a key that was used"), _("a new key"), fix))
    source = given.source.strip()
    value = (person, given.day, given.topic, given.minutes, source)
    if value in standing:
        fix = _("leave them, or say what is different")
        wrong.append(Problem(_("hours"), _("the same as on record"), _("each training once"), fix))
    else:
        wrong += _too_many(_by_day(standing), value)
    if wrong:
        raise InputProblems(_("the hours"), wrong)
    row = Credit(
        id=key or uuid4(), agency=found.agency, person=found.person, day=given.day,
        topic=given.topic, minutes=given.minutes, source=source, by_id=actor.person, at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    note(actor, Action.CREDIT.value, "person", person, found.thing,
         detail={"credit": str(row.id)}, now=now)  # fmt: skip
    return row


def find_credit(actor: Actor, credit: UUID) -> tuple[Credit, Found]:
    """Return a credit and whose it is, if the policy allows. Raises Missing or Refused."""
    row = Credit.objects.filter(pk=credit).first()
    if row is None:
        raise Missing(f"no credit {credit}")
    return row, find(actor, row.agency_id, row.person_id, Action.CREDIT)


def take_back(actor: Actor, credit: UUID, why: str, now: datetime) -> Credit:
    """Take hours back; the row stays to be seen, with the reason. Twice is once.

    Raises Missing, Refused or InputProblems.
    """
    row, found = find_credit(actor, credit)
    if wrong := wrong_text(_("the reason"), why):
        raise InputProblems(_("the hours"), wrong)
    with transaction.atomic():
        standing = Credit.objects.filter(pk=row.pk, withdrawn_at=None)
        if standing.update(withdrawn_at=now, withdrawn_why=why.strip()):
            note(actor, "take back hours", "person", row.person_id, found.thing,
                 detail={"credit": str(row.id)}, now=now)  # fmt: skip
    row.refresh_from_db()
    return row


def take_file(actor: Actor, agency: UUID, content: bytes, now: datetime) -> Taken:
    """Enter the hours of a file for many people: all of them, or none.

    What is on record already, row for row, is left as it is. Raises Missing, Refused, or
    InputProblems with every bad row.
    """
    place = agency_for(actor, agency, Action.CREDIT, any_unit=True)
    if len(content) > MOST_BYTES:
        expected = _("%(most)d KB at most") % {"most": MOST_BYTES // 1024}
        problem = Problem(_("the file"), _("a longer file"), expected, _("send it in parts"))
        raise InputProblems(_("the file"), [problem])
    numbers = _numbers(actor, place)
    rows, wrong = read_credits(content, numbers)
    values = [_value(row, numbers) for row in rows]
    with transaction.atomic():
        standing = _standing(place.id, {value[0] for value in values})
        wrong += _wrong_rows(rows, values, standing, topics(rules_of(agency)), today_in(place, now))
        if wrong:
            raise at_most(_("the file"), wrong)
        there = set(standing)
        new = [value for value in values if value not in there]
        _write(actor, place, new, now)
    return Taken(len(new), len(rows) - len(new))


def _write(actor: Actor, place: Agency, values: Sequence[Value], now: datetime) -> None:
    made = [
        Credit(agency=place, person_id=who, day=day, topic=topic, minutes=minutes,
               source=source, by_id=actor.person, at=now)
        for who, day, topic, minutes, source in values
    ]  # fmt: skip
    Credit.objects.bulk_create(made, batch_size=500)
    if made:
        detail = {"credits": len(made), "people": len({row.person_id for row in made})}
        acts = [Act(Action.CREDIT.value, "agency", place.id, detail)]
        acts += [Act(Action.CREDIT.value, "person", row.person_id, {"credit": str(row.id)})
                 for row in made]  # fmt: skip
        note_all(actor, acts, Thing(agency=place.id), now=now)


def _standing(agency: UUID, people: Collection[UUID]) -> list[Value]:
    """Return the hours of people that stand; until they are written nobody else enters any."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency)
    found = Credit.objects.filter(agency=agency, person__in=people, withdrawn_at=None).order_by()
    return list(found.values_list("person", "day", "topic", "minutes", "source"))


def _by_day(values: Sequence[Value]) -> Counter[tuple[UUID, date]]:
    """Return the minutes of each person on each day."""
    found: Counter[tuple[UUID, date]] = Counter()
    for who, day, _topic, minutes, _source in values:
        found[who, day] += minutes
    return found


def _numbers(actor: Actor, place: Agency) -> dict[str, UUID]:
    """Return, by the agency's number, the people for whom this person may enter hours."""
    open_to = {
        who for who, thing in things(place, serving(place)).items()
        if may(actor, Action.CREDIT, thing)
    }  # fmt: skip
    rows = Member.objects.filter(agency=place).exclude(number="").values_list("number", "person")
    return {number: who for number, who in rows if who in open_to}


def _value(row: Row, numbers: dict[str, UUID]) -> Value:
    credit = row.credit
    return numbers[row.who], credit.day, credit.topic, credit.minutes, row.what.strip()


def _wrong_rows(
    rows: Sequence[Row], values: Sequence[Value], standing: Sequence[Value],
    known: dict[str, str], today: date,
) -> list[Problem]:  # fmt: skip
    wrong = []
    there, by_day = set(standing), _by_day(standing)
    for row, value in zip(rows, values, strict=True):
        where = _("row %(n)d: ") % {"n": row.number}
        given = Given(row.credit.day, row.credit.topic, row.credit.minutes, row.what)
        wrong += _wrong(given, known, today, where)
        if value not in there:
            wrong += _too_many(by_day, value, where)
    return wrong + _twice(rows)


def _too_many(by_day: Counter[tuple[UUID, date]], value: Value, where: str = "") -> list[Problem]:
    """Add hours to those of their day, and say so if together they are more than it has."""
    who, day, _topic, minutes, _source = value
    by_day[who, day] += minutes
    if by_day[who, day] <= MOST_MINUTES or minutes > MOST_MINUTES:
        return []
    given = _("%(minutes)d minutes on that day in all") % {"minutes": by_day[who, day]}
    return [Problem(where + _("hours"), given, _at_most_a_day(), _("correct them"))]


def _at_most_a_day() -> str:
    return _("more than nothing, and 24 hours on a day at most")


def _twice(rows: Sequence[Row]) -> list[Problem]:
    seen: dict[object, int] = {}
    wrong = []
    for row in rows:
        first = seen.setdefault((row.who, row.credit, row.what.strip()), row.number)
        if first != row.number:
            given = _("the same as row %(n)d") % {"n": first}
            wrong.append(Problem(_("row %(n)d") % {"n": row.number}, given, _("each row once"),
                                 _("take one of them out, or say what is different")))  # fmt: skip
    return wrong


def _wrong(given: Given, known: dict[str, str], today: date, where: str = "") -> list[Problem]:
    wrong = []
    if not EARLIEST <= given.day <= today:
        expected = _("a day from %(first)s until today") % {"first": EARLIEST.isoformat()}
        wrong.append(Problem(where + _("day"), given.day.isoformat(), expected, _("correct it")))
    if given.topic and given.topic not in known:
        expected = ", ".join(known) or _("no topic")
        wrong.append(Problem(where + _("topic"), given.topic[:80], expected, _("choose one")))
    if not 0 < given.minutes <= MOST_MINUTES:
        shown = _("%(minutes)d minutes") % {"minutes": given.minutes}
        wrong.append(Problem(where + _("hours"), shown, _at_most_a_day(), _("correct them")))
    return wrong + wrong_text(where + _("what and where"), given.source)


def wrong_text(where: str, text: str) -> list[Problem]:
    """Find what is wrong with a line that somebody writes: empty, too long, signs not seen."""
    if not text.strip():
        return [Problem(where, _("nothing"), _("some words"), _("write them"))]
    if len(text.strip()) > LONGEST:
        given = _("%(count)d characters") % {"count": len(text.strip())}
        expected = _("%(most)d characters at most") % {"most": LONGEST}
        return [Problem(where, given, expected, _("shorten it"))]
    if not text.strip().isprintable():
        given = _("signs that cannot be seen, or a new line")
        return [Problem(where, given, _("plain text on one line"), _("write it anew"))]
    return []
