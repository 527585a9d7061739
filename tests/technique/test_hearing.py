import json
import xml.etree.ElementTree as ElementTree

import pytest

from stepdown.problems import InputProblems
from stepdown.technique import Coder
from stepdown.technique.hearing import hear
from stepdown.technique.moments import moments
from stepdown.technique.timeline import clock, draw
from stepdown.technique.transcript import Transcript, Turn

CODER = Coder.cues_only()


def talk(rounds=6, timed=True):
    turns = []
    for n in range(rounds):
        start = 10.0 * n if timed else None
        end = start + 4 if timed else None
        turns.append(Turn("Marcus", "Leave me alone, all of you!", start, end))
        said = ("What happened tonight?", "Calm down.", "I'm sorry you had to wait.")[n % 3]
        turns.append(Turn("Officer Lee", said, start + 5 if timed else None, end))
    return Transcript(tuple(turns))


def test_every_turn_is_coded_and_every_speaker_measured():
    hearing = hear(talk(), CODER)
    assert all(coding is not None for coding in hearing.codings)
    assert list(hearing.speakers) == ["Marcus", "Officer Lee"]


def test_one_speaker_alone_is_coded_whatever_the_case_of_the_name():
    hearing = hear(talk(), CODER, "officer LEE")
    coded = {turn.speaker for turn, c in zip(hearing.turns, hearing.codings, strict=True) if c}
    assert coded == {"Officer Lee"}
    assert list(hearing.speakers) == ["Officer Lee"]


def test_an_unknown_speaker_is_refused_with_the_names_there_are():
    with pytest.raises(InputProblems, match="'Marcus', 'Officer Lee'"):
        hear(talk(), CODER, "Lee")


def test_a_profile_needs_ten_turns_and_its_absence_is_said():
    few, enough = hear(talk(9), CODER), hear(talk(10), CODER)
    assert few.as_dict()["speakers"]["Marcus"]["profile"] is None
    assert any("fewer than 10" in note for note in few.notes)
    assert enough.as_dict()["speakers"]["Officer Lee"]["profile"]["open_question"]["count"] == 4
    assert enough.as_dict()["speakers"]["Officer Lee"]["risk"]["calm_down"]["count"] == 3


def test_the_json_has_the_published_names():
    given = json.loads(json.dumps(hear(talk(10), CODER, "Officer Lee").as_dict()))
    turn = given["turns"][1]
    assert {"speaker", "start", "end", "text", "labels", "probabilities"} <= set(turn)
    assert turn["labels"] == ["open_question"]
    assert {"turns", "profile", "risk"} <= set(given["speakers"]["Officer Lee"])


def test_what_came_before_is_what_somebody_else_said():
    turns = (
        Turn("A", "I waited in the corridor all night.", None, None),
        Turn("B", "Okay.", None, None),
        Turn("B", "All night in the corridor.", None, None),
    )
    hearing = hear(Transcript(turns), CODER)
    assert hearing.codings[2].probabilities["reflection"] > 0.4


def test_moments_are_few_in_order_and_say_why():
    hearing = hear(talk(30), CODER, "Officer Lee")
    assert 2 <= len(hearing.moments) <= 10
    assert [m.turn for m in hearing.moments] == sorted(m.turn for m in hearing.moments)
    assert {m.risk for m in hearing.moments} == {True, False}
    assert any("Calm down" in m.why for m in hearing.moments)
    assert moments([None, None]) == ()


@pytest.mark.parametrize("timed", [True, False])
def test_the_timeline_is_a_picture_that_says_every_mark_in_words(timed):
    picture = ElementTree.fromstring(draw(hear(talk(4, timed), CODER, "Officer Lee")))
    space = "{http://www.w3.org/2000/svg}"
    titles = [t.text for t in picture.iter(f"{space}title")]
    assert any("Telling to calm down" in title for title in titles)
    assert len(list(picture.iter(f"{space}circle"))) == 4
    assert picture.get("role") == "img"


def test_an_empty_transcript_and_hostile_names_draw_too():
    assert ElementTree.fromstring(draw(hear(Transcript(()), CODER))) is not None
    turns = (Turn("<script>", 'Calm down & "relax" <b>', 1.0, 2.0),)
    assert "<script>" not in draw(hear(Transcript(turns), CODER))


def test_a_clock_reads_as_people_write_it():
    assert [clock(s) for s in (0, 59.9, 61, 3600, 36_061)] == [
        "0:00",
        "0:59",
        "1:01",
        "1:00:00",
        "10:01:01",
    ]
