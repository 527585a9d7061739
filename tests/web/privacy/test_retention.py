from __future__ import annotations

import dataclasses
import uuid
from datetime import timedelta

import pytest
from django.db import connection

from stepdown.encounter.library import library
from stepdown.web.accounts.models import Hold, Person
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.practice import play, reviewing
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.live import forget
from stepdown.web.practice.models import (
    Act,
    Assignment,
    Comment,
    Encounter,
    Event,
    HandScore,
    Skill,
)
from stepdown.web.privacy import retention
from stepdown.web.privacy.retention import retain
from tests.web.conftest import NOW


def played(person, *, assignment=None, ended=True, at=NOW):
    """Play an encounter of a few acts, ended `at`."""
    row = play.start(
        person.actor(), library()["bridge"], "bridge", "turn", at, assignment=assignment, seed=7
    )
    kinds = [("say", {"text": "Hello, I am Sam. What happened?"})]
    for kind, given in kinds + ([("stop", {})] if ended else []):
        play.do(person.actor(), row.id, uuid.uuid4(), read_deed(kind, given), at)
    return Encounter.objects.get(pk=row.pk)


def assessed(place):
    task = Assignment.objects.create(
        unit=place.unit, scenario="bridge", due=NOW.date(), assessed=True
    )
    row = played(place.people[Role.TRAINEE], assignment=task)
    teacher = place.people[Role.INSTRUCTOR]
    Comment.objects.create(encounter=row, n=1, by=teacher, text="well heard")
    HandScore.objects.create(encounter=row, by=teacher, domains={"listening": 3}, note="calm")
    return row


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def after(days):
    return NOW + timedelta(days=days)


def words(row):
    return Event.objects.filter(encounter=row).count()


def test_words_go_when_their_time_is_over_and_the_skill_stays(trainee):
    row = played(trainee)
    assert retain(after(90)).deleted == 0
    done = retain(after(90) + timedelta(seconds=1))
    assert (done.deleted, done.held, done.failed) == (1, 0, ())
    row.refresh_from_db()
    assert (words(row), row.n_events, row.erased_at) == (0, 0, after(90) + timedelta(seconds=1))
    assert not Act.objects.filter(encounter=row).exists()
    skill = Skill.objects.get(encounter=row)
    assert skill.turns == 1
    assert skill.domains


def test_a_second_run_does_nothing(trainee):
    played(trainee)
    retain(after(91))
    before = Entry.objects.count()
    assert retain(after(92)).deleted == 0
    assert Entry.objects.count() == before


@pytest.mark.parametrize(("days", "gone"), [(0, False), (1, True), (30, True), (400, False)])
def test_each_agency_says_for_how_long(here, trainee, days, gone):
    here.agency.retention_days = days
    here.agency.save()
    row = played(trainee)
    retain(after(100))
    assert (words(row) == 0) == gone


def test_one_agency_s_time_is_not_another_s(here, elsewhere, trainee):
    elsewhere.agency.retention_days = 10
    elsewhere.agency.save()
    mine, theirs = played(trainee), played(elsewhere.people[Role.TRAINEE])
    retain(after(20))
    assert (words(mine) > 0, words(theirs)) == (True, 0)


def test_somebody_of_no_agency_has_ninety_days(db):
    person = Person.objects.create_user("alone@nowhere.example", "Alone")
    row = played(person)
    retain(after(89))
    assert words(row) > 0
    retain(after(91))
    assert words(row) == 0


def test_what_never_ended_counts_from_its_start_and_is_over_then(trainee):
    row = played(trainee, ended=False)
    retain(after(91))
    row.refresh_from_db()
    assert (words(row), row.ended_at) == (0, after(91))
    assert Skill.objects.filter(encounter=row).exists()


def test_an_assessment_has_a_time_of_its_own_with_what_was_written_beside_it(here):
    row = assessed(here)
    retain(after(4000))
    assert words(row) > 0
    here.agency.assessment_retention_days = 365
    here.agency.save()
    retain(after(364))
    assert words(row) > 0
    retain(after(366))
    assert words(row) == 0
    assert not row.comments.exists()
    score = row.hand_scores.get()
    assert (score.note, score.domains) == ("", {"listening": 3})


