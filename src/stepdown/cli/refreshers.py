"""Commands for refreshers: who should come, when, and for what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from stepdown.cli.console import OUT, AsJson, Seed, errors, plain, print_json, progress_bar
from stepdown.problems import InputProblems, Problem
from stepdown.whole_file import write_whole

if TYPE_CHECKING:
    from stepdown.retention.calibration import Calibration
    from stepdown.retention.history import Histories
    from stepdown.retention.refit import Fit
    from stepdown.retention.refresher import Month, Planned, Refresher, Wishes

SHOWN = 12
AIM = (
    "What is kept. standard: as many skills as can be at the standard; who forgets soon gets less. "
    "In simulations 39 of 100 are at it, and 32 if all come once a year, but 61 % of all that was "
    "taught is left, and 69 % if all come. skill: mean skill; both are then as if all came."
)
LARGE = 10
"""From which a number is shown without decimals."""
COLUMNS = ("day", "person", "refresher", "hours", "why")

refreshers_app = typer.Typer(no_args_is_help=True, help="Refreshers: timed to what people hold.")


@refreshers_app.callback()
def _refreshers() -> None:
    """Refreshers: timed to what people hold."""


@refreshers_app.command("plan")
def plan(
    rehearsals: Annotated[Path, typer.Argument(help="What was taught, practised, tested (CSV).")],
    refreshers: Annotated[Path, typer.Argument(help="The refreshers that there are (CSV).")],
    hours: Annotated[float, typer.Option(min=0, help="Training hours of people in a month.")],
    months: Annotated[int, typer.Option(min=1, max=24, help="How many months to plan.")] = 12,
    hours_in: Annotated[
        list[str] | None,
        typer.Option(help="Hours of a calendar month that differ, as 7=0 in July. Repeat it."),
    ] = None,
    aim: Annotated[
        Literal["skill", "standard"],
        typer.Option(help=AIM),
    ] = "standard",
    standard: Annotated[float, typer.Option(min=0.5, max=0.97, help="Share that counts.")] = 0.8,
    within: Annotated[
        int | None, typer.Option(min=30, help="Nobody waits longer than so many days.")
    ] = None,
    most_hours: Annotated[
        float, typer.Option(min=0.25, help="Hours one person may be asked for in a month.")
    ] = 8.0,
    weight: Annotated[
        list[str] | None,
        typer.Option(help="How much a technique counts, as listening=2; 1 if not said. Repeat it."),
    ] = None,
    technique: Annotated[
        list[str] | None,
        typer.Option(help="A technique beside those of the rubric. Repeat it for others."),
    ] = None,
    saved: Annotated[
        float, typer.Option(min=0, help="Save up to so many times the hours of the month itself.")
    ] = 1.0,
    scouting: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share of the first month drawn by lot.")
    ] = 0.1,
    today: Annotated[str | None, typer.Option(help="Plan from this day (YYYY-MM-DD).")] = None,
    out: Annotated[Path | None, typer.Option(help="Write all visits here (CSV).")] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Plan who comes when for which refresher, and say why.

    With 100 re-tests or more, how fast skills fade is estimated from them; else the prior is used,
    and it is said. Exit code 2 for bad input; then nothing is written.
    """
    with errors(as_json):
        from stepdown.interop.delimited import file_bytes
        from stepdown.interop.rehearsals_file import read_refreshers, read_rehearsals
        from stepdown.retention.checked import checked
        from stepdown.retention.history import histories
        from stepdown.retention.prior import prior_of, shipped
        from stepdown.retention.refit import FEWEST_RETESTS, refit, unfitted
        from stepdown.retention.refresher import Wishes, months_from
        from stepdown.retention.words import last_days

        day, weights, other = _day(today), _weights(weight or ()), _hours_in(hours_in or ())
        by_month = months_from(day, months, hours, other=other)
        noted = read_rehearsals(file_bytes(rehearsals), rehearsals.name)
        given = [one for one in noted if one.day <= day]
        there = read_refreshers(file_bytes(refreshers), refreshers.name)
        prior = prior_of(shipped(), _kept(technique or ()))
        known = histories(given, prior.techniques)
        fit = refit(known, prior) if known.retests >= FEWEST_RETESTS else unfitted(prior)
        wishes = Wishes(
            aim=aim, weight=weights, most_hours=most_hours, saved=saved, scouting=scouting,
            within=within, seed=seed,
        )  # fmt: skip
        found = _planned(known, fit, there, day, by_month, standard, wishes)
        predicted = checked(known, fit, day)
        rows, later = _rows(found, last_days(given, day)), len(noted) - len(given)
        if out:
            _write(out, rows)
    if as_json:
        print_json({
            "retests": known.retests, "untaught": known.untaught, "later": later, "visits": rows,
            "hours": list(found.hours), "offered": list(found.offered), "held": list(found.held),
            "held_without": list(found.held_without), "late": list(found.late),
            "moved": [asdict(m) for m in fit.moved],
            "calibration": asdict(predicted) if predicted else None,
        })  # fmt: skip
        return
    _say(known, fit, day, later)
    _show_learned(fit, predicted)
    _show(found, rows, within)
    if out:
        OUT.print(f"All {len(rows):,} visits: {plain(str(out))}", highlight=False)


