"""Rules for what is kept of teaching and of people's records; see `stepdown.web.privacy.rules`."""

from __future__ import annotations

from stepdown.web.privacy.rule import Blank, Delete, Keep, Side, Table
from stepdown.web.privacy.words import COUNTED, FORM, NUMBER, SECRET, THEM, TRACE, table


def _blank(*_: object) -> str:
    return ""


def _by(name: str, agency: str, shown: tuple[str, ...], by: str = "by") -> Side:
    """Return the side of whoever wrote rows that are not about themselves."""
    why = "the agency's own record; whoever wrote it shows as an erased person"
    return Side(name, by, agency, (by, *shown), Keep(why), holder=by)


_VERSION = ("name", "number", "day", "reason", "at")
_VERSIONS = {"id": NUMBER, "agency": FORM, "digest": FORM, "content": FORM}
PROGRAMS: tuple[Table, ...] = (
    table("programs.FidelityMark", {"id": NUMBER},
        _by("checklists_i_marked", "session__agency", ("session", "item", "mark", "at"))),
    table("programs.Attendance", {},
        Side("sessions_i_attended", "person", "session__agency",
            ("id", "session", "minutes", "how", "recorded", "supersedes", "why"),
            Blank({"why": lambda *_: "erased"}, dict.fromkeys(
                ("id", "session", "minutes", "how", "recorded", "supersedes", "person"), COUNTED)),
            {"person": THEM}, holder="person"),
        _by("attendance_i_noted", "session__agency", ("recorded",), by="recorded_by")),
    table("programs.Exemption", {},
        Side("exemptions", "person", "agency",
            ("id", "agency", "reason", "start", "until", "note", "at", "withdrawn_at"),
            Delete(), {"person": THEM}),
        _by("exemptions_i_noted", "agency", ("at",))),
    table("programs.Instructing", {"id": NUMBER},
        Side("sessions_i_taught", "person", "session__agency", ("session",),
            Keep("a session keeps that it had an instructor, who shows as an erased person;"
                 " certificates that others were issued keep the name, as on their paper"),
            {"person": THEM}, holder="person")),
    table("programs.TeacherCorrection", {"id": NUMBER},
        Side("corrections_of_what_i_taught", "person", "session__agency",
            ("session", "taught", "why", "at"),
            Blank({"why": lambda *_: "erased"}, dict.fromkeys(
                ("session", "taught", "at", "person"),
                "a session keeps that who taught it was corrected; who that is shows as an erased"
                " person")),
            {"person": THEM}, holder="person"),
        _by("corrections_of_who_taught_i_made", "session__agency", ("at",))),
    table("programs.Session",
        dict.fromkeys(("agency", "unit", "module", "programme", "make_up_of", "changed_at",
                       "cancelled_at"), FORM)
        | {"instructors": "each of them has a row of their own in Instructing"},
        _by("sessions_i_scheduled", "agency",
            ("id", "start", "minutes", "place", "at", "cancelled_why"))),
    table("programs.Audience", {"id": NUMBER, "agency": FORM, "units": FORM},
        _by("audiences_i_said", "agency", ("programme", "kind", "why", "at"))),
    table("programs.ActualDate", {"id": NUMBER, "unit": FORM},
        _by("actual_dates_i_noted", "rollout__agency", ("rollout", "day", "note", "at"))),
    table("programs.DrawnPerson", {"id": NUMBER}, Side(
        "rollouts_i_was_part_of", "person", "rollout__agency", ("rollout", "unit", "since"),
        Keep("an evaluation compares all who were drawn: it would find something else without "
             "them; the row is nobody's then"),
        {"person": THEM}, holder="person")),
    table("programs.Rollout",
        {"agency": FORM, "text": FORM, "digest": FORM, "units": FORM, "programme": FORM},
        _by("rollouts_i_drew", "agency", ("id", "title", "seed_by", "at"))),
    table("programs.ProgrammeVersion", _VERSIONS,
        _by("programmes_i_published", "agency", _VERSION)),
    table("programs.ModuleVersion", _VERSIONS, _by("modules_i_published", "agency", _VERSION)),
)  # fmt: skip

