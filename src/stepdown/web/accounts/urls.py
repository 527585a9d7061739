"""Addresses of coming in and of one's own account, and who may come to each."""

from __future__ import annotations

from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as key
from django.urls import URLPattern, URLResolver, include, path

from stepdown.web.access import Access
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.accounts.views import account, enter, second_factor, sso, tokens

GUARDED: list[URLPattern | URLResolver] = [
    path("totp/activate/", confirmed(app.activate_totp), name="mfa_activate_totp"),
    path("totp/deactivate/", confirmed(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("webauthn/add/", confirmed(key.add_webauthn), name="mfa_add_webauthn"),
    path("webauthn/keys/<int:pk>/edit/", confirmed(key.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "webauthn/keys/<int:pk>/remove/", confirmed(key.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("recovery-codes/", confirmed(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/generate/", confirmed(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/", confirmed(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]  # fmt: skip
"""Pages of the sign-in library that ask for a proof, by our rule: it holds for those as well who
have no password, and whatever the clock does."""

urlpatterns: list[URLPattern | URLResolver] = [
    path("enter/<str:token>/", enter.enter, name="enter"),
    path("account/", account.account, name="account"),
    path("account/second-factor/", second_factor.second_factor, name="second_factor"),
    path("account/sessions/end/", account.end_sessions, name="end_sessions"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="end_session"),
    path("account/keys/new/", tokens.new_token, name="new_token"),
    path("account/keys/<uuid:pk>/revoke/", account.revoke_token, name="revoke_token"),
    path("account/2fa/", include(GUARDED)),
    path("account/sso/<str:provider_id>/login/", sso.leave, name="openid_connect_login"),
    path("account/sso/<str:provider_id>/login/callback/", sso.back, name="openid_connect_callback"),
    path("account/sso/", include("allauth.socialaccount.urls")),
]
ROUTES: dict[str, Access] = {
    "enter": Access.ANYONE,
    "second_factor": Access.ENTERING,
    "account": Access.SIGNED_IN,
    "end_sessions": Access.SIGNED_IN,
    "end_session": Access.SIGNED_IN,
    "new_token": Access.SIGNED_IN,
    "revoke_token": Access.SIGNED_IN,
}
