"""Pages of training speak the reader's language; what an agency wrote stays as it was written."""

from __future__ import annotations

import pytest
from django.urls import reverse

from stepdown.retention.hours_rules import jurisdictions
from stepdown.web import demo, demo_year
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.demo_year.year import REASON
from stepdown.web.policy import Role
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion, Session
from stepdown.web.records.models import PlanSetting
from tests.web.conftest import NOW
from tests.web.test_translation import english_on

OWN = ("training", "training_own", "my_refreshers", "practice_counts", "hours_mine", "calendar")
OF_ALL = ("programme", "curriculum", "rollouts", "refreshers")
OF_AGENCY = (
    "sessions_of", "schedule_session", "training_people", "exempted", "progress_all",
    "refreshers_of", "plan_settings", "refreshers_learned", "refresher_visits",
)  # fmt: skip
IN_AGENCY = ("rollout_draw", "roster_of", "hours_rules", "hours_file", "readiness",
             "readiness_names", "certificates")  # fmt: skip


@pytest.fixture
def year(here):
    """An agency with a year of training behind it, and a plan."""
    units = [here.unit, here.other_unit]
    demo_year.grow(here.agency, units, 12, demo.HOST, (demo.GIVEN, demo.FAMILY), NOW)
    demo_year.list_members(here.agency, NOW)
    demo_year.live_through(here.agency, units, here.people[Role.COORDINATOR], NOW, waves=False)
    demo_year.plan_ahead(here.agency, here.people[Role.COORDINATOR], NOW)
    return here


def _spanish(browser, address):
    browser.cookies["django_language"] = "es"
    answer = browser.get(address)
    assert answer.status_code == 200, address
    assert '<html lang="es">' in answer.text
    return answer.text


def _left(text, here):
    """Return the English on a page, without what the agency wrote itself."""
    written = [row.content["title"] for row in ProgrammeVersion.objects.all()]
    written += [one["title"] for row in PlanSetting.objects.all() for one in row.refreshers]
    written += [row.module.title for row in Session.objects.select_related("module")]
    written += [REASON, "assumed: an example, no law", "nowhere: written for this example"]
    written += [rules.name for rules in jurisdictions().values()]
    modules = ModuleVersion.objects.values_list("content__fidelity", flat=True)
    written += [item["text"] for items in modules for item in items or ()]
    written.append("<code>what</code>")
    for own in sorted(set(written), key=len, reverse=True):
        text = text.replace(own, "")
    return english_on(text)


def test_ones_own_training_is_spanish(year, confirmed_of):
    person = Person.objects.filter(grants__agency=year.agency, grants__role=Role.TRAINEE).last()
    browser = confirmed_of(person)
    found = {name: _left(_spanish(browser, reverse(name)), year) for name in OWN}
    assert {name: left for name, left in found.items() if left} == {}


def test_running_the_programme_of_an_agency_is_spanish(year, confirmed_of):
    RoleGrant.objects.create(
        person=year.people[Role.COORDINATOR], role=Role.AGENCY_ADMIN, agency=year.agency
    )
    browser = confirmed_of(year.people[Role.COORDINATOR])
    addresses = [reverse(name) for name in OF_ALL]
    addresses += [reverse(name, args=[year.agency.id]) for name in (*OF_AGENCY, *IN_AGENCY)]
    session = Session.objects.filter(agency=year.agency).first()
    addresses += [reverse(n, args=[session.id]) for n in ("session", "session_list")]
    addresses += [
        reverse(n, args=[year.unit.id])
        for n in ("hours_unit", "unit_refreshers", "exams", "note_exams", "unit_calendar")
    ]
    found = {to: _left(_spanish(browser, to), year) for to in addresses}
    assert {to: left for to, left in found.items() if left} == {}
