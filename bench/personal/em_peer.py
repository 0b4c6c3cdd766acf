"""The same EM in numpy: population prior over effects of the relative change, half-life by golden section.

Reads a folder with volumes.f64, chemo.f64, radio.f64 ([patients, days]), last.i32 and type.i32; prints one JSON line.
"""
import json
import math
import sys
import time

import numpy as np

FIRST, PROBES, PROBE_ROUNDS, ROUNDS, TOLERANCE, COMPONENTS = 25, 11, 12, 80, 1e-7, 3


def read(folder, days):
    volumes = np.fromfile(f"{folder}/volumes.f64").reshape(-1, days)
    chemo = np.fromfile(f"{folder}/chemo.f64").reshape(-1, days)
    radio = np.fromfile(f"{folder}/radio.f64").reshape(-1, days)
    last = np.fromfile(f"{folder}/last.i32", dtype=np.int32)
    kinds = np.fromfile(f"{folder}/type.i32", dtype=np.int32) - 1
    return volumes, chemo, radio, last, kinds


def statistics(data, kept):
    """Sums per patient of f f', f y, y y and the number of intervals."""
    volumes, chemo, radio, use, change, logs = data
    drug = np.zeros_like(volumes)
    drug[:, 0] = chemo[:, 0]
    for t in range(1, volumes.shape[1]):
        drug[:, t] = kept * drug[:, t - 1] + chemo[:, t]
    f = np.stack([np.ones_like(volumes), logs, (1 - kept) * drug / 5, radio / 2], -1) * use[..., None]
    return np.matmul(f.transpose(0, 2, 1), f), np.matmul(f.transpose(0, 2, 1), change[..., None])[..., 0]


def em(products, moments, squares, counts, kinds, start, least, rounds):
    m, S, w, T, s2 = start
    size = m.shape[1]
    total = counts.sum()
    one_hot = np.eye(3)[kinds]
    before = -math.inf
    for _ in range(rounds):
        P = np.linalg.inv(S)
        mk = m[:, None] + T[kinds][None]
        hk = np.matmul(mk, P)
        A = P[:, None] + products[None] / s2
        C = np.linalg.inv(A)
        h = hk + moments[None] / s2
        mu = np.matmul(C, h[..., None])[..., 0]
        evidence = np.log(w)[:, None] + 0.5 * (
            np.linalg.slogdet(P)[1][:, None] - np.linalg.slogdet(A)[1] + (h * mu).sum(-1) - (mk * hk).sum(-1)
        )
        highest = evidence.max(0)
        r = np.exp(evidence - highest)
        norm = r.sum(0)
        r /= norm
        score = (highest + np.log(norm)).sum() - 0.5 * (counts * np.log(2 * np.pi * s2) + squares / s2).sum()
        gain, before = abs(score - before), score
        if gain < TOLERANCE * total:
            break
        mass = r.sum(1)
        residual = squares - 2 * np.einsum("nf,knf->kn", moments, mu) + np.einsum(
            "knij,nij->kn", C + mu[..., :, None] * mu[..., None, :], products
        )
        new_s2 = (r * residual).sum() / total
        d = mu - T[kinds][None]
        m = np.einsum("kn,knf->kf", r, d) / mass[:, None]
        second = np.einsum("kn,knij->kij", r, C) + np.matmul((r[..., None] * d).transpose(0, 2, 1), d)
        scatter = second - mass[:, None, None] * m[:, :, None] * m[:, None, :]
        S = (scatter + size * np.diag(least)) / (mass + size)[:, None, None]
        w = np.maximum(mass / len(kinds), 1e-9)
        precision = np.linalg.inv(S)
        for kind in (1, 2):
            weight = r * one_hot[:, kind]
            left = np.einsum("k,kij->ij", weight.sum(1), precision)
            right = np.einsum("kij,kj->i", precision, np.einsum("kn,knj->kj", weight, mu - m[:, None]))
            T[kind] = np.linalg.solve(left + 1e-9 * np.eye(size), right)
        s2 = new_s2
    return (m, S, w, T, s2), before


