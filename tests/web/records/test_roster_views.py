from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stepdown.interop.roster import read_roster
from stepdown.web import limits
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.records.models import Member, RosterImport, StagedRoster
from tests.interop.test_roster import BASE, broken
from tests.web.records.rostered import PLAIN, look, member, put, record, run_of

pytestmark = pytest.mark.django_db
TWO = "1,Ana Ruiz,North,ana@here.example,Officer,2020-02-29,,\n2,Bo Li,North,,,,,\n"


@pytest.fixture
def boss(here):
    return here.people[Role.COORDINATOR].actor()


@pytest.fixture
def browser(here, confirmed_of):
    return confirmed_of(here.people[Role.COORDINATOR])


@pytest.fixture
def often(monkeypatch):
    """Let one person read in many files in a minute."""
    monkeypatch.setitem(limits.A_MINUTE, "bring", 10_000)


def send(browser, agency, raw, name="people.csv", **how):
    file = SimpleUploadedFile(name, raw if isinstance(raw, bytes) else raw.encode())
    return browser.post(reverse("roster_upload", args=[agency.pk]), {"file": file, **how})


def to(name, agency, *more):
    return reverse(name, args=[agency.pk, *more])


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def digest_in(page):
    return re.search(r'name="shown" value="([0-9a-f]+)"', page.content.decode())[1]


def test_a_roster_is_read_in_looked_at_and_applied(here, browser):
    answer = send(browser, here.agency, PLAIN + TWO)
    assert answer.status_code == 302
    page = browser.get(answer.headers["Location"])
    assert "Nothing has been changed yet." in text(page)
    assert "Ana Ruiz" in text(page)
    assert "New units North" in text(page)
    assert not Member.objects.exists()
    staged = StagedRoster.objects.get()
    url = to("roster_apply", here.agency, staged.pk)
    answer = browser.post(url, {"shown": digest_in(page)}, follow=True)
    assert "2 people joined, moved, left or came back." in text(answer)
    assert member(here.agency, "1").person.name == "Ana Ruiz"
    again = browser.post(url, {"shown": digest_in(page)}, follow=True)
    assert "waits no more" in text(again)
    assert RosterImport.objects.count() == 1
    assert browser.get(url).status_code == 302


def test_where_a_form_was_sent_to_a_page_opens_too(here, browser):
    read = browser.get(to("roster_upload", here.agency))
    assert read.headers["Location"] == to("roster_of", here.agency)
    send(browser, here.agency, "a,b,c\n1,x,y\n")
    pk = StagedRoster.objects.get().pk
    chosen = browser.get(to("roster_columns", here.agency, pk))
    assert chosen.headers["Location"] == to("roster_waiting", here.agency, pk)


def test_whoever_applies_proves_once_more_that_it_is_them(here, boss, browser_of):
    staged = look(boss, here.agency, PLAIN + TWO, datetime.now(UTC))
    browser = browser_of(here.people[Role.COORDINATOR])
    given = {"shown": run_of(staged).digest}
    answer = browser.post(to("roster_apply", here.agency, staged.pk), given)
    assert answer.status_code == 302
    assert "reauthenticate" in answer.headers["Location"]
    assert not RosterImport.objects.exists()


def test_what_was_not_shown_is_shown_first(here, boss, browser):
    staged = look(boss, here.agency, PLAIN + TWO, datetime.now(UTC))
    url = to("roster_apply", here.agency, staged.pk)
    answer = browser.post(url, {"shown": "0" * 64})
    assert answer.status_code == 409
    assert "the record has changed since you looked" in text(answer)
    assert not RosterImport.objects.exists()
    assert browser.post(url, {"shown": digest_in(answer)}).status_code == 302


