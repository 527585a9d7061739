"""Seven domains of skill, each 0 to 4, with the turns that speak for and against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from stepdown.encounter.dynamics import wanted_space
from stepdown.encounter.lines import CLASSES
from stepdown.encounter.log import Event
from stepdown.encounter.review.reading import Reading
from stepdown.encounter.speech import understood
from stepdown.encounter.world import World

LISTENING = {*CLASSES["listening"], "open_question", "validation"}
RESPECT = set(CLASSES["respect"])
PRESSURE = {*CLASSES["pressure"], "unsolicited_advice"}
HARSH = {"insult", "dismissal", "threat", "ultimatum"}
DISHONEST = {"false_promise", "threat", "ultimatum"}
CLEAR = {"reason", "information", "limit", "introduction"}
OPTIONS = {"choice", "concrete_help"}
WAYS_OUT = ("open_door", "clear_exit", "quiet_room", "hand_over")
OTHER_MEANS = {"contained": 1.0, "others_safe": 1.0, "disengaged": 0.75}
LOADS = ("noise", "glare", "crowd", "heat", "voices")
EARLY_S = 120.0
GIVE_ROOM_S = 20.0
SILENT = "Said nothing, so there is nothing to go by."
FOLLOWED = 0.75
SPOKEN = ("listening", "respect", "clarity")


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain: its score, the anchor that it met, and the events that speak for and against."""

    id: str
    name: str
    score: int
    anchor: str
    source: str
    helped: tuple[int, ...]
    hurt: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """An encounter as it was played: events, and the world after each."""

    events: Sequence[Event]
    worlds: Sequence[World]
    readings: tuple[Reading, ...]

    def says(self) -> list[Event]:
        """Return what the trainee said."""
        return [e for e in self.events if e.kind == "say"]

    def moves(self) -> list[Event]:
        """Return what the trainee did and was able to do."""
        return [e for e in self.events if e.kind == "move" and e.data["ok"]]

    def lasting(self) -> list[tuple[World, float]]:
        """Return every world with the seconds that it lasted."""
        ends = [w.t for w in self.worlds[1:]] + [self.worlds[-1].t]
        return [(w, end - w.t) for w, end in zip(self.worlds, ends, strict=True)]

    def share(self, good: Callable[[World], float]) -> float:
        """Return a measure of the world from 0 to 1, averaged over time."""
        lasting = self.lasting()
        total = sum(s for _, s in lasting)
        return sum(good(w) * s for w, s in lasting) / total if total else good(self.worlds[-1])


Judged = tuple[float, list[int], list[int]]


def codes_of(event: Event) -> set[str]:
    """Return the codes held to be present in what was said."""
    return set(event.data["codes"])


def _turns(says: Sequence[Event], codes: set[str]) -> list[int]:
    return [e.n for e in says if codes_of(e) & codes]


def _moves(played: Played, *names: str) -> list[int]:
    return [e.n for e in played.moves() if e.data["move"] in names]


def position(played: Played) -> Judged:
    """Judge the distance kept against the room that this person wanted."""
    p = played.worlds[0].p

    def roomy(w: World) -> float:
        return min(w["distance"] / float(wanted_space(w.state[:, 0], p)[0]), 1.0)

    kept = played.share(lambda w: float(roomy(w) >= 0.97))
    helped = _moves(played, "step_back", "take_cover", "clear_exit")
    closer = [n for n in _moves(played, "step_closer") if roomy(played.worlds[n]) < 0.97]
    hurt = [*closer, *_let_come(played, helped)]
    score = 4 * kept - 0.5 * len(closer)
    if score > 3 and not helped and played.worlds[-1]["arousal"] > 7:
        score = 3
    return score, helped, hurt


def _let_come(played: Played, gave_room: Sequence[int]) -> list[int]:
    """Return where the person came closer and the trainee gave no room within a few seconds."""
    room = [played.events[n].t for n in gave_room]
    came = [
        e for e in played.events
        if e.kind == "world" and (e.data["what"], e.data["id"]) == ("hazard", "approach")
    ]  # fmt: skip
    return [e.n for e in came if not any(e.t <= t <= e.t + GIVE_ROOM_S for t in room)]


def environment(played: Played) -> Judged:
    """Judge how much of what could be made quieter was made quieter, and how soon."""
    world = played.worlds[0]
    possible = [m for m in world.moves.values() if m.group in ("environment", "people")]
    quieting = {
        m.id
        for m in possible
        if any(m.add.get(load, 0) < 0 for load in LOADS) or m.set.get("voices") == 0
    }
    kind = {m.id for m in possible} - quieting
    done = [e for e in played.moves() if e.data["move"] in quieting]
    care = [e for e in played.moves() if e.data["move"] in kind]
    if not quieting:
        return 2.0 + min(len(care), 2), [e.n for e in care], []
    names = {e.data["move"] for e in done}
    soon = {e.data["move"] for e in done if e.t <= EARLY_S}
    most = min(len(quieting), 4)
    score = (
        2.4 * min(len(names) / most, 1) + 1.2 * min(len(soon) / most, 1) + 0.4 * min(len(care), 1)
    )
    return score, [e.n for e in (*done, *care)], []


