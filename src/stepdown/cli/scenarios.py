"""Commands for scenarios: list, show, begin a new one, read one in."""

from __future__ import annotations

import io
import json
import os
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from ruamel.yaml import YAML

from stepdown.cli.console import (
    CHECK_FAILED,
    OUT,
    AsJson,
    errors,
    plain,
    print_json,
    progress_bar,
)
from stepdown.problems import InputProblems, Problem

if TYPE_CHECKING:
    from stepdown.encounter.check.check import Checked

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
             "language": s.language, "lines": len(s.lines)}
            for s in known
        ])  # fmt: skip
        return
    table = Table("id", "title", "sector", "you are", "minutes", "language")
    table.columns[0].no_wrap, table.columns[0].min_width = True, max(len(s.id) for s in known)
    for s in known:
        table.add_row(s.id, plain(s.title), s.sector, s.role, f"{s.minutes:g}", s.language)
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


@scenarios_app.command("check")
def check(
    files: Annotated[
        list[str] | None, typer.Argument(help="Ids or files; without any, all that ship.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=10, help="Encounters per responder.")] = 500,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes; changes the time, never the numbers.")
    ] = os.cpu_count() or 1,
    as_json: AsJson = False,
) -> None:
    """Let scripted responders play scenarios thousands of times, and lint the files.

    This holds a scenario against the model; it does not validate it against people. Exit code 1 if
    a label does not hold or a file has faults, 2 if a file cannot be read.
    """
    with errors(as_json):
        from stepdown.encounter.check.check import check_scenarios
        from stepdown.encounter.library import find_scenario, library

        chosen = [find_scenario(f) for f in files] if files else list(library().values())
        with progress_bar() as progress:
            found = check_scenarios(chosen, seeds, workers, progress)
    if as_json:
        print_json({"seeds": seeds, "scenarios": [c.as_dict() for c in found]})
    else:
        for checked in found:
            _show_check(checked)
        OUT.print("Held against the model, not validated against people.", style="dim")
    if not all(c.ok for c in found):
        raise typer.Exit(CHECK_FAILED)


def _show_check(checked: Checked) -> None:
    OUT.print(f"\n[bold]{checked.id}[/bold] ({checked.resolvable.replace('_', ' ')})")
    shown = Table("responder", "consent", "safe otherwise", "force", "hurt: responder", "person",
                  "other", "median")  # fmt: skip
    for name, r in checked.responders.items():
        shares = (r.p_consent, r.p_safe_other, r.p_force, r.p_injury_responder, r.p_injury_person,
                  r.p_injury_other)  # fmt: skip
        minutes = f"{int(r.median_s) // 60}:{int(r.median_s) % 60:02}"
        shown.add_row(name.replace("_", " "), *(f"{100 * s:.0f} %" for s in shares), minutes)
    OUT.print(shown)
    for breach in checked.breaches:
        OUT.print(f"Label does not hold: {breach}", style="red", markup=False)
    for fault in checked.faults:
        OUT.print(f"{fault.where}: {fault.what}", style="yellow", markup=False)


@scenarios_app.command("watch")
def watch(
    scenario: Annotated[str, typer.Argument(help="A scenario's id, or a file.")],
    responder: Annotated[str, typer.Option(help="Who plays: skilled, novice, command, …")] = (
        "skilled"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Which encounter.")] = 0,
) -> None:
    """Read one encounter of a scripted responder, line by line."""
    with errors():
        from stepdown.encounter.check.bot import watch as played
        from stepdown.encounter.check.responder import responders
        from stepdown.encounter.check.script import write_script
        from stepdown.encounter.library import find_scenario
        from stepdown.technique.coders import coder_for

        chosen = find_scenario(scenario)
        crew = responders(chosen.language)
        if responder not in crew:
            known = ", ".join(crew)
            problem = Problem("--responder", responder, f"one of {known}", "name one of these")
            raise InputProblems("scenarios", [problem])
        coder = coder_for(chosen.language)
        script = write_script(chosen, [crew[responder]], coder)
        events = played(script, 0, seed, coder)
    for event in events:
        reply = (event.data.get("reply") or {}).get("text", "")
        what = event.data.get("text", "") or event.data.get("how", "")
        if what or reply:
            OUT.print(f"{event.t:6.1f}  {what}", markup=False, highlight=False, soft_wrap=True)
        if reply:
            OUT.print(f"        {reply}", style="bold", markup=False, highlight=False)
