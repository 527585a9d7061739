"""Addresses of sessions and attendance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from stepdown.web.accounts.models import Person
from stepdown.web.programs import exempting
from stepdown.web.programs.models import Attendance
from tests.web.access import Address, at
from tests.web.conftest import NOW, Place
from tests.web.programs.making import a_module, a_programme, a_session

MEMBERS = "owner fellow instructor coordinator analyst agency_admin side_trainee side_instructor"
TEACHERS, ALL_TEACHERS = "instructor coordinator", "instructor coordinator side_instructor"
EXEMPTION = {"reason": "leave", "start": "2026-03-02", "key": "new_key"}
PERSON = {"pk": "agency", "person": "owner"}

ROWS: tuple[Address, ...] = (
    at("sessions", "signed in"), at("training_own", "signed in"),
    at("sessions_of", MEMBERS, pk="agency"), at("session", MEMBERS, pk="running_session"),
    at("schedule_session", ALL_TEACHERS, pk="agency"),
    at("schedule_session", ALL_TEACHERS, {}, pk="agency"),
    at("change_session", TEACHERS, pk="next_session"),
    at("change_session", "coordinator", pk="session_for_all"),
    at("cancel_session", TEACHERS, {"why": "A flood"}, pk="next_session"),
    at("session_checklist", TEACHERS, {}, pk="running_session"),
    at("session_teachers", TEACHERS, pk="past_session"),
    at("session_teachers", TEACHERS, {}, pk="past_session"),
    at("session_teachers", TEACHERS, pk="guest_session"),
    at("session_list", TEACHERS, pk="running_session"),
    at("session_list", TEACHERS, pk="session_for_all"),
    at("session_note", TEACHERS, {"whom": "everybody"}, pk="running_session"),
    at("session_entries", TEACHERS, pk="past_session", person="owner"),
    at("session_entries", TEACHERS, {}, pk="past_session", person="owner"),
    at("session_wall", TEACHERS, pk="running_session"),
    at("session_code", TEACHERS, pk="running_session"),
    at("session", MEMBERS, pk="guest_session"),
    at("session_list", f"{TEACHERS} side_instructor", pk="guest_session"),
    at("session_note", f"{TEACHERS} side_instructor", {"whom": "everybody"}, pk="guest_session"),
    at("session_checklist", f"{TEACHERS} side_instructor", {}, pk="guest_session"),
    at("session_entries", f"{TEACHERS} side_instructor", pk="guest_session", person="owner"),
    at("session_entries", f"{TEACHERS} side_instructor", {}, pk="guest_session", person="owner"),
    at("session_wall", f"{TEACHERS} side_instructor", pk="guest_session"),
    at("session_code", f"{TEACHERS} side_instructor", pk="guest_session"),
    at("change_session", TEACHERS, pk="guest_session"),
    at("cancel_session", TEACHERS, {"why": "A flood"}, pk="guest_session"),
    at("session_here", "owner fellow", pk="guest_session"),
    at("session_list", TEACHERS, pk="former_session"),
    at("session_wall", TEACHERS, pk="former_session"),
    at("session_here", "owner", pk="taught_by_fellow"),
    at("session_here", "owner fellow", pk="running_session"),
    at("session_here", "owner fellow", {"code": "x"}, pk="running_session"),
    at("session_here", "owner fellow side_trainee", pk="session_for_all"),
    at("training_people", ALL_TEACHERS, pk="agency"),
    at("training_person", f"owner {TEACHERS}", **PERSON),
    at("exempt", "coordinator", EXEMPTION, **PERSON), at("exempted", "coordinator", pk="agency"),
    at("end_exemption", "coordinator", {"until": "2026-03-03"}, pk="exemption"),
    at("withdraw_exemption", "coordinator", {}, pk="exemption"),
    at("progress_all", ALL_TEACHERS, pk="agency"), at("progress", ALL_TEACHERS, pk="programme_row"),
    at("progress_unit", TEACHERS, pk="programme_row", unit="unit"),
    at("progress_kept", ALL_TEACHERS, pk="programme_row"),
    at("progress_table", ALL_TEACHERS, pk="programme_row"),
)  # fmt: skip


def made(here: Place, people: dict[str, Person], ids: dict[str, Any]) -> dict[str, Any]:
    """Make the records that the addresses speak of, and return their ids by name."""
    now = datetime.now(UTC)
    module = a_module(here.agency, "sessions_table")
    teacher, owner = people["instructor"], people["owner"]
    past = a_session(here, module, NOW - timedelta(days=7), teacher)
    Attendance.objects.create(
        session=past, person=owner, minutes=60, how="list", recorded_by=teacher, recorded=NOW
    )
    guest = a_session(here, module, now - timedelta(minutes=5), people["side_instructor"])
    Attendance.objects.create(
        session=guest, person=owner, minutes=60, how="list", recorded_by=teacher, recorded=now
    )
    left_out = exempting.exempt(
        people["coordinator"].actor(), here.agency.id, owner.id, "leave", NOW.date(), None, "", NOW
    )
    return {
        "past_session": past.id, "exemption": left_out.id,
        "guest_session": guest.id,
        "former_session": a_session(here, module, now, people["side_trainee"]).id,
        "taught_by_fellow": a_session(here, module, now, people["fellow"]).id,
        "running_session": a_session(here, module, now - timedelta(minutes=5), teacher).id,
        "next_session": a_session(here, module, now + timedelta(days=2), teacher).id,
        "session_for_all": a_session(here, module, now, teacher, everybody=True).id,
        "programme_row": a_programme(here.agency, "sessions_table", module).id,
        "new_key": "7d1f7a52-6f0e-4d5c-8a3e-0c0f3b1c9d11",
    }  # fmt: skip
