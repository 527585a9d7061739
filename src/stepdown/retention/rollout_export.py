"""A rollout on record → the study file and the people table that `stepdown evaluate` reads.

Written as text: the dates that were drawn go under `assigned`, the actual ones under `trained`. The
agency adds its incidents.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ruamel.yaml import YAML

from stepdown.problems import InputProblems, Problem
from stepdown.retention.rollout import Assigned
from stepdown.retention.rollout_plan import day_text, unusable
from stepdown.retention.rollout_record import Rollout

STUDY, PEOPLE, INCIDENTS = "study.yaml", "people.csv", "incidents.csv"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class StudyPerson:
    """A person of the study: the unit they were in when lots were drawn, service, own training.

    `trained` None: the actual date of their unit, if there is one; with `on_record`, where who
    came is on record for their unit: they were not trained. `attended`: how many minutes of the
    programme on which days. `completed`: the day on which they had been at all parts of it.
    """

    id: str
    unit: str
    start: dt.date
    end: dt.date | None = None
    trained: dt.date | None = None
    on_record: bool = False
    attended: tuple[tuple[dt.date, int], ...] = ()
    completed: dt.date | None = None

    def serves(self, day: dt.date) -> bool:
        """Say whether a day is one of their service."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class StudyOutcome:
    """Something that is counted, as the study file has it. A safety outcome needs a `margin`."""

    name: str
    unit_of_count: str
    role: Literal["primary", "secondary", "safety"] = "secondary"
    smallest_effect: str | None = "-10%"
    margin: str | None = None


@dataclass(frozen=True, slots=True)
class StudyFrame:
    """What a rollout does not know of its study. `first` and `last` are months, YYYY-MM.

    Incidents stand in `incidents.csv` with the columns person, date, outcome.
    """

    title: str
    first: str
    last: str
    outcomes: tuple[StudyOutcome, ...]
    frequency: Literal["week", "month", "quarter"] = "month"


def study_files(
    rollout: Rollout, people: Iterable[StudyPerson], frame: StudyFrame, limits: Iterable[str] = ()
) -> dict[str, str]:
    """Return study.yaml and people.csv by name.

    Where people were drawn, a person's own id is the unit of the draw. People who were not part of
    the draw are left out, and the study says how many; `limits`: what else it cannot show. Nobody
    is called trained on a day on which they did not serve. Raises InputProblems.
    """
    given = tuple(people)
    by_unit = {a.unit: a for a in rollout.draw.assigned}
    clusters = rollout.draw.plan.level == "cluster"
    pairs = [(p, by_unit.get(p.unit if clusters else p.id)) for p in given]
    drawn = [(person, assigned) for person, assigned in pairs if assigned is not None]
    wrong = [
        *_bad_people(given, len(drawn)),
        *_too_early(rollout, drawn),
        *_bad_frame(rollout, frame),
    ]
    if wrong:
        raise InputProblems("the export", wrong[:200])
    return {
        STUDY: _study(rollout, frame, len(given) - len(drawn), limits),
        PEOPLE: _people(rollout, drawn, clusters, _last_day(frame.last)),
    }


def _last_day(month: str) -> dt.date:
    """Return the last day of a month, YYYY-MM."""
    year, number = int(month[:4]), int(month[5:])
    return dt.date(year, number, calendar.monthrange(year, number)[1])


def _people(
    rollout: Rollout, drawn: list[tuple[StudyPerson, Assigned]], clusters: bool, until: dt.date
) -> str:
    actual = rollout.trained()
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(
        ["person", "start", "end", "assigned", "trained", "dose_hours", "completed", "unit",
         "stratum"]
    )  # fmt: skip
    for person, assigned in sorted(drawn, key=lambda pair: pair[0].id):
        trained = person.trained
        if trained is None and not person.on_record:
            trained = actual.get(assigned.unit)
        write(
            [
                person.id,
                person.start.isoformat(),
                person.end.isoformat() if person.end else "",
                day_text(assigned.due),
                _served(person, trained),
                _dose(person, until),
                _served(person, person.completed),
                assigned.unit if clusters else person.unit,
                assigned.stratum,
            ]
        )
    return out.getvalue()


def _served(person: StudyPerson, day: dt.date | None) -> str:
    return day.isoformat() if day is not None and person.serves(day) else ""


