import datetime as dt
import json
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from stepdown.cli import app
from stepdown.web.accounts.models import Unit
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.programs import rollouts
from stepdown.web.programs.models import (
    ActualDate,
    ProgrammeVersion,
    Rollout,
)
from stepdown.web.programs.rollout_forms import DrawForm
from tests.web.conftest import NOW
from tests.web.programs.drawn import drawn, held, trainees, units
from tests.web.programs.texts import published


@pytest.fixture
def chief(here):
    found = here.people[Role.COORDINATOR]
    published(found.actor(), here.agency.id)
    return found


@pytest.fixture
def six(here):
    return units(here.agency)


def ahead(days):
    """Return a day as a form has it, so many from today."""
    return str(dt.date.today() + dt.timedelta(days))


def looked(browser, here, given):
    """Look at a draw, and return what a browser sends from there."""
    page = browser.post(f"/rollouts/of/{here.agency.id}/draw/look/", given)
    assert page.status_code == 200, page.text
    form = page.text[page.text.index('<form method="post" action="/rollouts/') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def posted(six, **named):
    """Return what a browser sends for a draw of these units."""
    given = {"key": str(uuid.uuid4()), "title": "Our rollout", "programme": "roll_call"}
    for unit in six:
        given[f"in-{unit.pk}"] = "on"
    return given | {"start-1": ahead(100), "start-2": ahead(190)} | named


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
    given = looked(browser, here, posted(six, held="on", seed="7"))
    page = browser.post(f"/rollouts/of/{here.agency.id}/draw/", given, follow=True)
    row = Rollout.objects.get()
    assert page.redirect_chain == [(f"/rollouts/{row.id}/", 302)]
    draw = rollouts.opened(row).draw
    assert (draw.seed, len(draw.assigned)) == (7, 6)
    for text in ("Give this digest to somebody else today", row.digest, "held back", "Unit 06"):
        assert text in page.text
    assert Entry.objects.get(record=str(row.id)).detail["seed_by"] == "given"
    browser.post(f"/rollouts/of/{here.agency.id}/draw/", given)
    assert Rollout.objects.count() == 1


def test_a_form_that_was_drawn_from_and_changed_by_going_back_is_not_called_drawn(
    here, chief, six, browser_of
):
    browser, url = browser_of(chief), f"/rollouts/of/{here.agency.id}/draw/"
    first = posted(six, title="Plan A")
    browser.post(url, looked(browser, here, first))
    given = looked(browser, here, first | {"title": "Plan B", "start-2": ahead(300)})
    page = browser.post(url, given, follow=True)
    assert page.status_code == 400
    assert "It is drawn." not in page.text
    assert "drawn already from this form" in page.text
    assert Rollout.objects.get().title == "Plan A"


@pytest.mark.parametrize(
    ("seed", "kept", "said"),
    [
        ("7", "given", "Whoever drew gave the seed."),
        ("", "machine", "This machine took the seed by chance when it was drawn"),
    ],
)
def test_the_page_of_a_rollout_says_who_chose_the_seed(
    here, chief, six, browser_of, seed, kept, said
):
    browser = browser_of(chief)
    given = looked(browser, here, posted(six, seed=seed))
    page = browser.post(f"/rollouts/of/{here.agency.id}/draw/", given, follow=True)
    assert Rollout.objects.get().seed_by == kept
    assert said in page.text


def test_of_a_draw_from_before_that_was_kept_who_chose_the_seed_is_not_known(
    here, chief, six, browser_of
):
    row = drawn(chief.actor(), here.agency, six)
    row.pk, row.seed_by = uuid.uuid4(), ""
    row.save(force_insert=True)
    assert "Who chose the seed is not known" in browser_of(chief).get(f"/rollouts/{row.pk}/").text


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
        browser = browser_of(chief)
        given = looked(browser, here, posted(six))
        browser.post(f"/rollouts/of/{here.agency.id}/draw/", given)
    one, other = (rollouts.opened(row).draw.seed for row in Rollout.objects.all())
    assert one != other
    entries = Entry.objects.filter(action="draw a rollout and note actual dates")
    assert {entry.detail["seed_by"] for entry in entries} == {"machine"}


def test_units_that_are_not_ticked_and_strata_are_taken(here, chief, six, browser_of):
    given = posted(six)
    del given[f"in-{six[0].pk}"]
    del given[f"in-{six[1].pk}"]
    given |= {f"stratum-{unit.pk}": "north" for unit in six[2:]}
    browser = browser_of(chief)
    given = looked(browser, here, given)
    browser.post(f"/rollouts/of/{here.agency.id}/draw/", given)
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
    for step in ("draw/look/", "draw/"):
        url = f"/rollouts/of/{here.agency.id}/{step}"
        page = browser_of(chief).post(url, posted(six, **sent))
        assert page.status_code == 400
        assert (said in page.text) or step == "draw/"
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
    page = browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/look/", given)
    assert page.status_code == 400
    assert "a day at most ten years from today" in page.text.lower()
    assert not Rollout.objects.exists()


def test_hours_that_clocks_skip_are_refused(here, chief, six, browser_of):
    here.agency.zone = "America/Chicago"
    here.agency.save()
    given = posted(six, first_day="2026-03-08", first_time="02:30")
    page = browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/look/", given)
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


def test_the_page_of_a_look_has_the_plan_and_no_outcome_and_writes_nothing(
    here, chief, six, browser_of
):
    held(here.agency, six[0], NOW)
    browser, url = browser_of(chief), f"/rollouts/of/{here.agency.id}/draw/look/"
    given = posted(six[1:], held="on", seed="7", **{"start-2": ""})
    page = browser.post(url, given)
    assert page.status_code == 200
    for text in ("Nothing is drawn yet", "7, which you gave", "held back", "Draw now"):
        assert text in page.text
    title = ProgrammeVersion.objects.get(name="roll_call").content["title"]
    assert f"<li>Unit 01: Already trained in: {title}.</li>" in page.text
    assert "you left it out" in page.text
    shown = re.findall(r'<tr><th scope="row">(Unit \d+)</th></tr>', page.text)
    assert shown == [unit.name for unit in six[1:]], "by name, without a wave"
    assert not Rollout.objects.exists()
    assert not Entry.objects.filter(kind="rollout").exists()


def test_a_seed_of_the_machine_is_taken_only_by_the_draw(here, chief, six, browser_of):
    browser = browser_of(chief)
    given = looked(browser, here, posted(six))
    assert not given.get("seed")
    url = f"/rollouts/of/{here.agency.id}/draw/"
    for _ in range(2):
        browser.post(url, given | {"key": str(uuid.uuid4())})
        given = looked(browser, here, posted(six))
    seeds = {rollouts.opened(row).draw.seed for row in Rollout.objects.all()}
    assert len(seeds) == 2


def test_what_a_look_says_of_the_outcome_is_true_of_the_seed(here, chief, six, browser_of):
    browser, url = browser_of(chief), f"/rollouts/of/{here.agency.id}/draw/look/"
    by_machine, given = (browser.post(url, posted(six, seed=seed)).text for seed in ("", "7"))
    assert "nobody can see it before" in by_machine
    assert "nobody can see it before" not in given
    assert "whoever knows it can work that out before you draw" in given


def test_a_seed_that_was_changed_or_given_since_the_look_is_refused(here, chief, six, browser_of):
    browser, url = browser_of(chief), f"/rollouts/of/{here.agency.id}/draw/"
    for before, after in (("61142", "9"), ("61142", ""), ("", "9")):
        given = looked(browser, here, posted(six, seed=before)) | {"seed": after}
        page = browser.post(url, given)
        assert page.status_code == 400
        assert "look at it again, then draw" in page.text
    assert not Rollout.objects.exists()


def test_nothing_is_drawn_that_was_not_looked_at(here, chief, six, browser_of):
    browser, url = browser_of(chief), f"/rollouts/of/{here.agency.id}/draw/"
    page = browser.post(url, posted(six))
    assert page.status_code == 400
    assert "look at it again, then draw" in page.text
    given = looked(browser, here, posted(six))
    assert browser.post(url, given | {"start-1": ahead(101)}).status_code == 400
    assert not Rollout.objects.exists()
    assert browser.post(url, given).status_code == 302
    assert browser.post(url, given).status_code == 302
    assert Rollout.objects.count() == 1


def test_whoever_changes_something_finds_what_they_wrote(here, chief, six, browser_of):
    browser, url = browser_of(chief), f"/rollouts/of/{here.agency.id}/draw/look/"
    given = looked(browser, here, posted(six[1:], held="on", **{"start-2": ""}))
    page = browser.post(url, given | {"again": "yes"})
    assert page.status_code == 200
    assert 'value="Our rollout"' in page.text
    assert f'value="{ahead(100)}"' in page.text
    ticked = re.findall(r'name="in-([0-9a-f-]+)"[^>]* checked', page.text)
    assert ticked == [str(unit.pk) for unit in six[1:]]
    assert not Rollout.objects.exists()


def test_the_form_says_which_units_cannot_be_drawn_before_anything_is_sent(
    here, chief, six, browser_of
):
    held(here.agency, six[1], NOW)
    page = browser_of(chief).get(f"/rollouts/of/{here.agency.id}/draw/").text
    title = ProgrammeVersion.objects.get(name="roll_call").content["title"]
    assert page.count(f"Already trained in: {title}.") == 1
    assert f'aria-describedby="id_in-{six[1].pk}_hint"' in page
    ticked = re.findall(r'name="in-([0-9a-f-]+)"[^>]* checked', page)
    there = re.findall(r'name="in-([0-9a-f-]+)"', page)
    assert ticked == [pk for pk in there if pk != str(six[1].pk)]
    held(here.agency, None, NOW)
    page = browser_of(chief).get(f"/rollouts/of/{here.agency.id}/draw/").text
    assert "It can no longer be rolled out by lot." in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"first_time": "09:00"}, "On which day?"),
        ({"first_day": "soon"}, "Enter a valid date."),
        ({"start-2": "soon"}, "Enter a valid date."),
        ({"size-1": "4"}, "for every wave, or for none"),
    ],
)
def test_a_mistake_in_a_wave_or_a_time_hides_no_unit_that_was_trained_before(
    here, chief, six, browser_of, sent, said
):
    held(here.agency, six[1], NOW)
    url = f"/rollouts/of/{here.agency.id}/draw/look/"
    page = browser_of(chief).post(url, posted(six, **sent))
    assert page.status_code == 400
    assert said in page.text
    assert re.findall("<li><strong>(.*?)</strong>", page.text) == ["units"]
    assert "<dd>Unit 02</dd>" in page.text


