"""Commands that practise: play an encounter, review it, try again from a point of it."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stepdown.cli.console import OUT, AsJson, errors, plain, print_json
from stepdown.problems import InputProblems, Problem

if TYPE_CHECKING:
    from stepdown.encounter.play import Encounter, Voice
    from stepdown.encounter.review import Review
    from stepdown.encounter.review.review import Moment
    from stepdown.encounter.scenario import Scenario

Pace = Literal["turn", "real"]
Readings = Annotated[
    bool, typer.Option("--readings/--no-readings", help="Ask now and then what you read.")
]
LogOption = Annotated[Path | None, typer.Option(help="Write the log here (a new file).")]
VoiceOption = Annotated[
    str | None, typer.Option(help="Word answers anew: a GGUF file, or the URL of a local endpoint.")
]


def practice(
    scenario: Annotated[str | None, typer.Argument(help="A scenario's id, or a file.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**63 - 1, help="Same seed, same person.")
    ] = None,
    pace: Annotated[Pace, typer.Option(help="`turn` waits for you; `real` does not.")] = "turn",
    log: LogOption = None,
    readings: Readings = True,
    voice: VoiceOption = None,
) -> None:
    """Play an encounter in the terminal. The log is yours and stays on this machine.

    Exit code 0, or 2 if the scenario cannot be read.
    """
    with errors():
        from stepdown.encounter.library import find_scenario
        from stepdown.encounter.log import LogFile
        from stepdown.encounter.play import Encounter
        from stepdown.technique.coders import coder_for

        chosen = find_scenario(scenario or _asked())
        number = secrets.randbelow(2**32) if seed is None else seed
        path = log or _free(Path(f"{chosen.id}-{number}.jsonl"))
        _introduce(chosen)
        speaker = _voice(voice)
        with LogFile(path) as file:
            encounter = Encounter.start(
                chosen, number, coder_for(chosen.language), file.write, pace, voice=speaker
            )
            _play(encounter, path, real=pace == "real", readings=readings)


def retry(
    log: Annotated[Path, typer.Argument(help="The log of an encounter.")],
    at: Annotated[int, typer.Option(min=1, help="The event to do otherwise.")],
    to: LogOption = None,
    readings: Readings = True,
    voice: VoiceOption = None,
) -> None:
    """Try again from a point of an encounter: all before it stays, and you go on from there.

    The old log is left as it is. Exit code 0, or 2 if the log cannot be read.
    """
    with errors():
        from stepdown.encounter.log import LogFile, read_log
        from stepdown.encounter.play import Encounter, begun
        from stepdown.encounter.world import fold
        from stepdown.technique.coders import coder_for

        events = read_log(log)
        if at >= len(events):
            problem = Problem(
                "--at",
                str(at),
                f"an event from 1 to {len(events) - 1}",
                "see `stepdown review LOG`",
            )
            raise InputProblems("the event", [problem])
        kept = begun(events, at)
        coder = coder_for(fold(kept).scenario.language)
        path = to or _free(log.with_name(f"{log.stem}-from-{at}.jsonl"))
        with LogFile(path) as file:
            for event in kept:
                file.write(event)
            encounter = Encounter(kept, coder, file.write, _voice(voice))
            OUT.print(f"Again from event {at}, {kept[-1].t:.0f} s in.", style="bold")
            real = kept[0].data.get("pace") == "real"
            _play(encounter, path, real=real, readings=readings)


def review(
    log: Annotated[Path, typer.Argument(help="The log of an encounter.")],
    page: Annotated[
        Path | None, typer.Option(help="Write the review as a page to read or print.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Review an encounter: what happened, what each act was worth, what else could be said.

    Exit code 0, or 2 if the log cannot be read.
    """
    with errors(as_json):
        from stepdown.encounter.log import read_log
        from stepdown.encounter.review import review as reviewed
        from stepdown.encounter.review.page import render
        from stepdown.whole_file import write_whole

        found = reviewed(read_log(log))
        if page:
            write_whole(page, render(found).encode())
    if as_json:
        print_json(found.as_dict())
        return
    _show(found)
    if page:
        OUT.print(f"Written: {page}", markup=False)


def _asked() -> str:
    from stepdown.encounter.library import library

    known = library()
    for number, scenario in enumerate(known.values(), start=1):
        OUT.print(f"  {number}  {scenario.title} ({scenario.sector})", markup=False)
    given = typer.prompt("Which one", default="1")
    return (
        list(known)[int(given) - 1] if given.isdigit() and 0 < int(given) <= len(known) else given
    )


