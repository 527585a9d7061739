from __future__ import annotations

import socket
from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.web import daily, jobs
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.programs.models import Exemption, Session
from stepdown.web.programs.taught import to_teach
from stepdown.web.records import reminding
from stepdown.web.records.models import Reminder
from tests.web.conftest import NOW
from tests.web.records.lessons import session, taught, there
from tests.web.records.refreshed import trainees, wanted
from tests.web.records.test_subscribed import planned

SOON = NOW + timedelta(days=3)


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def listen(here):
    return taught(here.agency).modules["listen"]


def remind(here, now=NOW):
    """Remind the people of an agency; return to whom mail went in this run."""
    mail.outbox.clear()
    count = reminding.remind_now(here.agency.pk, now)
    assert count == len(mail.outbox)
    return sorted(address for message in mail.outbox for address in message.to)


def test_those_who_have_a_session_in_the_next_week_are_reminded_once(here, trainee, listen):
    session(listen, here.unit, SOON)
    session(listen, here.unit, NOW + timedelta(days=8))
    session(listen, here.other_unit, SOON)
    session(listen, here.unit, NOW - timedelta(hours=1))
    assert remind(here) == [trainee.email]
    [message] = mail.outbox
    assert message.subject == "Stepdown: training on 5 Mar 2026"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    for said in (
        "Hello Here trainee,", "What: Listen", "When: 5 Mar 2026, 09:00 (UTC, UTC), 120 minutes",
        "Where: Hall", "Why: Your unit is trained then: Here 1.", "/calendar/\n",
    ):  # fmt: skip
        assert said in message.body
    assert remind(here) == []
    assert remind(here, NOW + timedelta(days=1)) == [trainee.email]
    row = Reminder.objects.order_by("day").first()
    assert (row.kind, row.day, row.sent_at, row.why_not) == ("session", SOON.date(), NOW, "")


def moved(row, at, **to):
    """Change a session as the act does."""
    Session.objects.filter(pk=row.pk).update(changed_at=at, **to)


@pytest.mark.parametrize("later", [timedelta(hours=2), timedelta(days=1), timedelta(days=60)])
@pytest.mark.parametrize("days", [0, 7])
def test_those_who_were_reminded_are_told_once_when_it_is_moved_whatever_the_window(
    here, trainee, listen, later, days
):
    row = session(listen, here.unit, SOON)
    assert remind(here) == [trainee.email]
    planned(here.agency, [])
    wanted(here.agency, remind_days=days)
    hour = timedelta(hours=1)
    moved(row, NOW + hour, start=SOON + later)
    assert remind(here, NOW + 2 * hour) == [trainee.email]
    [message] = mail.outbox
    assert message.subject.startswith("Stepdown: changed: training on ")
    assert "This is how it is now." in message.body
    assert f"When: {(SOON + later).day} " in message.body
    assert f", {(SOON + later):%H}:00 (UTC, UTC)" in message.body
    assert remind(here, NOW + 3 * hour) == []
    moved(row, NOW + 4 * hour, start=SOON, place="Elsewhere")
    assert remind(here, NOW + 5 * hour) == [trainee.email]
    assert "Where: Elsewhere" in mail.outbox[0].body
    assert remind(here, NOW + timedelta(days=1)) == []


def test_moved_far_they_are_reminded_again_before_the_new_day(here, trainee, listen):
    row = session(listen, here.unit, SOON)
    remind(here)
    moved(row, NOW, start=SOON + timedelta(days=60))
    remind(here, NOW + timedelta(hours=1))
    assert remind(here, SOON + timedelta(days=50)) == []
    assert remind(here, SOON + timedelta(days=54)) == [trainee.email]
    assert mail.outbox[0].subject == "Stepdown: training on 4 May 2026"
    assert remind(here, SOON + timedelta(days=55)) == []


def test_moved_to_a_later_day_it_is_told_once_though_they_were_told_before_the_week_of_that_day(
    here, trainee, listen
):
    row = session(listen, here.unit, NOW + timedelta(days=7))
    assert remind(here) == [trainee.email]
    later = NOW + timedelta(days=2)
    moved(row, later, start=NOW + timedelta(days=8))
    assert remind(here, later + timedelta(minutes=1)) == [trainee.email]
    assert mail.outbox[0].subject.startswith("Stepdown: changed: training on ")
    assert remind(here, later + timedelta(days=1)) == []


