"""Draw a coded transcript over time: one lane per kind of technique, one mark per code heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from stepdown.technique.codebook import codebook
from stepdown.technique.coding import Coding
from stepdown.technique.hearing import Hearing
from stepdown.technique.transcript import Turn

WIDTH, LANE, LEFT, RIGHT, TOP, FOOT = 960, 46, 120, 24, 34, 40
LANES = ("listening", "respect", "structure", "risk")
LONGEST = 160
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2933}.paper{fill:#fff}.lane{stroke:#cbd2d9}"
    ".note{font-size:11px}"
    ".mark{fill:#2f6f9f}.mark.risk{fill:#b5522b}"
    ".unsure{fill:none;stroke:#2f6f9f;stroke-width:1.5}.unsure.risk{stroke:#b5522b}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.paper{fill:#1b2127}"
    ".lane{stroke:#3e4c59}.mark{fill:#7fb8e0}.mark.risk{fill:#f0925f}"
    ".unsure{stroke:#7fb8e0}.unsure.risk{stroke:#f0925f}}"
)


def clock(seconds: float) -> str:
    """Return seconds as m:ss, or h:mm:ss from an hour on."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


@dataclass(frozen=True, slots=True)
class Axis:
    """The way along the picture: seconds where every turn has a time, else turn numbers."""

    timed: bool
    first: float
    last: float

    def across(self, place: float) -> float:
        """Return the x of a place."""
        width, span = WIDTH - LEFT - RIGHT, self.last - self.first
        return LEFT + width * ((place - self.first) / span if span > 0 else 0.5)

    def name(self, place: float) -> str:
        """Say a place in words."""
        return clock(place) if self.timed else f"turn {round(place)}"


def draw(hearing: Hearing) -> str:
    """Return the timeline as an SVG that stands alone; every mark says in words what it shows.

    Full marks are labels, hollow ones are unsure.
    """
    starts = [turn.start for turn in hearing.turns if turn.start is not None]
    timed = bool(starts) and len(starts) == len(hearing.turns)
    places = starts if timed else [float(n) for n in range(1, len(hearing.turns) + 1)]
    axis = Axis(timed, min(places, default=0.0), max(places, default=1.0))
    marks = [
        mark
        for turn, coding, place in zip(hearing.turns, hearing.codings, places, strict=True)
        if coding is not None
        for mark in _marks(turn, coding, axis, place)
    ]
    count = sum(len(c.labels) for c in hearing.codings if c)
    label = f"Technique over time: {len(hearing.turns)} turns, {count} codes heard"
    height = TOP + LANE * len(LANES) + FOOT
    whole = height + 18 * len(hearing.notes)
    return "".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" ',
            f'viewBox="0 0 {WIDTH} {whole}" aria-label={quoteattr(label)}>',
            f"<title>{escape(label)}</title><style>{STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{whole}"/>',
            f'<text x="{LEFT}" y="20">Full: heard. Hollow: unsure.</text>',
            *(_lane(n, lane) for n, lane in enumerate(LANES)),
            *marks,
            *_ticks(axis, height),
            *_notes(hearing.notes, height),
            "</svg>\n",
        ]
    )


def _marks(turn: Turn, coding: Coding, axis: Axis, place: float) -> list[str]:
    codes = {code.id: code for code in codebook().codes}
    said = turn.text if len(turn.text) <= LONGEST else turn.text[: LONGEST - 3] + "..."
    seen: Counter[str] = Counter()
    found = []
    for code in (*coding.labels, *coding.unsure):
        group = codes[code].group
        kind = "mark" if code in coding.labels else "unsure"
        y = TOP + LANE * LANES.index(group) + LANE / 2 - 10 * (seen[group] % 3) + 8
        seen[group] += 1
        words = f"{axis.name(place)} {turn.speaker}: {codes[code].name} "
        words += f"({coding.probabilities[code]:.2f}). {said}"
        found.append(
            f'<circle class="{kind}{" risk" if group == "risk" else ""}" r="4.5" '
            f'cx="{axis.across(place):.1f}" cy="{y:.1f}"><title>{escape(words)}</title></circle>'
        )
    return found


def _notes(notes: tuple[str, ...], height: int) -> list[str]:
    """Write below the picture what must stay with it: that redaction may be incomplete."""
    return [
        f'<text class="note" x="{LEFT}" y="{height + 18 * n}">{escape(note)}</text>'
        for n, note in enumerate(notes)
    ]


def _lane(number: int, lane: str) -> str:
    bottom = TOP + LANE * (number + 1)
    return (
        f'<line class="lane" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{bottom}" y2="{bottom}"/>'
        f'<text x="{LEFT - 12}" y="{bottom - LANE / 2 + 5}" text-anchor="end">'
        f"{lane.capitalize()}</text>"
    )


def _ticks(axis: Axis, height: int) -> list[str]:
    steps = 5 if axis.last > axis.first else 1
    at = (axis.first + (axis.last - axis.first) * n / 4 for n in range(steps))
    return [
        f'<text x="{axis.across(p):.1f}" y="{height - 16}" text-anchor="middle">'
        f"{axis.name(p)}</text>"
        for p in at
    ]