_PEOPLE: tuple[Table, ...] = (
    table("records.Member", {"id": NUMBER}, Side(
        "on_rosters", "person", "agency",
        ("agency", "number", "email", "title", "hired", "certified", "left"), Delete(),
        {"person": THEM})),
    table("records.StagedRoster",
        {"id": NUMBER, "agency": FORM, "mapping": FORM,
         "raw": "people of a roster that was not applied; it is deleted after a day"},
        Side("rosters_i_am_looking_at", "by", "agency", ("by", "at", "name"), Delete())),
    table("records.RosterImport",
        dict.fromkeys(("agency", "sha256", "counts", "mapping"), FORM) | {"id": NUMBER},
        _by("rosters_i_applied", "agency", ("at",))),
)  # fmt: skip

_HOURS: tuple[Table, ...] = (
    table("records.HoursSetting",
        {"id": NUMBER, "agency": FORM, "text": FORM, "records_from": FORM, "topics": FORM},
        _by("rules_of_hours_i_set", "agency", ("at",))),
    table("records.Credit", {},
        Side("hours_from_elsewhere", "person", "agency",
            ("id", "agency", "day", "topic", "minutes", "source", "at", "withdrawn_at",
             "withdrawn_why"),
            Blank({"source": _blank, "withdrawn_why": _blank}, dict.fromkeys(
                ("id", "agency", "day", "topic", "minutes", "at", "withdrawn_at", "person"),
                COUNTED)),
            {"person": THEM}, holder="person"),
        _by("hours_i_entered", "agency", ("at",))),
    table("records.Certificate", {},
        Side("certificates", "person", "agency",
            ("id", "agency", "programme", "serial", "values", "at", "withdrawn_at",
             "withdrawn_why"), Delete(), {"person": THEM}),
        _by("certificates_i_issued", "agency", ("at",))),
)  # fmt: skip

_REFRESHERS: tuple[Table, ...] = (
    table("records.Exam", {},
        Side("exams", "person", "unit__agency",
            ("id", "unit", "day", "scores", "by", "at", "withdrawn_at"), Keep(COUNTED),
            {"person": THEM}, holder="person"),
        _by("exams_i_gave", "unit__agency", ("at",))),
    table("records.PractiseCounts", {"id": NUMBER}, Side(
        "my_practice_counts", "person", "agency", ("agency", "since", "until"), Delete(),
        {"person": THEM})),
    table("records.Visit", {"id": NUMBER}, Side(
        "refreshers_planned_for_me", "person", "plan__agency",
        ("plan", "unit", "day", "refresher", "title", "hours", "techniques", "since_days", "last",
         "chance", "worth_days", "by_lot"), Delete(), {"person": THEM})),
    table("records.Plan",
        dict.fromkeys(("agency", "setting", "today", "done_at", "failed", "seed", "result"), FORM),
        _by("plans_i_asked_for", "agency", ("id", "at"))),
    table("records.PlanSetting",
        dict.fromkeys(("agency", "hours", "other_hours", "most_hours", "aim", "standard", "within",
                       "scouting", "weights", "refreshers", "remind_days"), FORM) | {"id": NUMBER},
        _by("settings_of_plans_i_made", "agency", ("at",))),
)  # fmt: skip

_SENDING: tuple[Table, ...] = (
    table("records.FeedEntry", {"id": NUMBER}, Side(
        "my_calendar", "feed__person", "agency", ("feed", "agency", "kind", "record", "values"),
        Delete())),
    table("records.Feed", {"id": NUMBER, "agency": FORM, "unit": FORM}, Side(
        "my_calendar_address", "person", "", ("at",), Delete(),
        {"person": THEM, "counter": SECRET})),
    table("records.Reminder", {"id": NUMBER}, Side(
        "reminders", "person", "agency",
        ("agency", "kind", "record", "day", "made_at", "sent_at", "why_not"), Delete(),
        {"person": THEM})),
    table("django_tasks_database.DBTaskResult",
        dict.fromkeys(
            ("id", "status", "enqueued_at", "started_at", "finished_at", "priority", "task_path",
             "worker_ids", "queue_name", "backend_name", "run_after", "return_value",
             "exception_class_path", "traceback"), "about a job of the site, nobody")
        | {"args_kwargs": "ids alone: " + TRACE}),
)  # fmt: skip

RECORDS: tuple[Table, ...] = (*_SENDING, *_REFRESHERS, *_HOURS, *_PEOPLE)
