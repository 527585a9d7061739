"""Commands for rosters: check a file before it is taken into a record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from stepdown.cli.console import OUT, AsJson, errors, plain, print_json

SHOWN = 10

roster_app = typer.Typer(no_args_is_help=True, help="Rosters: who works in which unit.")


@roster_app.callback()
def _roster() -> None:
    """Rosters: who works in which unit."""


@roster_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The roster (CSV).")],
    mapping: Annotated[
        Path | None, typer.Option(help="Which column is which (YAML); else names are recognised.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read a roster and say everything that is wrong with it; nothing is changed anywhere.

    Exit code 0 if it can be taken in, 2 if not.
    """
    with errors(as_json):
        from stepdown.interop.delimited import file_bytes
        from stepdown.interop.roster import read_roster
        from stepdown.interop.roster_mapping import KIND, read_mapping
        from stepdown.yaml_text import file_text

        chosen = read_mapping(file_text(mapping, KIND), mapping.name) if mapping else None
        roster = read_roster(file_bytes(file), chosen, file.name)
    units = sorted({p.unit for p in roster.people})
    if as_json:
        print_json(
            {
                "people": len(roster.people),
                "active": sum(p.active for p in roster.people),
                "units": units,
                "columns": dict(roster.columns),
                "unused": list(roster.unused),
                "encoding": roster.encoding,
                "separator": roster.separator,
                "sha256": roster.sha256,
                "notes": list(roster.notes),
            }
        )
        return
    OUT.print(
        f"People: {len(roster.people):,}; units: {len(units):,}; encoding: {roster.encoding}.",
        highlight=False,
    )
    table = Table("column", "in the file")
    for ours, theirs in roster.columns.items():
        table.add_row(ours, plain(theirs))
    OUT.print(table)
    if roster.unused:
        OUT.print(f"Not used: {', '.join(roster.unused[:SHOWN])}", markup=False, highlight=False)
    for note in roster.notes:
        OUT.print(f"Look at this: {note}", style="yellow", markup=False, highlight=False)
