"""How each of the seven domains is judged: a score, the turns for and against, what was seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
TAKES_HOLD = ("hands_on", "team_hold")
FOLLOWED = 0.75
GREW = 0.25
"""Points of arousal above the beginning from which somebody has grown more aroused; assumed."""


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


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in a domain; `seen` names what is said instead of the level's anchor."""

    score: float | None
    helped: Sequence[int] = ()
    hurt: Sequence[int] = ()
    seen: tuple[str, ...] = ()


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
    threats = _turns(played.says(), {"threat", "ultimatum"})
    pressed = [n for n in threats if roomy(played.worlds[n - 1]) < 0.97]
    pressed += _moves(played, *TAKES_HOLD)
    hurt = [*closer, *pressed, *_let_come(played, helped)]
    score = 4 * kept - 0.5 * len(closer)
    unmet = not helped and played.worlds[-1]["arousal"] > 7
    if score > 3 and (unmet or pressed):
        score = 3
    grown = played.worlds[0]["arousal"] + GREW
    gave = any(played.worlds[n - 1]["arousal"] > grown for n in helped)
    seen: tuple[str, ...] = ()
    if score >= 3.5 and not gave:
        seen = ("throughout",)
    elif score < 1.5 and not hurt:
        seen = ("most" if score <= 0.5 else "often",)
    return Judged(score, helped, hurt, seen)


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
    evidence = [e.n for e in (*done, *care)]
    if not quieting:
        cared = 2.0 + min(len(care), 2)
        return Judged(cared, evidence, seen=("care",)) if care else Judged(None)
    names = {e.data["move"] for e in done}
    soon = {e.data["move"] for e in done if e.t <= EARLY_S}
    most = min(len(quieting), 4)
    score = (
        2.4 * min(len(names) / most, 1) + 1.2 * min(len(soon) / most, 1) + 0.4 * min(len(care), 1)
    )
    late = 2.5 < score < 3.5 and 2 * len(soon) < most
    return Judged(score, evidence, seen=("late",) if late else ())


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
    return Judged(4.2 * played.share(calm), helped, hurt)


def listening(played: Played) -> Judged:
    """Judge how many turns listened, and whether in more than one way."""
    says = played.says()
    if not says:
        return Judged(None)
    heard = [n for n in _turns(says, LISTENING) if played.events[n].data["again"] < 0.6]
    kinds = {c for n in heard for c in codes_of(played.events[n]) & LISTENING}
    cut = [e.n for e in says if e.data["cut"] < 1]
    hurt = [*cut, *(n for n in _turns(says, {"stacked_questions", "why_question"}) if n not in cut)]
    score = 5.5 * len(heard) / len(says) * min(1.0, 0.4 + 0.2 * len(kinds))
    return Judged(score - 0.3 * len(hurt), heard, hurt)


def respect(played: Played) -> Judged:
    """Weigh respect against pressure."""
    says = played.says()
    if not says:
        return Judged(None)
    good, bad = _turns(says, RESPECT), _turns(says, PRESSURE)
    harsh = _turns(says, HARSH)
    score = 2.0 + 5.0 * (len(good) - len(bad)) / len(says) - 0.7 * len(harsh)
    named = any("introduction" in codes_of(e) for e in says)
    if not harsh and named:
        score += 0.5
    seen: tuple[str, ...] = ()
    if score >= 3.5:
        seen = ("led", *(("named",) if named else ()), *(() if harsh else ("never",)))
    elif score > 2.5 and len({*bad, *harsh}) > 1:
        seen = ("outweighs",)
    elif score <= 0.5 and not harsh:
        seen = ("pressed",)
    return Judged(score, good, bad, seen)


def clarity(played: Played) -> Judged:
    """Judge whether turns could be followed, and whether they were honest."""
    says = played.says()
    if not says:
        return Judged(None)
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
    return Judged(score, _turns(says, CLEAR), [*long, *false])


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
    seen = _options_seen(shares, ready=len(ready), offered=len(offered))
    return Judged(score, [*ready, *asked, *offered], refused, seen)


def _options_seen(
    shares: dict[str, tuple[float, float]], *, ready: int, offered: int
) -> tuple[str, ...]:
    """Return what to say of options: only what was there to be seen."""
    told = []
    if "read" in shares:
        right = shares["read"][1]
        told.append("right" if right >= 0.75 else "partly" if right >= 0.4 else "wrong")
    if ready:
        told.append("ready")
    if offered:
        told.append("choices" if offered > 1 else "choice")
    if not ready and not offered:
        told.append("first")
    if "asked" in shares:
        told.append("asked" if shares["asked"][1] else "unasked")
    if "other" in shares:
        told.append("other" if shares["other"][1] else "no_other")
    return tuple(told)


JUDGES: dict[str, Callable[[Played], Judged]] = {
    "position": position, "environment": environment, "bearing": bearing, "listening": listening,
    "respect": respect, "clarity": clarity, "options": options,
}  # fmt: skip
