import datetime as dt
import json
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from stepdown.cli import app
from stepdown.problems import InputProblems
from stepdown.retention.rollout_plan import Wave
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.programs import rollouts
from stepdown.web.programs.models import (
    ActualDate,
    DrawnPerson,
    ModuleVersion,
    ProgrammeVersion,
    Rollout,
    Session,
)
from tests.web.conftest import NOW
from tests.web.programs.drawn import STARTS, drawn, trainees, units, wanted
from tests.web.programs.texts import published


@pytest.fixture
def chief(here):
    found = here.people[Role.COORDINATOR]
    published(found.actor(), here.agency.id)
    return found


@pytest.fixture
def six(here):
    return units(here.agency)


def session(agency, unit, start=NOW, **named):
    return Session.objects.create(
        agency=agency, unit=unit, module=ModuleVersion.objects.get(name="first_words", number=1),
        programme=ProgrammeVersion.objects.get(name="roll_call", number=1), start=start,
        minutes=30, place="x", **named,
    )  # fmt: skip


def ahead(days):
    """Return a day as a form has it, so many from today."""
    return str(dt.date.today() + dt.timedelta(days))


def posted(six, **named):
    """Return what a browser sends for a draw of these units."""
    given = {"key": str(uuid.uuid4()), "title": "Our rollout", "programme": "roll_call"}
    for unit in six:
        given[f"in-{unit.pk}"] = "on"
    return given | {"start-1": ahead(100), "start-2": ahead(190)} | named


def test_everybody_is_drawn_once_and_the_same_seed_gives_the_same(here, chief, six):
    row = drawn(chief.actor(), here.agency, six)
    again = drawn(chief.actor(), here.agency, six)
    one, other = rollouts.opened(row).draw, rollouts.opened(again).draw
    assert one.assigned == other.assigned
    assert [sum(a.wave == n for a in one.assigned) for n in (1, 2, 3)] == [2, 2, 2]
    assert row.units == {unit.name: str(unit.id) for unit in six}
    assert drawn(chief.actor(), here.agency, six, seed=6).digest != row.digest
    assert rollouts.others_of(row).count() == 2


def test_the_draw_keeps_who_was_in_which_unit_then(here, chief, six):
    people = trainees(six[0], 2)
    RoleGrant.objects.create(
        person=people[0], role=Role.TRAINEE, agency=here.agency, unit=six[1],
        since=NOW + dt.timedelta(1),
    )  # fmt: skip
    gone = trainees(six[2], 1)[0]
    gone.grants.update(suspended_at=NOW)
    row = drawn(chief.actor(), here.agency, six)
    kept = set(DrawnPerson.objects.filter(rollout=row).values_list("person", "unit"))
    assert kept == {(person.id, "Unit 01") for person in people}
    RoleGrant.objects.filter(person=people[1]).update(unit=six[3])
    assert DrawnPerson.objects.get(rollout=row, person=people[1]).unit == "Unit 01"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DrawnPerson.objects.update(unit="Unit 02")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Rollout.objects.update(text="{}")


def test_sent_twice_it_is_drawn_once(here, elsewhere, chief, six):
    key = uuid.uuid4()
    rows = {
        rollouts.draw(chief.actor(), here.agency.id, key, wanted(six, seed=n), NOW) for n in (1, 2)
    }
    assert len(rows) == 1
    assert Entry.objects.filter(action="draw a rollout and note actual dates").count() == 1
    stranger = elsewhere.people[Role.COORDINATOR].actor()
    with pytest.raises(InputProblems, match="key of its own"):
        rollouts.draw(stranger, elsewhere.agency.id, key, wanted([]), NOW)


def test_a_unit_that_was_trained_before_is_refused_by_name(here, chief, six):
    session(here.agency, six[1], NOW - dt.timedelta(1))
    session(here.agency, six[2], NOW - dt.timedelta(1), cancelled_at=NOW)
    session(here.agency, six[3], NOW + dt.timedelta(1))
    with pytest.raises(InputProblems) as caught:
        drawn(chief.actor(), here.agency, six)
    assert [p.given for p in caught.value.problems] == ["Unit 02"]
    assert drawn(chief.actor(), here.agency, [six[0], *six[2:]], waves=(
        Wave(STARTS[0], 2), Wave(None, 3))).pk  # fmt: skip


def test_what_everybody_was_taught_can_no_longer_be_rolled_out(here, chief, six):
    session(here.agency, None, NOW - dt.timedelta(1))
    with pytest.raises(InputProblems, match="everybody in the agency"):
        drawn(chief.actor(), here.agency, six)


