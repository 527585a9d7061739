"""Commands for curricula: list, show, check, and what differs between two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from stepdown.cli.console import OUT, AsJson, errors, plain, print_json

if TYPE_CHECKING:
    from stepdown.retention.curriculum import Curriculum, Known, Module

curriculum_app = typer.Typer(no_args_is_help=True, help="Curricula: list, show, check, diff.")

Named = Annotated[str, typer.Argument(help="A curriculum's id, or a file.")]


def known() -> Known:
    """Return what a curriculum may name: techniques of the rubric, scenarios that ship."""
    from stepdown.encounter.library import library
    from stepdown.encounter.review.rubric import domains
    from stepdown.retention.curriculum import Known

    return Known(techniques=tuple(domains()), scenarios=tuple(library()))


@curriculum_app.command("list")
def list_curricula(as_json: AsJson = False) -> None:
    """List the curricula that ship with this version."""
    with errors(as_json):
        from stepdown.retention.curriculum_file import shipped

        found = shipped().values()
    if as_json:
        print_json([_summary(curriculum) for curriculum in found])
        return
    table = Table("id", "title", "hours", "modules")
    for c in found:
        table.add_row(c.id, plain(c.title), f"{c.hours:g}", str(len(c.modules)))
    OUT.print(table)
    OUT.print("Read one: stepdown curriculum show ID", style="dim")


@curriculum_app.command("show")
def show(curriculum: Named, as_json: AsJson = False) -> None:
    """Show a curriculum with its modules, what to do when talk fails, and its sources."""
    with errors(as_json):
        from stepdown.encounter.review.rubric import domains
        from stepdown.retention.curriculum_file import find_curriculum

        found = find_curriculum(curriculum)
        names = {**domains(), **{t.id: t.name for t in found.techniques}}
    if as_json:
        print_json({**_summary(found), "content": found.as_dict()})
        return
    OUT.print(f"[bold]{plain(found.title)}[/bold] ({found.hours:g} hours)")
    for text in filter(None, (found.for_whom, found.about)):
        _say(text)
    for item in found.assumed:
        _say(f"Assumed: {item.text}")
    for n, module in enumerate(found.modules, start=1):
        OUT.print(f"\n[bold]{n}. {plain(module.title)}[/bold] ({module.hours:g} hours)")
        _show_module(module, names)


@curriculum_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A curriculum file (YAML).")],
    own_scenarios: Annotated[
        bool, typer.Option("--own-scenarios", help="Let it name scenarios that do not ship, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read a curriculum file and say everything that is wrong with it, with the line.

    Exit code 0, or 2 if something is wrong.
    """
    with errors(as_json):
        from stepdown.retention.curriculum import Known
        from stepdown.retention.curriculum_file import read_curriculum

        names = known()
        found = read_curriculum(file, Known(names.techniques) if own_scenarios else names)
    if as_json:
        print_json(_summary(found))
        return
    _say(f"{file.name}: nothing wrong. Modules: {len(found.modules)}. Hours: {found.hours:g}.")


@curriculum_app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="The earlier one: an id, or a file.")],
    new: Annotated[str, typer.Argument(help="The later one: an id, or a file.")],
    as_json: AsJson = False,
) -> None:
    """Say what differs between two curricula, one line each; nothing where they are equal.

    Within a text, what was removed stands as [-removed-], what was added as {+added+}.
    Exit code 0 whether they differ or not, 2 if one cannot be read.
    """
    with errors(as_json):
        from stepdown.cli.changes import lines
        from stepdown.problems import read_both
        from stepdown.retention.curriculum_file import find_curriculum
        from stepdown.retention.difference import difference

        before, after = read_both(lambda: find_curriculum(old), lambda: find_curriculum(new))
        found = difference(before, after)
        said = lines(found, _names(before, after))
    if as_json:
        print_json(found.as_dict() | {"lines": list(said)})
        return
    for line in said:
        _say(line)


def _names(*read: Curriculum) -> dict[str, dict[str, str]]:
    """Return the names of techniques and scenarios that these curricula may speak of."""
    from stepdown.encounter.library import library
    from stepdown.encounter.review.rubric import domains

    own = {technique.id: technique.name for each in read for technique in each.techniques}
    titles = {name: scenario.title for name, scenario in library().items()}
    return {"techniques": domains() | own, "scenarios": titles}


def _summary(curriculum: Curriculum) -> dict[str, object]:
    from stepdown.retention.curriculum import digest

    modules = [{"id": m.id, "title": m.title, "hours": m.hours} for m in curriculum.modules]
    return {
        "id": curriculum.id, "title": curriculum.title, "hours": curriculum.hours,
        "digest": digest(curriculum), "modules": modules,
    }  # fmt: skip


def _show_module(module: Module, names: dict[str, str]) -> None:
    _say(f"Delivery: {', '.join(module.delivery).replace('_', ' ')}")
    for title, items in (
        ("Objective", module.objectives),
        ("When talk fails", module.when_talk_fails),
        ("An observer looks for", module.fidelity),
        ("Assumed", module.assumed),
    ):
        for item in items:
            _say(f"{title}: {item.text}")
    _say(f"Techniques: {', '.join(names.get(t, t) for t in module.techniques) or 'none'}")
    _say(f"Scenarios: {', '.join(module.scenarios) or 'none'}")
    for reference in module.references:
        doi = f", doi {reference.doi}" if reference.doi else ""
        said = f"{reference.source}{doi}{f'. {reference.shows}' if reference.shows else ''}"
        OUT.print(said, style="dim", markup=False, highlight=False)


def _say(text: str) -> None:
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
