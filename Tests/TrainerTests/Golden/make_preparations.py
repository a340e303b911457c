"""Writes preparations.json: 300 random tables and what scikit-learn makes of rows that it was not fitted to.

    python make_preparations.py [FIRST [COUNT]] > preparations.json

Made with scikit-learn 1.9.1 and NumPy 2.4.6. The tables are those of tools/tables/random_tables.py, smaller: the first 6 rows are the new ones, the other 40 are for training.
`slack` is by how much the rounding of raw numbers to float32, in which Keras reads them, may move a number of
size 1 beyond 1e-6, and larger ones in proportion.
"""
import json, os, sys, tempfile, warnings
warnings.filterwarnings("ignore")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../tools/tables"))
import numpy as np
import random_tables as tables

NEW, ROWS = 6, 40
first = int(sys.argv[1]) if len(sys.argv) > 1 else 10_001
count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
lines = []
for seed in range(first, first + count):
    columns, a, b, r, _ = tables.case(seed, ROWS, NEW)
    for c in columns:
        # A category needs a value that is not rare.
        if c["kind"] == "category" and c["rare"] > 1:
            x = a[c["name"]]
            if np.unique(x[~np.isnan(x)] if c["whole"] else x.astype(str), return_counts=True)[1].max() < c["rare"]:
                c["rare"] = 1
    want = tables.expected(columns, a, b)
    slack = tables.rounding(columns, a, b, want).max(0)
    with tempfile.TemporaryDirectory() as folder:
        joined = {k: np.concatenate([b[k], a[k]]) for k in a}
        tables.write(folder + "/t.csv", tables.as_written(columns, joined), np.arange(NEW + ROWS) % 2)
        text = open(folder + "/t.csv", newline="").read().replace("\r\n", "\n")
    options = json.loads(tables.recipe(columns, "t.csv", "golden"))["data"]["columns"]
    lines.append(json.dumps(
        dict(seed=seed, columns=json.dumps(options, ensure_ascii=False), table=text, slack=[float(f"{s:.2g}") for s in slack],
             expected=[[float(f"{v:.8g}") for v in row] for row in want]), ensure_ascii=False, separators=(",", ":")))
print("[" + ",\n".join(lines) + "]")
