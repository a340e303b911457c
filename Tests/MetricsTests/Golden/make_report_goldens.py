"""Writes weighted.json, multilabel.json, curves.json, calibration.json, wilson.json and regression.json: scikit-learn's and
SciPy's answers to random cases.

Needs scikit-learn 1.9 and scipy; the tests do not. Made with scikit-learn 1.9.1, SciPy 1.17 and NumPy 2.4.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import scipy.stats
from sklearn import metrics
from sklearn.calibration import _TemperatureScaling, calibration_curve

warnings.simplefilter("ignore")
here = pathlib.Path(__file__).parent
random = np.random.default_rng(20261129)


def number(value):
    """Numbers as repr has them: JSON has no NaN."""
    return repr(float(value))


def flat(report):
    out = []
    for name, scores in report.items():
        if isinstance(scores, dict):
            out += [[name, key, number(value)] for key, value in scores.items()]
        else:
            out.append([name, "", number(scores)])
    return out


zero_names = {"warn": "warn", 0.0: "zero", 1.0: "one"}


def weighted():
    cases = []
    for index in range(40):
        rows = int(random.integers(1, 80))
        names = np.array(["bad", "good", "a", "Zebra", "é", "x,y", "none of these"])[: random.integers(1, 8)]
        if index % 3 == 0:
            names = np.array([3, 1, 20, -4, 500])[: random.integers(1, 6)]
        truth = random.choice(names, rows)
        guess = np.where(random.random(rows) < random.random(), truth, random.choice(names, rows))
        weights = random.random(rows) * 3 + 0.01
        if index % 4 == 0:
            weights = random.integers(0, 5, rows).astype(float)
            weights[0] = 2
        labels = None
        if index % 5 == 0:
            labels = list(random.permutation(names)[: random.integers(1, len(names) + 1)])
            if not set(labels) & set(truth):
                labels = [truth[0]]
        zero = ["warn", 0.0, 1.0, math.nan][index % 4]
        keys = dict(labels=labels, sample_weight=weights)
        cases.append({
            "truth": [str(v) for v in truth], "prediction": [str(v) for v in guess],
            "weights": [number(v) for v in weights],
            "labels": None if labels is None else [str(v) for v in labels],
            "digits": int(random.choice([2, 3, 5])), "zeroDivision": zero_names.get(zero, "nan"),
        })
        made = cases[-1]
        made["text"] = metrics.classification_report(truth, guess, digits=made["digits"], zero_division=zero, **keys)
        made["dict"] = flat(metrics.classification_report(truth, guess, output_dict=True, zero_division=zero, **keys))
        made["accuracy"] = number(metrics.accuracy_score(truth, guess, sample_weight=weights))
        made["matrix"] = [number(v) for v in metrics.confusion_matrix(truth, guess, **keys).ravel()]
        made["normalised"] = {
            how: [number(v) for v in metrics.confusion_matrix(truth, guess, normalize=how, **keys).ravel()]
            for how in ("true", "pred", "all")
        }
    return cases


def multilabel():
    cases = []
    for index in range(40):
        rows, width = int(random.integers(1, 60)), int(random.integers(2, 9))
        truth = (random.random((rows, width)) < random.random()).astype(int)
        guess = np.where(random.random((rows, width)) < 0.8, truth, 1 - truth)
        weights = None
        if index % 3 == 0:
            weights = random.random(rows) + 0.01
            if index % 2 == 0:
                weights[random.integers(rows)] = 0
                weights[0] = 1.5
        names = [f"label {i}" if index % 2 else "abcdefghi"[i] for i in range(width)]
        chosen = list(range(width))
        if index % 5 == 1:
            chosen = [int(v) for v in random.permutation(width)[: random.integers(1, width + 1)]]
        zero = ["warn", 0.0, 1.0, math.nan][index % 4]
        keys = dict(labels=chosen, target_names=[names[i] for i in chosen], sample_weight=weights)
        digits = int(random.choice([2, 3, 5]))
        cases.append({
            "names": names, "truth": truth.ravel().tolist(), "prediction": guess.ravel().tolist(),
            "weights": None if weights is None else [number(v) for v in weights], "labels": chosen,
            "digits": digits, "zeroDivision": zero_names.get(zero, "nan"),
            "text": metrics.classification_report(truth, guess, digits=digits, zero_division=zero, **keys),
            "dict": flat(metrics.classification_report(truth, guess, output_dict=True, zero_division=zero, **keys)),
            "matrices": [number(v) for v in metrics.multilabel_confusion_matrix(truth, guess, sample_weight=weights).ravel()],
            "accuracy": number(metrics.accuracy_score(truth, guess, sample_weight=weights)),
            "hamming": number(metrics.hamming_loss(truth, guess, sample_weight=weights)),
        })
    return cases


def curves():
    cases = []
    for index in range(20):
        rows = int(random.choice([2, 5, 40, 150]))
        truth = random.integers(0, 2, rows)
        truth[:2] = [0, 1]
        scores = random.random(rows) * 0.5 + truth * random.random(rows) * 0.5
        if index % 3 == 0:
            scores = np.round(scores, 1)  # ties
        precision, recall, thresholds = metrics.precision_recall_curve(truth, scores)
        false, true, at = metrics.roc_curve(truth, scores)
        dropped = metrics.precision_recall_curve(truth, scores, drop_intermediate=True)
        threshold = float(random.choice(scores)) if index % 2 else 0.5
        guess = (scores >= threshold).astype(int)
        cases.append({
            "truth": truth.tolist(), "scores": [number(v) for v in scores],
            "precision": [number(v) for v in precision], "recall": [number(v) for v in recall],
            "thresholds": [number(v) for v in thresholds],
            "dropped": [[number(v) for v in part] for part in dropped],
            "averagePrecision": number(metrics.average_precision_score(truth, scores)),
            "false": [number(v) for v in false], "true": [number(v) for v in true], "at": [number(v) for v in at],
            "area": number(metrics.roc_auc_score(truth, scores)),
            "threshold": number(threshold),
            "atThreshold": {
                "precision": number(metrics.precision_score(truth, guess, zero_division=0)),
                "recall": number(metrics.recall_score(truth, guess)),
                "f1": number(metrics.f1_score(truth, guess, zero_division=0)),
                "accuracy": number(metrics.accuracy_score(truth, guess)),
                "balanced": number(metrics.balanced_accuracy_score(truth, guess)),
                "specificity": number(metrics.recall_score(truth, guess, pos_label=0)),
            },
            "bestF1": number(max(metrics.f1_score(truth, scores >= t) for t in scores)),
        })
    return cases


def calibration():
    cases = []
    for index in range(12):
        rows, classes = int(random.choice([30, 100, 200])), int(random.choice([2, 3, 10]))
        logits = random.normal(0, 1.5, (rows, classes))
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        truth = np.array([random.choice(classes, p=p) for p in shares])
        logits = np.round(logits * random.choice([0.4, 1, 3]), 3)
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        top, right = np.round(shares.max(axis=1), 6), shares.argmax(axis=1) == truth
        if index % 4 == 0:
            top = np.round(top, 1)  # probabilities on the edges of bins
        bins = int(random.choice([5, 10, 15]))
        # scikit-learn leaves empty bins out and does not say how many rows each has; the error needs both.
        true, mean = calibration_curve(right, top, n_bins=bins)
        sizes = np.bincount(np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], top), minlength=bins)
        error = np.sum(sizes[sizes > 0] / rows * np.abs(true - mean))
        beta = _TemperatureScaling().fit(logits, truth).beta_
        after = np.exp(logits * beta) / np.exp(logits * beta).sum(axis=1, keepdims=True)
        cases.append({
            "truth": truth.tolist(), "classes": classes, "logits": [number(v) for v in logits.ravel()],
            "top": [number(v) for v in top], "right": [bool(v) for v in right], "bins": bins,
            "frequency": [number(v) for v in true], "mean": [number(v) for v in mean], "sizes": sizes.tolist(),
            "error": number(error), "maximum": number(np.max(np.abs(true - mean))),
            "temperature": number(1 / beta),
            "lossBefore": number(metrics.log_loss(truth, shares, labels=range(classes))),
            "lossAfter": number(metrics.log_loss(truth, after, labels=range(classes))),
        })
    return cases


def wilson():
    pairs = [(0, 1), (1, 1), (0, 10), (10, 10), (5, 10), (9900, 10000), (1, 1000), (999, 1000), (333, 10 ** 6)]
    pairs += [(int(random.integers(0, n + 1)), n) for n in map(int, random.integers(1, 5000, 30))]
    made = []
    for index, (hits, rows) in enumerate(pairs):
        level = [0.95, 0.9, 0.99][index % 3]
        found = scipy.stats.binomtest(hits, rows).proportion_ci(level, method="wilson")
        made.append({"hits": hits, "rows": rows, "level": level, "lower": number(found.low), "upper": number(found.high)})
    return made


def regression():
    cases = []
    for index in range(12):
        rows = int(random.choice([2, 7, 50, 400]))
        truth = random.normal(3, 10, rows)
        guess = truth + random.normal(index - 5, 4, rows)
        cases.append({
            "truth": [number(v) for v in truth], "prediction": [number(v) for v in guess],
            "absolute": number(metrics.mean_absolute_error(truth, guess)),
            "median": number(metrics.median_absolute_error(truth, guess)),
            "maximum": number(metrics.max_error(truth, guess)),
            "squared": number(metrics.mean_squared_error(truth, guess)),
            "root": number(metrics.root_mean_squared_error(truth, guess)),
            "r2": number(metrics.r2_score(truth, guess)),
            "explained": number(metrics.explained_variance_score(truth, guess)),
        })
    return cases


for name, values in (
    ("weighted", weighted()), ("multilabel", multilabel()), ("curves", curves()), ("calibration", calibration()),
    ("wilson", wilson()), ("regression", regression()),
):
    lines = ",\n".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values)
    (here / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
