"""Spend training hours where they keep most skill: who comes when, and for which refreshers.

Month after month the refreshers that are worth most (`stepdown.retention.worth`) are packed into
the hours there are. What a month does not need is left for the next, as far as hours may be saved
up (`Wishes.saved`). The months after the first are what is expected to follow; plan anew as scores
come in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from stepdown.progress import Progress, silent
from stepdown.retention.held import Held
from stepdown.retention.memory import Floats
from stepdown.retention.packing import Catalogue, packed
from stepdown.retention.refresher import Month, Planned, Refresher, Visit, Wishes, check
from stepdown.retention.worth import Aim, amount, gain, worth

LEAST_WORTH_DAYS = 7.0
"""Worth, without weights, below which no technique is refreshed: hours are better left unspent."""

LAST_MONTH_DAYS = 31
"""Days after the last month's day until which a promise is kept."""

LOT_FROM_DAYS = 60.0
"""Days since the last time below which nobody is drawn by lot: sooner a test tells little."""


def plan(
    given: Held,
    refreshers: Sequence[Refresher],
    months: Sequence[Month],
    today: date,
    wishes: Wishes | None = None,
    progress: Progress = silent,
) -> Planned:
    """Return who comes when for what, so that most skill is held. Raises InputProblems."""
    wishes = wishes or Wishes()
    check(given.techniques, refreshers, months, today, wishes)
    catalogue = Catalogue.of(given, refreshers)
    now, at, spare = given, today, 0.0
    visits: list[Visit] = []
    hours, shares, without, prices, late = [], [], [], [], []
    for n, month in enumerate(months):
        progress("planning", n, len(months))
        days, ahead = float((month.day - at).days), _days_ahead(months, n)
        until = _days_ahead(months, n, opened=True)
        there = spare + month.hours if month.hours > 0 else 0.0
        chosen = _choose(now, catalogue, month, days, until, there, wishes, first=n == 0)
        visits += _visits(now, catalogue, chosen, month.day, days, wishes.aim)
        used = float(catalogue.hours[chosen.refresher].sum())
        spare = _spare(spare, month, used, wishes.saved)
        now = now.refreshed(chosen.rows, days)
        at = month.day
        hours.append(used)
        shares.append(amount(now, 0, wishes.aim))
        without.append(amount(given, (month.day - today).days, wishes.aim))
        prices.append(chosen.price)
        late.append(int(_too_late(now, ahead, wishes).sum()))
    progress("planning", len(months), len(months))
    return Planned(
        tuple(visits), tuple(m.day for m in months), tuple(hours), tuple(shares), tuple(without),
        tuple(prices), tuple(late), tuple(m.hours for m in months),
    )  # fmt: skip


def _days_ahead(months: Sequence[Month], n: int, *, opened: bool = False) -> float:
    """Return the days from a month's day to that of the next. `opened`: of the next with hours."""
    later = [month.day for month in months[n + 1 :] if month.hours > 0 or not opened]
    days = ((later[0] if later else months[-1].day) - months[n].day).days
    return float(days if later else days + LAST_MONTH_DAYS)


