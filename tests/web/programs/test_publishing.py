import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from stepdown.problems import InputProblems
from stepdown.web import limits
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.practice.models import ScenarioFile
from stepdown.web.programs import curricula, publishing
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion
from tests.web.conftest import NOW
from tests.web.programs.texts import FIRST, HOSTILE, SECOND, THIRD, published


@pytest.fixture
def chief(here):
    return here.people[Role.COORDINATOR]


def look(actor, agency, text=FIRST, reason="Why.", **named):
    return publishing.look(actor, agency, "ours.yaml", text.encode(), reason, NOW, **named)


def publish(actor, agency, looked, reason="Why."):
    return publishing.publish(
        actor, agency, looked.name, looked.text.encode(), reason, looked.mark, NOW
    )


def sent(browser, url, text, reason="Why.", name="ours.yaml"):
    return browser.post(url, {"file": SimpleUploadedFile(name, text.encode()), "reason": reason})


def fields(page):
    """Return what the form of confirmation holds, as a browser would send it back."""
    found = page.context["found"]
    return {
        "name": found.name, "text": found.text.replace("\n", "\r\n"), "mark": found.mark,
        "reason": found.published.programme.reason, "of": page.context["of"] or "",
    }  # fmt: skip


def test_looking_stores_nothing(here, chief):
    found = look(chief.actor(), here.agency.id)
    assert found.previous is None
    assert [m.number for m in found.changed] == [1, 1]
    assert not ProgrammeVersion.objects.exists()
    assert not ModuleVersion.objects.exists()


def test_a_module_that_did_not_change_keeps_its_version(here, chief):
    published(chief.actor(), here.agency.id)
    found = look(chief.actor(), here.agency.id, SECOND)
    assert [(m.content.id, m.number) for m in found.changed] == [("first_words", 2)]
    assert [(m.content.id, m.number) for m in found.kept] == [("when_it_fails", 1)]
    row = publish(chief.actor(), here.agency.id, found)
    assert (row.number, row.reason, row.by_id) == (2, "Why.", chief.id)
    assert curricula.published(here.agency.id, "roll_call").hours == 1.25
    assert curricula.published(here.agency.id, "roll_call", 1).hours == 1
    assert ModuleVersion.objects.count() == 3


def test_sent_twice_it_is_published_once(here, chief):
    found = look(chief.actor(), here.agency.id)
    assert publish(chief.actor(), here.agency.id, found) == publish(
        chief.actor(), here.agency.id, found
    )
    assert ProgrammeVersion.objects.count() == 1
    assert Entry.objects.filter(action="publish a version of a curriculum").count() == 1


def test_a_file_is_read_before_the_record_is_locked(here, chief, monkeypatch):
    found = look(chief.actor(), here.agency.id)
    outside, read, inside = len(connection.atomic_blocks), publishing.read, []

    def seen(*given):
        inside.append(len(connection.atomic_blocks))
        return read(*given)

    monkeypatch.setattr(publishing, "read", seen)
    publish(chief.actor(), here.agency.id, found)
    assert inside == [outside]


def test_publishing_counts_as_a_file_that_is_brought(here, chief, browser_of, monkeypatch):
    kinds = []
    monkeypatch.setattr(limits, "count", lambda _who, kind, _now: kinds.append(kind))
    page = sent(browser_of(chief), f"/curriculum/{here.agency.id}/look/", FIRST)
    browser_of(chief).post(f"/curriculum/{here.agency.id}/publish/", fields(page))
    assert ProgrammeVersion.objects.exists()
    assert [kind for kind in kinds if kind != "act"] == ["bring", "bring"]


def test_what_somebody_published_in_between_is_not_run_over(here, chief):
    published(chief.actor(), here.agency.id)
    mine = look(chief.actor(), here.agency.id, SECOND)
    published(chief.actor(), here.agency.id, THIRD)
    with pytest.raises(InputProblems, match="before version 2 was published"):
        publish(chief.actor(), here.agency.id, mine)
    assert ProgrammeVersion.objects.count() == 2


def test_another_text_than_the_one_that_was_looked_at_is_not_published(here, chief):
    found = look(chief.actor(), here.agency.id)
    with pytest.raises(InputProblems, match="look again"):
        publishing.publish(
            chief.actor(), here.agency.id, "x.yaml", SECOND.encode(), "Why.", found.mark, NOW
        )
    for mark in ("", "1-", "-1-x", "99999999999999999999-x", "1-" + "0" * 64, "²-x"):
        with pytest.raises(InputProblems, match="look again"):
            publishing.publish(
                chief.actor(), here.agency.id, "x.yaml", FIRST.encode(), "Why.", mark, NOW
            )
    assert not ProgrammeVersion.objects.exists()
    assert not ModuleVersion.objects.exists()


def test_versions_of_a_module_go_on_when_another_programme_changed_it(here, chief):
    published(chief.actor(), here.agency.id)
    other = SECOND.replace("id: roll_call", "id: night_shift")
    published(chief.actor(), here.agency.id, other)
    found = look(chief.actor(), here.agency.id, THIRD)
    assert [(m.content.id, m.number) for m in found.changed] == [("first_words", 3)]


def test_nothing_changed_is_no_version(here, chief):
    published(chief.actor(), here.agency.id)
    with pytest.raises(InputProblems, match="nothing that changed"):
        look(chief.actor(), here.agency.id)


