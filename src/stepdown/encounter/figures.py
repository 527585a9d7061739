"""People of an encounter, drawn as jointed figures: a person in four bands, the responder, a crowd.

A figure faces right with its feet at (0, 0) and stands about 120 units high; up is negative. It is
nobody in particular: no face, no skin, no dress.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.encounter.scene import Stance
from stepdown.encounter.vocabulary import Band

Joint = tuple[float, float]
Limb = tuple[Joint, ...]

LIMB, LINE, HEAD = 12.0, 2.6, 13.5


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the joints of a figure are. Arms run from shoulder to hand, legs from hip to foot."""

    head: Joint
    spine: Limb
    back_arm: Limb
    front_arm: Limb
    back_leg: Limb
    front_leg: Limb
    nose: Joint = (1.0, 0.1)
    width: float = 29.0


PERSON: dict[Band, Pose] = {
    "settled": Pose(
        head=(2, -110), spine=((0, -84), (-1, -58)),
        back_arm=((-6, -86), (-16, -70), (-15, -51)), front_arm=((6, -86), (15, -70), (21, -54)),
        back_leg=((-6, -52), (-8, -26), (-11, 0)), front_leg=((5, -52), (11, -27), (12, 0)),
    ),
    "tense": Pose(
        head=(4, -105), spine=((0, -86), (0, -58)),
        back_arm=((-8, -89), (-16, -72), (2, -66)), front_arm=((8, -89), (18, -72), (-5, -71)),
        back_leg=((-5, -52), (-6, -26), (-6, 0)), front_leg=((5, -52), (6, -26), (7, 0)),
    ),
    "high": Pose(
        head=(20, -101), spine=((9, -83), (-4, -56)), nose=(1.0, 0.0),
        back_arm=((-2, -89), (-21, -76), (-30, -57)), front_arm=((14, -91), (30, -74), (25, -53)),
        back_leg=((-8, -52), (-17, -27), (-24, 0)), front_leg=((2, -52), (16, -28), (18, 0)),
    ),
    "peak": Pose(
        head=(26, -86), spine=((11, -72), (-8, -47)), nose=(0.5, 0.9),
        back_arm=((4, -80), (8, -106), (21, -101)), front_arm=((14, -78), (45, -76), (38, -95)),
        back_leg=((-11, -43), (-2, -24), (-17, 0)), front_leg=((-2, -42), (19, -27), (8, 0)),
    ),
}  # fmt: skip
"""How the person holds themselves: loose; drawn together; braced forward; bent over, hands at the
head."""

_ARMS: dict[str, tuple[Limb, Limb]] = {
    "open": (((-5, -88), (10, -66), (31, -73)), ((7, -88), (16, -62), (38, -61))),
    "neutral": (((-7, -88), (-14, -70), (-11, -52)), ((7, -88), (12, -70), (13, -52))),
    "folded": (((-7, -88), (-13, -68), (13, -74)), ((7, -88), (19, -70), (-9, -69))),
    "belt": (((-7, -88), (-14, -70), (-11, -52)), ((6, -88), (-21, -72), (7, -57))),
}
_LEGS: dict[bool, tuple[Limb, Limb]] = {
    False: (((-7, -54), (-9, -27), (-11, 0)), ((7, -54), (9, -27), (10, 0))),
    True: (((-3, -54), (-12, -26), (-22, 0)), ((3, -54), (12, -28), (17, 0))),
}
_SEATED: tuple[Limb, Limb] = (
    ((-4, -30), (20, -31), (19, 0)), ((0, -28), (26, -27), (27, 0)),
)  # fmt: skip
_NOSES: dict[str, Joint] = {"soft": (0.75, 0.8), "normal": (1.0, 0.1), "fixed": (1.0, 0.0)}
_DOWN = 26.0
"""How much lower whoever sits is."""


def person(band: Band) -> str:
    """Draw the person as they hold themselves in a band of arousal."""
    marks = {"settled": "", "tense": "", "high": _TIGHT, "peak": _SHAKEN}[band]
    return figure(PERSON[band], "var(--ink)", "var(--warm)") + marks


def responder(stance: Stance) -> str:
    """Draw the responder as they stand."""
    seated = stance.height == "sitting"
    tall = 1.1 if stance.height == "over" else 1.0
    body = figure(_stood(stance), "var(--ink)", "var(--mark)")
    hands = _palms(_ARMS["open"], _DOWN if seated else 0.0) if stance.hands == "open" else ""
    belt = _BELT if stance.hands == "belt" and not seated else ""
    return f'{_STOOL if seated else ""}<g transform="scale({tall})">{body}{belt}{hands}</g>'


def head_of(stance: Stance) -> Joint:
    """Return where the head of the responder is."""
    x, y = _stood(stance).head
    tall = 1.1 if stance.height == "over" else 1.0
    return x * tall, y * tall


def bystander() -> str:
    """Draw one of a crowd, small and pale, about 30 high."""
    return (
        '<path d="M-8 0C-8-13-6-19 0-19S8-13 8 0Z" fill="var(--paper)" stroke="var(--faint)" '
        'stroke-width="1.6" stroke-linejoin="round"/><circle cx="0" cy="-24.5" r="5.2" '
        'fill="var(--paper)" stroke="var(--faint)" stroke-width="1.6"/>'
    )


