import csv
import datetime as dt
import io
import json
import random
import zipfile

import pytest
from typer.testing import CliRunner

from stepdown.cli import app
from stepdown.evaluation.study_file import read_study
from stepdown.problems import InputProblems
from stepdown.retention.rollout_export import StudyFrame, StudyOutcome
from stepdown.web.accounts import people as accounts
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.privacy.erase import erase_here
from stepdown.web.programs import actual_dates, rollout_study
from stepdown.web.programs.models import Attendance, ModuleVersion, ProgrammeVersion, Session
from stepdown.web.records.models import Member
from tests.web.conftest import NOW
from tests.web.programs.drawn import drawn, trainees, units
from tests.web.programs.texts import published

LATER = dt.datetime(2027, 9, 1, tzinfo=dt.UTC)
FORCE = StudyOutcome("force", "report of force", "primary")
HURT = StudyOutcome("injury", "officer hurt", "safety", margin="+10%", smallest_effect=None)
FRAME = StudyFrame("Our rollout: <b> & #1", "2025-01", "2027-06", (FORCE, HURT))


@pytest.fixture
def chief(here):
    found = here.people[Role.COORDINATOR]
    published(found.actor(), here.agency.id)
    return found


@pytest.fixture
def row(here, chief):
    found = units(here.agency, 12)
    for unit in found:
        trainees(unit, 8)
    return drawn(chief.actor(), here.agency, found)


def files(actor, row, frame=FRAME):
    content = rollout_study.study(actor, row.id, frame, LATER)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def people(found):
    return {line["person"]: line for line in csv.DictReader(io.StringIO(found["people.csv"]))}


