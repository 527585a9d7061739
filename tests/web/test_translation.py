"""Pages speak the reader's language: the catalogue is whole, no English shows in Spanish."""

from __future__ import annotations

import importlib.util
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from html.parser import HTMLParser
from types import ModuleType
from typing import Any

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from stepdown.encounter import drawing, scene
from stepdown.encounter.crisis import CRISIS_LINE
from stepdown.encounter.library import library
from stepdown.encounter.moves import catalogue, moves_of
from stepdown.encounter.review import chart, rubric
from stepdown.encounter.review.page import WORTH
from stepdown.encounter.review.reading import RISKS
from stepdown.encounter.review.review import OUTCOMES, TOLD
from stepdown.problems import Phrase
from stepdown.technique.codebook import CODES
from stepdown.web.accounts.entering import make_link
from stepdown.web.pages import SAID
from stepdown.web.policy import Action, Role
from stepdown.web.practice import play
from stepdown.web.practice.deeds import read_deed
from tests.test_repository import ROOT
from tests.web.accounts.ways import with_password
from tests.web.conftest import NOW, Browser
from tests.web.practice.played import assessment, begun, ended, stopped

SPANISH = "es"
HOLE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[^{}]*\}")
TAG = re.compile(r"</?\w[^>]*>")
ENGLISH = re.compile(
    r"\b(the|this|that|you|your|and|with|what|they|their|them|who|are|was|were|not|it|its|of|"
    r"to|be|been|here|there|how|from|for|when|please|must|cannot)\b", re.IGNORECASE,
)  # fmt: skip
"""Words that stand in nearly every English sentence and in no Spanish one."""

SHORTEST = 13
"""English texts this long are looked for on Spanish pages; shorter ones may stand in others."""

ACTS = (
    ("say", {"text": "Hola, soy Ana. Parece que no puede más."}),
    ("move", {"text": "step_back"}),
    ("move", {"text": "call_ems"}),
    ("move", {"text": "hand_over"}),
    ("move", {"text": "hands_on"}),
    ("say", {"text": "¡Tiene que calmarse ya! ¿Por qué hace esto?"}),
    ("assess", {"arousal": "7", "risk": "self_harm"}),
    ("wait", {"seconds": "5"}),
)
"""What is said and done; the last two moves are refused."""


@cache
def words() -> ModuleType:
    """Return the script that keeps the catalogues."""
    given = importlib.util.spec_from_file_location("catalogue", ROOT / "docs" / "catalogue.py")
    made = importlib.util.module_from_spec(given)
    given.loader.exec_module(made)
    return made


