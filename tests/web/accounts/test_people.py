from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from stepdown.encounter.library import library
from stepdown.problems import InputProblems
from stepdown.web.accounts import people
from stepdown.web.accounts.entering import person_of
from stepdown.web.accounts.models import OneTimeLink, Person, RoleGrant, Token
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Action, Role
from stepdown.web.practice import play
from stepdown.web.practice.models import Encounter
from stepdown.web.records.models import Member
from tests.web.conftest import NOW


@pytest.fixture
def admin(here):
    return here.people[Role.AGENCY_ADMIN].actor()


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def invited(
    place, email="new@here.example", role=Role.TRAINEE, unit=None, name="New Person", now=NOW
):
    actor = place.people[Role.AGENCY_ADMIN].actor()
    return people.invite(actor, place.agency, name, email, role, unit, now)


def roles(person):
    return {(g.role, g.agency_id, g.unit_id) for g in RoleGrant.objects.filter(person=person)}


def test_whoever_is_new_is_added_with_a_role_and_a_link_that_opens_once(here):
    done = invited(here, unit=here.unit.pk)
    assert (done.person.name, done.person.email) == ("New Person", "new@here.example")
    assert not done.person.has_usable_password()
    assert roles(done.person) == {("trainee", here.agency.pk, here.unit.pk)}
    assert person_of(done.secret, NOW + timedelta(days=6)) == done.person
    assert [e.action for e in Entry.objects.filter(record=str(done.person.pk))] == [
        "person added", "role given", "link made",
    ]  # fmt: skip


def test_no_name_and_no_address_is_in_the_log(here):
    invited(here)
    log = str(list(Entry.objects.values()))
    assert "New Person" not in log
    assert "new@here" not in log


def test_somebody_of_another_agency_gets_a_role_and_nothing_of_theirs_changes(here, elsewhere):
    person = elsewhere.people[Role.TRAINEE]
    before = roles(person)
    done = invited(here, email=person.email.upper(), name="Whatever I call them")
    assert done.secret is None
    assert done.person == person
    person.refresh_from_db()
    assert person.name == "Elsewhere trainee"
    assert roles(person) == before | {("trainee", here.agency.pk, None)}
    assert not OneTimeLink.objects.exists()


def test_one_address_is_one_person_whatever_its_capitals(here):
    first = invited(here, email="New@Here.example")
    again = invited(here, email="new@here.EXAMPLE", role=Role.INSTRUCTOR)
    assert again.person == first.person
    assert again.secret is None


@pytest.mark.parametrize(
    ("role", "whole", "told"),
    [(Role.ANALYST, False, "the whole agency"), (Role.AGENCY_ADMIN, False, "the whole agency"),
     (Role.SITE_ADMIN, True, "choose one of these"), (Role.TRAINEE, None, "a unit of this agency")],
)  # fmt: skip
def test_a_role_fits_its_place(here, elsewhere, role, whole, told):
    unit = {False: here.unit.pk, True: None, None: elsewhere.unit.pk}[whole]
    with pytest.raises(InputProblems, match=told):
        invited(here, role=role, unit=unit)
    assert not Person.objects.filter(email="new@here.example").exists()


def test_several_roles_are_given_and_taken_one_by_one(here, admin, trainee):
    for unit in (here.unit.pk, here.other_unit.pk):
        people.give(admin, trainee.pk, here.agency.pk, Role.INSTRUCTOR, unit, NOW)
    with pytest.raises(InputProblems, match="already"):
        people.give(admin, trainee.pk, here.agency.pk, Role.INSTRUCTOR, here.unit.pk, NOW)
    grant = RoleGrant.objects.get(person=trainee, role="instructor", unit=here.unit)
    people.take(admin, trainee.pk, here.agency.pk, grant.pk, NOW)
    assert roles(trainee) == {
        ("trainee", here.agency.pk, here.unit.pk),
        ("instructor", here.agency.pk, here.other_unit.pk),
    }
    taken = Entry.objects.get(action="role taken")
    assert taken.detail == {"role": "instructor", "unit": str(here.unit.pk)}


def test_roles_in_other_agencies_cannot_be_touched(here, elsewhere, admin, trainee):
    theirs = RoleGrant.objects.create(person=trainee, role="analyst", agency=elsewhere.agency)
    people.take(admin, trainee.pk, here.agency.pk, theirs.pk, NOW)
    assert RoleGrant.objects.filter(pk=theirs.pk).exists()
    with pytest.raises(Refused):
        people.take(admin, trainee.pk, elsewhere.agency.pk, theirs.pk, NOW)
    with pytest.raises(Refused):
        people.give(admin, trainee.pk, elsewhere.agency.pk, Role.TRAINEE, None, NOW)
    assert RoleGrant.objects.filter(pk=theirs.pk).exists()


