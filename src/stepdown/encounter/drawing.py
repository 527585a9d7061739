"""One picture of an encounter: who stands where and how, and what is around them, as SVG."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from math import log
from unicodedata import east_asian_width

from stepdown.encounter.figures import PERSON, bystander, head_of, person, responder
from stepdown.encounter.scenario import filled
from stepdown.encounter.scene import Call, Say, Scene, described, metres, shortened

WIDTH, HEIGHT = 560, 288
FLOOR, BACK, SIZE = 234.0, 114.0, 0.92
PERSON_X, NEAREST, FARTHEST = 416.0, 104.0, 296.0
BESIDE, ABOVE = 46.0, 26.0
"""How far from the middle of a figure a crowd stands beside it, and a pin behind its head."""
LEAST_M, MOST_M = 0.5, 30.0
TEXT, SMALL = 20, 18
LEFT, RIGHT, TIERS = 96.0, 552.0, (80.0, 56.0, 32.0)
NAME_MOST, LABEL_MOST, LABELS_MOST = 12, 18, 6
CROWDS = {"nobody": 0, "few": 2, "several": 5, "many": 9}

STOPS = (
    ",", " who ", " that ", " in ", " on ", " by ", " at ", " with ", " without ", " beside ",
    " behind ", " over ", " que ", " con ", " en ",
)  # fmt: skip
"""Where the short name of somebody ends."""

CALLED = {
    "call_backup": "backup", "call_ems": "ambulance", "call_coresponder": "co-responder",
    "call_negotiator": "negotiator", "call_supervisor": "supervisor", "call_security": "security",
    "call_interpreter": "interpreter", "call_police": "police",
}  # fmt: skip
WORDS: tuple[str, ...] = (
    "You", "way out", "blocked", "loud", "hot", "{metres} m", "{name} and you, {metres} m apart",
    *CALLED.values(),
)  # fmt: skip
"""Every word that the picture may hold besides names, for a catalogue of translations."""

_LINE = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'


@dataclass(frozen=True, slots=True)
class Pin:
    """A label on the ground: x of its foot, the middle and baseline of its text, how it is drawn.

    kind: "there" for who or what is near, "coming" and "here" for whoever was called.
    """

    text: str
    x: float
    middle: float
    y: float
    kind: str


def draw_scene(scene: Scene, say: Say = str) -> str:
    """Return the picture as one SVG element; its description says all that it shows.

    say: turns a word of WORDS, or a sentence of `scene.SENTENCES`, into the reader's language.
    """
    x = responder_x(scene.distance)
    told = {"name": scene.name, "metres": metres(scene.distance)}
    title = filled(say("{name} and you, {metres} m apart"), told)
    return "".join((
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{_safe(title)}</title><desc>{_safe(' '.join(described(scene, say)))}</desc>",
        _ground(),
        _lamp(scene.around.light),
        _noise(scene.around.noise, say),
        _heat(scene.around.heat, say),
        _pins(pins(scene, say)),
        _crowd(scene, x),
        _way_out(say, is_open=scene.around.way_out),
        _standing(scene, x),
        _between(scene, x),
        _measure(scene, x, say),
        "</svg>",
    ))  # fmt: skip


def responder_x(distance: float) -> float:
    """Return where the responder stands: the space between grows with the logarithm of metres."""
    within = min(max(distance, LEAST_M), MOST_M)
    far = log(within / LEAST_M) / log(MOST_M / LEAST_M)
    return round(PERSON_X - NEAREST - (FARTHEST - NEAREST) * far, 1)


def extent(text: str, size: float) -> float:
    """Return about how wide a text is drawn, on the generous side."""
    return size * sum(1.0 if east_asian_width(c) in "WF" else 0.6 for c in text)


def pins(scene: Scene, say: Say = str) -> tuple[Pin, ...]:
    """Return the labels of who is near or was called, set so that none lies on another."""
    named = [(_called(c, say), "here" if c.here else "coming") for c in scene.calls]
    named += [(_brief(o.who), "there") for o in scene.others if o.there]
    named = named[:LABELS_MOST]
    set_down: list[Pin] = []
    feet = _spread(_gaps(responder_x(scene.distance), ABOVE, range(108, 548, 4)), len(named))
    for place, ((text, kind), x) in enumerate(zip(named, feet, strict=True)):
        wanted = LEFT + (RIGHT - LEFT) * (place + 0.5) / len(named)
        half = extent(text, SMALL) / 2
        middle = min(max(wanted, LEFT + half), RIGHT - half)
        free = (y for y in TIERS if all(_apart(middle, half, y, other) for other in set_down))
        if (y := next(free, None)) is not None:
            set_down.append(Pin(text, x, round(middle, 1), y, kind))
    return tuple(set_down)


def _gaps(x: float, near: float, row: range) -> list[int]:
    """Return the places of a row that neither figure hides, the responder being at x."""
    return [c for c in row if abs(c - x) > near and abs(c - PERSON_X) > near]


def _spread(places: list[int], count: int) -> list[int]:
    """Return `count` of the places, evenly taken, or all if there are fewer."""
    count = min(count, len(places))
    return [places[(2 * i + 1) * len(places) // (2 * count)] for i in range(count)]


def _apart(middle: float, half: float, y: float, other: Pin) -> bool:
    return y != other.y or abs(middle - other.middle) > half + extent(other.text, SMALL) / 2 + 8


def _called(call: Call, say: Say) -> str:
    return say(CALLED[call.id]) if call.id in CALLED else shortened(call.label, LABEL_MOST)


def _brief(who: str) -> str:
    """Return the first words of who somebody is: "a boy of seven", "your colleague"."""
    for stop in STOPS:
        who = who.split(stop, maxsplit=1)[0]
    for stop in (" of ", " de ") if len(who) > LABEL_MOST else ():
        who = who.split(stop, maxsplit=1)[0]
    return shortened(who, LABEL_MOST)


def _safe(text: str) -> str:
    """Return a text as it may stand in SVG, which knows no control characters."""
    return escape("".join(c if c.isprintable() else " " for c in text))


def _text(x: float, y: float, words: str, *, size: int = TEXT, anchor: str = "middle",
          ink: str = "var(--ink)") -> str:  # fmt: skip
    """Write words, with paper around the letters so that no line runs through them."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{ink}" '
        'stroke="var(--paper)" stroke-width="5" stroke-linejoin="round" paint-order="stroke">'
        f"{_safe(words)}</text>"
    )


