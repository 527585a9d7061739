from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from stepdown.problems import InputProblems
from stepdown.web.accounts import agencies, people
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from tests.web.conftest import NOW


@pytest.fixture
def admin(here):
    return here.people[Role.AGENCY_ADMIN].actor()


@pytest.fixture
def site(here):
    return here.people[Role.SITE_ADMIN].actor()


def test_an_agency_begins_with_an_administrator_who_gets_a_link(site):
    agency, first = agencies.add_agency(site, "North", "Kim", "kim@north.example", NOW)
    assert first.secret
    assert agency.retention_days == 90
    grant = RoleGrant.objects.get(person=first.person)
    assert (grant.role, grant.agency, grant.unit) == ("agency_admin", agency, None)


def test_an_agency_s_name_is_used_once_and_nobody_is_added_for_nothing(site):
    agencies.add_agency(site, "North", "Kim", "kim@north.example", NOW)
    with pytest.raises(InputProblems, match="not in use"):
        agencies.add_agency(site, "North", "Alex", "alex@north.example", NOW)
    assert not Person.objects.filter(email="alex@north.example").exists()


def test_only_whoever_runs_the_site_adds_agencies_and_appoints(here):
    for role in set(Role) - {Role.SITE_ADMIN}:
        actor = here.people[role].actor()
        for act in (
            lambda a=actor: agencies.add_agency(a, "N", "K", "k@n.example", NOW),
            lambda a=actor: agencies.appoint(a, here.agency.pk, "K", "k@n.example", NOW),
            lambda a=actor: agencies.give_site(a, "trainee@here.example", NOW),
            lambda a=actor: agencies.take_site(a, here.people[Role.SITE_ADMIN].pk, NOW),
            lambda a=actor: agencies.site_link(a, "trainee@here.example", NOW),
        ):
            with pytest.raises(Refused):
                act()
    assert Agency.objects.count() == 1


def test_whoever_runs_the_site_does_nothing_with_an_agency_s_people(here, site):
    trainee = here.people[Role.TRAINEE]
    for act in (
        lambda: agencies.add_unit(site, here.agency, "Night", NOW),
        lambda: agencies.keep_for(site, here.agency, 1, 1, NOW),
        lambda: people.deactivate(site, trainee.pk, here.agency.pk, NOW),
        lambda: people.invite(site, here.agency, "K", "k@n.example", Role.TRAINEE, None, NOW),
    ):
        with pytest.raises(Refused):
            act()


def test_a_lost_agency_gets_a_new_administrator(here, site):
    done = agencies.appoint(site, here.agency.pk, "Kim", "kim@here.example", NOW)
    assert done.person.actor().roles == {Role.AGENCY_ADMIN}
    assert Entry.objects.filter(action="role given", agency=here.agency.pk).exists()


def test_units_are_added_and_renamed_and_a_name_is_used_once(here, elsewhere, admin):
    unit = agencies.add_unit(admin, here.agency, "Night", NOW)
    agencies.rename_unit(admin, unit.pk, "Late", NOW)
    unit.refresh_from_db()
    assert unit.name == "Late"
    for act in (
        lambda: agencies.add_unit(admin, here.agency, "Late", NOW),
        lambda: agencies.rename_unit(admin, here.unit.pk, "Late", NOW),
    ):
        with pytest.raises(InputProblems, match="not in use"):
            act()
    agencies.add_unit(elsewhere.people[Role.AGENCY_ADMIN].actor(), elsewhere.agency, "Late", NOW)


