"""A demonstration: an invented agency in which people have practised for some weeks.

Everything is done through the same acts as on a real site, by scripted responders, with fixed
seeds, at times before `now`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid5

from stepdown.encounter.check.bot import Bot
from stepdown.encounter.check.responder import responders
from stepdown.encounter.check.script import Script, write_script
from stepdown.encounter.library import library
from stepdown.encounter.play import Encounter as Played
from stepdown.encounter.review.rubric import domains
from stepdown.progress import Progress, silent
from stepdown.technique.coders import coder_for
from stepdown.web.accounts import agencies, people
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
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
class Story:
    """One encounter: who (a number in the list of trainees), what, how, and how many days ago."""

    who: int
    scenario: str
    like: str
    days: float
    acts: int = 0
    ends: bool = True
    task: str = ""


STORIES = (
    Story(0, "bus", "command", 24), Story(0, "emergency_room", "novice", 17, acts=60),
    Story(0, "bridge", "novice", 11), Story(0, "bus", "skilled", 9.5, task="practice"),
    Story(0, "brother", "skilled", 5), Story(0, "emergency_room", "skilled", 2, task="assessment"),
    Story(1, "bus", "novice", 13, task="practice"),
    Story(1, "emergency_room", "novice", 3, task="assessment"),
    Story(2, "bus", "skilled", 12, task="practice"), Story(2, "brother", "novice", 6),
    Story(3, "bus", "command", 8, task="practice"),
    Story(3, "emergency_room", "skilled", 0.01, acts=9, ends=False, task="assessment"),
    Story(4, "bridge", "novice", 20), Story(4, "bus", "novice", 14, task="practice"),
    Story(5, "bus", "skilled", 10.5, task="practice"), Story(6, "brother", "novice", 15),
    Story(7, "brother", "skilled", 21), Story(7, "brother", "skilled", 7, task="south"),
    Story(8, "brother", "novice", 6, task="south"), Story(9, "bus", "command", 19),
    Story(10, "bus", "skilled", 16), Story(11, "brother", "skilled", 5.5, task="south"),
    Story(13, "emergency_room", "skilled", 18), Story(14, "brother", "novice", 12),
    Story(15, "emergency_room", "novice", 9), Story(16, "bus", "skilled", 4),
    Story(17, "bridge", "skilled", 2.5), Story(18, "bus", "novice", 0.02, acts=6, ends=False),
)  # fmt: skip


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


def fill(now: datetime, progress: Progress = silent) -> Place:
    """Fill an empty site with the demonstration."""
    begun = now - timedelta(days=28)
    place = _people(begun)
    for email in LOGINS:
        person = Person.objects.get(email=email)
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    tasks = _tasks(place, now)
    scripts: dict[str, Script] = {}
    rows = []
    for number, story in enumerate(STORIES):
        progress("Playing encounters", number, len(STORIES))
        rows.append(_play(place, story, number, tasks, scripts, now))
    _again(rows[2], scripts, now)
    _judged(place, rows[5], rows[7], now)
    derive(Encounter.objects.filter(ended_at__isnull=False))
    progress("Playing encounters", len(STORIES), len(STORIES))
    return place


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


def _tasks(place: Place, now: datetime) -> dict[str, Assignment]:
    """Assign what is done by now, what is under way, and what still waits."""
    north, south = place.instructors[:2]

    def give(
        by: Person, unit: Unit, scenario: str, ago: int, due: int, words: str,
        assessed: bool = False,
    ) -> Assignment:  # fmt: skip
        at = now - timedelta(days=ago)
        day = (now + timedelta(days=due)).date()
        return assigning.assign(by.actor(), unit.id, scenario, None, day, assessed, words, at)

    return {
        "practice": give(north, place.units[0], "bus", 20, -9, "Notice what you do first."),
        "assessment": give(north, place.units[0], "emergency_room", 6, 6,
                           "The yearly assessment. Take the time you need.", assessed=True),
        "waits": give(north, place.units[0], "school_corridor", 2, 9, "Two young people at once."),
        "south": give(south, place.units[1], "brother", 12, 3, "Before the talk on Thursday."),
    }  # fmt: skip


def _play(
    place: Place, story: Story, number: int, tasks: dict[str, Assignment],
    scripts: dict[str, Script], now: datetime,
) -> Encounter:  # fmt: skip
    """Play one encounter, some days ago, as a scripted responder does."""
    person, at = place.trainees[story.who], now - timedelta(days=story.days)
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


def _again(row: Encounter, scripts: dict[str, Script], now: datetime) -> None:
    """Let a trainee try an encounter again from a point of it, as somebody more skilled would."""
    person = Person.objects.get(pk=row.person_id)
    acts = [e.n for e in stored(row.id) if e.kind in ("say", "move", "wait")]
    at = now - timedelta(days=10.9)
    branch = play.retry(person.actor(), row.id, acts[len(acts) // 3], at)
    story = Story(0, row.scenario, "skilled", 10.9)
    _go_on(person, branch, story, _script(scripts, row.scenario), 99)


def _judged(place: Place, commented: Encounter, scored: Encounter, now: datetime) -> None:
    """Let the instructor comment on one assessment, and comment on and score another."""
    actor = place.instructors[0].actor()
    for row, scores in ((commented, None), (scored, dict.fromkeys(domains(), 2))):
        at = (row.ended_at or now) + timedelta(hours=3)
        said = [e.n for e in stored(row.id) if e.kind == "say"]
        assessing.comment(
            actor, row.id, said[0], "A good first sentence: who you are, and why.", at
        )
        if scores is not None:
            scores |= dict(zip(list(scores)[:2], (3, 1), strict=False))
            assessing.comment(actor, row.id, said[-1], "Here a pause would have served you.", at)
            assessing.score(actor, row.id, scores, "Calm. Ask less, listen longer.", at)
