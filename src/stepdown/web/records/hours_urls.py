"""Addresses of hours, readiness and certificates."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.records.views import certificates, hours, hours_rules, readiness

urlpatterns: list[URLPattern | URLResolver] = [
    path("hours/mine/", hours.mine, name="hours_mine"),
    path("hours/units/<uuid:pk>/", hours.unit, name="hours_unit"),
    path("hours/units/<uuid:pk>/table/", hours.unit_table, name="hours_unit_table"),
    path("hours/<uuid:agency>/table/", hours.table, name="hours_table"),
    path("hours/credits/<uuid:pk>/back/", hours.take_back, name="hours_back"),
    path("hours/<uuid:agency>/people/<uuid:pk>/", hours.person, name="hours_person"),
    path("hours/<uuid:agency>/people/<uuid:pk>/enter/", hours.enter, name="hours_enter"),
    path("hours/<uuid:agency>/file/", hours.file, name="hours_file"),
    path("hours/<uuid:agency>/rules/", hours_rules.page, name="hours_rules"),
    path("hours/<uuid:agency>/rules/choose/", hours_rules.choose, name="hours_choose"),
    path("hours/<uuid:agency>/rules/topics/", hours_rules.topics, name="hours_topics"),
    path("hours/<uuid:agency>/rules/<int:row>/", hours_rules.download, name="hours_rules_file"),
    path("readiness/<uuid:agency>/", readiness.page, name="readiness"),
    path("readiness/<uuid:agency>/pdf/", readiness.pdf, name="readiness_pdf"),
    path("readiness/<uuid:agency>/html/", readiness.html, name="readiness_html"),
    path("readiness/<uuid:agency>/names/", readiness.names, name="readiness_names"),
    path("certificates/<uuid:pk>/", certificates.paper, name="certificate"),
    path("certificates/<uuid:pk>/withdraw/", certificates.withdraw, name="certificate_withdraw"),
    path("certificates/in/<uuid:agency>/", certificates.page, name="certificates"),
    path("certificates/in/<uuid:agency>/<uuid:pk>/", certificates.programme,
         name="certificates_programme"),
    path("certificates/in/<uuid:agency>/<uuid:pk>/issue/", certificates.issue,
         name="certificates_issue"),
]  # fmt: skip
ROUTES: dict[str, Access] = dict.fromkeys(
    ("hours_mine", "hours_unit", "hours_unit_table", "hours_table", "hours_back", "hours_person",
     "hours_enter", "hours_file", "hours_rules", "hours_choose", "hours_topics",
     "hours_rules_file", "readiness", "readiness_pdf", "readiness_html", "readiness_names",
     "certificate", "certificates", "certificates_programme", "certificates_issue",
     "certificate_withdraw"),
    Access.SIGNED_IN,
)  # fmt: skip
