"""Sign-ins, failures and sign-outs are noted in the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from stepdown.web.audit.log import note
from stepdown.web.policy import Actor


@receiver(user_logged_in)
def _in(sender: Any, user: Any, **_: Any) -> None:
    note(user.actor(), "signed in", "person", user.id)


@receiver(user_logged_out)
def _out(sender: Any, user: Any, **_: Any) -> None:
    if user is not None:
        note(user.actor(), "signed out", "person", user.id)


@receiver(user_login_failed)
def _failed(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    from stepdown.web.accounts.models import Person

    email = str(credentials.get("email") or credentials.get("username") or "")
    person = Person.objects.filter(email__iexact=email).first()
    note(Actor(), "sign-in failed", "person", person.id if person else "", outcome="refused")
