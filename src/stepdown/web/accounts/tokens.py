"""Keys for programs, which call the API in a person's name."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.entering import digest
from stepdown.web.accounts.models import Person, Token
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Thing

SCOPES = {
    "practice": gettext_lazy("Start and play encounters in your name, and read what is shown"),
    "review": gettext_lazy("Read your reviews, and those of assessments that you may read"),
    "teach": gettext_lazy("Assign scenarios, and watch, comment and score where you instruct"),
    "numbers": gettext_lazy("Read the numbers of your agency, without names"),
}
"""What a key may be allowed to do. It never may do more than its person."""

LONGEST_DAYS, MOST = 365, 20
NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a key was last used: not every call writes."""


def make(
    actor: Actor, name: str, scopes: Collection[str], days: int, now: datetime
) -> tuple[Token, str]:
    """Make a key and return it with its secret, which is kept nowhere. Raises InputProblems."""
    permit(actor, Action.OWN_ACCOUNT, Thing(actor.id))
    name = " ".join(name.split())
    own = Token.objects.filter(person_id=actor.person)
    _check(name, scopes, days, own.filter(expires_at__gt=now).count())
    secret = "sd_" + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            person_id=actor.person, name=name, digest=digest(secret), made_at=now,
            scopes=[scope for scope in SCOPES if scope in scopes],
            expires_at=now + timedelta(days=days),
        )  # fmt: skip
        detail = {"scopes": token.scopes, "days": days}
        note(actor, "key made", "token", token.id, Thing(actor.id), detail=detail, now=now)
    return token, secret


def mine(actor: Actor, now: datetime) -> list[Token]:
    """Return the keys of whoever asks that still open something, newest first."""
    permit(actor, Action.OWN_ACCOUNT, Thing(actor.id))
    keys = Token.objects.filter(person_id=actor.person, expires_at__gt=now)
    return list(keys.order_by("-made_at"))


def revoke(actor: Actor, token: UUID, now: datetime) -> None:
    """Take away one of one's own keys. Raises Missing for anybody else's."""
    permit(actor, Action.OWN_ACCOUNT, Thing(actor.id))
    with transaction.atomic():
        gone, _rows = Token.objects.filter(pk=token, person_id=actor.person).delete()
        if not gone:
            raise Missing(f"no key {token}")
        note(actor, "key revoked", "token", token, Thing(actor.id), now=now)


def actor_for(secret: str, now: datetime) -> tuple[Actor, frozenset[str]] | None:
    """Return in whose name a key speaks, and what it may do; None if it opens nothing."""
    token = Token.objects.select_related("person").filter(digest=digest(secret)).first()
    if token is None or token.expires_at <= now or not _may_enter(token.person):
        return None
    fresh = Q(used_at=None) | Q(used_at__lt=now - NOTED_EVERY)
    Token.objects.filter(fresh, pk=token.pk).update(used_at=now)
    return token.person.actor(), frozenset(token.scopes) & SCOPES.keys()


def _may_enter(person: Person) -> bool:
    """Say whether this person could sign in with all that their roles ask for."""
    if not person.is_active:
        return False
    if settings.SITE.mode != "site" or not person.needs_second_factor:
        return True
    return bool(is_mfa_enabled(person)) or SocialAccount.objects.filter(user=person).exists()


def _check(name: str, scopes: Collection[str], days: int, have: int) -> None:
    wrong = []
    again = _("correct it and send it again")
    if not 1 <= len(name) <= 80:
        wrong.append(Problem(_("name"), name[:80], _("1 to 80 letters"), again))
    if not scopes or not set(scopes) <= SCOPES.keys():
        given = ", ".join(sorted(scopes))[:80]
        wrong.append(Problem(_("scopes"), given, _("one or more of: ") + ", ".join(SCOPES), again))
    if not 1 <= days <= LONGEST_DAYS:
        wrong.append(Problem(_("days"), str(days), f"1-{LONGEST_DAYS}", again))
    if have >= MOST:
        fix = _("revoke one that is not needed any more")
        wrong.append(Problem(_("keys"), str(have), _("fewer than ") + str(MOST), fix))
    if wrong:
        raise InputProblems(_("the key"), wrong)
