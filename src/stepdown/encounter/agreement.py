"""Whether the parts of a scenario agree: what one names, another must have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdown.encounter.hazards import HAZARDS
from stepdown.encounter.moves import catalogue, moves_of
from stepdown.encounter.vocabulary import BANDS, ENDINGS, HOLE, REACTS
from stepdown.technique.codebook import CODES

if TYPE_CHECKING:
    from stepdown.encounter.scenario import Scenario, Shown


def disagreements(s: Scenario) -> list[str]:
    """Return what one part of a scenario says and another does not know."""
    return [*_lines_wrong(s), *_always_missing(s), *_needs_wrong(s), *_names_wrong(s), *_holes(s)]


def _lines_wrong(s: Scenario) -> list[str]:
    topics, facts, wrong = {t.id for t in s.topics}, {f.id for f in s.facts}, []
    for number, line in enumerate(s.lines, start=1):
        if line.topic and line.topic not in topics:
            wrong.append(f"lines[{number}]: unknown topic {line.topic}")
        if line.reveals and line.reveals not in facts:
            wrong.append(f"lines[{number}]: unknown fact {line.reveals}")
        if line.trust > line.below:
            wrong.append(f"lines[{number}]: trust {line.trust:g} is above below {line.below:g}")
    return wrong


def _always_missing(s: Scenario) -> list[str]:
    wrong = []
    for band in BANDS:
        always = [
            x for x in s.lines
            if "any" in x.on and band in x.at and not (x.topic or x.hears or x.after or x.unless)
        ]  # fmt: skip
        if sum(x.trust == 0 and x.below == 10 for x in always) < 2:
            wrong.append(f"lines: fewer than two for any occasion when {band} (on: any, no trust)")
    return wrong


def _needs_wrong(s: Scenario) -> list[str]:
    topics, wrong = {t.id for t in s.topics}, []
    for need in s.needs:
        wrong += [f"needs {need.id}: unknown topic {t}" for t in need.topics if t not in topics]
        moves = {*catalogue(), *s.moves}
        wrong += [f"needs {need.id}: unknown move {m}" for m in need.moves if m not in moves]
    needs = {need.id for need in s.needs}
    for move, change in s.moves.items():
        met = change.meets or ()
        wrong += [f"moves {move}: meets: unknown need {n}" for n in met if n not in needs]
    known = {*REACTS, *CODES, *catalogue(), *s.moves, *topics}
    for number, better in enumerate(s.better, start=1):
        wrong += [f"better[{number}]: unknown occasion {x}" for x in better.on if x not in known]
    return wrong


def _names_wrong(s: Scenario) -> list[str]:
    wrong = [f"endings: none for {name}" for name in ("consent", "time") if name not in s.endings]
    wrong += _acts_wrong(s)
    wrong += [f"endings: {e}: one of {', '.join(ENDINGS)}" for e in s.endings if e not in ENDINGS]
    wrong += [f"hazards: {h}: one of {', '.join(HAZARDS)}" for h in s.hazards if h not in HAZARDS]
    return wrong


def _acts_wrong(s: Scenario) -> list[str]:
    """Return where a move, a happening or a fact is named that there is not."""
    moves = moves_of(s.role, s.moves)
    named = [(f"moves {k}: when: done", m.when.done) for k, m in moves.items()]
    named += [
        (f"moves {k}: when: arrived", (m.when.arrived,))
        for k, m in moves.items()
        if m.when.arrived is not None
    ]
    for n, chapter in enumerate(s.chapters, start=1):
        named += [(f"chapters[{n}]: choices", choice.moves) for choice in chapter.choices]
    wrong = [
        f"{where}: {name} is not among this scenario's moves"
        for where, names in named
        for name in names
        if name not in moves and name != "say"
    ]
    known = {*moves, *(f.id for f in s.facts), *(h.id for h in s.happenings), "say"}
    for where, names in _times(s):
        wrong += [
            f"{where}: {name} is no move, fact or happening here"
            for name in names
            if name not in known
        ]
    return wrong


def _times(s: Scenario) -> list[tuple[str, tuple[str, ...]]]:
    """Return every place that says after what, or before what, something fits."""
    found = [(f"happenings {h.id}: unless", h.unless) for h in s.happenings]
    found += [(f"lines[{n}]", (*x.after, *x.unless)) for n, x in enumerate(s.lines, start=1)]
    for part, groups in (("cues", s.cues.items()), ("hazards", s.hazards.items())):
        found += [
            (f"{part} {name}", (*t.after, *t.unless))
            for name, group in groups
            for t in group
            if not isinstance(t, str)
        ]
    return found


def _text(shown: str | Shown) -> str:
    return shown if isinstance(shown, str) else shown.text


def _holes(s: Scenario) -> list[str]:
    """Return the texts that cannot be filled from the cast."""
    texts = [("opening", s.opening), ("summary", s.summary)]
    texts += [(f"lines[{n}]", x.say) for n, x in enumerate(s.lines, start=1)]
    texts += [(f"cues {band}", _text(t)) for band, group in s.cues.items() for t in group]
    texts += [(f"endings {k}", v) for k, v in s.endings.items()]
    texts += [(f"hazards {k}", _text(t)) for k, group in s.hazards.items() for t in group]
    texts += [(f"happenings {h.id}", h.text) for h in s.happenings]
    cast, found = s.person.cast[0], []
    for where, text in texts:
        found += [
            f"{where}: {{{hole}}} is not in the cast ({', '.join(cast)})"
            for hole in HOLE.findall(text)
            if hole not in cast
        ]
    return found
