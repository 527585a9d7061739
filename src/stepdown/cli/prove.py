"""Commands that prove: evaluate a rollout, check a plan, fetch public data."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from stepdown.cli.console import (
    CHECK_FAILED,
    ERR,
    OUT,
    AsJson,
    Seed,
    errors,
    plain,
    print_json,
    progress_bar,
)

if TYPE_CHECKING:
    from stepdown.evaluation.design_check import DesignCheck, OutcomeCheck

SHOWN = 20

data_app = typer.Typer(no_args_is_help=True, help="Public datasets by name.")


def evaluate(
    study: Annotated[Path | None, typer.Argument(help="Study file (YAML).")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for results and briefing.")] = None,
    draws: Annotated[int, typer.Option(min=1, help="Draws of the randomization test.")] = 5000,
    seed: Seed = 1,
    workers: Annotated[
        int, typer.Option(min=1, help="Threads; changes the time, never the numbers.")
    ] = os.cpu_count() or 1,
    same_scene: Annotated[
        Path | None,
        typer.Option(help="same_scene.json of `stepdown same-scene`: a chapter of the briefing."),
    ] = None,
    verify: Annotated[
        Path | None,
        typer.Option(help="Rerun what made this results.json and compare; writes nothing."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate a training rollout: estimates, verdicts and a briefing.

    Writes results.json, briefing.html and briefing.pdf into the folder. Exit code 0 whatever the
    verdict, 1 if `--verify` finds a difference, 2 if the study file or its data have mistakes.
    """
    if verify is not None:
        _verify(verify, study, workers, as_json)
        return
    if study is None or out is None:
        missing = "STUDY" if study is None else "--out"
        raise typer.BadParameter(f"give a study file and a folder: {missing} is missing")
    with errors(as_json):
        from stepdown.briefing import write_briefing
        from stepdown.briefing.words import advice, answer, truth_sentence
        from stepdown.cli.evidence import load
        from stepdown.cli.published import beliefs_for
        from stepdown.evaluation.evaluate import evaluate_study
        from stepdown.evaluation.results_file import write_results
        from stepdown.evaluation.same_scene.results_file import read_same_scene

        beside = read_same_scene(same_scene) if same_scene is not None else None
        with progress_bar() as progress:
            results = evaluate_study(
                study,
                draws=draws,
                seed=seed,
                workers=workers,
                beliefs=beliefs_for(study),
                progress=progress,
            )
            progress("Writing the briefing", 0, 1)
            results_path = write_results(results, out)
            files = write_briefing(results, out, load(), beside)
            progress("Writing the briefing", 1, 1)
    if as_json:
        typer.echo(results.model_dump_json(indent=2))
        return
    OUT.print(f"\n[bold]{plain(results.title)}[/bold]")
    if results.simulated:
        OUT.print("Simulated data", style="bold reverse")
    for warning in results.warnings:
        OUT.print(f"Warning: {warning}", style="yellow", markup=False, highlight=False)
    for outcome in results.outcomes:
        OUT.print(f"\n[bold]{plain(outcome.name)}[/bold]: {outcome.verdict.code}")
        for say in (answer, truth_sentence, advice):
            OUT.print(say(outcome, results.design), markup=False, highlight=False)
    OUT.print()
    for path in (results_path, files.html, files.pdf):
        OUT.print(str(path), markup=False, highlight=False, soft_wrap=True)


def _verify(results: Path, study: Path | None, workers: int, as_json: bool) -> None:
    with errors(as_json):
        from stepdown.evaluation.verify import verify

        with progress_bar() as progress:
            found = verify(results, study, workers=workers, progress=progress)
    if as_json:
        print_json({"same": not found, "differences": [asdict(d) for d in found]})
    elif not found:
        OUT.print("The same: every number came out again.")
    else:
        for each in found[:SHOWN]:
            OUT.print(f"{each.where}: {each.published}, now {each.now}", markup=False)
        more = f" ({len(found) - SHOWN} more: --json)" if len(found) > SHOWN else ""
        OUT.print(f"Not the same: {len(found)} values differ{more}.", style="red")
    if found:
        raise typer.Exit(CHECK_FAILED)


def register(
    study: Annotated[Path, typer.Argument(help="Study file (YAML).")], as_json: AsJson = False
) -> None:
    """Register a plan before its data: its text, hash and the time, in a file beside it.

    Give a copy to somebody else; every later evaluation says whether the plan was changed. Exit
    code 0, or 2 if the plan has mistakes or is registered already.
    """
    with errors(as_json):
        from stepdown.evaluation.registration import register as write

        place = write(study, datetime.now().astimezone())
    if as_json:
        print_json({"registration": str(place)})
        return
    OUT.print(str(place), markup=False, highlight=False, soft_wrap=True)
    OUT.print("Give a copy to somebody else now: that is what makes it proof.")


