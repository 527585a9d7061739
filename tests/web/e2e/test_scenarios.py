"""A scripted trainee plays every scenario that ships through the real pages."""

from __future__ import annotations

import pytest

from stepdown.encounter.library import library
from tests.web.e2e.test_journeys import WAITED, entries

LINES = {
    "en": ("My name is Sam. I will stay here.", "What happened today?", "That sounds hard."),
    "es": ("Me llamo Sam. No me acerco más.", "¿Qué ha pasado hoy?", "Eso suena muy duro."),
}  # fmt: skip


@pytest.mark.parametrize("scenario", sorted(library()))
def test_a_scripted_trainee_plays_it_to_its_review(page_of, site, scenario):
    page, language = page_of("trainee"), library()[scenario].language
    page.goto(site.address(f"/library/{scenario}/"))
    page.locator(".begin button.main").click()
    page.wait_for_url("**/encounters/*/")
    moves = page.locator("#moves button[name=text]").all()[:2]
    for line in LINES[language]:
        if page.locator("#say").count():
            _do(page, lambda said=line: (page.fill("#say", said), page.press("#say", "Enter")))
    for move in moves:
        if page.locator("#say").count():
            _do(page, move.click)
    if page.locator("#stop-all").count():
        page.locator("#stop-all > summary").click()
        page.locator("#stop").click()
    page.locator("#look-back").click()
    page.wait_for_url("**/review/")
    assert page.locator("table.lines tbody tr").count() >= 4
    assert page.locator("svg").count() >= 1


def _do(page, act):
    before = entries(page)
    act()
    page.wait_for_function(WAITED, arg=before)
