"""Who may do what to which record: everything that is not allowed here is refused.

Every page, command and call of the API asks `decide` before it reads or writes. The module knows
no database: an `Actor` and a `Thing` are values. `docs/reference/access.md` is written from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is in an agency, or in a unit of it. One person may be several."""

    TRAINEE = "trainee"
    INSTRUCTOR = "instructor"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    AGENCY_ADMIN = "agency_admin"
    SITE_ADMIN = "site_admin"


class Action(StrEnum):
    """Something that somebody may want to do."""

    PRACTISE = "practise"
    PLAY = "play an encounter"
    READ = "read an encounter's words and review"
    KNOW = "know that an encounter happened"
    RETRY = "try an encounter again from a point of it"
    DELETE_WORDS = "delete the words of an encounter of one's own"
    WATCH = "watch a running assessment"
    INJECT = "set off a happening in a running assessment"
    COMMENT = "comment on an assessment"
    SCORE = "score an assessment by hand"
    SEE_SCORES = "see the machine's and other people's scores of an assessment"
    ASSIGN = "assign a scenario"
    SEE_ASSIGNMENT = "see an assignment and who has done it"
    DO_ASSIGNMENT = "do what was assigned"
    WITHDRAW = "withdraw an assignment"
    ADD_SCENARIO = "add a scenario of the agency's own, and read its file"
    WITHDRAW_SCENARIO = "withdraw a scenario of the agency's own"
    SEE_SCENARIO = "practise a scenario of the agency's own"
    SEE_PEOPLE = "see who is in a unit"
    INVITE = "add a person and make a link to sign in"
    GIVE_ROLE = "give or take a role"
    DEACTIVATE = "let a person in no more, or again"
    MANAGE_AGENCY = "change an agency's units and settings"
    ADD_AGENCY = "add an agency and its first administrator"
    RUN_SITE = "change who administers the site, and let somebody back in"
    SEE_NUMBERS = "see the agency's numbers, without names"
    READ_AUDIT = "read the audit log"
    EXPORT = "export a person's data"
    ERASE = "erase a person's data"
    HOLD = "put a person's data under legal hold, or lift it"
    OWN_ACCOUNT = "see one's own page, tokens and sign-ins"
    SEE_CURRICULUM = "see what the agency teaches, and every version of it"
    PUBLISH = "publish a version of a curriculum"
    SEE_SESSION = "see when and where a session is"
    SCHEDULE = "schedule, change or cancel a session"
    ATTEND = "be noted as there by the code on the wall"
    NOTE_ATTENDANCE = "see and note who was at a session, and what was kept to"
    SEE_TRAINING = "see what a person was taught, their hours and certificates"
    EXEMPT = "see and note who need not attend, and why"
    SEE_ROLLOUT = "see a rollout and export it to a study"
    DRAW = "draw a rollout and note actual dates"
    IMPORT_ROSTER = "read a roster and apply it"
    SEE_READINESS = "see how many are ready, without names"
    SEE_LAPSING = "see by name who lapses soon"
    SET_HOURS = "set the rules that hours are counted by"
    CREDIT = "enter hours from elsewhere, or take them back"
    CERTIFY = "issue a certificate, and look one up by its number"
    EXAMINE = "note the scores of a practical exam, or take them back"
    SEE_PLAN = "see who is to come for a refresher, and why"
    PLAN = "set what refreshers there are and have a plan made"
    AGREE = "let one's own practice count for one's refreshers, or not"
    SEE_FEED = "have the address of a calendar, or withdraw it"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in an agency (all its units), or in one unit. A site administrator has neither."""

    role: Role
    agency: UUID | None = None
    unit: UUID | None = None
    since: datetime = field(default=datetime.max.replace(tzinfo=UTC), compare=False)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. `id` None: nobody is signed in. `alone`: the one person of this machine."""

    id: UUID | None = None
    grants: frozenset[Grant] = frozenset()
    alone: bool = False

    @property
    def person(self) -> UUID:
        """The id of whoever is signed in; the entrance lets nobody else through."""
        if self.id is None:
            raise LookupError("nobody is signed in")
        return self.id

    @property
    def roles(self) -> frozenset[Role]:
        """Every role that this person has somewhere."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def home(self) -> Grant | None:
        """The role whose agency and unit their own practice counts for, if they have one.

        The earliest of their roles as a trainee, else of all: who gives one later takes nothing.
        """
        return min(
            (g for g in self.grants if g.agency),
            key=lambda g: (g.role != Role.TRAINEE, g.since, str(g.agency), str(g.unit)),
            default=None,
        )

    def has(self, role: Role, agency: UUID | None, units: frozenset[UUID] = frozenset()) -> bool:
        """Say whether they have a role in an agency as a whole, or in one of these units of it."""
        return agency is not None and any(
            g.role == role and g.agency == agency and (g.unit is None or g.unit in units)
            for g in self.grants
        )


@dataclass(frozen=True, slots=True)
class Thing:
    """What is acted upon: whose it is, and which agency and units it belongs to."""

    owner: UUID | None = None
    agency: UUID | None = None
    units: frozenset[UUID] = frozenset()
    assessed: bool = False
    ended: bool = False
    assigned: frozenset[UUID] = frozenset()
    """Those to whom an assignment was given."""
    scored_by: frozenset[UUID] = frozenset()
    """Those who have scored an assessment by hand."""
    taught_by: frozenset[UUID] = frozenset()
    """Those who teach a session."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which an action is allowed, in words and as a test."""

    words: str
    holds: Callable[[Actor, Thing], bool] = field(repr=False)


