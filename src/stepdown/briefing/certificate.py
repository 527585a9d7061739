"""A certificate of completion: who completed what, how many hours, when, taught by whom.

The serial number is a short digest of everything on the paper. It proves nothing by itself, as
anybody can compute it: it is looked up in the record of the agency that issued it.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

from stepdown.briefing.typeset import Paper, breakable, typeset
from stepdown.problems import InputProblems, Problem
from stepdown.signs import unseen

LONGEST = 120
MOST_INSTRUCTORS = 12
MOST_HOURS = 2_000
_ALIKE = str.maketrans({"0": "O", "1": "I", "8": "B", "9": "G"})
"""Digits that the serial never has, read as the letters they look like."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. `record` is the id of the completion in the agency's record.

    `number` is the agency's own of the person, if it has one.

    Raises InputProblems for names that are empty, too long or no text, and for days out of order.
    """

    person: str
    agency: str
    programme: str
    version: str
    minutes: int
    first_day: dt.date
    last_day: dt.date
    issued: dt.date
    instructors: tuple[str, ...]
    record: str
    number: str = ""

    def __post_init__(self) -> None:
        named = {
            "person": self.person, "agency": self.agency, "programme": self.programme,
            "version": self.version, "record": self.record,
        }  # fmt: skip
        if self.number:
            named["number"] = self.number
        named |= {f"instructor {n}": name for n, name in enumerate(self.instructors, start=1)}
        wrong = [p for where, text in named.items() if (p := _bad_text(where, text))]
        if len(self.instructors) > MOST_INSTRUCTORS:
            given = f"{len(self.instructors)} instructors"
            wrong.append(Problem("instructors", given, f"at most {MOST_INSTRUCTORS}", "name fewer"))
        if not 0 < self.minutes <= MOST_HOURS * 60:
            given = f"{self.minutes} minutes"
            wrong.append(Problem("minutes", given, f"up to {MOST_HOURS} hours", "correct them"))
        if not self.first_day <= self.last_day <= self.issued:
            given = f"{self.first_day} to {self.last_day}, issued {self.issued}"
            wrong.append(Problem("days", given, "days in this order", "correct them"))
        if wrong:
            raise InputProblems("the certificate", wrong)


def certificate_digest(certificate: Certificate) -> str:
    """Return the serial number: 80 bits of the SHA-256 of all that is said, in groups of four."""
    values = {k: _normal(v) for k, v in asdict(certificate).items() if k != "number" or v}
    text = json.dumps(values, sort_keys=True, ensure_ascii=True)
    return in_groups(base64.b32encode(hashlib.sha256(text.encode()).digest()[:10]).decode())


def in_groups(serial: str) -> str:
    """Return a plain serial number as it stands on paper."""
    return "-".join(serial[i : i + 4] for i in range(0, len(serial), 4))


def same_serial(certificate: Certificate, serial: str) -> bool:
    """Say whether a serial number read off paper is the certificate's.

    Capitals, blanks and hyphens do not matter, nor digits taken for the letters they look like.
    """
    given = plain_serial(serial)
    return hmac.compare_digest(given, plain_serial(certificate_digest(certificate)))


def plain_serial(serial: str) -> str:
    """Return a serial number as it is best stored and looked up: 16 letters and digits."""
    kept = "".join(c for c in serial[:100].upper() if c.isascii() and c.isalnum())
    return kept.translate(_ALIKE)


def certificate_pdf(certificate: Certificate, check_at: str = "", paper: Paper = "a4") -> bytes:
    """Set a certificate on one page as a tagged PDF, with a line for a signature.

    `check_at` is the address at which the serial number is looked up. Names in scripts that typst
    has no font for are set in the fonts of the machine.
    """
    c = certificate
    values = {
        "title": f"Certificate of completion: {c.person}, {c.programme}",
        "paper": paper,
        "person": _set(c.person),
        "number": _set(c.number),
        "agency": _set(c.agency),
        "programme": _set(c.programme),
        "version": _set(c.version),
        "hours": _hours(c.minutes),
        "days": _days(c.first_day, c.last_day),
        "issued": _day(c.issued),
        "instructors": [_set(name) for name in c.instructors],
        "serial": certificate_digest(c),
        "check": breakable(_set(check_at)),
    }
    return typeset("certificate.typ", values, fonts_of_machine=True)


def _normal(value: Any) -> Any:
    """Write a value the same however its text was typed."""
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    if isinstance(value, dt.date):
        return value.isoformat()
    return [_normal(each) for each in value] if isinstance(value, list | tuple) else value


def _bad_text(where: str, text: str) -> Problem | None:
    if not text.strip():
        return Problem(where, "nothing", "a name", "fill it in")
    if len(text) > LONGEST:
        given = f"{len(text)} characters"
        return Problem(where, given, f"at most {LONGEST}", "shorten it")
    if bad := unseen(text):
        given = f"the hidden character U+{ord(bad):04X}"
        return Problem(where, given, "characters that are seen", "type the name again")
    return None


def _set(text: str) -> str:
    return breakable(str(_normal(text)))


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _days(first: dt.date, last: dt.date) -> str:
    if first == last:
        return _day(first)
    if first.year != last.year:
        return f"{_day(first)} to {_day(last)}"
    if first.month != last.month:
        return f"{first.day} {first:%B} to {_day(last)}"
    return f"{first.day} to {_day(last)}"


def _hours(minutes: int) -> str:
    if minutes < 60:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    number = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return f"{number} hour" if minutes == 60 else f"{number} hours"
