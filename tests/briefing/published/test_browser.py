from __future__ import annotations

from typing import Any

import pytest

from tests.briefing.conftest import address
from tests.briefing.published.conftest import Report

CASES = ["shipped", "pooled", "hostile"]


@pytest.mark.parametrize("case", ["shipped", "hostile"])
def test_axe_finds_nothing_in_light_or_dark(
    reports: dict[str, Report], browser: Any, case: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page.emulate_media(color_scheme="dark")
    page.goto(address(reports[case].folder / "evidence.html"))
    dark = axe.run(page, options={"runOnly": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    light = axe.run(page)
    page.close()
    assert light.violations_count == 0, light.generate_report()
    assert dark.violations_count == 0, dark.generate_report()


@pytest.mark.parametrize("case", CASES)
def test_a_phone_never_scrolls_sideways_and_nothing_is_fetched(
    reports: dict[str, Report], browser: Any, case: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    where = address(reports[case].folder / "evidence.html")
    page.goto(where)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert width <= 360
    assert asked == [where]
    assert complaints == []


def test_no_mark_of_the_pictures_leaves_its_frame(reports: dict[str, Report], browser: Any) -> None:
    for size, selector in ((1280, ".wide"), (360, ".narrow")):
        page = browser.new_page(viewport={"width": size, "height": 900})
        page.goto(address(reports["pooled"].folder / "evidence.html"))
        outside = page.evaluate(
            """selector => [...document.querySelectorAll(selector + ' svg')].flatMap(svg => {
              const frame = svg.getBoundingClientRect();
              return [...svg.querySelectorAll('path, text')].filter(e => {
                const b = e.getBoundingClientRect();
                return b.width && (b.left < frame.left - 2 || b.right > frame.right + 2);
              }).map(e => e.textContent || e.outerHTML.slice(0, 90));
            })""",
            selector,
        )
        page.close()
        assert outside == []
