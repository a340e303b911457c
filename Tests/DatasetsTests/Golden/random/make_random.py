#!/usr/bin/env python3
"""Random tables, arrays and columns with what pandas, NumPy and scikit-learn make of them.

usage: make_random.py [FOLDER [SEED]]

Writes tables.json, arrays.json and scaler.json, of at least 300 cases each; without arguments the committed ones, beside this
script. `make blind` draws others. Needs pandas 3, NumPy 2 and scikit-learn 1.5 or later.
"""
import base64
import gzip
import io
import json
import math
import pathlib
import random
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

WORDS = ["a", "red", "Ünal", "日本", "x y", 'tube 12"', 'say "hi"', "p;q", "1,5", "NA", "null", "None", "n/a", "NaN", "?", "nan", "Na", " lead",
         "trail ", "-", "é", "#x", "1_000", "0x10", "1e", "12abc", "tab\there", "#N/A", "<NA>", "a|b", "don't", "e\u0301"]
NUMBERS = ["1", "-1", "+1", "0", "-0", "007", "1.5", ".5", "5.", "-.25", "1e5", "1E-5", "1e+3", " 7", "7 ", "3.141592653589793", "1e-400", "1e22",
           "123456789012345678", "9007199254740993", "0.1", "1e300", "4.9e-324", "2.2250738585072011e-308", "16777217", "0.30000000000000004"]


def number(draw):
    kind = draw.randrange(6)
    if kind == 0:
        return draw.choice(NUMBERS)
    if kind == 1:
        return str(draw.randint(-1000, 1000))
    if kind == 2:
        return repr(draw.uniform(-1, 1) * 10 ** draw.randint(-12, 12))
    if kind == 3:
        return f"{draw.gauss(0, 100):.{draw.randint(0, 9)}f}"
    if kind == 4:
        return f"{draw.gauss(0, 1):.{draw.randint(0, 17)}e}"
    return str(draw.randint(-10 ** 18, 10 ** 18))


def boolean(draw):
    word = draw.choice(["true", "false"])
    return draw.choice([word, word.upper(), word.capitalize(), word.capitalize()])


def cell(draw, kind):
    if kind == "number":
        return number(draw)
    if kind == "boolean":
        return boolean(draw)
    if kind == "text":
        return draw.choice(WORDS)
    if kind == "mixed":
        return draw.choice([number, boolean])(draw)
    if kind == "gaps":
        return draw.choice([number(draw), number(draw), "", "NA", "nan"])
    if kind == "odd":
        return draw.choice([number(draw), number(draw), number(draw), "inf", "-Infinity", "1e400", "1,5", "1.2.3", "0x1F", "1_0", "x", "1 2", "--1"])
    return number(draw)


def quoted(draw, text, delimiter, comment, always):
    special = {delimiter, "\n", "\r", comment} - {""}
    needs = any(sign in text for sign in special) or text.startswith('"') or (delimiter == " " and ("\t" in text or text == ""))
    if needs or always or draw.random() < 0.05:
        return '"' + text.replace('"', '""') + '"'
    return text


