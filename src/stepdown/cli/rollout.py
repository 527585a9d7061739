"""Commands for a rollout: draw who is trained when, and hand it to an evaluation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from stepdown.cli.console import OUT, AsJson, errors, plain, print_json
from stepdown.problems import InputProblems, Problem

if TYPE_CHECKING:
    from stepdown.retention.rollout_plan import DrawnUnit
    from stepdown.retention.rollout_record import Rollout

rollout_app = typer.Typer(no_args_is_help=True, help="Rollouts: draw who is trained when.")


@rollout_app.callback()
def _rollout() -> None:
    """Rollouts: draw who is trained when."""


@rollout_app.command("draw")
def draw_waves(
    units: Annotated[Path, typer.Argument(help="CSV with the columns unit and, if any, stratum.")],
    seed: Annotated[int, typer.Option(help="A number nobody could choose: throw dice.")],
    wave: Annotated[
        list[str], typer.Option(help="First day of a wave, or `never`; again for each wave.")
    ],
    out: Annotated[Path, typer.Option(help="File for the record of the draw.")],
    level: Annotated[
        Literal["unit", "cluster"], typer.Option(help="cluster: groups are drawn; unit: people.")
    ] = "cluster",
    first_session: Annotated[
        str | None, typer.Option(help="When training begins; else midnight of the first wave.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw which unit is trained in which wave, before the first session.

    The record holds seed, time, algorithm and a digest: anybody can redraw it. A record is never
    written over. Exit code 0, or 2 if the plan cannot be drawn.
    """
    with errors(as_json):
        from stepdown.retention.rollout import draw
        from stepdown.retention.rollout_plan import RolloutPlan, even_waves
        from stepdown.retention.rollout_record import Rollout, rollout_text
        from stepdown.whole_file import write_whole

        if out.exists():
            problem = Problem(str(out), "a file that exists", "a new file", "a draw is made once")
            raise InputProblems(out.name, [problem])
        starts = [None if w == "never" else _day(w, "--wave") for w in wave]
        listed = _units(units)
        plan = RolloutPlan(listed, even_waves(len(listed), starts), level)
        now = dt.datetime.now().astimezone()
        drawn = draw(plan, seed, now, _begins(first_session, starts, now))
        rollout = Rollout(drawn)
        write_whole(out, rollout_text(rollout).encode())
    _show(rollout, out, as_json)


@rollout_app.command("check")
def check(
    record: Annotated[Path, typer.Argument(help="The record of a draw.")], as_json: AsJson = False
) -> None:
    """Draw again from a record, and say whether the same comes out. Exit code 0, or 2 if not."""
    with errors(as_json):
        rollout = _read(record)
    _show(rollout, record, as_json)


