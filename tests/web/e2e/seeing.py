"""Whether a page can be seen and used by everybody: axe, dark and light, and a phone."""

from __future__ import annotations

from typing import Any

import pytest


def examined(page: Any) -> None:
    """Hold an open page to axe in the dark and in the light, and to the width of a phone.

    The page has to be opened with `bypass_csp`. It stays as narrow as it was made.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.emulate_media(color_scheme="dark")
    dark = axe.run(page, options={"runOnly": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    light = axe.run(page)
    assert light.violations_count == 0, light.generate_report()
    assert dark.violations_count == 0, dark.generate_report()
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
