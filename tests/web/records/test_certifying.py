import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from stepdown.briefing.certificate import certificate_digest
from stepdown.problems import InputProblems
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.privacy.erase import erase_here
from stepdown.web.programs import wall
from stepdown.web.programs.models import Attendance
from stepdown.web.records import certifying
from stepdown.web.records.models import Certificate, Member
from tests.web.records.lessons import NOW, completing, many, session, taught, there, trainee


@pytest.fixture
def held(here):
    return taught(here.agency)


@pytest.fixture
def owner(here, held):
    person = here.people[Role.TRAINEE]
    completing(held, here.unit, person, here.people[Role.INSTRUCTOR])
    return person


@pytest.fixture
def actor(here):
    return here.people[Role.COORDINATOR].actor()


def issue(actor, place, held, *people, now=NOW):
    return certifying.issue(actor, place.agency.id, held.programme.id, [p.id for p in people], now)


def due(actor, place, held, now=NOW):
    found = certifying.find(actor, place.agency.id, held.programme.id, now)
    return [each.person.name for each in found.due]


def test_a_session_counts_once_it_has_ended(here, held, actor):
    teacher, owner = here.people[Role.INSTRUCTOR], here.people[Role.TRAINEE]
    there(session(held.modules["leave"], here.unit, NOW - timedelta(days=3), teacher), owner)
    runs = session(held.modules["listen"], here.unit, NOW, teacher)
    early, last = NOW - timedelta(minutes=10), NOW + timedelta(minutes=119)
    code = wall.shown(teacher.actor(), runs.pk, early)[1].code
    assert wall.attend(owner.actor(), runs.pk, code, early).minutes == 120
    for at in (early, last):
        assert due(actor, here, held, now=at) == []
        with pytest.raises(InputProblems, match="not completed"):
            issue(actor, here, held, owner, now=at)
    over = NOW + timedelta(minutes=120)
    assert due(actor, here, held, now=over) == ["Here trainee"]
    [row] = issue(actor, here, held, owner, now=over)
    assert certifying.value(row).last_day == NOW.date()


def test_whoever_completed_it_is_due_one_and_has_it_once_issued(here, held, owner, actor):
    halfway = trainee(here.agency, here.unit, "Half Way")
    there(session(held.modules["listen"], here.unit, NOW - timedelta(days=9)), halfway)
    assert due(actor, here, held) == ["Here trainee"]
    [row] = issue(actor, here, held, owner)
    assert due(actor, here, held) == []
    said = certifying.value(row)
    assert (said.person, said.agency, said.programme, said.version) == (
        "Here trainee", "Here", "Basics", "1")  # fmt: skip
    assert (said.minutes, said.first_day, said.last_day, said.issued) == (
        180, date(2026, 3, 2), date(2026, 3, 3), date(2026, 11, 15))  # fmt: skip
    assert said.instructors == ("Here instructor",)
    assert said.record == str(row.id)
    noted = Entry.objects.get(outcome="done", action__startswith="issue a certificate")
    assert (noted.kind, noted.record) == ("person", str(owner.id))


def test_sent_twice_it_is_issued_once(here, held, owner, actor):
    assert len(issue(actor, here, held, owner)) == 1
    assert issue(actor, here, held, owner) == []
    assert Certificate.objects.count() == 1


def test_the_paper_stays_as_it_was_whatever_changes_afterwards(here, held, owner, actor):
    [row] = issue(actor, here, held, owner)
    before = certifying.paper(owner.actor(), row.id)
    owner.name = "Another Name"
    owner.save()
    here.agency.name = "Another Agency"
    here.agency.save()
    row.refresh_from_db()
    assert certifying.paper(owner.actor(), row.id) == before
    looked = certifying.look_up(actor, here.agency.id, certificate_digest(before[1]))
    assert looked.value.person == "Here trainee"
    assert looked.row.person.name == "Another Name"


