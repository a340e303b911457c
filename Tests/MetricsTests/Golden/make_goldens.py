"""Writes reports.json, scores.json and paired.json: scikit-learn's and SciPy's answers to random cases.

Needs scikit-learn and scipy; the tests do not. Made with scikit-learn 1.9.1 and NumPy 1.26.4.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import scipy.stats
from sklearn import metrics

warnings.simplefilter("ignore")
here = pathlib.Path(__file__).parent
random = np.random.default_rng(20261122)
words = ["bad", "good", "a", "B", "Zebra", "ähnlich", "é", "日本", "weighted avg", "with space", "x,y",
         'quo"te', "a quite long class name that widens the table", "0", "10", "9", "-", "none", "1.5.2"]


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


def case(truth, prediction, labels=None, digits=2, zero_division="warn"):
    truth, prediction = np.asarray(truth), np.asarray(prediction)
    keywords = dict(labels=labels, zero_division=zero_division)
    made = {
        "truth": [str(v) for v in truth], "prediction": [str(v) for v in prediction],
        "labels": None if labels is None else [str(v) for v in labels], "digits": digits,
        "zeroDivision": {"warn": "warn", 0.0: "zero", 1.0: "one"}.get(zero_division, "nan"),
        "text": metrics.classification_report(truth, prediction, digits=digits, **keywords),
        "dict": flat(metrics.classification_report(truth, prediction, output_dict=True, **keywords)),
    }
    if labels is None and len(set(made["truth"] + made["prediction"])) <= 12:
        made["matrix"] = metrics.confusion_matrix(truth, prediction).ravel().tolist()
        made["normalised"] = {
            how: [number(v) for v in metrics.confusion_matrix(truth, prediction, normalize=how).ravel()]
            for how in ("true", "pred", "all")
        }
    return made


def reports():
    cases = [
        case([0, 1], [1, 0]),  # nothing right: supports are printed as floats
        case(["a"], ["a"]), case(["a"], ["b"], digits=0), case([7], [7], digits=15),
        case([0, 1, 2, 2, 2], [0, 0, 2, 2, 1]), case([1, 1, 1], [1, 1, 0], labels=[1, 2, 3]),
        case([1, 2], [1, 2], labels=[7, 8]), case(["é", "e\u0301"], ["é", "é"]),  # two names in Python
    ]
    for index in range(90):
        rows = int(random.integers(1, 60))
        if index % 2:
            names = np.array(random.permutation(words)[: random.integers(1, 9)])
        else:
            names = np.array(random.choice(np.arange(-5, 120), random.integers(1, 12), replace=False))
        truth = random.choice(names, rows)
        guess = np.where(random.random(rows) < random.random(), truth, random.choice(names, rows))
        labels = None
        if index % 3 == 0:  # a subset, all, or more than occur, in any order
            others = ["never", "occurs"] if index % 2 else [500, 501]
            labels = list(random.permutation(list(names) + others)[: random.integers(1, len(names) + 3)])
        cases.append(case(
            truth, guess, labels, int(random.choice([2, 2, 3, 4, 0, 1, 13, 17])),
            [("warn"), "warn", 0.0, 1.0, math.nan][random.integers(5)]))
    for classes in (8, 31, 150):  # NumPy adds up in another order from 8 and from 129 values on
        truth = random.integers(0, classes, 2 * classes)
        guess = np.where(random.random(truth.size) < 0.6, truth, random.integers(0, classes, truth.size))
        cases.append(case(truth, guess, digits=6))
        if classes < 150:
            cases.append(case(truth, guess, digits=4, zero_division=math.nan))
    return cases


def scores():
    cases = []
    for index in range(24):
        rows, classes = int(random.integers(2, 60)), int(random.choice([2, 2, 3, 10]))
        if index == 23:
            rows, classes = 1500, 2
        truth = random.integers(0, classes, rows)
        truth[:2] = [0, 1]
        raw = random.random((rows, classes)) ** 3 + 1e-3
        if index % 4 == 0:
            raw = np.round(raw, 1) + 1e-300  # ties, and probabilities of 0 and 1
        probabilities = raw / raw.sum(axis=1, keepdims=True)
        if classes == 2:  # the file then needs only the second column
            probabilities[:, 0] = 1 - probabilities[:, 1]
        labels = list(range(classes))
        made = {
            "truth": truth.tolist(), "classes": classes, "probabilities": None if classes == 2 else [number(v) for v in probabilities.ravel()],
            "secondOfTwo": [number(v) for v in probabilities[:, 1]] if classes == 2 else None,
            "prediction": probabilities.argmax(axis=1).tolist(),
            "logLoss": number(metrics.log_loss(truth, probabilities, labels=labels)),
            "brier": number(metrics.brier_score_loss(truth, probabilities, labels=labels)),
            "accuracy": number(metrics.accuracy_score(truth, probabilities.argmax(axis=1))),
            "squaredError": number(metrics.mean_squared_error(truth.astype(float), probabilities[:, 0])),
        }
        if classes == 2:
            score = probabilities[:, 1]
            curve = metrics.roc_curve(truth, score)
            made |= {
                "binaryLogLoss": number(metrics.log_loss(truth, score)),
                "binaryBrier": number(metrics.brier_score_loss(truth, score)),
                "area": number(metrics.roc_auc_score(truth, score)),
                "curve": [[number(v) for v in part] for part in curve] if rows < 60 else None,
            }
        cases.append(made)
    return cases


def paired():
    pairs = [(0, 0), (0, 1), (1, 0), (3, 3), (0, 40), (1, 17), (2, 15), (7, 8), (15, 16), (16, 15), (16, 40), (5, 4000),
             (100, 130), (1000, 1100), (50000, 50700), (200000, 200000)]
    pairs += [tuple(map(int, random.integers(0, 300, 2))) for _ in range(30)]
    return [
        {"first": b, "second": c,
         "pValue": number(scipy.stats.binomtest(min(b, c), b + c, 0.5).pvalue if b + c else 1)}
        for b, c in pairs
    ]


for name, values in (("reports", reports()), ("scores", scores()), ("paired", paired())):
    lines = ",\n".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values)
    (here / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
