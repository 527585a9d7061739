"""Bring in the log of an encounter that was played in a terminal, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from stepdown.encounter.log import UNREADABLE, parsed
from stepdown.encounter.log import Event as LogEvent
from stepdown.encounter.review import Review, review
from stepdown.encounter.review.page import render
from stepdown.encounter.review.review import OUTCOMES
from stepdown.encounter.review.worth import acts
from stepdown.encounter.scenario import Scenario
from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Person
from stepdown.web.audit.log import note
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice.models import Encounter, Event
from stepdown.web.practice.reviewing import derived, keep_review

MOST_BYTES = 2 * 1024 * 1024
MOST_EVENTS, MOST_ACTS = 2000, 150
MOST_TOLD = 100
"""Problems of one file that are told; after that, how many more there are."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log that can be read, replayed and reviewed, with the scenario that it holds."""

    events: tuple[LogEvent, ...]
    scenario: Scenario
    found: Review

    @property
    def version(self) -> str:
        """The scenario's digest as the log says it: its order is lost, so its content says less."""
        said = self.events[0].data.get("scenario_hash")
        whole = isinstance(said, str) and re.fullmatch("[0-9a-f]{16}", said)
        return str(said) if whole else self.scenario.digest

    @property
    def lines(self) -> list[str]:
        """The events as they are stored."""
        return [event.line().decode().rstrip("\n") for event in self.events]


def read(content: bytes, name: str) -> Log:
    """Return the log that a file holds. Raises InputProblems that name everything wrong with it."""
    name = "".join(c for c in PurePath(name or "?").name if c.isprintable())[:80] or "?"
    _refuse(name, _outside(content, name))
    whole, _, _ = content.rpartition(b"\n")
    written = whole.split(b"\n") if whole else []
    if len(written) > MOST_EVENTS:
        _refuse(name, [_problem(name, str(len(written)), gettext("2,000 lines at most"))])
    try:
        events = parsed(written, Path(name))
        _refuse(name, [*_unfit(events, name), *_unkept(events, name)])
        found = review(events)
        render(found)
        return Log(events, Scenario.read(events[0].data["scenario"]), found)
    except InputProblems as error:
        raise _shortened(name, error) from None
    except UNREADABLE as error:
        told = f"{type(error).__name__}: {error}"[:120]
        expected = gettext("events that fit each other and the scenario in the log")
        raise InputProblems(name, [_problem(name, told, expected)]) from error


def bring(actor: Actor, content: bytes, name: str, now: datetime) -> tuple[Encounter, bool]:
    """Keep the log of an own encounter as practice; False if it was here already.

    Raises InputProblems; then nothing was stored.
    """
    permit(actor, Action.PRACTISE, Thing(owner=actor.id), "log")
    log = read(content, name)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=actor.person)
        known = _known(actor, log)
        if known is not None:
            return known, False
        row = _row(actor, log, now)
        row.save(force_insert=True)
        lines = enumerate(log.lines)
        Event.objects.bulk_create([Event(encounter=row, n=n, line=line) for n, line in lines])
        derived(row, log.events).save(force_insert=True)
        note(actor, "log brought in", "encounter", row.id, row.thing(), now=now)
    keep_review(row, log.found)
    return row, True


def _row(actor: Actor, log: Log, now: datetime) -> Encounter:
    start, last, home = log.events[0], log.events[-1], actor.home
    return Encounter(
        person_id=actor.person, agency_id=home.agency if home else None,
        unit_id=home.unit if home else None, scenario=log.scenario.id, title=log.scenario.title,
        sector=log.scenario.sector, scenario_hash=log.version, seed=start.data["seed"],
        pace="real" if start.data.get("pace") == "real" else "turn", started_at=now, ended_at=now,
        how=last.data["how"] if last.kind == "end" else "", n_events=len(log.events),
        clock_s=last.t,
    )  # fmt: skip