def test_many_who_leave_are_confirmed_by_a_tick(here, boss, browser):
    put(boss, here.agency, PLAIN + TWO)
    staged = look(boss, here.agency, "id,name,unit\n9,Di,North\n", datetime.now(UTC))
    page = browser.get(to("roster_waiting", here.agency, staged.pk))
    assert "2 of 7 people would be deactivated." in text(page)
    url, given = to("roster_apply", here.agency, staged.pk), {"shown": digest_in(page)}
    answer = browser.post(url, given)
    assert answer.status_code == 400
    assert "would be deactivated" in text(answer)
    assert member(here.agency, "1").left is None
    assert browser.post(url, {**given, "many": "on"}).status_code == 302
    assert member(here.agency, "1").left is not None


def test_columns_that_are_not_found_are_chosen_and_remembered(here, browser):
    raw = "Badge No.;Wer;Wo;Seit\n1;Zoë;Süd;31/12/2020\n"
    answer = send(browser, here.agency, raw)
    assert answer.status_code == 400
    assert "say below which is which" in text(answer)
    staged = StagedRoster.objects.get()
    url = to("roster_columns", here.agency, staged.pk)
    wrong = browser.post(url, {"id": "0", "name": "0", "unit": "9"})
    assert wrong.status_code == 400
    assert "This column is chosen already above." in text(wrong)
    assert "9 is not one of the available choices." in text(wrong)
    given = {"id": "0", "name": "1", "unit": "2", "start": "3"}
    undated = browser.post(url, given)
    assert undated.status_code == 400
    assert "31/12/2020" in text(undated)
    right = browser.post(url, {**given, "dates": "dmy"})
    assert right.status_code == 302
    page = browser.get(right.headers["Location"])
    browser.post(to("roster_apply", here.agency, staged.pk), {"shown": digest_in(page)})
    assert member(here.agency, "1").hired == date(2020, 12, 31)
    assert send(browser, here.agency, raw).status_code == 302


def test_what_was_chosen_for_a_file_with_mistakes_holds_for_the_mended_one(here, browser):
    raw = "Nr;Wer;Wo;Seit\n1;Zoë;Süd;31/12/2020\n;Bo;Süd;31/12/2020\n"
    send(browser, here.agency, raw)
    given = {"id": "0", "name": "1", "unit": "2", "start": "3", "dates": "dmy"}
    url = to("roster_columns", here.agency, StagedRoster.objects.get().pk)
    assert browser.post(url, given).status_code == 400
    assert send(browser, here.agency, raw.replace("\n;Bo", "\n2;Bo")).status_code == 302
    assert not RosterImport.objects.exists()


def test_a_column_that_the_file_before_had_not_is_read_all_the_same(here, browser):
    send(browser, here.agency, "Nr;Wer;Wo\n1;Zoë;Süd\n")
    url = to("roster_columns", here.agency, StagedRoster.objects.get().pk)
    assert browser.post(url, {"id": "0", "name": "1", "unit": "2"}).status_code == 302
    answer = send(browser, here.agency, "Nr;Wer;Wo;start\n1;Zoë;Süd;the fifth\n")
    assert answer.status_code == 400
    assert "the fifth" in text(answer)


def test_two_values_of_each_column_stand_beside_its_name(here, browser):
    answer = send(browser, here.agency, "a,b,c\n1,Zoë,Süd\n2,,Süd\n3,Bo,Nord\n")
    said = text(answer)
    assert "a: 1, 2" in said
    assert "b: Zoë, Bo" in said
    assert "c: Süd, Nord" in said


def test_dates_in_an_order_that_was_not_said_are_told_of_in_one_line(here, browser):
    rows = "".join(f"{n},P {n},North,{n % 12 + 1}/{n % 15 + 13}/2019\n" for n in range(1, 300))
    answer = send(browser, here.agency, "Badge No.,Name,Unit,Hire date\n" + rows)
    said = text(answer)
    assert answer.status_code == 400
    assert "The dates look like month/day/year: choose that below." in said
    assert "in the mapping" not in said
    assert "have to be mended" not in said
    assert re.search(r'<option value="mdy" selected', answer.content.decode())
    both = send(browser, here.agency, "id,name,unit,start\n1,A,North,1/2/2019\n,B,North,\n")
    assert "whether the month or the day stands first" in text(both)
    assert "1 thing has to be mended" in text(both)


