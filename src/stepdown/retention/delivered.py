"""What was delivered: dose per person, who completed what, who still misses what, fidelity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from stepdown.retention.curriculum import Pinned
from stepdown.retention.publishing import ModuleVersion, Published
from stepdown.retention.teaching import Attendance, Exemption, Fidelity, Session

Key = tuple[str, str, int]
"""A person with the id and the version of a module."""
Earned = dict[Key, list[tuple[datetime, int]]]


@dataclass(frozen=True, slots=True)
class Dose:
    """How long somebody was taught a version of a module, over all sessions."""

    person: str
    module: Pinned
    minutes: int

    @property
    def hours(self) -> float:
        """The minutes in hours, to two decimals."""
        return round(self.minutes / 60, 2)


@dataclass(frozen=True, slots=True)
class Completion:
    """Somebody completed a version of a programme, on the day of the last session it took."""

    person: str
    programme: Pinned
    on: date


@dataclass(frozen=True, slots=True)
class Lack:
    """A version of a module that somebody has not completed: minutes there, minutes needed."""

    module: Pinned
    attended: int
    needed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands with a version of a programme on a day.

    Whoever completed it has `on`, the day; whoever is exempt has the exemption and is not counted
    as having completed it; both others have what they lack.
    """

    person: str
    status: Literal["completed", "exempt", "missing"]
    on: date | None = None
    exemption: Exemption | None = None
    lacks: tuple[Lack, ...] = ()


@dataclass(frozen=True, slots=True)
class Adherence:
    """How far a checklist was kept to: items in each state, over the sessions asked about."""

    done: int
    not_done: int
    not_applicable: int
    unmarked: int

    @property
    def share(self) -> float | None:
        """The share done of what applied and was marked, from 0 to 1; None where nothing was."""
        marked = self.done + self.not_done
        return self.done / marked if marked else None


def counted(attendance: Iterable[Attendance]) -> tuple[Attendance, ...]:
    """Return the one entry that counts for each person and session.

    Entries that were corrected do not count. Of the others a list goes before a code, since
    somebody saw the person, and a later entry before an earlier one.
    """
    entries = tuple(attendance)
    corrected = {entry.supersedes for entry in entries}
    best: dict[tuple[str, str], Attendance] = {}
    for entry in entries:
        if entry.id in corrected:
            continue
        other = best.get((entry.person, entry.session))
        if other is None or _weight(entry) > _weight(other):
            best[entry.person, entry.session] = entry
    return tuple(best.values())


def _weight(entry: Attendance) -> tuple[bool, datetime, str]:
    return entry.how == "list", entry.recorded, entry.id


def dose(sessions: Iterable[Session], attendance: Iterable[Attendance]) -> tuple[Dose, ...]:
    """Return what each person was taught, by version of module, sorted by person and module.

    Nobody attends longer than a session lasts. Entries of sessions not handed over are left aside.
    """
    held = {session.id: session for session in sessions}
    total: dict[Key, int] = defaultdict(int)
    for entry, session in _attended(held, attendance):
        key = (entry.person, session.module.id, session.module.version)
        total[key] += min(entry.minutes, session.minutes)
    return tuple(
        Dose(person, Pinned(id=module, version=version), minutes)
        for (person, module, version), minutes in sorted(total.items())
        if minutes
    )


def completed(
    programmes: Iterable[Published],
    sessions: Iterable[Session],
    attendance: Iterable[Attendance],
    share: float = 1.0,
) -> tuple[Completion, ...]:
    """Return who completed which version of a programme, and on which day.

    A module is completed with `share` of its minutes (0 to 1) at that version. A make-up counts
    for the version that the session it makes up had taught, and for the version that it taught; a
    make-up of a make-up for all of theirs.
    """
    earned = _earned(sessions, attendance)
    people = sorted({person for person, _, _ in earned})
    found = []
    for programme in programmes:
        needed = _needed(programme, share)
        for person in people:
            on, lacks = _progress(needed, person, earned)
            if on and not lacks:
                found.append(Completion(person, programme.programme.pin, on))
    return tuple(found)


def towards(
    programme: Published, sessions: Iterable[Session], attendance: Iterable[Attendance]
) -> dict[str, tuple[Session, ...]]:
    """Return by person the sessions attended that count for a programme, in order of time."""
    held = {session.id: session for session in sessions}
    pins = {(pin.id, pin.version) for pin in programme.programme.content.modules}
    counts = {name for name in held if counts_for(name, held) & pins}
    found: dict[str, list[Session]] = defaultdict(list)
    for entry, session in _attended(held, attendance):
        if entry.minutes and session.id in counts:
            found[entry.person].append(session)
    return {
        person: tuple(sorted(theirs, key=lambda session: (session.start, session.id)))
        for person, theirs in found.items()
    }


