"""Officers beside their peers: the picture, and the table by number."""

from __future__ import annotations

from collections.abc import Mapping

from stepdown.briefing.blocks import Block, Drawing, Figure, Note, Table, Text
from stepdown.briefing.frame import NARROW, WIDE
from stepdown.briefing.numbers import plural
from stepdown.briefing.same_scene.charts import Mark, relative_plot
from stepdown.briefing.same_scene.words import apart, signed
from stepdown.briefing.svg import draw
from stepdown.evaluation.same_scene.results import Officer, SameSceneResults

ENOUGH_PEERS = 19
"""With fewer the outer 5 % of an officer and the peers is less than one of them."""


def officers_figure(shown: list[Officer]) -> Figure:
    """Draw every officer shown, by how many scenes they were at."""
    marks = []
    for o in shown:
        if o.relative_mean is None or o.relative_low is None or o.relative_high is None:
            continue
        off = apart(o.relative_low, o.relative_high)
        tip = (
            f"{plural(o.n_scenes, 'scene')}: {signed(o.relative_low)} to {signed(o.relative_high)}"
        )
        marks.append(Mark(o.n_scenes, o.relative_mean, o.relative_low, o.relative_high, off, tip))
    many = sum(m.apart for m in marks)
    alt = (
        f"Ranges of {plural(len(marks), 'officer')} around no difference from peers, narrower "
        f"with more scenes; {many:,} leave it out."
    )
    wide, narrow = (draw(relative_plot(marks, width)) for width in (WIDE, NARROW))
    bands = ((1, 9), (10, 19), (20, 49), (50, 99), (100, 10**9))
    rows = []
    for low, high in bands:
        here = [m for m in marks if low <= m.scenes <= high]
        if here:
            label = f"{low} or more" if high >= 10**9 else f"{low} to {high}"
            width_ = sum(m.high - m.low for m in here) / len(here)
            above, below = sum(m.low > 0 for m in here), sum(m.high < 0 for m in here)
            rows.append((label, f"{len(here):,}", f"{width_:.2f}", f"{above:,}", f"{below:,}"))
    return Figure(
        title="Propensity relative to peers at shared scenes",
        caption="Each line is the 95% range of one officer, the dot its middle. Above 0: used more "
        "of the force that was used at shared scenes than peers; below: less. Darker where the "
        "range leaves 0 out. Officers stand by number of scenes, not by propensity.",
        drawings=(Drawing("officers", wide, narrow, alt),),
        table=Table(
            "How wide the ranges are, by number of scenes",
            ("Scenes", "Officers", "Mean width of range", "Range above 0", "Range below 0"),
            tuple(rows),
            numeric=(1, 2, 3, 4),
        ),
    )


def officer_blocks(
    results: SameSceneResults, shown: list[Officer], names: Mapping[int, str]
) -> tuple[Block, ...]:
    """List the officers shown by their number; by name too where `names` has one."""
    rows, marked = [], []
    for n, o in enumerate(shown):
        who = f"{o.officer} {names[o.officer]}" if o.officer in names else str(o.officer)
        low, mean, high = o.relative_low or 0.0, o.relative_mean or 0.0, o.relative_high or 0.0
        rows.append(
            (who, f"{o.n_scenes:,}", f"{signed(low)} to {signed(high)}", signed(mean),
             f"{o.n_peers:,}", _chance(o.p_top5), _chance(o.p_bottom5))
        )  # fmt: skip
        if apart(low, high):
            marked.append(n)
    text = (
        f"Officers with at least {plural(results.min_scenes, 'scene')} with different levels, by "
        "their number, not by propensity. Rows whose range leaves 0 out stand out. All others "
        "are in same_scene.json."
    )
    blocks: list[Block] = [Text(text)]
    if any(o.n_peers < ENOUGH_PEERS for o in shown):
        blocks.append(
            Note(
                "Few peers",
                f"With fewer than {ENOUGH_PEERS} peers, highest means the highest of all of them, "
                "however few, and no rank counts as lowest. Do not read these two columns then.",
            )
        )
    elsewhere = sum(o.n_peers_elsewhere > 0 for o in shown)
    if elsewhere:
        blocks.append(
            Note(
                "Peers in other pieces",
                f"{plural(elsewhere, 'officer')} shown here have peers with whom no chain of "
                "scenes connects them, as the definition of peers allows. They are compared with "
                "those by the prior alone; same_scene.json says how many.",
            )
        )
    blocks.append(
        Table(
            "Propensity relative to peers at shared scenes",
            ("Officer", "Scenes", "95% range", "Middle", "Peers",
             "Chance of highest 5%", "Chance of lowest 5%"),
            tuple(rows),
            numeric=(1, 2, 3, 4, 5, 6),
            marked=tuple(marked),
        )
    )  # fmt: skip
    return tuple(blocks)


def _chance(value: float | None) -> str:
    if value is None:
        return "–"
    if value < 0.01:
        return "under 1%"
    return "over 99%" if value > 0.99 else f"{100 * value:.0f}%"
