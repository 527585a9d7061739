"""Commands on published evidence: what is known, what claims rest on, add a study."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from stepdown.cli.console import OUT, AsJson, errors, plain, print_json
from stepdown.problems import InputProblems, Problem
from stepdown.user_folder import user_folder

if TYPE_CHECKING:
    from stepdown.evidence.synthesis import Group
    from stepdown.evidence.table import Evidence

evidence_app = typer.Typer(
    invoke_without_command=True,
    help="What published studies found, and what popular claims rest on.",
)
ADDED = "my_studies.csv"

Tables = Annotated[
    list[Path] | None,
    typer.Option("--table", help="Read this table instead (may be given several times)."),
]


def tables(given: list[Path] | None = None) -> list[Path]:
    """Return the tables to read: those given, else the shipped one and what was added here."""
    from stepdown.evidence.table import shipped_table

    if given:
        return given
    mine = user_folder(os.environ) / ADDED
    return [shipped_table(), *([mine] if mine.exists() else [])]


def load(given: list[Path] | None = None) -> Evidence:
    """Read the evidence that commands rest on."""
    from stepdown.evidence.table import read_evidence

    return read_evidence(*tables(given), first_wins=not given)


@evidence_app.callback()
def summary(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the evidence ladder: what was studied, how well, which way; gaps as gaps."""
    if context.invoked_subcommand is not None:
        return
    with errors(as_json):
        from stepdown.evidence.ladder import climb

        evidence = load()
        rungs = climb(evidence)
    if as_json:
        print_json({"digest": evidence.digest, "rungs": [_rung(r) for r in rungs]})
        return
    from stepdown.evidence.rungs import rung_words
    from stepdown.evidence.vocabulary import OUTCOMES, SECTOR_WORDS

    for rung in rungs:
        OUT.print(f"\n[bold]{rung.rung.capitalize()}[/bold]")
        OUT.print(rung_words(evidence)[rung.rung].text, markup=False, highlight=False)
        for s in rung.outcomes:
            counts = f"{plural(len(s.rows), 'study', 'studies')}, {s.randomised} randomised"
            ways = ", ".join(
                f"{len(s.on_side(side))} {words}"
                for side, words in WAYS.items()
                if s.on_side(side)
            )  # fmt: skip
            OUT.print(
                f"  {OUTCOMES[s.outcome].words} ({SECTOR_WORDS[s.sector]}): {counts}: {ways}",
                style="dim", markup=False, highlight=False,
            )  # fmt: skip
        if rung.gaps:
            gaps = ", ".join(SECTOR_WORDS[g] for g in rung.gaps)
            OUT.print(f"  Nothing found: {gaps}", style="yellow", highlight=False)
    OUT.print(f"\n{len(evidence.rows)} rows. More: stepdown evidence --help", style="dim")


WAYS = {"better": "point to better", "worse": "to worse", "unknown": "not known"}


def plural(count: int, one: str, many: str) -> str:
    """Write a count with its noun."""
    return f"{count} {one if count == 1 else many}"


def _rung(rung: Any) -> dict[str, Any]:
    return {
        "rung": rung.rung,
        "gaps": list(rung.gaps),
        "outcomes": [
            {
                "outcome": s.outcome,
                "sector": s.sector,
                "studies": len(s.rows),
                "randomised": s.randomised,
                "low_risk_of_bias": s.low_risk,
                "clear": [r.id for r in s.clear],
                **{side: [r.id for r in s.on_side(side)] for side in WAYS},
            }
            for s in rung.outcomes
        ],
    }


@evidence_app.command("claims")
def claims(table: Tables = None, as_json: AsJson = False) -> None:
    """Hold popular claims against what their sources contain and what better evidence says."""
    with errors(as_json):
        from stepdown.evidence.claims import WORDS, read_claims

        found = read_claims(load(table))
    if as_json:
        print_json({"claims": [c.as_dict() for c in found]})
        return
    for c in found:
        OUT.print(f"\n[bold]{plain(c.claim)}[/bold]")
        OUT.print(WORDS[c.wording], style="bold", highlight=False)
        if c.kind == "claim":
            OUT.print(f"Cited: {c.cited}. {c.contains}", markup=False, highlight=False)
        OUT.print(c.finding, markup=False, highlight=False)
        OUT.print(f"Rows: {', '.join(c.rows)}", style="dim", highlight=False)