def test_everything_wrong_is_said_at_once_with_its_line(here, chief):
    broken = FIRST.replace("hours: 0.5", "hours: many", 1).replace("[options,", "[magic,")
    with pytest.raises(InputProblems) as caught:
        look(chief.actor(), here.agency.id, broken.replace("title: Ten", "titel: Ten"), " ")
    places = " ".join(p.where for p in caught.value.problems)
    assert "line 9" in places
    assert "line 25" in places
    assert "the reason" in places
    assert len(caught.value.problems) >= 5


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("ours.pdf", FIRST.encode(), "without .yaml"),
        ("ours.yaml", b"\xff\xfe", "no UTF-8"),
        ("ours.yaml", b"#" * (publishing.MOST_BYTES + 1), "KB at most"),
        ("ours.yaml", b"", "fields such as"),
        ("ours.yaml", b"a: &x 1\nb: *x\n", "aliases"),
        ("ours.yaml", FIRST.replace("Ten", "T\u202een").encode(), "cannot be seen"),
        ("ours.yaml", FIRST.replace("Ten", '"T\\0en').encode(), "YAML"),
        ("ours.yaml", b"\x00", "YAML"),
    ],
)
def test_a_file_that_is_none_is_refused(here, chief, name, content, match):
    with pytest.raises(InputProblems, match=match):
        publishing.look(chief.actor(), here.agency.id, name, content, "Why.", NOW)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001, "a\u202eb", "a\x00b"])
def test_a_reason_must_be_one(here, chief, reason):
    with pytest.raises(InputProblems):
        look(chief.actor(), here.agency.id, reason=reason)


def test_the_agencys_own_scenarios_may_be_named_and_no_one_elses(here, elsewhere, chief):
    text = FIRST.replace("[traffic_stop]", "[ours]")
    with pytest.raises(InputProblems, match="ours"):
        look(chief.actor(), here.agency.id, text)
    row = ScenarioFile.objects.create(agency=elsewhere.agency, name="ours", digest="x", text="x")
    with pytest.raises(InputProblems, match="ours"):
        look(chief.actor(), here.agency.id, text)
    ScenarioFile.objects.filter(pk=row.pk).update(agency=here.agency)
    assert look(chief.actor(), here.agency.id, text).changed
    ScenarioFile.objects.update(withdrawn_at=NOW)
    with pytest.raises(InputProblems, match="ours"):
        look(chief.actor(), here.agency.id, text)


def test_whoever_coordinates_the_whole_agency_publishes_and_nobody_else(here, elsewhere):
    for role, person in here.people.items():
        if role is not Role.COORDINATOR:
            with pytest.raises(Refused):
                look(person.actor(), here.agency.id)
    with pytest.raises(Refused) as caught:
        look(elsewhere.people[Role.COORDINATOR].actor(), here.agency.id)
    assert caught.value.hidden
    with pytest.raises(Missing):
        look(here.people[Role.COORDINATOR].actor(), here.unit.id)


def test_the_day_is_that_of_the_agencys_clocks(here, chief):
    here.agency.zone = "Pacific/Auckland"
    here.agency.save()
    row = published(chief.actor(), here.agency.id, now=NOW.replace(hour=23))
    assert row.day.isoformat() == "2026-03-03"


def test_the_starter_is_added_once(here, chief):
    row = publishing.add_starter(chief.actor(), here.agency.id, NOW)
    assert publishing.add_starter(chief.actor(), here.agency.id, NOW) == row
    assert curricula.published(here.agency.id, row.name).hours == 16
    assert publishing.lacks_starter([here.agency]) == []


def test_the_database_refuses_to_change_a_version(here, chief):
    published(chief.actor(), here.agency.id)
    for kind in (ProgrammeVersion, ModuleVersion):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            kind.objects.update(reason="Another.")


def test_a_browser_looks_then_publishes(here, chief, browser_of):
    browser = browser_of(chief)
    page = sent(browser, f"/curriculum/{here.agency.id}/look/", FIRST)
    assert page.status_code == 200
    assert b"Nothing is published yet" in page.content
    answer = browser.post(f"/curriculum/{here.agency.id}/publish/", fields(page), follow=True)
    assert b"Version 1 is published." in answer.content
    next_one = f"/curriculum/{here.agency.id}/programmes/roll_call/look/"
    page = sent(browser, next_one, SECOND)
    assert b"gets version 2" in page.content
    assert b"stays at version 1" in page.content
    answer = browser.post(f"/curriculum/{here.agency.id}/publish/", fields(page), follow=True)
    assert b"Version 2 is published." in answer.content


def test_a_browser_is_told_what_is_wrong_and_keeps_its_reason(here, chief, browser_of):
    browser = browser_of(chief)
    page = sent(browser, f"/curriculum/{here.agency.id}/look/", "id: 1", "<b>Mine</b>")
    assert page.status_code == 400
    assert b"&lt;b&gt;Mine&lt;/b&gt;" in page.content
    assert b"nothing was stored" in page.content
    page = browser.post(f"/curriculum/{here.agency.id}/look/", {"reason": "x"})
    assert page.status_code == 400


def test_another_programme_is_no_next_version_of_this_one(here, chief, browser_of):
    published(chief.actor(), here.agency.id)
    url = f"/curriculum/{here.agency.id}/programmes/roll_call/look/"
    page = sent(browser_of(chief), url, FIRST.replace("id: roll_call", "id: other"))
    assert page.status_code == 400
    assert b"a programme of its own" in page.content


def test_hostile_text_is_shown_as_text(here, chief, browser_of):
    browser = browser_of(chief)
    page = sent(browser, f"/curriculum/{here.agency.id}/look/", HOSTILE, "</textarea><script>")
    browser.post(f"/curriculum/{here.agency.id}/publish/", fields(page))
    for url in ("/curriculum/", f"/curriculum/{here.agency.id}/programmes/roll_call/"):
        content = browser.get(url).content
        assert b"<script>alert" not in content
        assert b"</textarea><script>" not in content
        assert b"&lt;script&gt;alert(1)" in content
