"""A file → its text: size, kind and encoding are checked first."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from stepdown.problems import InputProblems, Problem
from stepdown.signs import word_at

MAX_BYTES = 50_000_000
"""A day of speech is about 1 MB of captions; anything near this is no transcript of one event."""

_START = 65_536
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_MOSTLY_BINARY = 0.1
_TRANSCRIBE = "transcribe it first, then give the transcript"
_AS_TEXT = "save it as plain text (.txt), CSV, SRT or WebVTT"
_MAGIC: tuple[tuple[re.Pattern[bytes], str, str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), what, fix)
    for pattern, what, fix in (
        (rb"RIFF....WAVE", "a sound recording (WAV)", _TRANSCRIBE),
        (rb"RIFF....AVI ", "a video (AVI)", _TRANSCRIBE),
        (rb"ID3[\x02-\x04]|\xff[\xfb\xf3\xf2][^\x00]", "a sound recording (MP3)", _TRANSCRIBE),
        (rb"fLaC\x00|OggS\x00", "a sound recording (FLAC or Ogg)", _TRANSCRIBE),
        (rb"....ftyp(M4A|M4B)", "a sound recording (M4A)", _TRANSCRIBE),
        (rb"....(ftyp|moov|mdat)", "a video (MP4 or MOV)", _TRANSCRIBE),
        (rb"\x1a\x45\xdf\xa3", "a video (Matroska or WebM)", _TRANSCRIBE),
        (rb"%PDF-", "a PDF", _AS_TEXT),
        (rb"PK\x03\x04.*word/", "a Word document", _AS_TEXT),
        (rb"PK\x03\x04.*xl/", "an Excel workbook", "save the sheet as CSV"),
        (rb"PK\x03\x04", "a ZIP archive or office document", "unpack it, or " + _AS_TEXT),
        (rb"\xd0\xcf\x11\xe0", "an old Word or Excel file", _AS_TEXT),
        (rb"\{\\rtf", "a rich text document (RTF)", _AS_TEXT),
        (rb"\x1f\x8b|7z\xbc\xaf|Rar!\x1a", "a compressed archive", "unpack it first"),
        (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a", "a picture", _AS_TEXT),
    )
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file, and what had to be assumed to read it."""

    text: str
    notes: tuple[str, ...] = ()


def read_source(path: Path) -> Source:
    """Read a text file in UTF-8, UTF-16, UTF-32 or, with a note, Windows-1252.

    Raises InputProblems for whatever is no such file.
    """
    content = _content(path)
    if not content.strip(b" \t\r\n\xef\xbb\xbf"):
        what = "an empty file" if not content else "white space only"
        _refuse(path, what, "a transcript", "check that the export finished")
    bom = next((b for b in _BOMS if content.startswith(b[0])), None)
    if bom is not None:
        source = _with_bom(path, content[len(bom[0]) :], bom[1])
    else:
        source = _without_bom(path, content)
    if not source.text.strip():
        _refuse(path, "white space only", "a transcript", "check that the export finished")
    return source


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            _refuse(path, "a folder", "a file", "give the files in it one by one")
        size = path.stat().st_size
        if size > MAX_BYTES:
            _refuse(
                path,
                f"{size / 1e6:,.0f} MB",
                f"at most {MAX_BYTES / 1e6:,.0f} MB, which is weeks of speech",
                "split the transcript by shift or by hour",
            )
        if not path.is_file():
            _refuse(path, "no regular file", "a transcript", "give the name of a file")
        return path.read_bytes()
    except FileNotFoundError:
        _refuse(path, "no such file", "a transcript", "check the name and the folder")
    except (OSError, ValueError) as error:
        given = getattr(error, "strerror", None) or str(error)
        _refuse(path, given, "a file that can be read", "check the name and its permissions")


def _refuse(path: Path, given: str, expected: str, fix: str) -> NoReturn:
    raise InputProblems(path.name, [Problem(str(path), given, expected, fix)])


def _with_bom(path: Path, content: bytes, encoding: str) -> Source:
    try:
        return Source(content.decode(encoding))
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            return _without_bom(path, content)
        given = f"{encoding.upper()} by its first bytes, but byte {error.start:,} breaks it"
        _refuse(path, given, "text that is whole", "save it again as UTF-8")


def _without_bom(path: Path, content: bytes) -> Source:
    start = content[:_START]
    kind = next(((what, fix) for pattern, what, fix in _MAGIC if pattern.match(start)), None)
    if kind is not None:
        _refuse(path, f"it looks like {kind[0]}", "a transcript: text", kind[1])
    wide = _wide(start)
    if wide is not None:
        note = f"Read as {wide.upper()}, which the file does not say; look whether it reads well."
        return Source(content.decode(wide, errors="replace"), (note,))
    if len(start) - len(start.translate(None, _CONTROL)) > _MOSTLY_BINARY * len(start):
        _refuse(
            path,
            "it looks like binary data, not text",
            "a transcript: text",
            f"{_AS_TEXT}; if it is a recording, {_TRANSCRIBE}",
        )
    return _eight_bit(path, content)


def _wide(start: bytes) -> str | None:
    """Recognise UTF-16 without a mark: every second byte of Latin text is null."""
    half = len(start) // 2
    for encoding, nulls in (("utf-16-le", start[1::2]), ("utf-16-be", start[0::2])):
        if half > 4 and nulls.count(0) > 0.7 * half and start.count(0) < 1.2 * nulls.count(0):
            return encoding
    return None


def _eight_bit(path: Path, content: bytes) -> Source:
    try:
        return Source(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        place = error.start
    line = content.count(b"\n", 0, place) + 1
    damaged = content.decode("utf-8", errors="replace")
    lost = damaged.count("\ufffd")
    if sum(not mark.isascii() for mark in damaged) - lost > lost:
        note = (
            f"{lost:,} characters are damaged (the first on line {line}) and stand as \ufffd; "
            "the rest is UTF-8."
        )
        return Source(damaged, (note,))
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        given = f"byte {content[error.start]:#04x}, which neither UTF-8 nor Windows-1252 has"
        raise InputProblems(
            path.name, [Problem(f"line {line}", given, "UTF-8", "save the file again as UTF-8")]
        ) from None
    note = (
        f"Not UTF-8: read as Windows-1252, so that line {line} has '{word_at(text, place)}'. "
        "If that looks wrong, save the file again as UTF-8."
    )
    return Source(text, (note,))
