from django.utils.translation import override

from stepdown.retention.curriculum import Item
from stepdown.retention.difference import difference
from stepdown.web.policy import Role
from stepdown.web.programs.changes import between, lines
from tests.retention.lessons import curriculum, module
from tests.web.programs.making import a_module

LONG = " ".join(f"word{n}" for n in range(90))
BEFORE, AFTER = f"{LONG} and then they leave.", f"{LONG} and then they stay."


def test_titles_stand_where_ids_would_say_nothing(here):
    before = curriculum(module("listen"))
    after = curriculum(module("listen", scenarios=(), hours=3.0))
    told = [(line.kind, line.subject, line.text) for line in between(here.agency.id, before, after)]
    assert told == [
        ("changed", "Module “Listening”, hours", "2 → 3 (+1)"),
        ("removed", "Module “Listening”, scenario “A man on a bridge”", ""),
        ("changed", "Hours in all", "2 → 3 (+1)"),
    ]


def test_lines_are_said_in_the_language_of_the_reader():
    found = difference(module(), module(hours=3.0))
    with override("es"):
        (line,) = lines(found, {})
    assert line.subject != "Hours"


def test_a_text_shows_the_words_that_changed_with_marks_that_are_read_aloud(here, browser_of):
    a_module(here.agency, objectives=[Item(id="hear", text=BEFORE).as_dict()])
    a_module(here.agency, objectives=[Item(id="hear", text=AFTER).as_dict()])
    url = f"/curriculum/{here.agency.id}/modules/listening/difference/"
    page = browser_of(here.people[Role.TRAINEE]).get(url)
    removed = '<del><span class="unseen">removed: </span>leave.</del>'
    added = '<ins><span class="unseen">added: </span>stay.</ins>'
    for shown in ("Objective 1, text", removed, added, "and then they"):
        assert shown in page.text
    assert "word10" not in page.text


def test_spaces_alone_are_said_to_be_all():
    other = module(objectives=(Item(id="first", text="Listen  first."),))
    (line,) = lines(difference(module(), other), {})
    assert (line.text, line.pieces) == ("spaces or line breaks alone", ())
