from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from stepdown.briefing.document import build_document
from stepdown.briefing.html import to_html
from stepdown.briefing.pdf import to_pdf
from stepdown.briefing.same_scene.chapter import same_scene_section
from stepdown.briefing.same_scene.page import same_scene_page
from stepdown.briefing.same_scene.words import NEVER_AN_EFFECT, NO_WITNESSES, answer_on_training
from stepdown.briefing.same_scene.write import write_page
from stepdown.evaluation.same_scene.results import Names, SameSceneResults
from tests.briefing import cases
from tests.evaluation.same_scene.cases import analysed_once

NAMES = {1000 + n: f"Person {n}" for n in range(50)}
ASKED = Names(when="2026-03-01T09:30:00+00:00", by="kim", why="case 12", roster_sha256="0" * 64)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> SameSceneResults:
    return analysed_once(tmp_path_factory.getbasetemp())[1]


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_network_comes_before_any_officer(results: SameSceneResults):
    page = same_scene_page(results)
    assert [a.name for a in page.answers] == ["Who can be compared", "Officers", "Training"]
    assert page.sections[0].id == "network"


def test_training_is_never_said_to_work(results: SameSceneResults):
    page = same_scene_page(results)
    training = page.answers[2]
    assert training.tone == "open"
    assert training.meaning == NEVER_AN_EFFECT
    assert "works" not in training.verdict
    assert "more often" in training.verdict


def test_officers_are_listed_by_number_and_not_by_propensity(results: SameSceneResults):
    (section,) = (s for s in same_scene_page(results).sections if s.id == "officers")
    table = section.blocks[-1]
    shown = [o for o in results.officers if o.shown]
    assert [row[0] for row in table.rows] == [str(o.officer) for o in shown]
    assert len(shown) < len(results.officers)
    assert table.columns[2] == "95% range"
    assert not table.marked


def test_names_stand_only_where_a_record_says_who_asked(results: SameSceneResults):
    bare = to_html(same_scene_page(results, NAMES))
    assert "Person" not in bare
    asked = results.model_copy(update={"names": ASKED})
    page = to_html(same_scene_page(asked, NAMES))
    assert "Person" in page
    assert "Asked for by kim" in page
    assert "Person" not in to_html(same_scene_page(asked))


def test_a_failed_run_shows_the_network_and_nothing_else(results: SameSceneResults):
    bad = results.diagnostics.model_copy(update={"good": False, "reasons": ["too few draws"]})
    failed = results.model_copy(
        update={"diagnostics": bad, "officers": [], "s": None, "training": None, "placebo": None}
    )
    page = same_scene_page(failed)
    assert [a.name for a in page.answers] == ["Who can be compared"]
    assert page.notices[0].label == "No results: the draws cannot be trusted"
    assert "too few draws" in page.notices[0].text
    assert {s.id for s in page.sections} == {"network", "limits", "reproduce"}
    chapter = same_scene_section(failed)
    assert "cannot be trusted" in chapter.blocks[-1].text


def test_without_those_who_held_back_the_page_says_what_is_lost(results: SameSceneResults):
    users = results.model_copy(update={"force_users_only": True})
    assert NO_WITNESSES in [n.text for n in same_scene_page(users).notices]


def test_html_and_pdf_say_the_same_and_are_the_same_bytes_again(
    results: SameSceneResults, tmp_path: Path
):
    html, pdf = write_page(results, tmp_path / "one")
    again = write_page(results, tmp_path / "two")
    assert [p.read_bytes() for p in again] == [html.read_bytes(), pdf.read_bytes()]
    text = " ".join(p.extract_text() for p in pypdf.PdfReader(BytesIO(pdf.read_bytes())).pages)
    text = re.sub(r"\s+", " ", text)
    for sentence in (
        "Propensity relative to peers at shared scenes",
        "Do not use it to discipline",
    ):
        assert sentence in text
        assert sentence in words_of(html.read_text())


def test_a_briefing_gets_a_chapter_without_any_officer_listed(results: SameSceneResults):
    study = cases.results(cases.outcome(lags=2))
    document = build_document(study, same_scene=results)
    (chapter,) = (s for s in document.sections if s.id == "same-scene")
    said = words_of(to_html(document))
    assert "None of this enters the answer on page one" in said
    assert not any(re.search(rf"\b{o.officer}\b", repr(chapter.blocks)) for o in results.officers
                   if o.shown and o.officer > 1005)  # fmt: skip
    assert document.answers == build_document(study).answers
    assert "Figure" not in {type(b).__name__ for b in chapter.blocks[-8:]}
    pdf = " ".join(p.extract_text() for p in pypdf.PdfReader(BytesIO(to_pdf(document))).pages)
    pdf = re.sub(r"\s+", " ", pdf)
    for block in chapter.blocks:
        if block.kind == "text" and block.lead:
            assert block.lead in pdf
    assert "same-scene" not in {s.id for s in build_document(study).sections}


def test_a_failed_attendance_test_takes_the_headline_back(results: SameSceneResults):
    training = results.training
    came = training.attendance.model_copy(update={"p_value": 0.001})
    title, _ = answer_on_training(training.model_copy(update={"attendance": came}))
    assert title == "Cannot be read: training and who comes to scenes go together."
    _, said = answer_on_training(training.model_copy(update={"attendance": None, "levels": None}))
    assert "Nobody drew lots" in said


def test_a_prior_that_decides_is_told(results: SameSceneResults):
    training = results.training
    wide = training.sensitivity[1].model_copy(update={"beta": training.beta - 2.0})
    moved = training.model_copy(update={"sensitivity": [wide]})
    assert "read the direction alone" in answer_on_training(moved)[1]
    same = training.model_copy(update={"sensitivity": []})
    assert "read the direction alone" not in answer_on_training(same)[1]
