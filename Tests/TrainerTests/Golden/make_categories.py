"""Writes categories.json: columns in several spellings, and the texts of the values that pandas reads from them.

    python make_categories.py > categories.json

Made with pandas 3.1.1 and NumPy 2.4.6. `str` spells the values: what a model that
takes texts is fed with. A missing value is "".
"""
import io, json
import numpy as np
import pandas as pd

r = np.random.default_rng(20)


def spellings(value):
    """Ways to write a number."""
    text = repr(value)
    ways = [text, text if text[0] == "-" else "+" + text]
    if isinstance(value, int):
        return ways + ["0" + text if value >= 0 else text, "00" + text if value >= 0 else text]
    if value == int(value) and abs(value) < 1e15:
        ways += [str(int(value)), text + "0", f"{int(value)}."]
    if "e" not in text:
        ways.append(text + "00")
        if text.startswith("0."):
            ways.append(text[1:])
    return ways + [f"{value:.17e}"]


def column(kind):
    """Fields of one column."""
    n = int(r.integers(8, 30))
    pools = dict(
        large=[16777216, 16777217, 20000001, -20000003, 9007199254740993, 123456789012345678],
        mixed=[20000001, 20000002, 33554433],
        halves=[0.5, 1.0, 1.5, 2.0, -0.0, -3.25], tiny=[1e-5, 1e-4, 0.1, 0.30000000000000004, 1e16, 1e15, 123456.789, 1 / 3], far=[0.5, 16777217.0, 1e22, 5e-324, 1.7976931348623157e308])
    if kind in pools:
        pool = pools[kind]
        fields = [str(r.choice(spellings(pool[int(r.integers(len(pool)))]))) for _ in range(n)]
        if kind in ("halves", "tiny", "far"):
            fields[0] = repr(pool[0])
        if kind == "large":
            fields[0] = "16777217"
        if kind != "large" and r.random() < 0.5:
            fields = [str(r.choice(["", "NA", "nan"])) if r.random() < 0.2 and i else f for i, f in enumerate(fields)]
        return [" " * int(r.integers(0, 2)) + f + " " * int(r.integers(0, 2)) if f and f not in ("NA", "nan") and r.random() < 0.2 else f for f in fields]
    pools = dict(
        truth=["True", "False", "true", "FALSE", "TRUE", "false"], truthful=["True", "False", "3", "7", "true"],
        words=["a", " a", "a ", " a ", "b", "[UNK]", "NULL", "", "nil", "\u00e9", "e\u0301", "<=50K", " <=50K"], both=["1", "1.0", " 1", "x", "01", "", "1e0"])
    pool = pools[kind]
    fields = [str(r.choice(pool)) for _ in range(n)]
    if kind == "truthful":
        fields[:2] = ["True", "3"]
    if kind == "both":
        fields[0] = "x"
    return fields


lines = []
for number in range(300):
    kind = ["large", "mixed", "halves", "tiny", "far", "truth", "truthful", "words", "both"][number % 9]
    fields = column(kind)
    read = pd.read_csv(io.StringIO("c,d\n" + "".join(f"{f},1\n" for f in fields)), low_memory=False)["c"]
    texts = ["" if pd.isna(v) else str(v + 0 if isinstance(v, float) else v) for v in read.tolist()]
    # A category has no negative zero: it is 0, as a label is.
    texts = ["0.0" if t == "-0.0" else t for t in texts]
    lines.append(json.dumps(dict(kind=kind, fields=fields, texts=texts), ensure_ascii=True))
print("[" + ",\n".join(lines) + "]")