def test_nobody_else_changes_an_agency(here, elsewhere, admin):
    for role in set(Role) - {Role.AGENCY_ADMIN}:
        with pytest.raises(Refused):
            agencies.rename_unit(here.people[role].actor(), here.unit.pk, "Mine", NOW)
    for act in (
        lambda: agencies.rename_unit(admin, elsewhere.unit.pk, "Mine", NOW),
        lambda: agencies.keep_for(admin, elsewhere.agency, 1, 1, NOW),
        lambda: agencies.add_unit(admin, elsewhere.agency, "Mine", NOW),
        lambda: agencies.find_agency(admin, elsewhere.agency.pk, agencies.Action.MANAGE_AGENCY),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.hidden
    assert not Unit.objects.filter(name="Mine").exists()


def test_days_are_changed_within_bounds_and_noted(here, admin):
    agencies.keep_for(admin, here.agency, 30, 365, NOW)
    here.agency.refresh_from_db()
    assert (here.agency.retention_days, here.agency.assessment_retention_days) == (30, 365)
    assert Entry.objects.get(action="retention changed").detail == {
        "before": [90, 0], "now": [30, 365],
    }  # fmt: skip
    for days in (-1, 3651):
        with pytest.raises(InputProblems, match="0 to 3650"):
            agencies.keep_for(admin, here.agency, days, 0, NOW)


def test_the_site_is_never_left_without_anybody_to_run_it(here, site):
    me, other = here.people[Role.SITE_ADMIN], here.people[Role.ANALYST]
    with pytest.raises(InputProblems, match="last administrator of the site"):
        agencies.take_site(site, me.pk, NOW)
    agencies.give_site(site, other.email.upper(), NOW)
    agencies.give_site(site, other.email, NOW)
    assert other.actor().roles == {Role.ANALYST, Role.SITE_ADMIN}
    agencies.take_site(site, me.pk, NOW)
    assert Role.SITE_ADMIN not in Person.objects.get(pk=me.pk).actor().roles


def test_anybody_who_is_locked_out_gets_a_link_from_the_site(here, elsewhere, site):
    person = elsewhere.people[Role.TRAINEE]
    RoleGrant.objects.create(person=person, role="trainee", agency=here.agency)
    assert agencies.site_link(site, person.email, NOW)
    with pytest.raises(InputProblems, match="somebody who can sign in"):
        agencies.site_link(site, "nobody@nowhere.example", NOW)


def test_what_does_not_exist_is_missing(site, admin, here):
    with pytest.raises(Missing):
        agencies.appoint(site, here.unit.pk, "Kim", "kim@here.example", NOW)
    with pytest.raises(Refused):
        agencies.rename_unit(admin, here.agency.pk, "x", NOW)


def test_each_role_gets_the_pages_of_its_own(here, elsewhere, browser_of):
    for role in Role:
        browser = browser_of(here.people[role])
        own = browser.get(reverse("agency_of", args=[here.agency.pk])).status_code
        assert (own == 200) == (role is Role.AGENCY_ADMIN)
        assert browser.get(reverse("agency_of", args=[elsewhere.agency.pk])).status_code == 404
        runs = browser.get(reverse("agencies")).status_code
        assert runs == (200 if role is Role.SITE_ADMIN else 404)


def test_the_page_of_an_agency_shows_its_people_and_nobody_else(here, elsewhere, browser_of):
    page = browser_of(here.people[Role.AGENCY_ADMIN]).get(reverse("agency")).content.decode()
    assert "trainee@here.example" in page
    assert "@elsewhere" not in page
    assert Entry.objects.filter(kind="agency", outcome="read").exists()


def test_people_are_found_by_name_and_unit(here, browser_of):
    browser = browser_of(here.people[Role.AGENCY_ADMIN])

    def shown(**asked):
        page = browser.get(reverse("agency_of", args=[here.agency.pk]), asked).content.decode()
        return set(re.findall(r"<td[^>]*>(\w+)@here", page))

    assert shown(q="INSTR") == {"instructor"}
    assert shown(unit=str(here.unit.pk)) == {"trainee", "instructor"}
    assert shown(unit=str(here.other_unit.pk)) == set()
    assert shown(unit="no unit") == set()
    assert shown(q="%_'\"") == set()


def test_a_page_of_many_people_asks_no_more_than_one_of_few(
    here, browser_of, django_assert_max_num_queries
):
    for n in range(60):
        person = Person.objects.create_user(f"p{n}@here.example", f"P {n:02}")
        RoleGrant.objects.create(person=person, role="trainee", agency=here.agency, unit=here.unit)
    browser = browser_of(here.people[Role.AGENCY_ADMIN])
    with django_assert_max_num_queries(30):
        page = browser.get(reverse("agency_of", args=[here.agency.pk])).content.decode()
    assert "65 people" in page
    assert "1 / 2" in page


def test_whoever_administers_two_agencies_chooses_one(here, elsewhere, browser_of):
    person = here.people[Role.AGENCY_ADMIN]
    RoleGrant.objects.create(person=person, role=Role.AGENCY_ADMIN, agency=elsewhere.agency)
    browser = browser_of(person)
    page = browser.get(reverse("agency")).content.decode()
    assert "Here" in page
    assert "Elsewhere" in page
    assert browser.get(reverse("agency_of", args=[elsewhere.agency.pk])).status_code == 200


def test_an_invitation_shows_its_link_once_and_the_log_of_the_server_never(
    here, confirmed_of, caplog
):
    browser = confirmed_of(here.people[Role.AGENCY_ADMIN])
    given = {"name": "Kim <b>", "email": "kim@here.example", "role": "trainee",
             "unit": str(here.unit.pk)}  # fmt: skip
    page = browser.post(reverse("invite", args=[here.agency.pk]), given)
    text = page.content.decode()
    link = html.unescape(re.search(r'value="([^"]*/enter/[^"]*)"', text)[1])
    assert link.startswith("https://testserver/enter/")
    assert "Kim &lt;b&gt;" in text
    assert page["Cache-Control"] == "no-store"
    assert link.rsplit("/", 2)[1] not in caplog.text
    assert "/enter/" not in browser.get(reverse("agency")).content.decode()
    given["role"] = "instructor"
    page = browser.post(reverse("invite", args=[here.agency.pk]), given, follow=True)
    assert "They have an account already" in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 121), ("name", "a\u202eb"), ("email", "no address"),
     ("role", "site_admin"), ("role", "king"), ("unit", "elsewhere"), ("unit", "")],
)  # fmt: skip
def test_an_invitation_that_is_wrong_adds_nobody(here, elsewhere, confirmed_of, field, value):
    given = {"name": "Kim", "email": "kim@here.example", "role": "trainee", "unit": "whole"}
    given[field] = str(elsewhere.unit.pk) if value == "elsewhere" else value
    page = confirmed_of(here.people[Role.AGENCY_ADMIN]).post(
        reverse("invite", args=[here.agency.pk]), given
    )
    assert "Something needs correcting" in page.content.decode()
    assert not Person.objects.filter(name="Kim").exists()