def test_the_last_administrator_stays_one(here, admin):
    me = here.people[Role.AGENCY_ADMIN]
    own = RoleGrant.objects.get(person=me)
    for act in (
        lambda: people.take(admin, me.pk, here.agency.pk, own.pk, NOW),
        lambda: people.deactivate(admin, me.pk, here.agency.pk, NOW),
    ):
        with pytest.raises(InputProblems, match="last administrator"):
            act()
    other = here.people[Role.ANALYST]
    people.give(admin, other.pk, here.agency.pk, Role.AGENCY_ADMIN, None, NOW)
    people.deactivate(admin, other.pk, here.agency.pk, NOW)
    with pytest.raises(InputProblems, match="last administrator"):
        people.take(admin, me.pk, here.agency.pk, own.pk, NOW)
    people.reactivate(admin, other.pk, here.agency.pk, NOW)
    people.take(admin, me.pk, here.agency.pk, own.pk, NOW)
    assert not roles(me)


def test_two_administrators_cannot_take_the_role_from_each_other_at_once(own_site):
    own_site.call(_two_administrators)
    own_site.at_once(_take, [["0", "1"], ["1", "0"]])
    assert own_site.call(_administrators) == "1"


def _two_administrators():
    from stepdown.web.accounts.models import Agency, Person, RoleGrant

    agency = Agency.objects.create(name="Here")
    for n in range(2):
        person = Person.objects.create_user(f"{n}@here.example", str(n))
        RoleGrant.objects.create(person=person, role="agency_admin", agency=agency)


def _take(begin, by, of):
    from contextlib import suppress
    from datetime import UTC, datetime

    from stepdown.problems import InputProblems
    from stepdown.web.accounts.models import RoleGrant
    from stepdown.web.accounts.people import take
    from stepdown.web.permission import Refused

    own, theirs = (RoleGrant.objects.get(person__name=name) for name in (by, of))
    actor = own.person.actor()
    begin()
    with suppress(InputProblems, Refused):
        take(actor, theirs.person_id, own.agency_id, theirs.pk, datetime.now(UTC))


def _administrators():
    from stepdown.web.accounts.models import RoleGrant

    return RoleGrant.objects.filter(role="agency_admin").count()


def session_of(person):
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session.create()
    return session.session_key


def test_whoever_is_deactivated_is_out_at_once_and_nothing_is_deleted(
    here, admin, trainee, browser_of
):
    browser = browser_of(trainee)
    session_of(trainee)
    other = session_of(here.people[Role.ANALYST])
    Token.objects.create(person=trainee, name="k", digest="d", expires_at=NOW + timedelta(days=9))
    assert browser.get(reverse("library")).status_code == 200
    people.deactivate(admin, trainee.pk, here.agency.pk, NOW)
    assert browser.get(reverse("library")).status_code == 302
    assert [s.pk for s in Session.objects.all() if s.get_decoded().get("_auth_user_id")] == [other]
    assert not UserSession.objects.filter(user=trainee).exists()
    assert not trainee.tokens.exists()
    trainee.refresh_from_db()
    assert (trainee.is_active, trainee.name) == (False, "Here trainee")
    assert trainee.actor().id is None
    people.reactivate(admin, trainee.pk, here.agency.pk, NOW)
    trainee = Person.objects.get(pk=trainee.pk)
    assert trainee.is_active
    assert trainee.actor().roles == {Role.TRAINEE}


def test_deactivated_here_somebody_keeps_what_they_are_elsewhere(here, elsewhere, admin, trainee):
    RoleGrant.objects.create(person=trainee, role="trainee", agency=elsewhere.agency)
    people.deactivate(admin, trainee.pk, here.agency.pk, NOW)
    trainee = Person.objects.get(pk=trainee.pk)
    assert trainee.is_active
    assert {g.agency for g in trainee.actor().grants} == {elsewhere.agency.pk}
    theirs = elsewhere.people[Role.AGENCY_ADMIN].actor()
    people.deactivate(theirs, trainee.pk, elsewhere.agency.pk, NOW)
    assert not Person.objects.get(pk=trainee.pk).is_active
    people.reactivate(admin, trainee.pk, here.agency.pk, NOW)
    back = Person.objects.get(pk=trainee.pk)
    assert {g.agency for g in back.actor().grants} == {here.agency.pk}


