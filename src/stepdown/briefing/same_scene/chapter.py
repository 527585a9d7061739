"""The chapter of a study's briefing on officers at the same scene."""

from __future__ import annotations

from stepdown.briefing.blocks import Block, Heading, Items, Note, Section, Text
from stepdown.briefing.same_scene.network import network_blocks
from stepdown.briefing.same_scene.officers import marks_of, width_table
from stepdown.briefing.same_scene.placebo import placebo_blocks
from stepdown.briefing.same_scene.training import training_blocks
from stepdown.briefing.same_scene.words import (
    LIMITS,
    NO_WITNESSES,
    WHAT,
    answer_on_officers,
    answer_on_training,
    levels_in_words,
)
from stepdown.evaluation.same_scene.results import SameSceneResults


def same_scene_section(results: SameSceneResults) -> Section:
    """Say what is known without naming or numbering any officer; none of it enters page one."""
    blocks: list[Block] = [
        Text(WHAT),
        Text(levels_in_words(results)),
        Note("Beside the study", "None of this enters the answer on page one."),
        *network_blocks(results),
        *_cautions(results),
    ]
    if not results.diagnostics.good:
        reasons = "; ".join(results.diagnostics.reasons)
        blocks.append(Note("No results", f"The draws cannot be trusted: {reasons}."))
        return Section("same-scene", "At the same scene", tuple(blocks))
    title, said = answer_on_officers(results)
    shown = [o for o in results.officers if o.shown]
    blocks += [Heading("Officers"), Text(said, lead=title)]
    if shown:
        blocks.append(width_table(marks_of(shown)))
        blocks.append(Text("No name, number or range of a single officer stands in a briefing."))
    if results.training is not None:
        title, said = answer_on_training(results.training)
        blocks += [Heading("Training"), Text(said, lead=title)]
        blocks += training_blocks(results.training)
    if results.placebo is not None:
        blocks += [Heading("Levels handed out by lot"), *placebo_blocks(results.placebo)]
    blocks += [Heading("Limits"), Items(LIMITS), _source(results)]
    return Section("same-scene", "At the same scene", tuple(blocks))


def _cautions(results: SameSceneResults) -> list[Block]:
    found: list[Block] = []
    if results.warnings:
        said = tuple(f"{w[:1].upper()}{w[1:]}." for w in results.warnings)
        found.append(Items(said))
    if results.force_users_only:
        found.append(Note("Only officers who used force", NO_WITNESSES))
    return found


def _source(results: SameSceneResults) -> Text:
    made = results.source
    return Text(
        f"Made by stepdown same-scene {made.stepdown_version} from {made.file}, "
        f"{made.rows:,} rows, SHA-256 {made.sha256[:12]}, seed {made.seed}."
    )