def test_everything_wrong_is_said_at_once(here, elsewhere, chief, six):
    strata = {six[0].id: "", elsewhere.unit.id: "", uuid.uuid4(): ""}
    with pytest.raises(InputProblems) as caught:
        drawn(chief.actor(), here.agency, six, title="\u202e", programme="none", strata=strata,
              seed=-1, waves=())  # fmt: skip
    places = [p.where for p in caught.value.problems]
    assert {"title", "programme", "units", "waves"} <= set(places)
    assert places.count("units") == 2
    assert not Rollout.objects.exists()


def test_names_that_a_spreadsheet_takes_for_formulas_are_refused(here, chief, six):
    six[0].name = "=1+1"
    six[0].save()
    with pytest.raises(InputProblems, match="formula"):
        drawn(chief.actor(), here.agency, six)


def test_a_draw_after_the_first_session_is_refused(here, chief, six):
    with pytest.raises(InputProblems, match="before the first session"):
        drawn(chief.actor(), here.agency, six, first_session=NOW)


def test_only_who_coordinates_the_whole_agency_draws(here, elsewhere, chief, six):
    for role, person in here.people.items():
        if role is not Role.COORDINATOR:
            with pytest.raises(Refused):
                drawn(person.actor(), here.agency, six)
    with pytest.raises(Refused) as caught:
        drawn(elsewhere.people[Role.COORDINATOR].actor(), here.agency, six)
    assert caught.value.hidden


def test_a_record_that_was_changed_is_not_shown(here, chief, six, browser_of):
    row = drawn(chief.actor(), here.agency, six)
    row.pk, row.text = uuid.uuid4(), row.text.replace('"seed": 5', '"seed": 6')
    row.save(force_insert=True)
    page = browser_of(chief).get(f"/rollouts/{row.pk}/")
    assert page.status_code == 400
    assert "the record was changed" in page.text


def test_a_browser_draws_and_sees_everything(here, chief, six, browser_of):
    browser = browser_of(chief)
    assert "Unit 06" in browser.get(f"/rollouts/of/{here.agency.id}/draw/").text
    given = posted(six, held="on", seed="7")
    page = browser.post(f"/rollouts/of/{here.agency.id}/draw/", given, follow=True)
    row = Rollout.objects.get()
    assert page.redirect_chain == [(f"/rollouts/{row.id}/", 302)]
    draw = rollouts.opened(row).draw
    assert (draw.seed, len(draw.assigned)) == (7, 6)
    for text in ("Give this digest to somebody else today", row.digest, "held back", "Unit 06"):
        assert text in page.text
    assert Entry.objects.get(record=str(row.id)).detail["seed_by"] == "person"
    browser.post(f"/rollouts/of/{here.agency.id}/draw/", given)
    assert Rollout.objects.count() == 1


def test_the_list_names_the_programme_as_its_latest_version_does(here, chief, six, browser_of):
    row = drawn(chief.actor(), here.agency, six)
    version = ProgrammeVersion.objects.get(agency=here.agency, name=row.programme)
    content = version.content | {"title": "On the <way>"}
    ProgrammeVersion.objects.create(
        agency=here.agency, name=row.programme, number=2, day=version.day, reason="Named anew",
        digest="x", content=content,
    )  # fmt: skip
    assert "On the &lt;way&gt;</a>" in browser_of(chief).get("/rollouts/").text


def test_a_seed_left_blank_is_taken_by_the_machine_and_noted(here, chief, six, browser_of):
    for _ in range(2):
        browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/", posted(six))
    one, other = (rollouts.opened(row).draw.seed for row in Rollout.objects.all())
    assert one != other
    entries = Entry.objects.filter(action="draw a rollout and note actual dates")
    assert {entry.detail["seed_by"] for entry in entries} == {"machine"}


def test_units_that_are_not_ticked_and_strata_are_taken(here, chief, six, browser_of):
    given = posted(six)
    del given[f"in-{six[0].pk}"]
    del given[f"in-{six[1].pk}"]
    given |= {f"stratum-{unit.pk}": "north" for unit in six[2:]}
    browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/", given)
    draw = rollouts.opened(Rollout.objects.get()).draw
    assert {(a.unit, a.stratum) for a in draw.assigned} == {
        (unit.name, "north") for unit in six[2:]
    }


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"start-1": "soon"}, "Enter a valid date."),
        ({"size-3": "2"}, "When does this wave begin?"),
        ({"size-1": "4"}, "for every wave, or for none"),
        ({"held_size": "2"}, "or leave the number blank"),
        ({"first_time": "09:00"}, "On which day?"),
        ({"seed": "-1"}, "greater than or equal to 0"),
        ({"seed": str(2**64)}, "less than or equal to"),
        ({"title": ""}, "This field is required."),
        ({"title": "\x00"}, "Null characters are not allowed."),
        ({"programme": "<script>alert(1)</script>"}, "Select a valid choice."),
        ({"start-1": ahead(-30)}, "before the draw on"),
        ({"key": "x"}, "Enter a valid UUID."),
    ],
)
def test_what_cannot_be_drawn_is_said_and_nothing_is_stored(
    here, chief, six, browser_of, sent, said
):
    url = f"/rollouts/of/{here.agency.id}/draw/"
    page = browser_of(chief).post(url, posted(six, **sent))
    assert page.status_code == 400
    assert said in page.text
    assert "<script>alert" not in page.text
    assert not Rollout.objects.exists()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("field", ["start-1", "start-2", "first_day"])
