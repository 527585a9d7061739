"""What was counted, left out and not shown, how to get the same numbers again, and the words."""

from __future__ import annotations

import shlex

from stepdown.briefing.blocks import Block, Heading, Items, Section, Table, Terms, Text
from stepdown.briefing.ladder import ladder
from stepdown.briefing.leaving import leaving_blocks
from stepdown.briefing.numbers import rate
from stepdown.briefing.rollout import compliance_blocks
from stepdown.briefing.sizes import scale_of
from stepdown.evaluation.results import CountedOnly, DesignSummary, Results

GLOSSARY = (
    (
        "Estimate",
        "The best single guess of the difference, from comparing people already due for training "
        "with people not yet due in the same period.",
    ),
    (
        "Range (95% interval)",
        "All differences that fit the data well. Were the rollout repeated many times, about 95 of "
        "100 such ranges would contain the true difference.",
    ),
    (
        "Band",
        "A wider range that holds for all points of a curve at once.",
    ),
    (
        "Smallest change that was likely to be seen (detectable effect)",
        "If training truly changed the level by this much, a rollout like this would notice it in "
        "about 4 of 5 cases. Smaller changes would often be missed.",
    ),
    (
        "Smallest worthwhile change",
        "The change that the study plan calls large enough to matter. It is a choice of people, "
        "not a result.",
    ),
    (
        "Randomization test",
        "The lots for the order of training are drawn again many times by computer. If a "
        "difference as large as the real one hardly ever comes out, chance is a poor explanation; "
        "p says how often it does.",
    ),
    (
        "Averaged over",
        "Trained time: every period of every trained person counts the same. Waves: every wave "
        "counts by its size, however long ago it was trained. Calendar time: every period counts "
        "the same.",
    ),
    (
        "Recording break",
        "A change in what is written down or how. Counts before and after it cannot simply be "
        "compared.",
    ),
)


def data_section(results: Results) -> Section:
    """Account for the data: rows in, rows out and why; what was delivered; counts."""
    blocks: list[Block] = [
        Text("What was read, what was left out and why."),
        Table(
            "From the files to the analysed data",
            ("Step", "Rows in", "Rows out", "People in", "People out", "Why"),
            tuple(
                (
                    line.step,
                    f"{line.rows_in:,}",
                    f"{line.rows_out:,}",
                    f"{line.units_in:,}",
                    f"{line.units_out:,}",
                    line.why,
                )
                for line in results.data_account
            ),
            numeric=(1, 2, 3, 4),
        ),
        _counted(results),
    ]
    if results.compliance is not None:
        blocks += compliance_blocks(results.compliance, results.design)
    if results.leaving is not None:
        blocks += leaving_blocks(results.leaving, results.design)
    if results.counts_only:
        blocks += _counts_blocks(results.counts_only, results.design)
    return Section("data", "The data", tuple(blocks))


def _counted(results: Results) -> Table:
    unit = scale_of(results.design).unit
    drawn = results.design.assignment == "randomized"
    level = "Without training" if drawn else "People not yet due"
    return Table(
        "What one count is. Levels depend on local definitions: do not compare them between "
        "agencies",
        ("Outcome", "One count is", "Counted", f"{level}, per 1,000 {unit}"),
        tuple(
            (o.label, o.unit_of_count, f"{o.events:,}", rate(max(o.baseline_mean, 0.0)))
            for o in results.outcomes
        ),
        numeric=(2, 3),
    )


def _counts_blocks(counted: list[CountedOnly], design: DesignSummary) -> list[Block]:
    unit = scale_of(design).unit
    return [
        Heading("Shown as counts only"),
        Text(
            "No effect is calculated for these. They are so rare that in a single agency an effect "
            "cannot be told from chance, and no published trial had enough cases. The columns "
            "before and after cover different times and different numbers of people: their "
            "difference is not an effect of training."
        ),
        Table(
            "Counts, without an effect",
            (
                "What",
                "One count is",
                "Total",
                "Before assigned training",
                "From assigned training on",
            ),
            tuple(
                (
                    c.label,
                    c.unit_of_count,
                    f"{c.total:,}",
                    f"{c.before:,} in {c.unit_periods_before:,} {unit}",
                    f"{c.after:,} in {c.unit_periods_after:,} {unit}",
                )
                for c in counted
            ),
            numeric=(2, 3, 4),
        ),
    ]


def limits_section(results: Results) -> Section:
    """Say what the study cannot show, in its own words and ours."""
    fixed = [
        "An effect found here is an effect in this agency in this time; it need not carry over to "
        "another.",
        "Recorded counts are not everything that happened. If training changes what people report, "
        "counts change without conduct changing.",
    ]
    if results.design.assignment == "randomized":
        fixed.append(
            "If those already trained influence those not yet trained, the comparison understates "
            "what training does."
        )
    blocks: list[Block] = []
    if results.warnings:
        blocks += [Heading("Warnings"), Items(tuple(results.warnings))]
    blocks += [Heading("Limits"), Items((*results.limits, *fixed))]
    return Section("limits", "What this cannot show", tuple(blocks))


def ladder_section(results: Results) -> Section:
    """Place what is known on the evidence ladder."""
    intro = (
        "From training delivered to trust gained is a climb, and no rung stands for the next: "
        "skill in practice, for instance, does not show that force was used less. What this study "
        "knows about each rung:"
    )
    return Section("ladder", "The evidence ladder", (Text(intro), ladder(results)))


def reproduce_section(results: Results) -> Section:
    """Give everything needed to get the same numbers again."""
    made = results.provenance
    command = (
        f"stepdown evaluate {shlex.quote(made.study_file)} --out results "
        f"--draws {made.draws} --seed {made.seed}"
    )
    packages = ", ".join(f"{name} {version}" for name, version in sorted(made.packages.items()))
    items = [
        ("Command", command),
        ("Stepdown", made.stepdown_version),
        ("Versions", packages),
        ("Seed and draws", f"seed {made.seed}, {made.draws:,} draws"),
        (f"Study file {made.study_file}, SHA-256", made.study_sha256),
    ]
    if made.registered is not None:
        changed = len(made.registered.changes)
        since = f"{changed} lines changed since" if changed else "unchanged since"
        items.append((f"Plan registered, {since}", made.registered.when))
    items += [
        (f"Data file {file.name}, {file.rows:,} rows, SHA-256", file.sha256) for file in made.data
    ]
    text = (
        "The same study file, data, draws and seed give the same numbers. All of them are in "
        "results.json beside this briefing; `stepdown evaluate --verify results.json` reruns "
        "everything and compares."
    )
    return Section(
        "reproduce", "How to reproduce this", (Text(text), Terms(tuple(items), code=True))
    )


def glossary_section() -> Section:
    """Explain the words."""
    return Section("words", "Words used here", (Terms(GLOSSARY),))
