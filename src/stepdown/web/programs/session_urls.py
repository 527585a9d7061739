"""Addresses of sessions, attendance, exemptions and what a person was taught."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.programs.views import attendance, progress, sessions, teachers, training

OF, ONE = "sessions/of/<uuid:pk>/", "sessions/<uuid:pk>/"
PERSON = f"{OF}people/<uuid:person>/"
PROGRESS = "sessions/progress/<uuid:pk>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/", sessions.home, name="sessions"),
    path("sessions/mine/", training.own, name="training_own"),
    path(OF, sessions.of_agency, name="sessions_of"),
    path(f"{OF}schedule/", sessions.schedule, name="schedule_session"),
    path(f"{OF}people/", training.listed, name="training_people"),
    path(PERSON, training.person, name="training_person"),
    path(f"{PERSON}exempt/", training.exempt, name="exempt"),
    path(f"{OF}exempted/", training.exempted, name="exempted"),
    path("sessions/exemptions/<uuid:pk>/end/", training.end, name="end_exemption"),
    path("sessions/exemptions/<uuid:pk>/withdraw/", training.withdraw, name="withdraw_exemption"),
    path(f"{OF}progress/", progress.programmes, name="progress_all"),
    path(PROGRESS, progress.programme, name="progress"),
    path(f"{PROGRESS}units/<uuid:unit>/", progress.unit, name="progress_unit"),
    path(f"{PROGRESS}kept/", progress.kept, name="progress_kept"),
    path(f"{PROGRESS}table/", progress.table, name="progress_table"),
    path(ONE, sessions.session, name="session"),
    path(f"{ONE}change/", sessions.change, name="change_session"),
    path(f"{ONE}cancel/", sessions.cancel, name="cancel_session"),
    path(f"{ONE}checklist/", sessions.checklist, name="session_checklist"),
    path(f"{ONE}teachers/", teachers.correct, name="session_teachers"),
    path(f"{ONE}list/", attendance.who, name="session_list"),
    path(f"{ONE}note/", attendance.note, name="session_note"),
    path(f"{ONE}list/<uuid:person>/", attendance.entries, name="session_entries"),
    path(f"{ONE}wall/", attendance.on_the_wall, name="session_wall"),
    path(f"{ONE}wall/code/", attendance.code, name="session_code"),
    path(f"{ONE}here/", attendance.here, name="session_here"),
]
ROUTES: dict[str, Access] = dict.fromkeys(
    ("sessions", "training_own", "sessions_of", "schedule_session", "training_people",
     "training_person", "exempt", "exempted", "end_exemption", "withdraw_exemption",
     "progress_all", "progress", "progress_unit", "progress_kept", "session", "change_session",
     "cancel_session", "session_checklist", "session_teachers", "session_list", "session_note",
     "session_entries", "session_wall", "session_code", "session_here", "progress_table"),
    Access.SIGNED_IN,
)  # fmt: skip