def test_moved_and_then_cancelled_is_told_as_cancelled(here, trainee, listen):
    row = session(listen, here.unit, SOON)
    remind(here)
    moved(row, NOW, start=SOON + timedelta(days=60))
    moved(row, NOW + timedelta(hours=1), cancelled_at=NOW + timedelta(hours=1))
    assert remind(here, NOW + timedelta(hours=2)) == [trainee.email]
    assert "cancelled" in mail.outbox[0].subject
    assert remind(here, NOW + timedelta(days=1)) == []


def test_who_was_not_reminded_is_not_told_that_it_is_moved(here, trainee, listen, settings):
    row = session(listen, here.unit, NOW + timedelta(days=20))
    assert remind(here) == []
    moved(row, NOW, start=NOW + timedelta(days=30))
    assert remind(here, NOW + timedelta(hours=1)) == []


def test_those_who_were_reminded_are_told_when_it_is_cancelled(here, trainee, listen):
    row = session(listen, here.unit, SOON)
    late = session(listen, here.unit, NOW + timedelta(days=20))
    remind(here)
    Session.objects.filter(pk__in=[row.pk, late.pk]).update(cancelled_at=NOW)
    assert remind(here) == [trainee.email]
    [message] = mail.outbox
    assert message.subject == "Stepdown: cancelled: training on 5 Mar 2026"
    assert "This session does not take place. You need not come." in message.body
    assert remind(here) == []


def test_a_refresher_says_why_and_nothing_of_what_somebody_scored(here, trainee):
    planned(here.agency, [(trainee, here.unit, date(2026, 3, 8))])
    assert remind(here) == [trainee.email]
    [message] = mail.outbox
    assert message.subject == "Stepdown: a refresher in March 2026"
    assert "What: On the bridge\nWhen: March 2026\n" in message.body
    why = "Why: It is 13 months since you were last taught or tested in any of this: listening"
    assert why in message.body
    assert "%" not in message.body
    assert "standard" not in message.body


def test_a_refresher_of_this_month_is_due_until_the_month_ends(here, trainee):
    planned(here.agency, [(trainee, here.unit, NOW.date())])
    Person.objects.filter(pk=trainee.pk).update(wants_reminders=False)
    assert remind(here, NOW + timedelta(days=1)) == []
    Person.objects.filter(pk=trainee.pk).update(wants_reminders=True)
    here.agency.zone = "America/Los_Angeles"
    here.agency.save()
    assert remind(here, datetime(2026, 4, 1, 8, tzinfo=UTC)) == []
    assert remind(here, datetime(2026, 4, 1, 6, tzinfo=UTC)) == [trainee.email]


def test_a_refresher_of_a_later_month_is_due_so_many_days_before_it_begins(here, trainee):
    planned(here.agency, [(trainee, here.unit, date(2026, 4, 1))])
    assert remind(here, datetime(2026, 3, 24, 9, tzinfo=UTC)) == []
    assert remind(here, datetime(2026, 3, 25, 9, tzinfo=UTC)) == [trainee.email]
    assert mail.outbox[0].subject == "Stepdown: a refresher in April 2026"


def test_one_refresher_of_a_month_is_reminded_once_whatever_plans_follow(here, trainee):
    got = []
    for n in range(12):
        at = NOW + timedelta(days=n)
        planned(here.agency, [(trainee, here.unit, at.date())], at)
        got += remind(here, at)
    assert got == [trainee.email]
    assert Reminder.objects.get().day == date(2026, 3, 1)
    later = NOW + timedelta(days=12)
    planned(here.agency, [], later)
    assert remind(here, later) == []


def test_whoever_is_exempt_now_is_reminded_of_a_refresher_when_they_are_back(here, trainee):
    planned(here.agency, [(trainee, here.unit, NOW.date())])
    Exemption.objects.create(
        agency=here.agency, person=trainee, reason="leave", start=date(2026, 3, 2),
        until=date(2026, 3, 9),
    )  # fmt: skip
    assert remind(here, NOW + timedelta(days=7)) == []
    assert remind(here, NOW + timedelta(days=8)) == [trainee.email]


def test_who_teaches_is_reminded_too_and_who_was_at_what_is_made_up_is_not(here, trainee, listen):
    teacher = here.people[Role.INSTRUCTOR]
    origin = session(listen, here.unit, NOW - timedelta(days=5))
    there(origin, trainee)
    missed = trainees(here.unit, 1)[0]
    session(listen, here.unit, SOON, teacher, make_up_of=origin)
    assert remind(here) == sorted([teacher.email, missed.email])
    [told] = [m for m in mail.outbox if m.to == [teacher.email]]
    assert "You teach this session." in told.body


