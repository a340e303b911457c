"""Writes mcnemar.json, bootstrap.json, exchange.json, holm.json and intervals.json: McNemar's exact test, NumPy's paired
bootstrap, SciPy's permutation test.

Needs scipy and scikit-learn; the tests do not. The p-values are sums of exact integers, as SciPy's own are off by up to
1e-11 for the largest tables; the script checks that SciPy agrees with them to 1e-9.
"""

import json
import pathlib
from fractions import Fraction
from math import comb

import numpy as np
import scipy.stats
from sklearn import metrics

here = pathlib.Path(__file__).parent
random = np.random.default_rng(20261129)


def exact(b, c):
    """The two-sided p-value by integers."""
    n, k = b + c, min(b, c)
    if n == 0:
        return 1.0
    term = total = comb(n, k)
    for i in range(k, 0, -1):
        term = term * i // (n - i + 1)
        total += term
    return float(min(Fraction(1), Fraction(2 * total, 2**n)))


def mcnemar():
    tables = [(b, c) for b in range(0, 13) for c in range(0, 13)]
    tables += [(0, 30), (0, 500), (0, 1000), (1, 1000), (3, 900), (10, 1000), (499, 500), (500, 500), (400, 600), (450, 551),
               (2000, 2100), (2000, 2300), (5000, 5000), (5000, 5001), (4800, 5200), (4500, 5500), (9000, 9500), (10000, 10400)]
    tables += [tuple(map(int, random.integers(0, 3000, 2))) for _ in range(120)]
    cases = []
    for b, c in tables:
        p = exact(b, c)
        if p < 1e-300:
            continue
        scipys = scipy.stats.binomtest(b, b + c, 0.5).pvalue if b + c else 1.0
        assert abs(p - scipys) <= 1e-9 * p, (b, c, p, scipys)
        close = abs(p - scipys) <= 1e-12 * p
        cases.append({"first": b, "second": c, "pValue": repr(p), "sciPy": repr(float(scipys)) if close else None})
    for b, c in [(50000, 50700), (100000, 101500), (200000, 200000), (300000, 302000)]:
        p = scipy.stats.binomtest(b, b + c, 0.5).pvalue
        cases.append({"first": b, "second": c, "pValue": repr(exact(b, c)), "sciPy": None})
    print(sum(c["sciPy"] is not None for c in cases), "of", len(cases), "agree with SciPy to 1e-12")
    return cases


def resampled(statistic, arrays, times=40_000):
    n = len(arrays[0])
    found = []
    for _ in range(times):
        rows = random.integers(0, n, n)
        value = statistic(*(a[rows] for a in arrays))
        if value is not None:
            found.append(value)
    return np.array(found)


def macro_f1(truth, guess):
    present = np.unique(np.concatenate([truth, guess]))
    hits = np.array([np.sum((truth == c) & (guess == c)) for c in present])
    total = np.array([np.sum(truth == c) + np.sum(guess == c) for c in present])
    return np.mean(2 * hits / total)


def area(truth, score):
    if truth.all() or not truth.any():
        return None
    ranks = scipy.stats.rankdata(score)
    positives, negatives = truth.sum(), (~truth).sum()
    return (ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives)


def bootstrap():
    cases = []
    for rows, classes, good, other in [(60, 2, .8, .8), (150, 3, .7, .8), (300, 5, .6, .62), (400, 2, .75, .85)]:
        truth = random.integers(0, classes, rows)
        draw = lambda share: np.where(random.random(rows) < share, truth, random.integers(0, classes, rows))
        first, second = draw(good), draw(other)
        statistic = lambda t, a, b: macro_f1(t, b) - macro_f1(t, a)
        found = resampled(statistic, [truth, first, second])
        f1 = [metrics.f1_score(truth, guess, average="macro") for guess in (first, second)]
        # SciPy's own bootstrap of the same, as a check of this script.
        theirs = scipy.stats.bootstrap(
            (truth, first, second), statistic, n_resamples=5000, paired=True, vectorized=False, method="percentile",
            random_state=1).confidence_interval
        assert np.allclose(theirs, np.percentile(found, [2.5, 97.5]), atol=0.006), (theirs, np.percentile(found, [2.5, 97.5]))
        cases.append(case("macroF1", truth, first.astype(float), second.astype(float), f1, found))
    for rows, noise in [(50, 1.0), (200, 1.5), (300, 0.8)]:
        truth = random.integers(0, 2, rows) == 1
        first = np.round(truth + random.normal(0, 1.2, rows), 1)
        second = np.round(truth + random.normal(0, noise, rows), 2)
        found = resampled(lambda t, a, b: None if t.all() or not t.any() else area(t, b) - area(t, a), [truth, first, second])
        areas = [metrics.roc_auc_score(truth, s) for s in (first, second)]
        cases.append(case("area", truth, first, second, areas, found))
    return cases


