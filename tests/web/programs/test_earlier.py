from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from stepdown.web.policy import Role
from stepdown.web.programs import attending, curricula, progress, training
from stepdown.web.programs.earlier import Before, Reach, completed_before, course_of, reach_of
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion
from stepdown.web.programs.zones import day_of, zone_of
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_programme, a_session, trainees
from tests.web.programs.texts import SECOND, published

WEEK = timedelta(days=7)


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


def held(here, teacher, module, people, now=NOW):
    session = a_session(here, module, now - WEEK, teacher)
    minutes = dict.fromkeys((person.id for person in people), session.minutes)
    attending.note_present(teacher.actor(), session.id, minutes, now)
    return session


def test_the_latest_earlier_version_that_somebody_completed_is_told(here, teacher):
    one, two, none = trainees(here, 3)
    rows = []
    for n in range(3):
        module = a_module(here.agency)
        rows.append(a_programme(here.agency, "whole", module))
        held(here, teacher, module, [[one, two], [two], []][n], NOW + n * WEEK)
    now = NOW + 3 * WEEK
    found = completed_before(course_of(rows[2], now), [one.id, two.id, none.id], now)
    day = day_of(NOW - WEEK, zone_of(here.agency))
    assert found == {one.id: Before(1, day), two.id: Before(2, day + WEEK)}
    assert completed_before(course_of(rows[0], now), [one.id], now) == {}
    chief = here.people[Role.COORDINATOR].actor()
    first = progress.counts(chief, rows[2], now)[0]
    assert (first.completed, first.missing, first.before) == (0, 4, 2)
    stands = progress.of_unit(chief, rows[2], here.unit, now)
    assert [each.before and each.before.number for each in stands] == [None, 1, 2, None]
    followed = training.mine(two.id, here.agency, now).programmes
    assert [(f.programme.programme.number, f.before and f.before.number) for f in followed] == [
        (1, None), (2, None), (3, 2),
    ]  # fmt: skip


def test_a_new_version_says_whom_it_concerns(here, teacher):
    same, old = a_module(here.agency, "same"), a_module(here.agency)
    before = curricula.opened(a_programme(here.agency, "whole", same, old))
    done, partly = trainees(here, 2)
    held(here, teacher, same, [done, partly])
    held(here, teacher, old, [done], NOW + WEEK)
    now = NOW + 2 * WEEK
    after = curricula.opened(a_programme(here.agency, "whole", same, a_module(here.agency)))
    for module, given in ((old, {}), (same, {}), (old, {"cancelled_at": NOW})):
        a_session(here, module, now + WEEK, teacher, **given)
    assert reach_of(here.agency, before, after, now) == Reach(1, 1, 1)
    assert reach_of(here.agency, before, before, now) == Reach(1, 0, 0)


def test_pages_say_it_before_and_after_a_version_is_published(here, teacher, browser_of):
    chief, trainee, now = here.people[Role.COORDINATOR], here.people[Role.TRAINEE], timezone.now()
    published(chief.actor(), here.agency.id)
    for n, module in enumerate(ModuleVersion.objects.all()):
        held(here, teacher, module, [trainee], now - n * WEEK)
    browser = browser_of(chief)
    file = SimpleUploadedFile("ours.yaml", SECOND.encode())
    page = browser.post(
        f"/curriculum/{here.agency.id}/look/", {"file": file, "reason": "Why."}
    ).text  # fmt: skip
    assert "Whom it concerns" in page
    assert "1 person has completed version 1." in page
    assert "1 of them would lack something in version 2." in page
    published(chief.actor(), here.agency.id, SECOND)
    row = ProgrammeVersion.objects.get(number=2)
    assert "1 of them completed an earlier version" in browser.get(
        f"/sessions/progress/{row.id}/"
    ).text  # fmt: skip
    page = browser.get(f"/sessions/progress/{row.id}/units/{here.unit.id}/").text
    assert "completed version 1 on" in page
    page = browser_of(trainee).get("/sessions/mine/").text
    assert "Completed version 1 on" in page
    assert "Version 2 came since and is not completed yet." in page