def test_a_make_up_counts_and_its_instructor_stands_on_the_paper(here, held, actor):
    person = trainee(here.agency, here.unit, "Made Up")
    first = session(held.modules["listen"], here.unit, datetime(2026, 3, 2, 15, 0, tzinfo=UTC))
    second = trainee(here.agency, here.unit, "Second Teacher")
    there(session(held.modules["listen"], here.unit, datetime(2026, 3, 9, 15, 0, tzinfo=UTC),
                  second, make_up_of=first), person)  # fmt: skip
    there(session(held.modules["leave"], here.unit, datetime(2026, 3, 5, 15, 0, tzinfo=UTC)),
          person)  # fmt: skip
    [row] = issue(actor, here, held, person)
    said = certifying.value(row)
    assert said.instructors == ("Second Teacher",)
    assert (said.first_day, said.last_day) == (date(2026, 3, 5), date(2026, 3, 9))


def test_nobody_gets_one_who_did_not_complete_it_and_then_nobody_does(here, held, owner, actor):
    other = trainee(here.agency, here.unit, "Not There")
    with pytest.raises(InputProblems) as error:
        issue(actor, here, held, owner, other)
    assert [p.where for p in error.value.problems] == ["Not There"]
    assert not Certificate.objects.exists()


def test_of_nobody_and_of_too_many_it_is_refused(here, held, owner, actor):
    with pytest.raises(InputProblems):
        issue(actor, here, held)
    with pytest.raises(InputProblems):
        issue(actor, here, held, *([owner] * (certifying.MOST_AT_ONCE + 1)))


def test_a_session_that_is_not_over_does_not_count_yet(here, held, owner, actor):
    assert due(actor, here, held, datetime(2026, 3, 2, 20, 0, tzinfo=UTC)) == []


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ANALYST, Role.AGENCY_ADMIN, Role.TRAINEE])
def test_nobody_but_a_coordinator_issues_or_looks_up(here, held, owner, role):
    other = here.people[role].actor()
    with pytest.raises(Refused):
        issue(other, here, held, owner)
    with pytest.raises(Refused):
        certifying.look_up(other, here.agency.id, "AAAA")


def test_nobody_issues_a_certificate_to_themselves(here, held, owner):
    RoleGrant.objects.create(person=owner, role=Role.COORDINATOR, agency=here.agency)
    assert due(owner.actor(), here, held) == []
    with pytest.raises(Refused):
        issue(owner.actor(), here, held, owner)


def test_a_coordinator_of_another_unit_sees_and_issues_for_their_own_people_alone(
    here, held, owner, actor
):
    side = trainee(here.agency, here.other_unit, "Side Coordinator")
    mine = trainee(here.agency, here.other_unit, "My Own")
    completing(held, here.other_unit, mine, None)
    RoleGrant.objects.filter(person=side).update(role=Role.COORDINATOR)
    assert due(side.actor(), here, held) == ["My Own"]
    with pytest.raises(Refused):
        issue(side.actor(), here, held, mine, owner)
    assert not Certificate.objects.exists()
    [row] = issue(actor, here, held, owner)
    found = certifying.find(side.actor(), here.agency.id, held.programme.id, NOW)
    assert found.issued == []
    with pytest.raises(Refused):
        certifying.paper(side.actor(), row.id)


def test_another_agency_gets_nothing(here, elsewhere, held, owner, actor):
    [row] = issue(actor, here, held, owner)
    foreign = elsewhere.people[Role.COORDINATOR].actor()
    with pytest.raises(Missing):
        certifying.find(foreign, elsewhere.agency.id, held.programme.id, NOW)
    with pytest.raises(Refused) as error:
        certifying.paper(foreign, row.id)
    assert error.value.hidden
    with pytest.raises(InputProblems):
        certifying.issue(
            foreign, elsewhere.agency.id, taught(elsewhere.agency).programme.id, [owner.id], NOW
        )
    serial = certificate_digest(certifying.value(row))
    assert certifying.look_up(foreign, elsewhere.agency.id, serial) is None


def test_a_number_is_found_however_it_was_read_off_the_paper(here, held, owner, actor):
    [row] = issue(actor, here, held, owner)
    serial = certificate_digest(certifying.value(row))
    worn = serial.lower().replace("-", " ").replace("o", "0").replace("i", "1")
    for given in (serial, worn, f"  {serial} "):
        assert certifying.look_up(actor, here.agency.id, given).row == row
    for given in (serial[:-1], "", "\x00", "' or 1=1 --", "A" * 5000):
        assert certifying.look_up(actor, here.agency.id, given) is None


