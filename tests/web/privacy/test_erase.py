from __future__ import annotations

import json
from collections import Counter

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from stepdown.encounter.library import library
from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Hold, Person, RoleGrant
from stepdown.web.audit.log import verify
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Action, Role
from stepdown.web.practice import live, play
from stepdown.web.practice.models import Comment, Encounter, Event, HandScore
from stepdown.web.privacy.erase import erase, erase_here
from stepdown.web.privacy.hold import hold, lift
from stepdown.web.privacy.rule import Blank, Keep, rows_of
from stepdown.web.privacy.rules import ERASED, TABLES
from stepdown.web.programs.models import ProgrammeVersion
from stepdown.web.records.models import Certificate
from tests.web.conftest import NOW
from tests.web.privacy.conftest import everything, filled


def kept_of(person):
    """Return the texts that an erasure leaves, for a reason that the rules state."""
    kept = set()
    for table in TABLES:
        for side in table.sides:
            if isinstance(side.erase, Keep):
                names = side.fields
            elif isinstance(side.erase, Blank):
                names = set(side.erase.kept)
            else:
                continue
            for row in rows_of(table, side, person):
                kept |= {str(getattr(row, name)) for name in names}
    return kept


def with_mark(who):
    return Counter((t, v) for t, v in everything() if f"{who}-" in v)


def as_stored(text):
    """Return a text as JSON columns hold it, without quotes that differ between databases."""
    return text.replace('"', "'").replace(" ", "")


def test_after_an_erasure_nothing_is_left_but_what_the_rules_keep(two):
    kept = {as_stored(value) for value in kept_of(two.anna)}
    assert any("anna-name" in v for _, v in everything())
    erase(two.anna.actor(), two.anna.pk, NOW)
    left = {as_stored(v) for _, v in everything() if "anna-" in v}
    assert left <= kept
    words = ("name", "email", "password", "words", "comment", "handnote", "hold", "uid", "totp")
    assert [w for w in words for v in left if v.endswith(f"-{w}")] == []


def test_an_erasure_leaves_everybody_else_as_they_were(two):
    before = with_mark("bert")
    erase(two.anna.actor(), two.anna.pk, NOW)
    assert with_mark("bert") == before
    assert len(before) > 40


def test_the_person_becomes_nobody_who_cannot_come_in(two):
    key = Session.objects.count()
    erase(two.anna.actor(), two.anna.pk, NOW)
    person = Person.objects.get(pk=two.anna.pk)
    assert (person.name, person.is_active, person.erased_at) == (ERASED, False, NOW)
    assert person.email == f"erased-{person.pk}@invalid"
    assert not person.has_usable_password()
    assert Session.objects.count() == key - 1
    assert not UserSession.objects.filter(user=person).exists()
    assert not RoleGrant.objects.filter(person=person).exists()


def test_that_an_encounter_happened_is_still_counted_without_words(two):
    erase(two.anna.actor(), two.anna.pk, NOW)
    row = Encounter.objects.get(person=two.anna)
    assert (row.agency, row.n_events, row.erased_at, row.seed) == (two.place.agency, 0, NOW, 0)
    assert row.ended_at == NOW
    assert row.skill.turns == 1
    assert not row.events.exists()
    assert not row.acts.exists()


def test_what_was_written_for_others_stays_theirs_and_shows_nobody(two):
    erase(two.anna.actor(), two.anna.pk, NOW)
    comment = Comment.objects.get(text="anna-madecomment")
    assert comment.by.name == ERASED
    assert comment.encounter.person == two.place.people[Role.TRAINEE]
    assert HandScore.objects.get(note="anna-gavenote").by.name == ERASED


def test_the_log_keeps_ids_and_stays_whole(two):
    before = Entry.objects.filter(actor=two.anna.pk).count()
    erase(two.anna.actor(), two.anna.pk, NOW)
    assert Entry.objects.filter(actor=two.anna.pk).count() == before + 1
    last = Entry.objects.latest("number")
    assert (last.action, last.detail) == ("erased", {"encounters": 2})
    assert verify().broken == ()


def test_a_hold_stops_an_erasure_and_lifting_it_lets_it_go_on(two):
    admin = two.place.people[Role.AGENCY_ADMIN].actor()
    hold(admin, two.anna.pk, two.place.agency.pk, "A court asked for it", NOW)
    before = with_mark("anna")
    for again in (
        lambda: erase(two.anna.actor(), two.anna.pk, NOW),
        lambda: erase_here(admin, two.anna.pk, two.place.agency.pk, NOW),
        lambda: erase(None, two.anna.pk, NOW),
    ):
        with pytest.raises(InputProblems, match="legal hold"):
            again()
    assert with_mark("anna") == before
    assert lift(admin, two.anna.pk, two.place.agency.pk, NOW)
    erase(two.anna.actor(), two.anna.pk, NOW)
    assert not any("anna-name" in v for _, v in everything())


def test_an_erasure_that_fails_half_way_has_erased_nothing(two, monkeypatch):
    before = with_mark("anna")

    def broken(*_given, **_named):
        raise RuntimeError("the power went out")

    monkeypatch.setattr("stepdown.web.privacy.erase.noted", broken)
    with pytest.raises(RuntimeError):
        erase(two.anna.actor(), two.anna.pk, NOW)
    assert with_mark("anna") == before


