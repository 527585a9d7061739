"""Reviews of encounters, and what stays of them: skill, derived once from the events."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from stepdown.encounter.log import UNREADABLE, event_of
from stepdown.encounter.log import Event as LogEvent
from stepdown.encounter.review import Review, review
from stepdown.encounter.review.judges import Played
from stepdown.encounter.review.reading import readings
from stepdown.encounter.review.review import OUTCOMES, Moment, Point
from stepdown.encounter.review.rubric import TOO_FEW_ACTS, domains, rubric
from stepdown.encounter.review.worth import Worth, acts
from stepdown.encounter.world import worlds
from stepdown.problems import InputProblems
from stepdown.web.practice.live import ready
from stepdown.web.practice.models import Comment, Encounter, Event, HandScore, Skill
from stepdown.web.practice.showing import what_happened

KEPT = 32
DERIVED_AT_ONCE = 5
"""How many encounters are worked out, at most, while somebody waits for a page."""

_kept: OrderedDict[tuple[UUID, int], Review] = OrderedDict()
_lock = threading.Lock()


def reviewed(row: Encounter) -> Review:
    """Return the review of an encounter whose words are still there. Raises InputProblems."""
    key = (row.id, row.n_events)
    with _lock:
        found = _kept.get(key)
    return found or keep_review(row, review(ready(*key).events))


def shown(row: Encounter) -> Review:
    """Return a review with what happened told in the reader's language. Raises InputProblems."""
    found, made = reviewed(row), ready(row.id, row.n_events)
    what = [what_happened(event, made.world) for event in made.events]

    def each(moments: Sequence[Moment]) -> tuple[Moment, ...]:
        return tuple(replace(moment, what=what[moment.event]) for moment in moments)

    timeline = tuple(replace(point, what=what[point.event]) for point in found.timeline)
    return replace(found, timeline=timeline, helped=each(found.helped), hurt=each(found.hurt))


def keep_review(row: Encounter, made: Review) -> Review:
    """Keep a review ready; the one that was not asked for longest goes."""
    key = (row.id, row.n_events)
    with _lock:
        _kept[key] = made
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def forget_review(encounter: UUID) -> None:
    """Keep the reviews of an encounter no longer: its words were deleted."""
    with _lock:
        for key in [k for k in _kept if k[0] == encounter]:
            del _kept[key]


def skill_of(row: Encounter) -> Skill | None:
    """Return what an ended encounter showed, derived and stored the first time it is asked for.

    It stays when the words are deleted; None if they went before it was derived.
    """
    known = Skill.objects.filter(encounter=row).first()
    if known or row.ended_at is None or row.erased_at is not None:
        return known
    made = derived(row, ready(row.id, row.n_events).events)
    Skill.objects.bulk_create([made], ignore_conflicts=True)
    return Skill.objects.get(encounter=row)


def skills_of(person: UUID, most: int | None = None) -> list[Skill]:
    """Return the skill of a person's ended encounters, oldest first; of the last `most` of them.

    What was not derived yet is derived now, the newest few first.
    """
    ended = Encounter.objects.filter(person_id=person, ended_at__isnull=False)
    missing = ended.filter(skill=None, erased_at=None).order_by("-ended_at")
    derive(missing[:DERIVED_AT_ONCE])
    found = Skill.objects.filter(encounter__person_id=person).select_related("encounter")
    newest = found.order_by("-encounter__ended_at", "-encounter__started_at")
    return list(newest[:most] if most else newest)[::-1]


def derive(rows: Iterable[Encounter]) -> None:
    """Derive and store the skill of ended encounters, those that can be read."""
    by_id = {row.id: row for row in rows}
    if not by_id:
        return
    logs: dict[UUID, list[str]] = defaultdict(list)
    for event in Event.objects.filter(encounter__in=by_id).order_by("encounter_id", "n"):
        logs[event.encounter_id].append(event.line)
    made = []
    for encounter, written in logs.items():
        try:
            made.append(derived(by_id[encounter], [event_of(line) for line in written]))
        except (InputProblems, *UNREADABLE):
            continue
    Skill.objects.bulk_create(made, ignore_conflicts=True)


def derived(row: Encounter, events: Sequence[LogEvent]) -> Skill:
    """Return what the events of an encounter show, not stored yet."""
    after = list(worlds(events))
    found = rubric(Played(events, after, readings(events, after)))
    how = str((after[-1].ended or {"how": ""})["how"])
    return Skill(
        encounter=row, domains={d.id: d.score for d in found},
        outcome=OUTCOMES.get(how, "not ended"), seconds=after[-1].t, turns=len(acts(events)),
    )  # fmt: skip


def telling(skills: Iterable[Skill]) -> list[Skill]:
    """Return those that say something about technique: enough was done, and from the start.

    A second try is left out, since it begins with what was done the first time.
    """
    return [s for s in skills if s.turns >= TOO_FEW_ACTS and s.encounter.parent_id is None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: an event, what it was worth, and what instructors wrote beside it."""

    point: Point
    worth: Worth | None
    comments: tuple[Comment, ...]

    @property
    def again(self) -> bool:
        """Whether one can try again from here: the trainee did something."""
        return self.point.kind in ("say", "move", "wait")


def lines(found: Review, comments: Iterable[Comment]) -> list[Line]:
    """Return the encounter line by line."""
    worth = {w.event: w for w in found.worth}
    beside: dict[int, list[Comment]] = defaultdict(list)
    for comment in comments:
        beside[comment.n].append(comment)
    return [Line(p, worth.get(p.event), tuple(beside[p.event])) for p in found.timeline]


@dataclass(frozen=True, slots=True)
class Scored:
    """One domain for a page without words: its name and score, and those given by hand."""

    name: str
    score: int | None
    by_hand: tuple[object, ...] = ()


def scored(skill: Skill | None, by_hand: Sequence[HandScore] = ()) -> list[Scored]:
    """Return the domains with the scores that stay."""
    given = skill.domains if skill else {}
    return [
        Scored(name, given.get(key), tuple(hand.domains.get(key) for hand in by_hand))
        for key, name in domains().items()
    ]