def test_a_certificate_that_was_changed_in_the_record_is_told_from_one_that_holds(
    here, held, owner, actor
):
    [row] = issue(actor, here, held, owner)
    serial = certificate_digest(certifying.value(row))
    table = " ON records_certificate" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER records_certificate_no_update{table}")
    Certificate.objects.update(values={**row.values, "minutes": 6000})
    assert certifying.look_up(actor, here.agency.id, serial).value is None


def test_a_certificate_goes_with_the_person_who_is_erased(here, held, owner, actor):
    [row] = issue(actor, here, held, owner)
    serial = certificate_digest(certifying.value(row))
    erase_here(here.people[Role.AGENCY_ADMIN].actor(), owner.id, here.agency.id, NOW)
    assert certifying.look_up(actor, here.agency.id, serial) is None
    with pytest.raises(Missing):
        certifying.paper(actor, row.id)
    assert due(actor, here, held) == []


def test_a_certificate_that_is_withdrawn_holds_no_longer_and_a_new_one_can_be_issued(
    here, held, owner, actor
):
    [row] = issue(actor, here, held, owner)
    for _ in range(2):
        certifying.withdraw(actor, row.id, "Issued by mistake.", NOW)
    certifying.withdraw(actor, row.id, "Another reason.", NOW + timedelta(days=1))
    row.refresh_from_db()
    assert (row.withdrawn_at, row.withdrawn_why) == (NOW, "Issued by mistake.")
    noted = Entry.objects.get(action="withdraw a certificate")
    assert (noted.kind, noted.record, noted.detail) == (
        "person", str(owner.id), {"certificate": str(row.id)})  # fmt: skip
    for who in (owner.actor(), actor):
        with pytest.raises(InputProblems, match="Issued by mistake"):
            certifying.paper(who, row.id)
    serial = certificate_digest(certifying.value(row))
    assert certifying.look_up(actor, here.agency.id, serial).row.withdrawn_at == NOW
    assert due(actor, here, held) == ["Here trainee"]
    [new] = issue(actor, here, held, owner)
    assert issue(actor, here, held, owner) == []
    assert certifying.paper(owner.actor(), new.id)
    assert due(actor, here, held) == []
    assert set(certifying.certificates_of(owner.id)) == {row, new}


def test_withdrawing_needs_a_reason_and_somebody_who_may(here, elsewhere, held, owner, actor):
    [row] = issue(actor, here, held, owner)
    for why in ("", "  ", "x" * 401, "two\nlines", "\u202ex", "\x00"):
        with pytest.raises(InputProblems):
            certifying.withdraw(actor, row.id, why, NOW)
    for other in (owner, here.people[Role.INSTRUCTOR], here.people[Role.ANALYST],
                  here.people[Role.AGENCY_ADMIN]):  # fmt: skip
        with pytest.raises(Refused):
            certifying.withdraw(other.actor(), row.id, "x", NOW)
    with pytest.raises(Refused) as error:
        certifying.withdraw(elsewhere.people[Role.COORDINATOR].actor(), row.id, "x", NOW)
    assert error.value.hidden
    with pytest.raises(Missing):
        certifying.withdraw(actor, here.agency.id, "x", NOW)
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_a_certificate_that_the_record_no_longer_supports_is_marked(
    here, held, owner, actor, browser_of
):
    other = trainee(here.agency, here.unit, "Other One")
    completing(held, here.unit, other, None)
    mine, _ = issue(actor, here, held, owner, other)
    said = "As the record is now, they did not complete it"
    to = {"agency": here.agency.id, "pk": held.programme.id}
    client = browser_of(here.people[Role.COORDINATOR])
    page = reverse("certificates_programme", kwargs=to)
    assert said not in client.get(page).text
    entry = Attendance.objects.filter(person=owner).first()
    Attendance.objects.create(
        session=entry.session, person=owner, minutes=0, how="list", supersedes=entry, why="x"
    )
    found = certifying.find(actor, here.agency.id, held.programme.id, NOW)
    assert found.unsupported == {mine.id}
    assert client.get(page).text.count(said) == 1
    certifying.withdraw(actor, mine.id, "Was not there.", NOW)
    assert said not in client.get(page).text
    assert due(actor, here, held) == []


