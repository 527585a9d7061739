import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Unit
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.programs import audience
from stepdown.web.programs.audience import ForWhom, history, of_agency, of_programme, say
from stepdown.web.programs.models import Audience, Rollout
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_programme

HOUR = timedelta(hours=1)


@pytest.fixture
def chief(here):
    return here.people[Role.COORDINATOR]


@pytest.fixture
def programme(here):
    return a_programme(here.agency, "whole", a_module(here.agency))


def for_units(here, chief, *units, why="They drive", now=NOW):
    ids = [str(unit.id) for unit in units]
    return say(chief.actor(), here.agency.id, "whole", "units", ids, why, now)


def url_of(programme):
    return f"/curriculum/{programme.agency_id}/programmes/{programme.name}/audience/"


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("everybody", "one two whole nowhere"), ("units", "one whole"), ("chosen", "")],
)
def test_it_is_asked_of_everybody_of_some_units_or_of_nobody(kind, asked):
    one, two = uuid.uuid4(), uuid.uuid4()
    for_whom = ForWhom(kind, frozenset([one] if kind == "units" else []))
    places = {"one": {one, two}, "two": {two}, "whole": {None}, "nowhere": set()}
    assert {name for name, where in places.items() if for_whom.asks(where)} == set(asked.split())


def test_it_is_for_everybody_as_long_as_nobody_said_anything(here, programme):
    assert of_programme(here.agency.id, "whole") == ForWhom("everybody")
    assert of_agency(here.agency.id) == {}
    assert history(here.agency.id, "whole") == []


def test_the_latest_holds_for_all_versions_and_what_was_said_stays(here, chief, programme):
    for_units(here, chief, here.other_unit, here.unit)
    say(chief.actor(), here.agency.id, "whole", "chosen", [], "Nobody has to", NOW + HOUR)
    a_programme(here.agency, "whole", a_module(here.agency))
    assert of_programme(here.agency.id, "whole") == ForWhom("chosen")
    for_units(here, chief, here.unit, now=NOW - HOUR)
    held = ForWhom("units", frozenset([here.unit.id]))
    assert of_programme(here.agency.id, "whole") == held, "a clock that is behind changes nothing"
    assert of_agency(here.agency.id) == {"whole": held}
    told = [
        (each.kind, each.units, each.row.why, each.row.by)
        for each in history(here.agency.id, "whole")
    ]
    assert told == [
        ("units", ("Here 1",), "They drive", chief), ("chosen", (), "Nobody has to", chief),
        ("units", ("Here 1", "Here 2"), "They drive", chief),
    ]  # fmt: skip


def test_sent_twice_it_is_written_once_and_noted_with_ids_alone(here, chief, programme):
    first = for_units(here, chief, here.unit)
    assert for_units(here, chief, here.unit, now=NOW + HOUR) == first
    assert Audience.objects.count() == 1
    entry = Entry.objects.get(action=audience.SAY)
    assert (entry.kind, entry.record) == ("programme", str(programme.id))
    assert entry.detail == {"audience": first.id, "kind": "units", "units": [str(here.unit.id)]}
    assert for_units(here, chief, here.unit, why="Another reason") != first


def test_units_are_left_aside_where_it_is_not_for_some(here, chief, programme):
    given = (chief.actor(), here.agency.id, "whole", "everybody", ["x", str(here.unit.id)])
    assert say(*given, "All drive", NOW).units == []


def test_everything_wrong_is_told_at_once_and_nothing_is_written(here, elsewhere, chief, programme):
    def wrong(kind, units, why=" "):
        with pytest.raises(InputProblems) as caught:
            say(chief.actor(), here.agency.id, "whole", kind, units, why, NOW)
        return [problem.where for problem in caught.value.problems]

    assert wrong("units", []) == ["units", "why"]
    assert wrong("units", [str(here.unit.id), str(elsewhere.unit.id)]) == ["units", "why"]
    assert wrong("units", [str(uuid.uuid4())], "x" * 301) == ["units", "why"]
    assert wrong("units", ["\0"], "a\u202eb") == ["units", "why"]
    assert wrong("somebody", [], "x") == ["kind"]
    assert not Audience.objects.exists()
    assert not Entry.objects.filter(action=audience.SAY).exists()


def test_only_who_publishes_curricula_says_it(here, elsewhere, chief, programme):
    for person in here.people.values():
        if person != chief:
            with pytest.raises(Refused):
                for_units(here, person, here.unit)
    with pytest.raises((Missing, Refused)) as caught:
        for_units(here, elsewhere.people[Role.COORDINATOR], here.unit)
    assert getattr(caught.value, "hidden", True)
    with pytest.raises(Missing):
        say(chief.actor(), here.agency.id, "another", "chosen", [], "x", NOW)
    assert not Audience.objects.exists()


def test_one_agency_says_nothing_of_another_s_programme(here, elsewhere, chief, programme):
    theirs = a_programme(elsewhere.agency, "whole", a_module(elsewhere.agency))
    for_units(here, chief, here.unit)
    assert of_programme(elsewhere.agency.id, "whole") == ForWhom()
    found = audience.said_of([programme, theirs])
    assert [found[row.id].kind for row in (programme, theirs)] == ["units", "everybody"]