def test_a_role_wakes_nobody_who_is_deactivated(here, admin, trainee):
    people.deactivate(admin, trainee.pk, here.agency.pk, NOW)
    with pytest.raises(InputProblems, match="deactivated here"):
        people.give(admin, trainee.pk, here.agency.pk, Role.INSTRUCTOR, None, NOW)
    with pytest.raises(InputProblems, match="deactivated here"):
        invited(here, email=trainee.email, role=Role.COORDINATOR)
    with pytest.raises(InputProblems, match="who is let in"):
        people.new_link(admin, trainee.pk, here.agency.pk, NOW)
    own = RoleGrant.objects.get(person=trainee)
    with pytest.raises(InputProblems, match="last role"):
        people.take(admin, trainee.pk, here.agency.pk, own.pk, NOW)
    assert not Person.objects.get(pk=trainee.pk).is_active


def test_a_new_link_ends_sessions_and_earlier_links_and_forgets_a_lost_factor(here, admin):
    person = here.people[Role.INSTRUCTOR]
    TOTP.activate(person, generate_totp_secret())
    session_of(person)
    first = people.new_link(admin, person.pk, here.agency.pk, NOW)
    assert Authenticator.objects.filter(user=person).exists()
    assert not Session.objects.exists()
    second = people.new_link(admin, person.pk, here.agency.pk, NOW, second_factor=True)
    assert not Authenticator.objects.filter(user=person).exists()
    assert OneTimeLink.objects.count() == 1
    assert person_of(second, NOW) == person
    assert first != second
    assert Entry.objects.filter(action="second factor forgotten").count() == 1


def test_the_day_of_the_last_role_is_kept_by_the_clocks_there_until_they_come_back(
    here, elsewhere, admin, trainee
):
    here.agency.zone = "Pacific/Auckland"
    here.agency.save()
    RoleGrant.objects.create(person=trainee, role="trainee", agency=elsewhere.agency)
    Member.objects.create(agency=elsewhere.agency, person=trainee)
    evening = NOW.replace(hour=22)
    teaches = people.give(admin, trainee.pk, here.agency.pk, Role.INSTRUCTOR, None, NOW)
    people.take(admin, trainee.pk, here.agency.pk, teaches.pk, NOW)
    assert not Member.objects.filter(agency=here.agency).exists()
    last = trainee.grants.get(agency=here.agency)
    people.take(admin, trainee.pk, here.agency.pk, last.pk, evening)
    row = Member.objects.get(agency=here.agency)
    assert (row.person, row.left) == (trainee, NOW.date() + timedelta(days=1))
    assert Member.objects.get(agency=elsewhere.agency).left is None
    people.invite(admin, here.agency, "Kim", trainee.email, Role.TRAINEE, here.unit.pk, evening)
    row.refresh_from_db()
    assert row.left is None


@pytest.mark.parametrize("tie", ["role", "encounter", "site"])
def test_no_link_opens_what_belongs_to_another_agency(here, elsewhere, admin, trainee, tie):
    if tie == "role":
        RoleGrant.objects.create(person=trainee, role="trainee", agency=elsewhere.agency)
    elif tie == "site":
        RoleGrant.objects.create(person=trainee, role=Role.SITE_ADMIN)
    else:
        Encounter.objects.create(
            person=trainee, agency=elsewhere.agency, scenario="s", title="t", sector="s",
            scenario_hash="h", seed=1, pace="turn",
        )  # fmt: skip
    with pytest.raises(InputProblems, match="ask whoever runs this site"):
        people.new_link(admin, trainee.pk, here.agency.pk, NOW)
    assert not OneTimeLink.objects.exists()


