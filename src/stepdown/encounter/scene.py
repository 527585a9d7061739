"""What a trainee can see of an encounter now, in words: never what the person feels in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stepdown.encounter.lines import band, substance
from stepdown.encounter.scenario import Other, Scenario, filled
from stepdown.encounter.state import COLUMN, Floats
from stepdown.encounter.vocabulary import Band
from stepdown.encounter.world import World

Say = Callable[[str], str]
Height = Literal["sitting", "level", "over"]
Hands = Literal["open", "neutral", "folded", "belt"]
Gaze = Literal["soft", "normal", "fixed"]
Volume = Literal["soft", "normal", "loud"]
Pace = Literal["slow", "normal", "fast"]
Noise = Literal["quiet", "some", "loud"]
Light = Literal["soft", "bright", "harsh"]
Heat = Literal["mild", "warm", "hot"]
Crowd = Literal["nobody", "few", "several", "many"]

NAME_MOST, WHO_MOST = 40, 120
CLEARS_FROM = 1.5
"""A move about people that thins the crowd by this much sends away those whom it names; assumed."""


@dataclass(frozen=True, slots=True)
class Stance:
    """How the responder stands and speaks."""

    side_on: bool
    height: Height
    hands: Hands
    gaze: Gaze
    volume: Volume
    pace: Pace
    cover: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds both. voices: others who talk too; aside: they have gone somewhere quieter."""

    way_out: bool
    noise: Noise
    light: Light
    heat: Heat
    crowd: Crowd
    voices: int
    aside: bool


@dataclass(frozen=True, slots=True)
class Bystander:
    """Somebody or something else that the scenario names, and whether it is still near."""

    id: str
    who: str
    there: bool


@dataclass(frozen=True, slots=True)
class Call:
    """Who was called: the label of the move that called them, and whether they are here."""

    id: str
    label: str
    here: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """What can be seen. distance: metres, to 0.1; band: that of arousal, as the cues show it."""

    name: str
    band: Band
    distance: float
    stance: Stance
    around: Around
    others: tuple[Bystander, ...]
    calls: tuple[Call, ...]


def scene_of(world: World, live: Floats | None = None) -> Scene:
    """Return what can be seen of a world.

    live: (1, columns), the state between two events; that of the last event if left out.
    """
    state = world.state if live is None else live
    cast = world.cast
    calls = (
        Call(c, shortened(filled(world.moves[c].label, cast), WHO_MOST), c in world.arrived)
        for c in world.called
    )
    gone = _gone(world)
    others = (
        Bystander(o.id, shortened(filled(o.who, cast), WHO_MOST), o.id not in gone)
        for o in world.scenario.others
    )
    return Scene(
        shortened(cast["name"], NAME_MOST),
        band(_at(state, "arousal")),
        round(_at(state, "distance"), 1),
        _stance(state, world.done),
        _around(state, world.done),
        tuple(others),
        tuple(calls),
    )


