"""Everything that scripted responders may say in a scenario, heard once and kept as tables.

Lines are coded by themselves, without what the person said before: a line then has one coding, and
thousands of encounters can look it up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stepdown.encounter.check.responder import Responder
from stepdown.encounter.lines import (
    asks_about_suicide,
    classes_of,
    echo_worth,
    hears,
    opened,
    own_worth,
    substance,
    topic_worth,
    topics_in,
)
from stepdown.encounter.moves import moves_of
from stepdown.encounter.parameters import FELT, Parameters
from stepdown.encounter.play import HEARD_FROM, LISTED_FROM, Codes
from stepdown.encounter.scenario import Scenario, filled
from stepdown.encounter.state import Floats
from stepdown.encounter.vocabulary import BANDS
from stepdown.encounter.world import NEED_HEARD_FROM
from stepdown.kept import kept
from stepdown.technique.codebook import CODES

FAR = 1e6


@dataclass(frozen=True, slots=True)
class Words:
    """Utterances as tables, (utterances, …); the first is silence, for moves and waiting."""

    texts: tuple[str, ...]
    count: Floats
    score: Floats
    probabilities: Floats
    topics: np.ndarray
    asked: np.ndarray
    hits: np.ndarray
    short: np.ndarray
    overlap: Floats


@dataclass(frozen=True, slots=True)
class Replies:
    """The person's lines as tables, (lines, …), and how they answer utterances and moves."""

    at: np.ndarray
    trust: Floats
    below: Floats
    reveals: np.ndarray
    base: Floats
    words: np.ndarray
    about: np.ndarray
    conditions: tuple[tuple[int, frozenset[str], frozenset[str]], ...]
    met: Floats
    shut: np.ndarray
    extra: Floats
    any_on: np.ndarray
    repeat_on: np.ndarray
    interrupt_on: np.ndarray


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario with all that its scripted responders can say and do."""

    scenario: Scenario
    responders: tuple[Responder, ...]
    words: Words
    replies: Replies
    moves: tuple[str, ...]
    pools: dict[str, dict[str, tuple[int, ...]]]
    better: tuple[int, ...]
    echoes: dict[str, tuple[tuple[int, ...], ...]]

    @property
    def silent(self) -> int:
        """The row of `replies.met` for silence; moves follow it, utterances come before."""
        return len(self.words.texts)


def write_script(scenario: Scenario, responders: Sequence[Responder], coder: Codes) -> Script:
    """Collect and hear everything that `responders` may say in `scenario`."""
    texts: dict[str, int] = {"": 0}

    def number(text: str) -> int:
        return texts.setdefault(text, len(texts))

    pools: dict[str, dict[str, tuple[int, ...]]] = {
        r.id: {band: tuple(number(t) for t in r.lines.get(band, ())) for band in BANDS}
        for r in responders
    }
    cast = scenario.person.cast[0]
    better = tuple(number(filled(t, cast)) for b in scenario.better for t in b.lines)
    echoes = {
        r.id: tuple(
            tuple(number(line.replace("{word}", word)) for line in r.echo)
            if (word := _word_of(topic.words)) else ()
            for topic in scenario.topics
        )
        for r in responders
    }  # fmt: skip
    moves = tuple(moves_of(scenario.role, scenario.moves))
    heard = [_heard(text, scenario, coder) for text in texts]
    words = _words(tuple(texts), heard, scenario)
    return Script(
        scenario, tuple(responders), words, _replies(scenario, tuple(texts), heard, moves), moves,
        pools, better, echoes,
    )  # fmt: skip


def _word_of(words: Sequence[str]) -> str:
    """Return the word under which a topic is taken up: its first short one without a hole."""
    plain = [w for w in words if "{" not in w and len(w.split()) <= 2]
    return plain[0] if plain else ""


@kept
def _alone(coder: Codes, text: str) -> Any:
    """Code a line by itself; responders say most of theirs in every scenario."""
    return coder.code(text, None)


def _heard(text: str, scenario: Scenario, coder: Codes) -> dict[str, Any]:
    if not text:
        return {"given": {}, "codes": (), "score": 0.0, "heard": True, "topics": (), "asked": False}
    coding = _alone(coder, text)
    given = {
        k: round(v, 3) for k, v in coding.probabilities.items() if coding.heard and v >= LISTED_FROM
    }
    return {
        "given": given, "codes": coding.labels, "score": round(coding.score, 3),
        "heard": coding.heard, "topics": topics_in(text, scenario, scenario.person.cast[0]),
        "asked": asks_about_suicide(text),
    }  # fmt: skip


def _words(texts: tuple[str, ...], heard: list[dict[str, Any]], s: Scenario) -> Words:
    names = [t.id for t in s.topics]
    contents = [substance(t) for t in texts]
    given = np.array([[h["given"].get(code, 0.0) for code in CODES] for h in heard])
    hits = np.array(
        [
            [
                bool(set(n.topics) & set(h["topics"]))
                or any(h["given"].get(c, 0.0) >= NEED_HEARD_FROM for c in n.codes)
                for n in s.needs
            ]
            for h in heard
        ]
    ).reshape(len(texts), len(s.needs))
    overlap = np.array(
        [[len(a & b) / len(a | b) if a | b else 0.0 for b in contents] for a in contents]
    )
    return Words(
        texts,
        np.array([float(len(t.split())) for t in texts]),
        np.array([h["score"] for h in heard]),
        given,
        np.array([[n in h["topics"] for n in names] for h in heard]).reshape(len(texts), -1),
        np.array([h["asked"] for h in heard]),
        hits,
        np.array([len(c) < 2 for c in contents]),
        np.where(overlap >= 0.5, overlap, 0.0),
    )


def _replies(
    s: Scenario, texts: tuple[str, ...], heard: list[dict[str, Any]], moves: tuple[str, ...]
) -> Replies:
    lines, catalogue = s.lines, moves_of(s.role, s.moves)
    reacts = [_reacts(h) for h in heard] + [("silence",)]
    reacts += [(name, catalogue[name].group, "move") for name in moves]
    said = [*texts, *[""] * (1 + len(moves))]
    topics = [frozenset(h["topics"]) for h in heard] + [frozenset()] * (1 + len(moves))
    facts, names = [f.id for f in s.facts], [t.id for t in s.topics]
    places = [[_place(line.on, r) for line in lines] for r in reacts]
    return Replies(
        at=np.array([[b in line.at for b in BANDS] for line in lines]),
        trust=np.array([line.trust for line in lines]),
        below=np.array([line.below if line.below < 10 else FAR for line in lines]),
        reveals=np.array([facts.index(x.reveals) if x.reveals else -1 for x in lines]),
        base=np.array([own_worth(x) for x in lines]),
        words=np.array([[len(filled(x.say, c).split()) for x in lines] for c in s.person.cast]),
        about=np.array([names.index(x.topic) if x.topic else -1 for x in lines]),
        conditions=tuple(
            (n, frozenset(x.after), frozenset(x.unless))
            for n, x in enumerate(lines) if x.after or x.unless
        ),
        met=np.array(places),
        shut=np.array([[_shut(x, r, t, w) for x in lines]
                       for r, t, w in zip(reacts, topics, said, strict=True)]),
        extra=np.array([[_extra(x, t, w) for x in lines]
                        for t, w in zip(topics, said, strict=True)]),
        any_on=np.array(["any" in x.on for x in lines]),
        repeat_on=np.array(["repeat" in x.on for x in lines]),
        interrupt_on=np.array(["interrupt" in x.on for x in lines]),
    )  # fmt: skip


def _reacts(h: dict[str, Any]) -> tuple[str, ...]:
    codes = [c for c, v in h["given"].items() if v >= HEARD_FROM]
    codes.sort(key=lambda c: -h["given"][c])
    nothing = ("nothing",) if h["heard"] else ("unclear", "nothing")
    asked = ("suicide",) if h["asked"] else ()
    return (*asked, *codes, *classes_of(codes), *(() if codes else nothing))


def _place(on: Sequence[str], reacts: Sequence[str]) -> float:
    return float(next((n for n, what in enumerate(reacts) if what in on), FAR))


def _shut(line: Any, reacts: Sequence[str], topics: frozenset[str], said: str) -> bool:
    """Say whether a line cannot answer this at all."""
    if line.hears and not hears(line.hears, said):
        return True
    if line.topic is None or line.topic in topics:
        return False
    return not opened(line, reacts)


def _extra(line: Any, topics: frozenset[str], said: str) -> float:
    return topic_worth(line, topics) + echo_worth(line, substance(said))


def felt_of(script: Script, utterances: np.ndarray, trust: Floats, p: Parameters) -> list[Floats]:
    """Return what the topics of the utterances do to each person, one array per feeling."""
    found = {name: np.zeros(len(utterances)) for name in FELT}
    for place, topic in enumerate(script.scenario.topics):
        spoken = script.words.topics[utterances, place]
        if not spoken.any():
            continue
        ready = trust >= topic.from_trust
        for name in FELT:
            now, early = getattr(topic.felt, name), getattr(topic.early, name)
            found[name] += spoken * np.where(ready, now, early)
    for name in FELT:
        found[name] += script.words.asked[utterances] * getattr(p.asked_about_suicide, name)
    return [np.round(total, 3) for total in found.values()]
