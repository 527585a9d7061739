"""Commands that run a site: serve it, look after it, back it up and bring it back."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepdown.cli.console import CHECK_FAILED, ERR, OUT, AsJson, errors, print_json, progress_bar
from stepdown.problems import InputProblems, Problem

if TYPE_CHECKING:
    from stepdown.web.environment import Mode

site_app = typer.Typer(no_args_is_help=True, help="Look after a site: check, prepare.")


def serve(
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    demo: Annotated[
        bool, typer.Option("--demo", help="Show an invented agency with people and encounters.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="With --demo: make it anew, as on the first day.")
    ] = False,
    people: Annotated[
        int,
        typer.Option(min=0, max=5000, help="With --demo: how many people are trained at least."),
    ] = 0,
    alone: Annotated[
        bool, typer.Option("--alone", help="One person, no account: a printed link lets you in.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads of each.")] = 4,
    open_: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it in the browser.")
    ] = False,
) -> None:
    """Run the site from this machine; what it keeps lies in your data folder.

    Exit code 0 when you end it, or 2 if it cannot start.
    """
    with errors():
        if demo and alone:
            raise _contrary("--demo and --alone", "one of the two")
        if people and not demo:
            raise _contrary("--people without --demo", "--demo --people 1000")
        if fresh and not demo:
            raise _contrary("--fresh without --demo", "--demo --fresh")
        from stepdown.web.serve import Wanted, serve_site

        mode: Mode = "demo" if demo else "alone" if alone else "site"
        wanted = Wanted(mode, host, port, workers, threads, fresh, open_, people)
        with progress_bar() as progress:
            ready = serve_site(wanted, _say, progress)
        ready.run()


def backup(
    file: Annotated[Path, typer.Argument(help="A new file (its name ends in .zip), or a folder.")],
    as_json: AsJson = False,
) -> None:
    """Copy the whole record into one file while the site runs, then open and verify the copy.

    In a folder the file is named by its time; the folder is made if it is not there. A file that
    is there is never replaced. Exit code 0; 1 if somebody changed the audit log (the copy is made
    all the same); 2 if no verified copy could be made.
    """
    with errors(as_json):
        from stepdown.web.setup import prepare_django

        site = prepare_django(_mode())
        from stepdown.web import backup as made

        done = made.backup(site, file)
    if as_json:
        print_json(done.as_dict())
    else:
        OUT.print(f"Written and verified: {done.path}", markup=False, highlight=False,
                  soft_wrap=True)  # fmt: skip
        OUT.print(done.told(), markup=False, highlight=False, soft_wrap=True)
        key = site.home / "secret_key"
        where = f" ({key})" if key.exists() else ""
        told = f"The secret key{where} is not in it; keep a copy apart: a restore needs it."
        OUT.print(told, style="dim", markup=False, highlight=False, soft_wrap=True)
    if done.broken:
        raise typer.Exit(CHECK_FAILED)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `stepdown backup` wrote.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Verify it and say what would happen.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Also over a site that holds something; it is kept aside."),
    ] = False,
    other_key: Annotated[
        bool, typer.Option("--other-key", help="Also if it was sealed with another secret key.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a record back from a file, after verifying it. Stop the site first.

    Exit code 0, or 2 if it cannot be used; the record then stays as it was.
    """
    with errors(as_json):
        from stepdown.web.setup import prepare_django

        site = prepare_django(_mode(), restoring=True)
        from stepdown.web import restore as brought

        done = brought.restore(site, file, dry_run=dry_run, force=force, other_key=other_key)
    if as_json:
        print_json(done.as_dict())
        return
    for line in done.told():
        OUT.print(line, markup=False, highlight=False, soft_wrap=True)


@site_app.command("check")
def check(as_json: AsJson = False) -> None:
    """Say everything that is wrong with the settings of a site, and whether it can be served.

    Exit code 0; 1 if something should be changed; 2 if the settings cannot be used.
    """
    with errors(as_json):
        from stepdown.web.setup import prepare_django

        prepare_django(_mode())
        from stepdown.web.inspection import inspect

        found = inspect()
    if as_json:
        print_json(found.as_dict())
    else:
        for line in found.told():
            OUT.print(line, markup=False, highlight=False, soft_wrap=True)
    if found.wrong:
        raise typer.Exit(CHECK_FAILED)


@site_app.command("prepare")
def prepare() -> None:
    """Make or change the tables as this version needs them; run it after every upgrade.

    Exit code 0, or 2 if the settings or the database cannot be used.
    """
    with errors():
        from stepdown.web.setup import migrate, prepare_django

        changed = migrate(prepare_django(_mode()))
    for name in changed:
        OUT.print(f"Done: {name}", markup=False, highlight=False)
    OUT.print("The tables are as this version needs them.")


@site_app.command("first-administrator")
def first_administrator(
    email: Annotated[str, typer.Argument(help="The e-mail address by which they will sign in.")],
    address: Annotated[
        str, typer.Option(help="Where people reach the site, such as http://127.0.0.1:8010.")
    ] = "",
) -> None:
    """Make somebody administer the site, and print a link that lets them in once, for 7 days.

    While one waits who has not come in yet, they get a new link and nobody else is made. The
    address is that of STEPDOWN_HOSTS, or this machine's. Exit code 0, or 2 if this is no e-mail
    address.
    """
    with errors():
        from stepdown.web.setup import prepare_django

        site = prepare_django(_mode())
        from stepdown.web.first import link_for_first

        first = link_for_first(datetime.now(UTC), email)
        root = address.rstrip("/") or site.address(os.environ)
    _say(f"{root}{first.path}")
    ERR.print(f"They sign in as {first.person.email}.", markup=False, highlight=False)
    if not address:
        ERR.print(f"If the site is not at {root}, give --address.", markup=False, highlight=False)


def _mode() -> str:
    return os.environ.get("STEPDOWN_MODE", "site")


def _say(text: str) -> None:
    typer.echo(text)
    ERR.file.flush()


def _contrary(given: str, expected: str) -> InputProblems:
    fix = "write them like this, or leave out the first" if "without" in given else "leave one out"
    return InputProblems("the options", [Problem("options", given, expected, fix)])
