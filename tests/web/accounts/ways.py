"""Ways of signing in that several tests use."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.urls import reverse

from stepdown.web.accounts.models import Person
from stepdown.web.audit.models import Entry
from tests.web.conftest import Browser

PASSWORD = "seven plain geese walk"
OTHER = "eight plain geese walk"
CLOSED = ("account_signup", "account_email", "account_set_password", "socialaccount_connections",
          "socialaccount_signup", "account_email_verification_sent")  # fmt: skip
"""What is not used of the sign-in library."""


def with_password(person: Person, password: str = PASSWORD) -> Person:
    """Give somebody a password."""
    person.set_password(password)
    person.save()
    return person


def sign_in(browser: Browser, person: Person, password: str = PASSWORD, **given: Any) -> Any:
    """Send the form of the sign-in page."""
    words = {"login": person.email, "password": password, **given}
    return browser.post(reverse("account_login"), words)


def signed_in(person: Person, **named: Any) -> Browser:
    """Return a browser in which somebody has signed in with their password."""
    browser = Browser(**named)
    with_password(person)
    answer = sign_in(browser, person)
    assert answer.status_code == 302, answer.content
    return browser


def code_of(person: Person) -> str:
    """Return the digits that somebody's app shows now."""
    app = Authenticator.objects.get(user=person, type="totp")
    return format_hotp_value(hotp_value(decrypt(app.data["secret"]), int(time.time()) // 30))


def is_in(browser: Browser) -> bool:
    """Say whether a browser is signed in."""
    return "_auth_user_id" in browser.session


def noted(action: str) -> list[Entry]:
    """Return the entries of the audit log for an action."""
    return list(Entry.objects.filter(action=action).order_by("number"))


def assert_clean(page: str) -> None:
    """Assert that the content security policy and the table of routes let all of a page work."""
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
    assert "<style" not in page
    for script in re.findall(r"<script[^>]*>", page):
        assert "application/json" in script or ("src=" in script and "nonce=" in script)
    for name in CLOSED:
        assert f'"{reverse(name)}"' not in page
    assert len(re.findall("<h1", page)) == 1
