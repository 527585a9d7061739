"""How the sign-in library behaves here: nobody signs up by themselves, secrets are sealed."""

from __future__ import annotations

import base64
import hashlib
import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stepdown.problems import StepdownError
from stepdown.web.accounts import sso
from stepdown.web.audit.log import note
from stepdown.web.policy import Actor

LOG = logging.getLogger("stepdown.web")
TOO_MANY = _("Too many tries. Wait five minutes, then try again.")


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator, never by whoever comes along."""

    error_messages = {  # noqa: RUF012
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("That is not your password of now."),
        "incorrect_code": _("That code is not right, or was used already."),
        "incorrect_password": _("That password is not right."),
        "rate_limited": TOO_MANY,
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def can_delete_email(self, email_address: Any) -> bool:
        """Refuse: the address is how a person is known."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Say whether to go there after signing in: this site alone."""
        here = {self.request.get_host()}
        return url_has_allowed_host_and_scheme(url, here, require_https=self.request.is_secure())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse to try a password after too many wrong ones, and note that once."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            key = hashlib.sha256(self._who(credentials).encode()).hexdigest()
            if cache.add(f"locked-out:{key}", 1, 300):
                note(Actor(), "locked out", "person", outcome="refused")
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return by what tries are counted: the account alone, whatever host was asked for."""
        return self._who(credentials)

    def _who(self, credentials: dict[str, Any]) -> str:
        return str(credentials.get("email") or credentials.get("username") or "").lower()

    def post_login(self, request: HttpRequest, user: Any, **given: Any) -> HttpResponse:
        """Go on in the language that the person has chosen."""
        response: HttpResponse = super().post_login(request, user, **given)
        if user.language:
            speak(response, user.language)
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to one's own account."""
        return reverse("account")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways in which somebody can prove that it is them."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        plain = {
            "reauthenticate": gettext("Use the password"),
            "mfa_reauthenticate": gettext("Use a code"),
            "mfa_reauthenticate:webauthn": gettext("Use a security key"),
        }
        ways = [{**way, "description": plain[way["id"]]} for way in ways]
        if not ways and SocialAccount.objects.filter(user_id=user.pk).exists():
            to = reverse("openid_connect_login", args=[sso.PROVIDER])
            ways = [{"id": sso.PROVIDER, "description": gettext("Use single sign-on"), "url": to}]
        return ways

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send mail where it is set up. If it cannot be sent that is logged, and nobody is told.

        The page would else say who has an account.
        """
        if not settings.EMAIL_CONFIGURED:
            return
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            LOG.error("mail", exc_info=error)


def speak(response: HttpResponse, language: str) -> None:
    """Let a browser ask for pages in this language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY, samesite="Lax",
    )  # fmt: skip


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A single sign-on lets in those who have an account here, and makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let in whom the rules of `sso` let in; show everybody else why not."""
        try:
            sso.let_in(sociallogin, request)
        except sso.NotLetIn as refusal:
            words = {"why": sso.REASONS[refusal.why]}
            page = render(request, "socialaccount/not_let_in.html", words, status=403)
            raise ImmediateHttpResponse(page) from None


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are sealed with a key made from the site's own."""

    error_messages = {  # noqa: RUF012
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is not right, or was used already."),
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return _sealer().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret from how it is stored. Raises StepdownError if the key is another."""
        try:
            return _sealer().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            LOG.error("second factor", exc_info=error)
            raise StepdownError(
                gettext(
                    "The second factor cannot be read: the site's secret key is not the one it was"
                    " sealed with. Tell whoever runs this site."
                )
            ) from None

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        """Return a name to begin with for a security key."""
        return gettext("Security key")


def _sealer() -> Fernet:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"stepdown second factor")
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
