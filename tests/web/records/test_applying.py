from __future__ import annotations

from datetime import date, timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.web.accounts import people
from stepdown.web.accounts.entering import make_link, use_link
from stepdown.web.accounts.models import OneTimeLink, Person, RoleGrant, Unit
from stepdown.web.accounts.tokens import make
from stepdown.web.audit.log import verify
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter
from stepdown.web.records import applying, rosters
from stepdown.web.records.models import Member, RosterImport, StagedRoster
from tests.web.conftest import NOW
from tests.web.practice.test_play import begin
from tests.web.records.rostered import PLAIN, look, member, put, record, run_of, units

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=7)
THREE = (
    "1,Ana Ruiz,North,ana@here.example,Officer,2020-02-29,,\n2,Bo Li,North,,,,,\n3,Cy,South,,,,,\n"
)


@pytest.fixture
def boss(here):
    return here.people[Role.COORDINATOR].actor()


def test_who_joins_is_a_trainee_of_the_unit_and_nothing_else(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    ana = member(here.agency, "1")
    assert (ana.email, ana.title, ana.hired, ana.left) == (
        "ana@here.example", "Officer", date(2020, 2, 29), None)  # fmt: skip
    assert (ana.person.email, ana.person.name) == ("ana@here.example", "Ana Ruiz")
    grants = RoleGrant.objects.filter(person=ana.person)
    assert [(g.role, g.unit.name, g.suspended_at) for g in grants] == [("trainee", "North", None)]
    assert not ana.person.has_usable_password()
    assert OneTimeLink.objects.count() == 0


def test_a_title_gives_nobody_a_role(here, boss):
    put(boss, here.agency, PLAIN + "1,Ana,North,,agency_admin,,,\n")
    assert set(RoleGrant.objects.filter(person__name="Ana").values_list("role", flat=True)) == {
        "trainee"
    }


def test_who_has_no_address_cannot_sign_in(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    bo = member(here.agency, "2")
    assert bo.person.email == f"no-address-{bo.person.pk}@invalid"
    assert bo.email == ""


def test_units_are_made_once_whatever_their_capitals(here, boss):
    put(boss, here.agency, "id,name,unit\n1,A,here 1\n2,B,North\n3,C,NORTH\n")
    assert set(here.agency.units.values_list("name", flat=True)) == {"Here 1", "Here 2", "North"}
    assert units(member(here.agency, "1").person, here.agency) == ["Here 1"]


def test_the_same_roster_again_changes_nothing_and_is_noted(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    before = record()
    staged = look(boss, here.agency, PLAIN + THREE, LATER)
    assert run_of(staged, LATER).nothing
    put(boss, here.agency, PLAIN + THREE, LATER)
    after = record()
    assert len(after.pop("RosterImport")) == len(before.pop("RosterImport")) + 1
    assert after == before


def test_a_roster_is_applied_once_however_often_it_is_sent(here, boss):
    staged = look(boss, here.agency, PLAIN + THREE)
    digest = run_of(staged).digest
    applying.apply(boss, here.agency.pk, staged.pk, digest, True, NOW)
    before = record()
    with pytest.raises(rosters.NotWaiting):
        applying.apply(boss, here.agency.pk, staged.pk, digest, True, NOW)
    assert record() == before
    assert not StagedRoster.objects.exists()


def test_what_was_not_shown_is_not_done(here, boss):
    staged = look(boss, here.agency, PLAIN + THREE)
    digest = run_of(staged).digest
    Person.objects.create_user("ana@here.example", "Somebody else")
    before = record()
    with pytest.raises(applying.Differs):
        applying.apply(boss, here.agency.pk, staged.pk, digest, True, NOW)
    assert record() == before
    assert StagedRoster.objects.filter(pk=staged.pk).exists()


def test_the_day_alone_makes_no_other_roster_of_it(here, boss):
    staged = look(boss, here.agency, PLAIN + THREE)
    assert run_of(staged).digest == run_of(staged, LATER).digest


def test_who_has_an_account_and_no_role_here_is_not_joined_silently(here, elsewhere, boss):
    stranger = elsewhere.people[Role.TRAINEE]
    staged = look(boss, here.agency, PLAIN + f"1,Ana,North,{stranger.email.upper()},,,,\n")
    (by_hand,) = run_of(staged).by_hand
    assert (by_hand.number, by_hand.why) == ("1", "elsewhere")
    put(boss, here.agency, PLAIN + f"1,Ana,North,{stranger.email},,,,\n")
    assert not RoleGrant.objects.filter(person=stranger, agency=here.agency).exists()
    assert not Member.objects.filter(agency=here.agency).exists()
    assert not here.agency.units.filter(name="North").exists()


def test_whoever_was_invited_by_hand_is_found_by_their_address_and_given_a_number(here, boss):
    trainee = here.people[Role.TRAINEE]
    put(boss, here.agency, PLAIN + f"9,Other Name,Here 2,{trainee.email},,2019-01-01,,\n")
    row = member(here.agency, "9")
    assert (row.person_id, row.hired) == (trainee.pk, date(2019, 1, 1))
    trainee.refresh_from_db()
    assert trainee.name == "Other Name"
    assert units(trainee, here.agency) == ["Here 2"]


def test_an_address_of_somebody_with_another_number_is_refused(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    staged = look(boss, here.agency, PLAIN + THREE + "4,Di,North,ana@here.example,,,,\n", LATER)
    with pytest.raises(InputProblems):
        run_of(staged, LATER)
    Member.objects.filter(number="1").update(email="ana.new@here.example")
    staged = look(boss, here.agency, PLAIN + "4,Di,North,ana@here.example,,,,\n", LATER)
    with pytest.raises(InputProblems, match="signs in"):
        run_of(staged, LATER)


def test_to_move_takes_one_role_and_gives_one_and_leaves_what_was_done(here, boss):
    trainee = here.people[Role.TRAINEE]
    done = begin(trainee)
    since = RoleGrant.objects.get(person=trainee).since
    put(boss, here.agency, PLAIN + f"9,Here trainee,South,{trainee.email},,,,\n")
    (grant,) = RoleGrant.objects.filter(person=trainee)
    assert (grant.role, grant.unit.name, grant.since) == ("trainee", "South", since)
    assert Encounter.objects.get(pk=done.pk).unit_id == here.unit.pk
    entry = Entry.objects.get(action="moved by roster")
    assert entry.record == str(trainee.pk)
    assert entry.detail == {"from": [str(here.unit.pk)], "unit": str(grant.unit_id)}


def test_to_move_within_one_agency_changes_nothing_about_which_is_home(here, elsewhere, boss):
    trainee = here.people[Role.TRAINEE]
    RoleGrant.objects.create(person=trainee, role="trainee", agency=elsewhere.agency)
    put(boss, here.agency, PLAIN + f"9,Here trainee,South,{trainee.email},,,,\n", LATER)
    home = Person.objects.get(pk=trainee.pk).actor().home
    assert home is not None
    assert home.agency == here.agency.pk


def test_who_is_trained_in_two_units_and_listed_in_one_stays(here, boss):
    trainee = here.people[Role.TRAINEE]
    RoleGrant.objects.create(person=trainee, role="trainee", agency=here.agency,
                             unit=here.other_unit)  # fmt: skip
    put(boss, here.agency, PLAIN + f"9,Here trainee,Here 2,{trainee.email},,,,\n")
    assert units(trainee, here.agency) == ["Here 1", "Here 2"]
    put(boss, here.agency, PLAIN + f"9,Here trainee,South,{trainee.email},,,,\n")
    assert units(trainee, here.agency) == ["South"]


def test_who_is_no_trainee_becomes_none_and_keeps_their_roles(here, boss):
    teacher = here.people[Role.INSTRUCTOR]
    put(boss, here.agency, PLAIN + f"9,Here instructor,South,{teacher.email},Sergeant,,,\n")
    grants = RoleGrant.objects.filter(person=teacher)
    assert [(g.role, g.unit.name) for g in grants] == [("instructor", "Here 1")]
    assert member(here.agency, "9").title == "Sergeant"


def test_who_leaves_can_sign_in_no_more_and_loses_nothing(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    ana = member(here.agency, "1").person
    make_link(None, ana, NOW)
    make(ana.actor(), "a program", ["practice"], 5, NOW)
    put(boss, here.agency, PLAIN + THREE[THREE.index("2,") :], LATER)
    row = member(here.agency, "1")
    assert row.left == LATER.date()
    assert not row.person.is_active
    assert row.person.grants.get().suspended_at == LATER
    assert not row.person.tokens.exists()
    assert not row.person.links.exists()
    assert Entry.objects.get(action="deactivated").record == str(ana.pk)


def test_the_last_day_is_that_of_the_roster(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    put(boss, here.agency, PLAIN + THREE.replace("29,,", "29,2026-01-31,"), LATER)
    assert member(here.agency, "1").left == date(2026, 1, 31)


def test_who_leaves_here_and_serves_elsewhere_goes_on_there(here, elsewhere, boss):
    put(boss, here.agency, PLAIN + THREE)
    ana = member(here.agency, "1").person
    RoleGrant.objects.create(person=ana, role="trainee", agency=elsewhere.agency)
    put(boss, here.agency, PLAIN + "2,Bo Li,North,,,,,\n", LATER)
    ana.refresh_from_db()
    assert ana.is_active
    assert {g.agency_id for g in ana.standing()} == {elsewhere.agency.pk}


def test_sessions_of_who_leaves_end_at_once(here, boss, browser_of):
    put(boss, here.agency, PLAIN + THREE)
    ana, bo = (member(here.agency, n).person for n in "12")
    browsers = [browser_of(ana), browser_of(bo)]
    assert [b.get("/account/").status_code for b in browsers] == [200, 200]
    put(boss, here.agency, PLAIN + THREE[THREE.index("2,") :], LATER)
    assert [b.get("/account/").status_code for b in browsers] == [302, 200]


def test_whoever_administers_coordinates_or_analyses_is_left_to_people(here, boss):
    numbered = [here.people[r] for r in (Role.AGENCY_ADMIN, Role.COORDINATOR, Role.ANALYST)]
    for n, person in enumerate(numbered):
        Member.objects.create(agency=here.agency, person=person, number=f"S{n}")
    staged = look(boss, here.agency, PLAIN + THREE)
    assert sorted(h.why for h in run_of(staged).by_hand) == ["senior leaves"] * 3
    put(boss, here.agency, PLAIN + THREE)
    assert not RoleGrant.objects.filter(person__in=numbered).exclude(suspended_at=None).exists()
    people.deactivate(here.people[Role.AGENCY_ADMIN].actor(), numbered[2].pk, here.agency.pk, NOW)
    staged = look(boss, here.agency, PLAIN + THREE + "S2,Here analyst,North,,,,,\n")
    assert "senior returns" in {h.why for h in run_of(staged).by_hand}
    put(boss, here.agency, PLAIN + THREE + "S2,Here analyst,North,,,,,\n")
    assert RoleGrant.objects.get(person=numbered[2]).suspended_at is not None


def test_who_comes_back_is_let_in_with_what_they_had(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    put(boss, here.agency, PLAIN + THREE[THREE.index("2,") :], LATER)
    put(boss, here.agency, PLAIN + THREE.replace("Ruiz,North", "Ruiz,South"), LATER)
    row = member(here.agency, "1")
    assert row.left is None
    assert row.person.is_active
    assert units(row.person, here.agency) == ["South"]
    assert row.person.grants.get().suspended_at is None
    assert Entry.objects.filter(action="reactivated", record=str(row.person_id)).count() == 1


def test_what_was_closed_by_another_agency_stays_closed(here, elsewhere, boss):
    put(boss, here.agency, PLAIN + THREE)
    bo = member(here.agency, "2").person
    RoleGrant.objects.create(
        person=bo, role="trainee", agency=elsewhere.agency, since=NOW - timedelta(days=90),
        suspended_at=NOW - timedelta(days=30),
    )  # fmt: skip
    put(boss, here.agency, PLAIN + THREE.replace("2,Bo Li,North,,,,,\n", ""), LATER)
    put(boss, here.agency, PLAIN + THREE, LATER)
    bo.refresh_from_db()
    assert not bo.is_active


def test_who_was_deactivated_by_hand_is_not_let_in_by_a_roster(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    ana, admin = member(here.agency, "1").person, here.people[Role.AGENCY_ADMIN].actor()
    people.deactivate(admin, ana.pk, here.agency.pk, NOW)
    changed = PLAIN + THREE.replace("Ana Ruiz,North", "Another,South")
    assert [h.why for h in run_of(look(boss, here.agency, changed)).by_hand] == ["by hand"]
    put(boss, here.agency, changed)
    ana.refresh_from_db()
    assert (ana.is_active, ana.name, units(ana, here.agency)) == (False, "Ana Ruiz", ["North"])


def test_let_in_by_hand_and_sent_away_by_hand_no_roster_lets_them_in(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    put(boss, here.agency, PLAIN + THREE[THREE.index("2,") :], LATER)
    ana, admin = member(here.agency, "1").person, here.people[Role.AGENCY_ADMIN].actor()
    people.reactivate(admin, ana.pk, here.agency.pk, LATER)
    assert member(here.agency, "1").left is None
    people.deactivate(admin, ana.pk, here.agency.pk, LATER)
    put(boss, here.agency, PLAIN + THREE, LATER)
    ana.refresh_from_db()
    assert not ana.is_active


def test_whose_roles_were_taken_is_not_given_one(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    ana = member(here.agency, "1").person
    ana.grants.all().delete()
    (by_hand,) = run_of(look(boss, here.agency, PLAIN + THREE)).by_hand
    assert (by_hand.number, by_hand.why) == ("1", "no role")
    put(boss, here.agency, PLAIN + THREE)
    assert not ana.grants.exists()


def test_invited_again_by_hand_they_have_not_left(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    put(boss, here.agency, PLAIN + THREE[THREE.index("2,") :], LATER)
    ana, admin = member(here.agency, "1").person, here.people[Role.AGENCY_ADMIN].actor()
    ana.grants.all().delete()
    people.invite(admin, here.agency, "Ana", ana.email, Role.TRAINEE, here.unit.pk, LATER)
    assert member(here.agency, "1").left is None


def test_the_address_with_which_somebody_signs_in_is_never_changed(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    put(boss, here.agency, PLAIN + THREE.replace("ana@here", "thief@here"), LATER)
    row = member(here.agency, "1")
    assert (row.email, row.person.email) == ("thief@here.example", "ana@here.example")


def test_who_could_not_sign_in_signs_in_with_the_first_address_that_is_known(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    put(boss, here.agency, PLAIN + THREE.replace("Bo Li,North,", "Bo Li,North,bo@here.example"))
    assert member(here.agency, "2").person.email == "bo@here.example"


@pytest.mark.parametrize("more", ["agency_admin", "coordinator", "analyst", "instructor", "there"])
def test_an_address_lets_in_nobody_who_holds_more_than_a_trainee_s_role(
    here, elsewhere, boss, more
):
    put(boss, here.agency, PLAIN + THREE)
    bo = member(here.agency, "2").person
    there = {"role": "trainee", "agency": elsewhere.agency}
    RoleGrant.objects.create(
        person=bo, **(there if more == "there" else {"role": more, "agency": here.agency})
    )
    staged = look(
        boss, here.agency, PLAIN + THREE.replace("Li,North,", "Li,West,evil@evil.example")
    )
    run = run_of(staged)
    assert [(h.number, h.name, h.why) for h in run.by_hand] == [("2", "Bo Li", "sign-in")]
    assert not run.new_sign_in
    applying.apply(boss, here.agency.pk, staged.pk, run.digest, True, NOW)
    row = member(here.agency, "2")
    assert (row.person.email.endswith("@invalid"), row.email) == (True, "")
    assert units(bo, here.agency) == ["West"]


def test_a_role_that_was_given_meanwhile_stops_the_roster_that_would_let_them_in(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    bo = member(here.agency, "2").person
    staged = look(
        boss, here.agency, PLAIN + THREE.replace("Li,North,", "Li,North,evil@evil.example")
    )
    digest = run_of(staged).digest
    admin = here.people[Role.AGENCY_ADMIN].actor()
    people.give(admin, bo.pk, here.agency.pk, Role.AGENCY_ADMIN, None, NOW)
    with pytest.raises(applying.Differs):
        applying.apply(boss, here.agency.pk, staged.pk, digest, True, NOW)
    bo.refresh_from_db()
    assert bo.email.endswith("@invalid")


def test_who_came_in_by_a_link_keeps_what_they_sign_in_with(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    bo = member(here.agency, "2").person
    use_link(make_link(None, bo, NOW), "Bo Li", "four words and a horse", NOW)
    put(boss, here.agency, PLAIN + THREE.replace("Bo Li,North,", "Bo Li,North,bo@here.example"))
    row = member(here.agency, "2")
    assert row.email == "bo@here.example"
    assert row.person.email.endswith("@invalid")


def test_an_address_that_somebody_has_is_given_to_nobody_else(here, elsewhere, boss):
    put(boss, here.agency, PLAIN + THREE)
    taken = elsewhere.people[Role.TRAINEE].email
    put(boss, here.agency, PLAIN + THREE.replace("Bo Li,North,", f"Bo Li,North,{taken}"))
    row = member(here.agency, "2")
    assert row.person.email.endswith("@invalid")
    assert row.email == taken


@pytest.mark.parametrize("where", ["another agency", "administrator", "site"])
def test_a_name_is_not_changed_where_others_answer_for_the_person(here, elsewhere, boss, where):
    put(boss, here.agency, PLAIN + THREE)
    ana = member(here.agency, "1").person
    role = {"administrator": "agency_admin", "site": "site_admin"}.get(where, "trainee")
    agency = {"administrator": here.agency, "site": None}.get(where, elsewhere.agency)
    RoleGrant.objects.create(person=ana, role=role, agency=agency)
    text = PLAIN + THREE.replace("Ana Ruiz", "Ana Other")
    run = run_of(look(boss, here.agency, text))
    assert [c.now for c in run.names_stay] == ["Ana Other"]
    assert run.nothing
    put(boss, here.agency, text)
    ana.refresh_from_db()
    assert ana.name == "Ana Ruiz"


def test_a_first_day_that_was_set_by_hand_stays(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    Member.objects.filter(number="1").update(hired=date(2018, 1, 1))
    put(
        boss, here.agency, PLAIN + THREE.replace("2,Bo Li,North,,,,", "2,Bo Li,North,,,2021-05-01,")
    )
    assert member(here.agency, "1").hired == date(2018, 1, 1)
    assert member(here.agency, "2").hired == date(2021, 5, 1)


def test_many_leave_only_when_that_is_said(here, boss):
    put(boss, here.agency, PLAIN + THREE)
    before = record()
    with pytest.raises(InputProblems, match="would be deactivated"):
        put(boss, here.agency, PLAIN + "9,Di,North,,,,,\n", LATER, many=False)
    assert record() == before
    put(boss, here.agency, PLAIN + "9,Di,North,,,,,\n", LATER)
    assert member(here.agency, "1").left is not None


def test_a_number_for_everybody_is_written_in_the_audit_log_and_no_word_of_anybodys(here, boss):
    done = put(boss, here.agency, PLAIN + THREE)
    assert done.counts == {
        "joined": 3, "moved": 0, "left": 0, "changed": 0, "returned": 0, "unchanged": 0,
        "by_hand": 0, "units": 2,
    }  # fmt: skip
    entry = Entry.objects.get(action="roster applied")
    assert entry.detail == {**done.counts, "sha256": done.sha256}
    assert Entry.objects.filter(action="person added by roster").count() == 3
    told = "".join(f"{e.record}{e.detail}" for e in Entry.objects.all())
    assert not any(word in told for word in ("Ana", "ana@", "North", "Officer"))
    assert verify().broken == ()


def test_those_who_may_not_change_nothing(here, elsewhere, boss):
    staged = look(boss, here.agency, PLAIN + THREE)
    digest = run_of(staged).digest
    before = record()
    for place, hidden in ((here, False), (elsewhere, True)):
        for role, person in place.people.items():
            if place is here and role in (Role.COORDINATOR, Role.AGENCY_ADMIN):
                continue
            with pytest.raises(Refused) as refused:
                applying.apply(person.actor(), here.agency.pk, staged.pk, digest, True, NOW)
            assert refused.value.hidden == (hidden or role is Role.SITE_ADMIN)
            with pytest.raises(Refused):
                look(person.actor(), here.agency, PLAIN + THREE)
    assert record() == before


def test_a_coordinator_of_one_unit_reads_in_no_roster(here):
    person = Person.objects.create_user("c@here.example", "C")
    RoleGrant.objects.create(person=person, role="coordinator", agency=here.agency, unit=here.unit)
    with pytest.raises(Refused):
        look(person.actor(), here.agency, PLAIN + THREE)


def test_a_roster_of_one_agency_waits_for_no_other(here, elsewhere, boss):
    staged = look(boss, here.agency, PLAIN + THREE)
    foreign = elsewhere.people[Role.COORDINATOR].actor()
    with pytest.raises(rosters.NotWaiting):
        rosters.find_waiting(foreign, elsewhere.agency.pk, staged.pk, NOW)
    with pytest.raises(rosters.NotWaiting):
        applying.apply(foreign, elsewhere.agency.pk, staged.pk, "x", True, NOW)


def test_how_it_was_read_is_remembered_for_the_next(here, boss):
    text = b"Badge;Who;Where;Since\n1;Ana;North;31/12/2020\n"
    staged = look(boss, here.agency, text)
    assert rosters.lacking(rosters.mapping_of(staged))
    mapping = {"columns": {"id": "Badge", "name": "Who", "unit": "Where", "start": "Since"},
               "dates": "dmy"}  # fmt: skip
    how = rosters.RosterMapping.model_validate(mapping)
    staged = rosters.choose(boss, here.agency.pk, staged.pk, how, NOW)
    applying.apply(boss, here.agency.pk, staged.pk, run_of(staged).digest, True, NOW)
    assert member(here.agency, "1").hired == date(2020, 12, 31)
    again = look(boss, here.agency, text)
    assert again.mapping == mapping
    assert run_of(again).nothing
    assert run_of(look(boss, here.agency, "id,name,unit\n1,Ana,North\n")).nothing


def test_there_is_one_roster_that_waits_of_each_person(here, boss):
    look(boss, here.agency, PLAIN + THREE)
    look(boss, here.agency, PLAIN + THREE)
    look(here.people[Role.AGENCY_ADMIN].actor(), here.agency, PLAIN + THREE)
    assert StagedRoster.objects.count() == 2


def test_more_people_than_any_agency_has_are_refused(here, boss, monkeypatch):
    monkeypatch.setattr("stepdown.web.records.dry_run.MOST_PEOPLE", 2)
    with pytest.raises(InputProblems):
        run_of(look(boss, here.agency, PLAIN + THREE))


def test_a_failure_halfway_leaves_nothing_behind(here, boss, monkeypatch):
    put(boss, here.agency, PLAIN + THREE)
    staged = look(boss, here.agency, PLAIN + "4,Di,New,,,,,\n5,Ed,New,,,,,\n2,Bo,South,,,,,\n")
    digest, before, entries = run_of(staged).digest, record(), Entry.objects.count()

    def fails(*given, **named):
        raise RuntimeError

    monkeypatch.setattr(RosterImport.objects, "create", fails)
    with pytest.raises(RuntimeError):
        applying.apply(boss, here.agency.pk, staged.pk, digest, True, NOW)
    assert record() == before
    assert Entry.objects.count() == entries
    assert not Unit.objects.filter(name="New").exists()


DAY = timedelta(days=1)


def test_a_roster_older_than_a_day_waits_no_more_whether_it_was_deleted_or_not(here, boss):
    staged = look(boss, here.agency, PLAIN + THREE)
    assert rosters.find_waiting(boss, here.agency.pk, staged.pk, NOW + DAY) == staged
    assert rosters.waiting(here.agency, NOW + DAY) == [staged]
    late = NOW + DAY + timedelta(seconds=1)
    digest, before = run_of(staged, late).digest, record()
    given = (boss, here.agency.pk, staged.pk)
    for act in (
        lambda: rosters.find_waiting(*given, late),
        lambda: rosters.choose(*given, rosters.mapping_of(staged), late),
        lambda: rosters.discard(*given, late),
        lambda: applying.apply(*given, digest, True, late),
    ):
        with pytest.raises(rosters.NotWaiting):
            act()
    assert rosters.waiting(here.agency, late) == []
    assert record() == before