def standing(
    programme: Published,
    people: Iterable[str],
    sessions: Iterable[Session],
    attendance: Iterable[Attendance],
    exemptions: Iterable[Exemption],
    day: date,
    share: float = 1.0,
) -> tuple[Standing, ...]:
    """Return where each person stands on a day, in the order given; later sessions do not count."""
    earned = _earned((s for s in sessions if s.start.date() <= day), attendance)
    exempt = {e.person: e for e in exemptions if e.covers(day)}
    needed = _needed(programme, share)
    found = []
    for person in people:
        on, lacks = _progress(needed, person, earned)
        if not lacks:
            found.append(Standing(person, "completed", on=on))
        elif person in exempt:
            found.append(Standing(person, "exempt", exemption=exempt[person], lacks=lacks))
        else:
            found.append(Standing(person, "missing", lacks=lacks))
    return tuple(found)


def missing(
    programme: Published,
    people: Iterable[str],
    sessions: Iterable[Session],
    attendance: Iterable[Attendance],
    exemptions: Iterable[Exemption],
    day: date,
    share: float = 1.0,
) -> tuple[Standing, ...]:
    """Return those who on a day have not completed a programme and are not exempt."""
    all_of_them = standing(programme, people, sessions, attendance, exemptions, day, share)
    return tuple(each for each in all_of_them if each.status == "missing")


def adherence_by_item(
    module: ModuleVersion, sessions: Iterable[Session], records: Iterable[Fidelity]
) -> dict[str, Adherence]:
    """Return how far each item of a checklist was kept to in sessions that taught this version.

    Of several marks for one item of a session the latest counts.
    """
    taught = {session.id for session in sessions if session.module == module.pin}
    latest: dict[str, dict[str, str]] = {item.id: {} for item in module.content.fidelity}
    for record in sorted(records, key=lambda record: record.marked):
        if record.session in taught and record.item in latest:
            latest[record.item][record.session] = record.mark
    return {item: _adherence(list(m.values()), len(taught)) for item, m in latest.items()}


def adherence(
    module: ModuleVersion, sessions: Iterable[Session], records: Iterable[Fidelity]
) -> Adherence:
    """Return how far all of a checklist was kept to; see `adherence_by_item`."""
    items = adherence_by_item(module, sessions, records).values()
    return Adherence(
        sum(item.done for item in items), sum(item.not_done for item in items),
        sum(item.not_applicable for item in items), sum(item.unmarked for item in items),
    )  # fmt: skip


def _adherence(marks: Sequence[str], sessions: int) -> Adherence:
    return Adherence(
        marks.count("done"), marks.count("not_done"), marks.count("not_applicable"),
        sessions - len(marks),
    )  # fmt: skip


def counts_for(session: str, held: Mapping[str, Session]) -> set[tuple[str, int]]:
    """Return the versions of its module that a session, named by its id, counts for.

    Its own, that of the session that it makes up, of what that one made up, and so on. `held`:
    all these sessions by id.
    """
    chain: dict[str, Session] = {}
    each = held.get(session)
    while each is not None and each.id not in chain:
        chain[each.id] = each
        each = held.get(each.make_up_of or "")
    pins = [one.module for one in chain.values()]
    return {(pin.id, pin.version) for pin in pins if pin.id == pins[0].id}


def _attended(
    held: Mapping[str, Session], attendance: Iterable[Attendance]
) -> Iterator[tuple[Attendance, Session]]:
    for entry in counted(attendance):
        if entry.session in held:
            yield entry, held[entry.session]


def _earned(sessions: Iterable[Session], attendance: Iterable[Attendance]) -> Earned:
    """Return the minutes that count for each person and version, in the order of the sessions."""
    held = {session.id: session for session in sessions}
    credited = {name: (session.end, counts_for(name, held)) for name, session in held.items()}
    earned: Earned = defaultdict(list)
    for entry, session in _attended(held, attendance):
        minutes = min(entry.minutes, session.minutes)
        end, versions = credited[session.id]
        for module, version in versions:
            earned[entry.person, module, version].append((end, minutes))
    for sums in earned.values():
        sums.sort()
    return earned


def _progress(
    needed: Sequence[tuple[Pinned, int]], person: str, earned: Earned
) -> tuple[date | None, tuple[Lack, ...]]:
    """Return the day on which all modules were completed, or else which ones lack."""
    days: list[date] = []
    lacks: list[Lack] = []
    for pin, minutes in needed:
        sums = earned.get((person, pin.id, pin.version), ())
        if (day := _reached(sums, minutes)) is None:
            lacks.append(Lack(pin, sum(attended for _, attended in sums), minutes))
        else:
            days.append(day)
    return (max(days) if days and not lacks else None), tuple(lacks)


def _needed(programme: Published, share: float) -> list[tuple[Pinned, int]]:
    """Return the minutes that each module of a programme takes."""
    return [(m.pin, max(1, round(m.content.minutes * share))) for m in programme.modules]


def _reached(sums: Sequence[tuple[datetime, int]], needed: int) -> date | None:
    total = 0
    for end, minutes in sums:
        total += minutes
        if total >= needed:
            return end.date()
    return None
