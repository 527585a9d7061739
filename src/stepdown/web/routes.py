"""Which routes there are and who may come to each; a route that is not named is refused.

This is the outer door. What a page does to a record is decided by `policy`, inside.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest

from stepdown.web.access import Access

_SIGN_IN: dict[str, Access] = {
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
    "account_reauthenticate": Access.ENTERING,
    "mfa_reauthenticate": Access.ENTERING,
    "mfa_reauthenticate_webauthn": Access.ENTERING,
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
}
"""Routes of the sign-in library that are used; its others are closed."""


@cache
def routes() -> dict[str, Access]:
    """Return every route that is open to anybody at all, by name."""
    from stepdown.web import alone_urls
    from stepdown.web.accounts import admin_urls
    from stepdown.web.accounts import urls as account_urls
    from stepdown.web.practice import review_urls, teaching_urls
    from stepdown.web.practice import urls as practice_urls
    from stepdown.web.programs import curriculum_urls, rollout_urls, session_urls
    from stepdown.web.records import (
        calendar_urls,
        hours_urls,
        hub_urls,
        refresher_urls,
        roster_urls,
    )

    parts = (
        alone_urls, practice_urls, review_urls, teaching_urls, account_urls, admin_urls,
        curriculum_urls, session_urls, rollout_urls, roster_urls, hours_urls, refresher_urls,
        calendar_urls, hub_urls,
    )  # fmt: skip
    own = {name: wanted for part in parts for name, wanted in part.ROUTES.items()}
    return {"health": Access.ANYONE, "language": Access.ANYONE, **_SIGN_IN, **own}


def access(request: HttpRequest) -> Access | None:
    """Return who may come to the route of a request; None if the table does not know it."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if settings.SITE.mode == "alone" and name in _SIGN_IN:
        return None
    return Access.TOKEN if name.startswith("api-") else routes().get(name)
