"""Metrics of an output with a mask, by tf_keras (tag tfk), where all of them leave out masked steps, and Keras 3 (tag k3), where
only means of a function do.

    python make_masked_metrics.py rules
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import numpy as np


def write(tag, K):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(12, 5, 2)).astype("f4")
    for row in x:
        row[rng.integers(1, 5):] = 0
    y = rng.integers(0, 2, (12, 5, 1)).astype("f4")
    L, M = K.layers, K.metrics
    model = K.Sequential([L.Input((5, 2)), L.Masking(), L.Dense(1, activation="sigmoid")])
    model.set_weights([rng.normal(size=(2, 1)).astype("f4"), np.full(1, 0.2, "f4")])
    model.compile("sgd", "binary_crossentropy", metrics=[
        "accuracy", M.AUC(name="auc"), M.Precision(name="precision"), M.Recall(name="recall"),
        M.MeanAbsoluteError(name="mae"), M.RootMeanSquaredError(name="rmse"), M.BinaryIoU(name="iou")])
    answers = model.evaluate(x, y, batch_size=12, verbose=0, return_dict=True)
    model.save(os.path.join(sys.argv[1], f"masked_metrics.{tag}." + ("keras" if tag == "k3" else "h5")))
    return {"answers": {k: float(v) for k, v in answers.items()}, "x": x.ravel().tolist(), "y": y.ravel().tolist()}


if __name__ == "__main__":
    import keras
    import tf_keras
    both = {tag: write(tag, K) for tag, K in (("tfk", tf_keras), ("k3", keras))}
    with open(os.path.join(sys.argv[1], "masked_metrics.json"), "w") as file:
        json.dump(both, file)
