"""Files as people have them, good and bad, through the one door."""

import codecs
from pathlib import Path
from time import process_time

import pytest

from stepdown.problems import InputProblems
from stepdown.technique.formats.source import MAX_BYTES, read_source
from stepdown.technique.transcript import Transcript, Turn, read_transcript

TALK = "LEE: Put the knife down.\nMAN: Leave me alone.\n"


def given(tmp_path: Path, content: str | bytes, name: str = "talk.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(tmp_path: Path, content: str | bytes, name: str = "talk.txt") -> Transcript:
    return read_transcript(given(tmp_path, content, name))


def refused(path: Path) -> str:
    with pytest.raises(InputProblems) as caught:
        read_transcript(path)
    return str(caught.value)


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in transcript.turns]


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    assert "no such file" in refused(tmp_path / "none.vtt")


def test_a_folder_is_no_transcript(tmp_path):
    assert "a folder" in refused(tmp_path)


def test_a_name_that_no_file_can_have_is_an_error_for_the_reader(tmp_path):
    assert "check the name" in refused(tmp_path / ("x" * 5000))
    assert "check the name" in refused(Path(f"{tmp_path}/a\0b.txt"))


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    path = given(tmp_path, TALK)

    def forbidden(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert "Permission denied" in refused(path)


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n ", codecs.BOM_UTF8, b"\xff\xfe \0\n\0"])
@pytest.mark.parametrize("name", ["t.txt", "t.vtt", "t.srt", "t.csv", "t.json"])
def test_a_file_without_text_is_refused(tmp_path, content, name):
    assert "check that the export finished" in refused(given(tmp_path, content, name))


def test_a_file_of_100_mb_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "day.vtt"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read"))
    message = refused(path)
    assert "100 MB" in message
    assert f"{MAX_BYTES / 1e6:.0f} MB" in message
    assert "split the transcript by shift or by hour" in message


@pytest.mark.parametrize(
    ("start", "what", "fix"),
    [
        (b"RIFF\x24\x08\0\0WAVEfmt ", "WAV", "transcribe it first"),
        (b"ID3\x04\0\0\0", "MP3", "transcribe it first"),
        (b"\0\0\0\x18ftypmp42", "MP4", "transcribe it first"),
        (b"\x1a\x45\xdf\xa3\x01\0", "WebM", "transcribe it first"),
        (b"OggS\0\x02", "Ogg", "transcribe it first"),
        (b"%PDF-1.7\n", "PDF", "plain text"),
        (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml word/document.xml", "Word", "plain text"),
        (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml xl/workbook.xml", "Excel", "CSV"),
        (b"PK\x03\x04\x14\0", "ZIP", "unpack"),
        (b"{\\rtf1\\ansi", "RTF", "plain text"),
        (b"\x00\x01\x02\x03\x04\x05" * 20, "binary data", "transcribe it first"),
    ],
)
def test_a_binary_file_is_named_for_what_it_is(tmp_path, start, what, fix):
    message = refused(given(tmp_path, start + bytes(range(256)) * 8))
    assert what in message
    assert fix in message


def test_null_bytes_within_text_are_removed_and_flagged(tmp_path):
    talk = read(tmp_path, "LEE: Put the kni\0fe down.\nMAN: Leave me alone please.\n" * 3)
    assert talk.turns[0] == Turn("LEE", "Put the knife down.", None, None, ("null bytes removed",))
    assert talk.turns[1].flags == ()


@pytest.mark.parametrize(
    "content",
    [
        "LEE: Señor, ¿café? 👍".encode(),
        "LEE: Señor, ¿café? 👍".encode("utf-8-sig"),
        "LEE: Señor, ¿café? 👍".encode("utf-16"),
        codecs.BOM_UTF16_BE + "LEE: Señor, ¿café? 👍".encode("utf-16-be"),
        "LEE: Señor, ¿café? 👍".encode("utf-32"),
    ],
)
def test_unicode_encodings_are_read_without_a_note(tmp_path, content):
    talk = read(tmp_path, content)
    assert said(talk) == [("LEE", "Señor, ¿café? 👍")]
    assert talk.notes == ()


def test_utf_16_without_a_mark_is_read_with_a_note(tmp_path):
    talk = read(tmp_path, TALK.encode("utf-16-le"))
    assert said(talk)[0] == ("LEE", "Put the knife down.")
    assert "UTF-16" in talk.notes[0]


def test_windows_1252_is_read_with_a_note_that_shows_a_word_of_it(tmp_path):
    talk = read(tmp_path, "LEE: Hello.\nMAN: No, señor – it’s cold.".encode("cp1252"))
    assert said(talk)[1] == ("MAN", "No, señor – it’s cold.")
    assert "Windows-1252" in talk.notes[0]
    assert "line 2" in talk.notes[0]
    assert "señor" in talk.notes[0]


def test_a_word_of_millions_of_letters_is_not_searched_again_from_each_of_them(tmp_path):
    """Looked through from every letter anew, this file would keep its process for days."""
    source = read_source(given(tmp_path, b"LEE: " + b"a" * 5_000_000 + b"\nMAN: caf\xe9\n"))
    assert "line 2 has 'café'" in source.notes[0]


def test_bytes_that_no_encoding_has_are_refused_with_their_line(tmp_path):
    message = refused(given(tmp_path, b"LEE: hi\nMAN: \x81\x8d hello"))
    assert "line 2" in message
    assert "0x81" in message


def test_damaged_utf_8_stays_utf_8_and_is_flagged(tmp_path):
    talk = read(tmp_path, "LEE: café señor ¿qué?\nMAN: ".encode() + b"b\xe9 there")
    assert said(talk) == [("LEE", "café señor ¿qué?"), ("MAN", "b\ufffd there")]
    assert talk.turns[1].flags == ("damaged characters",)
    assert "1 characters are damaged (the first on line 2)" in talk.notes[0]


def test_broken_utf_16_is_refused(tmp_path):
    assert "UTF-16" in refused(given(tmp_path, "LEE: hi".encode("utf-16") + b"\0"))


def test_emoji_and_right_to_left_text_are_kept_and_control_characters_are_not(tmp_path):
    talk = read(tmp_path, "LEE: 👨\u200d👩\u200d👧 مرحبا \u200fשלום\nMAN: a\x07b\x1bc \x0bd\n")
    assert said(talk) == [("LEE", "👨\u200d👩\u200d👧 مرحبا \u200fשלום"), ("MAN", "abc d")]


def test_a_turn_of_10_000_words_is_kept_whole_and_flagged(tmp_path):
    talk = read(tmp_path, "LEE: " + "word " * 10_000)
    assert len(talk.turns[0].text.split()) == 10_000
    assert talk.turns[0].flags == ("very long: 10,000 words",)


@pytest.mark.parametrize("line", ["word " * 100_000, "LEE: " + "a " * 200_000, "[" * 300_000])
def test_a_file_of_one_very_long_line_is_read(tmp_path, line):
    assert read(tmp_path, line).turns[0].text.split() == line.removeprefix("LEE: ").split()


@pytest.mark.parametrize("gap", ["<v" + " " * 400_000, "x" + " " * 400_000 + ": y", " - " * 9000])
@pytest.mark.parametrize("name", ["t.txt", "t.vtt"])
def test_no_line_takes_long_to_read(tmp_path, gap, name):
    head = "WEBVTT\n\n00:01.000 --> 00:02.000\n" if name == "t.vtt" else ""
    began = process_time()
    assert read(tmp_path, f"{head}{gap}", name).turns
    assert process_time() - began < 5


def test_a_file_with_one_turn_is_a_transcript(tmp_path):
    assert said(read(tmp_path, "LEE: Hello there.")) == [("LEE", "Hello there.")]


def test_empty_turns_are_dropped_and_counted(tmp_path):
    talk = read(tmp_path, "speaker,text\nLee,hi\nMan,\nLee,  \n", "t.csv")
    assert said(talk) == [("Lee", "hi")]
    assert talk.notes == ("2 empty turns were left out.",)


def test_a_file_of_empty_turns_only_is_refused(tmp_path):
    assert "no words" in refused(given(tmp_path, "speaker,text\nLee,\n", "t.csv"))


def test_one_name_however_written_is_one_speaker_in_its_first_spelling(tmp_path):
    talk = read(tmp_path, "Officer  Lee: hi\nOFFICER LEE: sit down\nofficer lee : thanks\n")
    assert [turn.speaker for turn in talk.turns] == ["Officer Lee"] * 3


def test_a_file_that_names_nobody_says_how_to_add_names(tmp_path):
    talk = read(tmp_path, "1\n00:00:01,000 --> 00:00:02,000\nhello there\n", "t.srt")
    assert talk.turns[0].speaker == ""
    assert "No speaker is named" in talk.notes[0]
    assert "'NAME: '" in talk.notes[0]


@pytest.mark.parametrize("name", ["t.txt", "t.csv", "t.json", "t.srt", "t"])
def test_content_decides_the_format_before_the_name_does(tmp_path, name):
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Lee>Hello\n"
    assert read(tmp_path, vtt, name).turns == (Turn("Lee", "Hello", 1.0, 2.0),)
    srt = "1\n00:00:01,000 --> 00:00:02,000\nLEE: Hello\n"
    assert read(tmp_path, srt, name).turns == (Turn("LEE", "Hello", 1.0, 2.0),)
    whisper = '{"segments": [{"start": 1, "end": 2, "text": " Hello", "speaker": "Lee"}]}'
    assert read(tmp_path, whisper, name).turns == (Turn("Lee", "Hello", 1.0, 2.0),)


def test_a_table_is_known_by_its_header(tmp_path):
    assert said(read(tmp_path, "Speaker;Text\nLee;Hello, you\n")) == [("Lee", "Hello, you")]


def test_overlapping_times_are_kept_and_flagged(tmp_path):
    talk = read(tmp_path, "speaker,text,start,end\nLee,hi,0,5\nMan,no,4,6\nLee,ok,6,7\n", "t.csv")
    assert [turn.flags for turn in talk.turns] == [(), ("overlaps the turn before",), ()]
    assert (talk.turns[1].start, talk.turns[1].end) == (4.0, 6.0)


def test_times_running_backwards_are_kept_and_flagged(tmp_path):
    talk = read(tmp_path, "speaker,text,start\nLee,hi,10\nMan,no,4\nLee,ok,6\n", "t.csv")
    flags = [turn.flags for turn in talk.turns]
    assert flags == [(), ("starts before the turn before",), ()]


def test_many_problems_end_in_a_count(tmp_path):
    rows = "".join(f"Lee,hi,{n + 2},{n}\n" for n in range(120))
    message = refused(given(tmp_path, f"speaker,text,start,end\n{rows}", "t.csv"))
    assert "50. line 51" in message
    assert "70 more problems" in message
