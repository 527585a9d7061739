"""Single sign-on: whom a provider's word lets in, and whom it does not."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.utils.translation import gettext_lazy as _

from stepdown.web.accounts.models import Person
from stepdown.web.audit.log import note
from stepdown.web.policy import Actor

PROVIDER = "sso"
REASONS = {
    "unverified": _("The sign-on gave no e-mail address that it has verified."),
    "unknown": _("Nobody here has the e-mail address that the sign-on gave."),
    "another": _("This account of the sign-on is not the one that was used here before."),
    "purpose": _("The sign-on can be used to sign in, and for nothing else."),
}


class NotLetIn(Exception):
    """Whoever comes from the provider does not get in; `why` is one of REASONS."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def let_in(login: Any, request: Any) -> None:
    """Tie a sign-on to the person with the same verified address. Raises NotLetIn for all others.

    The tie holds: a later sign-on must be of the same account at the provider *and* carry the
    person's address. A new one-time link undoes it.
    """
    try:
        person = _person(login)
    except NotLetIn as refusal:
        detail = {"by": PROVIDER, "why": refusal.why}
        note(Actor(), "sign-in failed", "person", outcome="refused", detail=detail)
        raise
    login.account.extra_data = {}
    if login.is_existing:
        login.account.save(update_fields=["extra_data"])
    else:
        login.connect(request, person)


def _person(login: Any) -> Person:
    if login.state.get("process", "login") != "login":
        raise NotLetIn("purpose")
    address = _verified(login)
    if address is None:
        raise NotLetIn("unverified")
    person = Person.objects.filter(email=address, is_active=True).first()
    if person is None:
        raise NotLetIn("unknown")
    if login.is_existing:
        if login.user.pk != person.pk:
            raise NotLetIn("another")
    elif SocialAccount.objects.filter(user=person).exists():
        raise NotLetIn("another")
    return person


def _verified(login: Any) -> str | None:
    """Return the address that the provider has verified, in small letters.

    Some providers write the truth as text. Letters beyond ASCII stay as they are: making them
    small may turn one address into another person's.
    """
    told = login.account.extra_data
    userinfo, id_token = told.get("userinfo") or {}, told.get("id_token") or {}
    if userinfo and id_token and userinfo.get("sub") != id_token.get("sub"):
        return None
    for given in login.email_addresses:
        if given.verified is True or given.verified == "true":
            email = str(given.email)
            return email.lower() if email.isascii() else email
    return None