def _known(actor: Actor, log: Log) -> Encounter | None:
    """Return the encounter that has these very events, if this person has it already."""
    alike = Encounter.objects.filter(
        person_id=actor.person, scenario_hash=log.version, seed=log.events[0].data["seed"],
        n_events=len(log.events),
    )  # fmt: skip
    kept: dict[Any, list[str]] = {}
    for event in Event.objects.filter(encounter__in=alike).order_by("encounter_id", "n"):
        kept.setdefault(event.encounter_id, []).append(event.line)
    same = next((key for key, lines in kept.items() if lines == log.lines), None)
    return Encounter.objects.get(pk=same) if same else None


def _outside(content: bytes, name: str) -> list[Problem]:
    """Return what is wrong with a file before it is read."""
    wrong = []
    if PurePath(name).suffix.lower() != ".jsonl":
        wrong.append(_problem(name, PurePath(name).suffix or name, gettext("a file ending .jsonl")))
    if len(content) > MOST_BYTES:
        wrong.append(_problem(name, f"{len(content) / 2**20:.1f} MB", gettext("2 MB at most")))
    if not content.strip():
        wrong.append(_problem(name, gettext("an empty file"), gettext("the log of an encounter")))
    return wrong


def _unfit(events: Sequence[LogEvent], name: str) -> list[Problem]:
    """Return what no log of the terminal has: an end before its end, more acts than fit in one."""
    wrong = [
        _problem(_line(name, e.n + 1), e.kind, gettext("the last event, and no other, ends"))
        for e in events[:-1] if e.kind == "end"
    ]  # fmt: skip
    wrong += [
        _problem(_line(name, e.n + 1), "start", gettext("one start, in the first line"))
        for e in events[1:] if e.kind == "start"
    ]  # fmt: skip
    if len(acts(events)) > MOST_ACTS:
        told = gettext("150 things said and done at most")
        wrong.append(_problem(name, str(len(acts(events))), told))
    how = events[-1].data.get("how") if events[-1].kind == "end" else "stopped"
    if how not in OUTCOMES:
        where = _line(name, len(events))
        wrong.append(_problem(where, str(how)[:80], ", ".join(OUTCOMES)))
    return wrong


def _unkept(events: Sequence[LogEvent], name: str) -> list[Problem]:
    """Return what a database or a page could not hold."""
    wrong = []
    for event in events:
        where = _line(name, event.n + 1)
        if "\\ud" in event.line().decode().replace("\\\\", ""):
            wrong.append(_problem(where, "\\ud...", gettext("characters that there are")))
    seed = events[0].data["seed"]
    if seed >= 2**63:
        wrong.append(_problem(_line(name, 1), str(seed), gettext("a seed below 2 to the 63")))
    told = events[0].data["scenario"]
    for field in ("title", "sector"):
        if not str(told.get(field, "")).isprintable():
            wrong.append(_problem(f"{_line(name, 1)}, {field}", repr(told[field])[:80],
                                  gettext("a line of text")))  # fmt: skip
    return wrong


def _line(name: str, line: int) -> str:
    return gettext("%(name)s: line %(line)d") % {"name": name, "line": line}


def _refuse(name: str, wrong: list[Problem]) -> None:
    if wrong:
        raise InputProblems(name, wrong)


def _shortened(name: str, error: InputProblems) -> InputProblems:
    """Return the problems of a file, as many as can be read."""
    told, left = list(error.problems[:MOST_TOLD]), len(error.problems) - MOST_TOLD
    if left > 0:
        told.append(_problem(name, gettext("%d more problems") % left, told[0].expected))
    return InputProblems(name, [_clipped(p) for p in told])


def _clipped(problem: Problem) -> Problem:
    """Return a problem with what was given cut short, and nothing in it that no page can show."""
    parts = (problem.where, problem.given, problem.expected, problem.fix)
    return Problem(*(p.encode("utf-8", "replace").decode()[:400] for p in parts))


def _problem(where: str, given: str, expected: str) -> Problem:
    fix = gettext("use the log as `stepdown practice` wrote it; nothing in it may be edited")
    return Problem(where, given, expected, fix)