def bearing(played: Played) -> Judged:
    """Judge hands, angle, height, gaze and voice over time."""

    def calm(w: World) -> float:
        stance = 0.2 * w["facing"] + 0.25 * w["over"] + 0.35 * w["hands"] + 0.2 * w["gaze"]
        voice = max(w["volume"] - 5, 0) / 5 + max(w["pace"] - 5, 0) / 5
        soft = 0.1 * (w["volume"] < 5) + 0.1 * (w["pace"] < 5)
        return max(0.0, min(1.0, 1.0 - 1.6 * stance - 0.5 * voice + soft))

    helped = _moves(
        played, "turn_side", "open_hands", "sit", "soften_gaze", "lower_voice", "slow_down", "nod"
    )
    hurt = _moves(
        played, "face", "hand_on_weapon", "fold_arms", "hold_gaze", "raise_voice", "speed_up"
    )
    return 4.2 * played.share(calm), helped, hurt


def listening(played: Played) -> Judged:
    """Judge how many turns listened, and whether in more than one way."""
    says = played.says()
    if not says:
        return 0.0, [], []
    heard = [n for n in _turns(says, LISTENING) if played.events[n].data["again"] < 0.6]
    kinds = {c for n in heard for c in codes_of(played.events[n]) & LISTENING}
    cut = [e.n for e in says if e.data["cut"] < 1]
    hurt = [*cut, *(n for n in _turns(says, {"stacked_questions", "why_question"}) if n not in cut)]
    score = 5.5 * len(heard) / len(says) * min(1.0, 0.4 + 0.2 * len(kinds))
    return score - 0.3 * len(hurt), heard, hurt


def respect(played: Played) -> Judged:
    """Weigh respect against pressure."""
    says = played.says()
    if not says:
        return 0.0, [], []
    good, bad = _turns(says, RESPECT), _turns(says, PRESSURE)
    harsh = _turns(says, HARSH)
    score = 2.0 + 5.0 * (len(good) - len(bad)) / len(says) - 0.7 * len(harsh)
    if not harsh and any("introduction" in codes_of(e) for e in says):
        score += 0.5
    return score, good, bad


def clarity(played: Played) -> Judged:
    """Judge whether turns could be followed, and whether they were honest."""
    says = played.says()
    if not says:
        return 0.0, [], []
    p = played.worlds[0].p
    followed: list[int] = []
    long: list[int] = []
    for event in says:
        state = played.worlds[event.n - 1].state
        clear = float(understood(state, event.data["words"], p)[0]) / float(
            understood(state, 1, p)[0]
        )
        (followed if clear >= FOLLOWED and event.data["cut"] == 1 else long).append(event.n)
    false = [n for n in _turns(says, {*DISHONEST, "stacked_questions"}) if n not in long]
    score = 3.2 * len(followed) / len(says) + 0.8 * bool(_turns(says, CLEAR)) - 0.8 * len(false)
    return score, _turns(says, CLEAR), [*long, *false]


def options(played: Played) -> Judged:
    """Judge the reading of the situation, and whether another way was ready in time."""
    world, last = played.worlds[0], played.worlds[-1]
    ready = [
        e.n for e in played.moves()
        if world.moves[e.data["move"]].group == "call" or e.data["move"] in WAYS_OUT
    ]  # fmt: skip
    offered = _turns(played.says(), OPTIONS)
    asked = [e.n for e in played.says() if e.data["asked"]]
    shares = {"ready": (1.0, min(len(ready), 1.0)), "offered": (1.0, min(len(offered) / 2, 1.0))}
    if world.scenario.person.profile == "suicidal":
        shares["asked"] = (1.0, float(bool(asked)))
    if played.readings:
        shares["read"] = (1.5, sum(r.share for r in played.readings) / len(played.readings))
    if world.scenario.resolvable == "by_other_means":
        how = last.ended["how"] if last.ended else ""
        shares["other"] = (2.0, OTHER_MEANS.get(how, 0.0))
        del shares["offered"]
    possible = sum(weight for weight, _ in shares.values())
    score = 4 * sum(weight * share for weight, share in shares.values()) / possible
    refused = [e.n for e in played.events if e.kind == "move" and e.data["refused"]]
    return score, [*ready, *asked, *offered], refused


_JUDGES: dict[str, Callable[[Played], Judged]] = {
    "position": position, "environment": environment, "bearing": bearing, "listening": listening,
    "respect": respect, "clarity": clarity, "options": options,
}  # fmt: skip


@cache
def _domains() -> tuple[dict[str, Any], ...]:
    text = files("stepdown.encounter.review").joinpath("rubric.yaml").read_text(encoding="utf-8")
    return tuple(YAML(typ="safe", pure=True).load(text)["domains"])


def domains() -> dict[str, str]:
    """Return the name of each domain, by id, in the order in which they are shown."""
    return {known["id"]: known["name"] for known in _domains()}


def anchors() -> dict[str, tuple[str, ...]]:
    """Return what each score of a domain looks like, from 0 to 4, by the domain's id."""
    return {known["id"]: tuple(known["anchors"]) for known in _domains()}


def rubric(played: Played) -> tuple[Domain, ...]:
    """Return the seven domains for an encounter. Outcome plays no part in six of them."""
    found = []
    for known in _domains():
        score, helped, hurt = _JUDGES[known["id"]](played)
        level = int(min(max(round(score), 0), 4))
        silent = known["id"] in SPOKEN and not played.says()
        anchor = SILENT if silent else known["anchors"][level]
        found.append(
            Domain(
                known["id"], known["name"], level, anchor, known["from"],
                tuple(sorted(set(helped))), tuple(sorted(set(hurt))),
            )
        )  # fmt: skip
    return tuple(found)
