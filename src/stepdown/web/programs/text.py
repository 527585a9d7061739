"""Lines and notes that people write on forms, read with everything that is wrong with them."""

from __future__ import annotations

import unicodedata
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem


def line(where: str, text: str, most: int, wrong: list[Problem], *, needed: bool = True) -> str:
    """Return a text without spaces around it, and add what is wrong with it to `wrong`."""
    plain = text.strip()
    if needed and not plain:
        wrong.append(Problem(where, _("nothing"), _("a few words"), _("write something")))
    if len(plain) > most:
        given = _("%(count)d characters") % {"count": len(plain)}
        expected = _("%(most)d characters at most") % {"most": most}
        wrong.append(Problem(where, given, expected, _("shorten it")))
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or _turns(c) for c in plain):
        given = _("signs that cannot be shown")
        wrong.append(Problem(where, given, _("plain text on one line"), _("write it anew")))
    return plain


def _turns(sign: str) -> bool:
    """Say whether a sign turns the direction of the text after it, and so hides what it says."""
    return unicodedata.bidirectional(sign) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    }  # fmt: skip


def used_key() -> Problem:
    """Return that a form was sent with a key that belongs to something else."""
    fix = _("reload the page and send it again")
    return Problem("key", _("a key that was used"), _("a new key"), fix)


def refuse(subject: str, wrong: list[Problem]) -> None:
    """Raise InputProblems if something is wrong."""
    if wrong:
        raise InputProblems(subject, wrong)


def unlisted(subject: str, where: str) -> InputProblems:
    """Return the error for something chosen that the list does not hold."""
    fix = _("reload the page, and choose one of the list")
    return InputProblems(subject, [Problem(where, _("one that is not there"),
                                           _("one of the list"), fix)])  # fmt: skip


def an_id(where: str, text: str) -> UUID:
    """Return the id that a form sent. Raises InputProblems."""
    try:
        return UUID(text)
    except ValueError:
        expected = _("one of the list")
        problem = Problem(where, repr(text)[:80], expected, _("choose one"))
        raise InputProblems(where, [problem]) from None