@evidence_app.command("pool")
def pool(
    outcome: Annotated[str, typer.Option(help="Kind of outcome, such as `force`.")],
    table: Tables = None,
    as_json: AsJson = False,
) -> None:
    """Pool the studies of an outcome where that is honest, else count their directions.

    Police, health care and others stay apart, randomised trials apart from the rest; nothing is
    pooled below three studies with a rate ratio and its uncertainty.
    """
    with errors(as_json):
        from stepdown.evidence.synthesis import groups_of

        evidence = load(table)
        _known_outcome(outcome)
        groups = groups_of(evidence, outcome)
        found = [_synthesis(group) for group in groups]
    if as_json:
        print_json({"outcome": outcome, "scale": "log rate ratio", "groups": found})
        return
    if not found:
        OUT.print(f"No study of {outcome} in the table.")
    for group, one in zip(groups, found, strict=True):
        _show(group, one)


def _known_outcome(outcome: str) -> None:
    from stepdown.evidence.vocabulary import OUTCOMES

    if outcome not in OUTCOMES:
        known = ", ".join(o for o in OUTCOMES if o != "none")
        problem = Problem("--outcome", outcome, f"one of {known}", "name one of these")
        raise InputProblems("evidence", [problem])


def _synthesis(group: Group) -> dict[str, Any]:
    result: dict[str, Any] = {
        "sector": group.sector,
        "design": group.design,
        "rows": [r.id for r in group.rows],
        "pooled_rows": [e.row for e in group.effects],
        "not_pooled": [asdict(left) for left in group.left_out],
        "refusal": group.refusal or None,
        "pool": None,
        "leave_one_out": [],
        "small_studies": None,
        "directions": asdict(group.directions),
    }
    if not group.refusal:
        from stepdown.evidence import pooling

        result["pool"] = asdict(pooling.pool(group.effects))
        result["leave_one_out"] = [asdict(w) for w in pooling.leave_one_out(group.effects)]
        small = pooling.small_studies(group.effects)
        result["small_studies"] = asdict(small) if small else None
    return result


def _show(group: Group, one: dict[str, Any]) -> None:
    from stepdown.evidence.effects import percent
    from stepdown.evidence.shown import shown_effect
    from stepdown.evidence.vocabulary import DESIGN_WORDS, SECTOR_WORDS

    OUT.print(f"\n[bold]{SECTOR_WORDS[group.sector]}, {DESIGN_WORDS[group.design]}[/bold]")
    listed = Table("row", "published", "points", "risk of bias")
    for row in group.rows:
        listed.add_row(row.id, plain(shown_effect(row)), row.side, row.bias)
    OUT.print(listed)
    if one["pool"]:
        p = one["pool"]
        ends = [percent(p[k]) for k in ("mean", "low", "high", "prediction_low", "prediction_high")]
        OUT.print(
            "Pooled: {:+.0f} % (95 % interval {:+.0f} to {:+.0f}); in a new place {:+.0f} to "
            "{:+.0f}".format(*ends),
            highlight=False,
        )
    else:
        OUT.print(one["refusal"], highlight=False)
    d = group.directions
    if d.p_value is None:
        OUT.print("Directions: none known.", highlight=False)
        return
    OUT.print(
        f"Directions: {len(d.better)} better, {len(d.worse)} worse, {len(d.unknown)} not known. "
        f"A coin is as lopsided in {d.p_value:.2g} of cases; counting the unknown ones in any way, "
        f"in {d.p_least:.2g} to {d.p_most:.2g}.",
        highlight=False,
    )