def shortened(text: str, most: int) -> str:
    """Return a text on one line, cut at a word if it is longer than `most`."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(plain) <= most:
        return plain
    cut = plain[:most]
    kept = cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut[:-1]
    return kept.rstrip(" ,;:") + "…"


def metres(distance: float) -> str:
    """Return a distance as it is read: 0.8, 1.2, 8, 12."""
    return f"{distance:.1f}".removesuffix(".0") if distance < 9.95 else f"{distance:.0f}"


def _at(state: Floats, column: str) -> float:
    return float(state[0, COLUMN[column]])


def _stance(state: Floats, done: tuple[str, ...]) -> Stance:
    hands, gaze, volume, pace = (_at(state, n) for n in ("hands", "gaze", "volume", "pace"))
    return Stance(
        side_on=_at(state, "facing") < 0.5,
        height=_height(_at(state, "over"), done),
        hands=(
            "open" if hands < 0.15
            else "neutral" if hands < 0.45
            else "folded" if hands < 0.75
            else "belt"
        ),
        gaze="soft" if gaze < 0.3 else "normal" if gaze < 0.8 else "fixed",
        volume="soft" if volume < 4 else "normal" if volume < 7 else "loud",
        pace="slow" if pace < 4 else "normal" if pace < 7 else "fast",
        cover=_at(state, "cover") >= 0.5,
    )  # fmt: skip


def _height(over: float, done: tuple[str, ...]) -> Height:
    """Return how high the responder is; whoever sat down last has sat since."""
    moves = [name for name in done if name in ("sit", "stand")]
    if over >= 0.25:
        return "over"
    return "sitting" if moves[-1:] == ["sit"] else "level"


def _around(state: Floats, done: tuple[str, ...]) -> Around:
    noise, light, heat, crowd = (_at(state, n) for n in ("noise", "glare", "heat", "crowd"))
    return Around(
        way_out=_at(state, "exit") >= 0.5,
        noise="quiet" if noise < 3 else "some" if noise < 5.5 else "loud",
        light="soft" if light < 3 else "bright" if light < 5 else "harsh",
        heat="mild" if heat < 5 else "warm" if heat < 7 else "hot",
        crowd=(
            "nobody" if crowd < 1 else "few" if crowd < 3 else "several" if crowd < 5 else "many"
        ),
        voices=round(_at(state, "voices")),
        aside="quiet_room" in done,
    )  # fmt: skip


def _gone(world: World) -> set[str]:
    """Return whom the moves so far have sent away, by id."""
    clearing = [
        name for name in dict.fromkeys(world.done)
        if name in world.moves and _clears(world, name)
    ]  # fmt: skip
    return {
        other.id for other in world.scenario.others
        if any(_sends(world, name, other) for name in clearing)
    }  # fmt: skip


def _clears(world: World, name: str) -> bool:
    move = world.moves[name]
    thins = move.group == "people" and move.add.get("crowd", 0.0) <= -CLEARS_FROM
    return thins or move.ends == "others_safe"


def _sends(world: World, name: str, other: Other) -> bool:
    """Say whether a move names somebody, or ends what only they would have done."""
    move = world.moves[name]
    named = substance(" ".join((move.label, *move.words)))
    who = substance(f"{other.id.replace('_', ' ')} {other.who}")
    return bool(named & who) or any(
        len(who & substance(text)) >= 2 for text in _ended_by(world.scenario, name)
    )


def _ended_by(scenario: Scenario, move: str) -> list[str]:
    return [h.text for h in scenario.happenings if move in h.unless]


_BANDS: dict[Band, str] = {
    "settled": "{name} looks settled.",
    "tense": "{name} looks tense.",
    "high": "{name} looks very tense.",
    "peak": "{name} looks overwhelmed.",
}
_FACING = {True: "You stand at an angle to {name}.", False: "You face {name} squarely."}
_HEIGHTS: dict[Height, str] = {
    "sitting": "You are sitting.", "level": "", "over": "You stand over {name}.",
}  # fmt: skip
_HANDS: dict[Hands, str] = {
    "open": "Your hands are open and in sight.",
    "neutral": "Your hands are at your sides.",
    "folded": "Your arms are folded.",
    "belt": "One hand is on your belt.",
}
_GAZES: dict[Gaze, str] = {
    "soft": "You look away now and then.", "normal": "", "fixed": "You stare at {name}.",
}  # fmt: skip
_VOLUMES: dict[Volume, str] = {
    "soft": "You speak softly.", "normal": "", "loud": "You speak loudly.",
}  # fmt: skip
_PACES: dict[Pace, str] = {"slow": "You speak slowly.", "normal": "", "fast": "You speak fast."}
_COVER = {True: "You are behind cover.", False: ""}
_WAYS = {True: "The way out is open.", False: "The way out is blocked."}
_NOISES: dict[Noise, str] = {
    "quiet": "It is quiet.", "some": "There is some noise.", "loud": "It is loud.",
}  # fmt: skip
_LIGHTS: dict[Light, str] = {
    "soft": "The light is soft.", "bright": "The light is bright.", "harsh": "The light is harsh.",
}  # fmt: skip
_HEATS: dict[Heat, str] = {"mild": "", "warm": "It is warm.", "hot": "It is hot."}
_CROWDS: dict[Crowd, str] = {
    "nobody": "Nobody else stands close.",
    "few": "A few people are around.",
    "several": "Several people are around.",
    "many": "Many people are around.",
}
_VOICES = ("", "One other person talks too.", "{count} others talk too.")
_ASIDE = {True: "You are in a quieter place now.", False: ""}
_AWAY = "{name} is about {metres} m away."
_OTHERS = {True: "Also near: {who}.", False: "Turned away or gone: {who}."}
_CALLS = {True: "{call}: here.", False: "{call}: on the way."}

SENTENCES: tuple[str, ...] = tuple(
    template
    for template in (
        _AWAY, *_BANDS.values(), *_FACING.values(), *_HEIGHTS.values(), *_HANDS.values(),
        *_GAZES.values(), *_VOLUMES.values(), *_PACES.values(), *_COVER.values(), *_WAYS.values(),
        *_NOISES.values(), *_LIGHTS.values(), *_HEATS.values(), *_CROWDS.values(), *_VOICES,
        *_ASIDE.values(), *_OTHERS.values(), *_CALLS.values(),
    )
    if template
)  # fmt: skip
"""Every sentence that `described` may say, with its {holes}, for a catalogue of translations."""


def described(scene: Scene, say: Say = str) -> tuple[str, ...]:
    """Return what can be seen in short plain sentences; what is usual is left out.

    say: turns a sentence of SENTENCES, holes and all, into the language of the reader.
    """
    stance, around = scene.stance, scene.around
    told = (
        _AWAY, _BANDS[scene.band], _FACING[stance.side_on], _HEIGHTS[stance.height],
        _HANDS[stance.hands], _GAZES[stance.gaze], _VOLUMES[stance.volume], _PACES[stance.pace],
        _COVER[stance.cover], _ASIDE[around.aside], _WAYS[around.way_out], _NOISES[around.noise],
        _LIGHTS[around.light], _HEATS[around.heat], _CROWDS[around.crowd],
        _VOICES[min(around.voices, 2)],
    )  # fmt: skip
    holes = {
        "name": scene.name, "metres": metres(scene.distance), "count": str(around.voices),
    }  # fmt: skip
    return (
        *(filled(say(template), holes) for template in told if template),
        *(filled(say(_OTHERS[o.there]), {"who": o.who}) for o in scene.others),
        *(filled(say(_CALLS[c.here]), {"call": c.label}) for c in scene.calls),
    )
