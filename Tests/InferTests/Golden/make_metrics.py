#!/usr/bin/env python3
"""Small compiled models of tf_keras 2 and Keras 3, arrays, and what Keras' evaluate says of them: metrics/.

usage: make_metrics.py    (in this folder; needs tf_keras 2.21 and keras 3.15 with TensorFlow)
"""
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tf_keras

FOLDER = pathlib.Path(__file__).resolve().parent / "metrics"
# Two batches of the same size: Keras 3's losses of single outputs are means of batches, however small the last one is.
ROWS = 64
random = np.random.RandomState(7)
x = random.randn(ROWS, 4).astype("float32")
score = x @ np.array([1.0, -1.0, 0.5, 0.0], "float32") + 0.6 * random.randn(ROWS).astype("float32")
Y = {
    "binary": (score > 0).astype("int64"),
    "signs": np.where(score > 0, 1, -1).astype("int64"),
    "kinds": np.digitize(score, [-0.7, 0.7]).astype("int64"),
    "several": (np.stack([score, x[:, 3], score + x[:, 2]], 1) > 0).astype("float32"),
    "value": score.astype("float32"),
    "values": np.stack([score, 2 * x[:, 3], score - x[:, 2]], 1).astype("float32"),
    "counts": np.round(np.exp(np.clip(score, -2, 2))).astype("float32"),
    "whole": x[:, :1] + (np.arange(ROWS)[:, None] % 3 == 0).astype("float32"),
}
Y["onehot"] = np.eye(3, dtype="float32")[Y["kinds"]]


def cases(k):
    l, m, dense = k.losses, k.metrics, k.layers.Dense
    third = k is keras
    yield "logit", [dense(1)], l.BinaryCrossentropy(from_logits=True), "binary", [
        "accuracy", m.BinaryAccuracy(threshold=0.0, name="at_zero"), m.AUC(from_logits=True), m.Precision(thresholds=0.0), m.Recall(thresholds=0.2, name="some")]
    yield "sigmoid", [dense(1, activation="sigmoid")], "binary_crossentropy", "binary", [
        "accuracy", m.AUC(curve="PR", name="pr"), m.AUC(num_thresholds=50), m.Precision(), m.Recall(thresholds=0.3), m.TruePositives(), m.FalseNegatives(thresholds=0.6),
        m.SensitivityAtSpecificity(0.5), m.PrecisionAtRecall(0.7), m.BinaryCrossentropy(label_smoothing=0.1), "mse", m.BinaryIoU(target_class_ids=[1], threshold=0.4)]
    yield "ignored_logits", [dense(1, activation="sigmoid")], l.BinaryCrossentropy(from_logits=True), "binary", ["accuracy", m.AUC()]
    yield "sparse", [dense(3, activation="softmax")], "sparse_categorical_crossentropy", "kinds", [
        "accuracy", m.SparseTopKCategoricalAccuracy(k=2), m.SparseCategoricalCrossentropy(name="again"), m.SparseCategoricalAccuracy()]
    yield "onehot", [dense(3, activation="softmax")], "categorical_crossentropy", "onehot", [
        "accuracy", m.AUC(), m.Precision(class_id=1), m.Recall(top_k=2), m.Precision(top_k=1, class_id=2, name="top"), m.TopKCategoricalAccuracy(k=2), m.CosineSimilarity(), m.KLDivergence(),
        m.F1Score(average="macro"), m.FBetaScore(average="weighted", beta=2.0), m.OneHotMeanIoU(num_classes=3), m.OneHotIoU(num_classes=3, target_class_ids=[0, 2]),
        m.CategoricalCrossentropy(label_smoothing=0.2, name="smooth")]
    yield "sparse_logits", [dense(3)], l.SparseCategoricalCrossentropy(from_logits=True), "kinds", ["accuracy", m.SparseCategoricalCrossentropy(from_logits=True, name="again")]
    yield "onehot_logits", [dense(3)], l.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), "onehot", ["accuracy", m.CategoricalCrossentropy(from_logits=True), m.AUC(from_logits=True)]
    yield "several", [dense(3, activation="sigmoid")], "binary_crossentropy", "several", ["accuracy", "binary_accuracy", m.AUC(), m.Precision(), m.Recall(class_id=2), m.F1Score(average="micro", threshold=0.5)]
    yield "several_logits", [dense(3)], l.BinaryCrossentropy(from_logits=True), "several", [m.BinaryAccuracy(threshold=0.0), m.AUC(from_logits=True), m.Precision(thresholds=0.0)]
    yield "tanh", [dense(1, activation="tanh")], "hinge", "signs", ["accuracy", m.Hinge(), m.SquaredHinge()]
    yield "margin", [dense(1)], "squared_hinge", "binary", ["accuracy", m.BinaryAccuracy(threshold=0.0, name="sign"), m.Hinge(name="plain_hinge")]
    yield "margins", [dense(3)], "categorical_hinge", "onehot", ["accuracy", m.CategoricalHinge(name="again")]
    yield "value", [dense(1)], "mse", "value", ["mae", m.RootMeanSquaredError(), m.MeanAbsolutePercentageError(), m.LogCoshError(), m.CosineSimilarity()] + ([m.R2Score()])
    yield "values", [dense(3)], k.losses.Huber(delta=0.7), "values", ["mse", "mae", m.R2Score(class_aggregation="variance_weighted_average"), m.CosineSimilarity()]
    yield "counts", [dense(1, activation="exponential")], "poisson", "counts", [m.Poisson(name="again"), "msle", m.MeanSquaredLogarithmicError(name="log")]
    yield "whole", [k.layers.Rescaling(1.0), dense(1)], "mae", "whole", [m.Accuracy(name="equal"), m.MeanSquaredError()]
    yield "penalty", [dense(3, activation="relu", kernel_regularizer=k.regularizers.L2(0.01)), dense(2, activation="softmax")], "sparse_categorical_crossentropy", "binary", ["acc"]


