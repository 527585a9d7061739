"""A demonstration: an invented agency in which people have practised for some weeks.

Everything is done through the same acts as on a real site, by scripted responders, with fixed
seeds, at times before `now`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid5

from stepdown.encounter.check.bot import Bot
from stepdown.encounter.check.responder import responders
from stepdown.encounter.check.script import Script, write_script
from stepdown.encounter.library import library
from stepdown.encounter.play import Encounter as Played
from stepdown.encounter.review.rubric import domains
from stepdown.progress import Progress, silent
from stepdown.technique.coders import coder_for
from stepdown.web import demo_year
from stepdown.web.accounts import agencies, people
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.demo_stories import BEFORE, SAID, STORIES, Story
from stepdown.web.policy import Actor, Role
from stepdown.web.practice import assessing, assigning, play
from stepdown.web.practice.deeds import Deed
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Assignment, Encounter
from stepdown.web.practice.reviewing import derive

PASSWORD = "practise-kindly"  # noqa: S105
HOST = "city.example"
UNITS = ("North Patrol", "South Patrol", "Community Response")
GIVEN = (
    "Alex", "Bo", "Casey", "Devon", "Eli", "Frankie", "Gray", "Harper", "Indigo", "Jules", "Kit",
    "Lane", "Morgan", "Noor", "Ollie", "Parker", "Quinn", "Remy", "Sasha", "Toni", "Uma", "Val",
)  # fmt: skip
FAMILY = ("Example", "Sample", "Specimen", "Placeholder")
TRAINEE, INSTRUCTOR, COORDINATOR, ADMINISTRATOR = (
    f"{who}@{HOST}" for who in ("trainee", "instructor", "coordinator", "administrator")
)
LOGINS = {
    TRAINEE: "practises, and is assessed",
    INSTRUCTOR: "assigns, comments and scores in North Patrol",
    COORDINATOR: "coordinates the agency and reads its numbers",
    ADMINISTRATOR: "administers the agency: units, people, roles, audit log",
}
MOST_ACTS = {"skilled": 70, "novice": 30, "command": 30}
"""How long each goes on before they stop by themselves."""


@dataclass(frozen=True, slots=True)
class Place:
    """The agency with its people; trainees unit by unit, the first of them can sign in."""

    agency: Agency
    units: list[Unit]
    trainees: list[Person]
    instructors: list[Person]
    coordinator: Person
    administrator: Person


def logins() -> list[str]:
    """Return how to sign in, line by line."""
    lines = [f"  {email:28} {does}" for email, does in LOGINS.items()]
    return ["Sign in as one of", *lines, f"with the password  {PASSWORD}"]


def fill(now: datetime, progress: Progress = silent, wanted: int = 0) -> Place:
    """Fill an empty site with the demonstration; `wanted`: how many people are trained at least."""
    begun = now - timedelta(days=demo_year.DAYS)
    place = _people(begun)
    names = (GIVEN, FAMILY)
    added, _ = demo_year.grow(place.agency, place.units, wanted, HOST, names, begun)
    units = [*place.units, *added]
    progress("Living through a year", 0, 1)
    demo_year.list_members(place.agency, now)
    demo_year.live_through(
        place.agency, units, place.coordinator, now, len(units) >= demo_year.FEWEST_DRAWN
    )
    progress("Living through a year", 1, 1)
    for email in LOGINS:
        person = Person.objects.get(email=email)
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    _played_in_order(place, now, progress)
    derive(Encounter.objects.filter(ended_at__isnull=False))
    _have_come_in(place, now)
    progress("Planning refreshers", 0, 1)
    demo_year.plan_ahead(place.agency, place.coordinator, now)
    progress("Planning refreshers", 1, 1)
    return place


def _played_in_order(place: Place, now: datetime, progress: Progress) -> None:
    """Do everything in the order of its time, as the audit log of a real site would hold it."""
    tasks: dict[str, Assignment] = {}
    scripts: dict[str, Script] = {}
    rows: dict[int, Encounter] = {}
    ended = now.replace(day=1) - timedelta(days=1)

    def play_one(number: int, story: Story, at: datetime) -> None:
        progress("Playing encounters", len(rows), len(STORIES) + len(BEFORE))
        rows[number] = _play(place, story, number, tasks, scripts, at)

    def judge(number: int, scored: bool, at: datetime) -> None:
        _judged(place, rows[number], scored, at)

    steps: list[tuple[datetime, Callable[[], object]]] = [
        (at, partial(give, tasks)) for at, give in _tasks(place, now)
    ]
    steps += [
        (ended - timedelta(days=s.days), partial(play_one, n, s, ended - timedelta(days=s.days)))
        for n, s in enumerate(BEFORE, len(STORIES))
    ]
    steps += [
        (now - timedelta(days=s.days), partial(play_one, n, s, now - timedelta(days=s.days)))
        for n, s in enumerate(STORIES)
    ]
    again = now - timedelta(days=10.9)
    steps.append((again, lambda: _again(rows[2], scripts, again)))
    for n, scored in ((5, False), (7, True)):
        at = now - timedelta(days=STORIES[n].days) + timedelta(hours=3)
        steps.append((at, partial(judge, n, scored, at)))
    for _, step in sorted(steps, key=lambda each: each[0]):
        step()
    progress("Playing encounters", len(rows), len(rows))


def _have_come_in(place: Place, now: datetime) -> None:
    """Let everybody who did something have come in, when they first did; their links are used."""
    for person in (*place.trainees, *place.instructors, place.coordinator, place.administrator):
        first = Encounter.objects.filter(person=person).order_by("started_at").first()
        if first is None and person in place.trainees:
            continue
        person.links.all().delete()
        at = first.started_at if first else now - timedelta(days=30)
        Person.objects.filter(pk=person.pk).update(last_login=at)


def _people(now: datetime) -> Place:
    """Make the agency, its units and the people of each."""
    runs = Person.objects.create_user(f"site@{HOST}", "Site Example")
    RoleGrant.objects.create(person=runs, role=Role.SITE_ADMIN, since=now)
    agency, first = agencies.add_agency(
        runs.actor(), "Example City", "Wren Example", ADMINISTRATOR, now
    )
    admin = first.person.actor()
    units = [agencies.add_unit(admin, agency, name, now) for name in UNITS]

    def add(name: str, email: str, role: Role, unit: Unit | None) -> Person:
        place = unit.id if unit else None
        return people.invite(admin, agency, name, email, role, place, now).person

    trainees: list[Person] = []
    instructors: list[Person] = []
    for number, given in enumerate(GIVEN):
        unit, place = units[number // 7 % 3], number % 7
        name = f"{given} {FAMILY[number % len(FAMILY)]}"
        email = f"{given.lower()}@{HOST}"
        if number >= 21 or place < 6:
            email = TRAINEE if number == 0 else email
            trainees.append(add(name, email, Role.TRAINEE, unit))
        else:
            email = email if instructors else INSTRUCTOR
            instructors.append(add(name, email, Role.INSTRUCTOR, unit))
    coordinator = add("Wyn Sample", COORDINATOR, Role.COORDINATOR, None)
    add("Wyn Sample", COORDINATOR, Role.ANALYST, None)
    return Place(agency, units, trainees, instructors, coordinator, first.person)


Given = Callable[[dict[str, Assignment]], None]


def _tasks(place: Place, now: datetime) -> list[tuple[datetime, Given]]:
    """Return what is assigned when: what is done by now, under way, and still waits."""
    north, south = place.instructors[:2]

    def give(
        name: str, by: Person, unit: Unit, scenario: str, ago: float, due: int, words: str,
        assessed: bool = False,
    ) -> tuple[datetime, Given]:  # fmt: skip
        at = now - timedelta(days=ago)
        day = (now + timedelta(days=due)).date()

        def given(tasks: dict[str, Assignment]) -> None:
            tasks[name] = assigning.assign(
                by.actor(), unit.id, scenario, None, day, assessed, words, at
            )

        return at, given

    first, second = place.units[:2]
    return [
        give("practice", north, first, "bus", 20.1, -9, "Notice what you do first."),
        give("assessment", north, first, "emergency_room", 6.1, 6,
             "The yearly assessment. Take the time you need.", assessed=True),
        give("waits", north, first, "school_corridor", 2.1, 9, "Two young people at once."),
        give("south", south, second, "brother", 12.1, 3, "Before the talk on Thursday."),
    ]  # fmt: skip


def _play(
    place: Place, story: Story, number: int, tasks: dict[str, Assignment],
    scripts: dict[str, Script], at: datetime,
) -> Encounter:  # fmt: skip
    """Play one encounter as a scripted responder does."""
    person = place.trainees[story.who]
    actor = person.actor()
    scenario = library()[story.scenario]
    task = tasks.get(story.task)
    row = play.start(actor, scenario, story.scenario, "turn", at, assignment=task, seed=number)
    if task is not None and task.assessed:
        task.assignees.filter(person=person).update(begun=1)
    _go_on(person, row, story, _script(scripts, story.scenario), number)
    row.refresh_from_db()
    return row


def _script(scripts: dict[str, Script], key: str) -> Script:
    if key not in scripts:
        scenario = library()[key]
        crew = [r for name, r in responders().items() if name in ("skilled", "novice", "command")]
        scripts[key] = write_script(scenario, crew, coder_for(scenario.language))
    return scripts[key]


def _go_on(person: Person, row: Encounter, story: Story, script: Script, seed: int) -> None:
    """Act until it ends, or for as many acts as the story has; then stop it if it is to end."""
    names = [r.id for r in script.responders]
    bot = Bot(script, names.index(story.like), seed)
    played = play.resumed(row)[1]
    actor = person.actor()
    for number in range(story.acts or MOST_ACTS[story.like]):
        if played.over:
            return
        act = bot.act(played)
        deed = Deed(act.kind, text=act.text, seconds=act.seconds)
        played = _do(actor, row, deed, number, played.t)
    if story.ends and not played.over:
        _do(actor, row, Deed("stop"), 99, played.t)


def _do(actor: Actor, row: Encounter, deed: Deed, number: int, t: float) -> Played:
    key = uuid5(row.id, f"act {number}")
    return play.do(actor, row.id, key, deed, row.started_at + timedelta(seconds=t)).played


def _again(row: Encounter, scripts: dict[str, Script], at: datetime) -> None:
    """Let a trainee try an encounter again from a point of it, as somebody more skilled would."""
    person = Person.objects.get(pk=row.person_id)
    acts = [e.n for e in stored(row.id) if e.kind in ("say", "move", "wait")]
    branch = play.retry(person.actor(), row.id, acts[len(acts) // 3], at)
    story = Story(0, row.scenario, "skilled", 10.9)
    _go_on(person, branch, story, _script(scripts, row.scenario), 99)


def _judged(place: Place, row: Encounter, scored: bool, at: datetime) -> None:
    """Let the instructor write beside two lines of an assessment, and score it if it is to be."""
    actor = place.instructors[0].actor()
    for n, text in _beside(row):
        assessing.comment(actor, row.id, n, text, at)
    if scored:
        scores: dict[str, int] = dict.fromkeys(domains(), 2)
        scores |= dict(zip(list(scores)[:2], (3, 1), strict=False))
        assessing.score(actor, row.id, scores, "Calm. Ask less, listen longer.", at)


def _beside(row: Encounter) -> list[tuple[int, str]]:
    """Return the first two lines of which there is something to say, with what that is."""
    found: dict[str, int] = {}
    for event in stored(row.id):
        code = next((c for c in SAID if event.kind == "say" and c in event.data["codes"]), None)
        if code and code not in found and len(found) < 2:
            found[code] = event.n
    return [(n, SAID[code]) for code, n in found.items()]