def _spare(before: float, month: Month, used: float, saved: float) -> float:
    """Return the hours that are saved up after a month. See `Wishes.saved`."""
    return min(max(before + month.hours - used, 0.0), max(saved * month.hours, before))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Pairs of person and refresher, the skills they refresh, and the price of the last hour."""

    person: np.ndarray
    refresher: np.ndarray
    rows: np.ndarray
    by_lot: np.ndarray
    price: float


def _choose(
    now: Held, catalogue: Catalogue, month: Month, days: float, ahead: float, hours: float,
    wishes: Wishes, *, first: bool,
) -> _Chosen:  # fmt: skip
    """Choose a month's visits.

    `days`: from `now` to its day; `ahead`: from there to the next month in which people can come.
    """
    weights = np.array([wishes.weight.get(t, 1.0) for t in now.techniques])
    value = worth(now, days, wishes.aim)
    grid = np.zeros(catalogue.row.shape)
    grid[now.person, now.technique] = (
        np.where(value >= LEAST_WORTH_DAYS, value, 0.0) * weights[now.technique]
    )
    most = _most_hours(now, wishes, first=first)
    able = catalogue.possible() & (catalogue.hours <= most[:, None] + 1e-9)
    able &= _there(now, month, wishes)[:, None]
    gains = np.where(able, grid @ catalogue.touches.T, 0.0)  # (people, refreshers)
    lot = np.zeros((0, 2), int)
    if first and wishes.scouting > 0:
        rested = catalogue.oldest(now.since + days) >= LOT_FROM_DAYS
        lot = _by_lot(catalogue, able & rested, hours, wishes)
    late = _too_late(now, days + ahead, wishes)
    late[lot[:, 0]] = False
    left = hours - catalogue.hours[lot[:, 1]].sum()
    must = _promised(now, late, catalogue, able, gains, left)
    forced = np.concatenate([lot, must])
    chosen = packed(gains, catalogue, hours, most, forced)
    person, refresher = chosen[:, 0], chosen[:, 1]
    rows = np.zeros(len(now.person), bool)
    touched = catalogue.row[person][catalogue.touches[refresher]]
    rows[touched[touched >= 0]] = True
    by_lot, free = _among(chosen, lot), ~_among(chosen, forced)
    rate = (gains[person, refresher] / catalogue.hours[refresher])[free]
    price = float(rate.min()) if len(rate) else 0.0
    return _Chosen(person, refresher, rows, by_lot, price)


def _there(now: Held, month: Month, wishes: Wishes) -> np.ndarray:
    away = wishes.away.get(month.day, frozenset())
    return np.array([p not in away for p in now.people], bool)


def _most_hours(now: Held, wishes: Wishes, *, first: bool) -> Floats:
    """Return what each person may still be asked in a month."""
    done = wishes.done if first else {}
    return np.array([wishes.most_hours - done.get(p, 0.0) for p in now.people])


def _among(pairs: np.ndarray, others: np.ndarray) -> np.ndarray:
    known = set(map(tuple, others.tolist()))
    return np.array([tuple(pair) in known for pair in pairs.tolist()], bool)


def _by_lot(catalogue: Catalogue, able: np.ndarray, hours: float, wishes: Wishes) -> np.ndarray:
    """Draw people and refreshers evenly, until their share of the hours is used; one at least."""
    draw = np.random.default_rng(wishes.seed)
    pairs = draw.permutation(np.argwhere(able & (catalogue.hours <= hours + 1e-9)))
    _, once = np.unique(pairs[:, 0], return_index=True)
    pairs = pairs[np.sort(once)]
    cost = catalogue.hours[pairs[:, 1]]
    share = max(wishes.scouting * hours, float(cost[:1].sum()))
    drawn: np.ndarray = pairs[np.cumsum(cost) <= share + 1e-9]
    return drawn


def _waited(now: Held) -> Floats:
    """Return the days since each person's last refresher; less than any for who had none."""
    waited = np.full(len(now.people), np.inf)
    np.minimum.at(waited, now.person, now.since)
    return np.where(np.isinf(waited), -np.inf, waited)


def _too_late(now: Held, days: float, wishes: Wishes) -> np.ndarray:
    """Say who has waited longer than was promised when `days` have passed without a refresher."""
    within = np.inf if wishes.within is None else wishes.within
    late: np.ndarray = _waited(now) + days > within
    return late


def _promised(
    now: Held, late: np.ndarray, catalogue: Catalogue, able: np.ndarray, gains: Floats, hours: float
) -> np.ndarray:
    """Return what each of the late comes for, who waited longest first.

    That is what is worth most to them; the shortest that they can come for, where hours are short.
    """
    who = np.flatnonzero(late & able.any(axis=1))
    who = who[np.argsort(-_waited(now)[who], kind="stable")]
    open_to, gained = able[who], gains[who]
    best = np.where(open_to, gained, -1.0).argmax(axis=1)
    if catalogue.hours[best].sum() > hours:
        cost = np.where(open_to, catalogue.hours, np.inf)
        shortest = cost <= cost.min(axis=1, keepdims=True)
        best = np.where(shortest, gained, -1.0).argmax(axis=1)
    return np.column_stack([who, best])


def _visits(
    now: Held, catalogue: Catalogue, chosen: _Chosen, day: date, days: float, aim: Aim
) -> list[Visit]:
    chance, gained = now.chance(days), np.zeros(len(now.person))
    gained[chosen.rows] = gain(now.only(chosen.rows), days, aim)
    made = []
    for n, (p, r) in enumerate(zip(chosen.person, chosen.refresher, strict=True)):
        one = catalogue.refreshers[r]
        rows = catalogue.row[p][catalogue.touches[r]]
        rows = rows[rows >= 0]
        made.append(Visit(
            now.people[p], day, one.id, one.hours,
            tuple(now.techniques[k] for k in now.technique[rows]),
            float(now.since[rows].max() + days), float(chance[rows].min()),
            float(gained[rows].sum()), bool(chosen.by_lot[n]),
        ))  # fmt: skip
    return made
