"""Sign-ins, failures, sign-outs and changes of what one signs in with are noted.

A new password ends the keys for programs as well.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from stepdown.web.accounts.sso import PROVIDER
from stepdown.web.audit.log import note
from stepdown.web.policy import Actor


@receiver(user_logged_in)
def _in(sender: Any, user: Any, **_: Any) -> None:
    note(user.actor(), "signed in", "person", user.id)


@receiver(account.user_logged_in)
def _how(sender: Any, request: Any, user: Any, sociallogin: Any = None, **_: Any) -> None:
    """Keep in the session how they came in, and that they proved it just now."""
    by = PROVIDER if sociallogin is not None else "password"
    request.session["signed_in_by"] = by
    record_authentication(request, user, method=by, reauthenticated=True)


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


@receiver(account.password_changed)
def _changed(sender: Any, user: Any, **_: Any) -> None:
    user.tokens.all().delete()
    note(user.actor(), "password changed", "person", user.id)


@receiver(account.password_reset)
def _reset(sender: Any, user: Any, **_: Any) -> None:
    user.tokens.all().delete()
    note(user.actor(), "password set by mail", "person", user.id)


@receiver(mfa.authenticator_added)
def _added(sender: Any, user: Any, authenticator: Any, **_: Any) -> None:
    _factor(user, authenticator, "second factor added")


@receiver(mfa.authenticator_removed)
def _removed(sender: Any, user: Any, authenticator: Any, **_: Any) -> None:
    _factor(user, authenticator, "second factor removed")


@receiver(mfa.authenticator_reset)
def _renewed(sender: Any, user: Any, authenticator: Any, **_: Any) -> None:
    _factor(user, authenticator, "recovery codes made anew")


@receiver(mfa.authenticator_used)
def _used(sender: Any, user: Any, authenticator: Any, **_: Any) -> None:
    if authenticator.type == "recovery_codes":
        _factor(user, authenticator, "recovery code used")


@receiver(mfa.authentication_failed)
def _wrong_code(sender: Any, user: Any, authenticator: Any, **_: Any) -> None:
    detail = {"type": str(authenticator.type)}
    note(Actor(), "second factor failed", "person", user.id, outcome="refused", detail=detail)


def _factor(user: Any, authenticator: Any, what: str) -> None:
    note(user.actor(), what, "person", user.id, detail={"type": str(authenticator.type)})
