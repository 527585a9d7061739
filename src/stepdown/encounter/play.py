"""Play an encounter: the trainee's acts go in, events come out and are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from stepdown.encounter.chance import Purpose, chance, pick, seeds_of, stream
from stepdown.encounter.dynamics import STEP_S, advanced
from stepdown.encounter.endings import harm, how_attack_ends
from stepdown.encounter.hazards import HAZARDS, fired
from stepdown.encounter.lines import (
    again,
    asks_about_suicide,
    band,
    choose,
    classes_of,
    names_somebody,
    topics_in,
)
from stepdown.encounter.log import ENGINE, Event, Sink
from stepdown.encounter.parameters import FELT, Felt, parameters
from stepdown.encounter.policy import refusal
from stepdown.encounter.scenario import Chapter, Scenario, filled, fitting
from stepdown.encounter.state import COLUMN, Floats
from stepdown.encounter.world import World, applied, worlds

WORD_S = 0.4
REPLY_WORD_S = 0.35
LISTED_FROM = 0.05
HEARD_FROM = 0.5
SPEAKS_FROM_S = 12.0
REPLY_TO_MOVE = 0.5
LOOK_S = 40.0
"""How long what can be seen stays the same, if nothing else changes."""

REST_S = {"outburst": 25.0, "approach": 12.0, "interference": 40.0}
"""Seconds before the same thing happens by itself again; assumed."""
MOST_WORDS = 400


class Codes(Protocol):
    """A coder of technique; `stepdown.technique.Coder` is one."""

    @property
    def digest(self) -> str:
        """The name of this coder."""

    def code(self, text: str, previous: str | None = None) -> Any:
        """Code one line, given what was said just before it."""


class Voice(Protocol):
    """Words a chosen line anew for this person and moment; never changes which line it is."""

    def worded(self, line: str, world: World) -> str | None:
        """Return the line in other words, or None to leave it."""


def start_event(scenario: Scenario, seed: int, pace: str, coder: str) -> Event:
    """Return the first event of a new encounter."""
    p = parameters(scenario.person.profile, scenario.person.parameters)
    data = {
        "engine": ENGINE,
        "seed": seed,
        "pace": pace,
        "coder": coder,
        "cast": pick(seed, 0, Purpose.VARIATION, len(scenario.person.cast)),
        "scenario_hash": scenario.digest,
        "scenario": scenario.model_dump(mode="json", exclude_defaults=True),
        "parameters": p.model_dump(mode="json"),
    }
    return Event(0, 0.0, "start", data)


class Encounter:
    """One encounter as it is played. Every act returns the events that it brought about.

    Time is given, never read: `say` and `move` take as long as they take (turn pace), or happen at
    `now` (real pace). `sink` is told of every event before it is acknowledged. `world` is what is
    true after `events`, where that is known: they are not folded again. Time that passed after the
    last event is in no log: `advance` to where an encounter stood takes it up where it was left.
    """

    def __init__(
        self, events: Sequence[Event], coder: Codes, sink: Sink, voice: Voice | None = None,
        world: World | None = None,
    ) -> None:  # fmt: skip
        self.events = list(events)
        self.world = list(worlds(events))[-1] if world is None else world
        self._coder, self._sink, self._voice = coder, sink, voice
        self._begin()

    @classmethod
    def start(
        cls, scenario: Scenario, seed: int, coder: Codes, sink: Sink, pace: str = "turn",
        voice: Voice | None = None,
    ) -> Encounter:  # fmt: skip
        """Begin a new encounter."""
        event = start_event(scenario, seed, pace, coder.digest)
        sink(event)
        return cls([event], coder, sink, voice)

    @property
    def t(self) -> float:
        """Seconds since the start."""
        return self.world.t + self._steps * STEP_S

    @property
    def live(self) -> Floats:
        """The state now, (1, columns), between events too; not to be written to."""
        return self._live

    @property
    def over(self) -> bool:
        """Whether the encounter has ended."""
        return self.world.ended is not None

    def cue(self) -> str:
        """Return what can be seen of the person now."""
        arousal = float(self._live[0, COLUMN["arousal"]])
        seen = fitting(self.world.scenario.cues[band(arousal)], self.world.past)
        lately = int(self.t // LOOK_S)
        chosen = pick(self.world.seed, lately, Purpose.VARIATION, len(seen), 1)
        return filled(seen[chosen], self.world.cast)

    def advance(self, until: float, *, busy: bool = False) -> list[Event]:
        """Let time pass until `until` seconds, or until something happens that ends it.

        While the responder is busy with something, nobody takes it for silence.
        """
        happened: list[Event] = []
        while not self.over and self.t + STEP_S <= until + 1e-9:
            happened += self._step(busy=busy)
        return happened

    def wait(self, seconds: float, now: float | None = None) -> list[Event]:
        """Wait on purpose: silence is an act too. With `now`, the wait ends then."""
        seconds = max(STEP_S, round(seconds / STEP_S) * STEP_S)
        happened = self.advance(self.t + seconds if now is None else now)
        return happened if self.over else [*happened, self._log("wait", {"seconds": seconds})]

    def assess(self, reading: dict[str, Any], seconds: float = 0.0) -> list[Event]:
        """Put on record what the trainee reads in the situation."""
        return [] if self.over else [self._log("assess", {"reading": reading, "seconds": seconds})]

    def say(self, text: str, now: float | None = None, choice: str | None = None) -> list[Event]:
        """Say something; the person hears it, answers, and time passes."""
        if self.over:
            return []
        words = text.split()
        text = " ".join(words[:MOST_WORDS])
        spoken, cut = self._cut(len(words[:MOST_WORDS]))
        happened = self.advance(now if now is not None else self.t + 0.5 + WORD_S * spoken)
        if self.over:
            return happened
        data = self._coded(text, cut)
        if choice is not None:
            data["choice"] = choice
        data["reply"] = self._reply(text, self._reacts(data), data["topics"])
        return [*happened, self._log("say", data), *self._listen(data["reply"], now)]

    def move(self, name: str, now: float | None = None, choice: str | None = None) -> list[Event]:
        """Do something; it may be refused by the policy, fail, or be overtaken by events."""
        if self.over:
            return []
        move = self.world.moves.get(name)
        data: dict[str, Any] = {"move": name, "ok": False, "refused": "", "reply": None}
        if choice is not None:
            data["choice"] = choice
        data["refused"] = refusal(self.world, name, self.t)
        if data["refused"] or move is None:
            return [self._log("move", data)]
        happened = self.advance(now if now is not None else self.t + move.seconds, busy=True)
        if self.over:
            return happened
        data["ok"] = chance(self.world.seed, self.world.n, Purpose.MOVE) < move.chance
        data["text"] = filled(move.says if data["ok"] else move.fails, self.world.cast)
        if move.arrives_s is not None and data["ok"]:
            late = 0.8 + 0.5 * chance(self.world.seed, self.world.n, Purpose.ARRIVAL)
            data["arrives"] = round((self.t + move.arrives_s * late) / STEP_S) * STEP_S
        if (
            move.ends is None
            and chance(self.world.seed, self.world.n, Purpose.REPLY) < REPLY_TO_MOVE
        ):
            data["reply"] = self._reply("", (name, move.group, "move"), ())
        happened.append(self._log("move", data))
        if data["ok"] and move.ends is not None:
            return [*happened, self._end(move.ends, harm(self.world, move))]
        return [*happened, *self._listen(data["reply"], now)]

    @property
    def chapter(self) -> Chapter | None:
        """The stage that is being played, in a scenario that has stages."""
        chapters = self.world.scenario.chapters
        return chapters[self.world.chapter] if self.world.chapter < len(chapters) else None

    def choose(self, number: int) -> list[Event]:
        """Take option `number` (from 0) of the stage: what it does, then what it says."""
        chapter = self.chapter
        if self.over or chapter is None or not 0 <= number < len(chapter.choices):
            return []
        choice, name = chapter.choices[number], f"{self.world.chapter}.{number}"
        happened = [event for move in choice.moves for event in self.move(move, choice=name)]
        if not self.over and any(getattr(choice.felt, f) for f in FELT):
            told = {"what": "narrated", "id": name, "text": "", "felt": choice.felt.model_dump()}
            happened.append(self._log("world", told))
        happened += self.say(choice.say, choice=name) if choice.say else []
        return [*happened, *self._turned()]

    def _turned(self) -> list[Event]:
        """Go to the next stage, or end after the last."""
        if self.over:
            return []
        number = self.world.chapter + 1
        chapters = self.world.scenario.chapters
        if number >= len(chapters):
            return [self._end("time", {})]
        text = "\n".join([chapters[number].scene, *chapters[number].heard]).strip()
        return [self._log("world", {"what": "chapter", "id": str(number), "text": text})]

    def inject(self, name: str) -> list[Event]:
        """Set off a happening of the scenario, as an instructor may."""
        known = {h.id: h for h in self.world.scenario.happenings}
        if self.over or name not in known:
            return []
        text = filled(known[name].text, self.world.cast)
        return [self._log("world", {"what": "happening", "id": name, "text": text})]

    def stop(self) -> list[Event]:
        """Stop the encounter, as the trainee may at any time."""
        return [] if self.over else [self._end("stopped", {})]

    def _log(self, kind: str, data: dict[str, Any]) -> Event:
        event = Event(len(self.events), self.t, kind, data)
        self._sink(event)
        self.events.append(event)
        self.world = applied(self.world, event, self._live)
        self._begin()
        return event

    def _begin(self) -> None:
        """Begin the time after an event."""
        self._live: Floats = self.world.state
        self._steps = 0
        self._streams = stream(seeds_of(self.world.seed), self.world.n)

    def _step(self, *, busy: bool) -> list[Event]:
        self._live = advanced(self._live, self.world.p, self._streams, self._steps, 1)
        self._steps += 1
        due = self._due()
        if due is not None:
            return due
        place = int(fired(self._live, self.world.p, self._streams, self._steps)[0])
        if place >= 0 and not self._resting(HAZARDS[place]):
            return self._happens(HAZARDS[place])
        silence = float(self._live[0, COLUMN["silence"]])
        rate = STEP_S / 12.0 if silence >= SPEAKS_FROM_S and not busy else 0.0
        if rate and chance(self.world.seed, self.world.n, Purpose.INTERRUPT, self._steps) < rate:
            return [self._log("speak", {"reply": self._reply("", ("silence",), ())})]
        return []

    def _due(self) -> list[Event] | None:
        """Return what was to happen by now: an arrival, a happening, or the end of the time."""
        world, now = self.world, self.t
        for name, when in world.called.items():
            if when <= now and name not in world.arrived:
                text = (
                    filled(world.moves[name].arrived, world.cast)
                    or f"{world.moves[name].label}: here."
                )
                return [self._log("world", {"what": "arrival", "id": name, "text": text})]
        for event in world.scenario.happenings:
            waits = event.at_s is not None and event.at_s <= now and event.id not in world.happened
            if waits and not world.past & set(event.unless):
                return self.inject(event.id)
        if now >= world.scenario.minutes * 60:
            return [self._end("time", {})]
        return None

    def _resting(self, hazard: str) -> bool:
        """Say whether the same thing has happened a moment ago."""
        times = self._times(hazard)
        return bool(times) and self.t - times[-1] < REST_S.get(hazard, 0.0)

    def _times(self, hazard: str) -> list[float]:
        """Return when a hazard has happened so far."""
        return [
            e.t for e in self.events
            if e.kind == "world" and (e.data["what"], e.data["id"]) == ("hazard", hazard)
        ]  # fmt: skip

    def _happens(self, hazard: str) -> list[Event]:
        if hazard == "consent":
            return [self._end("consent", {})]
        told = self.world.scenario.hazards.get(hazard, ("",))
        texts = fitting(told, self.world.past) or [""]
        text = filled(texts[len(self._times(hazard)) % len(texts)], self.world.cast)
        distance = float(self._live[0, COLUMN["distance"]])
        ends = how_attack_ends(self.world, distance) if hazard == "attack" else None
        event = self._log("world", {"what": "hazard", "id": hazard, "text": text})
        if hazard in ("flight", "self_harm"):
            return [event, self._end(hazard, {"person": hazard == "self_harm"})]
        return [event, self._end("attack", ends)] if ends is not None else [event]

    def _end(self, how: str, injured: dict[str, bool]) -> Event:
        told = self.world.scenario.endings.get(how, "")
        data = {"how": how, "text": filled(told, self.world.cast), "injured": injured}
        return self._log("end", data)

    def _cut(self, words: int) -> tuple[int, float]:
        """Return how many words are spoken, and which share, before the person breaks in."""
        p, arousal = self.world.p, float(self._live[0, COLUMN["arousal"]])
        room = max(p["words_calm"] - p["words_per_arousal"] * arousal, p["words_least"])
        over = min(max((words - room) / max(words, 1), 0.0) * (arousal / 10.0), 0.8)
        if over and chance(self.world.seed, self.world.n, Purpose.INTERRUPT) < over:
            return round(room), round(room / words, 3)
        return words, 1.0

    def _coded(self, text: str, cut: float) -> dict[str, Any]:
        coding = self._coder.code(text, self.world.last_said)
        heard = coding.heard or names_somebody(text, self.world.cast)
        given = {
            k: round(v, 3) for k, v in coding.probabilities.items() if heard and v >= LISTED_FROM
        }
        topics = topics_in(text, self.world.scenario, self.world.cast)
        asked = asks_about_suicide(text)
        return {
            "text": text, "words": len(text.split()), "cut": cut, "probabilities": given,
            "codes": list(coding.labels), "unsure": list(coding.unsure),
            "score": round(coding.score, 3), "coder": self._coder.digest, "topics": list(topics),
            "asked": asked, "again": again(text, self.world.said),
            "felt": self._felt(topics, asked=asked), **({} if heard else {"unclear": True}),
        }  # fmt: skip

    def _felt(self, topics: Sequence[str], *, asked: bool) -> dict[str, float]:
        """Return what the topics of a line do to this person, as far as they trust."""
        trust = float(self._live[0, COLUMN["trust"]])
        known = {t.id: t for t in self.world.scenario.topics}
        parts: list[Felt] = [
            known[t].felt if trust >= known[t].from_trust else known[t].early for t in topics
        ]
        if asked:
            parts.append(self.world.p.asked_about_suicide)
        return {name: round(sum(getattr(part, name) for part in parts), 3) for name in FELT}

    def _reacts(self, data: dict[str, Any]) -> tuple[str, ...]:
        codes = [c for c, v in data["probabilities"].items() if v >= HEARD_FROM]
        codes.sort(key=lambda c: -data["probabilities"][c])
        found = [*(["interrupt"] if data["cut"] < 1 else [])]
        found += ["repeat"] if data["again"] >= 0.6 else []
        found += ["suicide"] if data["asked"] else []
        nothing = ("unclear", "nothing") if data.get("unclear") else ("nothing",)
        return (*found, *codes, *classes_of(codes), *(() if codes else nothing))

    def _reply(self, said: str, reacts: Sequence[str], topics: Sequence[str]) -> dict[str, Any]:
        world = self.world
        number = choose(
            world.scenario, arousal=float(self._live[0, COLUMN["arousal"]]),
            trust=float(self._live[0, COLUMN["trust"]]), reacts=reacts, topics=topics, said=said,
            used=world.used, told=world.told, past=world.past, seed=world.seed, event=world.n,
        )  # fmt: skip
        text = filled(world.scenario.lines[number].say, world.cast)
        reply: dict[str, Any] = {"line": number, "text": text}
        worded = self._voice.worded(text, world) if self._voice else None
        if worded is not None:
            reply |= {"text": worded, "written": text}
        return reply

    def _listen(self, reply: dict[str, Any] | None, now: float | None) -> list[Event]:
        """Let the answer be spoken; in real pace the clock does that by itself."""
        if reply is None or now is not None or self.over:
            return []
        words = len(reply.get("written", reply["text"]).split())
        spoken = self.world.p["reply_delay_s"] + REPLY_WORD_S * words
        return self.advance(self.t + spoken)


def begun(events: Sequence[Event], at: int) -> list[Event]:
    """Return the log up to but without event `at`, to try again from there."""
    kept = [event for event in events if event.n < at and event.kind != "end"]
    return kept or [events[0]]
