import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stepdown.technique.redaction import KINDS, NOTICE, Redacted, Roster, Span, redact

PARTS = (
    "I'm Dana Whitfield|my name is|Officer|officer|Lee|lee|,|.|'s|"
    "five five five oh one nine eight|614-555-0137|March 3rd, 1984|at|1420 West Elm Street|"
    "Apt 3B|plate|7ABC123|seven alpha bravo|[name]|[phone]|badge number|4471|dot com|@x|"
    "a@b.example.com|\n|my son|tyler|Will|will|you|Müller|José|al-Hassan|van der Berg|"
    "the 14th|born in|nineteen eighty four|x|I|HELLO|box|corner of 5th and Main|Ohio 45402|"
    "number is|nine|double|R-A-M-A-N|-|tell|Hope"
)
REAL = st.sampled_from(PARTS.split("|"))
SPEECH = st.lists(REAL, max_size=25).map(" ".join) | st.lists(REAL, max_size=15).map("".join)


@given(SPEECH | st.text(max_size=80))
@example("Dr.O'Brien'sal-Hassan")
@settings(deadline=None, max_examples=300)
def test_nothing_outside_the_spans_changes(text: str):
    redacted = redact(text)
    done, rebuilt = 0, ""
    for span in redacted.spans:
        assert done <= span.start < span.end <= len(text)
        rebuilt += text[done : span.start] + f"[{span.kind}]"
        done = span.end
    assert rebuilt + text[done:] == redacted.text


@given(SPEECH | st.text(max_size=80))
@settings(deadline=None, max_examples=300)
def test_redacting_twice_is_redacting_once(text: str):
    once = redact(text).text
    assert redact(once) == Redacted(once, ())


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("I'm Dana, call me Rick.", "I'm [name], call me [name]."),
        ("this is Officer Lee", "this is Officer [name]"),
        ("Mr Okafor, Dr. Lee, Sergeant van der Berg", "Mr [name], Dr. [name], Sergeant [name]"),
        ("Come on, Marcus, let's go.", "Come on, [name], let's go."),
        ("my son tyler and my girlfriend keisha", "my son [name] and my girlfriend [name]"),
        ("O'Brien's here with al-Hassan.", "[name]'s here with [name]."),
        ("I'm Nguyễn, she's José García-López.", "I'm [name], she's [name]."),
        ("MY NAME IS DANA WHITFIELD", "MY NAME IS [name]"),
        ("That's Raman. R-A-M-A-N.", "That's [name]. [name]."),
        ("i go by smoke", "i go by [name]"),
        ("tell zorvane i called", "tell [name] i called"),
        ("J. R. Ewing called", "J. R. [name] called"),
        ("call 614-555-0137 or 555-0198", "call [phone] or [phone]"),
        ("it's five five five oh one nine eight", "it's [phone]"),
        ("nine one four triple five oh one one one", "[phone]"),
        ("born in nineteen eighty four", "born in [date]"),
        ("on March 3rd, 1984, or 3/3/84", "on [date], or [date]"),
        ("since the third of march", "since [date]"),
        ("at 1420 West Elm Street, Apt 3B", "at [address]"),
        ("on the corner of 5th and Main", "on [address]"),
        ("fourteen twenty Elm", "[address]"),
        ("it's PO Box 2217, or SW1A 1AA", "it's [address], or [address]"),
        ("plate 7ABC123", "plate [plate]"),
        ("license plate seven alpha bravo charlie one two three", "license plate [plate]"),
        ("my social is 523-44-1987", "my social is [id]"),
        ("badge number four four seven one", "badge number [id]"),
        ("card 4111 1111 1111 1111", "card [id]"),
        ("GB29 NWBK 6016 1331 9268 19", "[id]"),
        ("from 203.0.113.47 or 2001:db8::1", "from [id] or [id]"),
        ("d.w@example.org, www.example.org, @dw_99", "[email], [url], [url]"),
        ("dana dot whitfield at mailbox dot com", "[email]"),
    ],
)
def test_personal_data_are_masked(said: str, masked: str):
    assert redact(said).text == masked


@pytest.mark.parametrize(
    "said",
    [
        "I'm tired.",
        "I'm Black.",
        "this is ridiculous",
        "may I come in, and will you sit?",
        "Mark my words.",
        "I'm a Christian.",
        "five minutes, 24/7, 911",
        "Grant me a minute.",
        "the 12 bus, room 4, step 2",
        "on Monday at 3:30",
        "one two three four five six seven eight nine ten",
        "officer i hope you will grant me a minute",
        "they took an x-ray",
        "Franklin County said no.",
    ],
)
def test_ordinary_speech_is_left(said: str):
    assert redact(said) == Redacted(said, ())


def test_a_number_that_fails_the_check_digit_is_no_card():
    assert redact("4111 1111 1111 1112").spans != (Span(0, 19, "id"),)


def test_the_region_decides_which_numbers_need_no_country_code():
    assert redact("ring 020 7946 0018", region="GB").text == "ring [phone]"


def test_a_name_heard_once_is_masked_everywhere():
    said = "my name is zorblatt\nthen zorblatt went home"
    assert redact(said).text == "my name is [name]\nthen [name] went home"


def test_a_roster_masks_parts_possessives_and_nicknames_in_any_case():
    roster = Roster(("Richard Okonjo-Baptiste", "Hope Weatherwax"))
    said = "rick took OKONJO's bag, Weatherwax saw it"
    assert redact(said, roster).text == "[name] took [name]'s bag, [name] saw it"


def test_a_roster_name_that_is_a_word_stays_a_word():
    roster = Roster(("Will Hope",))
    assert redact("will you? i hope so. ask will", roster).text == "will you? i hope so. ask [name]"
    assert redact("Will you tell Will?", roster).text == "Will you tell [name]?"


def test_what_is_masked_already_is_left():
    said = "my name is [name], plate [plate], call [phone]"
    assert redact(said) == Redacted(said, ())


def test_the_notice_says_that_a_person_must_read_it():
    assert "may be incomplete" in NOTICE
    assert "person must read" in NOTICE
    assert "name" in KINDS


UNITS = (
    "a|1|1 |1-|1.|(1|+1 |a.|a@|@a.|a.b@|"
    "five |twenty |van |my name is |Aa |Aa-|R-|a'|Marcus's |dot com |at dot com |"
    "1 Street |Ct |1 A Ct |box : |GB29 |0:|http://|corner of and |1/1/|[name|like "
)
HOSTILE = UNITS.split("|")


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_long_hostile_line_is_finished(unit: str):
    assert redact((unit * 20_000)[:20_000]).text
