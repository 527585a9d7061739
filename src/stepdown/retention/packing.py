"""Pack what is worth most into the hours of a month: a linear program, then rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csc_array

from stepdown.retention.held import Held
from stepdown.retention.memory import Floats
from stepdown.retention.refresher import Refresher

_CONSIDERED = 2.5
"""How many times the hours of a month are offered to the program: the rest is worth less."""

_FEWEST = 200
"""Visits that are offered to it in any case: with few hours the last of them are hard to fill."""

_LEAST_LEFT = 1e-3
"""Share of all worth, up to which what is lost by taking the best by the hour does not matter."""

_EXACT = 1000
"""Visits to choose from, up to which they are whole from the start; more would take minutes."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Refreshers as a table: which rows of people's skills (person by technique) each touches."""

    refreshers: tuple[Refresher, ...]
    row: np.ndarray
    touches: np.ndarray
    hours: Floats

    @classmethod
    def of(cls, given: Held, refreshers: Sequence[Refresher]) -> Catalogue:
        """Return the table of some refreshers for the people and techniques of `given`."""
        row = np.full((len(given.people), len(given.techniques)), -1)
        row[given.person, given.technique] = np.arange(len(given.person))
        touches = np.array([[t in r.techniques for t in given.techniques] for r in refreshers])
        return cls(tuple(refreshers), row, touches, np.array([r.hours for r in refreshers]))

    def possible(self) -> np.ndarray:
        """Say for people by refreshers whether it refreshes any of their skills."""
        found: np.ndarray = (self.row >= 0).astype(float) @ self.touches.T > 0
        return found

    def oldest(self, since: Floats) -> Floats:
        """Return for people by refreshers the days since the oldest skill that it refreshes."""
        grid = np.append(since, -np.inf)[self.row]
        return np.column_stack([grid[:, on].max(axis=1, initial=-np.inf) for on in self.touches])


def packed(
    gains: Floats, catalogue: Catalogue, hours: float, most_hours: Floats, forced: np.ndarray
) -> np.ndarray:
    """Return the pairs (person, refresher) that are worth most together in the hours there are.

    `most_hours`: of each person. `forced` are taken whatever they are worth; if hours are too short
    for all of them, they alone, the first first.
    """
    if catalogue.hours[forced[:, 1]].sum() > hours + 1e-9:
        return _fitting(forced, catalogue, hours)
    rate = gains / catalogue.hours
    rate[forced[:, 0], forced[:, 1]] = np.inf
    person, refresher = np.nonzero(rate > 0)
    order = np.argsort(-rate[person, refresher], kind="stable")
    cost = catalogue.hours[refresher[order]]
    near = np.cumsum(cost) <= _CONSIDERED * hours
    near[:_FEWEST] = True
    order = order[near]
    person, refresher = person[order], refresher[order]
    if not len(person):
        return np.zeros((0, 2), int)
    cost, value = catalogue.hours[refresher], gains[person, refresher]
    must = np.isinf(rate[person, refresher])
    table, limits = _limits(person, refresher, cost, hours, catalogue, most_hours)
    share = _best_first(cost, value, must, table, limits)
    if share is None:
        share = _program(value, must, table, limits)
    kept = _whole(share, value / cost, table, limits)
    return np.column_stack([person[kept], refresher[kept]])


def _fitting(pairs: np.ndarray, catalogue: Catalogue, hours: float) -> np.ndarray:
    """Return the pairs that fit into the hours, in their order."""
    kept, left = np.zeros(len(pairs), bool), hours + 1e-9
    for n, cost in enumerate(catalogue.hours[pairs[:, 1]]):
        if cost <= left:
            kept[n], left = True, left - cost
    return pairs[kept]


def _best_first(
    cost: Floats, value: Floats, must: np.ndarray, table: csc_array, limits: Floats
) -> Floats | None:
    """Return the best by the hour, where it keeps to every limit and nothing is much better.

    Nothing can be better by more than the hours that it leaves, at the rate of the next.
    """
    first = must | (np.cumsum(cost) <= limits[0] + 1e-9)
    if (table @ first > limits + 1e-9).any():
        return None
    left = limits[0] - cost[first].sum()
    lost = left * (value / cost)[~first].max(initial=0.0)
    return first * 1.0 if lost <= _LEAST_LEFT * value[first].sum() else None


def _program(value: Floats, must: np.ndarray, table: csc_array, limits: Floats) -> Floats:
    """Return what the linear program takes of each visit, 0 to 1."""
    few = len(value) <= _EXACT
    found = linprog(
        -value, A_ub=table, b_ub=limits, bounds=np.column_stack([must, np.ones(len(value))]),
        method="highs", integrality=int(few), options={"time_limit": 5.0} if few else None,
    )  # fmt: skip
    share: Floats = must * 1.0 if found.x is None else found.x
    return share


def _whole(share: Floats, rate: Floats, table: csc_array, limits: Floats) -> np.ndarray:
    """Return whole choices: those that the program takes whole, then the best that still fit."""
    kept = share > 1 - 1e-6
    spare = limits - table @ kept
    for j in np.lexsort((-rate, -share)):
        if not kept[j] and (share[j] > 1e-6 or rate[j] > 0):
            rows = table.indices[table.indptr[j] : table.indptr[j + 1]]
            needs = table.data[table.indptr[j] : table.indptr[j + 1]]
            if (needs <= spare[rows] + 1e-9).all():
                kept[j] = True
                spare[rows] -= needs
    return kept


def _limits(
    person: np.ndarray, refresher: np.ndarray, cost: Floats, hours: float, catalogue: Catalogue,
    most_hours: Floats,
) -> tuple[csc_array, Floats]:  # fmt: skip
    """Return the limits that may bind: all hours, a person's hours, a technique once in a month."""
    column = np.arange(len(cost))
    blocks = [(np.zeros(len(cost), int), column, cost)]
    limits = [np.array([hours])]

    def limit(on: np.ndarray, amounts: Floats, most: Floats) -> None:
        """Let the columns of `on` use no more than what is the `most` of each person."""
        who, at = np.unique(person[on], return_inverse=True)
        total = np.bincount(at, weights=amounts)
        binds = total > most[who]
        row = np.cumsum(binds) - 1 + sum(map(len, limits))
        some = binds[at]
        blocks.append((row[at[some]], on[some], amounts[some]))
        limits.append(most[who[binds]])

    limit(column, cost, most_hours)
    for k in np.flatnonzero(catalogue.touches.sum(axis=0) > 1):
        on = np.flatnonzero(catalogue.touches[refresher, k])
        limit(on, np.ones(len(on)), np.ones(len(most_hours)))
    row, columns, amounts = (np.concatenate(part) for part in zip(*blocks, strict=True))
    bounds = np.concatenate(limits)
    return coo_array((amounts, (row, columns)), shape=(len(bounds), len(cost))).tocsc(), bounds