def test_units_and_days_are_changed_from_the_page(here, confirmed_of):
    browser = confirmed_of(here.people[Role.AGENCY_ADMIN])
    browser.post(reverse("add_unit", args=[here.agency.pk]), {"name": "  Night  "})
    unit = Unit.objects.get(name="Night")
    browser.post(reverse("rename_unit", args=[unit.pk]), {"name": "Late"})
    browser.post(
        reverse("keep_for", args=[here.agency.pk]), {"practice_days": 30, "assessment_days": 0}
    )
    unit.refresh_from_db()
    here.agency.refresh_from_db()
    assert (unit.name, here.agency.retention_days) == ("Late", 30)
    page = browser.post(
        reverse("keep_for", args=[here.agency.pk]), {"practice_days": -1, "assessment_days": ""}
    )
    assert "Something needs correcting" in page.content.decode()


def test_the_site_is_run_from_its_page(here, confirmed_of):
    browser = confirmed_of(here.people[Role.SITE_ADMIN])
    new = {"name": "North", "admin_name": "Kim", "admin_email": "kim@north.example"}
    assert "/enter/" in browser.post(reverse("add_agency"), new).content.decode()
    north = Agency.objects.get(name="North")
    more = {"name": "Alex", "email": "alex@north.example"}
    assert "/enter/" in browser.post(
        reverse("appoint", args=[north.pk]), more
    ).content.decode()  # fmt: skip
    browser.post(reverse("give_site"), {"email": "analyst@here.example"})
    assert Role.SITE_ADMIN in here.people[Role.ANALYST].actor().roles
    browser.post(reverse("take_site", args=[here.people[Role.ANALYST].pk]))
    assert Role.SITE_ADMIN not in Person.objects.get(pk=here.people[Role.ANALYST].pk).actor().roles
    lost = {"back-email": "trainee@here.example", "back-second_factor": "on"}
    assert "/enter/" in browser.post(reverse("site_link"), lost).content.decode()
    page = browser.get(reverse("agencies")).content.decode()
    assert "kim@north.example" in page
    assert "trainee@here.example" not in page


