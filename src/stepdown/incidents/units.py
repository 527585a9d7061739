"""Who is who: the cells of a column of people → numbers 0..N-1 and their labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import Column
from stepdown.incidents.periods import coded

_TABLE_PER_ROW = 16
"""A look-up table over the range of ids may have this many entries per row."""


@dataclass(frozen=True, slots=True)
class Units:
    """The distinct units of a column, sorted, and which one each row belongs to."""

    labels: NDArray[np.object_]  # (N,) text, sorted (by number where all are whole numbers)
    codes: NDArray[np.intp]  # (n,) 0..N-1


def label_texts(cells: Column) -> NDArray[np.object_]:
    """Write each cell of a typed column as text, None where blank; 12.0 is written 12."""
    kind = cells.dtype.kind
    texts = np.empty(len(cells), dtype=object)
    if kind == "f":
        texts[:] = [
            None if np.isnan(x) else str(int(x)) if x.is_integer() else str(x)
            for x in cells.tolist()
        ]
    elif kind == "M":
        texts[:] = [None if x is None else x.isoformat() for x in cells.tolist()]
    else:
        texts[:] = [None if x is None else str(x) for x in cells.tolist()]
    return texts


def find_units(cells: Column) -> Units:
    """Find the units in a typed column without blanks, (n,).

    Linear in the rows when ids are whole numbers in a moderate range, as they mostly are.
    """
    if cells.dtype.kind == "f" and bool((cells == np.floor(cells)).all()):
        cells = cells.astype(np.int64)
    if cells.dtype.kind == "i":
        return _whole_number_units(cells)
    codes, labels = coded(label_texts(cells))
    order = np.array(sorted(range(len(labels)), key=labels.__getitem__), dtype=np.intp)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    found = np.empty(len(labels), dtype=object)
    found[:] = sorted(labels)
    return Units(found, place[codes])


def _whole_number_units(ids: NDArray[np.int64]) -> Units:
    low, high = int(ids.min()), int(ids.max())
    if high - low < _TABLE_PER_ROW * len(ids):
        offset = ids - low
        there = np.zeros(high - low + 1, dtype=bool)
        there[offset] = True
        distinct = np.flatnonzero(there) + low
        place = np.cumsum(there, dtype=np.intp) - 1
        return Units(label_texts(distinct), place[offset])
    distinct, codes = np.unique(ids, return_inverse=True)
    return Units(label_texts(distinct), codes)
