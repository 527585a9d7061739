"""Practical exams: note the scores of several people at once, list them, take one back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Person, Unit
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor
from stepdown.web.practice.templatetags.words import plainly
from stepdown.web.practice.units import people_of, thing_of
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records.models import Exam
from stepdown.web.records.rehearsed import BEST
from stepdown.web.records.techniques import techniques

OLDEST = timedelta(days=3653)
MOST_AT_ONCE = 100
LEVELS = tuple(str(level) for level in range(BEST + 1))


@dataclass(frozen=True, slots=True)
class Result:
    """What one person showed: scores from 0 to 4 by technique, of those that were tested."""

    person: UUID
    scores: Mapping[str, int | str]

    @property
    def whole(self) -> dict[str, int]:
        """The scores as numbers, once they were found to be right."""
        return {technique: int(score) for technique, score in self.scores.items()}


def find_unit(actor: Actor, unit: UUID, action: Action) -> Unit:
    """Return a unit whose exams this person may note or see. Raises Missing or Refused."""
    found = Unit.objects.select_related("agency").filter(pk=unit).first()
    if found is None:
        raise Missing(f"no unit {unit}")
    permit(actor, action, thing_of(found), "exams", found.id)
    return found


def examined_in(unit: Unit) -> QuerySet[Exam]:
    """Return the exams of a unit, the latest day first, then by name; those taken back too."""
    rows = Exam.objects.filter(unit=unit).select_related("person", "by", "unit")
    return rows.order_by("-day", "person__name", "person_id", "at")


def exams_of(person: UUID, agency: UUID) -> list[Exam]:
    """Return the exams of a person in an agency, newest first, without those taken back."""
    rows = Exam.objects.filter(person=person, unit__agency=agency, withdrawn_at=None)
    return list(rows.select_related("by").order_by("-day", "-at"))


def scored_in(exams: Iterable[Exam], known: Mapping[str, str]) -> dict[str, str]:
    """Return the techniques of a table of exams, names by id: those known, then others scored."""
    others = sorted({t for exam in exams for t, score in exam.scores.items() if score is not None})
    return {**known, **{t: plainly(t) for t in others if t not in known}}


def can_be_examined(actor: Actor, unit: Unit) -> QuerySet[Person]:
    """Return the trainees of a unit, by name, without whoever examines."""
    return people_of(unit).exclude(pk=actor.person)


def note_exams(
    actor: Actor, unit: UUID, day: date | None, results: Sequence[Result], now: datetime
) -> list[Exam]:
    """Note the exams of a day, all or none of them, and return those that are new.

    `day` None: what was given is no day. The same sent again is noted once. Raises Missing,
    Refused, or InputProblems with everything that is wrong.
    """
    place = find_unit(actor, unit, Action.EXAMINE)
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=place.pk)
        names = dict(can_be_examined(actor, place).values_list("id", "name"))
        earlier = _earlier(place, day, results)
        known = techniques(place.agency_id)
        wrong = [*_wrong_day(place, day, now), *_wrong_results(results, names, earlier, known)]
        if wrong or day is None:
            raise InputProblems(_("the exams"), wrong)
        made = [
            Exam(unit=place, person_id=one.person, day=day, scores=one.whole,
                 by_id=actor.person, at=now)
            for one in results
            if one.person not in earlier
        ]  # fmt: skip
        Exam.objects.bulk_create(made)
        for exam in made:
            note(actor, Action.EXAMINE.value, "exam", exam.id, exam.thing(), now=now)
    return made


def take_back(actor: Actor, exam: UUID, now: datetime) -> Exam:
    """Take an exam back as a mistake; it stays to be seen, and counts nowhere."""
    found = Exam.objects.select_related("unit__agency").filter(pk=exam).first()
    if found is None:
        raise Missing(f"no exam {exam}")
    permit(actor, Action.EXAMINE, found.thing(), "exam", found.id)
    with transaction.atomic():
        if Exam.objects.filter(pk=found.pk, withdrawn_at=None).update(withdrawn_at=now):
            note(actor, "exam taken back", "exam", found.id, found.thing(), now=now)
    found.refresh_from_db()
    return found


def _earlier(unit: Unit, day: date | None, results: Sequence[Result]) -> dict[UUID, dict[str, int]]:
    """Return the scores that those people have of that day already."""
    if day is None:
        return {}
    people = [one.person for one in results]
    rows = Exam.objects.filter(unit=unit, day=day, person__in=people, withdrawn_at=None)
    return dict(rows.values_list("person", "scores"))


def _wrong_day(unit: Unit, day: date | None, now: datetime) -> list[Problem]:
    today = day_of(now, zone_of(unit.agency))
    if day is not None and today - OLDEST <= day <= today:
        return []
    expected = _("a day from %(first)s to %(last)s") % {
        "first": (today - OLDEST).isoformat(), "last": today.isoformat(),
    }  # fmt: skip
    given = day.isoformat() if day else _("no day")
    return [Problem(_("the day"), given, expected, _("correct it"))]


def _wrong_results(
    results: Sequence[Result], names: Mapping[UUID, str], earlier: Mapping[UUID, dict[str, int]],
    known: Mapping[str, str],
) -> list[Problem]:  # fmt: skip
    wrong = []
    if not 0 < len(results) <= MOST_AT_ONCE:
        expected = _("1 to %(most)d people") % {"most": MOST_AT_ONCE}
        fix = _("give somebody a score, or send fewer people at once")
        wrong.append(Problem(_("the people"), str(len(results)), expected, fix))
    seen: set[UUID] = set()
    for one in results:
        where = names.get(one.person, _("a person"))
        if one.person not in names:
            expected = _("a trainee of the unit, not you yourself")
            wrong.append(Problem(where, str(one.person), expected, _("choose one of the list")))
        if one.person in seen:
            wrong.append(Problem(where, _("given twice"), _("once"), _("leave one out")))
        seen.add(one.person)
        bad = _wrong_scores(where, one.scores, known)
        wrong += bad
        if not bad and earlier.get(one.person, one.whole) != one.whole:
            wrong.append(Problem(
                where, _("other scores of that day are noted already"), _("one exam a day"),
                _("take the earlier one back first"),
            ))  # fmt: skip
    return wrong


def _wrong_scores(
    where: str, scores: Mapping[str, int | str], known: Mapping[str, str]
) -> list[Problem]:
    wrong = []
    if not scores:
        expected, fix = _("a score of at least one technique"), _("give one, or leave them out")
        wrong.append(Problem(where, _("no score"), expected, fix))
    for technique, score in scores.items():
        if technique not in known:
            expected = _("a technique that is planned for")
            wrong.append(Problem(where, technique[:60], expected, _("leave it out")))
        elif str(score) not in LEVELS:
            expected = _("a whole number from 0 to 4, or nothing")
            place = f"{where}, {_(known[technique])}"
            wrong.append(Problem(place, str(score)[:20], expected, _("correct it")))
    return wrong
