"""What people showed in assessments, exams and practice: skills that fade, with chance in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from stepdown.encounter.library import library
from stepdown.encounter.review.rubric import domains
from stepdown.retention.memory import RECOVERED, days_until, grown, retention
from stepdown.web.accounts.models import Agency, RoleGrant
from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter, Skill
from stepdown.web.programs.models import Attendance
from stepdown.web.records.models import Exam, PractiseCounts

MEDIAN_DAYS, OVER_PEOPLE, OVER_TECHNIQUES, NOISE = 100.0, 0.5, 0.3, 0.1
GROWTH, DECAY = 1.0, 0.5
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
        skills_of = _Person(draw, taught.get(person, {}))
        if draw.random() < 0.4:
            agreed.append(PractiseCounts(agency=agency, person_id=person,
                                         since=now - timedelta(days=390)))  # fmt: skip
        for at, kind in _dates(draw, now):
            scores = skills_of.tested(at, draw, None if kind == "exam" else domains())
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
    """Return when each person was taught each technique."""
    found: dict[UUID, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    entries = Attendance.objects.filter(session__agency=agency).order_by("session__start")
    for person, start, content in entries.values_list(
        "person_id", "session__start", "session__module__content"
    ):
        for technique in content.get("techniques", ()):
            found[person][technique].append(start)
    return found


def _dates(draw: np.random.Generator, now: datetime) -> list[tuple[datetime, str]]:
    """Return when somebody is tested or practises in the year, in order."""
    found = [
        (now - timedelta(days=float(draw.uniform(1, 370))), kind)
        for kind, share in SHARES.items()
        for _ in range(int(draw.poisson(share)))
    ]
    return sorted(found)


class _Person:
    """What somebody holds of each technique while the year goes by."""

    def __init__(self, draw: np.random.Generator, taught: dict[str, list[datetime]]) -> None:
        own = draw.normal(0, OVER_PEOPLE)
        self._coming = {technique: list(taught[technique]) for technique in sorted(taught)}
        self._stability = {
            technique: MEDIAN_DAYS * float(np.exp(own + draw.normal(0, OVER_TECHNIQUES)))
            for technique in self._coming
        }
        self._since: dict[str, datetime] = {}
        """The day from which a skill fades as if it had been taught then."""

    def tested(
        self, at: datetime, draw: np.random.Generator, of: Collection[str] | None
    ) -> dict[str, int]:
        """Return scores from 0 to 4 of what was taught before; a test is practice, too.

        `of`: the techniques that are tested; None: all of them.
        """
        scores = {}
        for technique, coming in self._coming.items():
            if of is not None and technique not in of:
                continue
            while coming and coming[0] < at:
                self._refreshed(technique, coming.pop(0), RECOVERED["taught"])
            if technique in self._since:
                left = self._left(technique, at) + draw.normal(0, NOISE)
                scores[technique] = round(4 * min(max(left, 0.0), 1.0))
                self._refreshed(technique, at, RECOVERED["tested"])
        return scores

    def _left(self, technique: str, at: datetime) -> float:
        days = (at - self._since[technique]).total_seconds() / 86400
        return float(retention(days, self._stability[technique], DECAY))

    def _refreshed(self, technique: str, at: datetime, recovered: float) -> None:
        if technique not in self._since:
            self._since[technique] = at
            return
        left = self._left(technique, at)
        full = float(grown(self._stability[technique], GROWTH, left))
        self._stability[technique] += recovered * (full - self._stability[technique])
        after = left + recovered * (1 - left)
        faded = float(days_until(after, self._stability[technique], DECAY))
        self._since[technique] = at - timedelta(days=faded)


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
