"""Lines that are very probably not English, so that nobody trusts their codes.

Words in Latin letters are told apart by py3langid (Lui and Baldwin 2012, langid.py: an
off-the-shelf language identification tool; retrained), which runs offline.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections import Counter
from typing import Any

from py3langid import langid

from stepdown.kept import kept

FEWEST_WORDS = 3
"""Different words in Latin letters below which a line is never flagged."""

SURE = 0.8
"""Probability that a language must reach. Of our 200 English lines the highest was 0.85 (c'est la
vie), of foreign lines of 5 words the lowest 0.83, hence the two guards below."""

LIKELY = 0.5
"""Probability that names one of the languages of a script; that it is not English is certain."""

ENGLISH_AT_MOST = 0.03
"""Probability that English may have beside it."""

COMMON_AT_MOST = 0.2
"""Share of everyday English words above which a line counts as English whatever the model says."""

FEWEST_FOREIGN_LETTERS = 2
"""Different letters of another script below which it does not decide; one may be a symbol."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Everyday English words; the few that other languages share do not fill a third of a line there.
_COMMON = _words(
    "it i of was be can are has will you'd she'd he'd they'll well oh um uh four six nine ten "
    "first anyone somebody old lot the you and that this with have just know your my they there "
    "get got out about here not but him her would could should right okay ok back want like "
    "people gonna going think thing what when where who why how from them then than their his "
    "she these those been being because if or off down up put take taken let lets gets getting "
    "go goes went gone come coming look looking see say says said tell told talk talking listen "
    "hear hearing need help keep stay stop step move hands hand hold knife gun door house home "
    "car street police officer sir maam man guy kid kids wife husband brother sister mother "
    "father mom dad son friend please thanks thank yes yeah yep nope nah hey hello sorry fine "
    "good bad one two three time day night today tonight now never always nobody nothing "
    "something anything everything someone anybody really very much more some any all only even "
    "still too again away around i'm i'll i've i'd you're you'll you've it's that's don't can't "
    "won't didn't doesn't isn't ain't aint dont cant wont didnt im ive ill youre thats whats "
    "y'all yall gotta wanna lemme gimme tryna bruh dude damn shit fuck fucking hell god mean "
    "makes make made feel feeling feels hurt love hate kill die dead alone leave left safe "
    "happened happen trying try call called phone we'll we're we've he's she's there's what's "
    "let's they're they've it'll wouldn't couldn't shouldn't wasn't weren't hasn't haven't "
    "hadn't which every year years month months week weeks hour hours minute minutes nights "
    "work school nurse doctor next give gave since until while before after without another "
    "same though enough little own into ask asked write bring find fetch sit wait water were "
    "does did had sugar thirty twenty hundred half morning evening whole thought often ever "
    "both else through might must yourself themselves we our ours yours"
)

_LATIN = {
    "en": "English", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese",
    "pl": "Polish", "tr": "Turkish", "vi": "Vietnamese", "tl": "Tagalog", "so": "Somali",
    "ht": "Haitian Creole", "it": "Italian", "nl": "Dutch", "ro": "Romanian", "sv": "Swedish",
    "da": "Danish", "no": "Norwegian", "fi": "Finnish", "hu": "Hungarian", "cs": "Czech",
    "sk": "Slovak", "hr": "Croatian or Bosnian", "sq": "Albanian", "id": "Indonesian",
    "sw": "Swahili", "et": "Estonian", "lv": "Latvian", "lt": "Lithuanian", "sl": "Slovenian",
    "ca": "Catalan",
}  # fmt: skip
# A script that several languages share: those the model chooses from.
_SHARED = {
    "CYRILLIC": {
        "ru": "Russian", "uk": "Ukrainian", "bg": "Bulgarian", "sr": "Serbian",
        "be": "Belarusian", "mk": "Macedonian", "kk": "Kazakh", "ky": "Kyrgyz",
    },
    "ARABIC": {"ar": "Arabic", "fa": "Persian", "ur": "Urdu", "ps": "Pashto"},
    "DEVANAGARI": {"hi": "Hindi", "mr": "Marathi", "ne": "Nepali"},
}  # fmt: skip
_OWN = {
    "CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean",
    "GREEK": "Greek", "HEBREW": "Hebrew", "ARMENIAN": "Armenian", "GEORGIAN": "Georgian",
    "ETHIOPIC": "Amharic or Tigrinya", "BENGALI": "Bengali", "GURMUKHI": "Punjabi",
    "GUJARATI": "Gujarati", "TAMIL": "Tamil", "TELUGU": "Telugu", "KANNADA": "Kannada",
    "MALAYALAM": "Malayalam", "SINHALA": "Sinhala", "THAI": "Thai", "LAO": "Lao",
    "MYANMAR": "Burmese", "KHMER": "Khmer",
}  # fmt: skip


def foreign(text: str) -> str | None:
    """Return the English name of a line's language if it is very probably not English, else None.

    Short and unclear lines give None. So do lines that mix English with another language, unless
    little of them is English.
    """
    script = _script(text)
    if script is not None:
        return _by_script(script, text)
    words = [word.replace("’", "'").lower() for word in _WORD.findall(text)]
    if len(set(words)) < FEWEST_WORDS:
        return None
    if sum(word in _COMMON for word in words) > COMMON_AT_MOST * len(words):
        return None
    chances = dict(_identifier(tuple(_LATIN)).rank(" ".join(words)))
    found = max(chances, key=lambda code: float(chances[code]))
    if found == "en" or chances[found] < SURE or chances["en"] > ENGLISH_AT_MOST:
        return None
    return _LATIN[found]


def _script(text: str) -> str | None:
    """Return the Unicode name of the script that most letters are in, None for Latin."""
    if text.isascii():
        return None
    letters = [mark for mark in text if mark.isalpha()]
    wide = [mark for mark in letters if mark > "\u024f" and not "\u1e00" <= mark <= "\u1eff"]
    if len(set(wide)) < FEWEST_FOREIGN_LETTERS or len(wide) * 2 <= len(letters):
        return None
    scripts = Counter(unicodedata.name(mark, "UNKNOWN").split()[0] for mark in wide)
    if scripts.keys() & {"HIRAGANA", "KATAKANA"}:
        return "HIRAGANA"
    return scripts.most_common(1)[0][0]


def _by_script(script: str, text: str) -> str | None:
    if script in _OWN:
        return _OWN[script]
    if script not in _SHARED:
        return None if script in {"LATIN", "MATHEMATICAL", "FULLWIDTH"} else "not English"
    codes = _SHARED[script]
    found, chance = _identifier(tuple(codes)).classify(text)
    return codes[found] if chance >= LIKELY else f"a language in {script.capitalize()} script"


def prepare() -> None:
    """Load what the first unusual line would load: 0.6 s and 55 MB, to share before forking."""
    _identifier(tuple(_LATIN))


@kept
def _identifier(codes: tuple[str, ...]) -> Any:
    """Return the model restricted to the languages of `codes`."""
    identifier = copy.copy(_model())
    identifier.set_languages(list(codes))
    return identifier


@kept
def _model() -> Any:
    """Load the model once, with the languages alone that are told apart: a third of its table."""
    every = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    every.set_languages([*_LATIN, *(code for codes in _SHARED.values() for code in codes)])
    return langid.LanguageIdentifier(
        every.nb_ptc, every.nb_pc, every.nb_classes, every.tk_nextmove, every.tk_output, True,
        tk_row=every.tk_row,
    )  # fmt: skip