def test_the_site_s_page_asks_for_proof_before_it_changes_anything(here, browser_of):
    browser = browser_of(here.people[Role.SITE_ADMIN])
    for name in ("add_agency", "give_site", "site_link"):
        assert "reauthenticate" in browser.post(reverse(name), {})["Location"]


@pytest.mark.parametrize("name", ["q", "unit", "page"])
def test_signs_that_cannot_be_seen_break_no_search_for_people(here, browser_of, name):
    browser = browser_of(here.people[Role.AGENCY_ADMIN])
    to = reverse("agency_of", args=[here.agency.pk])
    assert "Here trainee" in browser.get(to, {name: "\x00"}).content.decode()


def test_the_time_zone_of_an_agency_is_chosen_from_those_there_are_and_noted(here, admin):
    assert here.agency.zone == "UTC"
    agencies.set_zone(admin, here.agency, "America/Chicago", NOW)
    agencies.set_zone(admin, here.agency, "America/Chicago", NOW)
    here.agency.refresh_from_db()
    assert here.agency.zone == "America/Chicago"
    changed = Entry.objects.get(action="time zone changed")
    assert changed.detail == {"before": "UTC", "now": "America/Chicago"}
    for zone in ("", "America/Nowhere", "../../etc/passwd", "america/chicago", "Etc/GMT+5", "\x00"):
        with pytest.raises(InputProblems, match="a zone such as"):
            agencies.set_zone(admin, here.agency, zone, NOW)


def test_nobody_else_changes_the_time_zone(here, elsewhere, admin):
    for role in set(Role) - {Role.AGENCY_ADMIN}:
        with pytest.raises(Refused):
            agencies.set_zone(here.people[role].actor(), here.agency, "Europe/Paris", NOW)
    with pytest.raises(Refused) as no:
        agencies.set_zone(admin, elsewhere.agency, "Europe/Paris", NOW)
    assert no.value.hidden
    assert set(Agency.objects.values_list("zone", flat=True)) == {"UTC"}


def test_the_time_zone_is_changed_on_the_page_of_the_agency(here, browser_of):
    browser = browser_of(here.people[Role.AGENCY_ADMIN])
    page = browser.get(reverse("agency_of", args=[here.agency.pk])).content.decode()
    assert '<optgroup label="America">' in page
    assert '<option value="UTC" selected>' in page
    browser.post(reverse("zone", args=[here.agency.pk]), {"zone": "America/New_York"})
    page = browser.get(reverse("agency_of", args=[here.agency.pk])).content.decode()
    assert '<option value="America/New_York" selected>New York</option>' in page
    wrong = browser.post(reverse("zone", args=[here.agency.pk]), {"zone": "Moon/Crater"})
    assert "Something needs correcting" in wrong.content.decode()
    here.agency.refresh_from_db()
    assert here.agency.zone == "America/New_York"