def test_days_at_the_ends_of_the_calendar_are_refused_everywhere(
    here, chief, six, browser_of, zone, day, field
):
    here.agency.zone = zone
    here.agency.save()
    given = posted(six, **{field: day})
    page = browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/", given)
    assert page.status_code == 400
    assert "a day at most ten years from today" in page.text.lower()
    assert not Rollout.objects.exists()


def test_hours_that_clocks_skip_are_refused(here, chief, six, browser_of):
    here.agency.zone = "America/Chicago"
    here.agency.save()
    given = posted(six, first_day="2026-03-08", first_time="02:30")
    page = browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/", given)
    assert "Clocks are set forward" in page.text


def test_the_downloaded_record_can_be_checked_by_anybody(here, chief, six, browser_of, tmp_path):
    here.agency.zone = "America/Chicago"
    here.agency.save()
    row = drawn(chief.actor(), here.agency, six)
    unit = next(iter(row.units))
    ActualDate.objects.create(
        rollout=row, unit=unit, day=dt.date(2026, 4, 1), by=chief,
        at=dt.datetime(2026, 4, 1, 22, tzinfo=dt.UTC),
    )  # fmt: skip
    analyst = browser_of(here.people[Role.ANALYST])
    answer = analyst.get(f"/rollouts/{row.id}/file/")
    path = tmp_path / "rollout.json"
    path.write_text(answer.text, encoding="utf-8")
    checked = CliRunner().invoke(app, ["rollout", "check", str(path), "--json"])
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)["digest"] == row.digest
    assert json.loads(answer.text)["actual"][0]["day"] == "2026-04-01"
    assert chief.name not in answer.text


def test_another_agency_gets_nothing_and_trainees_no_more(
    here, elsewhere, chief, six, browser_of, confirmed_of
):
    row = drawn(chief.actor(), here.agency, six)
    for role in (Role.COORDINATOR, Role.ANALYST, Role.AGENCY_ADMIN):
        browser = confirmed_of(elsewhere.people[role])
        assert "Our rollout" not in browser.get("/rollouts/").text
        for rest in ("", "file/", "study/"):
            assert browser.get(f"/rollouts/{row.id}/{rest}").status_code == 404
    for role in (Role.TRAINEE, Role.INSTRUCTOR):
        browser = browser_of(here.people[role])
        assert "Our rollout" not in browser.get("/rollouts/").text
        assert browser.get(f"/rollouts/{row.id}/").status_code == 403
    page = browser_of(here.people[Role.ANALYST]).get(f"/rollouts/{row.id}/")
    assert page.status_code == 200
    assert "Write it down" not in page.text


def test_the_number_of_queries_does_not_grow(here, chief, browser_of):
    browser = browser_of(chief)

    def queries(url):
        browser.get(url)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(url).status_code == 200
        return len(found)

    few = units(here.agency, 6)
    row = drawn(chief.actor(), here.agency, few)
    ActualDate.objects.create(rollout=row, unit="Unit 01", day=NOW.date(), by=chief, at=NOW)
    first = queries("/rollouts/"), queries(f"/rollouts/{row.id}/")
    form = queries(f"/rollouts/of/{here.agency.id}/draw/")
    many = [type(few[0]).objects.create(agency=here.agency, name=f"More {k}") for k in range(30)]
    for unit in many:
        trainees(unit, 2)
    more = drawn(chief.actor(), here.agency, [*few, *many])
    ActualDate.objects.bulk_create(
        ActualDate(rollout=more, unit=unit.name, day=NOW.date(), by=chief, at=NOW) for unit in many
    )
    assert (queries("/rollouts/"), queries(f"/rollouts/{more.id}/")) == first
    assert queries(f"/rollouts/of/{here.agency.id}/draw/") == form
