from __future__ import annotations

from typing import Any

import pytest

from tests.briefing.conftest import Written, address

CASES = ["chicago", "simulated", "observational", "hostile"]


@pytest.mark.parametrize("case", CASES)
def test_axe_finds_nothing_in_light_or_dark(
    written: dict[str, Written], browser: Any, case: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page.emulate_media(color_scheme="dark")
    page.goto(address(written[case].files.html))
    # Only colours differ in the dark; tables inside details have the colours of those outside.
    dark = axe.run(page, options={"runOnly": ["color-contrast"]})
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"
    page.emulate_media(color_scheme="light")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    light = axe.run(page)
    page.close()
    assert light.violations_count == 0, light.generate_report()
    assert dark.violations_count == 0, dark.generate_report()


@pytest.mark.parametrize("case", CASES)
def test_a_phone_never_scrolls_sideways(
    written: dict[str, Written], browser: Any, case: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(address(written[case].files.html))
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert width <= 360


def test_the_page_asks_the_network_for_nothing(written: dict[str, Written], browser: Any) -> None:
    page = browser.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address(written["hostile"].files.html))
    page.close()
    assert asked == [address(written["hostile"].files.html)]
    assert complaints == []


def test_one_drawing_is_shown_per_screen(written: dict[str, Written], browser: Any) -> None:
    for width, shown, hidden in ((1280, ".wide", ".narrow"), (360, ".narrow", ".wide")):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(address(written["chicago"].files.html))
        assert page.locator(shown).first.is_visible()
        assert not page.locator(hidden).first.is_visible()
        page.close()