def fit(raw, seed):
    volumes, chemo, radio, last, kinds = raw
    days = volumes.shape[1]
    largest = math.pi / 6 * 13**3
    t = np.arange(days - 1)[None]
    now, after = volumes[:, :-1], volumes[:, 1:]
    use = (t < last[:, None]) & (now > 1e-8)
    ends = t == last[:, None] - 1
    use &= ~(ends & ((after >= largest) | ((after == 0) & (now < 1e-6))))
    change = np.where(use, after / np.maximum(now, 1e-300) - 1, 0)
    logs = np.where(use, (np.log(np.maximum(now, 1e-8)) - math.log(100)) / 5, 0)
    some = use.any(1)
    data = [x[some] for x in (now, chemo[:, :-1], radio[:, :-1], use.astype(float), change, logs)]
    kinds = kinds[some]
    squares, counts = (change[some] ** 2).sum(1), use[some].sum(1).astype(float)

    products, moments = statistics(data, 0.5)
    size = 4
    pooled = products.sum(0)
    common = np.linalg.solve(pooled, moments.sum(0))
    s2 = (squares.sum() - common @ moments.sum(0)) / counts.sum()
    widths = 100 * s2 / np.maximum(np.diag(pooled) / counts.sum(), 1e-12)
    ridge = products / s2 + np.diag(1 / widths)
    each = np.linalg.solve(ridge, (moments / s2 + common / widths)[..., None])[..., 0]
    S = np.cov(each.T)
    least = np.maximum(1e-3 * np.diag(S), 1e-18)
    S = S + np.diag(least)
    draw = np.random.default_rng(seed).choice(len(each), COMPONENTS)
    state = (each[draw], np.repeat(S[None], COMPONENTS, 0), np.full(COMPONENTS, 1 / COMPONENTS), np.zeros((3, size)), s2)
    state, _ = em(products, moments, squares, counts, kinds, state, least, FIRST)

    def probe(kept):
        g, b = statistics(data, kept)
        copy = (*state[:3], state[3].copy(), state[4])
        return em(g, b, squares, counts, kinds, copy, least, PROBE_ROUNDS)[1]

    ratio, low, high = (math.sqrt(5) - 1) / 2, 0.0, 0.95
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    tried = {left: probe(left), right: probe(right)}
    for _ in range(PROBES - 3):
        if tried[left] >= tried[right]:
            high, right = right, left
            left = high - ratio * (high - low)
            tried[left] = probe(left)
        else:
            low, left = left, right
            right = low + ratio * (high - low)
            tried[right] = probe(right)
    at = sorted(tried)
    best = max(range(len(at)), key=lambda k: tried[at[k]])
    if 0 < best < len(at) - 1:
        a, b, c = at[best - 1 : best + 2]
        x, y = (b - a) * (tried[b] - tried[c]), (b - c) * (tried[b] - tried[a])
        top = b - ((b - a) * x - (b - c) * y) / (2 * (x - y))
        tried[top] = probe(top)
    kept = max(tried, key=tried.get)
    products, moments = statistics(data, kept)
    state, _ = em(products, moments, squares, counts, kinds, state, least, PROBE_ROUNDS)
    state, score = em(products, moments, squares, counts, kinds, state, least, ROUNDS)
    return score / counts.sum(), kept


def main():
    options = json.loads(sys.argv[1])
    raw = read(options["folder"], options["days"])
    times = []
    for _ in range(options["repeats"]):
        started = time.perf_counter(), time.process_time()
        score, kept = fit(raw, options["seed"])
        times.append((time.perf_counter() - started[0], time.process_time() - started[1]))
    print(
        json.dumps(
            {
                "version": f"numpy {np.__version__}",
                "wall": [wall for wall, _ in times],
                "processor": [processor for _, processor in times],
                "logLikelihoodPerInterval": score,
                "kept": kept,
            }
        )
    )


main()
