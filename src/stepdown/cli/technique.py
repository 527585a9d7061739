"""Commands that hear technique: code a transcript, redact it, measure the coder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from stepdown.cli.console import OUT, AsJson, errors, plain, print_json, progress_bar

if TYPE_CHECKING:
    from stepdown.technique.hearing import Hearing, Speaker

coder_app = typer.Typer(no_args_is_help=True, help="The technique coder itself.")
BAR = 24


def code(
    file: Annotated[Path, typer.Argument(help="WebVTT, SRT, CSV, Whisper JSON or NAME: text.")],
    speaker: Annotated[
        str | None, typer.Option(help="Code this speaker alone: the responder.")
    ] = None,
    redact: Annotated[
        bool, typer.Option("--redact", help="Mask names, numbers, dates, addresses, plates, ids.")
    ] = False,
    roster: Annotated[
        Path | None, typer.Option(help="Names to mask: one a line, or a CSV with name columns.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option(help="Draw the timeline into this SVG file.")
    ] = None,
    convokit: Annotated[
        Path | None, typer.Option(help="Write a ConvoKit corpus into this new folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Code a transcript into techniques: timeline, profile per speaker, moments to watch.

    Nothing leaves this machine and nothing is kept. Exit code 0, or 2 if the file cannot be read.
    """
    with errors(as_json):
        from stepdown.technique.coder import Coder
        from stepdown.technique.hearing import hear, known_speaker
        from stepdown.technique.redacted import redact_transcript
        from stepdown.technique.redaction import Roster, read_roster
        from stepdown.technique.timeline import draw
        from stepdown.technique.transcript import read_transcript
        from stepdown.whole_file import write_whole

        transcript, name = read_transcript(file), file.stem
        if speaker is not None:
            speaker = known_speaker(transcript.turns, speaker)
        if redact or roster:
            masked = redact_transcript(transcript, read_roster(roster) if roster else Roster())
            transcript, name = masked.transcript, "conversation"
            speaker = masked.speakers.get(speaker) if speaker is not None else None
        with progress_bar() as progress:
            hearing = hear(transcript, Coder.load(), speaker, progress)
        if chart:
            write_whole(chart, draw(hearing).encode())
        if convokit:
            _export(hearing, convokit, name)
    if as_json:
        print_json(hearing.as_dict())
        return
    _show(hearing)


def _export(hearing: Hearing, folder: Path, name: str) -> None:
    from stepdown.technique.convokit import export_convokit
    from stepdown.technique.transcript import Transcript

    codings = hearing.codings
    labels = [c.labels if c else () for c in codings]
    chances = [c.probabilities if c else {} for c in codings]
    export_convokit(Transcript(hearing.turns, hearing.notes), labels, chances, folder, name)


def _show(hearing: Hearing) -> None:
    from stepdown.technique.codebook import codebook
    from stepdown.technique.timeline import clock

    name = {entry.id: entry.name for entry in codebook().codes}
    table = Table("time", "speaker", "said", "heard", title="Timeline", title_justify="left")
    for number, (turn, coding) in enumerate(zip(hearing.turns, hearing.codings, strict=True), 1):
        heard = [name[c] for c in coding.labels] if coding else []
        heard += [f"{name[c]}?" for c in coding.unsure] if coding else []
        flags = [*turn.flags, *(f for f in (coding.flags if coding else ()) if f not in turn.flags)]
        when = clock(turn.start) if turn.start is not None else f"#{number}"
        said = plain(turn.text if len(turn.text) <= 300 else turn.text[:297] + "...")
        said += "".join(f"\n[yellow]{plain(flag)}[/yellow]" for flag in flags)
        table.add_row(when, plain(turn.speaker), said, ", ".join(heard))
    OUT.print(table)
    for who, measured in hearing.speakers.items():
        _show_speaker(who, measured, name)
    if hearing.moments:
        OUT.print("\n[bold]Moments worth watching[/bold]")
    for moment in hearing.moments:
        turn = hearing.turns[moment.turn]
        when = clock(turn.start) if turn.start is not None else f"#{moment.turn + 1}"
        style = "red" if moment.risk else "green"
        line = f"  {when} {turn.speaker}: {moment.why}"
        OUT.print(line, style=style, markup=False, highlight=False)
    for note in hearing.notes:
        OUT.print(f"Note: {note}", style="yellow", markup=False, highlight=False)
    OUT.print(
        "A name? is unsure. Codes come from words alone: tone, distance and hands are not heard, "
        "and the coder errs (docs/reference/coder.md).",
        style="dim", highlight=False,
    )  # fmt: skip


def _show_speaker(who: str, measured: Speaker, name: dict[str, str]) -> None:
    took = measured.conversation
    share = "" if took.talk_share is None else f", {took.talk_share:.0%} of the words"
    OUT.print(f"\n[bold]{plain(who) or 'Speaker without a name'}[/bold]: {took.turns} turns{share}")
    parts = [
        ("words a turn", took.words_per_turn), ("reading grade", took.reading_grade),
        ("pause before answering (s)", took.pause_s), ("interruptions", took.interruptions),
        ("acts of influence before listening", took.influence_before_listening),
        ("turns said again", took.said_again),
    ]  # fmt: skip
    OUT.print("  " + "; ".join(f"{what} {value:g}" for what, value in parts if value is not None))
    if measured.profile is None:
        return
    table = Table("technique", "turns", "of", "share of turns (95 %)", "", "per 100 words")
    for rates, style in ((measured.profile.technique, "blue"), (measured.profile.risk, "red")):
        for code_id, rate in rates.items():
            if rate.count == 0 or rate.per_turn is None:
                continue
            bar = "█" * max(1, round(BAR * rate.per_turn))
            interval = f"{rate.per_turn:.0%} ({rate.low:.0%} to {rate.high:.0%})"
            table.add_row(
                name[code_id], str(rate.count), str(rate.opportunities), interval,
                f"[{style}]{bar}[/{style}]", f"{rate.per_100_words:.1f}",
            )  # fmt: skip
    OUT.print(table)


@coder_app.command("evaluate")
def coder_evaluate(
    path: Annotated[Path, typer.Argument(help="AnnoMI-full CSV, or folder of POL-COM scenarios.")],
    corpus: Annotated[str, typer.Option(help="`annomi` or `polcom`.")],
    as_json: AsJson = False,
) -> None:
    """Measure the coder on a corpus you hold, beside simple baselines.

    Exit code 0, or 2 if the corpus cannot be read.
    """
    with errors(as_json):
        from stepdown.technique.benchmark.run import run

        with progress_bar() as progress:
            report = run(corpus, path, progress)
    if as_json:
        print_json(report)
        return
    _show_report(report)


def _show_report(report: dict[str, Any]) -> None:
    measures = [name for name, value in report.items() if not isinstance(value, dict)]
    variants = {
        "this coder": report,
        **{
            name.replace("_", " "): v
            for name, v in report.items()
            if isinstance(v, dict) and name != "baselines"
        },
        **report["baselines"],
    }
    table = Table("", *(name.replace("_", " ") for name in measures))
    for name, values in variants.items():
        row = (values.get(measure) for measure in measures)
        table.add_row(
            name.replace("_", " "),
            *("" if v is None else f"{v:.3f}" if isinstance(v, float) else str(v) for v in row),
        )
    OUT.print(table)