@cache
def spanish() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return every text with its translation; both are pairs for a plural."""
    kept = words().catalogue_of(SPANISH)
    return {_pair(message.id): _pair(message.string) for message in kept if message.id}


def _pair(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_the_catalogue_holds_the_marked_texts_and_no_other():
    assert set(spanish()) == words().marked(), "run docs/catalogue.py"
    updated = words().updated(words().catalogue_of(SPANISH))
    assert {_pair(m.id): _pair(m.string) for m in updated if m.id} == spanish()


def test_what_is_compiled_is_what_is_kept():
    path = words()._path(SPANISH).with_suffix(".mo")
    assert path.read_bytes() == words().compiled(words().catalogue_of(SPANISH))


def test_every_text_that_trainees_see_is_translated():
    needed = words().marked(trainees_only=True)
    assert sorted(key for key in needed if not all(spanish().get(key, ("",)))) == []
    assert [key for key, own in spanish().items() if len(own) != len(key) and any(own)] == []


def test_holes_and_tags_of_a_text_are_those_of_its_translation():
    for key, own in spanish().items():
        for text, told in zip(key, own, strict=True):
            if told:
                kept = _holes(text), sorted(TAG.findall(text)), _margins(text)
                assert (_holes(told), sorted(TAG.findall(told)), _margins(told)) == kept, text


def _holes(text: str) -> list[str]:
    return sorted(HOLE.findall(text))


def _margins(text: str) -> tuple[bool, bool]:
    return text[0].isspace(), text[-1].isspace()


def test_what_a_library_says_is_wrong_is_told_in_spanish_with_its_values():
    text = "{% load i18n %}{{ made|told }} {{ made|said }} {{ given|told }}"
    made = Phrase.of("%(start)s to %(end)s", start="<1>", end=2)
    with translation.override(SPANISH):
        page = Template(text).render(Context({"made": made, "given": "Me"}))
    assert page == "Del &lt;1&gt; al 2 Del &lt;1&gt; al 2 Me"


def test_the_words_of_the_libraries_are_listed():
    listed = words().library_words()
    assert {*scene.SENTENCES, *drawing.WORDS, *TOLD, *OUTCOMES.values(), "not ended"} <= listed
    assert {chart.TITLE, chart.MARK, chart.SOLID, chart.DASHED, chart.SHAPES} <= listed
    assert {WORTH, CRISIS_LINE, *rubric.sentences(), *rubric.domains().values()} <= listed
    assert {known["from"] for known in rubric._domains()} <= listed
    assert {anchor for level in rubric.anchors().values() for anchor in level} <= listed
    assert {move.label for move in catalogue().values()} <= listed
    assert {
        word.replace("_", " ") for word in (*RISKS, *CODES, "risk", "wants", "who", "responder")
    } <= listed
    assert {s.sector.replace("_", " ") for s in library().values()} <= listed
    assert "Return why a move cannot be made now, or an empty text if it can." not in listed


HANDED_ON = {
    "accounts/signals.py": 1, "audit/log.py": 1, "permission.py": 2, "privacy/asking.py": 1,
    "records/applying.py": 1, "demo_year/year.py": 2, "programs/views/rollouts.py": 1,
}  # fmt: skip
"""Where an act is a parameter: who calls gives it, and is read there. The last two of these write
nothing to the audit log: what they call has the same name."""


def test_whatever_is_noted_in_the_audit_log_is_listed_to_be_translated():
    found = words()
    listed = found.library_words()
    assert {action.value for action in Action} <= listed
    unread = {}
    for path in sorted(found.WEB.rglob("*.py")):
        noted, lines = found.noted_in(path.read_bytes())
        assert noted <= listed, path
        if lines:
            unread[path.relative_to(found.WEB).as_posix()] = len(lines)
    assert unread == HANDED_ON, "name the act by a text or a constant of the module"
    assert {"note an actual date", "mark the checklist of a session", "reminders stopped"} <= listed


@pytest.mark.parametrize(
    ("source", "noted", "unread"),
    [
        ("note(actor, 'a', 'k')", {"a", "k"}, []),
        ("A = 'a'\nlog.note(actor, A)", {"a"}, []),
        ("A, B = 'a', 'b'\nlog.note_all(actor, [Act(A), Act(B)])", {"a", "b"}, []),
        ("d = 'a' if x else 'b'\nnote(actor, d)", {"a", "b"}, []),
        ("from stepdown.web.audit.log import note as n\nn(actor, 'a')", {"a"}, []),
        ("note(actor, Action.DRAW.value)", set(), []),
        ("\nnote(actor, made_up(), 'k')", {"k"}, [2]),
        ("log.Act(what)", set(), [1]),
    ],
)
def test_an_act_is_read_however_it_is_named(source, noted, unread):
    assert words().noted_in(source.encode()) == (noted, unread)


def test_every_fault_has_spanish_words():
    with translation.override("en"):
        english = {status: [str(part) for part in said] for status, said in SAID.items()}
    with translation.override(SPANISH):
        for status, said in SAID.items():
            for part, text in zip(said, english[status], strict=True):
                assert not text or str(part) != text


def test_months_have_their_own_names_in_spanish():
    """A word of ours such as "May" would stand in place of Django's name of the month."""
    months = (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    )
    days = [date(2027, month, 1) for month in range(1, 13)]
    with translation.override(SPANISH):
        assert [date_format(day, "F").lower() for day in days] == months.split()
        assert date_format(days[4], "j M Y").lower() == "1 may 2027"


def test_about_a_month_and_about_some_months_are_both_said_rightly():
    said = [own[0] for (text, *_), own in spanish().items() if "%(months)s of held skill" in text]
    assert said
    assert not any("unos %(months)s" in text for text in said)


