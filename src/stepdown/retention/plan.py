"""Spend training hours where they keep most skill: who comes when, and for which refreshers.

Month after month the refreshers that are worth most (`stepdown.retention.worth`) are packed into
the hours there are. What a month does not need is left for the next. The months after the first
are what is expected to follow; plan anew as scores come in.
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
from stepdown.retention.worth import amount, worth

LEAST_WORTH_DAYS = 7.0
"""Days of held skill below which a refresher is not planned: hours are better left unspent."""

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
    hours, shares, without, prices = [], [], [], []
    for n, month in enumerate(months):
        progress("planning", n, len(months))
        days = float((month.day - at).days)
        there = spare + month.hours
        if n == 0:
            there = max(there - sum(wishes.done.values()), 0.0)
        chosen = _choose(now, catalogue, month, days, there, wishes, first=n == 0)
        made = _visits(now, catalogue, chosen, month.day, days)
        visits += made
        used = sum(v.hours for v in made)
        spare = max(there - used, 0.0)
        now = now.refreshed(chosen.rows, days)
        at = month.day
        hours.append(used)
        shares.append(amount(now, 0, wishes.aim))
        without.append(amount(given, (month.day - today).days, wishes.aim))
        prices.append(chosen.price)
    progress("planning", len(months), len(months))
    return Planned(
        tuple(visits), tuple(m.day for m in months), tuple(hours), tuple(shares), tuple(without),
        tuple(prices),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Pairs of person and refresher, the skills they refresh, and the price of the last hour."""

    person: np.ndarray
    refresher: np.ndarray
    rows: np.ndarray
    worth: Floats
    by_lot: np.ndarray
    price: float


def _choose(
    now: Held, catalogue: Catalogue, month: Month, days: float, hours: float, wishes: Wishes,
    *, first: bool,
) -> _Chosen:  # fmt: skip
    """Choose a month's visits."""
    weights = np.array([wishes.weight.get(t, 1.0) for t in now.techniques])
    value = worth(now, days, wishes.aim) * weights[now.technique]
    grid = np.zeros(catalogue.row.shape)
    grid[now.person, now.technique] = np.where(value >= LEAST_WORTH_DAYS, value, 0.0)
    most = _most_hours(now, wishes, first=first)
    able = catalogue.possible() & (catalogue.hours <= most[:, None] + 1e-9)
    able &= _there(now, month, wishes)[:, None]
    gains = np.where(able, grid @ catalogue.touches.T, 0.0)  # (people, refreshers)
    lot = np.zeros((0, 2), int)
    if first and wishes.scouting > 0:
        rested = catalogue.oldest(now.since + days) >= LOT_FROM_DAYS
        lot = _by_lot(catalogue, able & rested, hours, wishes)
    must = _overdue(now, days, wishes, able, gains)
    must = must[~np.isin(must[:, 0], lot[:, 0])]
    forced = np.concatenate([lot, must])
    chosen = packed(gains, catalogue, hours, most, forced)
    person, refresher = chosen[:, 0], chosen[:, 1]
    rows = np.zeros(len(now.person), bool)
    touched = catalogue.row[person][catalogue.touches[refresher]]
    rows[touched[touched >= 0]] = True
    by_lot, free = _among(chosen, lot), ~_among(chosen, forced)
    won = gains[person, refresher]
    rate = (won / catalogue.hours[refresher])[free]
    price = float(rate.min()) if len(rate) else 0.0
    return _Chosen(person, refresher, rows, won, by_lot, price)


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
    """Draw people and refreshers evenly, until their share of the hours is used."""
    draw = np.random.default_rng(wishes.seed)
    pairs = draw.permutation(np.argwhere(able))
    _, once = np.unique(pairs[:, 0], return_index=True)
    pairs = pairs[np.sort(once)]
    drawn: np.ndarray = pairs[np.cumsum(catalogue.hours[pairs[:, 1]]) <= wishes.scouting * hours]
    return drawn


def _overdue(now: Held, days: float, wishes: Wishes, able: np.ndarray, gains: Floats) -> np.ndarray:
    """Return what is worth most to each person who would wait longer than was promised."""
    if wishes.within is None:
        return np.zeros((0, 2), int)
    latest = np.full(len(now.people), np.inf)
    np.minimum.at(latest, now.person, now.since + days)
    late = np.flatnonzero((latest > wishes.within) & able.any(axis=1))
    best = np.where(able, gains, -1.0)[late].argmax(axis=1)
    return np.column_stack([late, best])


def _visits(
    now: Held, catalogue: Catalogue, chosen: _Chosen, day: date, days: float
) -> list[Visit]:
    chance = now.chance(days)
    made = []
    for n, (p, r) in enumerate(zip(chosen.person, chosen.refresher, strict=True)):
        one = catalogue.refreshers[r]
        rows = catalogue.row[p][catalogue.touches[r]]
        rows = rows[rows >= 0]
        made.append(Visit(
            now.people[p], day, one.id, one.hours,
            tuple(now.techniques[k] for k in now.technique[rows]),
            float(now.since[rows].max() + days), float(chance[rows].min()),
            float(chosen.worth[n]), bool(chosen.by_lot[n]),
        ))  # fmt: skip
    return made
