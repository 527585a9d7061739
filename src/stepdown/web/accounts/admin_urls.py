"""Addresses of those who administer an agency or the site, and who may come to each."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.accounts.admin_views import agency, person, site
from stepdown.web.audit import views as audit
from stepdown.web.privacy import views as privacy

IN = "people/<uuid:pk>/in/<uuid:agency>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("agency/", agency.agency, name="agency"),
    path("agency/audit/", audit.audit, name="audit"),
    path("agency/audit/download/", audit.download, name="audit_download"),
    path("agency/<uuid:pk>/", agency.agency, name="agency_of"),
    path("agency/<uuid:pk>/invite/", agency.invite, name="invite"),
    path("agency/<uuid:pk>/units/", agency.add_unit, name="add_unit"),
    path("agency/<uuid:pk>/keep/", agency.keep_for, name="keep_for"),
    path("agency/<uuid:pk>/zone/", agency.zone, name="zone"),
    path("units/<uuid:pk>/rename/", agency.rename_unit, name="rename_unit"),
    path("people/<uuid:pk>/", person.person, name="person"),
    path(f"{IN}/roles/", person.give, name="give_role"),
    path(f"{IN}/roles/<int:grant>/take/", person.take, name="take_role"),
    path(f"{IN}/deactivate/", person.deactivate, name="deactivate"),
    path(f"{IN}/reactivate/", person.reactivate, name="reactivate"),
    path(f"{IN}/link/", person.link, name="new_link"),
    path(f"{IN}/hold/", person.hold, name="hold"),
    path(f"{IN}/hold/lift/", person.release, name="lift_hold"),
    path(f"{IN}/erase/", person.erase, name="erase_person"),
    path("site/", site.site, name="agencies"),
    path("site/agencies/", site.add_agency, name="add_agency"),
    path("site/agencies/<uuid:pk>/administrators/", site.appoint, name="appoint"),
    path("site/administrators/", site.give, name="give_site"),
    path("site/administrators/<uuid:pk>/take/", site.take, name="take_site"),
    path("site/link/", site.link, name="site_link"),
    path("account/data/", privacy.export_page, name="export"),
    path("account/data/erase/", privacy.erase_page, name="erase"),
    path("account/data/readers/", audit.readers, name="readers"),
]
ROUTES: dict[str, Access] = {
    pattern.name: Access.SIGNED_IN
    for pattern in urlpatterns
    if isinstance(pattern, URLPattern) and pattern.name
}
