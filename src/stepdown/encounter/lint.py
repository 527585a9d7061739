"""What a scenario file still lacks: faults that a reader would find, each with its place.

A file that can be read may still be a poor scenario. Nothing here says that a scenario is true to
life; that is for people who know such encounters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.encounter.moves import Move, catalogue, moves_of
from stepdown.encounter.scenario import Line, Scenario, filled
from stepdown.encounter.vocabulary import BANDS, REACTS
from stepdown.technique.codebook import CODES
from stepdown.technique.reading import reading_grade, spanish_ease

MOST_GRADE = 8.0
LEAST_EASE = 55.0
FEWEST_LINES = 120
FEWEST_WORDS = 12
"""Words below which the grade of a text means nothing."""

OCCASIONS: dict[str, tuple[str, ...]] = {
    "silence": ("silence",),
    "a phrase said again": ("repeat",),
    "being interrupted": ("interrupt",),
    "something not understood": ("nothing", "unclear"),
    "a question": ("question", "open_question", "closed_question"),
    "being listened to": ("listening", "reflection", "emotion_label", "summary"),
    "an order": ("pressure", "command"),
    "a threat": ("pressure", "threat", "ultimatum"),
    "an insult": ("pressure", "insult"),
    "an offer": ("offer", "choice", "concrete_help"),
    "a move": ("move", "space", "bearing", "voice", "environment", "people", "call"),
}
"""What somebody may meet in any state, and the names under which a line may answer it."""

NEVER: dict[str, tuple[str, ...]] = {"being interrupted": ("settled",)}
"""Bands in which an occasion hardly comes up."""

_METHODS = re.compile(
    r"\b(noose|overdos\w+|razors?|slit\w*|hang(ing)? (my|him|her|your|them)sel\w+|"
    r"(swallow\w*|tak\w+|took) (all )?(the |my |his |her )?(pills|tablets)|bleed\w* out|"
    r"carotid|jugular|choke ?hold|gun to (my|his|her) head)\b",
    re.I,
)
_SLURS = re.compile(
    r"\b(psychos?|nutters?|nutjobs?|nutcases?|schizos?|lunatics?|maniacs?|retard\w*|spastics?|"
    r"mental case|mentals|crazies|crazy (person|man|woman|guy|people)|loon(y|ies)|deranged|"
    r"junkies?|crackheads?)\b",
    re.I,
)
_PRONOUNS = {
    "he": re.compile(r"\b(he|him|his|himself)\b", re.I),
    "she": re.compile(r"\b(she|her|hers|herself)\b", re.I),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: its kind, where it is, and what would mend it."""

    kind: str
    where: str
    what: str


def faults(s: Scenario) -> tuple[Fault, ...]:
    """Return every fault that a machine can find in a scenario."""
    found: list[Fault] = []
    for look in (
        _too_few, _missing_replies, _unreachable, _repeated, _hard_to_read, _pronouns,
        _policy_gaps, _methods, _slurs, _facts, _moments,
    ):  # fmt: skip
        found += look(s)
    return tuple(found)


def _too_few(s: Scenario) -> Iterator[Fault]:
    if len(s.lines) < FEWEST_LINES:
        yield Fault("lines", "lines", f"{len(s.lines)} lines; {FEWEST_LINES} make a person")


def _missing_replies(s: Scenario) -> Iterator[Fault]:
    for band in BANDS:
        for occasion, names in OCCASIONS.items():
            if band in NEVER.get(occasion, ()):
                continue
            any_move = (*catalogue(), *s.moves) if occasion == "a move" else ()
            if not any(_answers(line, (*names, *any_move), band) for line in s.lines):
                yield Fault("reply", f"lines, {band}", f"nothing answers {occasion} when {band}: "
                            f"add one on {' or '.join(names)}")  # fmt: skip


def _answers(line: Line, names: tuple[str, ...], band: str) -> bool:
    fits = band in line.at and any(n in line.on for n in names)
    return fits and line.trust == 0 and not (line.topic or line.hears or line.after)


def _unreachable(s: Scenario) -> Iterator[Fault]:
    moves = moves_of(s.role, s.moves)
    calls = {k for k, m in moves.items() if m.arrives_s is not None}
    for number, line in enumerate(s.lines, start=1):
        where = f"lines[{number}] “{line.say[:40]}”"
        live = [o for o in line.on if o in REACTS or o in CODES or o in moves]
        if not live:
            yield Fault("unreachable", where, f"no such move here: {', '.join(line.on)}")
        gone = [a for a in (*line.after, *line.unless)
                if a not in moves and not _told(s, a) and a not in calls]  # fmt: skip
        if gone:
            yield Fault("unreachable", where, f"never happens here: {', '.join(gone)}")
        if line.reveals and any(
            f.id == line.reveals and f.trust > line.trust and not line.topic for f in s.facts
        ):
            fact = next(f for f in s.facts if f.id == line.reveals)
            if line.trust + 1.5 < fact.trust:
                yield Fault("fact", where, f"tells {fact.id} at trust {line.trust:g}, which the "
                            f"fact gives only from {fact.trust:g}")  # fmt: skip


def _told(s: Scenario, name: str) -> bool:
    return name in {*(f.id for f in s.facts), *(h.id for h in s.happenings), "say"}