def test_the_day_of_certification_comes_and_goes_with_a_roster(here, boss, browser):
    put(boss, here.agency, "id,name,unit,certified\n1,Ana,North,2024-02-01\n2,Bo,North,\n")
    assert member(here.agency, "1").certified == date(2024, 2, 1)
    put(boss, here.agency, "id,name,unit,certified\n1,Ana,North,\n2,Bo,North,2025-03-01\n")
    assert member(here.agency, "1").certified == date(2024, 2, 1)
    assert member(here.agency, "2").certified == date(2025, 3, 1)
    raw = browser.get(to("roster_csv", here.agency)).content.decode("utf-8-sig")
    assert "certified" in raw.splitlines()[0]
    assert "2024-02-01" in raw


def test_a_first_day_that_differs_stays_and_is_shown_with_what_to_do(here, boss, browser):
    put(boss, here.agency, PLAIN + TWO)
    staged = look(boss, here.agency, PLAIN + TWO.replace("2020-02-29", "2021-03-01"),
                  datetime.now(UTC))  # fmt: skip
    said = text(browser.get(to("roster_waiting", here.agency, staged.pk)))
    assert "To look at: days that stay" in said
    assert "1 Ana Ruiz First day 2020-02-29 2021-03-01" in said
    assert run_of(staged).nothing


@pytest.mark.parametrize(
    ("column", "day"), [("start", timedelta(days=400)), ("certified", timedelta(days=2))]
)
def test_days_that_are_too_far_ahead_are_refused(here, browser, column, day):
    ahead = (timezone.now() + day).date().isoformat()
    answer = send(browser, here.agency, f"id,name,unit,{column}\n1,Ana,North,{ahead}\n")
    assert answer.status_code == 400
    assert ahead in text(answer)
    assert "correct it" in text(answer)


def test_a_name_is_chosen_whole_or_in_its_two_parts(here, browser):
    send(browser, here.agency, "a,b,c,d\n1,x,y,z\n")
    url = to("roster_columns", here.agency, StagedRoster.objects.get().pk)
    half = browser.post(url, {"id": "0", "unit": "1", "given_name": "2"})
    assert "Choose the whole name, or both of its parts." in text(half)
    given = {"id": "0", "unit": "1", "given_name": "2", "family_name": "3"}
    assert browser.post(url, given).status_code == 302


def test_all_bad_rows_are_listed_at_once_and_taken_away_as_a_table(here, browser):
    raw = PLAIN + "1,Ana,North,no-address,,2020-02-30,,\n,=1+1,North,,,,,\n"
    answer = send(browser, here.agency, raw)
    assert answer.status_code == 400
    said = text(answer)
    assert "4 things have to be mended; nothing was changed." in said
    for words in ("row 2, column 'email'", "row 2, column 'start'", "row 3, column 'id'",
                  "this is a formula: export values"):  # fmt: skip
        assert words in said.replace("&#x27;", "'")
    table = browser.get(to("roster_problems", here.agency, StagedRoster.objects.get().pk))
    lines = table.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 5
    assert lines[0] == "where,given,expected,what to do"


def test_how_a_file_is_written_can_be_said(here, browser, often):
    raw = "id,name,unit;x,email\n1,Zoë,North;1,\n"
    assert send(browser, here.agency, raw, separator="comma").status_code == 400
    utf16 = "id\tname\tunit\n1\tZoë\tNorth\n".encode("utf-16-le")
    answer = send(browser, here.agency, utf16, encoding="utf-16", separator="tab")
    assert answer.status_code == 302
    assert "Zoë" in text(browser.get(answer.headers["Location"]))
    wrong = send(browser, here.agency, "id,name,unit\n1,Zoë,N\n".encode("cp1252"), encoding="utf-8")
    assert wrong.status_code == 400
    assert "is not UTF-8" in text(wrong)
    assert send(browser, here.agency, "id\n", encoding="klingon").status_code == 400


