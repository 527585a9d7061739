"""What a reminder says: what, when, where and why, in the language of whoever gets it.

Nothing of anybody's practice is in it, and no estimate of what they hold: mail is read by others.
"""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stepdown.web.accounts.models import Agency, Person
from stepdown.web.programs.zones import zone_of
from stepdown.web.records.due import Due
from stepdown.web.records.saying import why_in_mail
from stepdown.web.records.techniques import techniques


def mail(
    due: Due, person: Person, agency: Agency, connection: BaseEmailBackend | None = None
) -> EmailMessage:
    """Return the mail that reminds a person of something."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        words = _words(due, agency) | {"person": person, "kind": due.kind, "address": _address()}
        text = render_to_string("records/email/reminder.txt", words)
        subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{_subject(due)}"
        return EmailMessage(
            subject, text, to=[person.email], connection=connection,
            headers={"Auto-Submitted": "auto-generated"},
        )  # fmt: skip


def _subject(due: Due) -> str:
    day = _day(due.day)
    if due.kind == "cancelled":
        return _("cancelled: training on %(day)s") % {"day": day}
    if due.kind == "moved":
        return _("changed: training on %(day)s") % {"day": day}
    if due.kind == "refresher":
        return _("a refresher in %(month)s") % {"month": _month(due.day)}
    return _("training on %(day)s") % {"day": day}


def _words(due: Due, agency: Agency) -> dict[str, Any]:
    if due.visit is not None:
        why = why_in_mail(due.visit, techniques(agency.id))
        return {"what": due.visit.title, "when": _month(due.day), "why": why}
    session = due.session
    if session is None:
        raise LookupError("a reminder of nothing")
    begins = session.start.astimezone(zone_of(agency))
    words = {"what": session.module.title, "when": _moment(begins), "where": session.place}
    if due.kind == "cancelled":
        return words
    why = _why_there(due, agency) if due.kind == "session" else ""
    return words | {"minutes": session.minutes, "why": why}


def _why_there(due: Due, agency: Agency) -> str:
    if due.teaches:
        return _("You teach this session.")
    unit = due.session.unit if due.session else None
    if unit is None:
        return _("It is for everybody in training at %(agency)s.") % {"agency": agency.name}
    return _("Your unit is trained then: %(unit)s.") % {"unit": unit.name}


def _day(day: date) -> str:
    return date_format(day, _("j M Y"))


def _month(day: date) -> str:
    return date_format(day, "YEAR_MONTH_FORMAT")


def _moment(begins: datetime) -> str:
    """Return a moment by the clock of the agency, with its zone."""
    return f"{date_format(begins, _('j M Y, H:i'))} ({begins.tzname()}, {begins.tzinfo})"


def _address() -> str:
    """Return where one stops being reminded, after signing in."""
    return f"{settings.SITE.address(os.environ)}{reverse('calendar')}"
