"""Commands for training hours: the rules, and where people stand with them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from stepdown.cli.console import CHECK_FAILED, OUT, AsJson, errors, plain, print_json

hours_app = typer.Typer(no_args_is_help=True, help="Training hours: rules and where people stand.")

Rules = Annotated[str, typer.Argument(help="Id of rules that ship, or a file (YAML).")]
Day = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; else today.")]


@hours_app.callback()
def _hours() -> None:
    """Training hours: rules and where people stand."""


@hours_app.command("show")
def show(
    rules: Annotated[
        str | None, typer.Argument(help="Id of rules that ship, or a file (YAML); else a list.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show rules, or say everything that is wrong with a file of them.

    Exit code 0, or 2 if the file has mistakes.
    """
    with errors(as_json):
        from stepdown.retention.hours_rules import find_jurisdiction, jurisdictions

        found = [find_jurisdiction(rules)] if rules else list(jurisdictions().values())
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
        return
    for each in found:
        OUT.print(f"[bold]{plain(each.name)}[/bold] ({each.id})")
        for rule in each.rules:
            until = f" to {rule.effective_until}" if rule.effective_until else " on"
            cycle = f"{rule.cycle.months} months, {rule.cycle.anchor.replace('_', ' ')}"
            OUT.print(f"  {rule.effective_from}{until}: {rule.hours:g} hours in {cycle}")
            for topic in rule.topics:
                OUT.print(f"    {topic.name}: {topic.hours:g} hours", markup=False)
            OUT.print(f"    {rule.source}; {rule.read_at}", style="dim", markup=False)
        if each.example:
            OUT.print("  An example, not a law: write your own.", style="yellow")


@hours_app.command("check")
def check(
    rules: Rules,
    people: Annotated[Path, typer.Option(help="CSV: id, hired, and certified if any.")],
    credit: Annotated[Path, typer.Option("--credits", help="CSV: id, day, topic, minutes.")],
    day: Day = None,
    records_from: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Cycles that ended before are not judged."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say where each person stands with the hours on a day.

    Exit code 0; 1 if somebody is overdue; 2 if a file has mistakes.
    """
    with errors(as_json):
        from stepdown.interop.delimited import file_bytes
        from stepdown.interop.hours_file import read_hours
        from stepdown.retention.hours import in_words, standing
        from stepdown.retention.hours_rules import find_jurisdiction

        jurisdiction = find_jurisdiction(rules)
        given = read_hours(file_bytes(people), file_bytes(credit))
        today = day.date() if day else dt.datetime.now().astimezone().date()
        since = records_from.date() if records_from else None
        found = [
            standing(jurisdiction, member, given.credits.get(who, ()), today, since)
            for who, member in given.members.items()
        ]
    if as_json:
        print_json(
            [
                {
                    "id": each.member,
                    "state": each.state,
                    "due": each.due.isoformat() if each.due else None,
                    "lacks_minutes": each.lacks,
                    "says": in_words(each),
                }
                for each in found
            ]
        )
    else:
        table = Table("person", "state", "where they stand")
        for each in found:
            table.add_row(plain(each.member), each.state.replace("_", " "), plain(in_words(each)))
        OUT.print(table)
        if jurisdiction.example:
            OUT.print("By an example, not by a law.", style="yellow")
    if any(each.state == "overdue" for each in found):
        raise typer.Exit(CHECK_FAILED)
