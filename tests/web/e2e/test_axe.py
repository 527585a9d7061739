"""Every page, for everybody who sees it: axe finds nothing, and a phone never scrolls sideways."""

from __future__ import annotations

import pytest

from stepdown.web.policy import Role

PAGES = [
    (None, "/account/login/"), (None, "/account/password/reset/"), (None, "/nothing-here/"),
    ("trainee", "/"), ("trainee", "/library/"), ("trainee", "/library/bridge/"),
    ("trainee", "/library/bridge_es/"), ("trainee", "/encounters/{done}/review/"),
    ("trainee", "/encounters/{scored}/review/"), ("trainee", "/encounters/{running}/"),
    ("trainee", "/encounters/{done}/"), ("trainee", "/encounters/{done}/compare/{branch}/"),
    ("trainee", "/mine/"), ("trainee", "/account/"), ("trainee", "/account/data/"),
    ("trainee", "/account/data/erase/"), ("trainee", "/account/data/readers/"),
    ("trainee", "/account/keys/new/"), ("trainee", "/account/password/change/"),
    ("trainee", "/account/2fa/"), ("trainee", "/account/2fa/totp/activate/"),
    ("trainee", "/account/second-factor/"), ("trainee", "/units/"), ("trainee", "/numbers/"),
    ("instructor", "/"), ("instructor", "/units/"), ("instructor", "/units/{unit}/"),
    ("instructor", "/units/{unit}/assign/"), ("instructor", "/assignments/{assignment}/"),
    ("instructor", "/assess/{running}/"), ("instructor", "/assess/{over}/"),
    ("instructor", "/assess/{scored}/"), ("instructor", "/scenarios/"),
    ("coordinator", "/units/{unit}/"), ("analyst", "/numbers/"), ("analyst", "/"),
    ("agency_admin", "/agency/"), ("agency_admin", "/agency/audit/"),
    ("agency_admin", "/people/{trainee}/"),
    ("agency_admin", "/people/{trainee}/in/{agency}/erase/"), ("site_admin", "/site/"),
    ("site_admin", "/agency/audit/"), ("instructor", "/account/2fa/recovery-codes/"),
    (None, "/enter/{link}/"), (None, "/enter/no-such-link/"),
    ("trainee", "/account/reauthenticate/"), ("trainee", "/assigned/{assignment}/"),
    ("trainee", "/encounters/{real}/"), ("instructor", "/scenarios/{file}/"),
]  # fmt: skip
MISSING = ("/nothing-here/", "/enter/no-such-link/")


def shown(page, address, *, missing=False):
    response = page.goto(address)
    assert response.status == 404 if missing else response.ok
    assert page.url == address
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(page_of, site, role, path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = page_of(Role(role) if role else None, bypass_csp=True, color_scheme="dark")
    shown(page, site.address(path), missing=path in MISSING)
    dark = axe.run(page, options={"runOnly": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    light = axe.run(page)
    assert light.violations_count == 0, light.generate_report()
    assert dark.violations_count == 0, dark.generate_report()
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