def table(draw):
    delimiter = draw.choice([",", ",", ",", ";", "\t", "|", " "])
    end = draw.choice(["\n", "\n", "\r\n", "\r", "mixed"])
    comment = draw.choice(["", "", "", "#"])
    header = draw.random() < 0.85
    width, height = draw.randint(2, 5), draw.randint(1, 9)
    if delimiter == " ":
        end = draw.choice(["\n", "\r\n"])
    names = draw.sample(["x", "y", "a b", 'tube 12"', "größe", "age_(20, 30]", "p;q", "n1", "2019", "X"], width)
    if header and all(name.isdigit() for name in names):
        names[0] = "x"
    kinds = [draw.choice(["number", "number", "number", "boolean", "text", "mixed", "gaps", "odd"]) for _ in names]
    rows = [[cell(draw, kind) for kind in kinds] for _ in range(height)]
    refused = False
    always = draw.random() < 0.1
    lines = [[quoted(draw, text, delimiter, comment, always) for text in row] for row in ([names] if header else []) + rows]
    fault = draw.choice([""] * 12 + ["short", "long", "latin1", "nul", "open"])
    if fault in ("short", "long") and height > 1:
        row = lines[-1]
        lines[-1] = ["1"] + row[2:] if fault == "short" else row + ["1"]
        refused = True
    if fault == "open":
        lines[-1][-1] = '"never closed'
        refused = True
    text = ""
    for index, row in enumerate(lines):
        line = delimiter.join(row)
        if delimiter == " ":
            line = (" " * draw.choice([0, 0, 2])) + (" " * draw.choice([1, 1, 3])).join(row)
        if comment and draw.random() < 0.2:
            line += " # said \"so\""
        is_last = index == len(lines) - 1
        ending = end if end != "mixed" else draw.choice(["\n", "\r\n", "\r"])
        text += line + ("" if is_last and draw.random() < 0.3 else ending)
        if not is_last and draw.random() < 0.05:
            text += (("# only a comment" if comment else "") if end == "mixed" else draw.choice(["", "  "])) + ("\n" if end == "mixed" else end)
    encoding = draw.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
    data = text.encode(encoding)
    if encoding.startswith("utf-16"):
        data = (b"\xff\xfe" if encoding.endswith("le") else b"\xfe\xff") + data
    elif fault in ("latin1", "nul") and b"#" not in data:
        place = data.rindex(delimiter.encode()) + 1
        data = data[:place] + (b"\xfc" if fault == "latin1" else b"\x00") + data[place:]
        refused = True
    if draw.random() < 0.15:
        data = gzip.compress(data, mtime=0)
    return data, delimiter, comment, header, refused