def _owner(actor: Actor, thing: Thing) -> bool:
    return thing.owner is not None and actor.id == thing.owner


def _in(role: Role) -> Callable[[Actor, Thing], bool]:
    return lambda actor, thing: actor.has(role, thing.agency, thing.units)


def _site(actor: Actor, thing: Thing) -> bool:
    return Role.SITE_ADMIN in actor.roles


def _whole(role: Role) -> Callable[[Actor, Thing], bool]:
    """Hold for a role in the agency as a whole; a role in one of its units is not enough."""
    return lambda actor, thing: actor.has(role, thing.agency)


SELF = Rule("it is their own", _owner)
PLAYER = Rule("it is their own and has not ended", lambda a, t: _owner(a, t) and not t.ended)
LOOKED_BACK = Rule("it is their own and has ended", lambda a, t: _owner(a, t) and t.ended)
OWN_PRACTICE = Rule(
    "it is their own practice, not an assessment", lambda a, t: _owner(a, t) and not t.assessed
)
SIGNED_IN = Rule("they are signed in", lambda actor, _: actor.id is not None)
EXAMINER = Rule(
    "it is somebody else's assessment, and they instruct its unit",
    lambda a, t: t.assessed and not _owner(a, t) and a.has(Role.INSTRUCTOR, t.agency, t.units),
)
RUNNING = Rule(
    "it is somebody else's running assessment, and they instruct its unit",
    lambda a, t: not t.ended and EXAMINER.holds(a, t),
)
SCORER = Rule(
    "it is somebody else's ended assessment, they instruct its unit and have scored it by hand",
    lambda a, t: t.ended and a.id in t.scored_by and EXAMINER.holds(a, t),
)
ASSIGNED = Rule(
    "it was assigned to them, and they are still a trainee of the unit",
    lambda a, t: a.id in t.assigned and a.has(Role.TRAINEE, t.agency, t.units),
)
MAKER = Rule(
    "it is their own, and they still instruct there",
    lambda a, t: _owner(a, t) and a.has(Role.INSTRUCTOR, t.agency, t.units),
)
EXAMINES = Rule(
    "they instruct the unit, and it is nobody's exam yet or somebody else's",
    lambda a, t: not _owner(a, t) and a.has(Role.INSTRUCTOR, t.agency, t.units),
)
COORDINATES_EXAM = Rule(
    "they coordinate the unit or agency, and it is nobody's exam yet or somebody else's",
    lambda a, t: not _owner(a, t) and a.has(Role.COORDINATOR, t.agency, t.units),
)
COORDINATES_OTHERS = Rule(
    "they coordinate the unit or agency, and it is not about themselves",
    lambda a, t: not _owner(a, t) and a.has(Role.COORDINATOR, t.agency, t.units),
)
INSTRUCTOR = Rule("they instruct the unit", _in(Role.INSTRUCTOR))
COORDINATOR = Rule("they coordinate the unit or agency", _in(Role.COORDINATOR))
ADMIN = Rule("they administer the agency", _whole(Role.AGENCY_ADMIN))
SITE = Rule("they administer the site", _site)
ANALYST = Rule("they are an analyst of the agency", _whole(Role.ANALYST))
COORDINATES_ALL = Rule("they coordinate the whole agency", _whole(Role.COORDINATOR))
TEACHES = Rule(
    "they teach it, and still instruct in the agency",
    lambda a, t: a.id in t.taught_by and any(
        g.role == Role.INSTRUCTOR and g.agency == t.agency and t.agency is not None
        for g in a.grants
    ),
)  # fmt: skip
TAUGHT = Rule(
    "they are trained in the unit, or in the agency where it is for all of it, and do not teach it",
    lambda a, t: a.id not in t.taught_by and any(
        g.role == Role.TRAINEE and g.agency == t.agency and t.agency is not None
        and (not t.units or g.unit is None or g.unit in t.units)
        for g in a.grants
    ),
)  # fmt: skip
MEMBER = Rule(
    "they belong to the agency",
    lambda a, t: t.agency is not None and any(g.agency == t.agency for g in a.grants),
)