def test_who_is_exempt_inactive_erased_or_wants_none_is_not_reminded(here, listen):
    people = trainees(here.unit, 5)
    session(listen, here.unit, SOON)
    Person.objects.filter(pk=people[0].pk).update(is_active=False)
    Person.objects.filter(pk=people[1].pk).update(wants_reminders=False)
    Person.objects.filter(pk=people[2].pk).update(erased_at=NOW)
    for person, until in ((people[3], SOON.date()), (people[4], SOON.date() - timedelta(days=1))):
        Exemption.objects.create(
            agency=here.agency, person=person, reason="leave", start=date(2026, 3, 1), until=until
        )
    assert remind(here) == sorted([here.people[Role.TRAINEE].email, people[4].email])


def test_the_agency_says_how_many_days_before_and_whether_at_all(here, trainee, listen):
    session(listen, here.unit, SOON)
    planned(here.agency, [])
    wanted(here.agency, remind_days=2)
    assert remind(here) == []
    wanted(here.agency, remind_days=0)
    assert remind(here, SOON - timedelta(hours=1)) == []
    wanted(here.agency, remind_days=3)
    assert remind(here) == [trainee.email]


def test_it_is_in_the_language_of_the_person_and_by_the_clock_of_the_agency(here, trainee, listen):
    here.agency.zone = "America/New_York"
    here.agency.save()
    Person.objects.filter(pk=trainee.pk).update(language="es")
    session(listen, here.unit, datetime(2026, 3, 6, 3, 0, tzinfo=UTC))
    assert remind(here) == [trainee.email]
    [message] = mail.outbox
    assert "22:00 (EST, America/New_York)" in message.body
    assert Reminder.objects.get().day == date(2026, 3, 5)


def test_where_no_mail_is_sent_nothing_fails_and_it_is_sent_once_it_can_be(
    here, trainee, listen, settings
):
    session(listen, here.unit, SOON)
    settings.EMAIL_CONFIGURED = False
    assert remind(here) == []
    assert Reminder.objects.get().why_not == "no mail server"
    settings.EMAIL_CONFIGURED = True
    assert remind(here, NOW + timedelta(hours=1)) == [trainee.email]
    assert remind(here, NOW + timedelta(hours=2)) == []


@pytest.mark.parametrize("email", ["x@invalid", "y@person.invalid", "me@localhost"])
def test_nothing_is_sent_to_where_nothing_arrives(here, trainee, listen, email):
    Person.objects.filter(pk=trainee.pk).update(email=email)
    session(listen, here.unit, SOON)
    assert remind(here) == []
    assert Reminder.objects.get().why_not == "no address"


def test_a_mail_server_that_is_down_is_tried_again_for_three_days(
    here, trainee, listen, settings, caplog
):
    works, fails = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()
    session(listen, here.unit, NOW + timedelta(days=6))
    settings.EMAIL_BACKEND = fails
    with caplog.at_level("WARNING", "stepdown.web"):
        assert remind(here) == []
    assert caplog.messages == ["the mail server cannot be reached: ConnectionRefusedError"]
    row = Reminder.objects.get()
    assert (row.sent_at, row.why_not) == (None, "")
    settings.EMAIL_BACKEND = works
    assert remind(here, NOW + timedelta(days=1)) == [trainee.email]
    Reminder.objects.update(sent_at=None)
    settings.EMAIL_BACKEND = fails
    assert remind(here, NOW + timedelta(days=3, hours=1)) == []
    assert Reminder.objects.get().why_not == "the mail server did not take it"
    settings.EMAIL_BACKEND = works
    assert remind(here, NOW + timedelta(days=3, hours=2)) == []


class Picky(locmem.EmailBackend):
    """A server that refuses some mail, and goes away before other."""

    def send_messages(self, messages):
        for message in messages:
            [to] = message.to
            if to.startswith("refused"):
                raise SMTPRecipientsRefused({to: (550, b"no such user")})
            if to.startswith("busy"):
                raise SMTPDataError(451, b"try again")
            if to.startswith("gone"):
                raise SMTPServerDisconnected("gone")
        return super().send_messages(messages)


