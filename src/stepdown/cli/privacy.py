"""Commands about people's data: a copy, an end, a hold, and what is due to be deleted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stepdown.cli.console import CHECK_FAILED, OUT, AsJson, errors, print_json
from stepdown.cli.record import agency_of, open_record, person_of
from stepdown.problems import InputProblems, Problem

if TYPE_CHECKING:
    from stepdown.web.privacy.rule import Side, Table

privacy_app = typer.Typer(no_args_is_help=True, help="People's data: copy, erase, hold, delete.")
Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]
InAgency = Annotated[str, typer.Option("--agency", help="The name of the agency.")]


@privacy_app.command("export")
def export(
    email: Email,
    out: Annotated[Path, typer.Option(help="A new ZIP file, readable by you alone.")],
) -> None:
    """Write everything that is kept about a person into a ZIP file: JSON, and logs of encounters.

    Exit code 0, or 2 if there is no such person or the file is there already.
    """
    with errors():
        open_record()
        from stepdown.web.privacy.export import export as exported

        _write_new(out, exported(None, person_of(email).pk, datetime.now(UTC)))
    _say(f"Written: {out}")


@privacy_app.command("erase")
def erase(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the address again.")] = False,
) -> None:
    """Erase a person's data for good; what is only counted stays, without a name.

    Exit code 0; 1 if you break it off when asked; 2 if there is no such person or a legal hold
    stands.
    """
    with errors():
        open_record()
        from stepdown.web.privacy.erase import erase as erased
        from stepdown.web.privacy.erase import require_erasable

        person = person_of(email)
        require_erasable(person.pk)
        if not yes and typer.prompt("Type the address again to erase") != email:
            raise InputProblems(
                "the address",
                [Problem("answer", "another address", email, "nothing was erased; begin again")],
            )
        done = erased(None, person.pk, datetime.now(UTC))
    _say(f"Erased. Words of {done.encounters} encounters were deleted.")


@privacy_app.command("hold")
def hold(
    email: Email,
    agency: InAgency,
    reason: Annotated[str, typer.Option(help="Why; the person will read it.")],
) -> None:
    """Put what an agency holds of a person under legal hold: nothing of it is deleted.

    Exit code 0, or 2 if there is no such person or agency.
    """
    with errors():
        open_record()
        from stepdown.web.privacy.hold import hold as held

        held(None, person_of(email).pk, agency_of(agency).pk, reason, datetime.now(UTC))
    _say("The hold stands. The person sees it on their own pages.")


@privacy_app.command("release")
def release(email: Email, agency: InAgency) -> None:
    """Lift a legal hold; what is due is deleted the next time.

    Exit code 0; 1 if no hold stood; 2 if there is no such person or agency.
    """
    with errors():
        open_record()
        from stepdown.web.privacy.hold import lift

        lifted = lift(None, person_of(email).pk, agency_of(agency).pk, datetime.now(UTC))
    _say("The hold was lifted." if lifted else "No hold stood.")
    if not lifted:
        raise typer.Exit(CHECK_FAILED)


@privacy_app.command("retain")
def retain(as_json: AsJson = False) -> None:
    """Delete words that are older than their agency keeps them; scores stay. Run it daily.

    `stepdown serve` does this by itself. Exit code 0; 1 if the words of an encounter could not be
    deleted; 2 if the record cannot be read.
    """
    with errors(as_json):
        open_record()
        from stepdown.web.privacy.retention import retain as retained

        done = retained(datetime.now(UTC))
    if as_json:
        failed = [str(pk) for pk in done.failed]
        print_json({"deleted": done.deleted, "held": done.held, "failed": failed})
    else:
        _say(f"Words deleted of {done.deleted} encounters; {done.held} are under a hold.")
        for pk in done.failed:
            _say(f"Could not be read, so its words are still there: encounter {pk}")
    if done.failed:
        raise typer.Exit(CHECK_FAILED)


@privacy_app.command("rules")
def rules(as_json: AsJson = False) -> None:
    """Show every field that is kept: why it is not personal, or who is given it and what goes.

    Exit code 0, or 2 if the settings cannot be used.
    """
    with errors(as_json):
        open_record()
        from stepdown.web.privacy.rules import TABLES

        told = [_table(table) for table in TABLES]
    if as_json:
        print_json(told)
        return
    for table in told:
        OUT.print(f"\n[bold]{table['table']}[/bold]")
        for name, why in table["not_personal"].items():
            _say(f"  {name}: not personal ({why})")
        for side in table["personal"]:
            _say(f"  as {side['as'].replace('_', ' ')}: {side['erase']}")
            _say(f"    given to the person: {', '.join(side['given'])}")
            for name, why in side["withheld"].items():
                _say(f"    not given: {name} ({why})")
            for name, why in side["kept"].items():
                _say(f"    kept after an erasure: {name} ({why})")


def _table(table: Table) -> dict[str, Any]:
    """Return the rules of a table as plain values."""
    return {
        "table": table.model, "not_personal": dict(table.plain),
        "personal": [_side(side) for side in table.sides],
    }  # fmt: skip


def _side(side: Side) -> dict[str, Any]:
    from stepdown.web.privacy.rule import Blank, Delete

    erase = side.erase
    if isinstance(erase, Delete):
        told, kept = "rows are deleted", {}
    elif isinstance(erase, Blank):
        told, kept = f"rows stay; blanked: {', '.join(erase.values)}", dict(erase.kept)
    else:
        told, kept = f"rows stay: {erase.why}", {}
    return {
        "as": side.name, "given": list(side.shown), "withheld": dict(side.withheld),
        "erase": told, "kept": kept,
    }  # fmt: skip


def _write_new(path: Path, pieces: Iterator[bytes]) -> None:
    """Write a new file that its owner alone can read, whole or not at all."""
    made = False
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            made = True
            for piece in pieces:
                file.write(piece)
    except BaseException as error:
        if made:
            path.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        problem = Problem(
            "--out", f"{path}: {error.strerror or error}", "a new file in a folder that can be"
            " written to", "name another file",
        )  # fmt: skip
        raise InputProblems("the file", [problem]) from None


def _say(text: str) -> None:
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