def _path(d: str, ink: str = "var(--ink)", width: float = 2.4, more: str = "") -> str:
    return f'<path d="{d}" {_LINE} stroke="{ink}" stroke-width="{width}"{more}/>'


def _placed(x: float, y: float, drawn: str, *, size: float = 1.0, left: bool = False) -> str:
    turn = f"{-size:g} {size:g}" if left else f"{size:g}"
    return f'<g transform="translate({x:g} {y:g}) scale({turn})">{drawn}</g>'


def _ground() -> str:
    """Draw the floor: an uneven line at its back, and one in front."""
    return _path(f"M104 {BACK}Q210 {BACK - 4} 320 {BACK}T556 {BACK - 2}", "var(--line)", 2) + _path(
        f"M8 {FLOOR + 4}Q150 {FLOOR} 290 {FLOOR + 4}T552 {FLOOR + 2}", "var(--line)", 2
    )


def _lamp(light: str) -> str:
    """Draw the lamp over the place: dark, lit, or glaring."""
    rays = {
        "soft": "",
        "bright": "M28 58l-5 8M48 62v9M68 58l5 8",
        "harsh": "M20 50l-12 8M28 57l-8 15M39 61l-3 17M57 61l3 17M68 57l8 15M76 50l12 8",
    }[light]
    bulb = "var(--paper)" if light == "soft" else "var(--warm)"
    return (
        _path("M48 0v20")
        + f'<circle cx="48" cy="44" r="8" fill="{bulb}" stroke="var(--ink)" stroke-width="2.4"/>'
        + '<path d="M24 42Q28 20 48 20T72 42Q48 47 24 42Z" fill="var(--paper)" '
        'stroke="var(--ink)" stroke-width="2.4" stroke-linejoin="round"/>'
        + (_path(rays, "var(--warm)", 3) if rays else "")
    )


def _noise(noise: str, say: Say) -> str:
    if noise == "quiet":
        return ""
    if noise == "some":
        return _path("M26 110q6-9 11 0t11 0 11 0 11 0", "var(--faint)")
    jagged = "M14 116l9-13 8 15 9-21 9 23 9-21 8 15 9-13"
    return _path(jagged, "var(--warm)", 3) + _text(47, 144, say("loud"), size=SMALL)


def _heat(heat: str, say: Say) -> str:
    if heat == "mild":
        return ""
    wave = "q-7-7 0-14t0-14"
    if heat == "warm":
        return _path(f"M40 194{wave}M56 194{wave}", "var(--faint)")
    waves = f"M30 194{wave}M47 194{wave}M64 194{wave}"
    return _path(waves, "var(--warm)", 3) + _text(47, 219, say("hot"), size=SMALL)


def _pins(placed: Iterable[Pin]) -> str:
    """Draw the pins; the leaders first, so that they pass behind every label."""
    listed = list(placed)
    lines = "".join(
        _path(f"M{p.middle:g} {p.y + 6:g}L{p.x:g} {BACK - 9:g}", "var(--faint)", 1.4,
              ' stroke-dasharray="3 5"' if p.kind == "coming" else "")
        for p in listed
    )  # fmt: skip
    return lines + "".join(
        _placed(p.x, BACK, _HEADS[p.kind]) + _text(p.middle, p.y, p.text, size=SMALL)
        for p in listed
    )


_HEADS = {
    "there": '<circle cx="0" cy="-4" r="5" fill="var(--ink)"/>',
    "coming": (
        '<circle cx="0" cy="-4" r="6" fill="var(--paper)" stroke="var(--mark)" '
        'stroke-width="2.2" stroke-dasharray="3 3"/>'
        + _path("M-25-4h13m-5-5l5 5-5 5", "var(--mark)", 2.2)
    ),
    "here": (
        '<circle cx="0" cy="-4" r="9" fill="var(--good)"/>'
        + _path("M-4-4l3 3 5-6", "var(--paper)", 2.2)
    ),
}


