from stepdown.technique.redacted import redact_transcript
from stepdown.technique.redaction import NOTICE, Roster
from stepdown.technique.transcript import Transcript, Turn

TALK = Transcript(
    (
        Turn("Officer Lee", "My name is Dana Lee. What's going on, sir?", 0.0, 2.0),
        Turn("Marcus Hale", "Ask Keisha. My girlfriend Keisha Brown knows.", 3.0, 5.0),
        Turn("", "keisha took the keys", None, None),
    ),
    ("read as plain text",),
)


def test_speakers_become_numbers_and_their_names_are_masked_where_they_are_said():
    found = redact_transcript(TALK, Roster())
    assert [t.speaker for t in found.transcript.turns] == ["Speaker 1", "Speaker 2", ""]
    assert found.speakers["Officer Lee"] == "Speaker 1"
    said = " ".join(t.text for t in found.transcript.turns)
    assert not {"Dana", "Lee", "Marcus", "Hale", "Brown"} & set(said.replace(".", " ").split())


def test_a_name_found_in_one_turn_is_masked_in_every_turn():
    turns = redact_transcript(TALK, Roster()).transcript.turns
    assert "eisha" not in " ".join(t.text for t in turns)
    assert turns[2].text == "[name] took the keys"


def test_the_notice_comes_first_and_times_stay():
    found = redact_transcript(TALK, Roster()).transcript
    assert found.notes[0] == NOTICE
    assert [(t.start, t.end) for t in found.turns] == [(0.0, 2.0), (3.0, 5.0), (None, None)]


def test_a_roster_masks_what_no_rule_would():
    talk = Transcript((Turn("A", "zarnovak went home", None, None),))
    assert (
        redact_transcript(talk, Roster(("Ilse Zarnovak",))).transcript.turns[0].text
        == "[name] went home"
    )
