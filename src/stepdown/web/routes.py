"""Which routes there are and who may come to each; a route that is not named is refused.

This is the outer door. What a page does to a record is decided by `policy`, inside.
"""

from __future__ import annotations

from enum import Enum

from django.http import HttpRequest


class Access(Enum):
    """Who may come to a route at all."""

    ANYONE = "anybody"
    SIGNED_IN = "signed in, with a second factor where a role needs one"
    ENTERING = "signed in; what is needed to set up a second factor"
    TOKEN = "a token of the API, or a session"  # noqa: S105


ROUTES: dict[str, Access] = {
    "health": Access.ANYONE,
    "language": Access.ANYONE,
    "about": Access.ANYONE,
    "enter": Access.ANYONE,
    "account_login": Access.ANYONE,
    "account_logout": Access.ANYONE,
    "account_reset_password": Access.ANYONE,
    "account_reset_password_done": Access.ANYONE,
    "account_reset_password_from_key": Access.ANYONE,
    "account_reset_password_from_key_done": Access.ANYONE,
    "account_inactive": Access.ANYONE,
    "mfa_authenticate": Access.ANYONE,
    "openid_connect_login": Access.ANYONE,
    "openid_connect_callback": Access.ANYONE,
    "socialaccount_login_cancelled": Access.ANYONE,
    "socialaccount_login_error": Access.ANYONE,
    "second_factor": Access.ENTERING,
    "account_reauthenticate": Access.ENTERING,
    "mfa_reauthenticate": Access.ENTERING,
    "mfa_index": Access.ENTERING,
    "mfa_activate_totp": Access.ENTERING,
    "mfa_deactivate_totp": Access.SIGNED_IN,
    "mfa_view_recovery_codes": Access.ENTERING,
    "mfa_generate_recovery_codes": Access.ENTERING,
    "mfa_download_recovery_codes": Access.ENTERING,
    "mfa_list_webauthn": Access.ENTERING,
    "mfa_add_webauthn": Access.ENTERING,
    "mfa_edit_webauthn": Access.SIGNED_IN,
    "mfa_remove_webauthn": Access.SIGNED_IN,
    "account_change_password": Access.SIGNED_IN,
    "usersessions_list": Access.SIGNED_IN,
    "home": Access.SIGNED_IN,
    "library": Access.SIGNED_IN,
    "scenario": Access.SIGNED_IN,
    "start": Access.SIGNED_IN,
    "encounter": Access.SIGNED_IN,
    "act": Access.SIGNED_IN,
    "review": Access.SIGNED_IN,
}


def access(request: HttpRequest) -> Access | None:
    """Return who may come to the route of a request; None if the table does not know it."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if name.startswith("api-"):
        return Access.TOKEN
    return ROUTES.get(name)
