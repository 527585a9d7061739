"""The conditional ordinal stereotype likelihood of scenes, with its exact gradient, compiled.

For one scene with officers i, ordinal levels y_i, propensities eta_i and level scores s:

    P(y | the multiset of levels used) = exp(sum_i eta_i s[y_i]) / Z,

where Z sums the same over every distinct way to hand that multiset to the officers (G. Ridgeway,
JASA 2025, doi 10.1080/01621459.2025.2597050). Z is found by dynamic programming over how many
officers hold each level so far. The level that most officers hold is left implicit: its count
follows from the others. A pass forward and a pass back give Z and, for every officer, the
probability of each level; these are the gradient.

Weights are products of exponentials. While the exponents of a scene cannot leave the range of a
double, plain numbers are used; beyond, the same recursion runs on logarithms.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAFE = 600.0
"""Up to this logarithm of the largest sum of a scene plain doubles neither overflow nor vanish."""

DELTA_MEAN = float(np.log(0.1))
"""Prior mean of the steps between level scores."""

# numba's cache knows only the file of a function, so that all that call each other stand here.
_njit = numba.njit(nogil=True, cache=True, error_model="numpy")


@_njit
def plan(
    level: Ints, counts: Ints, full: Ints, digit: Ints, explicit: Ints, stride: Ints
) -> tuple[int, int]:
    """Lay out the states of one scene: give the number of states and of explicit levels.

    `level` (n,) are the levels held. Fills `counts` (J,), how many hold each level; `explicit`
    (J,), the levels counted, with the implicit one behind them; `full`, how many hold each of
    these; their `stride` in the state number; and `digit` (explicit levels x states, flat), the
    count of each in each state.
    """
    counts[:] = 0
    for held in level:
        counts[held] += 1
    implicit = np.argmax(counts)
    k = 0
    states = 1
    for j in range(counts.size):
        if counts[j] > 0 and j != implicit:
            explicit[k] = j
            full[k] = counts[j]
            stride[k] = states
            states *= counts[j] + 1
            k += 1
    explicit[k] = implicit
    for t in range(k):
        for c in range(states):
            digit[t * states + c] = (c // stride[t]) % (full[t] + 1)
    return states, k


@_njit
def _two_levels(
    n: int, states: int, weight: Floats, forward: Floats, back: Floats, share: Floats
) -> float:
    """Run the recursion on plain numbers where a scene has two levels, as most have."""
    forward[0] = 1.0
    forward[1:states] = 0.0
    for i in range(n):
        here, there = i * states, (i + 1) * states
        forward[there] = forward[here]
        for c in range(1, states):
            forward[there + c] = forward[here + c] + weight[i] * forward[here + c - 1]
    z = forward[n * states + states - 1]
    back[:states] = 0.0
    back[states - 1] = 1.0
    for i in range(n - 1, -1, -1):
        here = i * states
        total = 0.0
        for c in range(states - 1):
            total += forward[here + c] * back[c + 1]
            back[c] += weight[i] * back[c + 1]
        share[i] = total * weight[i] / z
    return float(np.log(z))


@_njit
def _plain(  # noqa: C901 - one recursion, there and back
    n: int,
    states: int,
    k: int,
    weight: Floats,
    digit: Ints,
    full: Ints,
    stride: Ints,
    forward: Floats,
    back: Floats,
    share: Floats,
) -> float:
    """Run the recursion on plain numbers; give log Z and fill `share` (n x k), P(level)."""
    forward[: (n + 1) * states] = 0.0
    forward[0] = 1.0
    for i in range(n):
        here, there = i * states, (i + 1) * states
        for c in range(states):
            total = forward[here + c]
            for t in range(k):
                if digit[t * states + c] > 0:
                    total += weight[i * k + t] * forward[here + c - stride[t]]
            forward[there + c] = total
    z = forward[n * states + states - 1]
    back[:states] = 0.0
    back[states - 1] = 1.0
    for i in range(n - 1, -1, -1):
        here = i * states
        for t in range(k):
            share[i * k + t] = 0.0
        # A state only takes from higher ones, so going up it can be overwritten where it stands.
        for c in range(states):
            total = back[c]
            for t in range(k):
                if digit[t * states + c] < full[t]:
                    ahead = weight[i * k + t] * back[c + stride[t]]
                    share[i * k + t] += forward[here + c] * ahead
                    total += ahead
            back[c] = total
        for t in range(k):
            share[i * k + t] /= z
    return float(np.log(z))


@_njit
def log_sum(a: float, b: float) -> float:
    """Give log(exp(a) + exp(b)) without leaving the range of a double."""
    if a == -np.inf:
        return b
    if b == -np.inf:
        return a
    top = max(a, b)
    return float(top + np.log1p(np.exp(min(a, b) - top)))


@_njit
def _logs(
    n: int,
    states: int,
    k: int,
    weight: Floats,
    digit: Ints,
    full: Ints,
    stride: Ints,
    forward: Floats,
    back: Floats,
    share: Floats,
) -> float:
    """Run the same recursion on logarithms, `weight` being logarithms too."""
    forward[: (n + 1) * states] = -np.inf
    forward[0] = 0.0
    for i in range(n):
        here, there = i * states, (i + 1) * states
        for c in range(states):
            total = forward[here + c]
            for t in range(k):
                if digit[t * states + c] > 0:
                    total = log_sum(total, weight[i * k + t] + forward[here + c - stride[t]])
            forward[there + c] = total
    z = forward[n * states + states - 1]
    back[:states] = -np.inf
    back[states - 1] = 0.0
    for i in range(n - 1, -1, -1):
        here = i * states
        for t in range(k):
            share[i * k + t] = 0.0
        for c in range(states):
            total = back[c]
            for t in range(k):
                if digit[t * states + c] < full[t]:
                    ahead = weight[i * k + t] + back[c + stride[t]]
                    share[i * k + t] += np.exp(forward[here + c] + ahead - z)
                    total = log_sum(total, ahead)
            back[c] = total
    return float(z)


@_njit
def _exponents(eta: Floats, s: Floats, explicit: Ints, k: int, weight: Floats) -> float:
    """Fill `weight` (n x k) with exponents beside the implicit level; give how far sums reach."""
    reach = eta.size * np.log(k + 1.0)
    for i in range(eta.size):
        widest = 0.0
        for t in range(k):
            exponent = eta[i] * (s[explicit[t]] - s[explicit[k]])
            weight[i * k + t] = exponent
            widest = max(widest, abs(exponent))
        reach += widest
    return float(reach)


@_njit
def log_likelihood(
    start: Ints, level: Ints, eta: Floats, s: Floats, most_states: int, d_eta: Floats, d_s: Floats
) -> float:
    """Give the log-likelihood of all scenes and fill its gradient.

    Scene k is the rows start[k] to start[k+1]; `level` (rows,) are levels from 0; `eta` (rows,)
    propensities; `s` (J,) scores of the levels. `most_states` is the largest number of states of
    a scene. Fills `d_eta` (rows,), which is also s[y] less its expectation, and `d_s` (J,).
    """
    largest = 0
    for scene in range(start.size - 1):
        largest = max(largest, start[scene + 1] - start[scene])
    levels = s.size
    counts = np.empty(levels, np.int64)
    full = np.empty(levels, np.int64)
    explicit = np.empty(levels, np.int64)
    stride = np.empty(levels, np.int64)
    digit = np.empty(levels * most_states, np.int64)
    forward = np.empty((largest + 1) * most_states)
    back = np.empty(most_states)
    weight = np.empty(largest * levels)
    share = np.empty(largest * levels)
    d_s[:] = 0.0
    value = 0.0
    for scene in range(start.size - 1):
        a, b = start[scene], start[scene + 1]
        n = b - a
        states, k = plan(level[a:b], counts, full, digit, explicit, stride)
        implicit = explicit[k]
        reach = _exponents(eta[a:b], s, explicit, k, weight)
        if reach >= SAFE:
            log_z = _logs(n, states, k, weight, digit, full, stride, forward, back, share)
        else:
            for e in range(n * k):
                weight[e] = np.exp(weight[e])
            if k == 1:
                log_z = _two_levels(n, states, weight, forward, back, share)
            else:
                log_z = _plain(n, states, k, weight, digit, full, stride, forward, back, share)
        value -= log_z
        for i in range(n):
            at = eta[a + i]
            held = level[a + i]
            rest = 1.0
            expected = 0.0
            for t in range(k):
                p = share[i * k + t]
                rest -= p
                expected += p * (s[explicit[t]] - s[implicit])
                d_s[explicit[t]] -= at * p
            d_s[implicit] -= at * rest
            d_s[held] += at
            value += at * (s[held] - s[implicit])
            d_eta[a + i] = s[held] - s[implicit] - expected
    return value


@_njit
def count_states(start: Ints, level: Ints, levels: int) -> int:
    """Give the largest number of states that a scene needs."""
    counts = np.empty(levels, np.int64)
    most = 1
    for scene in range(start.size - 1):
        counts[:] = 0
        for row in range(start[scene], start[scene + 1]):
            counts[level[row]] += 1
        implicit = np.argmax(counts)
        states = 1
        for j in range(levels):
            if j != implicit:
                states *= counts[j] + 1
        most = max(most, states)
    return most


@_njit
def _scores(delta: Floats) -> Floats:
    s = np.empty(delta.size + 2)
    s[0] = 0.0
    s[1] = 1.0
    for j in range(delta.size):
        s[j + 2] = s[j + 1] + np.exp(delta[j])
    return s


@_njit
def log_posterior(
    x: Floats,
    start: Ints,
    officer: Ints,
    level: Ints,
    covariates: Floats,
    officers: int,
    levels: int,
    most_states: int,
    beta_sd: float,
) -> tuple[float, Floats]:
    """Give the log posterior density at `x` and its gradient; `Posterior` says what `x` holds."""
    delta = x[officers : officers + levels - 2]
    beta = x[officers + levels - 2 :]
    s = _scores(delta)
    rows = officer.size
    eta = np.empty(rows)
    for row in range(rows):
        at = x[officer[row]]
        for q in range(beta.size):
            at += beta[q] * covariates[row, q]
        eta[row] = at
    d_eta = np.empty(rows)
    d_s = np.empty(levels)
    value = log_likelihood(start, level, eta, s, most_states, d_eta, d_s)
    gradient = np.empty(x.size)
    for i in range(officers):
        value -= 0.5 * x[i] * x[i]
        gradient[i] = -x[i]
    first_beta = officers + levels - 2
    for q in range(beta.size):
        value -= 0.5 * (beta[q] / beta_sd) ** 2
        gradient[first_beta + q] = -beta[q] / beta_sd**2
    for row in range(rows):
        gradient[officer[row]] += d_eta[row]
        for q in range(beta.size):
            gradient[first_beta + q] += d_eta[row] * covariates[row, q]
    above = 0.0
    for j in range(levels - 3, -1, -1):
        above += d_s[j + 2]
        off = delta[j] - DELTA_MEAN
        value -= 0.5 * off * off
        gradient[officers + j] = above * np.exp(delta[j]) - off
    return value, gradient
