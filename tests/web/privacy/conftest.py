"""People in whose every field something stands that can be found again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from stepdown.web.accounts.models import Agency, Hold, OneTimeLink, Person, RoleGrant, Token
from stepdown.web.audit.log import Origin, coming_from, note
from stepdown.web.policy import Role
from stepdown.web.practice.models import (
    Act,
    Assignee,
    Assignment,
    Comment,
    Encounter,
    Event,
    HandScore,
    ScenarioFile,
    Skill,
)
from stepdown.web.programs import models as programs
from stepdown.web.records import models as records
from tests.web.conftest import NOW, Place

LATER = NOW + timedelta(days=30)


def filled(who: str, place: Place) -> Person:
    """Make a person whose every text begins with their mark, in all the ways they can be found."""
    person = Person.objects.create_user(f"{who}-email@here.example", f"{who}-name")
    person.language, person.password, person.last_login = f"{who}-l", f"{who}-password", NOW
    person.save()
    _sign_in(who, person)
    RoleGrant.objects.create(person=person, role="trainee", agency=place.agency, unit=place.unit)
    OneTimeLink.objects.create(person=person, digest=f"{who}-link", expires_at=LATER)
    Token.objects.create(
        person=person, name=f"{who}-token", digest=f"{who}-digest", scopes=[f"{who}-scope"],
        expires_at=LATER,
    )  # fmt: skip
    admin, teacher = place.people[Role.AGENCY_ADMIN], place.people[Role.INSTRUCTOR]
    Hold.objects.create(
        person=person, agency=place.agency, reason=f"{who}-hold", by=admin, lifted_at=NOW
    )
    other = place.people[Role.TRAINEE]
    Hold.objects.create(
        person=other, agency=place.agency, reason="not theirs", by=person, lifted_at=NOW
    )
    with coming_from(Origin(f"{who}-address")):
        note(
            person.actor(), f"{who}-did", f"{who}-kind", f"{who}-record",
            outcome=f"{who}-outcome", detail={"x": f"{who}-d"},
        )  # fmt: skip
    _learned(who, person, place, teacher)
    _taught(who, person, place, other)
    _trained(who, person, place, teacher)
    _ran(who, person, place, other)
    return person


def _sign_in(who: str, person: Person) -> None:
    address = EmailAddress.objects.create(user=person, email=f"{who}-address@here.example")
    EmailConfirmation.objects.create(email_address=address, key=f"{who}-confirmation", sent=NOW)
    Authenticator.objects.create(user=person, type="totp", data={"secret": f"{who}-totp"})
    app = SocialApp.objects.create(provider="openid_connect", name="sso", client_id="x")
    account = SocialAccount.objects.create(
        user=person, provider=f"{who}-provider", uid=f"{who}-uid", extra_data={"n": f"{who}-extra"}
    )
    SocialToken.objects.create(
        app=app, account=account, token=f"{who}-tok", token_secret=f"{who}-toksecret"
    )
    UserSession.objects.create(
        user=person, ip="192.0.2.1" if who == "anna" else "192.0.2.2", session_key=f"{who}-key",
        user_agent=f"{who}-browser", data={"d": f"{who}-data"},
    )  # fmt: skip
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session.create()


def _learned(who: str, person: Person, place: Place, teacher: Person) -> None:
    task = Assignment.objects.create(
        unit=place.unit, scenario=f"{who}-task", due=NOW.date(), note=f"{who}-tasknote", by=teacher,
        assessed=True,
    )  # fmt: skip
    Assignee.objects.create(assignment=task, person=person)
    alone = {"agency": None, "unit": None}
    for kind, where in (("here", {"agency": place.agency, "unit": place.unit}), ("alone", alone)):
        mark = f"{who}-{kind}"
        row = encounter(
            person, mark, assessed=kind == "here", assignment=task if kind == "here" else None,
            **where,
        )  # fmt: skip
        Event.objects.create(encounter=row, n=0, line=f"{mark}-words")
        Act.objects.create(encounter=row, key=uuid.uuid4(), digest=f"{mark}-act", first=0, until=1)
        Skill.objects.create(
            encounter=row, domains={"d": f"{mark}-domain"}, outcome=f"{mark}-outcome", seconds=1,
            turns=1,
        )  # fmt: skip
        Comment.objects.create(encounter=row, n=0, by=teacher, text=f"{mark}-comment")
        HandScore.objects.create(
            encounter=row, by=teacher, domains={"d": f"{mark}-hand"}, note=f"{mark}-handnote"
        )


def _taught(who: str, person: Person, place: Place, other: Person) -> None:
    row = encounter(other, "other", assessed=True, agency=place.agency, unit=place.unit)
    Comment.objects.create(encounter=row, n=0, by=person, text=f"{who}-madecomment")
    HandScore.objects.create(
        encounter=row, by=person, domains={"d": f"{who}-gave"}, note=f"{who}-gavenote"
    )
    Assignment.objects.create(
        unit=place.unit, scenario=f"{who}-made", due=NOW.date(), note=f"{who}-madenote", by=person
    )
    ScenarioFile.objects.create(
        agency=place.agency, name=f"{who}-scenario", digest="x", text=f"{who}-text", by=person
    )


def _trained(who: str, person: Person, place: Place, teacher: Person) -> None:
    """Let them be taught, examined, planned for, reminded."""
    agency, unit, day = place.agency, place.unit, NOW.date()
    session = _session("plain", agency, teacher)
    programs.Attendance.objects.create(
        session=session, person=person, minutes=60, how=f"{who}-how", why=f"{who}-why",
        recorded_by=teacher, recorded=NOW,
    )  # fmt: skip
    programs.TeacherCorrection.objects.create(
        session=session, person=person, taught=True, why=f"{who}-taughtwhy", by=teacher
    )
    programs.Exemption.objects.create(
        agency=agency, person=person, reason=f"{who}-reason", start=day, note=f"{who}-exempt",
        by=teacher,
    )  # fmt: skip
    records.Member.objects.create(
        agency=agency, person=person, number=f"{who}-number", email=f"{who}-listed",
        title=f"{who}-rank",
    )  # fmt: skip
    records.Credit.objects.create(
        agency=agency, person=person, day=day, topic=f"{who}-topic", minutes=30,
        source=f"{who}-source", withdrawn_why=f"{who}-withdrawn", by=teacher,
    )  # fmt: skip
    records.Certificate.objects.create(
        agency=agency, person=person, programme=_programme("plain", agency, teacher),
        serial=f"{who}-serial", values={"person": f"{who}-certified"}, by=teacher,
        withdrawn_why=f"{who}-paperwithdrawn",
    )  # fmt: skip
    records.Exam.objects.create(
        unit=unit, person=person, day=day, scores={"d": f"{who}-examined"}, by=teacher
    )
    records.PractiseCounts.objects.create(agency=agency, person=person, since=NOW)
    plan = _plan(agency, teacher)
    records.Visit.objects.create(
        plan=plan, person=person, unit=unit, day=day, refresher=f"{who}-refresher",
        title=f"{who}-visit", hours=1, techniques=[f"{who}-technique"], since_days=1, chance=0.5,
        worth_days=10,
    )  # fmt: skip
    feed = records.Feed.objects.create(person=person)
    records.FeedEntry.objects.create(
        feed=feed, agency=agency, kind=f"{who}-kind", record=f"{who}-entry",
        values={"t": f"{who}-calendar"},
    )  # fmt: skip
    records.Reminder.objects.create(
        person=person, agency=agency, kind=f"{who}-kind", record=f"{who}-reminded", day=day,
        why_not=f"{who}-whynot",
    )  # fmt: skip


def _ran(who: str, person: Person, place: Place, other: Person) -> None:
    """Let them publish, schedule, draw, note, enter and issue, all about others."""
    agency, unit, day = place.agency, place.unit, NOW.date()
    session = _session(who, agency, person)
    programs.Instructing.objects.create(session=session, person=person)
    programs.TeacherCorrection.objects.create(
        session=session, person=other, taught=False, why="x", by=person
    )
    programs.Attendance.objects.create(
        session=session, person=other, minutes=60, how="list", recorded_by=person, recorded=NOW
    )
    programs.Exemption.objects.create(
        agency=agency, person=other, reason="leave", start=day, by=person
    )
    programs.FidelityMark.objects.create(
        session=session, item=f"{who}-item", mark="done", by=person
    )
    programs.Audience.objects.create(
        agency=agency, programme=f"{who}-audience", kind="chosen", why=f"{who}-forwhom", by=person
    )
    rollout = programs.Rollout.objects.create(
        agency=agency, title=f"{who}-rollout", programme="x", text="{}", digest="x",
        seed_by="given", by=person,
    )  # fmt: skip
    programs.DrawnPerson.objects.create(
        rollout=rollout, person=person, unit=f"{who}-drawn", since=day
    )
    programs.ActualDate.objects.create(
        rollout=rollout, unit="x", day=day, note=f"{who}-actual", by=person
    )
    records.StagedRoster.objects.create(agency=agency, by=person, name=f"{who}-file", raw=b"")
    records.RosterImport.objects.create(agency=agency, by=person, sha256="x", counts={})
    records.HoursSetting.objects.create(agency=agency, text="x", by=person)
    records.Credit.objects.create(
        agency=agency, person=other, day=day, topic="x", minutes=30, source="x", by=person
    )
    records.Certificate.objects.create(
        agency=agency, person=other, programme=_programme(who, agency, person), serial="x",
        values={}, by=person,
    )  # fmt: skip
    records.Exam.objects.create(unit=unit, person=other, day=day, scores={}, by=person)
    _plan(agency, person)


def _programme(who: str, agency: Agency, by: Person) -> programs.ProgrammeVersion:
    number = programs.ProgrammeVersion.objects.filter(agency=agency).count() + 1
    return programs.ProgrammeVersion.objects.create(
        agency=agency, name=f"{who}-programme", number=number, day=NOW.date(),
        reason=f"{who}-because", digest="x", content={"title": "x"}, by=by,
    )  # fmt: skip


def _session(who: str, agency: Agency, by: Person) -> programs.Session:
    number = programs.ModuleVersion.objects.filter(agency=agency).count() + 1
    module = programs.ModuleVersion.objects.create(
        agency=agency, name=f"{who}-module", number=number, day=NOW.date(),
        reason=f"{who}-reason", digest="x", content={"title": "x"}, by=by,
    )  # fmt: skip
    return programs.Session.objects.create(
        agency=agency, module=module, start=NOW, minutes=60, place=f"{who}-place", by=by,
        cancelled_why=f"{who}-cancelled",
    )  # fmt: skip


def _plan(agency: Agency, by: Person) -> records.Plan:
    setting = records.PlanSetting.objects.create(
        agency=agency, hours=10, other_hours={"7": 0.0}, most_hours=8, aim="standard", standard=0.8,
        scouting=0, by=by,
    )  # fmt: skip
    return records.Plan.objects.create(agency=agency, setting=setting, today=NOW.date(), by=by)


def encounter(person: Person, mark: str, **more: Any) -> Encounter:
    """Make a row of an encounter."""
    return Encounter.objects.create(
        person=person, scenario=f"{mark}-scenario", title=f"{mark}-title", sector=f"{mark}-sector",
        scenario_hash=f"{mark}-hash"[:16], seed=7, pace="turn", how=f"{mark}-how", n_events=1,
        started_at=NOW, **more,
    )  # fmt: skip


def everything() -> Iterator[tuple[str, str]]:
    """Yield every value of every column of every table, as the database holds it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    yield table, str(value)


@dataclass(frozen=True, slots=True)
class Two:
    """Two people who are alike but for their marks, and their agency."""

    anna: Person
    bert: Person
    place: Place


@pytest.fixture
def two(here: Place) -> Two:
    """Anna, whose data are exported and erased, and Bert, who must not be touched."""
    return Two(filled("anna", here), filled("bert", here), here)