def _kept(own: Iterable[str]) -> list[str]:
    """Return the techniques of the rubric, then others, each once."""
    from stepdown.retention.prior import shipped

    return list(dict.fromkeys([*(one.id for one in shipped().techniques), *own]))


def _planned(
    known: Histories, fit: Fit, there: Sequence[Refresher], day: date, months: Sequence[Month],
    standard: float, wishes: Wishes,
) -> Planned:  # fmt: skip
    from stepdown.retention.held import held
    from stepdown.retention.plan import plan

    now = held(known, fit, day, standard)
    with progress_bar() as report:
        return plan(now, there, months, day, wishes, report)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = Problem("--today", text, "a day such as 2026-03-01", "correct it")
        raise InputProblems("the options", [problem]) from None


def _weights(given: Iterable[str]) -> dict[str, float]:
    """Read weights such as listening=2. Raises InputProblems."""
    found: dict[str, float] = {}
    wrong = []
    for text in given:
        technique, _, number = text.partition("=")
        try:
            found[technique.strip()] = float(number)
        except ValueError:
            expected = "a technique and a number, such as listening=2"
            wrong.append(Problem("--weight", text, expected, "correct it"))
    if wrong:
        raise InputProblems("the options", wrong)
    return found


def _hours_in(given: Iterable[str]) -> dict[int, float]:
    """Read hours of calendar months such as 7=0. Raises InputProblems."""
    from stepdown.retention.refresher import differing

    found: dict[int, float] = {}
    wrong = []
    for text in given:
        number, _, hours = text.partition("=")
        try:
            one = {int(number): float(hours)}
        except ValueError:
            expected = "a month from 1 to 12 and its hours, such as 7=0"
            wrong.append(Problem("--hours-in", text, expected, "correct it"))
            continue
        wrong += [Problem("--hours-in", text, p.expected, p.fix) for p in differing(one)]
        if one.keys() & found.keys():
            wrong.append(Problem("--hours-in", text, "each month once", "leave one out"))
        found |= one
    if wrong:
        raise InputProblems("the options", wrong)
    return found


def _rows(found: Planned, last: Mapping[tuple[str, str], date]) -> list[dict[str, Any]]:
    """Return the visits by day and person; those of a person and month with the same reason."""
    from stepdown.retention.prior import shipped
    from stepdown.retention.words import Reason, why

    names = {t.id: t.name for t in shipped().techniques}
    visits = sorted(found.visits, key=lambda v: (v.day, v.person, v.refresher))
    rows = []
    for _, part in groupby(visits, key=lambda v: (v.day, v.person)):
        together = list(part)
        told = why([Reason.of(v, last) for v in together], names)
        rows += [
            {"day": v.day.isoformat(), "person": v.person, "refresher": v.refresher,
             "hours": v.hours, "why": told}
            for v in together
        ]  # fmt: skip
    return rows