def test_a_hold_of_the_agency_keeps_the_words_until_it_is_lifted(here, elsewhere, trainee):
    row = played(trainee)
    admin = here.people[Role.AGENCY_ADMIN]
    standing = Hold.objects.create(person=trainee, agency=here.agency, reason="court", by=admin)
    done = retain(after(91))
    assert (done.deleted, done.held) == (0, 1)
    assert words(row) > 0
    standing.lifted_at = after(91)
    standing.save()
    Hold.objects.create(person=trainee, agency=elsewhere.agency, reason="of another agency")
    assert retain(after(92)).deleted == 1


def test_any_hold_keeps_what_belongs_to_no_agency(here):
    person = Person.objects.create_user("alone@nowhere.example", "Alone")
    row = played(person)
    Hold.objects.create(person=person, agency=here.agency, reason="court")
    assert retain(after(91)).held == 1
    assert words(row) > 0


def test_many_go_in_batches_each_noted_without_names(here, trainee, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    rows = [played(trainee) for _ in range(5)]
    assert retain(after(91)).deleted == 5
    assert [words(row) for row in rows] == [0] * 5
    notes = Entry.objects.filter(action="words deleted")
    assert [n.detail["encounters"] for n in notes] == [2, 2, 1]
    assert {(n.agency, n.record, n.actor) for n in notes} == {(here.agency.pk, "", None)}


def test_one_that_cannot_be_read_is_named_and_stops_none_of_the_others(trainee, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 1)
    bad, good = played(trainee), played(trainee)
    Event.objects.filter(encounter=bad, n=0).delete()
    forget(bad.pk)
    done = retain(after(91))
    assert (done.deleted, done.failed) == (1, (bad.pk,))
    assert (words(bad) > 0, words(good)) == (True, 0)


def test_a_run_that_is_cut_off_has_deleted_whole_batches_and_the_next_goes_on(trainee, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    rows = [played(trainee) for _ in range(4)]
    times = iter([0, 1])

    def cut(*given, **named):
        if next(times):
            raise KeyboardInterrupt
        return noted(*given, **named)

    noted = retention.note
    monkeypatch.setattr(retention, "note", cut)
    with pytest.raises(KeyboardInterrupt):
        retain(after(91))
    assert sorted(words(row) == 0 for row in rows) == [False, False, True, True]
    monkeypatch.setattr(retention, "note", noted)
    assert retain(after(91)).deleted == 2


def test_what_was_learned_is_worked_out_before_anything_is_locked(trainee, monkeypatch):
    rows = [played(trainee, ended=n > 0) for n in range(3)]
    outside, noticed = len(connection.savepoint_ids), []

    def noticing(row, events):
        noticed.append(len(connection.savepoint_ids) - outside)
        return derived(row, events)

    derived = retention.derived
    monkeypatch.setattr(retention, "derived", noticing)
    monkeypatch.setattr(reviewing, "derived", noticing)
    assert retain(after(91)).deleted == 3
    assert noticed == [0, 0, 0]
    assert Skill.objects.filter(encounter__in=rows).count() == 3


def test_what_was_added_meanwhile_is_learned_from_too(trainee, monkeypatch):
    row = played(trainee, ended=False)

    def slow(found, events):
        monkeypatch.setattr(retention, "derived", derived)
        made = derived(found, events)
        say = read_deed("say", {"text": "I am still here."})
        play.do(trainee.actor(), row.pk, uuid.uuid4(), say, after(91))
        return made

    derived = retention.derived
    monkeypatch.setattr(retention, "derived", slow)
    assert retain(after(91)).deleted == 1
    assert Skill.objects.get(encounter=row).turns == 2


def test_a_batch_is_small():
    assert retention.BATCH <= 10


def test_on_one_s_own_machine_nothing_goes_by_itself(db, settings):
    settings.SITE = dataclasses.replace(settings.SITE, mode="alone")
    row = played(Person.objects.create_user("me@localhost", "Me"))
    assert retain(after(4000)).deleted == 0
    assert words(row) > 0