RULES: dict[Action, tuple[Rule, ...]] = {
    Action.PRACTISE: (SIGNED_IN,),
    Action.OWN_ACCOUNT: (SIGNED_IN,),
    Action.PLAY: (PLAYER,),
    Action.READ: (SELF, EXAMINER),
    Action.RETRY: (LOOKED_BACK,),
    Action.DELETE_WORDS: (OWN_PRACTICE,),
    Action.KNOW: (SELF, INSTRUCTOR, COORDINATOR),
    Action.WATCH: (RUNNING,),
    Action.INJECT: (RUNNING,),
    Action.COMMENT: (EXAMINER,),
    Action.SCORE: (EXAMINER,),
    Action.SEE_SCORES: (SELF, SCORER),
    Action.ASSIGN: (INSTRUCTOR, COORDINATOR),
    Action.SEE_ASSIGNMENT: (INSTRUCTOR, COORDINATOR),
    Action.DO_ASSIGNMENT: (ASSIGNED,),
    Action.WITHDRAW: (MAKER, COORDINATOR),
    Action.ADD_SCENARIO: (INSTRUCTOR, COORDINATOR),
    Action.WITHDRAW_SCENARIO: (MAKER, COORDINATOR),
    Action.SEE_SCENARIO: (MEMBER,),
    Action.SEE_PEOPLE: (INSTRUCTOR, COORDINATOR, ADMIN),
    Action.INVITE: (ADMIN,),
    Action.GIVE_ROLE: (ADMIN,),
    Action.DEACTIVATE: (ADMIN,),
    Action.MANAGE_AGENCY: (ADMIN,),
    Action.ADD_AGENCY: (SITE,),
    Action.RUN_SITE: (SITE,),
    Action.SEE_NUMBERS: (ANALYST, COORDINATOR, ADMIN),
    Action.READ_AUDIT: (ADMIN, SITE),
    Action.EXPORT: (SELF,),
    Action.ERASE: (SELF, ADMIN),
    Action.HOLD: (ADMIN,),
    Action.SEE_CURRICULUM: (MEMBER,),
    Action.PUBLISH: (COORDINATES_ALL,),
    Action.SEE_SESSION: (MEMBER,),
    Action.SCHEDULE: (INSTRUCTOR, COORDINATOR),
    Action.ATTEND: (TAUGHT,),
    Action.NOTE_ATTENDANCE: (TEACHES, INSTRUCTOR, COORDINATOR),
    Action.SEE_TRAINING: (SELF, INSTRUCTOR, COORDINATOR),
    Action.EXEMPT: (COORDINATES_OTHERS,),
    Action.SEE_ROLLOUT: (COORDINATES_ALL, ANALYST, ADMIN),
    Action.DRAW: (COORDINATES_ALL,),
    Action.IMPORT_ROSTER: (COORDINATES_ALL, ADMIN),
    Action.SEE_READINESS: (COORDINATES_ALL, ANALYST, ADMIN),
    Action.SEE_LAPSING: (COORDINATES_ALL,),
    Action.SET_HOURS: (COORDINATES_ALL,),
    Action.CREDIT: (COORDINATES_OTHERS,),
    Action.CERTIFY: (COORDINATES_OTHERS,),
    Action.EXAMINE: (EXAMINES, COORDINATES_EXAM),
    Action.SEE_PLAN: (SELF, INSTRUCTOR, COORDINATOR),
    Action.PLAN: (COORDINATES_ALL,),
    Action.AGREE: (SELF,),
    Action.SEE_FEED: (SELF, INSTRUCTOR, COORDINATOR),
}
"""Each action with the ways in which it is allowed; any one is enough."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed, and by which rule or why not."""

    allowed: bool
    why: str


def decide(actor: Actor, action: Action, thing: Thing) -> Decision:
    """Decide whether `actor` may do `action` to `thing`. What no rule allows is refused."""
    if actor.id is None:
        return Decision(False, "nobody is signed in")
    for rule in RULES.get(action, ()):
        if rule.holds(actor, thing):
            return Decision(True, rule.words)
    ways = ", or ".join(rule.words for rule in RULES.get(action, ())) or "nobody may"
    return Decision(False, f"needs: {ways}")


NEED_SECOND_FACTOR = frozenset(Role) - {Role.TRAINEE}
"""Roles that must sign in with a second factor."""