def test_a_stratum_that_cannot_be_read_is_not_called_a_missing_one(here, chief, six, browser_of):
    given = posted(six) | {f"stratum-{unit.pk}": "north" for unit in six}
    given |= {f"stratum-{six[0].pk}": "n" * 121}
    page = browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/look/", given)
    assert page.status_code == 400
    assert "at most 120 characters" in page.text
    assert "some without a stratum" not in page.text


def test_a_mistake_in_a_time_hides_no_wave_in_the_past(here, chief, six, browser_of):
    given = posted(six, first_time="09:00", **{"start-1": ahead(-30)})
    page = browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/look/", given)
    assert "before the draw on" in page.text
    assert "a draw before the first session" not in page.text


def test_a_day_beyond_ten_years_hides_no_wave_in_the_past(here, chief, six, browser_of):
    given = posted(six, **{"start-1": ahead(-30), "start-2": ahead(9000)})
    page = browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/look/", given)
    assert page.status_code == 400
    assert "before the draw on" in page.text
    assert "a day at most ten years from today" in page.text


def test_an_agency_of_many_units_is_looked_at_and_drawn(here, chief, browser_of):
    many = units(here.agency, 300)
    browser = browser_of(chief)
    given = posted(many) | {f"stratum-{unit.pk}": "north" for unit in many}
    given = looked(browser, here, given)
    assert browser.post(f"/rollouts/of/{here.agency.id}/draw/", given).status_code == 302
    assert len(rollouts.opened(Rollout.objects.get()).draw.assigned) == 300


def test_more_units_than_a_form_can_send_are_said_in_words(
    here, chief, six, browser_of, settings, monkeypatch
):
    fields = browser_of(chief).get(f"/rollouts/of/{here.agency.id}/draw/").context["form"].fields
    beside_units = len(fields) - 2 * Unit.objects.filter(agency=here.agency).count() + 10
    assert beside_units + 2 * DrawForm.MOST_UNITS <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    monkeypatch.setattr(DrawForm, "MOST_UNITS", 5)
    page = browser_of(chief).get(f"/rollouts/of/{here.agency.id}/draw/").text
    assert "One form holds at most 5 units" in page
    assert "Look at it first" not in page


def test_what_is_wrong_with_fields_units_and_waves_is_said_at_once(here, chief, six, browser_of):
    held(here.agency, six[1], NOW)
    given = posted(six, title="", seed="-1", **{"start-2": ahead(50)})
    page = browser_of(chief).post(f"/rollouts/of/{here.agency.id}/draw/look/", given)
    assert page.status_code == 400
    for said in ("This field is required.", "greater than or equal to 0", "<strong>units</strong>",
                 "<dd>Unit 02</dd>", "days in order, each once"):  # fmt: skip
        assert said in page.text, said
