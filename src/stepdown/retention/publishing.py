"""Publish a version of what is taught: it never changes afterwards, and says why it came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from stepdown.problems import InputProblems, Problem
from stepdown.retention.curriculum import (
    ANYTHING,
    Curriculum,
    Known,
    Module,
    Part,
    Pinned,
    Programme,
    Text,
    digest,
    unknown,
)

Content = TypeVar("Content", Module, Programme)
_REASON: TypeAdapter[str] = TypeAdapter(Text)


@dataclass(frozen=True, slots=True)
class Version(Generic[Content]):
    """A published version: what it says, its number from 1, the day, why it came, its digest.

    Raises InputProblems where the content no longer is what the digest was taken of.
    """

    content: Content
    number: int
    day: date
    reason: str
    digest: str

    def __post_init__(self) -> None:
        if digest(self.content) != self.digest:
            problem = Problem(
                f"{self.content.id}, version {self.number}", "a content that was changed",
                f"the content with digest {self.digest}",
                "restore the published content; publish a change as a new version",
            )  # fmt: skip
            raise InputProblems(self.content.id, [problem])

    @property
    def pin(self) -> Pinned:
        """Its id with its number."""
        return Pinned(id=self.content.id, version=self.number)


ModuleVersion = Version[Module]
ProgrammeVersion = Version[Programme]


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a programme with the versions of modules that it pins, in its order."""

    programme: ProgrammeVersion
    modules: tuple[ModuleVersion, ...]

    @property
    def curriculum(self) -> Curriculum:
        """The programme with its modules written out."""
        content = self.programme.content
        head = {name: getattr(content, name) for name in Programme.model_fields}
        return Curriculum(**{**head, "modules": tuple(m.content for m in self.modules)})

    @property
    def hours(self) -> float:
        """The hours of all modules together."""
        return self.curriculum.hours


def assembled(programme: ProgrammeVersion, modules: Iterable[ModuleVersion]) -> Published:
    """Put a programme and the modules that it pins together; others are left aside.

    Raises InputProblems naming every pinned version that is missing.
    """
    there = {m.pin: m for m in modules}
    pins = programme.content.modules
    if missing := [pin for pin in pins if pin not in there]:
        raise InputProblems(
            programme.content.id,
            [
                Problem(f"{programme.content.id}, version {programme.number}",
                        f"no version {pin.version} of {pin.id}", "every module that it pins",
                        "hand over that version too")
                for pin in missing
            ],
        )  # fmt: skip
    return Published(programme, tuple(there[pin] for pin in pins))


def publish(
    previous: Version[Content] | None,
    draft: Content,
    reason: str,
    day: date,
    known: Known = ANYTHING,
) -> Version[Content]:
    """Return the next version of a module or programme; the first where there is none before.

    Raises InputProblems where nothing changed, the reason is empty, the day lies before that of
    the last version, or something is named that is not among what is `known`.
    """
    wrong = [
        *_wrong_reason(reason),
        *_wrong_day(() if previous is None else (previous,), day),
        *_unchanged(previous, draft),
        *_unknown(draft, known),
    ]
    if wrong:
        raise InputProblems(draft.id, wrong)
    return _next(previous, draft, reason, day)


def publish_curriculum(
    previous: Published | None,
    draft: Curriculum,
    reason: str,
    day: date,
    known: Known = ANYTHING,
    earlier: Iterable[ModuleVersion] = (),
) -> Published:
    """Publish a programme with its modules; a module that did not change keeps its version.

    `earlier` are versions of modules from elsewhere: numbers go on from the highest of each
    module. Raises InputProblems as `publish` does, with everything wrong at once.
    """
    latest: dict[str, ModuleVersion] = {}
    for module in (*earlier, *(previous.modules if previous else ())):
        if module.number >= latest.get(module.content.id, module).number:
            latest[module.content.id] = module
    changed = {m.id for m in draft.modules if m.id not in latest or latest[m.id].content != m}
    before: list[Version[Module] | Version[Programme]] = [
        latest[name] for name in sorted(changed & set(latest))
    ]
    wrong = [
        *_wrong_reason(reason),
        *_wrong_day([previous.programme, *before] if previous else before, day),
        *_unknown(draft, known),
        *(_another(previous.programme, draft) if previous else ()),
    ]
    if not wrong:
        modules = tuple(
            _next(latest.get(m.id), m, reason, day) if m.id in changed else latest[m.id]
            for m in draft.modules
        )
        programme = draft.programme(tuple(m.pin for m in modules))
        head = previous.programme if previous else None
        wrong = list(_unchanged(head, programme))
    if wrong:
        raise InputProblems(draft.id, wrong)
    return Published(_next(head, programme, reason, day), modules)


def _next(
    previous: Version[Content] | None, draft: Content, reason: str, day: date
) -> Version[Content]:
    number = previous.number + 1 if previous else 1
    return Version(draft, number, day, reason.strip(), digest(draft))


def _wrong_reason(reason: str) -> Iterator[Problem]:
    try:
        _REASON.validate_python(reason)
    except ValidationError:
        yield Problem(
            "the reason", repr(reason)[:80], "why this version came, in 1 to 2000 characters",
            "say what changed and why, for those who teach it",
        )  # fmt: skip


def _wrong_day(previous: Iterable[Version[Any]], day: date) -> Iterator[Problem]:
    if type(day) is not date:
        yield Problem("the day", repr(day)[:80], "a date", "give a day without a time")
        return
    for version in previous:
        if day < version.day:
            yield Problem(
                "the day", day.isoformat(),
                f"{version.day.isoformat()} or later, the day of version {version.number} of"
                f" {version.content.id}",
                "give the day on which this version is published",
            )  # fmt: skip


def _unchanged(previous: Version[Content] | None, draft: Content) -> Iterator[Problem]:
    if previous is None:
        return
    yield from _another(previous, draft)
    if previous.content == draft:
        yield Problem(
            f"{draft.id}, after version {previous.number}", "nothing that changed",
            "a change", "change something, or leave the version as it is",
        )  # fmt: skip


def _another(previous: Version[Module] | Version[Programme], draft: Part) -> Iterator[Problem]:
    given = str(getattr(draft, "id", ""))
    if given != previous.content.id:
        yield Problem(
            "the id", given, f"{previous.content.id}, as in version {previous.number}",
            "keep the id, or publish something new with no version before it",
        )  # fmt: skip


def _unknown(draft: Part, known: Known) -> Iterator[Problem]:
    name = getattr(draft, "id", "")
    for place, given, expected in unknown(draft.as_dict(), known):
        where = f"{name}: {'.'.join(map(str, place))}"
        yield Problem(where, str(given), expected, "name one of these")