def case(kind, truth, first, second, scores, found):
    below, above = np.mean(found <= 0), np.mean(found >= 0)
    return {
        "kind": kind, "truth": truth.astype(int).tolist(), "first": first.tolist(), "second": second.tolist(),
        "scores": [float(s) for s in scores], "interval": np.percentile(found, [2.5, 97.5]).tolist(),
        "deviation": float(found.std()), "pValue": float(min(1, 2 * min(below, above))),
    }


def holm():
    cases = []
    for count in (1, 2, 3, 5, 8):
        p = np.round(random.random(count) ** 3, 6)
        order = np.argsort(p, kind="stable")
        scaled = np.minimum(1, p[order] * np.arange(count, 0, -1))
        corrected = np.empty(count)
        corrected[order] = np.maximum.accumulate(scaled)
        cases.append({"pValues": p.tolist(), "corrected": corrected.tolist()})
    return cases


def intervals():
    """Bonett and Price's interval of a paired difference."""
    cases = []
    for n, b, c in [(4, 0, 0), (10, 1, 3), (322, 30, 41), (1000, 0, 9), (5000, 210, 180), (100000, 900, 1100)]:
        for level in (0.9, 0.95, 0.99, 1 - 0.05 / 7):
            one, two = (b + 1) / (n + 2), (c + 1) / (n + 2)
            reach = scipy.stats.norm.ppf((1 + level) / 2) * np.sqrt((one + two - (two - one) ** 2) / (n + 2))
            ends = [max(-1, two - one - reach), min(1, two - one + reach)]
            cases.append({"rows": n, "first": b, "second": c, "level": level, "ends": [float(e) for e in ends]})
    return cases


def exchange():
    """SciPy's test that exchanges the two models' predictions: exact for up to 10 rows, of 10,000 exchanges for more."""
    random = np.random.default_rng(20261130)
    cases = []
    for rows in [2, 3, 5, 8, 10, 40, 200]:
        for kind in ("macroF1", "area"):
            truth = random.integers(0, 3 if kind == "macroF1" else 2, rows)
            truth[:2] = [0, 1]
            if kind == "macroF1":
                draw = lambda share: np.where(random.random(rows) < share, truth, random.integers(0, 3, rows))
                first, second = draw(.5), draw(.7)
                score = macro_f1
                given = (first, second)
            else:
                first = np.round(truth + random.normal(0, 2.0, rows), 1)
                second = np.round(truth + random.normal(0, 1.0, rows), 1)
                score = lambda t, s: area(t == 1, s)
                given = (scipy.stats.rankdata(first), scipy.stats.rankdata(second))
            found = scipy.stats.permutation_test(
                given, lambda a, b: score(truth, b) - score(truth, a), permutation_type="samples", vectorized=False,
                n_resamples=10_000, alternative="two-sided", random_state=1)
            cases.append({"kind": kind, "truth": truth.tolist(), "first": first.astype(float).tolist(),
                          "second": second.astype(float).tolist(), "difference": float(found.statistic),
                          "pValue": float(found.pvalue)})
    return cases


for name, values in (("intervals", intervals()), ("mcnemar", mcnemar()), ("bootstrap", bootstrap()), ("holm", holm()),
                     ("exchange", exchange())):
    lines = ",\n".join(json.dumps(value, separators=(",", ":")) for value in values)
    (here / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