def check(
    study: Annotated[Path, typer.Argument(help="Study file (YAML).")],
    draws: Annotated[int, typer.Option(min=1, help="Draws of the test of the draw.")] = 5000,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Check a plan, its data and the draw, without looking at any effect.

    Exit code 0 if all is well, 1 if the waves differed before training more than a draw explains,
    2 if the study file or its data have mistakes.
    """
    with errors(as_json):
        from stepdown.cli.published import spans_for
        from stepdown.evaluation.design_check import check_study

        with progress_bar() as progress:
            report = check_study(
                study, draws=draws, seed=seed, spans=spans_for(study), progress=progress
            )
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        _show_check(report)
    if not report.passed:
        raise typer.Exit(CHECK_FAILED)


def _show_check(report: DesignCheck) -> None:
    OUT.print(f"{report.n_units:,} units, {report.n_waves} waves, {report.n_periods} periods")
    table = Table("outcome", "events", "smallest effect that could be seen", "before training")
    for row in report.outcomes:
        size = f"{row.detectable_percent:.0f} %" if row.detectable_percent else "unknown"
        p = row.waves_p_value
        balance = "nothing was drawn" if p is None else f"waves alike? p = {p:.2g}"
        table.add_row(row.name, f"{row.events:,}", size, balance)
    OUT.print(table)
    for row in report.outcomes:
        if row.published:
            OUT.print(_beside(row), highlight=False)
    for line in report.account:
        OUT.print(f"Left out: {line}", markup=False, highlight=False)
    for warning in report.warnings:
        OUT.print(f"Warning: {warning}", style="yellow", markup=False, highlight=False)
    if not report.passed:
        OUT.print(
            "The waves differed before training more than the declared draw explains. If teams or "
            "groups were assigned together, declare `level: cluster` or `strata`.",
            style="yellow",
        )


def _beside(row: OutcomeCheck) -> str:
    found = row.published
    if found is None:  # pragma: no cover - asked for before
        return ""
    ends = " to ".join(dict.fromkeys(f"{e:+.0f} %" for e in (found.low, found.high)))
    said = f"{row.name}: published effects like this: {ends}"
    said += f"; {found.nulls} trials more found no clear difference." if found.nulls else "."
    if found.times_as_many is None:
        return said
    if found.times_as_many == 1:
        return (
            f"{said} Half of the largest ({found.half_way:+.0f} %) could be seen with your numbers."
        )
    return (
        f"{said} To see half of the largest ({found.half_way:+.0f} %) you would need about "
        f"{found.times_as_many:.1f} times as many people."
    )


def schema(
    what: Annotated[str, typer.Argument(help="`study`, `results` or `same-scene`.")],
) -> None:
    """Print the JSON Schema of a file that Stepdown reads or writes."""
    with errors():
        from stepdown.evaluation.schema import json_schema

        print_json(json_schema(what))


@data_app.command("list")
def data_list(as_json: AsJson = False) -> None:
    """List the registered datasets and whether they are here."""
    with errors(as_json):
        from stepdown.incidents.datasets import REGISTRY, locate

        rows = []
        for dataset in REGISTRY.values():
            found = locate(dataset.name, os.environ)
            rows.append(
                {
                    "name": dataset.name,
                    "file": dataset.file,
                    "here": str(found) if found else None,
                    "licence": dataset.licence,
                    "description": dataset.description,
                }
            )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        OUT.print(f"[bold]{row['name']}[/bold]  {row['here'] or 'not here yet'}", soft_wrap=True)
        OUT.print(f"  {row['description']}\n  Licence: {row['licence']}", highlight=False)


@data_app.command("fetch")
def data_fetch(
    name: Annotated[str, typer.Argument(help="Name of the dataset.")], as_json: AsJson = False
) -> None:
    """Fetch a dataset, checksum-verified; looks in STEPDOWN_DATA_DIR first."""
    with errors(as_json):
        from stepdown.incidents.datasets import fetch

        path = fetch(name, os.environ)
    if as_json:
        print_json({"name": name, "path": str(path)})
    else:
        OUT.print(str(path), markup=False, highlight=False, soft_wrap=True)


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the demo agency.")] = Path("demo"),
    seed: Seed = 1,
    draws: Annotated[int, typer.Option(min=1, help="Draws of the randomization test.")] = 5000,
) -> None:
    """Evaluate a simulated agency whose truth is known, from raw tables to briefing."""
    with errors():
        from stepdown.incidents.demo import simulate_agency, write_agency

        with ERR.status("Simulating the demo agency"):
            study = write_agency(simulate_agency(seed), out / "data")
    evaluate(study, out, draws=draws, seed=seed)
