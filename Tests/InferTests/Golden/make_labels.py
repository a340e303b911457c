#!/usr/bin/env python3
"""Random columns of labels, as pandas reads them and scikit-learn sorts and reports them.

usage: make_labels.py [SEED [COUNT]] > labels.json

Needs pandas 3.1 and scikit-learn 1.9. Two thirds of the cases are a table with one column of labels: the names of the
classes, each row's class (-1: missing) and whether scikit-learn takes the values for measurements. One third is a table of
true and predicted labels: the text of classification_report, or null if scikit-learn refuses the labels.
"""
import io
import json
import random
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.metrics import classification_report
from sklearn.utils.multiclass import type_of_target

warnings.simplefilter("ignore")

MISSING = ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
           "NULL", "NaN", "None", "n/a", "nan", "null"]
WORDS = ["a", "b", "B", "A", "z", "good", "bad", "Z\u00fcrich", "Zug", "zoo", "\u00e9", "e\u0301", "\u00c5", "A\u030a", "stra\u00dfe",
         "STRASSE", "a b", " a", "a ", "x,y", "say \"hi\"", "\u65e5\u672c", "\U0001f600", "\ufb01", "fi", "007x", "yes", "no", "-", "?",
         "na", "nil", "none", "NONE", "Nan", "NAN", "Null", "T", "F", "+", "1_000", "0x10", "1e", ".", "e5", "1 2", "--1", "accuracy",
         "two\nlines", "\u00a01", "\uff11", "tab\there", "NA ", " NA"]
BOOLS = ["True", "False", "TRUE", "FALSE", "true", "false", "tRuE"]


def integer(draw):
    value = draw.choice([0, 1, 2, 3, 9, 10, 11, 100, -1, -2, 20, 255, 2**31, 2**53 + 1, 2**53]) if draw.random() < 0.9 else draw.randrange(-10**9, 10**9)
    text = str(value)
    form = draw.random()
    if form < 0.2 and value >= 0:
        text = "+" + text
    elif form < 0.3:
        text = text.replace("-", "-0") if value < 0 else "0" + text
    elif form < 0.35:
        text = draw.choice([" ", "\t"]) + text
    elif form < 0.4:
        text += " "
    return text


def number(draw):
    value = draw.choice([0, 1, 2, 3, 10, 11, 100, -1, 20])
    forms = [f"{value}.0", f"{value}.", f"{value}e0", f"{value}E+0", f"{value}.00", f"{value}", f"{value}0e-1"]
    if value >= 0:
        forms += [f"+{value}.0", f"0{value}.0"]
    return draw.choice(forms)


def measurement(draw):
    return draw.choice(["0.5", ".5", "1.25", "0.73", "1e-3", "-0.1", "2.5e1", "1e-5", "3.14159", "0.1", "inf", "-Infinity", "1e400", "1e22"])


def column(draw, rows, kind=None, missing=None):
    kind = kind or draw.choice(["integers", "integers", "numbers", "numbers", "bools", "words", "words", "words", "mixed", "measurements", "big"])
    make = {
        "integers": lambda: integer(draw),
        "numbers": lambda: number(draw) if draw.random() < 0.8 else draw.choice(["0", "1", "2", "10"]),
        "bools": lambda: draw.choice(BOOLS),
        "words": lambda: draw.choice(words),
        "mixed": lambda: draw.choice([integer, number])(draw) if draw.random() < 0.6 else draw.choice(BOOLS + words),
        "measurements": lambda: measurement(draw) if draw.random() < 0.6 else integer(draw),
        "big": lambda: draw.choice(["18446744073709551616", "1", "+2", "111111111111111111111111111111", "18446744073709551617"]),
    }[kind]
    words = draw.sample(WORDS, draw.randrange(2, 9))
    share = draw.choice([0, 0, 0, 0.2, 0.5]) if missing is None else missing
    return [draw.choice(MISSING) if draw.random() < share else make() for _ in range(rows)]


def field(draw, text):
    needed = any(c in text for c in ',"\n\r')
    return '"' + text.replace('"', '""') + '"' if needed or draw.random() < 0.1 else text


def one_column(draw):
    labels = column(draw, draw.randrange(1, 14))
    text = "x,y\n" + "".join(f"{row},{field(draw, label)}\n" for row, label in enumerate(labels))
    read = pd.read_csv(io.StringIO(text))["y"]
    present = read[read.notna()].tolist()
    classes = sorted(set(present))
    codes = [classes.index(value) if known else -1 for value, known in zip(read.tolist(), read.notna())]
    # LabelEncoder sorts in the same order; it takes no objects of several kinds.
    assert not present or list(np.unique(np.array(present))) == classes or isinstance(present[0], int)
    try:
        refused = bool(present) and type_of_target(np.array(present)).startswith("continuous")
    except ValueError:
        refused = True
    return {"table": text, "names": [str(value) for value in classes], "codes": codes, "measurements": refused}


def two_columns(draw):
    while True:
        found = pair(draw)
        # scikit-learn counts integers that float64 cannot hold twice.
        if not ("9007199254740993" in found["table"] and (found["report"] or "").count("9007199254740992.0") == 2):
            return found


def pair(draw):
    rows = draw.randrange(1, 30)
    kind = draw.choice(["integers", "numbers", "bools", "words", "words", "mixed", "measurements", "any"])
    missing = 0.1 if draw.random() < 0.15 else 0
    if kind == "words":
        words = draw.sample(WORDS, draw.randrange(2, 9))
        truth, prediction = ([draw.choice(words) for _ in range(rows)] for _ in range(2))
    else:
        kinds = [kind, draw.choice([kind, kind, "integers", "numbers", "bools"]) if kind != "any" else draw.choice(["integers", "words", "bools"])]
        truth, prediction = (column(draw, rows, draw.choice(["integers", "words"]) if kind == "any" else kind, missing) for kind in kinds)
    prediction = [t if draw.random() < 0.5 else p for t, p in zip(truth, prediction)]
    text = "truth,prediction\n" + "".join(f"{field(draw, t)},{field(draw, p)}\n" for t, p in zip(truth, prediction))
    read = pd.read_csv(io.StringIO(text), skip_blank_lines=False)
    try:
        report = classification_report(read.truth, read.prediction, zero_division=0)
    except (TypeError, ValueError):
        report = None
    return {"table": text, "report": report}


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20261129
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 450
    cases = [(two_columns if index % 3 == 0 else one_column)(random.Random(seed * 1_000_003 + index)) for index in range(count)]
    print("[\n" + ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases) + "\n]")


main()
