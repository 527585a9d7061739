from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stepdown.encounter.library import library
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.log import note
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.practice import play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.models import Assignment
from stepdown.web.privacy.erase import erase_here
from tests.web.conftest import NOW


@pytest.fixture
def acts(here, elsewhere):
    """One act in each of two agencies, and one that belongs to none."""
    for place, what in ((here, "act of ours"), (elsewhere, "act of theirs")):
        trainee = place.people[Role.TRAINEE]
        note(trainee.actor(), what, "person", trainee.pk, Thing(agency=place.agency.pk), now=NOW)
    note(Actor(), "act of nobody", "site", "x", now=NOW + timedelta(days=1))


def numbers(page):
    return [int(n) for n in re.findall(r'id="entry-(\d+)"', page.content.decode())]


def rows(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_each_role_of_each_agency_reads_its_own_log_or_none(here, elsewhere, acts, browser_of):
    got = {}
    for role in Role:
        browser = browser_of(here.people[role])
        got[role] = browser.get(reverse("audit")).status_code
        other = browser.get(reverse("audit"), {"agency": str(elsewhere.agency.pk)}).status_code
        assert other == (200 if role is Role.SITE_ADMIN else 404)
    assert {r for r, status in got.items() if status == 200} == {Role.AGENCY_ADMIN, Role.SITE_ADMIN}


@pytest.mark.parametrize("name", ["audit", "audit_download"])
def test_an_agency_s_administrator_sees_no_entry_of_another(here, acts, confirmed_of, name):
    answer = confirmed_of(here.people[Role.AGENCY_ADMIN]).get(reverse(name))
    text = b"".join(answer).decode()
    assert "act of ours" in text
    assert "act of theirs" not in text
    assert "act of nobody" not in text


def test_the_site_s_administrator_sees_all_or_one_agency(here, elsewhere, acts, browser_of):
    browser = browser_of(here.people[Role.SITE_ADMIN])
    text = browser.get(reverse("audit")).content.decode()
    assert all(what in text for what in ("act of ours", "act of theirs", "act of nobody"))
    text = browser.get(
        reverse("audit"), {"agency": str(elsewhere.agency.pk)}
    ).content.decode()  # fmt: skip
    assert "act of theirs" in text
    assert "act of ours" not in text


def test_reading_the_log_is_noted_in_the_log(here, confirmed_of):
    browser = confirmed_of(here.people[Role.AGENCY_ADMIN])
    browser.get(reverse("audit"))
    entry = Entry.objects.get(action=Action.READ_AUDIT.value)
    assert (entry.outcome, entry.record, entry.agency) == (
        "read", str(here.agency.pk), here.agency.pk,
    )  # fmt: skip
    b"".join(browser.get(reverse("audit_download")))
    assert Entry.objects.filter(action="audit log downloaded").count() == 1


def test_the_log_is_filtered_by_person_action_and_day(here, elsewhere, acts, browser_of):
    browser = browser_of(here.people[Role.SITE_ADMIN])

    def shown(**asked):
        text = browser.get(reverse("audit"), asked).content.decode()
        return {w for w in ("act of ours", "act of theirs", "act of nobody") if w in text}

    assert shown(person="Trainee@here.example") == {"act of ours"}
    assert shown(person=str(elsewhere.people[Role.TRAINEE].pk)) == {"act of theirs"}
    assert shown(action="ACT OF OUR") == {"act of ours"}
    assert shown(day="2026-03-02") == {"act of ours", "act of theirs"}
    assert shown(day="2026-03-03") == {"act of nobody"}
    assert shown(day="2026-03-03", action="ours") == set()


def test_what_cannot_be_asked_for_is_said_all_at_once(here, browser_of):
    page = browser_of(here.people[Role.AGENCY_ADMIN]).get(
        reverse("audit"), {"person": "nobody@here.example", "day": "tomorrow"}
    )
    assert page.status_code == 400
    text = page.content.decode()
    assert "the address of somebody here" in text
    assert "a day, such as" in text


def test_an_administrator_cannot_learn_who_else_has_an_account(here, elsewhere, browser_of):
    browser = browser_of(here.people[Role.AGENCY_ADMIN])
    texts = [
        browser.get(reverse("audit"), {"person": who}).content.decode().replace(who, "")
        for who in ("trainee@elsewhere.example", "nobody@elsewhere.example")
    ]
    plain = [re.sub(r'(value|nonce)="[^"]*"', "", t) for t in texts]
    assert plain[0] == plain[1]


def test_an_agency_is_told_no_name_of_anybody_outside_it(here, elsewhere, browser_of):
    outside = elsewhere.people[Role.INSTRUCTOR]
    note(outside.actor(), "looked in", "unit", "x", Thing(agency=here.agency.pk))
    text = browser_of(here.people[Role.AGENCY_ADMIN]).get(reverse("audit")).content.decode()
    assert "somebody outside" in text
    assert outside.name not in text


def test_pages_follow_one_another_without_gap_or_double(here, browser_of):
    for n in range(120):
        note(Actor(), f"act {n}", thing=Thing(agency=here.agency.pk))
    browser, seen, query = browser_of(here.people[Role.AGENCY_ADMIN]), [], "?action=act"
    for _ in range(3):
        page = browser.get(reverse("audit") + query)
        seen += numbers(page)
        older = re.search(r'href="(\?[^"]*before=\d+)"', page.content.decode())
        query = older[1].replace("&amp;", "&") if older else ""
    acted = Entry.objects.filter(action__startswith="act ").order_by("-number")
    assert seen == list(acted.values_list("number", flat=True))
    assert not query


def test_a_page_asks_as_often_for_many_entries_as_for_few(here, browser_of):
    browser, asked, shown = browser_of(here.people[Role.AGENCY_ADMIN]), [], []
    browser.get(reverse("audit"))
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            shown.append(len(numbers(browser.get(reverse("audit")))))
        asked.append(len(queries))
        for person in Person.objects.all():
            for _ in range(10):
                note(person.actor(), "act", "person", person.pk, Thing(agency=here.agency.pk))
    assert asked[0] == asked[1] < 20
    assert shown == [2, 50]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_table_holds_no_formula(here, confirmed_of, start):
    person = here.people[Role.TRAINEE]
    Person.objects.filter(pk=person.pk).update(name=f"{start}HYPERLINK(1)")
    note(person.actor(), f"{start}1+1", "person", person.pk, Thing(agency=here.agency.pk))
    answer = confirmed_of(here.people[Role.AGENCY_ADMIN]).get(reverse("audit_download"))
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"].startswith("attachment")
    found = [r for r in rows(answer) if r["who"].endswith("HYPERLINK(1)")]
    assert len(found) == 1
    assert found[0]["who"] == f"'{start}HYPERLINK(1)"
    assert found[0]["about"] == f"'{start}HYPERLINK(1)"
    assert found[0]["action"] == f"'{start}1+1"


def assessed(here):
    task = Assignment.objects.create(
        unit=here.unit, scenario="bridge", due=NOW.date(), assessed=True
    )
    trainee = here.people[Role.TRAINEE]
    return play.start(
        trainee.actor(), library()["bridge"], "bridge", "turn", NOW, assignment=task, seed=7
    )


def test_a_person_sees_who_read_their_record(here, browser_of):
    row = assessed(here)
    teacher = here.people[Role.INSTRUCTOR]
    play.find(teacher.actor(), row.id, Action.READ)
    trainee = here.people[Role.TRAINEE]
    text = browser_of(trainee).get(reverse("readers")).content.decode()
    assert teacher.name in text
    assert reverse("review", args=[row.id]) in text
    assert "encounter started" not in text
    other = browser_of(teacher).get(reverse("readers")).content.decode()
    assert "Nobody has." in other


def test_whoever_is_of_no_agency_of_mine_is_not_named_but_not_hidden(here, elsewhere, browser_of):
    row = assessed(here)
    note(elsewhere.people[Role.INSTRUCTOR].actor(), "tried", "encounter", row.id, outcome="refused")
    text = browser_of(here.people[Role.TRAINEE]).get(reverse("readers")).content.decode()
    assert "somebody outside your agency" in text
    assert "Elsewhere instructor" not in text


def test_what_administrators_do_with_an_account_is_seen_by_its_owner(here, browser_of):
    from stepdown.web.accounts import people

    trainee, admin = here.people[Role.TRAINEE], here.people[Role.AGENCY_ADMIN]
    people.new_link(admin.actor(), trainee.pk, here.agency.pk, NOW)
    text = browser_of(trainee).get(reverse("readers")).content.decode()
    assert "link made" in text
    assert admin.name in text


def test_somebody_of_two_agencies_reads_each_log_apart(here, elsewhere, acts, browser_of):
    person = here.people[Role.AGENCY_ADMIN]
    RoleGrant.objects.create(person=person, role=Role.AGENCY_ADMIN, agency=elsewhere.agency)
    browser = browser_of(person)
    for place, mine, other in (
        (here, "act of ours", "act of theirs"), (elsewhere, "act of theirs", "act of ours")
    ):  # fmt: skip
        text = browser.get(
            reverse("audit"), {"agency": str(place.agency.pk)}
        ).content.decode()  # fmt: skip
        assert mine in text
        assert other not in text


@pytest.mark.parametrize(
    "asked",
    [{"before": "x"}, {"before": "-1"}, {"before": "9" * 40}, {"agency": "x"}, {"day": "1"}],
)
def test_nonsense_breaks_nothing(here, browser_of, asked):
    answer = browser_of(here.people[Role.AGENCY_ADMIN]).get(reverse("audit"), asked)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("role", [Role.AGENCY_ADMIN, Role.SITE_ADMIN])
@pytest.mark.parametrize("name", ["audit", "audit_download"])
def test_nobody_reads_in_the_log_who_practised_what_and_when(here, confirmed_of, role, name):
    trainee, teacher = here.people[Role.TRAINEE], here.people[Role.INSTRUCTOR]
    own = play.start(trainee.actor(), library()["bridge"], "bridge", "turn", NOW, seed=7)
    play.do(trainee.actor(), own.id, None, read_deed("stop", {}), NOW)
    with pytest.raises(Refused):
        play.do(trainee.actor(), own.id, None, read_deed("stop", {}), NOW)
    with pytest.raises(Refused):
        play.find(teacher.actor(), own.id, Action.READ)
    examined = assessed(here)
    answer = confirmed_of(here.people[role]).get(reverse(name), {"agency": str(here.agency.pk)})
    text = b"".join(answer).decode()
    entries = Entry.objects.filter(kind="encounter")
    assert entries.filter(record=str(own.id), actor=trainee.pk).count() == 3
    shown = {n for n in entries.values_list("number", flat=True) if told(text, n)}
    assert shown == {
        entries.get(record=str(own.id), actor=teacher.pk).number,
        entries.get(record=str(examined.id)).number,
    }


def told(text, number):
    return f'id="entry-{number}"' in text or f"\n{number}," in text


def test_practice_that_was_erased_is_shown_no_more_than_before(here, elsewhere, confirmed_of):
    trainee, admin = here.people[Role.TRAINEE], here.people[Role.AGENCY_ADMIN]
    RoleGrant.objects.create(person=trainee, role=Role.ANALYST, agency=elsewhere.agency)
    own = play.start(trainee.actor(), library()["bridge"], "bridge", "turn", NOW, seed=7)
    erase_here(admin.actor(), trainee.pk, here.agency.pk, NOW)
    assert Entry.objects.filter(record=str(own.id), actor=trainee.pk).exists()
    text = confirmed_of(admin).get(reverse("audit")).content.decode()
    assert "encounter started" not in text


def test_a_record_that_is_no_id_breaks_nothing(here, browser_of):
    note(Actor(), "act", "encounter", "no id", Thing(agency=here.agency.pk))
    text = browser_of(here.people[Role.AGENCY_ADMIN]).get(reverse("audit")).content.decode()
    assert "no id" in text


@pytest.mark.parametrize("name", ["person", "action", "day", "agency", "before"])
def test_signs_that_cannot_be_seen_break_nothing(here, browser_of, name):
    browser = browser_of(here.people[Role.AGENCY_ADMIN])
    assert browser.get(reverse("audit"), {name: "\x00"}).status_code == 200
    assert browser.get(reverse("audit"), {name: "a\x00b"}).status_code in (200, 400)