def table_case(draw):
    while True:
        data, delimiter, comment, header, refused = table(draw)
        options = dict(
            sep=r"\s+" if delimiter == " " else delimiter, comment=comment or None, header=0 if header else None, index_col=False,
            encoding="utf-16" if plain(data)[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", float_precision="round_trip")
        case = {"file": base64.b64encode(data).decode(), "delimiter": delimiter, "comment": comment, "header": header}
        if refused:
            return case | {"refused": True}
        # Some tables are guessed right without the delimiter; where they cannot be, it is given.
        case["refused"] = False
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                frame = pd.read_csv(io.BytesIO(plain(data)), **options)
                texts = pd.read_csv(io.BytesIO(plain(data)), dtype=str, keep_default_na=False, **options)
            except Exception:
                continue  # a table that is wrong in a way that was not drawn
        if len(frame) == 0 or frame.isna().any(axis=None) and frame.isna().all(axis=1).any():
            continue
        case["names"] = [str(name).strip() for name in frame.columns]
        if len(set(name.lower() for name in case["names"])) < len(case["names"]):
            continue
        case["texts"] = [list(texts.iloc[:, i]) for i in range(texts.shape[1])]
        case["missing"] = [int(frame.iloc[:, i].isna().sum()) for i in range(frame.shape[1])]
        case["numbers"] = []
        for i in range(frame.shape[1]):
            column = frame.iloc[:, i]
            is_number = column.dtype == bool or (column.dtype.kind in "iuf" and np.isfinite(column.astype(float)).all())
            case["numbers"].append([float(value) for value in column.astype(float)] if is_number else None)
        return case


def plain(data):
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def array_case(draw, kind):
    rng = np.random.default_rng(draw.randrange(1 << 32))
    shape = tuple(draw.choice([1, 2, 2, 3]) for _ in range(draw.choice([0, 1, 1, 2, 2, 3, 4, 5])))
    if draw.random() < 0.04:
        shape = shape[:1] + (0,) + shape[1:]
    if kind == "b1":
        values = rng.integers(0, 2, shape).astype(bool)
    elif kind[0] in "iu":
        info = np.iinfo(kind)
        low, high = (info.min, info.max) if draw.random() < 0.5 else (0, 100)
        values = rng.integers(low, high, shape, dtype=kind, endpoint=True)
    elif kind[0] == "f":
        values = (rng.standard_normal(shape) * 10.0 ** draw.randint(-4, 3)).astype(kind)
        if draw.random() < 0.1:
            with np.errstate(over="ignore"):
                values = np.where(rng.random(shape) < 0.3, draw.choice([np.nan, np.inf, -np.inf, 1e308, 0.0]), values).astype(kind)
    else:
        values = np.asarray({"c16": 1 + 2j, "U3": "abc", "S2": b"ab", "M8[D]": "2020-01-01", "O": None}.get(kind), dtype=kind)
        values = np.broadcast_to(values, shape).copy()
    values = np.asarray(values)
    if values.dtype.itemsize > 1 and values.dtype.kind in "iuf" and draw.random() < 0.5:
        values = values.astype(values.dtype.newbyteorder(draw.choice("<>")))
    values = np.asfortranarray(values) if draw.random() < 0.5 else np.ascontiguousarray(values).reshape(values.shape)
    version = draw.choice([(1, 0), (2, 0), (3, 0)])
    file = io.BytesIO()
    np.lib.format.write_array(file, values, version=version)
    case = {"file": base64.b64encode(file.getvalue()).decode(), "shape": list(values.shape), "type": values.dtype.str}
    is_number = values.dtype.kind in "biuf" and values.ndim > 0 and values.size > 0
    with np.errstate(over="ignore"):
        singles = values.astype(np.float32) if is_number else None
    case["numbers"] = [show(v) for v in values.astype(np.float64).ravel()] if is_number else None
    case["singles"] = [float(v) for v in singles.ravel()] if is_number and np.isfinite(singles).all() else None
    return case


def show(value):
    return float(value) if math.isfinite(value) else str(float(value))


def column(draw, rng, rows):
    kind = draw.randrange(8)
    if kind == 0:
        return np.full(rows, draw.choice([0.0, 1.0, -3.7, 0.1, 1e9, 123456789.5, 1e-12]))
    if kind == 1:  # constant but for rounding
        value = draw.choice([0.1, 1e9, 1e-5])
        return value * (1 + rng.integers(-1, 2, rows) * np.finfo(float).eps)
    if kind == 2:
        return rng.integers(0, draw.choice([2, 10, 1000]), rows).astype(float)
    spread = 10.0 ** draw.randint(*([(-30, 30), (-9, 9), (-3, 3)][draw.randrange(3)]))
    offset = 0.0 if kind < 5 else spread * 10.0 ** draw.randint(-2, 9)
    return offset + spread * rng.standard_normal(rows)


def scaler_case(draw):
    rng = np.random.default_rng(draw.randrange(1 << 32))
    rows = draw.randint(2, 8)
    # Two columns at least: NumPy then adds up row by row, and not in pairs.
    values = np.ascontiguousarray(np.stack([column(draw, rng, rows) for _ in range(draw.randint(2, 3))], axis=1))
    scaler = StandardScaler().fit(values)
    transformed = scaler.transform(values)
    # How far float32 moves the values, in deviations: what cannot be told apart must be refused, the rest not.
    with np.errstate(over="ignore"):
        singles = values.astype(np.float32).astype(float)
    lost = np.minimum(np.abs(values - singles).max(axis=0) / scaler.scale_, 1e300)
    return {
        "columns": values.T.tolist(), "mean": scaler.mean_.tolist(), "variance": scaler.var_.tolist(), "scale": scaler.scale_.tolist(),
        "transformed": transformed.T.tolist(), "lost": lost.tolist()}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 13
    draw = random.Random(seed)
    kinds = ["b1", "i1", "i2", "i4", "i8", "u1", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
    others = ["c16", "U3", "S2", "M8[D]", "O"]
    write(folder / "tables.json", [table_case(draw) for _ in range(340)])
    write(folder / "arrays.json", [array_case(draw, kinds[i % len(kinds)]) for i in range(26 * len(kinds))] + [array_case(draw, k) for k in others])
    write(folder / "scaler.json", [scaler_case(draw) for _ in range(300)])


def write(path, cases):
    path.write_text("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
