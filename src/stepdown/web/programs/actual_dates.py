"""When the units of a rollout were in fact trained: written down, and what sessions say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.retention import rollout_record
from stepdown.retention.rollout import Assigned
from stepdown.retention.rollout_record import Actual, record_actual
from stepdown.web.accounts.models import Unit
from stepdown.web.audit.log import note as note_act
from stepdown.web.policy import Action, Actor
from stepdown.web.practice.uploading import UNSEEN
from stepdown.web.programs.first_trained import first_trained
from stepdown.web.programs.models import ActualDate, DrawnPerson, Rollout
from stepdown.web.programs.rollouts import find, opened

LONGEST_NOTE = 400


@dataclass(frozen=True, slots=True)
class Row:
    """A unit of a rollout: what was drawn, what was written down, what its sessions say."""

    drawn: Assigned
    now: str
    """What the unit is called now."""
    actual: date | None
    sessions: date | None

    @property
    def early(self) -> bool:
        """Whether somebody was trained before the day that was drawn, or though held back."""
        days = [day for day in (self.actual, self.sessions) if day is not None]
        return bool(days) and (self.drawn.due is None or min(days) < self.drawn.due)

    @property
    def to_note(self) -> date | None:
        """The day of the sessions, where nothing was written down yet."""
        return self.sessions if self.actual is None else None


def rows_of(row: Rollout, found: rollout_record.Rollout) -> list[Row]:
    """Return the units of a rollout by wave and name; three queries."""
    people: dict[str, list[UUID]] = {}
    for person, unit in DrawnPerson.objects.filter(rollout=row).values_list("person", "unit"):
        people.setdefault(unit, []).append(person)
    first = first_trained(row.agency, row.programme, since=found.draw.drawn_at)
    actual = found.trained()
    ids: Mapping[str, str] = row.units
    names = dict(Unit.objects.filter(pk__in=ids.values()).values_list("pk", "name"))
    rows = [
        Row(a, names.get(unit, a.unit), actual.get(a.unit),
            first.of_unit(unit, people.get(a.unit, ())))
        for a in found.draw.assigned
        for unit in [UUID(ids[a.unit])]
    ]  # fmt: skip
    return sorted(rows, key=lambda r: (r.drawn.wave, r.drawn.unit))


def note(
    actor: Actor, rollout: UUID, unit: str, day: date | None, why: str, now: datetime
) -> Rollout:
    """Write down when a unit was trained; `day` None takes an earlier entry back.

    Nothing is overwritten: a later entry stands in for an earlier one, and says why. The same
    day sent twice is written down once. Raises Missing, Refused or InputProblems.
    """
    row = find(actor, rollout, Action.DRAW)
    with transaction.atomic():
        Rollout.objects.select_for_update(no_key=True).only("pk").get(pk=row.pk)
        found = opened(row)
        before = [entry for entry in found.actual if entry.unit == unit]
        if before and before[-1].day == day:
            return row
        why = " ".join(why.split())
        wrong = [*_bad_note(why, before), *_nothing_to_take_back(unit, day, before)]
        at = now.astimezone(found.draw.drawn_at.tzinfo)
        try:
            record_actual(found, Actual(unit, day, at, str(actor.person), why))
        except InputProblems as error:
            wrong += error.problems
        if wrong:
            raise InputProblems(_("the actual date"), wrong)
        entry = ActualDate(rollout=row, unit=unit, day=day, note=why, by_id=actor.person, at=now)
        entry.save(force_insert=True)
        note_act(actor, "note an actual date", "rollout", row.id, row.thing(),
                 detail={"entry": entry.pk}, now=now)  # fmt: skip
    return row


def _bad_note(why: str, before: list[Actual]) -> list[Problem]:
    wrong = []
    if len(why) > LONGEST_NOTE or UNSEEN.search(why):
        expected = _("at most 400 signs, all of which are seen")
        wrong.append(Problem("note", why[:80], expected, _("shorten it")))
    if before and not why:
        wrong.append(
            Problem("note", _("nothing"), _("why it differs from the earlier entry"),
                    _("say in a few words what was wrong with it"))
        )  # fmt: skip
    return wrong


def _nothing_to_take_back(unit: str, day: date | None, before: list[Actual]) -> list[Problem]:
    if day is not None or before:
        return []
    fix = _("give the day on which it was trained")
    return [Problem("day", _("nothing"), _("a day: nothing was written down yet"), fix)]
