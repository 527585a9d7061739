"""The order of the year: what is published, drawn, taught, counted and planned, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from stepdown.retention import rollout, rollout_plan, rollout_record
from stepdown.retention.curriculum import Curriculum, Item
from stepdown.retention.curriculum_file import starter
from stepdown.retention.publishing import Published, publish_curriculum
from stepdown.web.accounts.models import Agency, Person, Unit
from stepdown.web.demo_year.taught import Course, teach
from stepdown.web.demo_year.tested import test
from stepdown.web.programs.models import ActualDate, ModuleVersion, ProgrammeVersion, Rollout

ZONE = "America/Chicago"
WAVES = (-375, -300, -225, -150)
"""Days before now on which each wave is trained."""
DRAWN, FIRST, SECOND = -392, -396, -262
"""Days before now: the draw, and the two versions of the programme."""
SEED = 20_260_301
FEWEST_DRAWN = 8
"""Units below which nothing is drawn: each wave needs two of them."""
ADDED = Item(
    id="asked_back", text="At least once the trainee said in their own words what they had heard, "
    "and asked whether that was right.",
)  # fmt: skip
REASON = "Instructors saw questions where listening was to be heard: it is looked for now."


@dataclass(frozen=True, slots=True)
class Taught:
    """A version of the programme as it is stored."""

    published: Published
    programme: ProgrammeVersion
    modules: tuple[ModuleVersion, ...]


def live_through(
    agency: Agency, units: Sequence[Unit], by: Person, now: datetime, waves: bool
) -> None:
    """Let an agency have a year of training behind it."""
    agency.zone = ZONE
    agency.save(update_fields=["zone"])
    first = _published(agency, None, starter(), "To begin with.", by, now + timedelta(days=FIRST))
    second = _published(agency, first, _better(starter()), REASON, by,
                        now + timedelta(days=SECOND))  # fmt: skip
    starts = _drawn(agency, units, by, now) if waves else {
        unit.id: (now + timedelta(days=WAVES[n % 2 * 2])).date() for n, unit in enumerate(units)
    }  # fmt: skip
    courses = []
    for unit in units:
        day = starts[unit.id]
        version = second if day >= second.programme.day else first
        courses.append(Course(unit, day, version.programme, version.modules))
    teach(agency, courses, by, now)
    test(agency, now)


def _published(
    agency: Agency, before: Taught | None, draft: Curriculum, reason: str, by: Person,
    now: datetime,
) -> Taught:  # fmt: skip
    found = publish_curriculum(before.published if before else None, draft, reason, now.date())
    there = {(m.name, m.number): m for m in before.modules} if before else {}
    modules = []
    for version in found.modules:
        key = (version.content.id, version.number)
        row = there.get(key)
        if row is None:
            row = ModuleVersion.objects.create(
                agency=agency, name=key[0], number=key[1], day=version.day, reason=version.reason,
                digest=version.digest, content=version.content.as_dict(), by=by, at=now,
            )  # fmt: skip
        modules.append(row)
    head = found.programme
    programme = ProgrammeVersion.objects.create(
        agency=agency, name=head.content.id, number=head.number, day=head.day, reason=head.reason,
        digest=head.digest, content=head.content.as_dict(), by=by, at=now,
    )  # fmt: skip
    return Taught(found, programme, tuple(modules))


def _better(curriculum: Curriculum) -> Curriculum:
    """Return it with one line more in the checklist of listening."""
    modules = tuple(
        m.model_copy(update={"fidelity": (*m.fidelity, ADDED)}) if m.id == "listen" else m
        for m in curriculum.modules
    )
    return curriculum.model_copy(update={"modules": modules})


def _drawn(agency: Agency, units: Sequence[Unit], by: Person, now: datetime) -> dict[object, date]:
    """Draw which unit is trained in which wave, and note when each was."""
    at = now + timedelta(days=DRAWN)
    starts = [(now + timedelta(days=days)).date() for days in WAVES]
    plan = rollout_plan.RolloutPlan(
        tuple(rollout_plan.DrawnUnit(unit.name) for unit in units),
        rollout_plan.even_waves(len(units), starts),
    )
    first = datetime(starts[0].year, starts[0].month, starts[0].day, 14, tzinfo=UTC)
    drawn = rollout.draw(plan, SEED, at, first)
    kept = rollout_record.Rollout(drawn)
    ids = {unit.name: unit.id for unit in units}
    row = Rollout.objects.create(
        agency=agency, title="Crisis intervention, all units", programme=starter().id,
        text=rollout_record.rollout_text(kept), digest=drawn.digest,
        units={name: str(pk) for name, pk in ids.items()}, by=by, at=at,
    )  # fmt: skip
    due = {a.unit: a.due or starts[-1] for a in drawn.assigned}
    ActualDate.objects.bulk_create(
        ActualDate(rollout=row, unit=name, day=day, by=by, at=datetime.combine(
            day + timedelta(days=1), at.timetz()))
        for name, day in sorted(due.items(), key=lambda each: (each[1], each[0]))
    )  # fmt: skip
    return {ids[name]: day for name, day in due.items()}
