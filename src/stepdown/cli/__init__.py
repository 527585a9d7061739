"""The command line: thin. Results go to standard output, progress and errors to standard error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from stepdown import __version__
from stepdown.cli import (
    audit,
    curriculum,
    evidence,
    hours,
    practice,
    privacy,
    prove,
    refreshers,
    rollout,
    roster,
    same_scene,
    scenarios,
    site,
    technique,
)

app = typer.Typer(
    name="stepdown",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="De-escalation training: practise it, keep it, prove it.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"stepdown {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """De-escalation training: practise it, keep it, prove it."""


COMMANDS: tuple[Callable[..., None], ...] = (
    practice.practice,
    practice.review,
    practice.retry,
    technique.code,
    prove.evaluate,
    prove.check,
    same_scene.same_scene,
    prove.register,
    prove.schema,
    prove.demo,
    site.serve,
    site.backup,
    site.restore,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(scenarios.scenarios_app, name="scenarios")
app.add_typer(technique.coder_app, name="coder")
app.add_typer(prove.data_app, name="data")
app.add_typer(evidence.evidence_app, name="evidence")
app.add_typer(site.site_app, name="site")
app.add_typer(audit.audit_app, name="audit")
app.add_typer(privacy.privacy_app, name="privacy")
app.add_typer(curriculum.curriculum_app, name="curriculum")
app.add_typer(roster.roster_app, name="roster")
app.add_typer(hours.hours_app, name="hours")
app.add_typer(refreshers.refreshers_app, name="refreshers")
app.add_typer(rollout.rollout_app, name="rollout")

if __name__ == "__main__":
    app()
