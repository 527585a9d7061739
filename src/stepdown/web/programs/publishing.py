"""Publish a version of a curriculum: looked at first, then confirmed, never changed afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from stepdown.encounter.library import library
from stepdown.encounter.review.rubric import domains
from stepdown.problems import InputProblems, Problem, read_both
from stepdown.retention import publishing
from stepdown.retention.curriculum import Curriculum, Known
from stepdown.retention.curriculum_file import STARTER, parsed, starter
from stepdown.retention.publishing import Published, publish_curriculum
from stepdown.web.accounts.models import Agency
from stepdown.web.audit.log import note
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice.models import ScenarioFile
from stepdown.web.practice.uploading import all_seen, decoded, shown_name
from stepdown.web.programs import curricula
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion
from stepdown.web.programs.zones import day_of, zone_of

Row = TypeVar("Row", ModuleVersion, ProgrammeVersion)
MOST_BYTES = 128 * 1024
"""More than four times the curriculum that ships; a file is read while somebody waits."""

LONGEST_REASON = 2000
SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What publishing would do, before it is done.

    `previous` None: the programme is new here. `changed` are modules that get a new version,
    `kept` those that stay as they are. `name` and `text` are those of the file; `mark` says what
    was looked at.
    """

    agency: Agency
    previous: Published | None
    published: Published
    changed: tuple[publishing.ModuleVersion, ...]
    kept: tuple[publishing.ModuleVersion, ...]
    name: str
    text: str

    @property
    def mark(self) -> str:
        """What must still be so when it is published."""
        return _mark(self.published)


def known(agency: UUID) -> Known:
    """Return what a curriculum may name: the rubric's techniques, scenarios that stand here."""
    own = ScenarioFile.objects.filter(agency=agency, withdrawn_at=None)
    return Known(tuple(domains()), {*library(), *own.values_list("name", flat=True)})


