"""Commands that check the audit log."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated

import typer

from stepdown.cli.console import CHECK_FAILED, OUT, AsJson, errors, print_json
from stepdown.cli.record import open_record

audit_app = typer.Typer(no_args_is_help=True, help="The audit log of a site.")


@audit_app.callback()
def _audit() -> None:
    """The audit log of a site."""


@audit_app.command("verify")
def verify(
    head: Annotated[
        str | None, typer.Option(help="A seal noted earlier, which must still be in the log.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Walk along the whole log and say whether an entry was changed, put in or taken out.

    Note the seal that it prints, away from this machine: with it a later run also finds that the
    end was cut off. The end of a record that a restore replaced is found in the restore's entry.
    Exit code 0; 1 if the log is broken; 2 if it cannot be read.
    """
    with errors(as_json):
        open_record()
        from stepdown.web.audit import log

        found = log.verify(head)
    if as_json:
        at = found.replaced.isoformat() if found.replaced else None
        print_json({"entries": found.entries, "head": found.head, "broken": list(found.broken),
                    "replaced": at})  # fmt: skip
    else:
        OUT.print(f"entries: {found.entries}", highlight=False)
        OUT.print(f"seal:    {found.head}", highlight=False, soft_wrap=True)
        for told in found.broken:
            OUT.print(told, style="red", markup=False, highlight=False, soft_wrap=True)
        if found.replaced:
            when = found.replaced.astimezone(UTC)
            OUT.print(
                f"The record that ended with that seal was replaced by the restore of "
                f"{when:%Y-%m-%d %H:%M} UTC.", highlight=False, soft_wrap=True,
            )  # fmt: skip
        OUT.print("The log is broken." if found.broken else "Nothing was changed or taken out.")
    if found.broken:
        raise typer.Exit(CHECK_FAILED)