def incidents(found):
    chance = random.Random(3)
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["person", "date", "outcome"])
    for person in people(found):
        for month in range(30):
            day = dt.date(2025 + month // 12, month % 12 + 1, 15)
            for name, rate in (("force", 0.5), ("injury", 0.1)):
                if chance.random() < rate:
                    write([person, day.isoformat(), name])
    return out.getvalue()


def test_stepdown_evaluate_takes_the_study_as_it_stands(here, chief, row, tmp_path):
    assert rollout_study.without_first_day(row) == 96
    Member.objects.bulk_create(
        Member(agency=here.agency, person=d.person, number=f"B{d.pk}", hired=dt.date(2015, 1, 1))
        for d in row.people.select_related("person")
    )
    assert rollout_study.without_first_day(row) == 0
    found = files(chief.actor(), row)
    for name, text in found.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    study = read_study(tmp_path / "study.yaml")
    assert study.problems == ()
    assert study.study.title == FRAME.title
    (tmp_path / "incidents.csv").write_text(incidents(found))
    command = ["evaluate", str(tmp_path / "study.yaml"), "--out", str(tmp_path / "out"),
               "--draws", "19", "--json"]  # fmt: skip
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == 0, answer.output
    design = json.loads(answer.stdout)["design"]
    assert (design["assignment"], design["level"], design["n_units"]) == (
        "randomized", "cluster", 12
    )  # fmt: skip


def test_people_stand_with_number_service_and_the_unit_of_the_draw(here, chief, row):
    first, second, third = (d.person for d in row.people.filter(unit="Unit 01")[:3])
    common = {"agency": here.agency}
    Member.objects.create(
        person=first, number="B-17", hired=dt.date(2015, 2, 1), left=dt.date(2026, 12, 1), **common
    )
    second.grants.update(suspended_at=dt.datetime(2026, 11, 5, tzinfo=dt.UTC))
    third.grants.update(unit=here.unit)
    late = trainees(here.agency.units.get(name="Unit 01"), 1)[0]
    found = people(files(chief.actor(), row))
    assert len(found) == 96
    assert (found["B-17"]["start"], found["B-17"]["end"]) == ("2015-02-01", "2026-12-01")
    assert found[str(second.id)]["end"] == "2026-11-05"
    assert found[str(second.id)]["start"] == "2026-03-02"
    assert found[str(third.id)]["unit"] == "Unit 01"
    assert str(late.id) not in found
    assert first.name not in str(found)
    assert first.email not in str(found)


def came(row, unit, *people, day=dt.date(2026, 6, 1), minutes=30, **taught):
    """Hold a session of the programme at which these people were."""
    taught = {
        "module": ModuleVersion.objects.get(name="first_words"),
        "programme": ProgrammeVersion.objects.get(),
    } | taught
    session = Session.objects.create(
        agency=row.agency, place="x", minutes=minutes, **taught,
        unit_id=row.units[unit] if unit else None,
        start=dt.datetime(day.year, day.month, day.day, 15, tzinfo=dt.UTC),
    )  # fmt: skip
    for person in people:
        Attendance.objects.create(session=session, person=person, minutes=30, how="list")
    return session


def test_who_never_came_is_not_called_trained_on_the_day_of_their_unit(chief, row, tmp_path):
    day = dt.date(2026, 4, 8)
    for unit in ("Unit 01", "Unit 02"):
        actual_dates.note(chief.actor(), row.id, unit, day, "", LATER)
    one, other, *absent = (d.person for d in row.people.filter(unit="Unit 01"))
    session = came(row, "Unit 01", one, day=day)
    came(row, None, other)
    Attendance.objects.create(session=session, person=absent[0], minutes=0, how="list")
    written = files(chief.actor(), row)
    found = people(written)
    assert found[str(one.id)]["trained"] == "2026-04-08"
    assert found[str(other.id)]["trained"] == "2026-06-01"
    assert [found[str(p.id)]["trained"] for p in absent] == [""] * 6
    assert len({p["assigned"] for p in found.values() if p["unit"] == "Unit 01"}) == 1
    told = [p["trained"] for p in found.values() if p["unit"] == "Unit 02"]
    assert told == ["2026-04-08"] * 8
    (tmp_path / "study.yaml").write_text(written["study.yaml"])
    limits = read_study(tmp_path / "study.yaml").study.limits
    assert [m for m in limits if m.startswith("For 8 people nothing on record")]
    assert {p["trained"] for p in found.values() if p["unit"] > "Unit 02"} == {""}


def test_of_whom_the_study_says_that_they_have_the_date_of_their_unit_have_it(here, chief, row):
    actual_dates.note(chief.actor(), row.id, "Unit 02", dt.date(2026, 4, 8), "", LATER)
    gone = row.people.filter(unit="Unit 02")[0].person
    Member.objects.create(agency=here.agency, person=gone, hired=dt.date(2020, 1, 1),
                          left=dt.date(2026, 4, 7))  # fmt: skip
    written = files(chief.actor(), row)
    told = [p["trained"] for p in people(written).values() if p["unit"] == "Unit 02"]
    assert sorted(told) == [""] + ["2026-04-08"] * 7
    assert "For 7 people nothing on record" in written["study.yaml"]


def test_five_minutes_of_a_programme_are_not_all_of_it(chief, row):
    programme = ProgrammeVersion.objects.get()
    one, other, third = (d.person for d in row.people.filter(unit="Unit 01")[:3])
    day = dt.date(2026, 4, 8)
    for n, pin in enumerate(programme.content["modules"]):
        module = ModuleVersion.objects.get(name=pin["id"], number=pin["version"])
        minutes = round(module.content["hours"] * 60)
        session = came(row, "Unit 01", day=day + dt.timedelta(days=n), module=module,
                       minutes=minutes)  # fmt: skip
        Attendance.objects.create(session=session, person=one, minutes=minutes, how="list")
        if n == 0:
            Attendance.objects.create(session=session, person=other, minutes=5, how="list")
    found = people(files(chief.actor(), row))
    last = day + dt.timedelta(days=len(programme.content["modules"]) - 1)
    whole = f"{sum(p.content['hours'] for p in ModuleVersion.objects.all()):g}"
    named = ("trained", "dose_hours", "completed")
    assert [[found[str(p.id)][name] for name in named] for p in (one, other, third)] == [
        ["2026-04-08", whole, last.isoformat()], ["2026-04-08", "0.08", ""], ["", "0", ""]
    ]  # fmt: skip
    told = [p for p in found.values() if p["unit"] == "Unit 02"]
    assert {(p["dose_hours"], p["completed"]) for p in told} == {("", "")}


def test_hours_after_the_study_and_of_other_programmes_are_no_dose(chief, row):
    one = row.people.filter(unit="Unit 01")[0].person
    came(row, "Unit 01", one, day=dt.date(2027, 6, 30))
    came(row, "Unit 01", one, day=dt.date(2027, 7, 1))
    came(row, "Unit 01", one, day=dt.date(2027, 5, 1), programme=None)
    found = people(files(chief.actor(), row))[str(one.id)]
    assert (found["trained"], found["dose_hours"]) == ("2027-06-30", "0.5")


def test_who_was_trained_before_the_draw_is_left_out_and_counted(chief, row):
    one, same_day = (d.person for d in row.people.filter(unit="Unit 01")[:2])
    came(row, None, one, day=row.at.date() - dt.timedelta(days=3))
    came(row, None, same_day, day=row.at.date())
    written = files(chief.actor(), row)
    found = people(written)
    assert len(found) == 95
    assert str(one.id) not in found
    assert found[str(same_day.id)]["trained"] == row.at.date().isoformat()
    assert (
        "1 people had been at a session of the programme before the draw" in written["study.yaml"]
    )


def test_who_had_left_before_any_service_is_known_is_left_out_and_counted(here, chief, row):
    gone, wrong = (d.person for d in row.people.order_by("id")[:2])
    Member.objects.create(
        agency=here.agency, person=gone, number="G", left=NOW.date() - dt.timedelta(days=60)
    )
    found = files(chief.actor(), row)
    assert len(people(found)) == 95
    assert "G" not in people(found)
    assert "1 people had left before the first day" in found["study.yaml"]
    Member.objects.create(
        agency=here.agency, person=wrong, number="W", hired=dt.date(2020, 1, 1),
        left=dt.date(2019, 1, 1),
    )  # fmt: skip
    with pytest.raises(InputProblems, match=r"person W\n.*2019-01-01, before 2020-01-01"):
        files(chief.actor(), row)


def test_attendance_that_was_taken_back_is_no_record_of_who_came(chief, row):
    actual_dates.note(chief.actor(), row.id, "Unit 01", dt.date(2026, 4, 8), "", LATER)
    one = row.people.filter(unit="Unit 01")[0].person
    session = came(row, "Unit 01", one)
    entry = session.attendance.get()
    Attendance.objects.create(
        session=session, person=one, minutes=0, how="list", supersedes=entry, why="x"
    )
    told = [p for p in people(files(chief.actor(), row)).values() if p["unit"] == "Unit 01"]
    assert {p["trained"] for p in told} == {"2026-04-08"}


def test_who_is_erased_stays_in_the_study_as_nobody(here, elsewhere, chief, row):
    here_too, *gone = (d.person for d in row.people.filter(unit="Unit 01")[:3])
    came(row, "Unit 01", here_too, gone[0], day=dt.date(2026, 4, 8))
    for n, person in enumerate((here_too, *gone)):
        Member.objects.create(agency=here.agency, person=person, number=f"B{n}")
    RoleGrant.objects.create(person=here_too, role=Role.INSTRUCTOR, agency=elsewhere.agency)
    before = people(files(chief.actor(), row))
    day = dt.datetime(2026, 5, 20, tzinfo=dt.UTC)
    admin = here.people[Role.AGENCY_ADMIN].actor()
    for person in (here_too, *gone):
        erase_here(admin, person.pk, here.agency.pk, day)
    written = files(chief.actor(), row)
    found = people(written)
    assert (len(before), len(found)) == (96, 96)
    assert str(here_too.pk) not in found
    assert not {"B0", "B1", "B2"} & set(found)
    new = [found[key] for key in found if key not in before]
    assert [(p["unit"], p["end"]) for p in new] == [("Unit 01", "2026-05-20")] * 3
    assert sorted(p["trained"] for p in new) == ["", "2026-04-08", "2026-04-08"]
    assert "The data of 3 people were erased" in written["study.yaml"]


def test_that_it_was_taken_is_noted_by_ids_alone(chief, row):
    files(chief.actor(), row)
    entry = Entry.objects.get(kind="study")
    assert (entry.record, entry.detail) == (str(row.id), {"people": 96})


def test_the_number_of_queries_does_not_grow_with_people(chief, row, django_assert_num_queries):
    with django_assert_num_queries(11):
        assert len(rollout_study.people_of(row)[0]) == 96
    came(row, None, *(drawn.person for drawn in row.people.all()))
    with django_assert_num_queries(11):
        assert len(rollout_study.people_of(row)[0]) == 96


def test_everything_wrong_with_the_study_is_said_at_once(chief, row):
    wrong = (
        FORCE, StudyOutcome("force", "x", "primary"), StudyOutcome("", "x", "secondary", "up"),
        StudyOutcome("hurt", "x", "safety"),
    )  # fmt: skip
    with pytest.raises(InputProblems) as caught:
        files(chief.actor(), row, StudyFrame("x", "2027-13", "then", wrong))
    said = " ".join(str(p) for p in caught.value.problems)
    for part in ("each name once", "needs `margin`", "first", "last", "outcome 3"):
        assert part in said
    assert not Entry.objects.filter(kind="study").exists()


def test_analysts_may_take_it_and_instructors_not(here, elsewhere, row):
    assert files(here.people[Role.ANALYST].actor(), row)
    for person in (here.people[Role.INSTRUCTOR], elsewhere.people[Role.ANALYST]):
        with pytest.raises(Refused):
            files(person.actor(), row)


def posted(**named):
    given = {
        "title": "Ours", "first": "2025-01", "last": "2027-06", "frequency": "month",
        "name-1": "force", "unit-1": "report", "role-1": "primary", "size-1": "-10%",
    }  # fmt: skip
    return given | named


def test_a_browser_gets_a_zip_or_is_told_what_is_wrong(chief, row, confirmed_of):
    browser = confirmed_of(chief)
    url = f"/rollouts/{row.id}/study/"
    page = browser.get(url)
    assert "Download the study" in page.text
    assert "Of 96 people the roster gives no first day" in page.text
    answer = browser.post(url, posted())
    assert answer["Content-Type"] == "application/zip"
    for sent in ({"first": "2099-01"}, {"name-1": "", "unit-1": ""}, {"size-1": "<script>x"},
                 {"title": ""}, {"role-1": "x"}, {"name-1": "\x00"}):  # fmt: skip
        page = browser.post(url, posted(**sent))
        assert page.status_code == 400, sent
        assert "<script>x" not in page.text


def test_whoever_has_not_proved_lately_that_it_is_them_is_asked_first(chief, row, browser_of):
    answer = browser_of(chief).get(f"/rollouts/{row.id}/study/")
    assert answer.status_code == 302


def test_who_lost_their_last_role_or_was_deactivated_by_hand_has_an_end_of_service(
    here, chief, row
):
    admin, later = here.people[Role.AGENCY_ADMIN].actor(), dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
    taken, shut, back = (d.person for d in row.people.filter(unit="Unit 01")[:3])
    for person in (taken, back):
        accounts.take(admin, person.pk, here.agency.pk, person.grants.get().pk, later)
    accounts.deactivate(admin, shut.pk, here.agency.pk, later)
    accounts.invite(admin, here.agency, "", back.email, Role.TRAINEE, here.unit.pk, later)
    found = people(files(chief.actor(), row))
    ends = [found[str(person.pk)]["end"] for person in (taken, shut, back)]
    assert ends == ["2026-05-04", "2026-05-04", ""]
