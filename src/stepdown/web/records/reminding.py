"""Remind people by e-mail of what is to come: once of each, and again if it was changed.

A reminder is claimed before it is sent, so that no two processes send it; one that the mail server
did not take is tried again by the next run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django_tasks import task

from stepdown.web.accounts.models import Agency, Person
from stepdown.web.audit.log import note
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.records.due import Due, Key, due
from stepdown.web.records.models import Reminder
from stepdown.web.records.reminder_mail import mail

LOG = logging.getLogger("stepdown.web")
TRIED_FOR = timedelta(days=3)
NO_SERVER, NO_ADDRESS = "no mail server", "no address"
REFUSED, GIVEN_UP = "the mail server refused the address", "the mail server did not take it"
NOWHERE = ("@invalid", ".invalid", "@localhost")


def choose(actor: Actor, now: datetime, *, wanted: bool) -> None:
    """Be reminded by e-mail, or no longer."""
    permit(actor, Action.OWN_ACCOUNT, Thing(owner=actor.person), "person", actor.person)
    with transaction.atomic():
        mine = Person.objects.filter(pk=actor.person, wants_reminders=not wanted)
        if mine.update(wants_reminders=wanted):
            done = "reminders wanted" if wanted else "reminders stopped"
            note(actor, done, "person", actor.person, Thing(owner=actor.person), now=now)


def begin(now: datetime) -> int:
    """Have the people of every agency reminded, and return how many agencies there are."""
    agencies = list(Agency.objects.values_list("pk", flat=True))
    for agency in agencies:
        remind.enqueue(str(agency))
    return len(agencies)


@task()
def remind(agency: str) -> None:
    """Remind the people of an agency."""
    remind_now(UUID(agency), datetime.now(UTC))


def remind_now(agency: UUID, now: datetime) -> int:
    """Remind the people of an agency of what is due, and return how many mails were sent."""
    place = Agency.objects.get(pk=agency)
    found = {each.key: each for each in due(place, now)}
    people = _people(found.values())
    found = {key: each for key, each in found.items() if each.person in people}
    waiting = _noted(place, found, now)
    if not settings.EMAIL_CONFIGURED:
        _why_not([row for row in waiting if row.why_not != NO_SERVER], NO_SERVER)
        return 0
    lost = {who for who, person in people.items() if person.email.endswith(NOWHERE)}
    _why_not([row for row in waiting if row.person_id in lost], NO_ADDRESS)
    reached = [row for row in waiting if row.person_id not in lost]
    return _sent(place, reached, found, people, now)


def _people(found: Iterable[Due]) -> dict[UUID, Person]:
    """Return those among them who may come in and want to be reminded."""
    ids = {each.person for each in found}
    wanted = Person.objects.filter(is_active=True, erased_at=None, wants_reminders=True)
    return {person.id: person for person in wanted if person.id in ids}


def _noted(place: Agency, found: dict[Key, Due], now: datetime) -> list[Reminder]:
    """Note what people are to be reminded of, and return what was not sent yet."""
    Reminder.objects.bulk_create(
        [
            Reminder(person_id=who, agency=place, kind=kind, record=record, day=day, made_at=now)
            for who, kind, record, day in found
        ],
        ignore_conflicts=True, batch_size=200,
    )  # fmt: skip
    unsent = Reminder.objects.filter(agency=place, sent_at=None, why_not__in=["", NO_SERVER])
    return [row for row in unsent.order_by("id") if _key(row) in found]


def _key(row: Reminder) -> Key:
    return (row.person_id, row.kind, row.record, row.day)


def _sent(
    place: Agency, waiting: list[Reminder], found: dict[Key, Due], people: dict[UUID, Person],
    now: datetime,
) -> int:  # fmt: skip
    """Send what waits over one connection; return how many mails the server took."""
    if not waiting:
        return 0
    connection = get_connection()
    count = 0
    try:
        connection.open()
        for row in waiting:
            message = mail(found[_key(row)], people[row.person_id], place, connection)
            count += _claimed(row, now) and _taken(row, message)
    except OSError as error:
        LOG.warning("the mail server cannot be reached: %s", type(error).__name__)
    finally:
        with suppress(OSError):
            connection.close()
    _give_up(waiting, now)
    return count


def _claimed(row: Reminder, now: datetime) -> bool:
    """Say whether this process sends a reminder: of two at once, one does."""
    return Reminder.objects.filter(pk=row.pk, sent_at=None).update(sent_at=now) == 1


def _taken(row: Reminder, message: EmailMessage) -> bool:
    """Say whether the server took a mail. Raises OSError if it cannot be reached any more."""
    try:
        message.send()
    except SMTPServerDisconnected:
        _unclaim(row)
        raise
    except SMTPException as error:
        LOG.warning("the mail server did not take a mail: %s", type(error).__name__)
        _unclaim(row, REFUSED if _for_good(error) else "")
        return False
    except BaseException:
        _unclaim(row)
        raise
    return True


def _unclaim(row: Reminder, why: str = "") -> None:
    Reminder.objects.filter(pk=row.pk).update(sent_at=None, why_not=why)


def _for_good(error: SMTPException) -> bool:
    """Say whether a server will never take mail for an address (RFC 5321, 4.2.1: 5yz)."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _ in error.recipients.values())


def _give_up(waiting: list[Reminder], now: datetime) -> None:
    old = [row.pk for row in waiting if row.made_at < now - TRIED_FOR]
    unsent = Reminder.objects.filter(pk__in=old, sent_at=None).exclude(why_not=REFUSED)
    unsent.update(why_not=GIVEN_UP)


def _why_not(rows: list[Reminder], why: str) -> None:
    if rows:
        Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(why_not=why)
