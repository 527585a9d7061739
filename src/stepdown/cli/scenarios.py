"""Commands for scenarios: list, show, begin a new one, read one in."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from ruamel.yaml import YAML

from stepdown.cli.console import OUT, AsJson, errors, plain, print_json
from stepdown.problems import InputProblems, Problem

scenarios_app = typer.Typer(no_args_is_help=True, help="Scenarios: list, show, new, import.")


@scenarios_app.command("list")
def list_scenarios(as_json: AsJson = False) -> None:
    """List the scenarios that ship with this version."""
    with errors(as_json):
        from stepdown.encounter.library import library

        known = library().values()
    if as_json:
        print_json([
            {"id": s.id, "title": s.title, "sector": s.sector, "role": s.role,
             "lines": len(s.lines)}
            for s in known
        ])  # fmt: skip
        return
    table = Table("id", "title", "sector", "you are", "minutes")
    for s in known:
        table.add_row(s.id, plain(s.title), s.sector, s.role, f"{s.minutes:g}")
    OUT.print(table)
    OUT.print("Play one: stepdown practice ID", style="dim")


@scenarios_app.command("show")
def show(
    scenario: Annotated[str, typer.Argument(help="A scenario's id, or a file.")],
    as_json: AsJson = False,
) -> None:
    """Show a scenario as a trainee may see it: setting, notes, aims, moves. No answers."""
    with errors(as_json):
        from stepdown.encounter.library import find_scenario
        from stepdown.encounter.moves import moves_of

        s = find_scenario(scenario)
        moves = moves_of(s.role, s.moves)
    if as_json:
        hidden = {"lines", "facts", "topics", "needs", "reading", "better", "resolvable", "person"}
        print_json(s.model_dump(mode="json", exclude=hidden))
        return
    OUT.print(
        f"[bold]{plain(s.title)}[/bold] ({plain(s.sector)}, {len(s.lines)} lines, {s.digest})"
    )
    OUT.print(s.summary, markup=False)
    for title, texts in (("Note", s.notes), ("You practise", s.learning), ("Policy", s.policy)):
        for text in texts:
            OUT.print(f"{title}: {text}", markup=False)
    for group in dict.fromkeys(m.group for m in moves.values()):
        named = ", ".join(m.label for m in moves.values() if m.group == group)
        OUT.print(f"{group}: {named}", markup=False, highlight=False)
    for source in (*s.sources, s.attribution):
        if source:
            OUT.print(source, style="dim", markup=False, highlight=False)


@scenarios_app.command("moves")
def moves(as_json: AsJson = False) -> None:
    """List every move that a scenario may name, with what it does."""
    with errors(as_json):
        from stepdown.encounter.moves import catalogue

        known = catalogue()
    if as_json:
        print_json({name: move.model_dump(mode="json") for name, move in known.items()})
        return
    table = Table("move", "group", "what it is", "seconds", "for")
    for name, move in known.items():
        table.add_row(name, move.group, move.label, f"{move.seconds:g}", ", ".join(move.who))
    OUT.print(table)


@scenarios_app.command("schema")
def schema(
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """Print the JSON Schema of scenario files, for your editor."""
    with errors():
        from stepdown.encounter.scenario import Scenario
        from stepdown.whole_file import write_whole

        text = json.dumps(Scenario.model_json_schema(), indent=2) + "\n"
        if out:
            write_whole(out, text.encode())
        else:
            typer.echo(text, nl=False)


@scenarios_app.command("new")
def new(
    identity: Annotated[str, typer.Argument(help="Id of the new scenario, such as `ward_night`.")],
    out: Annotated[Path | None, typer.Option(help="File to write (default: ID.yaml).")] = None,
) -> None:
    """Begin a new scenario: a small file with every part explained, which already plays."""
    with errors():
        from stepdown.encounter.library import parsed
        from stepdown.whole_file import write_whole

        path = out or Path(f"{identity}.yaml")
        if path.exists():
            problem = Problem(str(path), "a file that exists", "a new file", "name another file")
            raise InputProblems(path.name, [problem])
        text = files("stepdown.encounter").joinpath("new.yaml").read_text(encoding="utf-8")
        text = text.replace("id: your_scenario", f"id: {identity}", 1)
        parsed(text, path.name)
        write_whole(path, text.encode())
    OUT.print(f"Written: {path}\nPlay it: stepdown practice {path}", markup=False)


@scenarios_app.command("import")
def import_scenario(
    file: Annotated[Path, typer.Argument(help="A POL-COM scenario (JSON).")],
    out: Annotated[Path | None, typer.Option(help="File to write (default: beside you).")] = None,
    score_options: Annotated[
        bool, typer.Option("--score-options", help="Write nothing; play every option and compare.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read a POL-COM scenario in, to be played with its options or in your own words.

    Exit code 0, or 2 if the file cannot be read. Its authors and licence stay named.
    """
    with errors(as_json):
        from stepdown.encounter.polcom import read_polcom_scenario
        from stepdown.whole_file import write_whole

        scenario = read_polcom_scenario(file)
        if score_options:
            from stepdown.encounter.options import agreement, play_options
            from stepdown.technique.coder import Coder

            found = agreement([play_options(scenario, Coder.load())])
            if as_json:
                print_json(found)
            else:
                for name, value in found.items():
                    OUT.print(f"{name.replace('_', ' ')}: {value}", highlight=False)
            return
        path = out or Path(f"{scenario.id}.yaml")
        if path.exists():
            problem = Problem(
                str(path), "a file that exists", "a new file", "give --out another name"
            )
            raise InputProblems(path.name, [problem])
        document = scenario.model_dump(mode="json", exclude_defaults=True)
        text = io.BytesIO()
        writer = YAML()
        writer.width = 100
        writer.dump(document, text)
        write_whole(path, text.getvalue())
    if as_json:
        print_json({"id": scenario.id, "file": str(path), "stages": len(scenario.chapters)})
        return
    OUT.print(f"Written: {path} ({len(scenario.chapters)} stages)", markup=False)
    OUT.print(f"{scenario.attribution}\nPlay it: stepdown practice {path}", markup=False)
