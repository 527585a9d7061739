"""Play: start an encounter, do one thing in it, try again from a point of it.

An act is acknowledged only when its events are on the disk. It is worked out first and written
then, in one short transaction that holds only if nobody wrote in between; else it is worked out
again. Sent twice with one key it is done once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from stepdown.encounter.log import Event as LogEvent
from stepdown.encounter.play import Encounter as Played
from stepdown.encounter.play import begun, start_event
from stepdown.encounter.scenario import Scenario
from stepdown.problems import InputProblems, Problem
from stepdown.technique.coders import coder_for
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice.clock import SPEED, Clock
from stepdown.web.practice.deeds import QUIET, Deed, perform, require_known
from stepdown.web.practice.live import Ready, forget, keep, ready, stored
from stepdown.web.practice.models import PACES, Act, Assignment, Encounter, Event

TRIES = 8


class Busy(Exception):
    """Somebody else kept writing to the same encounter; sending again is safe."""


class KeyUsed(InputProblems):
    """A key was sent before, with something else."""


class NotEnded(InputProblems):
    """An encounter still runs; trying it again would tell how it may go on."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed brought about: the row as it is now, the new events, and what to draw from."""

    row: Encounter
    events: tuple[LogEvent, ...]
    played: Played


def find(actor: Actor, encounter: UUID, action: Action) -> Encounter:
    """Return an encounter if the policy allows. Raises Missing or Refused."""
    row = Encounter.objects.select_related("person", "unit").filter(pk=encounter).first()
    if row is None:
        raise Missing(f"no encounter {encounter}")
    permit(actor, action, row.thing(), "encounter", row.id)
    return row


def find_ended(actor: Actor, encounter: UUID) -> Encounter:
    """Return an encounter of one's own that has ended. Raises Missing, Refused or NotEnded."""
    row = Encounter.objects.filter(pk=encounter, ended_at=None).first()
    if row is not None and row.person_id == actor.id:
        where, given = gettext("the encounter"), gettext("It has not ended yet")
        fix = gettext("play it to its end, or stop it")
        raise NotEnded(where, [Problem(where, given, gettext("one that has ended"), fix)])
    return find(actor, encounter, Action.RETRY)


def start(
    actor: Actor, scenario: Scenario, key: str, pace: str, now: datetime, *,
    assignment: Assignment | None = None, seed: int | None = None,
) -> Encounter:  # fmt: skip
    """Begin an encounter: practice, or the assessment that an assignment announces."""
    permit(actor, Action.PRACTISE, Thing(owner=actor.id), "scenario", key)
    if pace not in PACES:
        expected = gettext("one of %(names)s") % {"names": ", ".join(PACES)}
        problem = Problem("pace", pace[:20], expected, gettext("choose one"))
        raise InputProblems(gettext("the pace"), [problem])
    seed = secrets.randbelow(2**32) if seed is None else seed
    event = start_event(scenario, seed, pace, coder_for(scenario.language).digest)
    home = actor.home
    agency, unit = (home.agency, home.unit) if home else (None, None)
    if assignment is not None:
        agency, unit = assignment.unit.agency_id, assignment.unit_id
    row = Encounter(
        person_id=actor.person, agency_id=agency, unit_id=unit, assignment=assignment,
        assessed=assignment is not None and assignment.assessed, scenario=key,
        title=scenario.title, sector=scenario.sector, scenario_hash=scenario.digest, seed=seed,
        pace=pace, started_at=now, seen_at=now if pace in SPEED else None,
    )  # fmt: skip
    return _begin(actor, row, [event], now)


def retry(actor: Actor, encounter: UUID, at: int, now: datetime) -> Encounter:
    """Try again from event `at` of one that has ended: all before it stays. It is practice, always.

    Raises Missing, Refused, NotEnded or InputProblems.
    """
    old = find_ended(actor, encounter)
    if not 1 <= at < max(old.n_events, 1):
        told = gettext("words not deleted yet")
        if old.n_events:
            told = gettext("an event from 1 to %(last)d") % {"last": old.n_events - 1}
        problem = Problem("at", str(at), told, gettext("choose one in the review"))
        raise InputProblems(gettext("the event"), [problem])
    kept = begun(stored(old.id), at)
    row = Encounter(
        person_id=actor.person, agency_id=old.agency_id, unit_id=old.unit_id, scenario=old.scenario,
        title=old.title, sector=old.sector, scenario_hash=old.scenario_hash, seed=old.seed,
        pace=old.pace, started_at=now, parent=old, parent_n=at, clock_s=kept[-1].t,
        seen_at=now if old.pace in SPEED else None,
    )  # fmt: skip
    return _begin(actor, row, kept, now)


