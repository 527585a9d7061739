"""A year of training for the people of the site, and the addresses of its pages by name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any


def made(agency: Any, units: list[Any], people: Any, now: datetime) -> dict[str, str]:
    """Let the agency have a year behind it; return the path of each page by a name."""
    from django.urls import reverse

    from stepdown.interop.roster_mapping import RosterMapping
    from stepdown.web import demo, demo_year
    from stepdown.web.accounts.models import Person, RoleGrant
    from stepdown.web.policy import Role
    from stepdown.web.programs.models import (
        Attendance,
        Exemption,
        Instructing,
        ModuleVersion,
        ProgrammeVersion,
        Session,
    )
    from stepdown.web.records import rosters
    from stepdown.web.records.models import Certificate, Credit

    by, trainee = people[Role.COORDINATOR], people[Role.TRAINEE]
    demo_year.grow(agency, units, 20, demo.HOST, (demo.GIVEN, demo.FAMILY), now)
    demo_year.list_members(agency, now)
    demo_year.live_through(agency, units, by, now, waves=False)
    demo_year.plan_ahead(agency, by, now)
    programme = ProgrammeVersion.objects.get(agency=agency, number=2)
    module = ModuleVersion.objects.get(agency=agency, name="listen", number=2)
    running, other = (
        Session.objects.create(
            agency=agency, unit=unit, module=module, programme=programme, place=place,
            start=now - timedelta(minutes=40), minutes=150, by=by, at=now, changed_at=now,
        )
        for unit, place in zip(units, ("Example hall", "Example gym"), strict=False)
    )  # fmt: skip
    for session in (running, other):
        Instructing.objects.create(session=session, person=people[Role.INSTRUCTOR])
    east = _move_some(agency, units[1])
    _complete(programme, [east, units[1]], people[Role.INSTRUCTOR], now - timedelta(days=60))
    Exemption.objects.create(
        agency=agency, person=trainee, reason="leave", start=now.date(),
        until=now.date() + timedelta(days=3), by=by, at=now,
    )  # fmt: skip
    draw = _drawn(programme, by, now)
    credit = Credit.objects.create(
        agency=agency, person=trainee, day=now.date() - timedelta(days=30), minutes=60,
        topic="", source="Example course", by=by, at=now,
    )  # fmt: skip
    entry = Attendance.objects.filter(session__agency=agency).first()
    paper = Certificate.objects.filter(agency=agency).first()
    assert entry
    assert paper
    ofs = {"agency": agency.id}
    name = {"agency": agency.id, "part": programme.name}
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        page: (page, {})
        for page in ("training", "programme", "curriculum", "sessions", "training_own", "rollouts",
                     "hours_mine", "refreshers", "my_refreshers", "practice_counts", "calendar")
    }  # fmt: skip
    pages |= {
        page: (page, {"pk": agency.id})
        for page in ("sessions_of", "schedule_session", "training_people", "exempted",
                     "progress_all", "refreshers_of", "plan_settings", "refreshers_learned",
                     "refresher_visits")
    }  # fmt: skip
    pages |= {
        page: (page, ofs)
        for page in ("rollout_draw", "roster_of", "hours_rules", "hours_file", "readiness",
                     "readiness_names", "certificates")
    }  # fmt: skip
    pages |= {
        page: (page, {"pk": units[0].id})
        for page in ("hours_unit", "unit_refreshers", "exams", "note_exams", "unit_calendar")
    }
    pages |= {
        page: (page, {"pk": running.id})
        for page in ("session", "change_session", "session_list", "session_wall", "session_here")
    }
    pages |= {
        "curriculum_programme": ("curriculum_programme", name),
        "curriculum_audience": ("curriculum_audience", name),
        "curriculum_version": ("curriculum_version", {**name, "number": 1}),
        "curriculum_difference": ("curriculum_difference", name),
        "curriculum_module": ("curriculum_module", {"agency": agency.id, "part": "listen"}),
        "curriculum_module_difference": (
            "curriculum_module_difference", {"agency": agency.id, "part": "listen"}),
        "other_session": ("session", {"pk": other.id}),
        "session_entries": ("session_entries",
                            {"pk": entry.session_id, "person": entry.person_id}),
        "session_teachers": ("session_teachers", {"pk": entry.session_id}),
        "training_person": ("training_person", {"pk": agency.id, "person": trainee.id}),
        "progress": ("progress", {"pk": programme.id}),
        "progress_kept": ("progress_kept", {"pk": programme.id}),
        "progress_unit": ("progress_unit", {"pk": programme.id, "unit": units[0].id}),
        "hours_person": ("hours_person", {"agency": agency.id, "pk": trainee.id}),
        "certificates_programme": (
            "certificates_programme", {"agency": agency.id, "pk": paper.programme_id}),
        "roster_member": ("roster_member", {"agency": agency.id, "person": trainee.id}),
        "rollout": ("rollout", {"pk": draw.id}),
        "rollout_study": ("rollout_study", {"pk": draw.id}),
        "curriculum_module_version": (
            "curriculum_module_version", {"agency": agency.id, "part": "listen", "number": 1}),
        "certificate_withdraw": ("certificate_withdraw", {"pk": paper.id}),
        "hours_back": ("hours_back", {"pk": credit.id}),
    }  # fmt: skip
    found = {key: reverse(route, kwargs=given) for key, (route, given) in pages.items()}
    for key, raw in STAGED.items():
        other = Person.objects.create_user(f"{key}@city.example", "Example other administrator")
        RoleGrant.objects.create(person=other, role=Role.AGENCY_ADMIN, agency=agency)
        row = rosters.stage(other.actor(), agency.id, f"{key}.csv", raw, RosterMapping(), now)
        found[key] = reverse("roster_waiting", kwargs={"agency": agency.id, "pk": row.id})
    return found


def _move_some(agency: Any, unit: Any) -> Any:
    """Let some of a unit serve in a new one by now, and add others: enough for a draw."""
    from stepdown.web.accounts.models import RoleGrant, Unit

    east, *_ = [Unit.objects.create(agency=agency, name=f"Example Unit {name}")
                for name in ("East", "West", "Hill", "Lake", "Vale")]  # fmt: skip
    trained = RoleGrant.objects.filter(agency=agency, unit=unit, role="trainee")
    some = trained.exclude(person__name__startswith="Example").order_by("id")[:4]
    RoleGrant.objects.filter(pk__in=[grant.pk for grant in some]).update(unit=east)
    return east


def _drawn(programme: Any, by: Any, now: datetime) -> Any:
    """Draw the units that were never taught, in two waves to come."""
    from stepdown.retention import rollout, rollout_plan, rollout_record
    from stepdown.web.accounts.models import Unit
    from stepdown.web.programs.models import Rollout

    agency, day = programme.agency, now.date() + timedelta(days=30)
    names = [f"Example Unit {name}" for name in ("West", "Hill", "Lake", "Vale")]
    units = list(Unit.objects.filter(agency=agency, name__in=names))
    waves = (rollout_plan.Wave(day, 2), rollout_plan.Wave(day + timedelta(days=90), 2))
    plan = rollout_plan.RolloutPlan(
        tuple(rollout_plan.DrawnUnit(unit.name) for unit in units), waves
    )
    found = rollout_record.Rollout(rollout.draw(plan, 7, now, now + timedelta(days=30)))
    return Rollout.objects.create(
        agency=agency, title="Example rollout", programme=programme.name, by=by, at=now,
        text=rollout_record.rollout_text(found), digest=found.draw.digest,
        units={unit.name: str(unit.id) for unit in units},
    )  # fmt: skip


def _complete(programme: Any, units: list[Any], teacher: Any, start: datetime) -> None:
    """Let everybody of some units have been at all of a programme: a certificate is due to each."""
    from stepdown.web.accounts.models import RoleGrant
    from stepdown.web.programs.models import Attendance, Instructing, ModuleVersion, Session

    agency = programme.agency
    for pin in programme.content["modules"]:
        module = ModuleVersion.objects.get(agency=agency, name=pin["id"], number=pin["version"])
        minutes = round(module.content["hours"] * 60)
        for unit in units:
            session = Session.objects.create(
                agency=agency, unit=unit, module=module, programme=programme, place="Example hall",
                start=start, minutes=minutes, by=teacher, at=start, changed_at=start,
            )  # fmt: skip
            Instructing.objects.create(session=session, person=teacher)
            Attendance.objects.bulk_create(
                Attendance(session=session, person_id=person, minutes=minutes, how="list",
                           recorded_by=teacher, recorded=start + timedelta(minutes=minutes))
                for person in RoleGrant.objects.filter(role="trainee", unit=unit)
                .values_list("person_id", flat=True)
            )  # fmt: skip
        start += timedelta(days=1)


STAGED = {
    "roster_waiting": b"id,name,unit\n1000,Kit B. Sample,Example Unit South\nN1,Noor New,North\n",
    "roster_wrong": b"id,name,unit\n1,,North\n1,Noor New,\n",
    "roster_columns": b"staff,who,where\n1,Noor New,North\n",
}
