"""The command that compares officers at the same scene."""

from __future__ import annotations

import getpass
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from stepdown.cli.console import (
    CHECK_FAILED,
    OUT,
    AsJson,
    Seed,
    errors,
    plain,
    progress_bar,
)

if TYPE_CHECKING:
    from stepdown.evaluation.same_scene.results import SameSceneResults


def same_scene(
    data: Annotated[
        str,
        typer.Argument(
            help="Table with a row for each officer at each incident: CSV, Parquet, Excel or R "
            "data; or the name of a registered dataset (`seattle-same-scene`)."
        ),
    ],
    incident: Annotated[str, typer.Option(help="Column that numbers the incident.")] = "id",
    officer: Annotated[str, typer.Option(help="Column that numbers the officer.")] = "idOff",
    level: Annotated[str, typer.Option(help="Column with the level of force used.")] = "y",
    levels: Annotated[
        str | None,
        typer.Option(help="The levels, lowest first, by commas; needed where they are words."),
    ] = None,
    force_users_only: Annotated[
        bool,
        typer.Option(
            "--force-users-only",
            help="Compare only officers who used force; for agencies that record no others.",
        ),
    ] = False,
    trained: Annotated[
        str | None, typer.Option(help="Column: 1 where the officer had been trained, else 0.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Instead of --trained: column with the incident's day.")
    ] = None,
    trained_on: Annotated[
        str | None,
        typer.Option(
            help="With --date: column with the day that the officer was to be trained; `never` "
            "if held back by the draw, blank if not part of it."
        ),
    ] = None,
    randomized: Annotated[
        bool,
        typer.Option(
            "--randomized", help="Training days were drawn by lot: test by drawing them again."
        ),
    ] = False,
    clusters: Annotated[
        str | None, typer.Option(help="Column with the group that was drawn together (squad).")
    ] = None,
    strata: Annotated[
        str | None, typer.Option(help="Column with the group within which days were drawn.")
    ] = None,
    beside: Annotated[
        list[str] | None,
        typer.Option(help="Column of numbers to put beside training (dose, years); may repeat."),
    ] = None,
    placebo: Annotated[
        int, typer.Option(min=0, help="Also fit this often with levels handed out by lot.")
    ] = 0,
    min_scenes: Annotated[
        int, typer.Option(min=1, help="Fewest scenes for an officer to be shown.")
    ] = 10,
    names: Annotated[
        Path | None,
        typer.Option(
            help="Show names from this table (the officer column and `name`). It is logged."
        ),
    ] = None,
    why: Annotated[str, typer.Option(help="With --names: why names are needed.")] = "",
    chains: Annotated[int, typer.Option(min=2, help="Chains of the sampler.")] = 4,
    draws: Annotated[int, typer.Option(min=10, help="Draws kept from each chain.")] = 1000,
    tune: Annotated[int, typer.Option(min=10, help="Draws before, to tune each chain.")] = 500,
    permutations: Annotated[
        int, typer.Option(min=1, help="Draws of the permutation tests.")
    ] = 5000,
    seed: Seed = 1,
    workers: Annotated[
        int, typer.Option(min=1, help="Threads; changes the time, never the numbers.")
    ] = os.cpu_count() or 1,
    sheet: Annotated[str | None, typer.Option(help="Excel only: which sheet.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for same_scene.json, .html and .pdf.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare officers who used different levels of force at the same scene.

    Propensity relative to peers at shared scenes, and whether trained officers used more or less of
    the force that was used there; never how much force there was. Exit code 0, 1 if the draws
    cannot be trusted (then no result is shown), 2 if the data have mistakes.
    """
    with errors(as_json):
        from stepdown.briefing.same_scene.write import write_page
        from stepdown.evaluation.same_scene.analyse import analyse
        from stepdown.evaluation.same_scene.columns import Columns
        from stepdown.evaluation.same_scene.names import Asked, log_names, read_names
        from stepdown.evaluation.same_scene.options import Options
        from stepdown.evaluation.same_scene.read import read_scenes
        from stepdown.evaluation.same_scene.results_file import write_same_scene
        from stepdown.evaluation.same_scene.sample import Tuning
        from stepdown.incidents.datasets import find
        from stepdown.problems import read_both
        from stepdown.whole_file import check_folder

        if randomized and (date is None or trained_on is None):
            raise typer.BadParameter("--randomized needs --date and --trained-on")
        if (clusters or strata) and not randomized:
            raise typer.BadParameter(
                "--clusters and --strata say how lots were drawn: --randomized"
            )
        if names is not None and out is None:
            raise typer.BadParameter("--names needs --out: the log is kept there")
        if why and names is None:
            raise typer.BadParameter("--why says why names are shown: --names")
        options = Options(
            columns=Columns(
                incident, officer, level, trained, date, trained_on, clusters, strata,
                tuple(beside or ()),
            ),
            levels=tuple(name.strip() for name in levels.split(",")) if levels else None,
            force_users_only=force_users_only,
            sheet=sheet,
            randomized=randomized,
            permutations=permutations,
            placebo=placebo,
            min_scenes=min_scenes,
            tuning=Tuning(chains=chains, draws=draws, tune=tune, cores=workers),
            seed=seed,
        )  # fmt: skip
        with progress_bar() as progress:
            progress("Reading", 0, 1)
            asked = Asked(names, why, _who(), datetime.now().astimezone()) if names else None
            reading, (by_name, record) = read_both(
                lambda: read_scenes(find(data, os.environ), options),
                lambda: read_names(asked, officer) if asked is not None else ({}, None),
            )
            if out is not None:
                check_folder(out)
            progress("Reading", 1, 1)
            results = analyse(reading, options, progress)
            files: tuple[Path, ...] = ()
            if out is not None:
                if record is not None and results.diagnostics.good:
                    log_names(record, results.source.sha256, out)
                    results = results.model_copy(update={"names": record})
                progress("Writing", 0, 1)
                files = (write_same_scene(results, out), *write_page(results, out, by_name))
                progress("Writing", 1, 1)
    if as_json:
        typer.echo(results.model_dump_json(indent=2))
    else:
        _show(results, files)
    if not results.diagnostics.good:
        raise typer.Exit(CHECK_FAILED)


def _who() -> str:
    """Name the user as the system knows them, whatever the environment says."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return getpass.getuser()


def _say(text: str, style: str = "") -> None:
    OUT.print(text, style=style, markup=False, highlight=False)


def _show(results: SameSceneResults, files: tuple[Path, ...]) -> None:
    from stepdown.briefing.same_scene.words import NO_WITNESSES, levels_in_words

    table = Table("", "rows", "scenes", "officers")
    for step in results.account:
        table.add_row(step.why, f"{step.rows:,}", f"{step.scenes:,}", f"{step.officers:,}")
    OUT.print(table)
    _say(levels_in_words(results))
    pieces = results.network.pieces
    _say(
        f"Connected pieces: {len(pieces):,}; the largest has {pieces[0].officers:,} officers and "
        f"{pieces[0].scenes:,} scenes."
    )
    for warning in results.warnings:
        _say(f"Warning: {warning}.", "yellow")
    if results.force_users_only:
        _say(f"Warning: {NO_WITNESSES}", "yellow")
    if results.diagnostics.good:
        _show_found(results)
    else:
        _say("\nNo results: the draws cannot be trusted.", "red")
        for reason in results.diagnostics.reasons:
            _say(f"- {reason}", "red")
        _say("Run again with more --draws and --tune.")
    for path in files:
        OUT.print(str(path), markup=False, highlight=False, soft_wrap=True)
    if not files:
        _say("Nothing was written: --out FOLDER writes page, PDF and JSON.")


def _show_found(results: SameSceneResults) -> None:
    from stepdown.briefing.same_scene.words import (
        NEVER_AN_EFFECT,
        answer_on_officers,
        answer_on_training,
        tests_in_words,
    )

    title, said = answer_on_officers(results)
    OUT.print(f"\n[bold]Officers[/bold]: {plain(title)}")
    _say(said)
    if results.training is not None:
        title, said = answer_on_training(results.training)
        OUT.print(f"\n[bold]Training[/bold]: {plain(title)}")
        for sentence in (said, *tests_in_words(results.training), NEVER_AN_EFFECT):
            _say(sentence)
    found = results.diagnostics
    _say(
        f"\nR-hat at most {found.rhat_max:.3f}, at least {found.ess_min:,.0f} effective draws, "
        f"no divergences, {found.seconds:.0f} s."
    )