def test_one_address_that_is_refused_keeps_nobody_else_from_their_mail(
    here, listen, settings, caplog
):
    names = ("refused", "busy", "fine", "gone", "later")
    people = sorted(trainees(here.unit, len(names)), key=lambda p: p.pk)
    for name, person in zip(names, people, strict=True):
        Person.objects.filter(pk=person.pk).update(email=f"{name}@x.example")
    Person.objects.filter(pk=here.people[Role.TRAINEE].pk).update(wants_reminders=False)
    session(listen, here.unit, SOON)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Picky"
    assert remind(here) == ["fine@x.example"]
    assert Reminder.objects.get(why_not__startswith="the mail server refused").person == people[0]
    assert Reminder.objects.filter(sent_at=None, why_not="").count() == 3
    assert "x.example" not in caplog.text
    settings.EMAIL_BACKEND = backend
    assert remind(here) == ["busy@x.example", "gone@x.example", "later@x.example"]


def test_of_two_runs_at_once_one_sends(here, listen, monkeypatch):
    """The second begins while the first is at the server."""
    session(listen, here.unit, SOON)
    taken = reminding._taken

    def slow(row, message):
        monkeypatch.setattr(reminding, "_taken", taken)
        assert reminding.remind_now(here.agency.pk, NOW) == 0
        return taken(row, message)

    monkeypatch.setattr(reminding, "_taken", slow)
    assert len(remind(here)) == 1


def test_whoever_has_no_role_here_any_more_is_told_nothing(here, elsewhere, listen):
    teacher = here.people[Role.INSTRUCTOR]
    RoleGrant.objects.create(
        person=teacher, role=Role.TRAINEE, agency=elsewhere.agency, unit=elsewhere.unit
    )
    first = session(listen, here.unit, SOON, teacher)
    assert teacher.email in remind(here)
    RoleGrant.objects.filter(person=teacher, agency=here.agency).update(suspended_at=NOW)
    session(listen, here.unit, SOON, teacher)
    moved(first, NOW + timedelta(hours=1), place="Elsewhere")
    later = NOW + timedelta(hours=2)
    assert set(remind(here, later)) == {here.people[Role.TRAINEE].email}
    Session.objects.filter(pk=first.pk).update(cancelled_at=later)
    assert remind(here, later) == [here.people[Role.TRAINEE].email]
    assert to_teach(teacher.id, NOW) == []


def test_people_of_another_agency_are_reminded_by_their_own(here, elsewhere, listen):
    session(taught(elsewhere.agency).modules["listen"], None, SOON)
    assert remind(here) == []
    assert remind(elsewhere) == [elsewhere.people[Role.TRAINEE].email]


def test_it_is_begun_once_a_day_for_every_agency(here, elsewhere, tmp_path, listen):
    session(listen, here.unit, datetime.now(UTC) + timedelta(days=2))
    mail.outbox.clear()
    assert "reminded" in daily.once(tmp_path, datetime.now(UTC))
    assert "reminded" not in daily.once(tmp_path, datetime.now(UTC))
    assert jobs.run_ready() == 2
    assert [message.to for message in mail.outbox] == [[here.people[Role.TRAINEE].email]]
    assert not Entry.objects.filter(action__contains="remind").exists()


def test_many_people_are_looked_up_as_often_as_few(here, listen):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            reminding.due(here.agency, NOW)
        return len(asked)

    session(listen, here.unit, SOON)
    planned(here.agency, [(here.people[Role.TRAINEE], here.unit, SOON.date())])
    few = queries()
    people = trainees(here.unit, 100)
    for n in range(20):
        session(listen, here.unit, SOON + timedelta(minutes=n), people[n])
    planned(here.agency, [(p, here.unit, SOON.date()) for p in people], NOW + timedelta(hours=1))
    assert queries() == few
    remind(here)
    Session.objects.update(changed_at=NOW + timedelta(hours=1), cancelled_at=None)
    assert queries() == few


def test_two_agencies_each_remind_of_their_own_refresher_in_one_month(here, elsewhere, trainee):
    RoleGrant.objects.create(
        person=trainee, role=Role.TRAINEE, agency=elsewhere.agency, unit=elsewhere.unit, since=NOW
    )
    for place in (here, elsewhere):
        planned(place.agency, [(trainee, place.unit, NOW.date())])
    assert remind(here) == [trainee.email]
    record = Reminder.objects.get().record
    assert remind(elsewhere) == [trainee.email]
    assert remind(here) == remind(elsewhere) == []
    assert Reminder.objects.get(agency=here.agency).record == record
