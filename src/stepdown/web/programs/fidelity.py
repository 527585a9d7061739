"""What was kept to: mark the checklist of a session, and add it up over sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from stepdown.problems import Problem
from stepdown.retention.curriculum import Pinned
from stepdown.retention.delivered import Adherence, adherence, adherence_by_item
from stepdown.retention.publishing import ModuleVersion, Published
from stepdown.retention.teaching import Fidelity, Session
from stepdown.web.accounts.models import Unit
from stepdown.web.audit import log
from stepdown.web.policy import Action, Actor
from stepdown.web.programs import taught
from stepdown.web.programs.models import FidelityMark
from stepdown.web.programs.models import Session as Row
from stepdown.web.programs.models.sessions import MARKS
from stepdown.web.programs.scheduling import find
from stepdown.web.programs.text import refuse

MARK = "mark the checklist of a session"


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark, and whether it is by somebody who taught the session."""

    row: FidelityMark
    own: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the checklist of a session with its marks, the latest first."""

    id: str
    text: str
    marks: tuple[Marked, ...]
    own: bool
    """Whether whoever looks taught the session."""

    @property
    def latest(self) -> str:
        """The mark that counts of those who taught it, or of observers: as whoever looks."""
        return next((str(each.row.mark) for each in self.marks if each.own == self.own), "")


@dataclass(frozen=True, slots=True)
class Both:
    """What observers marked, and apart from it what was marked by those who taught."""

    observed: Adherence
    own: Adherence

    @property
    def sides(self) -> tuple[Adherence, Adherence]:
        """Both, observers first."""
        return self.observed, self.own


@dataclass(frozen=True, slots=True)
class Kept:
    """How far the checklist of a module version was kept to: in all, by line, by unit by name."""

    module: ModuleVersion
    sessions: int
    whole: Both
    lines: tuple[tuple[str, Both], ...]
    units: tuple[tuple[Unit | None, Both], ...]
    """None: sessions for everybody in the agency."""


def checklist(session: Row, by: UUID) -> list[Line]:
    """Return the checklist of what a session teaches, with all marks, as `by` sees it."""
    rows = session.marks.select_related("by").order_by("-at", "-id")
    teachers = session.thing().taught_by
    marks: dict[str, list[Marked]] = {}
    for row in rows:
        marks.setdefault(row.item, []).append(Marked(row, row.by_id in teachers))
    return [
        Line(item["id"], item["text"], tuple(marks.get(item["id"], ())), by in teachers)
        for item in session.module.content.get("fidelity", ())
    ]


def mark(actor: Actor, session: UUID, marks: Mapping[str, str], now: datetime) -> int:
    """Mark lines of the checklist of a session, and return how many were new or other than before.

    Earlier marks stay; of those who taught it the latest counts, and apart from it of observers the
    latest. Raises Missing, Refused or InputProblems.
    """
    found = find(actor, session, Action.NOTE_ATTENDANCE)
    with transaction.atomic():
        Row.objects.select_for_update(no_key=True).get(pk=found.pk)
        lines = {each.id: each for each in checklist(found, actor.person)}
        refuse(_("the checklist"), [*_not_now(found, now), *_wrong(marks, lines)])
        new = [
            FidelityMark(session=found, item=item, mark=given, by_id=actor.person, at=now)
            for item, given in marks.items()
            if lines[item].latest != given
        ]
        FidelityMark.objects.bulk_create(new)
        if new:
            log.note(actor, MARK, "session", found.id, found.thing(), detail={"lines": len(new)},
                     now=now)  # fmt: skip
    return len(new)


def kept_to(
    agency: UUID, programme: Published, units: Iterable[Unit], now: datetime, *, everybody: bool
) -> list[Kept]:
    """Return how far each checklist of a programme was kept to, in sessions that have begun.

    Counts the sessions of these units, and those for everybody if that is wanted. Four queries.
    """
    places: dict[str, Unit | None] = {str(unit.id): unit for unit in units}
    if everybody:
        places[str(agency)] = None
    names = {module.content.id for module in programme.modules}
    held = defaultdict[tuple[Pinned, str], list[Session]](list)
    for session in taught.sessions(agency, names):
        if session.start <= now and session.unit in places:
            held[session.module, session.unit].append(session)
    marks = _marks(agency, names)
    return [_kept(module, places, held, marks) for module in programme.modules]


def _kept(
    module: ModuleVersion, places: Mapping[str, Unit | None],
    held: Mapping[tuple[Pinned, str], list[Session]], marks: Mapping[str, list[Fidelity]],
) -> Kept:  # fmt: skip
    def over(sessions: list[Session]) -> Both:
        observed, own = _apart(sessions, marks)
        return Both(adherence(module, sessions, observed), adherence(module, sessions, own))

    found = {place: held[module.pin, place] for place in places if (module.pin, place) in held}
    every = [session for sessions in found.values() for session in sessions]
    units = tuple((places[place], over(sessions)) for place, sessions in found.items())
    observed, own = (adherence_by_item(module, every, each) for each in _apart(every, marks))
    lines = tuple(
        (item.text, Both(observed[item.id], own[item.id])) for item in module.content.fidelity
    )
    return Kept(module, len(every), over(every), lines, units)


def _apart(
    sessions: Iterable[Session], marks: Mapping[str, list[Fidelity]]
) -> tuple[list[Fidelity], list[Fidelity]]:
    """Return the marks of observers, and those of whoever taught the session."""
    observed: list[Fidelity] = []
    own: list[Fidelity] = []
    for session in sessions:
        for each in marks.get(session.id, ()):
            (own if each.marked_by in session.instructors else observed).append(each)
    return observed, own


def _marks(agency: UUID, modules: Iterable[str]) -> dict[str, list[Fidelity]]:
    rows = FidelityMark.objects.filter(
        session__agency=agency, session__cancelled_at=None, session__module__name__in=list(modules)
    )
    found: dict[str, list[Fidelity]] = {}
    fields = ("session", "item", "mark", "by", "at")
    for session, item, mark, by, at in rows.order_by("at", "id").values_list(*fields):
        held = Fidelity(str(session), item, mark, str(by or "erased"), at)
        found.setdefault(held.session, []).append(held)
    return found


def _wrong(marks: Mapping[str, str], lines: Mapping[str, Line]) -> list[Problem]:
    wrong = []
    if set(marks) - set(lines):
        given, fix = _("lines that it does not have"), _("reload the page")
        wrong.append(Problem("checklist", given, _("lines of this checklist"), fix))
    if any(given not in MARKS for given in marks.values()):
        expected = _("done, not done, or does not apply")
        given, fix = _("another mark"), _("choose one of the three")
        wrong.append(Problem("checklist", given, expected, fix))
    return wrong


def _not_now(session: Row, now: datetime) -> list[Problem]:
    if session.cancelled_at is not None:
        fix = _("nothing is marked here")
        return [Problem("session", _("cancelled"), _("one that stands"), fix)]
    if now < session.start:
        fix = _("mark it when it has begun")
        return [Problem("session", _("one that has not begun"), _("one that has"), fix)]
    return []
