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
TRAINING = {
    "trainee": ("training", "programme", "training_own", "session", "session_here", "my_refreshers",
                "practice_counts", "hours_mine", "calendar", "curriculum", "curriculum_programme"),
    "instructor": ("programme", "sessions_of", "session", "session_list", "session_entries",
                   "session_wall", "session_teachers", "hours_unit", "unit_refreshers", "exams",
                   "note_exams", "unit_calendar", "training_people", "training_person",
                   "hours_person", "progress_unit", "change_session"),
    "coordinator": ("programme", "curriculum",
                    "curriculum_version", "curriculum_difference", "curriculum_module",
                    "curriculum_module_difference", "schedule_session", "exempted", "progress_all",
                    "progress", "progress_kept", "rollouts", "rollout_draw", "refreshers",
                    "refreshers_of", "plan_settings", "refreshers_learned", "refresher_visits",
                    "hours_rules", "hours_file", "readiness", "readiness_names", "certificates",
                    "certificates_programme", "roster_of", "training_person", "hours_person"),
    "agency_admin": ("programme", "roster_member", "roster_waiting", "roster_wrong",
                     "roster_columns"),
    "analyst": ("programme", "readiness", "rollouts"),
}  # fmt: skip
MISSING = ("/nothing-here/", "/enter/no-such-link/")


def shown(page, address, *, missing=False):
    response = page.goto(address)
    assert response.status == 404 if missing else response.ok
    assert page.url == address
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(page_of, site, role, path):
    seen(page_of(Role(role) if role else None, bypass_csp=True, color_scheme="dark"),
         site.address(path), missing=path in MISSING)  # fmt: skip


@pytest.mark.parametrize(
    ("role", "name"), [(role, name) for role, names in TRAINING.items() for name in names]
)
def test_axe_finds_nothing_on_the_pages_of_training(page_of, site, role, name):
    seen(page_of(Role(role), bypass_csp=True, color_scheme="dark"), site.page(name))


def seen(page, address, *, missing=False):
    """Look at a page in the dark, in the light and on a phone."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    shown(page, address, missing=missing)
    dark = axe.run(page, options={"runOnly": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    light = axe.run(page)
    assert light.violations_count == 0, light.generate_report()
    assert dark.violations_count == 0, dark.generate_report()
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
