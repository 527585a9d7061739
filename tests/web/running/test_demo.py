from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate

from stepdown.web import demo
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.log import verify
from stepdown.web.audit.models import Entry
from stepdown.web.demo_stories import SAID
from stepdown.web.permission import may
from stepdown.web.policy import Action, Role
from stepdown.web.practice import assigned
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Assignment, Comment, Encounter, HandScore, Skill
from stepdown.web.practice.numbers import numbers_of
from tests.web.site import ENGINE

pytestmark = [
    pytest.mark.skipif(ENGINE != "sqlite", reason="it is for one's own machine"),
    pytest.mark.django_db,
]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker):
    """The demonstration, made once for this file and taken back after it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield demo.fill(NOW)
        transaction.set_rollback(True)


def test_four_can_sign_in_and_each_has_what_they_are_there_for(place):
    wanted = {
        demo.TRAINEE: {Role.TRAINEE}, demo.INSTRUCTOR: {Role.INSTRUCTOR},
        demo.COORDINATOR: {Role.COORDINATOR, Role.ANALYST},
        demo.ADMINISTRATOR: {Role.AGENCY_ADMIN},
    }  # fmt: skip
    for email, roles in wanted.items():
        person = Person.objects.get(email=email)
        assert person.check_password(demo.PASSWORD), email
        assert person.actor().roles == roles
        assert any(email in line for line in demo.logins())
        assert authenticate(email=email, password=demo.PASSWORD) == person
    others = Person.objects.exclude(email__in=wanted)
    assert not any(person.has_usable_password() for person in others)
    assert demo.PASSWORD in " ".join(demo.logins())


def test_it_is_an_agency_of_three_units_whose_people_are_plainly_invented(place):
    assert place.agency.units.count() == 3
    members = Person.objects.filter(grants__agency=place.agency).distinct()
    assert 23 <= members.count() <= 26
    assert all(p.name.split()[-1] in demo.FAMILY for p in members)
    assert all(p.email.endswith(".example") for p in Person.objects.all())
    assert RoleGrant.objects.filter(role=Role.INSTRUCTOR).count() == 3


def test_people_have_practised_for_weeks_up_to_now(place):
    rows = list(Encounter.objects.exclude(n_events=0))
    assert 25 <= len(rows) <= 50
    assert all(NOW - timedelta(days=60) <= row.started_at <= NOW for row in rows)
    assert all(row.ended_at is None or row.ended_at <= NOW for row in rows)
    assert {row.how for row in rows} >= {"consent", "stopped", ""}
    assert sum(row.ended_at is None for row in rows) == 2
    assert sum(row.parent_id is not None for row in rows) == 1
    for row in rows:
        assert [e.n for e in stored(row.id)] == list(range(row.n_events))
    ended = [row for row in rows if row.ended_at]
    assert Skill.objects.exclude(encounter__n_events=0).count() == len(ended)


def test_assessments_were_commented_on_and_scored_and_one_is_running(place):
    assessed = Encounter.objects.filter(assessed=True, n_events__gt=0)
    assert assessed.filter(ended_at__isnull=False).count() == 2
    running = assessed.get(ended_at=None)
    instructor = place.instructors[0].actor()
    assert may(instructor, Action.WATCH, running.thing())
    assert Comment.objects.count() == 4
    for comment in Comment.objects.all():
        codes = stored(comment.encounter_id)[comment.n].data["codes"]
        assert comment.text in {SAID.get(code) for code in codes}
    assert HandScore.objects.count() == 1


def test_something_is_assigned_done_and_waiting(place):
    assert Assignment.objects.count() == 4
    trainee = place.trainees[0].actor()
    tasks = assigned.tasks(trainee, NOW)
    assert [bool(task.done_at) for task in tasks].count(True) == 2
    assert [task.title for task in assigned.waiting(trainee, NOW)]


def test_everything_was_done_by_acts_that_the_audit_log_holds(place):
    found = verify()
    assert found.broken == ()
    assert found.entries >= 100
    times = list(Entry.objects.order_by("number").values_list("at", flat=True))
    assert times == sorted(times)


def test_the_numbers_of_the_month_before_show_something(place):
    rows = numbers_of(place.coordinator.actor(), place.agency.id, NOW)
    whole = next(row for row in rows if row.whole)
    assert whole.counts["people"] >= 10


def test_whoever_practised_has_come_in(place):
    practised = Person.objects.filter(encounters__isnull=False).distinct()
    assert all(person.last_login for person in practised)


def test_it_is_the_same_every_time(place):
    row = Encounter.objects.filter(scenario="bridge", parent=None).order_by("started_at").first()
    assert row.seed == 12
    assert stored(row.id)[1].data["text"]
