"""Writes summaries.json: statistics of columns by pandas, NumPy and Matplotlib's rule for box plots.

Made with pandas 2.3 or newer and NumPy 2. Run in this folder: python make_summaries.py
"""

import json

import numpy as np
import pandas as pd

wine = pd.read_csv("../../../../data/wine.csv")
columns = {name: wine[name].to_list() for name in ["fixed acidity", "chlorides", "free sulfur dioxide", "alcohol"]}
generator = np.random.default_rng(7)
columns["far"] = (1e9 + generator.normal(size=50)).tolist()
columns["missing"] = [None if i % 3 == 0 else float(i * i % 17) for i in range(40)]
columns["few"] = [2.0, 1.0, 4.0]
columns["one"] = [3.5]
columns["constant"] = [2.0] * 9


def summary(values):
    series = pd.Series(values, dtype=float)
    known = series.dropna()
    found = {key: float(value) for key, value in known.describe().items()}
    low, high = found["25%"], found["75%"]
    reach = 1.5 * (high - low)
    inside = known[(known >= low - reach) & (known <= high + reach)]
    found["whiskers"] = [min(float(inside.min()), low), max(float(inside.max()), high)]
    found["outliers"] = sorted(known[(known < low - reach) | (known > high + reach)].tolist())
    found["missing"] = int(series.isna().sum())
    found["distinct"] = int(known.nunique())
    edges = np.linspace(known.min(), known.max(), 8) if known.nunique() > 1 else np.array([1.0, 2.0, 3.0, 4.0])
    found["edges"] = edges.tolist()
    found["counts"] = np.histogram(known, edges)[0].tolist()
    if np.isnan(found["std"]):
        found["std"] = None
    return {"values": values, **found}


features = wine.drop(columns="quality")
target = (wine["quality"] == "good").astype(float).rename("quality")
groups = wine.groupby(list(features.columns))["quality"].nunique()
conflicting = groups[groups > 1].index
json.dump(
    {
        "columns": {name: summary(values) for name, values in columns.items()},
        "correlations": pd.concat([features, target], axis=1).corr().to_numpy().tolist(),
        "repeated": int(wine.duplicated().sum()),
        "conflicting_groups": len(conflicting),
    },
    open("summaries.json", "w"),
)
