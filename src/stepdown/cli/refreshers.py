"""Commands for refreshers: who should come, when, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from stepdown.cli.console import OUT, AsJson, Seed, errors, plain, print_json, progress_bar
from stepdown.problems import InputProblems, Problem
from stepdown.whole_file import write_whole

if TYPE_CHECKING:
    from stepdown.retention.history import Histories
    from stepdown.retention.refit import Fit
    from stepdown.retention.refresher import Planned, Refresher, Wishes

SHOWN = 12
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
    aim: Annotated[
        Literal["skill", "standard"],
        typer.Option(help="Keep mean skill, or as many skills as can be at the standard."),
    ] = "skill",
    standard: Annotated[float, typer.Option(min=0.5, max=0.97, help="Share that counts.")] = 0.8,
    within: Annotated[
        int | None, typer.Option(min=30, help="Nobody waits longer than so many days.")
    ] = None,
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
        from stepdown.retention.history import histories
        from stepdown.retention.prior import prior_of, shipped
        from stepdown.retention.refit import FEWEST_RETESTS, refit, unfitted
        from stepdown.retention.refresher import Wishes

        given = read_rehearsals(file_bytes(rehearsals), rehearsals.name)
        there = read_refreshers(file_bytes(refreshers), refreshers.name)
        prior = prior_of(shipped())
        known = histories(given, prior.techniques)
        fit = refit(known, prior) if known.retests >= FEWEST_RETESTS else unfitted(prior)
        day = _day(today)
        wishes = Wishes(aim=aim, within=within, scouting=scouting, seed=seed)
        found = _planned(known, fit, there, day, months, hours, standard, wishes)
        rows = _rows(found)
        if out:
            _write(out, rows)
    if as_json:
        print_json({
            "retests": known.retests, "untaught": known.untaught, "visits": rows,
            "hours": list(found.hours), "held": list(found.held),
            "held_without": list(found.held_without),
            "moved": [asdict(m) for m in fit.moved if m.estimated],
        })  # fmt: skip
        return
    _say(known, fit)
    _show(found, rows)
    if out:
        OUT.print(f"All {len(rows):,} visits: {plain(str(out))}", highlight=False)


def _planned(
    known: Histories, fit: Fit, there: Sequence[Refresher], day: date, months: int, hours: float,
    standard: float, wishes: Wishes,
) -> Planned:  # fmt: skip
    from stepdown.retention.held import held
    from stepdown.retention.plan import plan
    from stepdown.retention.refresher import months_from

    now = held(known, fit, day, standard)
    with progress_bar() as report:
        return plan(now, there, months_from(day, months, hours), day, wishes, report)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = Problem("--today", text, "a day such as 2026-03-01", "correct it")
        raise InputProblems("the options", [problem]) from None


def _rows(found: Planned) -> list[dict[str, Any]]:
    from stepdown.retention.prior import shipped
    from stepdown.retention.words import why

    names = {t.id: t.name for t in shipped().techniques}
    return [
        {"day": v.day.isoformat(), "person": v.person, "refresher": v.refresher, "hours": v.hours,
         "why": why(v, names)}
        for v in sorted(found.visits, key=lambda v: (v.day, v.person))
    ]  # fmt: skip


def _write(out: Path, rows: list[dict[str, Any]]) -> None:
    from stepdown.interop.delimited import write_delimited

    listed = [[str(cell) for cell in row.values()] for row in rows]
    write_whole(out, write_delimited(COLUMNS, listed))


def _say(known: Histories, fit: Fit) -> None:
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


def _show(found: Planned, rows: list[dict[str, Any]]) -> None:
    from stepdown.retention.words import workload

    table = Table("month", "visits", "people", "hours", "held", "held without")
    for month in workload(found):
        table.add_row(
            month.day.isoformat(), f"{month.visits:,}", f"{month.people:,}",
            f"{month.hours:,.1f}", f"{month.held:.2f}", f"{month.held_without:.2f}",
        )  # fmt: skip
    OUT.print(table)
    for row in rows[:SHOWN]:
        OUT.print(f"{row['day']} {plain(row['person'])}: {plain(row['why'])}", highlight=False)
    if len(rows) > SHOWN:
        OUT.print(f"… and {len(rows) - SHOWN:,} more; --out writes all of them.")