def read(name: str, content: bytes, agency: UUID, of: str | None = None) -> Curriculum:
    """Return the curriculum of a file. Raises InputProblems that name everything wrong.

    `of`: the id that it must have.
    """
    named = shown_name(name)
    wrong: list[Problem] = []
    if PurePath(named).suffix.lower() not in SUFFIXES:
        given, expected = _("a name without .yaml at its end"), _("a curriculum, as NAME.yaml")
        wrong.append(Problem(named, given, expected, _("choose another file")))
    if len(content) > MOST_BYTES:
        given = _("%(size)d KB") % {"size": -(-len(content) // 1024)}
        expected = _("%(most)d KB at most") % {"most": MOST_BYTES // 1024}
        wrong.append(Problem(named, given, expected, _("one curriculum to a file; shorten it")))
    if wrong:
        raise InputProblems(named, wrong)
    text = decoded(named, content)
    found = parsed(text, named, known(agency))
    all_seen(named, text, found.as_dict())
    if of is not None and found.id != of:
        fix = _("keep the id in the file, or publish it as a programme of its own")
        raise InputProblems(named, [Problem(f"{named}: id", found.id, of, fix)])
    return found


def reason_of(given: str) -> str:
    """Return why a version comes. Raises InputProblems for signs that cannot be seen."""
    reason = given.replace("\r\n", "\n").strip()
    all_seen(_("the reason"), reason, None)
    if not 0 < len(reason) <= LONGEST_REASON:
        problem = Problem(
            _("the reason"), _("%(n)d characters") % {"n": len(reason)},
            _("1 to %(most)d characters") % {"most": LONGEST_REASON},
            _("say what changed and why, for those who teach it"),
        )  # fmt: skip
        raise InputProblems(_("the reason"), [problem])
    return reason


def look(
    actor: Actor, agency: UUID, name: str, content: bytes, reason: str, now: datetime,
    of: str | None = None,
) -> Looked:  # fmt: skip
    """Return what publishing this file would do; nothing is stored.

    `of`: the programme whose next version it is to be, where that is asked for. Raises Missing,
    Refused, or InputProblems that name everything wrong.
    """
    place = curricula.find_agency(actor, agency, Action.PUBLISH)
    draft, why = read_both(lambda: read(name, content, place.id, of), lambda: reason_of(reason))
    named = shown_name(name)
    return _looked(place, draft, why, now, named, decoded(named, content))


def publish(
    actor: Actor, agency: UUID, name: str, content: bytes, reason: str, mark: str, now: datetime,
    of: str | None = None,
) -> ProgrammeVersion:  # fmt: skip
    """Publish what was looked at. Sent twice, it is published once.

    `mark`: that of `Looked`. Raises Missing, Refused, or InputProblems: for everything wrong
    with the file, and where somebody published another version since it was looked at.
    """
    place = curricula.find_agency(actor, agency, Action.PUBLISH)
    draft, why = read_both(lambda: read(name, content, place.id, of), lambda: reason_of(reason))
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        done = _done(place.id, draft.id, mark)
        return done or _stored(actor, _looked(place, draft, why, now), mark, now)


def add_starter(actor: Actor, agency: UUID, now: datetime) -> ProgrammeVersion:
    """Publish the curriculum that ships. Where the agency has it, its latest version is returned.

    Raises Missing or Refused.
    """
    place = curricula.find_agency(actor, agency, Action.PUBLISH)
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        there = ProgrammeVersion.objects.filter(agency=place, name=STARTER).order_by("-number")
        if (row := there.first()) is not None:
            return row
        looked = _looked(place, starter(), _("The curriculum that ships, to begin with."), now)
        return _stored(actor, looked, looked.mark, now)


def lacks_starter(agencies: list[Agency]) -> list[Agency]:
    """Return the agencies that do not have the curriculum that ships."""
    having = ProgrammeVersion.objects.filter(agency__in=agencies, name=STARTER, number=1)
    ids = set(having.values_list("agency", flat=True))
    return [agency for agency in agencies if agency.id not in ids]


def _looked(
    agency: Agency, draft: Curriculum, reason: str, now: datetime, name: str = "", text: str = ""
) -> Looked:
    there = ProgrammeVersion.objects.filter(agency=agency, name=draft.id).order_by("-number")
    row = there.first()
    previous = curricula.opened(row) if row else None
    stored = curricula.module_versions(agency.id)
    found = publish_curriculum(
        previous, draft, reason, day_of(now, zone_of(agency)), known(agency.id), stored
    )
    pins = {module.pin for module in stored}
    return Looked(
        agency, previous, found,
        tuple(m for m in found.modules if m.pin not in pins),
        tuple(m for m in found.modules if m.pin in pins),
        name, text,
    )  # fmt: skip


def _mark(found: Published) -> str:
    """Return what tells a version, with the modules that it pins, from every other."""
    digests = [found.programme.digest, *(module.digest for module in found.modules)]
    seal = hashlib.sha256("".join(digests).encode()).hexdigest()
    return f"{found.programme.number}-{seal}"


def _done(agency: UUID, name: str, mark: str) -> ProgrammeVersion | None:
    """Return the version that this mark published already, if it did."""
    number = mark.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) < 8):
        return None
    row = ProgrammeVersion.objects.filter(agency=agency, name=name, number=int(number)).first()
    return row if row and _mark(curricula.opened(row)) == mark else None


def _stored(actor: Actor, looked: Looked, mark: str, now: datetime) -> ProgrammeVersion:
    if looked.mark != mark:
        raise InputProblems(looked.published.programme.content.id, [_overtaken(looked)])
    for module in looked.changed:
        _row(ModuleVersion, looked.agency, module, actor, now).save(force_insert=True)
    row = _row(ProgrammeVersion, looked.agency, looked.published.programme, actor, now)
    row.save(force_insert=True)
    detail = {"name": row.name, "number": row.number, "digest": row.digest}
    note(actor, Action.PUBLISH.value, "programme", row.id, Thing(agency=looked.agency.id),
         detail=detail, now=now)  # fmt: skip
    return row


def _overtaken(looked: Looked) -> Problem:
    """Return that what was looked at is no longer what would be published."""
    there = looked.published.programme.number - 1
    given = (
        _("what was looked at before version %(number)d was published") % {"number": there}
        if there
        else _("what was looked at before")
    )
    return Problem(
        looked.published.programme.content.id, given,
        _("the difference from what is published now"),
        _("look again: something was published meanwhile, or the file is another one"),
    )  # fmt: skip


def _row(
    kind: type[Row], agency: Agency,
    version: publishing.ModuleVersion | publishing.ProgrammeVersion, actor: Actor, now: datetime,
) -> Row:  # fmt: skip
    return kind(
        agency=agency, name=version.content.id, number=version.number, day=version.day,
        reason=version.reason, digest=version.digest, content=version.content.as_dict(),
        by_id=actor.person, at=now,
    )  # fmt: skip
