#!/usr/bin/env python3
"""R² of several outputs by scikit-learn's r2_score (the mean of the outputs'). Written to r2.json beside this script.

usage: make_r2.py        needs NumPy and scikit-learn
"""
import json
import pathlib

import numpy as np
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

draw = np.random.RandomState(7)
cases = []
for width in (1, 2, 3, 5):
    truth = draw.randn(40, width) * 10.0 ** draw.randint(-2, 4, width) + draw.randn(width)
    guess = truth + draw.randn(40, width) * np.std(truth, axis=0) * draw.uniform(0.05, 1.5, width)
    if width > 2:  # constant outputs, the last one with errors
        truth[:, 0] = guess[:, 0] = 2
        truth[:, -1] = 3
    cases.append({
        "width": width, "truth": truth.ravel().tolist(), "prediction": guess.ravel().tolist(), "r2": r2_score(truth, guess),
        "mae": mean_absolute_error(truth, guess), "mse": mean_squared_error(truth, guess)})
pathlib.Path(__file__).with_name("r2.json").write_text(json.dumps(cases) + "\n")