def target(k, name):
    """The labels as this Keras takes them: the metrics of Keras 3 want the rank of the output."""
    return Y[name][:, None] if k is keras and Y[name].ndim == 1 and name != "kinds" else Y[name]


def save(k, tag, suffix, model, name, y, said):
    file = f"{name}.{tag}{suffix}"
    model.save(FOLDER / file)
    names = list(y) if isinstance(y, list) else [y]
    targets = [target(k, n) for n in names]
    again = k.models.load_model(FOLDER / file)
    inputs = [x, x[:, :2]][: len(again.inputs)]
    found = again.evaluate(inputs if len(inputs) > 1 else x, targets if len(targets) > 1 else targets[0], batch_size=32, verbose=0, return_dict=True)
    said[file] = {"labels": names, "inputs": len(inputs), "said": {n: float(v) for n, v in found.items()}}


def main():
    FOLDER.mkdir(exist_ok=True)
    np.save(FOLDER / "x.npy", x)
    np.save(FOLDER / "x2.npy", x[:, :2])
    for name, y in Y.items():
        np.save(FOLDER / f"{name}.npy", y)
    said = {}
    for k, tag, suffix in ((tf_keras, "tfk", ".h5"), (keras, "k3", ".keras")):
        for name, layers, loss, y, metrics in cases(k):
            k.utils.set_random_seed(3)
            model = k.Sequential([k.Input((4,))] + layers)
            model.compile(optimizer="sgd", loss=loss, metrics=metrics, weighted_metrics=["accuracy"] if name == "sparse" else None)
            if name == "whole":
                model.set_weights([np.array([[1], [0], [0], [0]], "float32"), np.zeros(1, "float32")])
                model.layers[0].scale = 1.0
            else:
                model.fit(x, target(k, y), epochs=3, verbose=0)
            save(k, tag, suffix, model, name, y, said)
        k.utils.set_random_seed(5)
        a, b = k.Input((4,), name="a"), k.Input((2,), name="b")
        both = k.layers.Concatenate()([a, b])
        outs = [k.layers.Dense(3, activation="softmax", name="kind")(both), k.layers.Dense(1, name="size")(both), k.layers.Activation("sigmoid", name="side")(k.layers.Dense(1)(both))]
        model = k.Model([a, b], outs)
        m = k.metrics
        model.compile(optimizer="sgd", loss={"kind": "sparse_categorical_crossentropy", "size": "mse", "side": "binary_crossentropy"}, loss_weights={"kind": 1.0, "size": 0.3, "side": 2.0},
                      metrics={"kind": ["accuracy"], "size": ["mae", m.RootMeanSquaredError()], "side": [m.AUC(name="auc"), "accuracy"]})
        model.fit([x, x[:, :2]], [target(k, n) for n in ("kinds", "value", "binary")], epochs=2, verbose=0)
        save(k, tag, suffix, model, "three", ["kinds", "value", "binary"], said)
    (FOLDER / "said.json").write_text(json.dumps(said, indent=1) + "\n")


main()
