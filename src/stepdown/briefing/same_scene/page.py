"""The page on officers at the same scene."""

from __future__ import annotations

from collections.abc import Mapping

from stepdown.briefing.blocks import (
    Answer,
    Block,
    Document,
    Items,
    Notice,
    Section,
    Table,
    Terms,
    Text,
    Tone,
)
from stepdown.briefing.numbers import plural
from stepdown.briefing.same_scene.network import network_blocks
from stepdown.briefing.same_scene.officers import officer_blocks, officers_figure
from stepdown.briefing.same_scene.placebo import placebo_blocks
from stepdown.briefing.same_scene.training import training_blocks
from stepdown.briefing.same_scene.words import (
    LIMITS,
    NEVER_AN_EFFECT,
    NO_WITNESSES,
    WHAT,
    answer_on_network,
    answer_on_officers,
    answer_on_training,
    levels_in_words,
    tests_in_words,
)
from stepdown.evaluation.same_scene.results import SameSceneResults

TITLE = "Same scene: who used more of the force that was used"


def same_scene_page(results: SameSceneResults, names: Mapping[int, str] | None = None) -> Document:
    """Say everything that a same-scene analysis found; nothing of officers if it failed.

    `names` by officer are shown only when `results` records who asked for them.
    """
    known = names if names is not None and results.names is not None else {}
    shown = [o for o in results.officers if o.shown]
    sections = [Section("network", "Who can be compared", network_blocks(results))]
    if results.training is not None:
        sections.append(Section("training", "Training", training_blocks(results.training)))
    if results.diagnostics.good:
        sections.append(Section("levels", "How far apart the levels are", _level_blocks(results)))
    if results.placebo is not None:
        sections.append(
            Section("placebo", "Levels handed out by lot", placebo_blocks(results.placebo))
        )
    if shown:
        sections.append(Section("officers", "Officers beside their peers",
                                officer_blocks(results, shown, known)))  # fmt: skip
    sections += [
        Section("limits", "What this cannot show", (Items(_limits(results)),)),
        Section("reproduce", "How to reproduce this", _reproduce(results)),
    ]
    return Document(
        title=TITLE,
        notices=_notices(results),
        summary=WHAT,
        answers=_answers(results),
        shared=(),
        picture=officers_figure(shown) if shown else None,
        cautions=_cautions(results),
        sections=tuple(sections),
        colophon=f"Stepdown {results.source.stepdown_version}, file {results.source.sha256[:12]}, "
        f"seed {results.source.seed}",
        heading="What can be said",
    )


def _notices(results: SameSceneResults) -> tuple[Notice, ...]:
    found = []
    if not results.diagnostics.good:
        text = "; ".join(results.diagnostics.reasons)
        again = f"{text}. Run again with more --draws and --tune."
        found.append(Notice("No results: the draws cannot be trusted", again, "warning"))
    if results.force_users_only:
        found.append(Notice("Only officers who used force", NO_WITNESSES, "warning"))
    if results.names is not None:
        asked = results.names
        text = f"Asked for by {asked.by} on {asked.when}: {asked.why}"
        found.append(Notice("Names are shown", text, "warning"))
    return tuple(found)


def _answers(results: SameSceneResults) -> tuple[Answer, ...]:
    network = Answer("Who can be compared", "", _told(results), *_open(answer_on_network(results)))
    if not results.diagnostics.good:
        return (network,)
    officers = answer_on_officers(results)
    found = [network, Answer("Officers", "", _enough(results), *_open(officers))]
    if results.training is not None:
        title, size = answer_on_training(results.training)
        seen = (
            f"{plural(results.training.mixed_scenes, 'scene')} had trained and untrained officers."
        )
        tests = " ".join(tests_in_words(results.training)[:1])
        found.append(Answer("Training", "", seen, title, "open", size, NEVER_AN_EFFECT, "", tests))
    return tuple(found)


def _told(results: SameSceneResults) -> str:
    told = results.account[-1]
    return (
        f"{plural(told.scenes, 'scene')} with different levels, {told.officers:,} officers. "
        f"{levels_in_words(results)}"
    )


def _enough(results: SameSceneResults) -> str:
    enough = sum(o.n_scenes >= results.min_scenes for o in results.officers)
    shown = sum(o.shown for o in results.officers)
    least = plural(results.min_scenes, "scene")
    return (
        f"{enough:,} of {len(results.officers):,} officers had at least {least}; {shown:,} of them "
        "have peers and are shown."
    )


def _open(said: tuple[str, str]) -> tuple[str, Tone, str, str, str, str]:
    """Put a heading and its figures in the places of an answer that is no verdict."""
    return said[0], "open", said[1], "", "", ""


def _cautions(results: SameSceneResults) -> tuple[str, ...]:
    return tuple(f"{w[:1].upper()}{w[1:]}." for w in results.warnings)


def _limits(results: SameSceneResults) -> tuple[str, ...]:
    return (*LIMITS, NO_WITNESSES) if results.force_users_only else LIMITS


def _level_blocks(results: SameSceneResults) -> tuple[Block, ...]:
    if results.s is None or results.s_low is None or results.s_high is None:
        return ()
    rows = tuple(
        (label, f"{count:,}", f"{mean:.2f}", f"{low:.2f} to {high:.2f}")
        for label, count, mean, low, high in zip(
            results.levels, results.level_rows, results.s, results.s_low, results.s_high,
            strict=True,
        )
    )  # fmt: skip
    return (
        Text(
            "The score says how strongly propensity pulls towards a level. The lowest is 0 and "
            "the next 1 by definition; where two scores lie close, the data hardly tell apart who "
            "uses which."
        ),
        Table("Scores of the levels", ("Level", "Rows", "Score", "95% range"), rows,
              numeric=(1, 2, 3)),
    )  # fmt: skip


def _reproduce(results: SameSceneResults) -> tuple[Block, ...]:
    made, found = results.source, results.diagnostics
    rhat = "unknown" if found.rhat_max is None else f"{found.rhat_max:.3f}"
    ess = "unknown" if found.ess_min is None else f"{found.ess_min:,.0f}"
    items = [
        ("Model", "conditional ordinal stereotype model, G. Ridgeway, JASA 2025, "
         "doi 10.1080/01621459.2025.2597050"),
        (f"File {made.file}, {made.rows:,} rows, SHA-256", made.sha256),
        ("Command", made.command),
        ("Chains, draws of each, draws before", f"{found.chains}, {found.draws}, {found.tune}"),
        ("Seed", str(made.seed)),
        ("Worst R-hat, fewest effective draws, divergences",
         f"{rhat}, {ess}, {found.divergences}"),
        ("Stepdown", made.stepdown_version),
        ("Versions", ", ".join(f"{k} {v}" for k, v in sorted(made.packages.items()))),
    ]  # fmt: skip
    return (Terms(tuple(items), code=True),)