def _free(path: Path) -> Path:
    """Return a path that is not taken."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found


def _voice(name: str | None) -> Voice | None:
    if name is None:
        return None
    from stepdown.encounter.voice import voice_of

    return voice_of(name)


def _introduce(scenario: Scenario) -> None:
    from stepdown.encounter.crisis import crisis_line

    OUT.print(f"\n[bold]{plain(scenario.title)}[/bold]  ({plain(scenario.sector)})")
    OUT.print(scenario.summary, markup=False)
    for note in scenario.notes:
        OUT.print(f"Note: {note}", style="yellow", markup=False)
    OUT.print(crisis_line(os.environ), style="yellow", markup=False)
    if scenario.attribution:
        OUT.print(scenario.attribution, style="dim", markup=False)
    if sys.stdin.isatty():
        typer.prompt("Enter begins, Ctrl-C leaves", default="", show_default=False)


def _play(encounter: Encounter, path: Path, *, real: bool, readings: bool) -> None:
    from stepdown.cli.terminal import HELP, Terminal
    from stepdown.encounter.review.review import OUTCOMES, told

    OUT.print(f"\n{told(encounter.events[0], encounter.world)}\n", markup=False, highlight=False)
    OUT.print(HELP, style="dim", markup=False, highlight=False)
    OUT.print()
    Terminal(encounter, real=real, readings=readings).play()
    how = encounter.world.ended["how"] if encounter.world.ended else ""
    OUT.print(f"\nOutcome: {OUTCOMES.get(how, 'not ended')}, after {encounter.t:.0f} s.")
    OUT.print(f"Review it: stepdown review {path}", markup=False, highlight=False)


def _show(found: Review) -> None:
    OUT.print(f"[bold]{plain(found.title)}[/bold], seed {found.seed}: {found.outcome}")
    if found.ending:
        OUT.print(found.ending, markup=False, highlight=False)
    hurt = [who for who, was in found.injured.items() if was]
    if hurt:
        OUT.print(f"Hurt: {', '.join(hurt)}", style="red")
    _show_timeline(found)
    from stepdown.encounter.review.page import WORTH

    OUT.print(WORTH, style="dim", markup=False)
    for title, moments in (("Helped most", found.helped), ("Hurt most", found.hurt)):
        _show_moments(title, moments)
    table = Table("domain", "0 to 4", "what that looks like", "for", "against")
    for domain in found.rubric:
        table.add_row(
            domain.name, _dots(domain.score), domain.anchor,
            _listed(domain.helped), _listed(domain.hurt),
        )  # fmt: skip
    OUT.print(table)
    for reading in found.readings:
        given = "?" if reading.arousal_given is None else f"{reading.arousal_given:g}"
        right = sum(reading.right.values())
        OUT.print(
            f"Reading at {reading.event}: arousal {given}, in truth {reading.arousal_true:g}; "
            f"{right} of {len(reading.right)} right."
        )
    OUT.print("\n[bold]To talk about[/bold]")
    for question in found.debrief:
        OUT.print(f"  - {question}", markup=False)
    if found.next:
        from stepdown.encounter.library import library

        known = library().get(found.next[0])
        about = f" ({known.title}: {known.learning[0]})" if known else ""
        OUT.print(f"Next: stepdown practice {found.next[0]}{about}", markup=False)


def _dots(score: int | None) -> str:
    return "too little to say" if score is None else f"{'●' * score}{'○' * (4 - score)}"


def _show_timeline(found: Review) -> None:
    OUT.print(
        "\n[bold]Line by line[/bold] (arousal and trust 0 to 10, then what the act was worth)"
    )
    OUT.print("  #   time  arousal trust  worth", style="dim")
    worth = {w.event: w for w in found.worth}
    for point in found.timeline[1:]:
        value = worth.get(point.event)
        gain = f"{value.arousal:+.2f} ± {2 * value.arousal_se:.3f}" if value else ""
        head = f"{point.event:3} {point.t:5.0f} s  {point.arousal:7.1f} {point.trust:5.1f}  {gain}"
        OUT.print(head, style="dim", markup=False, highlight=False)
        codes = f"  ({', '.join(point.codes)})" if point.codes else ""
        if point.what or codes:
            OUT.print(Padding(Text(f"{point.what}{codes}"), (0, 0, 0, 6)))
        if point.answer:
            answer = Text(point.answer, style="italic")
            OUT.print(Padding(answer, (0, 0, 0, 6)))


def _show_moments(title: str, moments: Sequence[Moment]) -> None:
    if not moments:
        return
    OUT.print(f"\n[bold]{title}[/bold]")
    for moment in moments:
        OUT.print(
            f"  {moment.event}  {moment.worth.arousal:+.2f}, trust {moment.worth.trust:+.2f}  "
            f"{moment.what}",
            markup=False,
            highlight=False,
        )
        for line in moment.better:
            OUT.print(f"       better: {line}", style="green", markup=False, highlight=False)
        if moment.why:
            OUT.print(f"       why: {moment.why}", style="dim", markup=False, highlight=False)


def _listed(events: Sequence[int]) -> str:
    return ", ".join(map(str, events[:12])) + (" ..." if len(events) > 12 else "")