def do(actor: Actor, encounter: UUID, key: UUID | None, deed: Deed, now: datetime) -> Done:
    """Do one thing in an encounter, once, and return when it is on the disk.

    Raises Refused or Missing, InputProblems if the same key was sent with other content, Busy.
    """
    action = Action.INJECT if deed.kind == "inject" else Action.PLAY
    for _ in range(TRIES):
        row = Encounter.objects.filter(pk=encounter).first()
        if row is None:
            raise Missing(f"no encounter {encounter}")
        earlier = Act.objects.filter(encounter=row, key=key).first() if key else None
        if earlier is not None:
            permit(actor, Action.INJECT if deed.kind == "inject" else Action.READ, row.thing(),
                   "encounter", row.id)  # fmt: skip
            return _again(row, earlier, deed)
        permit(actor, action, row.thing(), "encounter", row.id)
        done = _once(actor, row, key, deed, now)
        if done is not None:
            return done
        forget(row.id)
    raise Busy("the encounter is busy")


def resumed(row: Encounter) -> tuple[Ready, Played]:
    """Return an encounter as it stood when it was last heard of, seconds without event included.

    Those seconds pass again with the same random numbers, so nothing happens in them that did not.
    """
    made = ready(row.id, row.n_events)
    coder = coder_for(made.world.scenario.language)
    played = Played(made.events, coder, _unwritten, world=made.world)
    played.advance(row.clock_s)
    return made, played


def _once(actor: Actor, row: Encounter, key: UUID | None, deed: Deed, now: datetime) -> Done | None:
    """Work a deed out and write it; None if somebody wrote in between."""
    known = (row.n_events, row.clock_s, row.seen_at)
    made, played = resumed(row)
    require_known(played, deed)
    events = tuple(_played(row, played, deed, now))
    row.n_events += len(events)
    if played.over:
        row.ended_at, row.how = now, str((played.world.ended or {})["how"])
        row.seen_at = None
    try:
        with transaction.atomic():
            if not _hold(row, *known):
                return None
            if events:
                Event.objects.bulk_create(_rows(row, events))
            if key is not None and deed.kind not in QUIET:
                Act.objects.create(
                    encounter=row, key=key, digest=deed.digest, first=known[0], until=row.n_events
                )
            if played.over:
                note(actor, "encounter ended", "encounter", row.id, row.thing(), now=now)
            if deed.kind == "inject":
                note(actor, Action.INJECT.value, "encounter", row.id, row.thing(), now=now)
    except IntegrityError:
        return None
    keep(row.id, Ready((*made.events, *events), played.world))
    return Done(row, events, played)


def _played(row: Encounter, played: Played, deed: Deed, now: datetime) -> list[LogEvent]:
    """Perform a deed and set the row's clock: by an act it runs, by a tick it goes on if it runs.

    What an instructor sets off happens where the clock is: the page was not heard of.
    """
    real = row.pace in SPEED
    if deed.kind == "inject":
        return perform(played, deed, None)
    at = Clock(row.clock_s, row.seen_at).at(now, row.pace, played.world.t)
    events = perform(played, deed, at if real else None)
    stands = deed.kind == "pause" or (deed.kind == "tick" and row.seen_at is None)
    row.clock_s = at if real else played.t
    row.seen_at = None if stands or played.over or not real else now
    return events


def _hold(row: Encounter, n_events: int, clock_s: float, seen_at: datetime | None) -> bool:
    """Write the row if it is still as it was when the deed was worked out from it."""
    fields = {f: getattr(row, f) for f in ("n_events", "clock_s", "seen_at", "ended_at", "how")}
    unchanged = Encounter.objects.filter(
        pk=row.pk, n_events=n_events, clock_s=clock_s, seen_at=seen_at, ended_at=None
    )
    return unchanged.update(**fields) == 1


def _again(row: Encounter, earlier: Act, deed: Deed) -> Done:
    """Return what the same act brought about when it was done."""
    if earlier.digest != deed.digest:
        fix = gettext("reload the page and send it again")
        problem = Problem(
            "key", gettext("a key that was used"), gettext("a new key for each act"), fix
        )
        raise KeyUsed(gettext("what you sent"), [problem])
    made, played = resumed(row)
    return Done(row, made.events[earlier.first : earlier.until], played)


def _begin(actor: Actor, row: Encounter, events: Sequence[LogEvent], now: datetime) -> Encounter:
    row.n_events = len(events)
    with transaction.atomic():
        row.save(force_insert=True)
        Event.objects.bulk_create(_rows(row, events))
        detail = {"assessed": row.assessed, "scenario": row.scenario}
        note(actor, "encounter started", "encounter", row.id, row.thing(), detail=detail, now=now)
    return row


def _rows(row: Encounter, events: Sequence[LogEvent]) -> list[Event]:
    return [Event(encounter=row, n=e.n, line=e.line().decode().rstrip("\n")) for e in events]


def _unwritten(event: LogEvent) -> None:
    """Events are written together, when the act is worked out."""
