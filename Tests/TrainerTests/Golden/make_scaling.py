#!/usr/bin/env python3
"""Columns of any size, standardized by layers of real Keras that read raw float64 values.

usage: make_scaling.py; writes scaling.json beside this script. Needs Keras 3 (3.15) and scikit-learn.

The layers are Rescaling by powers of two, for columns with a deviation outside of 1e-6 … 1e15, and Normalization.
"""
import json
import math
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
from sklearn.preprocessing import StandardScaler


def main():
    rng = np.random.default_rng(14)
    spreads = [(1e-9, 0), (3e-30, 1e-29), (1e30, 1e31), (7e-7, 0), (2e15, 1e17), (1, 1000), (0.5, -3)]
    values = np.stack([offset + spread * rng.standard_normal(12) for spread, offset in spreads] + [np.full(12, 16777217.0)], axis=1)
    scaler = StandardScaler().fit(values)
    factors = np.array([1.0 if 1e-6 <= s <= 1e15 else 2.0 ** -math.floor(math.log2(s)) for s in scaler.scale_])
    model = keras.Sequential([
        keras.Input((values.shape[1],)), keras.layers.Rescaling(factors.tolist()),
        keras.layers.Normalization(mean=(scaler.mean_ * factors).tolist(), variance=(scaler.scale_ ** 2 * factors ** 2).tolist())])
    outputs = model.predict(values, verbose=0)
    outputs[:, -1] = 0  # a constant column, whose mean scikit-learn may find next to its value
    (pathlib.Path(__file__).parent / "scaling.json").write_text(json.dumps({
        "columns": values.T.tolist(), "factors": factors.tolist(), "outputs": outputs.T.astype(float).tolist(),
        "transformed": scaler.transform(values).T.tolist()}) + "\n")


if __name__ == "__main__":
    main()
