"""Officers beside their peers: the picture, and the table by number."""

from __future__ import annotations

from collections.abc import Mapping

from stepdown.briefing.blocks import Block, Drawing, Figure, Note, Table, Text
from stepdown.briefing.frame import NARROW, WIDE
from stepdown.briefing.numbers import plural
from stepdown.briefing.same_scene.charts import Mark, relative_plot
from stepdown.briefing.same_scene.words import apart, of_100, signed
from stepdown.briefing.svg import draw
from stepdown.evaluation.same_scene.results import Officer, SameSceneResults

MOST = 10**9
BANDS = ((1, 9), (10, 19), (20, 49), (50, 99), (100, MOST))
"""Numbers of scenes that are counted together."""


def officers_figure(shown: list[Officer]) -> Figure:
    """Draw every officer shown, by how many scenes they were at."""
    marks = marks_of(shown)
    many = sum(m.apart for m in marks)
    alt = (
        f"Ranges of {plural(len(marks), 'officer')} around 0, which is like their peers; narrower "
        f"with more scenes; {many:,} do not include 0."
    )
    wide, narrow = (draw(relative_plot(marks, width)) for width in (WIDE, NARROW))
    return Figure(
        title="Propensity relative to peers at shared scenes",
        caption="Each line is the 95% range of one officer, the dot its middle. Above 0: used more "
        "of the force that was used at shared scenes than peers; below: less. Stronger colour "
        "where the range does not include 0. Officers stand by number of scenes, not by "
        "propensity.",
        drawings=(Drawing("officers", wide, narrow, alt),),
        table=width_table(marks),
    )


def marks_of(shown: list[Officer]) -> list[Mark]:
    """Return the range of each officer for a picture or a count."""
    marks = []
    for o in shown:
        if o.relative_mean is None or o.relative_low is None or o.relative_high is None:
            continue
        off = apart(o.relative_low, o.relative_high)
        tip = (
            f"{plural(o.n_scenes, 'scene')}: {signed(o.relative_low)} to {signed(o.relative_high)}"
        )
        marks.append(Mark(o.n_scenes, o.relative_mean, o.relative_low, o.relative_high, off, tip))
    return marks


def width_table(marks: list[Mark]) -> Table:
    """Count ranges by number of scenes, without any single officer."""
    rows = []
    for low, high in BANDS:
        here = [m for m in marks if low <= m.scenes <= high]
        if here:
            label = f"{low} or more" if high >= MOST else f"{low} to {high}"
            width = sum(m.high - m.low for m in here) / len(here)
            above, below = sum(m.low > 0 for m in here), sum(m.high < 0 for m in here)
            rows.append((label, f"{len(here):,}", f"{width:.2f}", f"{above:,}", f"{below:,}"))
    return Table(
        "How wide the ranges are, by number of scenes",
        ("Scenes", "Officers", "Mean width of range", "Range above 0", "Range below 0"),
        tuple(rows),
        numeric=(1, 2, 3, 4),
    )


def officer_blocks(
    results: SameSceneResults, shown: list[Officer], names: Mapping[int, str]
) -> tuple[Block, ...]:
    """List the officers shown by their number; by name too where `names` has one."""
    rows = []
    for o in shown:
        who = f"{o.officer} {names[o.officer]}" if o.officer in names else str(o.officer)
        low, mean, high = o.relative_low or 0.0, o.relative_mean or 0.0, o.relative_high or 0.0
        rows.append(
            (who, f"{o.n_scenes:,}", f"{signed(low)} to {signed(high)}", signed(mean),
             f"{of_100(low)} to {of_100(high)}", f"{o.n_peers:,}")
        )  # fmt: skip
    least = plural(results.min_scenes, "scene")
    text = (
        f"Officers with at least {least} with different levels, in the order of their numbers. "
        "Range and middle are log odds; 0 is like the average of peers. `Of 100` says the same: "
        "of 100 scenes at which the officer and an average peer used the two lowest levels, one "
        "each, so many saw the officer use the higher. Where the range holds 0, or 50 of 100, it "
        "cannot be told whether the officer differs. All others are in same_scene.json."
    )
    if results.training is not None:
        text += " The numbers are those without training: its coefficient is taken out."
    blocks: list[Block] = [Text(text)]
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
    columns = ("Officer", "Scenes", "95% range", "Middle", "Of 100", "Peers")
    caption = "Propensity relative to peers at shared scenes"
    blocks.append(Table(caption, columns, tuple(rows), numeric=(1, 2, 3, 4, 5)))
    return tuple(blocks)
