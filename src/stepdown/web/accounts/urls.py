"""Addresses of coming in and of one's own account, and who may come to each."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from stepdown.web.access import Access
from stepdown.web.accounts.views import account, enter, second_factor, sso, tokens

urlpatterns: list[URLPattern | URLResolver] = [
    path("enter/<str:token>/", enter.enter, name="enter"),
    path("account/", account.account, name="account"),
    path("account/second-factor/", second_factor.second_factor, name="second_factor"),
    path("account/sessions/end/", account.end_sessions, name="end_sessions"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="end_session"),
    path("account/keys/new/", tokens.new_token, name="new_token"),
    path("account/keys/<uuid:pk>/revoke/", account.revoke_token, name="revoke_token"),
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