def _repeated(s: Scenario) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, line in enumerate(s.lines, start=1):
        plain = " ".join(re.findall(r"\w+", line.say.casefold()))
        if plain in seen:
            yield Fault("repeated", f"lines[{number}]", f"the same as lines[{seen[plain]}]: "
                        f"“{line.say}”")  # fmt: skip
        seen.setdefault(plain, number)


def _hard_to_read(s: Scenario) -> Iterator[Fault]:
    for where, text in _for_the_trainee(s):
        plain = filled(text, s.person.cast[0])
        ease = spanish_ease(plain) if s.language == "es" else None
        if ease is not None and ease < LEAST_EASE and len(text.split()) >= FEWEST_WORDS:
            yield Fault("reading", where, f"ease {ease:g}, at least {LEAST_EASE:g}: shorter words "
                        f"and sentences: “{text[:60]}…”")  # fmt: skip
        grade = reading_grade(plain) if s.language == "en" else None
        if grade is not None and grade > MOST_GRADE and len(text.split()) >= FEWEST_WORDS:
            yield Fault("reading", where, f"grade {grade:g}, at most {MOST_GRADE:g}: shorter "
                        f"words and sentences: “{text[:60]}…”")  # fmt: skip


def _for_the_trainee(s: Scenario) -> Iterator[tuple[str, str]]:
    yield "summary", s.summary
    yield "opening", s.opening
    for name in ("notes", "learning", "policy", "debrief"):
        yield name, " ".join(getattr(s, name))
    for number, better in enumerate(s.better, start=1):
        yield f"better[{number}]", better.why
    yield from ((f"endings.{k}", v) for k, v in s.endings.items())


def _pronouns(s: Scenario) -> Iterator[Fault]:
    """Cues speak of the person alone: one pronoun in all of them."""
    texts = [t if isinstance(t, str) else t.text for group in s.cues.values() for t in group]
    used = {name: sum(bool(p.search(t)) for t in texts) for name, p in _PRONOUNS.items()}
    if min(used.values()) > 0:
        fewer = min(used, key=lambda k: used[k])
        for text in texts:
            if _PRONOUNS[fewer].search(text):
                yield Fault("pronoun", "cues", f"“{text}” says {fewer} where the others do not")


def _policy_gaps(s: Scenario) -> Iterator[Fault]:
    moves = moves_of(s.role, s.moves)
    ends = {k: m for k, m in moves.items() if m.ends is not None}
    if not s.policy and ends:
        yield Fault("policy", "policy", "no word on when the options are allowed")
    for name, move in ends.items():
        if move.ends == "force" and name in ("device", "team_hold") and not _conditions(move):
            yield Fault("policy", f"moves.{name}", "force without a condition: say when")
        if move.ends is not None and not s.endings.get(move.ends):
            yield Fault("policy", f"moves.{name}", f"ends in {move.ends}, which has no ending")
    calm = [k for k, m in ends.items() if m.ends != "force"]
    if not calm and s.resolvable == "by_other_means":
        yield Fault("policy", "moves", "no way to end it other than by consent or force")
    for name, move in moves.items():
        waits = move.when.arrived
        if waits is not None and moves.get(waits, move).arrives_s is None:
            yield Fault("policy", f"moves.{name}", f"waits for {waits}, who never arrives")


def _conditions(move: Move) -> bool:
    w = move.when
    return bool(w.arrived or w.danger or w.after_s or w.done or w.within_m or w.beyond_m)


def _everything(s: Scenario) -> Iterator[tuple[str, str]]:
    yield from _for_the_trainee(s)
    yield "person.about", s.person.about
    yield from ((f"lines[{n}]", x.say) for n, x in enumerate(s.lines, start=1))
    for band, group in s.cues.items():
        yield from ((f"cues.{band}", t if isinstance(t, str) else t.text) for t in group)
    for name, group in s.hazards.items():
        yield from ((f"hazards.{name}", t if isinstance(t, str) else t.text) for t in group)
    yield from ((f"happenings.{h.id}", h.text) for h in s.happenings)
    yield from ((f"facts.{f.id}", f.what) for f in s.facts)
    for number, better in enumerate(s.better, start=1):
        yield from ((f"better[{number}]", line) for line in better.lines)


def _methods(s: Scenario) -> Iterator[Fault]:
    return _found(s, _METHODS, "method", "detail of a method: take it out")


def _slurs(s: Scenario) -> Iterator[Fault]:
    return _found(s, _SLURS, "slur", "a diagnosis or condition as an insult: take it out")


def _found(s: Scenario, shape: re.Pattern[str], kind: str, why: str) -> Iterator[Fault]:
    for where, text in _everything(s):
        if match := shape.search(text):
            yield Fault(kind, where, f"“{match.group()}”: {why}")


def _facts(s: Scenario) -> Iterator[Fault]:
    told = {line.reveals for line in s.lines}
    for fact in s.facts:
        if fact.id not in told:
            yield Fault("fact", f"facts.{fact.id}", "no line reveals it")


def _moments(s: Scenario) -> Iterator[Fault]:
    if len(s.better) < 3:
        yield Fault("better", "better", f"{len(s.better)} kinds of moment with better lines; 3")
    if len(s.debrief) < 3:
        yield Fault("debrief", "debrief", f"{len(s.debrief)} questions; at least 3")
    if not s.sources:
        yield Fault("sources", "sources", "no published guidance is named")