ACTS = {
    "give": lambda a, p, g: people.give(a, p, g, Role.INSTRUCTOR, None, NOW),
    "take": lambda a, p, g: people.take(a, p, g, 1, NOW),
    "deactivate": lambda a, p, g: people.deactivate(a, p, g, NOW),
    "reactivate": lambda a, p, g: people.reactivate(a, p, g, NOW),
    "link": lambda a, p, g: people.new_link(a, p, g, NOW),
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_but_the_agency_s_administrator_does_any_of_this(here, elsewhere, trainee, act):
    before = roles(trainee)
    for role in set(Role) - {Role.AGENCY_ADMIN}:
        with pytest.raises(Refused):
            ACTS[act](here.people[role].actor(), trainee.pk, here.agency.pk)
    for agency in (here.agency, elsewhere.agency):
        with pytest.raises((Refused, Missing)) as no:
            ACTS[act](elsewhere.people[Role.AGENCY_ADMIN].actor(), trainee.pk, agency.pk)
        assert getattr(no.value, "hidden", True)
    trainee.refresh_from_db()
    assert trainee.is_active
    assert roles(trainee) == before


@pytest.mark.parametrize("act", ACTS)
def test_people_of_other_agencies_are_as_if_they_were_not(here, elsewhere, admin, act):
    for person in (elsewhere.people[Role.TRAINEE].pk, uuid.uuid4()):
        with pytest.raises(Missing):
            ACTS[act](admin, person, here.agency.pk)


def test_a_colleague_cannot_tell_a_person_from_none(here, trainee):
    colleague = here.people[Role.INSTRUCTOR].actor()
    for person in (here.people[Role.ANALYST].pk, uuid.uuid4()):
        with pytest.raises(Refused) as no:
            people.deactivate(colleague, person, here.agency.pk, NOW)
        assert no.value.hidden


def test_the_page_of_a_person_shows_what_is_of_this_agency_alone(
    here, elsewhere, admin, trainee, browser_of
):
    RoleGrant.objects.create(person=trainee, role="analyst", agency=elsewhere.agency)
    page = browser_of(here.people[Role.AGENCY_ADMIN]).get(reverse("person", args=[trainee.pk]))
    text = page.content.decode().split("<main")[1].split("</main>")[0]
    assert "Here trainee" in text
    assert "Trainee" in text
    assert "Elsewhere" not in text
    assert "Analyst" not in text.split("<form")[0]
    assert Entry.objects.filter(action=Action.SEE_PEOPLE.value,
                                kind="person", record=str(trainee.pk)).count() == 1  # fmt: skip


def test_each_role_gets_the_page_of_a_person_or_nothing(here, elsewhere, trainee, browser_of):
    page = reverse("person", args=[trainee.pk])
    got = {r: browser_of(here.people[r]).get(page).status_code for r in Role}
    assert got.pop(Role.AGENCY_ADMIN) == 200
    assert set(got.values()) == {403, 404}
    assert {browser_of(elsewhere.people[r]).get(page).status_code for r in Role} == {404}


def test_roles_and_letting_in_ask_for_proof_that_it_is_them(here, trainee, browser_of):
    browser = browser_of(here.people[Role.AGENCY_ADMIN])
    grant = RoleGrant.objects.get(person=trainee)
    where = [trainee.pk, here.agency.pk]
    for name, args in (("give_role", where), ("take_role", [*where, grant.pk]),
                       ("deactivate", where), ("reactivate", where), ("new_link", where),
                       ("erase_person", where)):  # fmt: skip
        answer = browser.post(reverse(name, args=args), {"role": "analyst"})
        assert answer.status_code == 302, name
        assert "reauthenticate" in answer["Location"], name
    assert RoleGrant.objects.filter(person=trainee).count() == 1


def test_everything_can_be_done_from_the_page(here, trainee, confirmed_of):
    browser = confirmed_of(here.people[Role.AGENCY_ADMIN])
    where = [trainee.pk, here.agency.pk]

    def send(name, *more, **given):
        return browser.post(reverse(name, args=[*where, *more]), given, follow=True)

    assert (
        "The role was given"
        in send("give_role", role="instructor", unit=str(here.other_unit.pk)).content.decode()
    )
    grant = RoleGrant.objects.get(person=trainee, role="instructor")
    send("take_role", grant.pk)
    assert not RoleGrant.objects.filter(pk=grant.pk).exists()
    send("hold", reason="A court asked for it")
    assert trainee.held
    send("lift_hold")
    assert not trainee.held
    page = send("new_link")
    assert "/enter/" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert "asleep" in send("deactivate").content.decode()
    assert "asleep" not in send("reactivate").content.decode()
    wrong = send("erase_person", email="somebody@else.example").content.decode()
    assert "Nothing was erased" in wrong
    assert "Erased." in send("erase_person", email=trainee.email.upper()).content.decode()
    assert Person.objects.get(pk=trainee.pk).erased_at


def test_a_form_that_is_wrong_says_so_beside_the_field(here, trainee, confirmed_of):
    browser = confirmed_of(here.people[Role.AGENCY_ADMIN])
    page = browser.post(
        reverse("give_role", args=[trainee.pk, here.agency.pk]), {"role": "site_admin"}
    )
    assert "site_admin is not one of the available choices" in page.content.decode()
    page = browser.post(reverse("hold", args=[trainee.pk, here.agency.pk]), {"reason": ""})
    assert "This field is required" in page.content.decode()


def test_whoever_loses_the_last_role_here_is_shown_here_no_more(here, trainee, confirmed_of):
    browser = confirmed_of(here.people[Role.AGENCY_ADMIN])
    grant = RoleGrant.objects.get(person=trainee)
    page = browser.post(
        reverse("take_role", args=[trainee.pk, here.agency.pk, grant.pk]), follow=True
    )
    assert "Here trainee" not in page.content.decode()
    assert browser.get(reverse("person", args=[trainee.pk])).status_code == 404


def test_whoever_is_deactivated_here_alone_is_no_longer_of_its_units(
    here, elsewhere, admin, trainee
):
    from stepdown.web.practice.units import people_of

    RoleGrant.objects.create(
        person=trainee, role="trainee", agency=elsewhere.agency, unit=elsewhere.unit
    )
    people.deactivate(admin, trainee.pk, here.agency.pk, NOW)
    assert trainee not in people_of(here.unit)
    assert trainee in people_of(elsewhere.unit)


def test_no_agency_takes_over_where_the_practice_of_another_s_trainee_counts(
    here, elsewhere, trainee
):
    for role in (Role.COORDINATOR, Role.TRAINEE):
        for unit in (None, elsewhere.unit.pk, elsewhere.other_unit.pk):
            invited(elsewhere, email=trainee.email, role=role, unit=unit, now=timezone.now())
    actor = Person.objects.get(pk=trainee.pk).actor()
    assert (actor.home.agency, actor.home.unit) == (here.agency.pk, here.unit.pk)
    row = play.start(actor, library()["bridge"], "bridge", "turn", NOW, seed=7)
    assert (row.agency_id, row.unit_id) == (here.agency.pk, here.unit.pk)


def test_practice_counts_for_the_earliest_role_as_a_trainee_else_for_the_earliest(here, elsewhere):
    person = Person.objects.create_user("two@here.example", "Two")
    for n, (role, place) in enumerate(
        ((Role.COORDINATOR, elsewhere), (Role.ANALYST, here)), start=1
    ):
        RoleGrant.objects.create(
            person=person, role=role, agency=place.agency, since=NOW + timedelta(days=n)
        )
    assert Person.objects.get(pk=person.pk).actor().home.agency == elsewhere.agency.pk
    for n, unit in enumerate((here.other_unit, here.unit, elsewhere.unit), start=3):
        RoleGrant.objects.create(
            person=person, role=Role.TRAINEE, agency=unit.agency, unit=unit,
            since=NOW + timedelta(days=n),
        )  # fmt: skip
    assert Person.objects.get(pk=person.pk).actor().home.unit == here.other_unit.pk


def test_another_agency_lets_nobody_in_whom_their_own_has_deactivated(
    here, elsewhere, admin, trainee
):
    theirs = elsewhere.people[Role.AGENCY_ADMIN].actor()
    people.deactivate(admin, trainee.pk, here.agency.pk, NOW)
    assert invited(elsewhere, email=trainee.email).secret is None
    assert not Person.objects.get(pk=trainee.pk).is_active
    people.deactivate(theirs, trainee.pk, elsewhere.agency.pk, NOW)
    people.reactivate(theirs, trainee.pk, elsewhere.agency.pk, NOW)
    assert not Person.objects.get(pk=trainee.pk).is_active
    people.reactivate(admin, trainee.pk, here.agency.pk, NOW)
    actor = Person.objects.get(pk=trainee.pk).actor()
    assert {g.agency for g in actor.grants} == {here.agency.pk, elsewhere.agency.pk}


def test_people_see_on_their_account_who_gave_them_which_role_and_when(
    here, elsewhere, trainee, browser_of
):
    later = timezone.now() + timedelta(days=1)
    invited(elsewhere, email=trainee.email, role=Role.TRAINEE, unit=elsewhere.unit.pk, now=later)
    text = browser_of(trainee).get(reverse("account")).content.decode()
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", text)
    day = date_format(later, "j M Y")
    assert [re.split(r"(?:<[^>]*>)+", row)[:-1] for row in rows][1] == [
        "Trainee", "Elsewhere", "Elsewhere 1", day,
    ]  # fmt: skip
    assert len(rows) == 2
    assert "What you practise counts for Here." in text