def figure(pose: Pose, ink: str, tint: str) -> str:
    """Draw a jointed figure: what is behind first."""
    head, nose = pose.head, pose.nose
    return "".join((
        _limb(pose.back_arm, LIMB, ink, tint),
        _limb(pose.back_leg, LIMB + 1, ink, tint),
        _limb(pose.front_leg, LIMB + 1, ink, tint),
        _limb(pose.spine, pose.width, ink, tint),
        _head(head, nose, ink, tint),
        _limb(pose.front_arm, LIMB, ink, tint),
    ))  # fmt: skip


def _stood(stance: Stance) -> Pose:
    down = _DOWN if stance.height == "sitting" else 0.0
    back_arm, front_arm = (_lowered(arm, down) for arm in _ARMS[stance.hands])
    back_leg, front_leg = _SEATED if down else _LEGS[stance.side_on]
    return Pose(
        head=(3, -111 + down),
        spine=_lowered(((0, -86), (0, -59)), down),
        back_arm=back_arm,
        front_arm=front_arm,
        back_leg=back_leg,
        front_leg=front_leg,
        nose=_NOSES[stance.gaze],
        width=22.0 if stance.side_on else 31.0,
    )


def _lowered(limb: Limb, by: float) -> Limb:
    return tuple((x, y + by) for x, y in limb)


def _limb(limb: Limb, width: float, ink: str, tint: str) -> str:
    """Draw a limb as a soft tube: its outline, the paper in it, a wash of colour."""
    path = _curve(limb)
    inner = round(width - 2 * LINE, 1)
    tube = f'<path d="{path}" fill="none" stroke-linecap="round" stroke-linejoin="round" '
    return (
        f'{tube}stroke="{ink}" stroke-width="{width}"/>'
        f'{tube}stroke="var(--paper)" stroke-width="{inner}"/>'
        f'{tube}stroke="{tint}" stroke-opacity="0.28" stroke-width="{inner}"/>'
    )


def _curve(limb: Limb) -> str:
    """Return a path through the joints, bent softly at the middle one."""
    points = [f"{x:g} {y:g}" for x, y in limb]
    if len(limb) == 2:
        return f"M{points[0]}L{points[1]}"
    (ax, ay), (bx, by), (cx, cy) = limb
    near = f"{bx + (ax - bx) * 0.35:.1f} {by + (ay - by) * 0.35:.1f}"
    far = f"{bx + (cx - bx) * 0.35:.1f} {by + (cy - by) * 0.35:.1f}"
    return f"M{points[0]}L{near}Q{points[1]} {far}L{points[2]}"


def _head(head: Joint, nose: Joint, ink: str, tint: str) -> str:
    (x, y), (dx, dy) = head, nose
    tip = f"{x + dx * (HEAD + 4):.1f} {y + dy * (HEAD + 4):.1f}"
    start = f"{x + dx * HEAD * 0.8 - dy * 4:.1f} {y + dy * HEAD * 0.8 - dx * 4:.1f}"
    end = f"{x + dx * HEAD * 0.8 + dy * 4:.1f} {y + dy * HEAD * 0.8 + dx * 4:.1f}"
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{HEAD}" fill="var(--paper)"/>'
        f'<circle cx="{x:g}" cy="{y:g}" r="{HEAD}" fill="{tint}" fill-opacity="0.28" '
        f'stroke="{ink}" stroke-width="{LINE}"/>'
        f'<path d="M{start}L{tip}L{end}" fill="none" stroke="{ink}" stroke-width="{LINE}" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _palms(arms: tuple[Limb, Limb], down: float) -> str:
    """Draw spread fingers at the end of both arms."""
    spread = "".join(
        f"M{x + 5:g} {y + down + dy * 0.6:g}l{dx} {dy * 0.8:.1f}"
        for x, y in (arms[0][-1], arms[1][-1])
        for dx, dy in ((4, -5), (6, -1), (4, 3))
    )
    return (
        f'<path d="{spread}" fill="none" stroke="var(--ink)" stroke-width="2.4" '
        'stroke-linecap="round"/>'
    )


_BELT = '<path d="M-13 -53q13 4 26 0" fill="none" stroke="var(--ink)" stroke-width="4.5"/>'
_STOOL = (
    '<path d="M-17 -21q15 -3 30 0M-12 -21l-4 21M8 -21l4 21" fill="none" stroke="var(--faint)" '
    'stroke-width="3" stroke-linecap="round"/>'
)
_TIGHT = (
    '<path d="M-15 -98l-9 -4M-10 -108l-7 -8" fill="none" stroke="var(--ink)" stroke-width="2.4" '
    'stroke-linecap="round"/>'
)
_SHAKEN = (
    '<path d="M-25 -84q-7 6 0 12M-34 -84q-7 6 0 12M-15 -104q-7 4-3 11" fill="none" '
    'stroke="var(--ink)" stroke-width="2.4" stroke-linecap="round"/>'
)