def test_it_is_withdrawn_on_a_page_and_shown_struck_with_the_reason(
    here, held, owner, actor, browser_of
):
    [row] = issue(actor, here, held, owner)
    client = browser_of(here.people[Role.COORDINATOR])
    to = reverse("certificate_withdraw", kwargs={"pk": row.id})
    listed = reverse("certificates_programme", kwargs={"agency": here.agency.id,
                                                       "pk": held.programme.id})  # fmt: skip
    hours = reverse("hours_person", kwargs={"agency": here.agency.id, "pk": owner.id})
    assert to in client.get(listed).text
    assert to in client.get(hours).text
    assert to not in browser_of(here.people[Role.INSTRUCTOR]).get(hours).text
    assert client.get(to).status_code == 200
    assert client.post(to, {"why": " "}).status_code == 400
    answer = client.post(to, {"why": "Wrong <b>person"})
    assert (answer.status_code, answer["Location"]) == (302, listed)
    mine = browser_of(owner)
    for page in (client.get(listed), client.get(hours), mine.get(reverse("hours_mine")),
                 client.get(to)):  # fmt: skip
        assert "Wrong &lt;b&gt;person" in page.text
        assert reverse("certificate", kwargs={"pk": row.id}) + '"' not in page.text
    assert "<s" in client.get(listed).text
    serial = certificate_digest(certifying.value(row))
    looked = client.get(reverse("certificates", kwargs={"agency": here.agency.id}),
                        {"number": serial}).text  # fmt: skip
    assert "This certificate was withdrawn on" in looked
    assert "Wrong &lt;b&gt;person" in looked
    assert "The record holds this certificate." not in looked
    refused = mine.get(reverse("certificate", kwargs={"pk": row.id}))
    assert refused.status_code == 400
    assert "Wrong &lt;b&gt;person" in refused.text


def test_who_left_still_has_their_paper_and_no_instructor_of_the_unit(here, held, owner, actor):
    [row] = issue(actor, here, held, owner)
    RoleGrant.objects.filter(person=owner).delete()
    owner.refresh_from_db()
    assert certifying.paper(owner.actor(), row.id)
    with pytest.raises(Refused):
        certifying.paper(here.people[Role.INSTRUCTOR].actor(), row.id)


def test_the_paper_is_a_pdf_that_opens(here, held, owner, actor, browser_of):
    owner.name = "Zoë 漢字 <script>alert(1)</script>"
    owner.save()
    [row] = issue(actor, here, held, owner)
    for person in (owner, here.people[Role.INSTRUCTOR], here.people[Role.COORDINATOR]):
        answer = browser_of(person).get(reverse("certificate", kwargs={"pk": row.id}))
        assert answer.status_code == 200
        [page] = PdfReader(io.BytesIO(answer.content)).pages
        text = page.extract_text()
        assert "Basics" in text
        assert certificate_digest(certifying.value(row)) in text
    assert Entry.objects.filter(kind="person", record=str(owner.id), outcome="read").count() == 2


def test_to_look_at_who_is_due_one_and_to_open_the_form_that_withdraws_one_is_noted(
    here, held, owner, actor, browser_of
):
    [row] = issue(actor, here, held, owner)
    browser = browser_of(here.people[Role.COORDINATOR])
    kwargs = {"agency": here.agency.id, "pk": held.programme.id}
    assert owner.name in browser.get(reverse("certificates_programme", kwargs=kwargs)).text
    form = reverse("certificate_withdraw", kwargs={"pk": row.id})
    assert owner.name in browser.get(form).text
    browser.post(form, {"why": "Issued by mistake."})
    noted = Entry.objects.filter(outcome="read").order_by("number")
    assert list(noted.values_list("kind", "record", "detail")) == [
        ("programme", str(held.programme.id), {}), ("person", str(owner.id), {})]  # fmt: skip