def _crowd(scene: Scene, x: float) -> str:
    """Draw the people around, in the gaps that both figures leave; some of them talk too."""
    number, voices = CROWDS[scene.around.crowd], scene.around.voices
    gaps = _gaps(x, BESIDE, range(108, 470, 20))
    stand = _spread(gaps, number)
    people = [_placed(c, 164 + 8 * (i % 2), bystander()) for i, c in enumerate(stand)]
    talk = _spread(stand if number >= 2 * voices else gaps, voices)
    spoken = [_placed(c, 136, _SPOKEN) for c in talk]
    return "".join((*people, *spoken))


_SPOKEN = (
    '<path d="M-11-13q11-4 22 0 4 7 0 13l-9 2-5 6 0-6-8-2q-4-7 0-13Z" fill="var(--paper)" '
    'stroke="var(--faint)" stroke-width="1.6" stroke-linejoin="round"/>'
    + _path("M-6-7h12", "var(--faint)", 2)
)


def _way_out(say: Say, *, is_open: bool) -> str:
    """Draw the way out: a doorway that one can walk through, or one that is barred."""
    frame = _path("M496 212V124q22-5 46 0V212", width=3)
    if is_open:
        leaf = (
            '<path d="M496 125l-14 12v84l14-9Z" fill="var(--paper)" stroke="var(--ink)" '
            'stroke-width="2.4" stroke-linejoin="round"/>'
        )
        arrow = _path("M503 172h28m-10-10l10 10-10 10", "var(--good)", 4)
        return frame + leaf + arrow + _text(519, 251, say("way out"), size=SMALL)
    bars = _path("M488 150l62 14M488 188l62-14", "var(--warm)", 6)
    shut = '<path d="M496 212V124q22-5 46 0V212Z" fill="var(--line)" fill-opacity="0.6"/>'
    return shut + frame + bars + _text(519, 251, say("blocked"), size=SMALL)


def _standing(scene: Scene, x: float) -> str:
    """Draw both figures, and where the responder's feet and shoulders point."""
    point = "M20-7l17 1-9 9" if scene.stance.side_on else "M24-6l15 6-15 6"
    shade = '<ellipse cx="0" cy="0" rx="28" ry="6" fill="var(--line)"/>'
    cover = _placed(x + 36, FLOOR, _COVER) if scene.stance.cover else ""
    return (
        _placed(x, FLOOR, shade + _path(point, "var(--faint)"))
        + _placed(PERSON_X, FLOOR, shade)
        + _placed(x, FLOOR, responder(scene.stance), size=SIZE)
        + _placed(PERSON_X, FLOOR, person(scene.band), size=SIZE, left=True)
        + cover
    )


_COVER = (
    '<path d="M-12 3l1-66q11-3 22 0l1 66Z" fill="var(--paper)" stroke="var(--ink)" '
    'stroke-width="2.4" stroke-linejoin="round"/>' + _path("M-6-46l10-10M-7-22l15-16M-5 0l14-15",
                                                           "var(--faint)", 1.6)
)  # fmt: skip


def _between(scene: Scene, x: float) -> str:
    """Draw what goes from the responder to the person: the voice, and a stare."""
    hx, hy = head_of(scene.stance)
    mouth, high = x + hx * SIZE + 21, FLOOR + hy * SIZE
    arcs = {"soft": 1, "normal": 2, "loud": 3}[scene.stance.volume]
    wide = {"soft": 1.8, "normal": 2.2, "loud": 3.6}[scene.stance.volume]
    voice = "".join(
        f"M{mouth + 7 * i:.1f} {high + 4 - 4 * i:.1f}q{3 + i} {4 + 3 * i} 0 {8 + 6 * i}"
        for i in range(arcs)
    )
    drawn = _path(voice, "var(--mark)", wide)
    if scene.stance.gaze == "fixed":
        px, py = PERSON[scene.band].head
        end = f"{PERSON_X - px * SIZE - 18:.1f} {FLOOR + py * SIZE - 4:.1f}"
        drawn += _path(f"M{mouth:.1f} {high - 4:.1f}L{end}", "var(--faint)", 1.6)
    return drawn


def _measure(scene: Scene, x: float, say: Say) -> str:
    """Draw the distance between both, their names at its ends."""
    label = filled(say("{metres} m"), {"metres": metres(scene.distance)})
    y = FLOOR + 17
    line = _path(f"M{x:g} {y - 5:g}v10M{x:g} {y:g}H{PERSON_X:g}M{PERSON_X:g} {y - 5:g}v10")
    return (
        line
        + _text((x + PERSON_X) / 2, y + 24, label)
        + _text(x + 4, y + 24, say("You"), anchor="end")
        + _text(PERSON_X - 4, y + 24, shortened(scene.name, NAME_MOST), anchor="start")
    )
