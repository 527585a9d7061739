"""What people showed in assessments, exams and practice: skills that fade, with chance in them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from stepdown.encounter.library import library
from stepdown.encounter.review.rubric import domains
from stepdown.retention.memory import retention
from stepdown.web.accounts.models import Agency, RoleGrant
from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter, Skill
from stepdown.web.programs.models import Attendance
from stepdown.web.records.models import Exam, PractiseCounts

MEDIAN_DAYS, OVER_PEOPLE, OVER_TECHNIQUES, NOISE, DECAY = 170.0, 0.5, 0.3, 0.1, 0.5
"""How long nine tenths are held, and how people differ: invented, as everybody here is."""
SHARES = {"assessed": 1.1, "exam": 0.4, "practice": 1.5}
"""How often each happens to a person in the year, on average."""
SCENARIOS = ("emergency_room", "traffic_stop", "neighbours", "school_corridor")


def test(agency: Agency, now: datetime) -> None:
    """Let everybody be assessed, examined and practise after they were first taught."""
    draw = np.random.default_rng(13)
    taught = _taught(agency)
    trained = RoleGrant.objects.filter(agency=agency, role=Role.TRAINEE, unit__isnull=False)
    rows: list[Encounter] = []
    skills: list[Skill] = []
    exams: list[Exam] = []
    agreed: list[PractiseCounts] = []
    for person, unit in trained.order_by("id").values_list("person_id", "unit_id"):
        own = draw.normal(0, OVER_PEOPLE)
        halves = {d: draw.normal(0, OVER_TECHNIQUES) for d in domains()}
        if draw.random() < 0.4:
            agreed.append(PractiseCounts(agency=agency, person_id=person,
                                         since=now - timedelta(days=390)))  # fmt: skip
        for kind, share in SHARES.items():
            for _ in range(int(draw.poisson(share))):
                at = now - timedelta(days=float(draw.uniform(1, 370)))
                scores = _scores(taught.get(person, {}), at, own, halves, draw)
                if not scores:
                    continue
                if kind == "exam":
                    exams.append(Exam(unit_id=unit, person_id=person, day=at.date(), scores=scores,
                                      at=at))  # fmt: skip
                    continue
                row = _encounter(agency, person, unit, at, kind == "assessed", draw)
                rows.append(row)
                skills.append(Skill(encounter=row, domains=scores, outcome="", seconds=600.0,
                                    turns=18))  # fmt: skip
    Encounter.objects.bulk_create(rows, batch_size=500)
    Skill.objects.bulk_create(skills, batch_size=500)
    Exam.objects.bulk_create(exams, batch_size=500)
    PractiseCounts.objects.bulk_create(agreed, batch_size=500)


def _taught(agency: Agency) -> dict[UUID, dict[str, list[datetime]]]:
    """Return when each person was taught each domain."""
    found: dict[UUID, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    entries = Attendance.objects.filter(session__agency=agency).order_by("session__start")
    for person, start, content in entries.values_list(
        "person_id", "session__start", "session__module__content"
    ):
        for technique in content.get("techniques", ()):
            found[person][technique].append(start)
    return found


def _scores(
    taught: dict[str, list[datetime]], at: datetime, own: float, halves: dict[str, float],
    draw: np.random.Generator,
) -> dict[str, int]:  # fmt: skip
    scores = {}
    for domain in domains():
        before = [day for day in taught.get(domain, ()) if day < at]
        if not before:
            continue
        days = (at - before[-1]).total_seconds() / 86400
        stability = MEDIAN_DAYS * np.exp(own + halves[domain]) * (1 + 0.4 * (len(before) - 1))
        left = float(retention(days, stability, DECAY)) + draw.normal(0, NOISE)
        scores[domain] = round(4 * min(max(left, 0.0), 1.0))
    return scores


def _encounter(
    agency: Agency, person: UUID, unit: UUID | None, at: datetime, assessed: bool,
    draw: np.random.Generator,
) -> Encounter:  # fmt: skip
    """Return an encounter whose words were deleted since, as a site does it after its days."""
    key = SCENARIOS[int(draw.integers(len(SCENARIOS)))]
    scenario = library()[key]
    end = at + timedelta(minutes=10)
    return Encounter(
        person_id=person, agency=agency, unit_id=unit, assessed=assessed, scenario=key,
        title=scenario.title, sector=scenario.sector, scenario_hash=scenario.digest, seed=0,
        pace="turn", started_at=at, ended_at=end, how="stopped", n_events=0, clock_s=600.0,
        erased_at=end,
    )  # fmt: skip