def test_the_paper_has_the_persons_number_the_agencys_size_and_the_serial_in_its_name(
    here, held, owner, actor, browser_of
):
    Member.objects.create(agency=here.agency, person=owner, number="0042")
    here.agency.zone = "America/Denver"
    here.agency.save()
    [row] = issue(actor, here, held, owner)
    serial = certificate_digest(certifying.value(row))
    answer = browser_of(owner).get(reverse("certificate", kwargs={"pk": row.id}))
    assert f'filename="certificate-{serial}.pdf"' in answer.headers["Content-Disposition"]
    [page] = PdfReader(io.BytesIO(answer.content)).pages
    assert "Number 0042" in page.extract_text()
    assert int(page.mediabox.width) == 792


def test_a_certificate_from_before_people_had_numbers_keeps_its_serial(here, held, owner, actor):
    [row] = issue(actor, here, held, owner)
    serial = certificate_digest(certifying.value(row))
    del row.values["number"]
    assert certificate_digest(certifying.value(row)) == serial


def test_certificates_are_issued_to_those_chosen_and_to_a_unit(here, held, owner, browser_of):
    other = trainee(here.agency, here.other_unit, "Other One")
    completing(held, here.other_unit, other, None)
    client = browser_of(here.people[Role.COORDINATOR])
    to = {"agency": here.agency.id, "pk": held.programme.id}
    page = client.get(reverse("certificates_programme", kwargs=to)).content.decode()
    assert "Other One" in page
    post = reverse("certificates_issue", kwargs=to)
    assert client.post(post, {"person": str(owner.id)}).status_code == 302
    assert [c.person_id for c in Certificate.objects.all()] == [owner.id]
    assert client.post(post, {"unit": str(here.other_unit.id)}).status_code == 302
    assert Certificate.objects.count() == 2
    for sent in ({}, {"person": "x"}, {"unit": "x"}, {"unit": str(here.unit.id)}):
        assert client.post(post, sent).status_code == 400


def test_where_nobody_was_chosen_the_form_comes_back_and_says_so(here, held, owner, browser_of):
    client = browser_of(here.people[Role.COORDINATOR])
    to = {"agency": here.agency.id, "pk": held.programme.id}
    answer = client.post(reverse("certificates_issue", kwargs=to))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "No certificate was issued." in page
    assert "nobody is chosen" in page
    assert f'value="{owner.id}"' in page
    back = client.get(reverse("certificates_issue", kwargs=to))
    assert back.headers["Location"] == reverse("certificates_programme", kwargs=to)


def test_a_number_is_looked_up_on_the_page(here, held, owner, actor, browser_of):
    [row] = issue(actor, here, held, owner)
    client = browser_of(here.people[Role.COORDINATOR])
    to = reverse("certificates", kwargs={"agency": here.agency.id})
    serial = certificate_digest(certifying.value(row))
    listed = {"agency": here.agency.id, "pk": row.programme_id}
    assert serial in client.get(reverse("certificates_programme", kwargs=listed)).text
    assert b"The record holds this certificate" in client.get(to, {"number": serial}).content
    answer = client.get(to, {"number": "<script>x"})
    assert b"holds no certificate" in answer.content
    assert b"<script>x" not in answer.content


def test_more_people_and_certificates_ask_no_more_of_the_database(
    here, held, owner, actor, browser_of
):
    client = browser_of(here.people[Role.COORDINATOR])
    to = reverse("certificates_programme", kwargs={"agency": here.agency.id,
                                                   "pk": held.programme.id})  # fmt: skip
    second = trainee(here.agency, here.unit, "Second One")
    completing(held, here.unit, second, None)
    issue(actor, here, held, second)

    def queries():
        client.get(to)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(to).status_code == 200
        return len(seen)

    few = queries()
    people = many(here.agency, [here.unit], 70)
    rows = [session(m, here.unit, NOW - timedelta(days=9)) for m in held.modules.values()]
    for person in people:
        for row in rows:
            there(row, person)
    issue(actor, here, held, *people[:60])
    assert queries() == few