def test_nobody_else_erases_and_an_administrator_of_another_agency_is_told_nothing(two, elsewhere):
    here, trainee = two.place.agency.pk, two.place.people[Role.TRAINEE].actor()
    with pytest.raises(Refused) as refused:
        erase(trainee, two.anna.pk, NOW)
    assert refused.value.hidden
    for role in Role:
        with pytest.raises((Refused, Missing)) as no:
            erase_here(elsewhere.people[role].actor(), two.anna.pk, elsewhere.agency.pk, NOW)
        with pytest.raises((Refused, Missing)) as no:
            erase_here(elsewhere.people[role].actor(), two.anna.pk, here, NOW)
        assert getattr(no.value, "hidden", True)
    for role in set(Role) - {Role.AGENCY_ADMIN}:
        with pytest.raises(Refused):
            erase_here(two.place.people[role].actor(), two.anna.pk, here, NOW)


def test_the_last_administrator_must_hand_over_first(here):
    admin = here.people[Role.AGENCY_ADMIN]
    with pytest.raises(InputProblems, match="last administrator of the agency"):
        erase(admin.actor(), admin.pk, NOW)
    site = here.people[Role.SITE_ADMIN]
    with pytest.raises(InputProblems, match="last administrator of the site"):
        erase(site.actor(), site.pk, NOW)
    RoleGrant.objects.create(
        person=here.people[Role.ANALYST], role=Role.AGENCY_ADMIN, agency=here.agency
    )
    erase(admin.actor(), admin.pk, NOW)


def test_an_administrator_erases_a_person_of_this_agency_alone_completely(two):
    admin = two.place.people[Role.AGENCY_ADMIN].actor()
    kept = {as_stored(value) for value in kept_of(two.anna)}
    erase_here(admin, two.anna.pk, two.place.agency.pk, NOW)
    assert {as_stored(v) for _, v in everything() if "anna-" in v} <= kept
    assert Person.objects.get(pk=two.anna.pk).name == ERASED


@pytest.fixture
def in_both(here, elsewhere):
    """A person who belongs to two agencies, and has records in both."""
    person = filled("anna", here)
    RoleGrant.objects.create(person=person, role="instructor", agency=elsewhere.agency)
    row = Encounter.objects.create(
        person=person, agency=elsewhere.agency, unit=elsewhere.unit, assessed=True, scenario="s",
        title="anna-elsewhere", sector="s", scenario_hash="h", seed=1, pace="turn", n_events=1,
    )  # fmt: skip
    Event.objects.create(encounter=row, n=0, line="anna-elsewhere-words")
    Comment.objects.create(encounter=row, n=0, by=person, text="anna-elsewhere-comment")
    return person


def test_one_agency_erases_what_it_holds_and_the_other_keeps_its_own(in_both, here, elsewhere):
    erase_here(here.people[Role.AGENCY_ADMIN].actor(), in_both.pk, here.agency.pk, NOW)
    person = Person.objects.get(pk=in_both.pk)
    assert (person.name, person.is_active) == ("anna-name", True)
    assert [g.agency for g in person.grants.all()] == [elsewhere.agency]
    left = [v for _, v in everything() if "anna-" in v]
    assert "anna-elsewhere-words" in left
    assert "anna-alone-words" in left
    assert "anna-here-words" not in left
    assert "anna-here-comment" not in left


def test_what_one_agency_still_counts_then_belongs_to_nobody(in_both, here):
    row = Encounter.objects.get(person=in_both, agency=here.agency)
    erase_here(here.people[Role.AGENCY_ADMIN].actor(), in_both.pk, here.agency.pk, NOW)
    row.refresh_from_db()
    assert row.person.pk != in_both.pk
    assert (row.person.name, row.person.is_active, row.n_events) == (ERASED, False, 0)
    comment = Comment.objects.get(text="anna-madecomment")
    assert comment.by == row.person
    assert not row.person.has_usable_password()


def test_a_hold_elsewhere_keeps_the_account_but_not_what_this_agency_holds(two, elsewhere):
    Hold.objects.create(person=two.anna, agency=elsewhere.agency, reason="theirs")
    admin = two.place.people[Role.AGENCY_ADMIN].actor()
    erase_here(admin, two.anna.pk, two.place.agency.pk, NOW)
    left = [v for _, v in everything() if "anna-" in v]
    assert "anna-name" in left
    assert "anna-here-words" not in left


def test_an_encounter_that_was_being_played_is_over_and_kept_ready_nowhere(here):
    trainee = here.people[Role.TRAINEE]
    row = play.start(trainee.actor(), library()["bridge"], "bridge", "turn", NOW, seed=7)
    play.resumed(row)
    assert row.id in live._kept
    erase(trainee.actor(), trainee.pk, NOW)
    assert row.id not in live._kept
    with pytest.raises(Refused):
        play.find(trainee.actor(), row.id, Action.PLAY)


def test_erased_once_is_enough(two):
    erase(None, two.anna.pk, NOW)
    with pytest.raises(InputProblems, match="are erased"):
        erase(None, two.anna.pk, NOW)
    assert json.loads(json.dumps(Entry.objects.latest("number").detail)) == {
        "by": "command", "encounters": 2,
    }  # fmt: skip


def test_certificates_of_others_name_an_erased_instructor_still_and_the_rules_say_so(two):
    row = Certificate.objects.create(
        agency=two.place.agency, person=two.place.people[Role.ANALYST], serial="1",
        programme=ProgrammeVersion.objects.get(name="bert-programme"),
        values={"instructors": [two.anna.name]},
    )  # fmt: skip
    erase(None, two.anna.pk, NOW)
    row.refresh_from_db()
    assert row.values == {"instructors": ["anna-name"]}
    [taught] = [s for t in TABLES for s in t.sides if s.name == "sessions_i_taught"]
    assert isinstance(taught.erase, Keep)
    assert "certificates that others were issued keep the name" in taught.erase.why