def _write(out: Path, rows: list[dict[str, Any]]) -> None:
    from stepdown.interop.delimited import write_delimited

    listed = [[str(cell) for cell in row.values()] for row in rows]
    write_whole(out, write_delimited(COLUMNS, listed))


def _say(known: Histories, fit: Fit, day: date, later: int) -> None:
    """Say what the plan rests on."""
    from stepdown.retention.refit import FEWEST_RETESTS

    if fit.retests:
        told = f"Re-tests: {known.retests:,}. How fast skills fade was estimated from them."
    else:
        told = (
            f"Re-tests: {known.retests:,}. Below {FEWEST_RETESTS} nothing is estimated: the plan "
            "rests on the shipped prior, most of which is assumed."
        )
    OUT.print(told, highlight=False)
    if known.untaught:
        OUT.print(f"Left out, as they came before any teaching: {known.untaught:,}.")
    if later:
        OUT.print(f"Left out, as their day is after {day.isoformat()}: {later:,}.", highlight=False)


def _show_learned(fit: Fit, predicted: Calibration | None) -> None:
    """Show how far the re-tests moved the prior, and how predictions did."""
    moved = Table("what is assumed", "before", "after", "surer", box=None)
    for one in fit.moved:
        mark = " *" if one.estimated else ""
        moved.add_row(
            one.name, _interval(one.before), _interval(one.after), f"{100 * one.surer:.0f} %{mark}"
        )
    OUT.print(moved)
    OUT.print("Likeliest values and 95 % intervals; *: estimated.", highlight=False)
    if predicted is None:
        OUT.print("How predictions did: nothing can be said before there are re-tests.")
        return
    bins = Table("tests", "predicted", "observed", "95 % interval")
    for each in predicted.bins:
        bins.add_row(
            f"{each.tests:,}", f"{each.predicted:.2f}", f"{each.observed:.2f}",
            f"{each.low:.2f} to {each.high:.2f}",
        )  # fmt: skip
    OUT.print(bins)
    OUT.print(
        f"Scores were {predicted.bias:+.2f} off what was predicted on average; a single one "
        f"typically {predicted.error:.2f}.", highlight=False,
    )  # fmt: skip


def _interval(given: Sequence[float]) -> str:
    low, median, high = (f"{value:.0f}" if value >= LARGE else f"{value:.2f}" for value in given)
    return f"{median} ({low} to {high})"


def _show(found: Planned, rows: list[dict[str, Any]], within: int | None) -> None:
    from stepdown.retention.words import workload

    table = Table("month", "visits", "people", "hours", "there are", "held", "held without")
    table.columns[0].no_wrap = True
    if within is not None:
        table.add_column("wait too long")
    for month in workload(found):
        late = [] if within is None else [f"{month.late:,}"]
        table.add_row(
            month.day.isoformat(), f"{month.visits:,}", f"{month.people:,}",
            f"{month.hours:,.1f}", f"{month.offered:,.1f}", f"{month.held:.2f}",
            f"{month.held_without:.2f}", *late,
        )  # fmt: skip
    OUT.print(table)
    if any(found.late):
        OUT.print(
            f"The promise of {within} days is not kept: hours, or what people may be asked for, "
            "are too few for those who wait too long. Those come first who waited longest.",
            highlight=False,
        )
    told = list(dict.fromkeys((row["day"], row["person"], row["why"]) for row in rows))
    for day, person, reason in told[:SHOWN]:
        OUT.print(f"{day} {plain(person)}: {plain(reason)}", highlight=False)
    if len(told) > SHOWN:
        OUT.print(f"… and {len(told) - SHOWN:,} more; --out writes all of them.")