@rollout_app.command("note")
def note(
    record: Annotated[Path, typer.Argument(help="The record of a draw.")],
    unit: Annotated[str, typer.Argument(help="The unit, as it was drawn.")],
    day: Annotated[
        str | None, typer.Argument(help="The day on which it was in fact trained, YYYY-MM-DD.")
    ] = None,
    why: Annotated[
        str, typer.Option("--note", help="A remark; why, where a day stands there already.")
    ] = "",
    by: Annotated[str, typer.Option(help="Who writes it down.")] = "",
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Take back the day that stands there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write down when a unit was in fact trained, beside the date that was drawn.

    Nothing is overwritten: a later entry stands in for an earlier one, and says why. The draw and
    its digest stay as they are. Exit code 0, or 2.
    """
    with errors(as_json):
        from stepdown.retention.rollout_record import Actual, record_actual, rollout_text
        from stepdown.whole_file import write_whole

        rollout = _read(record)
        if (day is None) != take_back:
            given = "both" if take_back else "neither"
            problem = Problem("day", given, "a day, or --take-back", "give one of the two")
            raise InputProblems("the actual date", [problem])
        noted = None if day is None else _day(day, "day", "a day, YYYY-MM-DD")
        before = [entry.day for entry in rollout.actual if entry.unit == unit]
        wrong = list(_bad_note(noted, why, before))
        now = dt.datetime.now().astimezone()
        try:
            rollout = record_actual(rollout, Actual(unit, noted, now, by, why))
        except InputProblems as error:
            wrong += error.problems
        if wrong:
            raise InputProblems("the actual date", wrong)
        write_whole(record, rollout_text(rollout).encode())
    _show_actual(rollout, record, unit, as_json)


@rollout_app.command("export")
def export(
    record: Annotated[Path, typer.Argument(help="The record of a draw.")],
    people: Annotated[Path, typer.Option(help="Roster on the day of the draw, with `start`.")],
    first: Annotated[str, typer.Option(help="First month of the study, YYYY-MM.")],
    last: Annotated[str, typer.Option(help="Last month of the study, YYYY-MM.")],
    out: Annotated[Path, typer.Option(help="Folder for study.yaml and people.csv.")],
    mapping: Annotated[
        Path | None, typer.Option(help="Which column of the roster is which (YAML).")
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the briefing.")] = "Our rollout",
    as_json: AsJson = False,
) -> None:
    """Write a study file and its people table for `stepdown evaluate`.

    Add incidents.csv (person, date, outcome) and adapt the outcomes. Exit code 0, or 2.
    """
    with errors(as_json):
        from stepdown.interop.delimited import file_bytes
        from stepdown.interop.roster import read_roster
        from stepdown.interop.roster_mapping import KIND, read_mapping
        from stepdown.retention.rollout_export import (
            StudyFrame,
            StudyOutcome,
            StudyPerson,
            study_files,
        )
        from stepdown.whole_file import write_whole
        from stepdown.yaml_text import file_text

        rollout = _read(record)
        chosen = read_mapping(file_text(mapping, KIND), mapping.name) if mapping else None
        roster = read_roster(file_bytes(people), chosen, people.name)
        missing = [
            Problem(f"row {p.row}", "no first day", "YYYY-MM-DD", "fill in `start`")
            for p in roster.people
            if p.start is None
        ]
        if missing:
            raise InputProblems(people.name, missing[:200])
        persons = [
            StudyPerson(p.id, p.unit, p.start, p.end) for p in roster.people if p.start is not None
        ]
        frame = StudyFrame(title, first, last, (StudyOutcome("force", "force report", "primary"),))
        files = study_files(rollout, persons, frame)
        written = [write_whole(out / name, text.encode()) for name, text in files.items()]
    if as_json:
        print_json({"files": [str(path) for path in written]})
        return
    for path in written:
        OUT.print(str(path), markup=False, highlight=False, soft_wrap=True)
    OUT.print(f"Add {out / 'incidents.csv'} (person, date, outcome), then: stepdown register",
              markup=False, highlight=False)  # fmt: skip


def _read(record: Path) -> Rollout:
    from stepdown.interop.delimited import file_bytes
    from stepdown.retention.rollout_record import read_rollout

    try:
        text = file_bytes(record).decode()
    except UnicodeDecodeError as error:
        problem = Problem(str(record), f"byte {error.start}", "text in UTF-8", "use the record")
        raise InputProblems(record.name, [problem]) from None
    return read_rollout(text, record.name)


def _units(path: Path) -> tuple[DrawnUnit, ...]:
    from stepdown.interop.delimited import file_bytes, read_delimited
    from stepdown.retention.rollout_plan import DrawnUnit

    table = read_delimited(file_bytes(path), path.name)
    names = [cell.casefold() for cell in table.header]
    if "unit" not in names:
        problem = Problem("the header", ", ".join(table.header)[:80], "`unit`", "name the column")
        raise InputProblems(path.name, [problem])
    at, stratum = names.index("unit"), names.index("stratum") if "stratum" in names else None
    return tuple(
        DrawnUnit(row.cells[at], "" if stratum is None else row.cells[stratum])
        for row in table.rows
    )


def _bad_note(day: dt.date | None, why: str, before: list[dt.date | None]) -> Iterator[Problem]:
    """Find what is wrong with an entry; `before`: the days of the earlier ones of its unit."""
    if day is None and (not before or before[-1] is None):
        yield Problem("--take-back", "nothing to take back", "a day that was written down",
                      "check the name of the unit")  # fmt: skip
    elif before and not why.strip():
        yield Problem("--note", "nothing", "why it differs from the earlier entry",
                      "say in a few words what was wrong with it")  # fmt: skip


def _day(text: str, where: str, expected: str = "a day, YYYY-MM-DD, or `never`") -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        problem = Problem(where, text, expected, "write it like 2026-03-02")
        raise InputProblems("the rollout", [problem]) from None


def _begins(text: str | None, starts: list[dt.date | None], now: dt.datetime) -> dt.datetime:
    if text is None:
        day = next((start for start in starts if start is not None), None)
        return now if day is None else dt.datetime.combine(day, dt.time()).astimezone()
    try:
        return dt.datetime.fromisoformat(text).astimezone()
    except ValueError:
        problem = Problem("--first-session", text, "a time", "write it like 2026-03-02T08:00")
        raise InputProblems("the rollout", [problem]) from None


def _show(rollout: Rollout, path: Path, as_json: bool) -> None:
    drawn = rollout.draw
    if as_json:
        print_json(
            {
                "file": str(path),
                "digest": drawn.digest,
                "seed": drawn.seed,
                "drawn_at": drawn.drawn_at.isoformat(),
                "algorithm": drawn.algorithm,
                "assigned": {a.unit: str(a.due or "never") for a in drawn.assigned},
            }
        )
        return
    table = Table("wave", "from", "units")
    for number, wave in enumerate(drawn.plan.waves, start=1):
        named = ", ".join(a.unit for a in drawn.assigned if a.wave == number)
        table.add_row(str(number), str(wave.start or "never"), plain(named))
    OUT.print(table)
    OUT.print(f"Drawn {drawn.drawn_at.isoformat(timespec='seconds')}, seed {drawn.seed}, "
              f"{drawn.algorithm}; drawing again gives the same.", highlight=False)  # fmt: skip
    OUT.print(f"Record: {path}\nDigest: {drawn.digest}", markup=False, highlight=False,
              soft_wrap=True)  # fmt: skip
    OUT.print("Give the digest to somebody else now.")


def _show_actual(rollout: Rollout, path: Path, unit: str, as_json: bool) -> None:
    trained, drawn = rollout.trained(), rollout.draw
    if as_json:
        print_json(
            {
                "file": str(path),
                "digest": drawn.digest,
                "trained": {name: str(day) for name, day in sorted(trained.items())},
            }
        )
        return
    due = drawn.of(unit)
    said = f"trained on {trained[unit]}" if unit in trained else "no actual date"
    OUT.print(f"{unit}: {said}; drawn for {(due and due.due) or 'never'}.\n"
              f"{len(trained)} of {len(drawn.assigned)} units have an actual date.",
              markup=False, highlight=False, soft_wrap=True)  # fmt: skip
