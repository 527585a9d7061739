"""The order of the year: what is published, drawn, taught, counted and planned, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from stepdown.encounter.library import library
from stepdown.retention.curriculum import Curriculum, Item
from stepdown.retention.curriculum_file import starter, written
from stepdown.retention.rollout_plan import even_waves
from stepdown.web import jobs
from stepdown.web.accounts.models import Agency, Person, Unit
from stepdown.web.demo_year.taught import Course, teach
from stepdown.web.demo_year.tested import test
from stepdown.web.programs import actual_dates, drawing, publishing, rollouts
from stepdown.web.programs.looked import Wanted
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion
from stepdown.web.records import certifying, planning, setting_hours
from stepdown.web.records.offered import offered

ZONE = "America/Chicago"
WAVES = (-375, -300, -225, -150)
"""Days before now on which each wave is trained."""
DRAWN, FIRST, SECOND, RULES, PAPERS = -392, -396, -262, -130, -100
"""Days before now: the draw, two versions of the programme, the rules on hours, certificates."""
SEED = 20_260_301
FEWEST_DRAWN = 8
"""Units below which nothing is drawn: each wave needs two of them."""
ADDED = Item(
    id="asked_back", text="At least once the trainee said in their own words what they had heard, "
    "and asked whether that was right.",
)  # fmt: skip
REASON = "Instructors saw questions where listening was to be heard: it is looked for now."
EXAMPLE = "example_yearly"
TOPICS = dict.fromkeys(("listen", "clear", "room", "whole"), "de_escalation")
CERTIFIED = 40
A_PERSON_H = 0.6
"""Hours of refreshers a month for each person there is."""

Step = tuple[datetime, Callable[[], object]]


def live_through(
    agency: Agency, units: Sequence[Unit], by: Person, now: datetime, waves: bool
) -> None:
    """Let an agency have a year of training behind it."""
    agency.zone = ZONE
    agency.save(update_fields=["zone"])
    actor = by.actor()
    first = publishing.add_starter(actor, agency.id, now + timedelta(days=FIRST))
    starts = _spread(units, now)
    steps: list[Step] = [(now + timedelta(days=SECOND), lambda: _again(agency, by, now))]
    if waves:
        starts, noted = _drawn(agency, units, by, now)
        steps += noted
    for _, step in sorted(steps, key=lambda each: each[0]):
        step()
    second = ProgrammeVersion.objects.get(agency=agency, name=first.name, number=2)
    versions = {row.number: _modules(row) for row in (first, second)}
    courses = []
    for unit in units:
        row = second if starts[unit.id] >= second.day else first
        courses.append(
            Course(unit, starts[unit.id], row, versions[row.number], second, versions[2])
        )
    teach(agency, courses, by, now)
    test(agency, now)
    _counted(agency, by, now)
    _certified(agency, first, by, now + timedelta(days=PAPERS))


def plan_ahead(agency: Agency, by: Person, now: datetime) -> None:
    """Say what refreshers there are, and have a plan of the coming year made."""
    actor = by.actor()
    trained = agency.grants.filter(role="trainee").count()
    other = {key for key, scenario in library().items() if scenario.language != "en"}
    chosen = tuple(o.refresher(o.hours) for o in offered(actor, agency) if o.id not in other)
    wanted = planning.Wanted(
        hours=round(max(trained * A_PERSON_H, 8)), most_hours=4, aim="standard", standard=0.8,
        within=540, scouting=0.1, refreshers=chosen,
    )  # fmt: skip
    planning.want(actor, agency.id, wanted, now)
    planning.ask(actor, agency.id, now, seed=SEED)
    jobs.run_ready()


def _again(agency: Agency, by: Person, now: datetime) -> None:
    """Publish the second version, with one line more in the checklist of listening."""
    at = now + timedelta(days=SECOND)
    given = (by.actor(), agency.id, "crisis.yaml", written(_better(starter())).encode(), REASON)
    looked = publishing.look(*given, at)
    publishing.publish(*given, looked.mark, at)


def _better(curriculum: Curriculum) -> Curriculum:
    modules = tuple(
        m.model_copy(update={"fidelity": (*m.fidelity, ADDED)}) if m.id == "listen" else m
        for m in curriculum.modules
    )
    return curriculum.model_copy(update={"modules": modules})


def _modules(row: ProgrammeVersion) -> tuple[ModuleVersion, ...]:
    """Return the module versions that a programme pins, in its order."""
    rows = {(m.name, m.number): m for m in ModuleVersion.objects.filter(agency=row.agency_id)}
    return tuple(rows[pin["id"], pin["version"]] for pin in row.content["modules"])


def _spread(units: Sequence[Unit], now: datetime) -> dict[UUID, date]:
    return {
        unit.id: (now + timedelta(days=WAVES[n % 2 * 2])).date() for n, unit in enumerate(units)
    }


def _drawn(
    agency: Agency, units: Sequence[Unit], by: Person, now: datetime
) -> tuple[dict[UUID, date], list[Step]]:
    """Draw which unit is trained in which wave; return that, and when each was noted."""
    starts = [(now + timedelta(days=days)).date() for days in WAVES]
    wanted = Wanted(
        title="Crisis intervention, all units", programme=starter().id,
        strata={unit.id: "" for unit in units}, waves=even_waves(len(units), starts),
        seed=SEED,
    )  # fmt: skip
    at = now + timedelta(days=DRAWN)
    mark, key = drawing.look(by.actor(), agency.id, wanted, at).mark, uuid5(agency.id, "rollout")
    row = drawing.draw(by.actor(), agency.id, key, wanted, mark, at)
    found = {
        row.units[a.unit]: a.due or starts[-1] for a in rollouts.opened(row).draw.assigned
    }  # fmt: skip
    names = {pk: name for name, pk in row.units.items()}

    def noted(pk: str, day: date, when: datetime) -> Step:
        return when, lambda: actual_dates.note(by.actor(), row.id, names[pk], day, "", when)

    steps = [
        noted(pk, day, at + (day - at.date()) + timedelta(days=1))
        for pk, day in sorted(found.items(), key=lambda each: (each[1], each[0]))
    ]
    return {UUID(pk): day for pk, day in found.items()}, steps


def _counted(agency: Agency, by: Person, now: datetime) -> None:
    """Set the rules that hours are counted by: an example, which says that it is one."""
    at = now + timedelta(days=RULES)
    setting_hours.choose(
        by.actor(), agency.id, at, records_from=at.date().replace(month=1, day=1),
        example=EXAMPLE,
    )  # fmt: skip
    setting_hours.assign_topics(by.actor(), agency.id, TOPICS, at)


def _certified(agency: Agency, row: ProgrammeVersion, by: Person, now: datetime) -> None:
    """Issue certificates to some of those who completed the programme by then."""
    due = certifying.find(by.actor(), agency.id, row.id, now).due
    if people := [each.person.id for each in due[:CERTIFIED]]:
        certifying.issue(by.actor(), agency.id, row.id, people, now)
