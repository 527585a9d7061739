"""What people fill in about themselves and how they sign in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from allauth.core import context
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stepdown.web.accounts.entering import UNNAMED, clean_name, free_email
from stepdown.web.accounts.models import Person
from stepdown.web.accounts.tokens import LONGEST_DAYS, SCOPES

LOG = logging.getLogger("stepdown.web")
PASSWORD_HINT = _(
    "12 characters or more. There are no rules about signs or capitals: four or five words that"
    " you can remember are good."
)


def _password(label: Any, hint: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, help_text=hint)


class NameField(forms.CharField):
    """What a person is called."""

    def __init__(self) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "name"})
        super().__init__(label=_("Your name"), max_length=120, widget=widget)

    def clean(self, value: Any) -> str:
        """Return the name."""
        return clean_name(super().clean(value))


class Enter(forms.Form):
    """Name and password of somebody who comes by a one-time link."""

    name = NameField()
    email = forms.EmailField(
        label=_("Your e-mail address"), help_text=_("You sign in with it."), required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    password1 = _password(_("Password"), PASSWORD_HINT)
    password2 = _password(_("The same password again"))

    def __init__(self, *given: Any, person: Person, **named: Any) -> None:
        self.person = person
        super().__init__(*given, **named)
        if person.email == UNNAMED:
            self.fields["email"].required = True
        else:
            del self.fields["email"]

    def clean_email(self) -> str:
        """Return an address that nobody has yet."""
        return free_email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        """Return what was filled in, if the password will do."""
        filled = super().clean() or {}
        first, second = filled.get("password1"), filled.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two are not the same."))
        if first:
            # a copy: the one that is shown keeps the name it has
            named = Person(email=self.person.email, name=filled.get("name", ""))
            try:
                validate_password(first, named)
            except ValidationError as error:
                self.add_error("password1", error)
        return filled


class AboutMe(forms.Form):
    """One's own name and language."""

    name = NameField()
    language = forms.ChoiceField(
        label=_("Language"), required=False,
        choices=[("", _("As the browser asks")), ("en", "English"), ("es", "Español")],
    )  # fmt: skip

    def clean_language(self) -> str:
        """Return a language that the site speaks."""
        language = str(self.cleaned_data["language"])
        return language if language in dict(settings.LANGUAGES) else ""


class NewKey(forms.Form):
    """A key for a program: its name, what it may do and for how long."""

    name = forms.CharField(
        label=_("What it is for"), max_length=80,
        help_text=_("So that you know later which one to revoke."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=_("For how many days"), min_value=1, max_value=LONGEST_DAYS, initial=90,
        help_text=_("1 to 365. After that it opens nothing."),
    )  # fmt: skip


class ActivateApp(ActivateTOTPForm):  # type: ignore[misc]
    """Set up an authenticator app; until that is done its secret waits sealed in the session."""

    def __init__(self, *given: Any, **named: Any) -> None:
        session = context.request.session
        if session.get(SECRET_SESSION_KEY):
            session[SECRET_SESSION_KEY] = decrypt(session[SECRET_SESSION_KEY])
        super().__init__(*given, **named)
        session[SECRET_SESSION_KEY] = encrypt(self.secret)


def _read(read: Callable[[], Any]) -> Any:
    """Return what the library reads from a key's answer; what it stumbles over is no answer."""
    try:
        return read()
    except ValidationError:
        raise
    except Exception as error:
        LOG.warning("security key", exc_info=error)
        raise ValidationError(_("This is not the answer of a security key of yours.")) from None


class KeyAnswer(forms.JSONField):
    """What a security key answered, as the page sends it."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def clean(self, value: Any) -> Any:
        """Return the answer."""
        return _read(lambda: super(KeyAnswer, self).clean(value))

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return nothing: an answer that was refused is not shown again."""
        return None

    def prepare_value(self, value: Any) -> str:
        """Return nothing."""
        return ""


class AddKey(AddWebAuthnForm):  # type: ignore[misc]
    """Add a security key."""

    name = forms.CharField(label=_("What you call it"), max_length=80, required=False)
    credential = KeyAnswer()

    def clean(self) -> Any:
        """Return what was filled in, if a key made it."""
        return _read(super().clean)


class UseKey(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Sign in with a security key."""

    credential = KeyAnswer()

    def clean_credential(self) -> Any:
        """Return the key that answered."""
        return _read(super().clean_credential)


class ConfirmByKey(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Prove with a security key that it is oneself."""

    credential = KeyAnswer()

    def clean_credential(self) -> Any:
        """Return the key that answered."""
        return _read(super().clean_credential)