class _Read(HTMLParser):
    """Reads what a page shows or says aloud, besides what it marks as English."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "line", "rect", "circle",
                      "path", "polyline", "ellipse"})  # fmt: skip
    SPOKEN = frozenset({"aria-label", "alt", "title", "placeholder", "aria-description"})

    def __init__(self) -> None:
        super().__init__()
        self.languages: list[str] = []
        self.silent = 0
        self.language = ""
        self.told: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        inherited = self.languages[-1] if self.languages else ""
        here = given.get("lang") or inherited
        if here != "en":
            self.told += [v for k, v in attrs if v and (k in self.SPOKEN or _is_word(k, v))]
        if tag not in self.VOID:
            self.languages.append(here)
            self.silent += tag in ("script", "style")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A drawing's shapes close themselves and hold no words."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.languages.pop()
            self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.silent and self.languages and self.languages[-1] != "en":
            self.told.append(" ".join(data.split()))


def _is_word(name: str, value: str) -> bool:
    return name.startswith("data-") and " " in value


@cache
def _looked_for() -> list[re.Pattern[str]]:
    """Return every English text that has other words in Spanish, its holes open."""
    both = [pair for key, own in spanish().items() for pair in zip(key, own, strict=True)]
    found = {text for text, told in both if told and told != text and len(text) >= SHORTEST}
    kept = ([re.escape(part) for part in HOLE.split(text)] for text in sorted(found))
    return [re.compile(r"\b" + ".+?".join(parts)) for parts in kept if max(map(len, parts)) > 9]


def english_on(page: str) -> list[str]:
    """Return what is English on a page that should be Spanish."""
    reader = _Read()
    reader.feed(page)
    assert reader.language == SPANISH or "<html" not in page
    told = [text for text in reader.told if text]
    whole = "\n".join(told)
    found = [pattern.pattern for pattern in _looked_for() if pattern.search(whole)]
    return found + [text for text in told if ENGLISH.search(_proper(text))]


def _proper(text: str) -> str:
    """Return a text without what stays as it is everywhere: commands, addresses, proper names."""
    for name in ("stepdown practice", "stepdown review", "stepdown retry",
                 "Critical Decision-Making Model", "Behavioral Change Stairway"):  # fmt: skip
        text = text.replace(name, "")
    return re.sub(r"\S+@\S+|\S+://\S+|\bHere \w+|\bHere\b", "", text)


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def spanish_of(confirmed_of):
    """Return a browser that asks for Spanish pages, signed in as somebody."""

    def made(person):
        browser = confirmed_of(person)
        browser.defaults["HTTP_ACCEPT_LANGUAGE"] = SPANISH
        return browser

    return made


def shown(browser, to, status=200, **given):
    """Return a page that the browser shows, or what comes of a form."""
    post = given.pop("post", None)
    answer = browser.get(to, **given) if post is None else browser.post(to, post, **given)
    assert answer.status_code == status, to
    return answer.content.decode()


def test_somebody_who_chooses_spanish_gets_it_from_then_on():
    browser = Browser()
    assert '<html lang="en">' in shown(browser, reverse("account_login"))
    browser.post(reverse("language"), {"language": SPANISH, "next": "/"})
    page = shown(browser, reverse("account_login"))
    assert '<html lang="es">' in page
    assert english_on(page) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_pages_for_whoever_is_not_signed_in_are_spanish(name):
    browser = Browser(headers={"accept-language": SPANISH})
    assert english_on(shown(browser, reverse(name))) == []
    wrong = {"login": "nobody@here.example", "password": "wrong", "email": "no address"}
    answer = browser.post(reverse(name), wrong)
    assert english_on(answer.content.decode()) == []


def test_the_page_of_a_link_is_spanish(trainee):
    browser = Browser(headers={"accept-language": SPANISH})
    secret = make_link(None, trainee, datetime.now(UTC))
    assert english_on(shown(browser, f"/enter/{secret}/")) == []
    short = {"name": "Ana", "password1": "corta", "password2": "otra"}
    assert english_on(browser.post(f"/enter/{secret}/", short).content.decode()) == []
    assert english_on(browser.get("/enter/nothing/").content.decode()) == []


def test_pages_before_an_encounter_are_spanish(here, trainee, spanish_of):
    browser = spanish_of(trainee)
    assert english_on(shown(browser, "/")) == []
    task = assessment(here, "bridge_es")
    ended(trainee, "bridge_es", acts=ACTS)
    begun(trainee, "bus_es", acts=())
    for to in ("/", "/library/", "/library/?sector=police&language=es", "/library/?minutes=1",
               "/library/bridge_es/", "/library/bus_es/", f"/assigned/{task.id}/",
               f"/library/bridge_es/?assignment={task.id}"):  # fmt: skip
        assert english_on(shown(browser, to)) == [], to
    unconfirmed = {"assignment": str(task.id), "pace": "turn"}
    page = shown(browser, "/library/bridge_es/start/", status=400, post=unconfirmed)
    assert english_on(page) == []


@pytest.mark.parametrize("scenario", ["bridge_es", "bus_es"])
def test_the_page_of_an_encounter_is_spanish(trainee, spanish_of, scenario):
    known = moves_of(library()[scenario].role, library()[scenario].moves)
    acts = [a for a in ACTS if a[0] != "move" or a[1]["text"] in known]
    row = begun(trainee, scenario, acts=acts)
    page = shown(spanish_of(trainee), f"/encounters/{row.id}/")
    assert english_on(page) == []
    assert "Espera 5 s" in page


def test_in_real_pace_the_seconds_of_the_clock_are_a_number_in_every_language(trainee, spanish_of):
    row = play.start(trainee.actor(), library()["bridge_es"], "bridge_es", "slower", NOW, seed=7)
    page = shown(spanish_of(trainee), f"/encounters/{row.id}/")
    assert english_on(page) == []
    float(re.search(r'data-seconds="([^"]*)"', page)[1])


def test_what_comes_of_an_act_is_spanish(trainee, spanish_of):
    row, browser = begun(trainee, "bridge_es", acts=()), spanish_of(trainee)
    for kind, given in (*ACTS, ("stop", {})):
        sent = {"kind": kind, **given, "key": str(uuid.uuid4()), "since": "0"}
        page = shown(browser, f"/encounters/{row.id}/act/", post=sent, HTTP_HX_REQUEST="true")
        assert english_on(page) == [], kind


def test_what_is_wrong_with_an_act_is_said_in_spanish(trainee, spanish_of):
    row, browser = begun(trainee, "bridge_es", acts=()), spanish_of(trainee)
    for sent in ({"kind": "say", "text": ""}, {"kind": "say", "text": "a" * 4001}, {"kind": "fly"},
                 {"kind": "wait", "seconds": "900"}, {"kind": "assess"}):  # fmt: skip
        key = {"key": str(uuid.uuid4())}
        page = shown(browser, f"/encounters/{row.id}/act/", 400, post=sent | key)
        assert english_on(page) == [], sent
    keyless = {"kind": "say", "text": "Hola", "key": "1"}
    assert english_on(shown(browser, f"/encounters/{row.id}/act/", 400, post=keyless)) == []


def test_the_review_is_spanish(trainee, spanish_of):
    row, browser = ended(trainee, "bridge_es", acts=ACTS), spanish_of(trainee)
    page = shown(browser, f"/encounters/{row.id}/review/")
    assert english_on(page) == []
    assert "stopped" not in page
    assert all(told in page for told in ("Espera 5 s", "Lee la situación", "en camino"))
    branch = play.retry(trainee.actor(), row.id, 2, NOW)
    play.do(trainee.actor(), branch.id, uuid.uuid4(), read_deed("wait", {"seconds": "10"}), NOW)
    stopped(trainee, branch)
    for to in (f"/encounters/{row.id}/review/", f"/encounters/{row.id}/compare/{branch.id}/"):
        assert english_on(shown(browser, to)) == [], to
    deleted = browser.post(f"/encounters/{branch.id}/delete-words/", follow=True, secure=True)
    assert english_on(deleted.content.decode()) == []
    assert english_on(shown(browser, f"/encounters/{branch.id}/review/")) == []
    refused = shown(browser, f"/encounters/{row.id}/retry/", 400, post={"at": "999"})
    assert english_on(refused) == []


def test_what_was_said_stays_as_it_was_said(trainee, spanish_of):
    said = "Stop and look back"
    row = ended(trainee, "bridge_es", acts=(("say", {"text": said}),))
    page = shown(spanish_of(trainee), f"/encounters/{row.id}/review/")
    assert page.count(said) >= 2
    assert "Parar y repasar" not in page


def test_ones_own_page_is_spanish(here, trainee, spanish_of):
    browser = spanish_of(trainee)
    assert english_on(shown(browser, "/mine/")) == []
    for seed in (3, 5, 7):
        ended(trainee, "bridge_es", seed, ACTS)
    assert english_on(shown(browser, "/mine/")) == []


def test_pages_of_the_account_are_spanish(trainee, spanish_of):
    browser = spanish_of(with_password(trainee))
    for name in ("account", "new_token", "export", "readers", "account_logout", "mfa_index",
                 "account_change_password"):  # fmt: skip
        answer = browser.get(reverse(name), follow=True)
        assert answer.status_code == 200, name
        assert english_on(answer.content.decode()) == [], name
    wrong = browser.post(reverse("account"), {"name": "", "language": "xx"})
    assert english_on(wrong.content.decode()) == []


def test_what_others_did_with_ones_record_is_told_in_spanish(here, trainee, browser_of, spanish_of):
    task = assessment(here, "bridge_es")
    row = ended(trainee, "bridge_es", acts=ACTS, assignment=task)
    assert browser_of(here.people[Role.INSTRUCTOR]).get(f"/assess/{row.id}/").status_code == 200
    browser_of(here.people[Role.COORDINATOR]).get(f"/assess/{row.id}/")
    page = shown(spanish_of(trainee), reverse("readers"))
    assert "<tbody>" in page
    assert english_on(page) == []


def test_pages_that_ask_for_proof_first_are_spanish(trainee, confirmed_of):
    browser = confirmed_of(with_password(trainee))
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = SPANISH
    for name in ("erase", "new_token", "account_change_password", "mfa_activate_totp",
                 "mfa_add_webauthn"):  # fmt: skip
        assert english_on(shown(browser, reverse(name))) == [], name
    for name, given in (
        ("erase", {"email": "other@here.example"}), ("new_token", {"name": "", "days": "900"}),
        ("account_change_password", {"oldpassword": "no", "password1": "a", "password2": "b"}),
        ("mfa_activate_totp", {"code": "123456"}),
    ):  # fmt: skip
        page = browser.post(reverse(name), given).content.decode()
        assert "errorlist" in page, name
        assert english_on(page) == [], name


def test_the_second_factor_of_those_who_need_one_is_spanish(here, confirmed_of):
    browser = confirmed_of(here.people[Role.INSTRUCTOR])
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = SPANISH
    for name in ("mfa_index", "second_factor", "mfa_generate_recovery_codes",
                 "mfa_deactivate_totp", "mfa_list_webauthn"):  # fmt: skip
        answer = browser.get(reverse(name), follow=True)
        assert answer.status_code == 200, name
        assert english_on(answer.content.decode()) == [], name
    made = browser.post(reverse("mfa_generate_recovery_codes"), follow=True)
    assert english_on(made.content.decode()) == []


def test_faults_are_told_in_spanish(here, trainee, spanish_of):
    browser = spanish_of(trainee)
    for to, status in (("/nothing/", 404), (f"/units/{here.unit.id}/assign/", 403)):
        assert english_on(shown(browser, to, status)) == []
        assert english_on(shown(browser, to, status, HTTP_HX_REQUEST="true")) == []


def test_a_log_that_does_not_fit_is_refused_in_spanish(trainee, spanish_of, tmp_path):
    browser = spanish_of(trainee)
    (tmp_path / "registro.txt").write_text("")
    with (tmp_path / "registro.txt").open("rb") as file:
        answer = browser.post(reverse("bring"), {"log": file})
    assert english_on(answer.content.decode()) == []
    assert english_on(browser.post(reverse("bring")).content.decode()) == []


def _pages_tried() -> Iterator[str]:
    yield "<html lang='es'><p>Read what you said to them.</p></html>"
    yield "<html lang='es'><p>Seven domains, 0 to 4</p></html>"
    yield "<html lang='es'><button aria-label='Not stored yet. Trying again …'></button></html>"


def test_english_is_found_where_it_stands():
    assert all(english_on(page) for page in _pages_tried())
    assert english_on("<html lang='es'><p lang='en'>Read what you said.</p><p>Sí</p></html>") == []
