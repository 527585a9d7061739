"""Every address of the site; each part says who may come to its own."""

from django.urls import include, path

from stepdown.web import alone_urls, health
from stepdown.web.accounts import admin_urls
from stepdown.web.accounts import urls as account_urls
from stepdown.web.api import api
from stepdown.web.pages import language
from stepdown.web.practice import review_urls, teaching_urls
from stepdown.web.practice import urls as practice_urls
from stepdown.web.programs import curriculum_urls, rollout_urls, session_urls
from stepdown.web.records import calendar_urls, hours_urls, hub_urls, refresher_urls, roster_urls

urlpatterns = [
    path("language/", language, name="language"),
    path("health/", health.health, name="health"),
    *alone_urls.urlpatterns,
    *practice_urls.urlpatterns,
    *review_urls.urlpatterns,
    *teaching_urls.urlpatterns,
    *account_urls.urlpatterns,
    *admin_urls.urlpatterns,
    *curriculum_urls.urlpatterns,
    *session_urls.urlpatterns,
    *rollout_urls.urlpatterns,
    *roster_urls.urlpatterns,
    *hours_urls.urlpatterns,
    *refresher_urls.urlpatterns,
    *calendar_urls.urlpatterns,
    *hub_urls.urlpatterns,
    path("api/v1/", api.urls),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
]
handler429 = "stepdown.web.pages.too_many"
handler400 = "stepdown.web.pages.bad_request"
handler404 = "stepdown.web.pages.not_found"
handler500 = "stepdown.web.pages.broken"
