#!/usr/bin/env python3
"""Random columns, standardized by `trainer fit` and read again by real Keras from the saved file.

usage: scaling.py LIBRARY SEED COUNT

For each table the recipe has StandardScaler and a linear Dense. LIBRARY (tf_keras or keras) reads the saved file and predicts from the raw float64
values; it must give what `infer score` gives (1e-5 of the largest value: the same float32 operations, added up in another order), and what
scikit-learn's scaler and the same Dense give in float64, as far as float32 can hold the columns. A table may be refused if it cannot.
"""
import logging
import os
import pathlib
import random
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests/DatasetsTests/Golden/random"))

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from common import Refused, run
from make_random import column

RECIPE = """name: scaled
data: {{ csv: {table}, target: y, preprocess: [StandardScaler] }}
model: [{{ Dense: {{ units: 1 }} }}]
compile: {{ optimizer: sgd, loss: mse }}
fit: {{ epochs: 1, batch_size: 4, seed: 3 }}
"""


def check(keras, seed, folder):
    draw = random.Random(seed)
    rng = np.random.default_rng(seed)
    rows = draw.randint(5, 40)
    values = np.stack([column(draw, rng, rows) for _ in range(draw.randint(2, 5))], axis=1)
    frame = pd.DataFrame(values, columns=[f"c{i}" for i in range(values.shape[1])])
    frame["y"] = rng.standard_normal(rows)
    table, recipe, model, output = (str(folder / f"{seed}{end}") for end in (".csv", ".yaml", ".h5", "-scored.csv"))
    frame.to_csv(table, index=False)
    pathlib.Path(recipe).write_text(RECIPE.format(table=table))
    with np.errstate(over="ignore"):
        singles = values.astype(np.float32).astype(np.float64)
    scaler = StandardScaler().fit(values)
    lost = np.abs(values - singles).max(axis=0) / scaler.scale_
    store = ("--store", str(folder / "models"))
    try:
        run("trainer", "fit", recipe, *store)
    except Refused as refused:
        return None if not (lost < 1 / 512).all() and "tell apart" in str(refused) else f"refused: {refused}"
    run("registry", "export", "scaled", model, *store)
    run("infer", "score", table, "--model", model, "-o", output)
    ours = pd.read_csv(output)["prediction"].to_numpy()
    loaded = keras.models.load_model(model, compile=False)
    theirs = np.asarray(loaded.predict(values, verbose=0))[:, 0]
    kernel, bias = (np.asarray(w, np.float64) for w in loaded.layers[-1].get_weights())
    exact = (scaler.transform(values) @ kernel + bias)[:, 0]
    size = max(1, np.abs(exact).max())
    rounding = 3 * (np.abs(values).max(axis=0) * 2.0 ** -24 / scaler.scale_ * np.abs(kernel[:, 0])).sum()
    if not np.abs(ours - theirs).max() <= 1e-5 * size:
        return f"infer and Keras differ by {np.abs(ours - theirs).max():.2g}"
    if not np.abs(ours - exact).max() <= 1e-5 * size + rounding:
        return f"scikit-learn's scaler gives another answer: {np.abs(ours - exact).max():.2g}, allowed {1e-5 * size + rounding:.2g}"
    return ""


def main():
    library, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    logging.disable(logging.WARNING)
    keras = __import__(library)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for index in range(seed, seed + count):
            results.append(check(keras, index, pathlib.Path(folder)))
            if results[-1]:
                print(f"scaling {library} seed {index}: {results[-1]}")
    bad = sum(bool(result) for result in results)
    print(f"scaling {library}: {results.count('')} as Keras and scikit-learn, {results.count(None)} refused, {bad} wrong")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