HOSTILE = {
    "nothing": b"",
    "null": b"id,name,unit\n1,a\x00b,North\n",
    "commas": b"," * 2_000_000,
    "one long line": b"id,name,unit\n1," + b"x" * 2_000_000,
    "one long cell": b'id,name,unit\n1,"' + b"x" * 2_000_000 + b'",N\n',
    "quotes": b'id,name,unit\n1,"' + b'""' * 500_000 + b"\n",
    "many columns": b",".join(b"c%d" % n for n in range(100_000)) + b"\n",
    "many rows": b"id,name,unit\n" + b"1,a,b\n" * 60_000,
    "a workbook": b"PK\x03\x04" + b"\x00" * 400,
    "formulas": b"id,name,unit\n=1,=HYPERLINK(1),@x\n",
    "utf-16 cut": "id,name,unit\n1,a,b\n".encode("utf-16")[:-1],
    "utf-32": "id,name,unit\n1,,b\n".encode("utf-32"),
    "right to left": "id,name,unit\n1,a\u202eb,N\n".encode(),
    "a name too long": b"id,given_name,family_name,unit\n1,%b,%b,N\n" % (b"a" * 70, b"b" * 70),
    "an address no mail goes to": b"id,name,unit,email\n1,A,N,a..b@x.org\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_words_and_change_nothing(here, browser, often, name):
    before = record()
    answer = send(browser, here.agency, HOSTILE[name])
    assert answer.status_code == 400, text(answer)[:300]
    assert record() == before


def test_a_file_that_is_too_large_is_refused_in_words(here, browser):
    answer = send(browser, here.agency, b"id,name,unit\n" + b"1,a,b\n" * 600_000)
    assert answer.status_code == 400
    assert "3 MB at most" in text(answer)
    assert not StagedRoster.objects.exists()


def test_markup_in_a_roster_is_text(here, browser):
    raw = "id,name,unit,<b>\n1,<script>alert(1)</script>,<img src=x>,1\n"
    answer = send(browser, here.agency, raw, name="<svg onload=x>.csv")
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    for tag in ("<script>alert", "<img src=x", "<svg onload", "<b>"):
        assert tag not in page


def test_sixty_malformed_rosters_are_answered_in_words_and_nothing_is_half_imported(
    here, browser, often
):
    put(here.people[Role.COORDINATOR].actor(), here.agency, BASE)
    before = record()
    chance = random.Random(20261126)
    refused = 0
    for n in range(200):
        raw = broken(chance)
        answer = send(browser, here.agency, raw, name=f"{n}.csv")
        assert answer.status_code in (302, 400), (n, raw)
        if answer.status_code == 400:
            refused += 1
            said = text(answer)
            assert "has to be mended" in said or "have to be mended" in said or (
                "say below which is which" in said or "The submitted file is empty" in said
            ), (n, said[:400])  # fmt: skip
        else:
            assert browser.get(answer.headers["Location"]).status_code == 200
        assert record() == before, n
        if refused == 60:
            break
    assert refused == 60


def test_a_roster_that_is_discarded_is_gone(here, boss, browser):
    staged = look(boss, here.agency, PLAIN + TWO, datetime.now(UTC))
    url = to("roster_discard", here.agency, staged.pk)
    assert "Nothing was changed." in text(browser.post(url, follow=True))
    assert not StagedRoster.objects.exists()
    assert "waits no more" in text(browser.post(url, follow=True))
    for name in ("roster_waiting", "roster_problems"):
        answer = browser.get(to(name, here.agency, staged.pk), follow=True)
        assert "waits no more" in text(answer)
    answer = browser.post(to("roster_columns", here.agency, staged.pk), {"id": "0"}, follow=True)
    assert "waits no more" in text(answer)


def test_the_page_says_who_serves_where_and_when_the_last_roster_was_applied(here, boss, browser):
    put(boss, here.agency, PLAIN + TWO, timezone.now())
    said = text(browser.get(reverse("roster")))
    assert "7 people serve. The last roster was applied on" in said
    assert "Here coordinator" in said
    assert "North 2" in said
    assert "29 Feb 2020" in said


def test_days_are_those_of_the_agencys_clocks(here, boss, browser):
    here.agency.zone = "Asia/Tokyo"
    here.agency.save()
    put(boss, here.agency, PLAIN + TWO, datetime(2026, 3, 2, 20, tzinfo=UTC))
    page = text(browser.get(to("roster_of", here.agency)))
    assert "applied on 3 Mar 2026 by Here coordinator." in page


def test_people_are_found_by_name_number_unit_and_whether_they_serve(here, boss, browser):
    put(boss, here.agency, PLAIN + TWO)
    put(boss, here.agency, PLAIN + TWO[: TWO.index("2,Bo")] + "3,Cy,South,,,,,\n")
    url = to("roster_of", here.agency)

    def names(**given):
        page = browser.get(url, given).content.decode()
        return re.findall(r'people/[0-9a-f-]+/">([^<]+)</a>', page)

    assert names(q="ruiz") == ["Ana Ruiz"]
    assert names(q="3") == ["Cy"]
    assert names(who="left") == ["Bo Li"]
    north = str(here.agency.units.get(name="North").pk)
    assert names(unit=north) == ["Ana Ruiz"]
    assert names(unit=north, who="all") == ["Ana Ruiz", "Bo Li"]
    assert names(unit="nonsense") == []
    assert names(q="\x00<script>") == []
    assert len(names(who="anything")) == 7


def test_days_and_number_are_set_by_hand(here, boss, browser):
    put(boss, here.agency, PLAIN + TWO)
    ana = member(here.agency, "1")
    url = to("roster_member", here.agency, ana.person_id)
    given = {"number": " 0001 ", "hired": "2019-05-01", "certified": "2020-06-01"}
    assert browser.post(url, given).status_code == 302
    row = member(here.agency, "0001")
    assert (row.hired, row.certified) == (date(2019, 5, 1), date(2020, 6, 1))
    assert (row.title, row.email) == ("Officer", "ana@here.example")
    entry = Entry.objects.get(action="member changed")
    assert entry.detail == {"fields": ["certified", "hired", "number"]}
    browser.post(url, given)
    assert Entry.objects.filter(action="member changed").count() == 1
    assert 'value="2019-05-01"' in browser.get(url).content.decode()


def test_a_number_is_of_one_person_and_can_be_seen(here, boss, browser):
    put(boss, here.agency, PLAIN + "a1,Ana,North,,,,,\n2,Bo,North,,,,,\n")
    url = to("roster_member", here.agency, member(here.agency, "2").person_id)
    for number, said in (("A1", "nobody else here has"), ("2\u200b", "cannot be seen"),
                         ("9" * 65, "at most 64"), ("\x00", "Null characters")):  # fmt: skip
        answer = browser.post(url, {"number": number, "hired": "2020-02-30"})
        assert answer.status_code == 400
        assert "Enter a valid date." in text(answer)
        answer = browser.post(url, {"number": number})
        assert said in text(answer)
    assert member(here.agency, "2").hired is None


def test_whoever_was_invited_by_hand_has_a_page_too(here, browser):
    trainee = here.people[Role.TRAINEE]
    url = to("roster_member", here.agency, trainee.pk)
    assert "(their first role here)" in text(browser.get(url))
    assert browser.post(url, {"number": "77"}).status_code == 302
    assert member(here.agency, "77").person_id == trainee.pk


def test_the_roster_is_taken_away_as_it_would_be_read_in(here, boss, browser):
    put(boss, here.agency, PLAIN + TWO.replace("Bo Li", "=cmd()'"[:-1]).replace("=", "'="))
    answer = browser.get(to("roster_csv", here.agency))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "roster-" in answer.headers["Content-Disposition"]
    rows = answer.content.decode("utf-8-sig").splitlines()
    numbered = [row for row in rows[1:] if row[0].isdigit()]
    back = read_roster("\n".join([rows[0], *numbered]).encode()).people
    assert [(p.id, p.name, p.unit, p.email, p.active) for p in back] == [
        ("2", "=cmd()", "North", "", True), ("1", "Ana Ruiz", "North", "ana@here.example", True),
    ]  # fmt: skip
    assert "here.example" in "".join(rows)
    assert Entry.objects.get(action="roster taken away").detail == {"people": 7}
    assert "@invalid" not in "".join(rows)


def test_whoever_reads_in_those_of_two_agencies_chooses(here, elsewhere, confirmed_of):
    person = here.people[Role.COORDINATOR]
    RoleGrant.objects.create(person=person, role="coordinator", agency=elsewhere.agency)
    page = confirmed_of(person).get(reverse("roster"))
    assert to("roster_of", here.agency) in page.content.decode()
    assert to("roster_of", elsewhere.agency) in page.content.decode()


def test_to_look_at_people_is_noted(here, browser):
    browser.get(to("roster_of", here.agency))
    entry = Entry.objects.filter(outcome="read").last()
    assert entry is not None
    assert (entry.kind, entry.record) == ("agency", str(here.agency.pk))


def test_to_open_a_roster_that_waits_or_what_is_wrong_with_it_is_noted(here, browser_of):
    admin = here.people[Role.AGENCY_ADMIN].actor()
    staged = look(admin, here.agency, PLAIN + TWO, timezone.now())
    browser = browser_of(here.people[Role.COORDINATOR])
    for name in ("roster_waiting", "roster_problems"):
        assert browser.get(to(name, here.agency, staged.pk)).status_code == 200
    read = Entry.objects.filter(outcome="read", actor=here.people[Role.COORDINATOR].pk)
    assert list(read.values_list("kind", "record", "detail")) == [
        ("roster", str(staged.pk), {})] * 2  # fmt: skip


def roster(n, first=0):
    return "id,name,unit,email,title,start\n" + "".join(
        f"{k},Person {k},Unit {k % 40},p{k}@here.example,Officer,2020-01-01\n"
        for k in range(first, first + n)
    )


def queries(browser, url):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert browser.get(url).status_code == 200
    return len(seen)


def test_the_number_of_queries_does_not_grow_with_people(here, boss, browser):
    counted = []
    for n in (4, 120):
        put(boss, here.agency, roster(n))
        staged = look(boss, here.agency, roster(n, 2), datetime.now(UTC))
        urls = (
            to("roster_of", here.agency) + "?who=all",
            to("roster_waiting", here.agency, staged.pk),
            to("roster_csv", here.agency),
            to("roster_member", here.agency, member(here.agency, "3").person_id),
        )
        browser.get(urls[0])
        counted.append([queries(browser, url) for url in urls])
    assert counted[0] == counted[1]
    assert Person.objects.filter(memberships__isnull=False).count() == 120


def test_a_page_lists_fifty(here, boss, browser):
    put(boss, here.agency, roster(120))
    page = browser.get(to("roster_of", here.agency) + "?page=2").content.decode()
    assert page.count("/people/") == 50
    staged = look(boss, here.agency, roster(120, 120), datetime.now(UTC))
    page = text(browser.get(to("roster_waiting", here.agency, staged.pk) + "?left=2&joined=9"))
    assert "2 / 3" in page
    assert "3 / 3" in page
    assert "Person 239" in page


def test_a_day_later_what_was_not_applied_is_gone(here, boss):
    from stepdown.web.records.tidying import tidy
    from tests.web.conftest import NOW

    look(boss, here.agency, PLAIN + TWO)
    assert tidy(NOW + timedelta(hours=23)) == 0
    assert tidy(NOW + timedelta(hours=25)) == 1
    assert tidy(NOW + timedelta(hours=25)) == 0
    assert not StagedRoster.objects.exists()
    assert Entry.objects.filter(action="rosters discarded").count() == 1
