"""A real browser with a virtual security key against a real server, under the site's own policy."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.web.accounts.provider import Provider
from tests.web.accounts.ways import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no browser: install chromium (Debian: apt-get install chromium)"
)
ADMIN, INSTRUCTOR = "agency_admin@here.example", "instructor@here.example"
KEY = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
       "hasUserVerification": True, "isUserVerified": True,
       "automaticPresenceSimulation": True}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    links: dict[str, str]
    provider: Provider


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    provider = Provider()
    folder = str(tmp_path_factory.mktemp("served"))
    command = [sys.executable, "-m", "tests.web.accounts.served", folder, provider.url]
    at = Path(__file__).resolve().parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=at) as running:
        try:
            told = json.loads(running.stdout.readline())
            yield Served(told["url"], told["links"], provider)
        finally:
            running.terminate()
            provider.close()


def in_a_browser(do: Callable[[Any], None], *, javascript: bool = True) -> None:
    """Run something with a page of a new browser, in a thread: other tests may hold one open."""
    failed: list[BaseException] = []

    def run() -> None:
        from playwright.sync_api import sync_playwright

        try:
            with sync_playwright() as play:
                launched = play.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
                )
                context = launched.new_context(java_script_enabled=javascript)
                page = context.new_page()
                page.set_default_timeout(15_000)
                wrong: list[str] = []
                page.on("pageerror", lambda error: wrong.append(str(error)))
                page.on("console", lambda said: wrong.append(said.text)
                        if "Content Security Policy" in said.text else None)  # fmt: skip
                do(page)
                launched.close()
                assert wrong == []
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def come_by_link(page: Any, served: Served, email: str) -> None:
    page.goto(f"{served.url}/enter/{served.links[email]}/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Keep it and go in").click()


def give_key(page: Any) -> Any:
    talk = page.context.new_cdp_session(page)
    talk.send("WebAuthn.enable")
    added = talk.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return talk, added["authenticatorId"]


def test_a_security_key_is_added_and_opens_the_account_from_then_on(served):
    def do(page):
        come_by_link(page, served, ADMIN)
        page.wait_for_url("**/account/second-factor/")
        talk, key = give_key(page)
        page.get_by_role("link", name="Add a security key").click()
        page.get_by_label("What you call it").fill("blue one")
        page.get_by_role("button", name="Add the key").click()
        page.wait_for_url("**/recovery-codes/")
        assert page.locator(".codes li").count() == 10
        page.get_by_role("link", name="I have kept them").click()
        page.wait_for_url(served.url + "/")
        page.goto(served.url + "/account/2fa/webauthn/")
        assert "blue one" in page.content()

        page.goto(served.url + "/account/logout/")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/account/login/**")
        page.get_by_label("Email").fill(ADMIN)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/account/2fa/authenticate/")
        page.get_by_role("button", name="Use the security key").click()
        page.wait_for_url(served.url + "/")

        page.goto(served.url + "/account/2fa/webauthn/reauthenticate/?next=/account/keys/new/")
        page.get_by_role("button", name="Use the security key").click()
        page.wait_for_url(served.url + "/account/keys/new/")

        page.goto(served.url + "/account/logout/")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/account/login/**")
        talk.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
        give_key(page)  # a stranger's
        page.goto(served.url + "/account/login/")
        page.get_by_label("Email").fill(ADMIN)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/account/2fa/authenticate/")
        page.get_by_role("button", name="Use the security key").click()
        page.get_by_text("That did not work").wait_for()
        page.goto(served.url + "/account/")
        assert page.get_by_role("heading", name="The second factor").is_visible()

    in_a_browser(do)


def test_without_javascript_the_page_says_that_a_key_needs_it_and_an_app_does_not(served):
    def do(page):
        come_by_link(page, served, INSTRUCTOR)
        page.get_by_role("link", name="Add a security key").click()
        assert page.locator("noscript p").is_visible()
        page.goto(served.url + "/account/2fa/totp/activate/")
        assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 50

    in_a_browser(do, javascript=False)


def test_the_way_to_the_single_sign_on_and_back_is_open_under_the_sites_policy(served):
    served.provider.says = {
        "sub": "u9", "email": "trainee@here.example", "email_verified": True
    }  # fmt: skip

    def do(page):
        page.goto(served.url + "/account/?from=mail")
        page.get_by_role("button", name="Agency sign-on").click()
        page.wait_for_url("**/account/?from=mail")
        assert page.get_by_role("heading", name="Where you are signed in").is_visible()

    in_a_browser(do)
