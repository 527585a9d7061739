"""Results → the document that HTML and PDF share."""

from __future__ import annotations

from stepdown.briefing import safety
from stepdown.briefing.blocks import Document
from stepdown.briefing.findings import answer_of, cautions, notices, picture, said_once, summary
from stepdown.briefing.numbers import period_noun
from stepdown.briefing.published.chapter import published_section
from stepdown.briefing.record import (
    data_section,
    glossary_section,
    ladder_section,
    limits_section,
    reproduce_section,
)
from stepdown.briefing.robustness import robustness_section
from stepdown.briefing.rollout import event_section, rollout_section
from stepdown.briefing.same_scene.chapter import same_scene_section
from stepdown.evaluation.results import Results
from stepdown.evaluation.same_scene.results import SameSceneResults
from stepdown.evidence.table import Evidence, read_evidence


def build_document(
    results: Results,
    evidence: Evidence | None = None,
    same_scene: SameSceneResults | None = None,
) -> Document:
    """Say everything a briefing says about `results`, in reading order.

    `evidence` is the table of published studies; the one that ships if it is not given.
    `same_scene` gets a chapter of its own, behind the study's.
    """
    evidence = evidence or read_evidence()
    made = results.provenance
    answers, shared = said_once(tuple(answer_of(o, results.design) for o in results.outcomes))
    together = safety.answer(results)
    answers = (*answers, together) if together else answers
    return Document(
        title=results.title,
        notices=notices(results),
        summary=summary(results.design, period_noun(results.design.period_labels)),
        answers=answers,
        shared=shared,
        picture=picture(results),
        cautions=cautions(results),
        sections=(
            rollout_section(results.design),
            event_section(results),
            robustness_section(results),
            *((same_scene_section(same_scene),) if same_scene is not None else ()),
            data_section(results),
            limits_section(results),
            ladder_section(results),
            published_section(results, evidence),
            reproduce_section(results),
            glossary_section(),
        ),
        colophon=f"Stepdown {made.stepdown_version}, study {made.study_sha256[:12]}, "
        f"evidence {evidence.digest[:12]}",
    )
