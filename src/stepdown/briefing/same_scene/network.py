"""Who can be compared with whom: what was left out, the pieces, the map."""

from __future__ import annotations

from stepdown.briefing.blocks import Block, Drawing, Figure, Table, Text
from stepdown.briefing.frame import NARROW, WIDE
from stepdown.briefing.numbers import plural
from stepdown.briefing.same_scene.charts import Dot, network_plot
from stepdown.briefing.svg import draw
from stepdown.evaluation.same_scene.results import SameSceneResults

MOST_PIECES = 10
"""Smaller pieces are counted together."""


def network_blocks(results: SameSceneResults) -> tuple[Block, ...]:
    """Say from file to analysis what was left out, and how far the network carries."""
    net = results.network
    pieces = net.pieces[:MOST_PIECES]
    blocks: list[Block] = [
        Table(
            "From the file to the scenes that say something",
            ("Step", "Rows", "Scenes", "Officers"),
            tuple(
                (step.why, f"{step.rows:,}", f"{step.scenes:,}", f"{step.officers:,}")
                for step in results.account
            ),
            numeric=(1, 2, 3),
        ),
        Text(
            f"Half of the officers were at {net.median_scenes:,.0f} scenes or fewer, and shared "
            f"them with {net.median_colleagues:,.0f} colleagues or fewer; {net.once:,} were at a "
            "single one. Officers who never met can still be compared through others whom both "
            f"met. In the largest piece two officers are {net.steps:.1f} such steps apart on "
            f"average; {100 * net.direct:.0f}% of pairs met."
        ),
        Table(
            "Connected pieces: only within a piece do scenes support a comparison",
            ("Piece", "Officers", "Scenes"),
            tuple(
                (str(n), f"{p.officers:,}", f"{p.scenes:,}") for n, p in enumerate(pieces, start=1)
            ),
            numeric=(1, 2),
        ),
    ]
    left = net.pieces[MOST_PIECES:]
    if left:
        rest = sum(p.officers for p in left)
        blocks.append(Text(f"And {plural(len(left), 'smaller piece')} with {rest:,} officers."))
    blocks.append(_map(results))
    return tuple(blocks)


def _map(results: SameSceneResults) -> Figure:
    net = results.network
    dots = [Dot(p.x, p.y, p.scenes, p.piece == 1) for p in net.places]
    links = [(a, b) for a, b in net.links]
    alt = (
        f"{plural(len(dots), 'officer')} as dots, close together where they share scenes, in "
        f"{plural(len(net.pieces), 'connected piece')}."
    )
    wide, narrow = (draw(network_plot(dots, links, width)) for width in (WIDE, NARROW))
    return Figure(
        title="Who shared scenes with whom",
        caption="Each dot is an officer, larger with more scenes; lines join the pairs that shared "
        "most. Close dots share scenes; directions mean nothing."
        + ("" if len(net.pieces) == 1 else " The row below holds the smaller pieces."),
        drawings=(Drawing("network", wide, narrow, alt),),
        table=Table(
            "The network in numbers",
            ("What", "Value"),
            (
                ("Officers drawn", f"{len(dots):,}"),
                ("Connected pieces", f"{len(net.pieces):,}"),
                ("Scenes of an officer, median", f"{net.median_scenes:,.1f}"),
                ("Colleagues met by an officer, median", f"{net.median_colleagues:,.1f}"),
                ("Mean steps between two officers of the largest piece", f"{net.steps:.2f}"),
                ("Pairs of the largest piece that met", f"{100 * net.direct:.1f}%"),
            ),
            numeric=(1,),
        ),
    )
