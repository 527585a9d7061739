"""The year of the demonstration, for an agency large enough to draw lots."""

from __future__ import annotations

import pytest

from stepdown.retention.rollout import redraw
from stepdown.retention.rollout_record import read_rollout
from stepdown.web import demo, demo_year
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter
from stepdown.web.programs.models import (
    Attendance,
    Exemption,
    ModuleVersion,
    ProgrammeVersion,
    Rollout,
    Session,
)
from stepdown.web.programs.taught import taught_rehearsals
from stepdown.web.records.models import Exam, Member
from tests.web.conftest import NOW

PEOPLE = 200


@pytest.fixture
def year(here):
    """An agency of 200 people with a year behind it."""
    units = [here.unit, here.other_unit]
    added, _ = demo_year.grow(here.agency, units, PEOPLE, demo.HOST, (demo.GIVEN, demo.FAMILY), NOW)
    demo_year.list_members(here.agency, NOW)
    by = here.people[Role.COORDINATOR]
    demo_year.live_through(here.agency, [*units, *added], by, NOW, waves=True)
    return here


def test_as_many_are_trained_as_were_asked_for_each_with_a_name_of_their_own(year):
    trained = RoleGrant.objects.filter(agency=year.agency, role=Role.TRAINEE)
    assert trained.count() == PEOPLE == Member.objects.filter(agency=year.agency).count()
    names = list(trained.values_list("person__name", flat=True))
    assert len(set(names)) == PEOPLE
    assert year.agency.units.count() == 8


def test_what_was_published_drawn_and_taught_holds_together(year):
    for row in (*ModuleVersion.objects.all(), *ProgrammeVersion.objects.all()):
        assert row.value().digest == row.digest
    assert ProgrammeVersion.objects.count() == 2
    drawn = read_rollout(Rollout.objects.get().text)
    assert redraw(drawn.draw) == []
    assert drawn.draw.drawn_at < drawn.draw.first_session
    pinned = {p.id: p.number for p in ProgrammeVersion.objects.all()}
    for session in Session.objects.select_related("module", "programme"):
        pins = {(m["id"], m["version"]) for m in session.programme.content["modules"]}
        assert (session.module.name, session.module.number) in pins
        assert session.programme_id in pinned
    assert Session.objects.filter(start__gt=NOW).exists()


def test_nobody_was_there_longer_than_the_session_or_while_they_were_exempt(year):
    exempt = {e.person_id: e.value() for e in Exemption.objects.all()}
    assert exempt
    for entry in Attendance.objects.select_related("session"):
        assert 0 < entry.minutes <= entry.session.minutes
        assert entry.session.start < NOW
        away = exempt.get(entry.person_id)
        assert away is None or not away.covers(entry.session.start.date())


def test_only_what_was_taught_is_tested_and_there_are_re_tests_enough_to_learn_from(year):
    taught = {(one.person, t) for one in taught_rehearsals(year.agency.id) for t in one.techniques}
    assert Exam.objects.exists()
    for exam in Exam.objects.all():
        assert {(exam.person_id, technique) for technique in exam.scores} <= taught
    assert Encounter.objects.filter(assessed=True).count() > 100
