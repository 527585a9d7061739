"""Addresses of refreshers, exams and consent."""

from __future__ import annotations

from typing import Any

from stepdown.web.accounts.models import Person
from stepdown.web.records.models import Exam, Plan, PlanSetting
from tests.web.access import Address, at
from tests.web.conftest import NOW, Place

TEACHERS, ALL = "instructor coordinator", "coordinator"
TRAINED = "owner fellow side_trainee"
ROWS: tuple[Address, ...] = (
    at("refreshers", "signed in"), at("my_refreshers", "signed in"),
    at("practice_counts", "signed in"), at("agree_practice", TRAINED, {}, pk="agency"),
    at("no_longer_practice", TRAINED, {}, pk="agency"),
    at("refreshers_of", ALL, pk="agency"), at("plan_settings", ALL, pk="agency"),
    at("plan_settings", ALL, {"hours": "x"}, pk="agency"), at("ask_plan", ALL, {}, pk="agency"),
    at("plan_progress", ALL, pk="agency"), at("refreshers_learned", ALL, pk="agency"),
    at("refreshers_workload", ALL, pk="agency"), at("refresher_visits", ALL, pk="agency"),
    at("unit_refreshers", TEACHERS, pk="unit"), at("exams", TEACHERS, pk="unit"),
    at("note_exams", TEACHERS, pk="unit"), at("note_exams", TEACHERS, {"day": "x"}, pk="unit"),
    at("take_back_exam", TEACHERS, {}, pk="exam"),
)  # fmt: skip

RESULT: dict[str, Any] = {
    "people": 0, "not_taught": 0, "retests": 0, "needed": 100, "fitted": False, "untaught": 0,
    "by_kind": {}, "moved": [], "calibration": None, "workload": [],
}  # fmt: skip


def made(here: Place, people: dict[str, Person], ids: dict[str, Any]) -> dict[str, Any]:
    """Make the records that the addresses speak of, and return their ids by name."""
    setting = PlanSetting.objects.create(
        agency=here.agency, hours=10, most_hours=2, aim="skill", standard=0.8, scouting=0.1,
        refreshers=[{"id": "bridge", "title": "B", "hours": 1, "techniques": ["listening"]}],
    )  # fmt: skip
    Plan.objects.create(
        agency=here.agency, setting=setting, today=NOW.date(), done_at=NOW, result=RESULT
    )
    exam = Exam.objects.create(
        unit=here.unit, person=people["owner"], day=NOW.date(), scores={"listening": 3},
        by=people["instructor"],
    )  # fmt: skip
    return {"exam": exam.id}