def test_it_is_found_in_the_same_number_of_queries_for_all_programmes(here, chief, programme):
    def asked(rows):
        with CaptureQueriesContext(connection) as seen:
            of_agency(here.agency.id)
            of_programme(here.agency.id, "whole")
            audience.said_of(rows)
            history(here.agency.id, "whole")
        return len(seen)

    for_units(here, chief, here.unit)
    few = asked([programme])
    Unit.objects.bulk_create(Unit(agency=here.agency, name=f"U {n}") for n in range(20))
    module, rows = a_module(here.agency, "talking"), [programme]
    for n in range(9):
        for_units(here, chief, *Unit.objects.filter(agency=here.agency), why=f"Reason {n}")
        Audience.objects.create(agency=here.agency, programme=f"p{n}", kind="chosen", why="x")
        rows.append(a_programme(here.agency, f"p{n}", module))
    assert asked(rows) == few == 6


def test_the_page_shows_what_was_said_and_a_form_to_who_may_change_it(
    here, chief, programme, browser_of
):
    url = url_of(programme)
    for_units(here, chief, here.unit, why="<b>They drive</b>")
    page = browser_of(here.people[Role.TRAINEE]).get(url)
    assert "Here 1, and whoever is trained in the whole agency" in page.text
    assert "&lt;b&gt;They drive" in page.text
    assert chief.name in page.text
    assert "form" not in page.context
    page = browser_of(chief).get(url)
    assert page.context["form"].initial == {"kind": "units", "units": [str(here.unit.id)]}
    assert page.text.count(" checked") == 2
    assert "Lots were drawn for it" not in page.text
    Rollout.objects.create(
        agency=here.agency, title="x", programme="whole", text="{}", digest="x", by=chief
    )
    assert "Lots were drawn for it" in browser_of(chief).get(url).text


def test_the_form_says_what_is_wrong_beside_its_fields_and_keeps_what_was_sent(
    here, elsewhere, chief, programme, browser_of
):
    browser, url = browser_of(chief), url_of(programme)
    wrong = browser.post(url, {"kind": "units", "units": [elsewhere.unit.id]})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"units", "why"})
    assert 'value="units" id="id_kind_1" checked' in wrong.text.replace(" required", "")
    assert browser.post(url, {}).context["form"].errors.keys() == {"kind", "why"}
    assert not Audience.objects.exists()
    given = {"kind": "units", "units": [here.unit.id, here.other_unit.id], "why": "Both drive"}
    for _ in range(2):
        assert browser.post(url, given)["Location"] == url.removesuffix("audience/")
    assert Audience.objects.count() == 1
    assert browser_of(here.people[Role.ANALYST]).post(url, given).status_code == 403


def test_the_form_says_what_becomes_of_units_and_takes_six_hundred_of_them(
    here, chief, programme, browser_of
):
    units = [Unit(agency=here.agency, name=f"Unit {n}") for n in range(600)]
    ids = [str(unit.id) for unit in Unit.objects.bulk_create(units)]
    browser, url = browser_of(chief), url_of(programme)
    assert "These count only if it is for some units." in browser.get(url).text
    given = {"kind": "units", "units": ids, "why": "They drive"}
    assert browser.post(url, given).status_code == 302
    assert Audience.objects.get().units == sorted(ids)


def test_programme_list_and_progress_say_whom_it_is_for(here, chief, programme, browser_of):
    for_units(here, chief, here.unit, here.other_unit)
    there = url_of(programme)
    progress = f"/sessions/progress/{programme.id}/"
    for url in ("/curriculum/", there.removesuffix("audience/"), progress,
                f"{progress}units/{here.unit.id}/"):  # fmt: skip
        page = browser_of(chief).get(url).text
        assert "Here 1, Here 2, and whoever is trained in the whole agency" in page
        assert url == "/curriculum/" or f'<a href="{there}">Change whom it is for' in page
    page = browser_of(here.people[Role.INSTRUCTOR]).get(progress).text
    assert "Change whom it is for" not in page
    assert f'<a href="{there}">Since when, and why' in page


def test_of_two_who_say_it_at_once_both_are_written_and_sent_twice_it_is_once(own_site):
    own_site.call(_two_who_say)
    own_site.at_once(_say, [["1", "chosen"], ["2", "everybody"]])
    own_site.at_once(_say, [["1", "units"], ["1", "units"]])
    assert own_site.call(_all_said) == "3 said, 3 noted, units holds"


def _two_who_say():
    from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
    from tests.web.programs.making import a_module, a_programme

    agency = Agency.objects.create(name="Here")
    for n in "12":
        person = Person.objects.create_user(f"{n}@here.example", n)
        RoleGrant.objects.create(person=person, role="coordinator", agency=agency)
    Unit.objects.create(agency=agency, name="Unit")
    a_programme(agency, "whole", a_module(agency))


def _say(begin, by, kind):
    from stepdown.web.accounts.models import Agency, Person, Unit
    from stepdown.web.programs.audience import say
    from tests.web.conftest import NOW

    actor, unit = Person.objects.get(name=by).actor(), str(Unit.objects.get().pk)
    begin()
    say(actor, Agency.objects.get().pk, "whole", kind, [unit], "Why", NOW)


def _all_said():
    from stepdown.web.accounts.models import Agency
    from stepdown.web.audit.models import Entry
    from stepdown.web.programs.audience import SAY, of_programme
    from stepdown.web.programs.models import Audience

    holds = of_programme(Agency.objects.get().pk, "whole").kind
    noted = Entry.objects.filter(action=SAY).count()
    return f"{Audience.objects.count()} said, {noted} noted, {holds} holds"
