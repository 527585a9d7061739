"""Every address of the site. `routes` says who may come to each."""

from django.urls import include, path

from stepdown.web import health
from stepdown.web.pages import language
from stepdown.web.practice.views import encounter, home, library

urlpatterns = [
    path("language/", language, name="language"),
    path("health/", health.health, name="health"),
    path("", home.home, name="home"),
    path("library/", library.library_page, name="library"),
    path("library/<str:key>/", library.scenario_page, name="scenario"),
    path("library/<str:key>/start/", library.start, name="start"),
    path("encounters/<uuid:pk>/", encounter.page, name="encounter"),
    path("encounters/<uuid:pk>/act/", encounter.act, name="act"),
    path("encounters/<uuid:pk>/review/", encounter.page, name="review"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/sso/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
handler400 = "stepdown.web.pages.bad_request"
handler404 = "stepdown.web.pages.not_found"
handler500 = "stepdown.web.pages.broken"