@evidence_app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Id of a row or a study.")],
    table: Tables = None,
    as_json: AsJson = False,
) -> None:
    """Show everything about a row, or about all rows of a study."""
    with errors(as_json):
        evidence = load(table)
        rows = [r for r in evidence.rows if name in (r.id, r.study)]
        if not rows:
            raise InputProblems("evidence", [_unknown(name, evidence)])
    if as_json:
        print_json({"rows": [{**r.model_dump(mode="json"), "link": r.link} for r in rows]})
        return
    for row in rows:
        OUT.print(f"\n[bold]{row.id}[/bold]")
        for field, value in row.model_dump().items():
            if value not in (None, "") and field != "id":
                OUT.print(f"  {field}: {value}", markup=False, highlight=False, soft_wrap=True)


def _unknown(name: str, evidence: Evidence) -> Problem:
    import difflib

    names = dict.fromkeys(n for r in evidence.rows for n in (r.id, r.study))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    fix = f"did you mean {', '.join(close)}?" if close else "list them: stepdown evidence list"
    return Problem("row", name, "the id of a row or a study", fix)


@evidence_app.command("list")
def list_rows(table: Tables = None, as_json: AsJson = False) -> None:
    """List all rows: study, outcome, number, direction, how sure."""
    with errors(as_json):
        from stepdown.evidence.shown import shown_effect

        rows = load(table).rows
    if as_json:
        print_json({"rows": [r.model_dump(mode="json") for r in rows]})
        return
    listed = Table("row", "outcome", "sector", "published", "direction", "confidence")
    for r in rows:
        listed.add_row(r.id, r.outcome_group, r.sector, plain(shown_effect(r)), r.direction,
                       r.confidence)  # fmt: skip
    OUT.print(listed)


@evidence_app.command("check")
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A table; without one, the tables in use.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a table: every mistake at once, with its line. Exit code 2 if there is one."""
    with errors(as_json):
        from stepdown.evidence.claims import read_claims

        evidence = load([file] if file else None)
        if file is None:
            read_claims(evidence)
    if as_json:
        print_json({"rows": len(evidence.rows), "digest": evidence.digest, "problems": []})
        return
    OUT.print(f"{len(evidence.rows)} rows, no mistake found.", highlight=False)


@evidence_app.command("add")
def add(
    file: Annotated[Path, typer.Argument(help="A table with the new rows.")],
    into: Annotated[
        Path | None, typer.Option(help="Table to add to (default: yours, in the user's folder).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add studies: all rows of a file or none. Reports, figures and pools follow from then on."""
    with errors(as_json):
        from stepdown.evidence.table import add_rows, shipped_table

        place = into or user_folder(os.environ) / ADDED
        added = add_rows(file, place, [] if into else [shipped_table()])
    if as_json:
        print_json({"table": str(place), "added": [r.id for r in added]})
        return
    OUT.print(f"Added to {place}: {', '.join(r.id for r in added)}", markup=False)


@evidence_app.command("columns")
def columns(as_json: AsJson = False) -> None:
    """Describe the columns of the table."""
    from stepdown.evidence.study_row import StudyRow

    if as_json:
        print_json(StudyRow.model_json_schema())
        return
    for name, field in StudyRow.model_fields.items():
        OUT.print(f"[bold]{name}[/bold]  {plain(field.description or '')}", highlight=False)


@evidence_app.command("bib")
def bib(table: Tables = None) -> None:
    """Print the sources as BibTeX."""
    with errors():
        from stepdown.evidence.bibtex import to_bibtex

        typer.echo(to_bibtex(load(table)), nl=False)


@evidence_app.command("report")
def report(
    out: Annotated[Path, typer.Option(help="Folder for the report.")],
    table: Tables = None,
    as_json: AsJson = False,
) -> None:
    """Write the report: a page, a PDF, Markdown, pictures (SVG), the table and BibTeX."""
    with errors(as_json):
        from stepdown.briefing.published.write import write_report

        written = write_report(load(table), out)
    if as_json:
        print_json({"files": [str(p) for p in written]})
        return
    for path in written:
        OUT.print(str(path), markup=False, highlight=False, soft_wrap=True)