def _dose(person: StudyPerson, until: dt.date) -> str:
    """Return the hours attended; nothing where no attendance is on record."""
    if not person.attended:
        return "0" if person.on_record else ""
    minutes = sum(n for day, n in person.attended if day <= until and person.serves(day))
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def _study(rollout: Rollout, frame: StudyFrame, left_out: int, more: Iterable[str]) -> str:
    draw = rollout.draw
    columns = {"file": PEOPLE, "unit": "person", "start": "start", "end": "end",
               "assigned": "assigned", "trained": "trained"}  # fmt: skip
    if any(a.stratum for a in draw.assigned):
        columns["strata"] = "stratum"
    if draw.plan.level == "cluster":
        columns["cluster"] = "unit"
    limits = [
        f"Drawn on {draw.drawn_at.date()} by seed {draw.seed} ({draw.algorithm}); record "
        f"{draw.digest}.",
        "Trained means: the first day on record at any session of the programme, however short, or "
        "else the actual date of the unit. How much of it somebody attended until the end of "
        f"{frame.last} stands in {PEOPLE} as dose_hours, and the day on which they had attended "
        "all parts as completed; both are blank where no attendance is on record.",
    ]
    if left_out:
        limits.append(f"{left_out} people were not part of the draw and are not in these data.")
    limits += more
    study: dict[str, Any] = {
        "title": frame.title,
        "data": {
            "people": columns,
            "incidents": [
                {"file": INCIDENTS, "unit": "person", "date": "date", "outcome": "outcome"}
            ],
            "frequency": frame.frequency,
            "first": frame.first,
            "last": frame.last,
        },
        "design": {"assignment": "randomized", "level": draw.plan.level},
        "outcomes": [_outcome(outcome) for outcome in frame.outcomes],
        "limits": limits,
    }
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 1000
    yaml.dump(study, out)
    return out.getvalue()


def _outcome(outcome: StudyOutcome) -> dict[str, str]:
    size = ("margin", outcome.margin) if outcome.role == "safety" else (
        "smallest_effect", outcome.smallest_effect
    )  # fmt: skip
    values = {"name": outcome.name, "role": outcome.role, "unit_of_count": outcome.unit_of_count}
    return values | ({size[0]: size[1]} if size[1] is not None else {})


def _bad_people(people: tuple[StudyPerson, ...], drawn: int) -> list[Problem]:
    found = [
        Problem(f"person {n}", repr(p.id)[:60], why, "give them another number")
        for n, p in enumerate(people, start=1)
        if (why := unusable(p.id))
    ]
    found += [
        Problem("people", f"'{who}' {times} times", "each person once", "leave the others out")
        for who, times in Counter(p.id for p in people).items()
        if times > 1
    ]
    found += [
        Problem(f"person {p.id}", f"{p.end}, before {p.start}", "a last day after the first",
                "correct one of the days")
        for p in people if p.end is not None and p.end < p.start
    ]  # fmt: skip
    if not drawn:
        found.append(
            Problem("people", "nobody of a unit that was drawn", "the people of these units",
                    "give the unit each person was in when lots were drawn")
        )  # fmt: skip
    return found


def _too_early(
    rollout: Rollout, drawn: Iterable[tuple[StudyPerson, Assigned]]
) -> Iterator[Problem]:
    """Find whoever was trained before lots were drawn: no draw decided about them."""
    day = rollout.draw.drawn_at.date()
    for person, _assigned in drawn:
        if person.trained is not None and person.trained < day:
            given = f"trained on {person.trained}, before the draw of {day}"
            fix = "correct the day, or leave out whoever was trained before the draw"
            yield Problem(f"person {person.id}", given, f"a day from {day} on, or none", fix)


def _bad_frame(rollout: Rollout, frame: StudyFrame) -> list[Problem]:
    found = []
    months = [_MONTH.fullmatch(text) for text in (frame.first, frame.last)]
    for name, text, month in zip(("first", "last"), (frame.first, frame.last), months, strict=True):
        if month is None:
            found.append(Problem(name, text[:40], "a month, YYYY-MM", "write it like 2025-01"))
    starts = [w.start for w in rollout.draw.plan.waves if w.start is not None]
    if all(months) and not frame.first < starts[0].isoformat()[:7] <= frame.last:
        found.append(
            Problem("first and last", f"{frame.first} to {frame.last}",
                    f"months from before the first wave ({starts[0]}) until after it",
                    "add months before training: without them nothing can be compared")
        )  # fmt: skip
    if not frame.outcomes:
        found.append(Problem("outcomes", "none", "at least one", "say what is counted"))
    return found
