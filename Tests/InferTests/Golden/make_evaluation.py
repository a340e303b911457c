#!/usr/bin/env python3
"""Makes evaluation/: compiled models whose loss is more than a mean of what each sample costs, and what Keras' evaluate says.

usage: make_evaluation.py          needs tensorflow, tf_keras 2.21, keras 3.15
"""
import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tf_keras

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "evaluation")
RANDOM = np.random.RandomState(7)
X = RANDOM.randn(40, 5, 2).astype("float32")
KINDS = RANDOM.randint(0, 3, 40).astype("int32")
HALVES = (KINDS > 0).astype("int32")


def penalties(K):
    """Of a frozen layer, which Keras 2 counts and Keras 3 does not; of answers; of angles."""
    L, R = K.layers, K.regularizers
    return [L.Flatten(), L.Dense(4, kernel_regularizer=R.L2(0.05), trainable=False), L.Dense(3, activity_regularizer=R.L2(0.1), activation="tanh"),
            L.Dense(3, kernel_regularizer=R.OrthogonalRegularizer(0.2), activation="softmax")], "sparse_categorical_crossentropy"


def hinge(K):
    """Another loss than cross-entropy sees what the sigmoid gives."""
    return [K.layers.Flatten(), K.layers.Dense(1, activation="sigmoid")], "squared_hinge"


def ignored(K):
    """So sure that Keras 2, which goes back to the logits, says something else than Keras 3, which does not."""
    return [K.layers.Flatten(), K.layers.Rescaling(20.0), K.layers.Dense(3, activation="softmax")], K.losses.SparseCategoricalCrossentropy(ignore_class=1)


def probabilities(K):
    """Outputs that are taken for probabilities, whatever they are. (Keras 2 answers as TensorFlow orders its sums of 1e-7.)"""
    return [K.layers.Flatten(), K.layers.Dense(1)], K.losses.BinaryCrossentropy()


def free(K):
    """Any number of steps."""
    return [K.layers.GlobalAveragePooling1D(), K.layers.Dense(3, activation="softmax")], "sparse_categorical_crossentropy"


said = {}
for K, make in [(tf_keras, penalties), (keras, penalties), (tf_keras, hinge), (tf_keras, ignored), (tf_keras, free), (keras, probabilities), (keras, ignored)]:
    K.utils.set_random_seed(5)
    layers, loss = make(K)
    model = K.Sequential([K.Input((None if make is free else 5, 2)), *layers])
    for weight in model.weights:
        weight.assign(RANDOM.randn(*weight.shape) * 0.5)
    model.compile(K.optimizers.SGD(0.01), loss, metrics=["accuracy"])
    labels = HALVES if layers[-1].units == 1 else KINDS
    name = f"{make.__name__}.{'k3.keras' if K is keras else 'tfk.h5'}"
    model.save(os.path.join(FOLDER, name))
    said[name] = {"classes": max(2, layers[-1].units), "loss": float(model.evaluate(X, labels, verbose=0, return_dict=True)["loss"])}
with open(os.path.join(FOLDER, "said.json"), "w") as file:
    json.dump({"shape": [5, 2], "x": [round(float(v), 9) for v in X.ravel()], "kinds": KINDS.tolist(), "halves": HALVES.tolist(), "said": said}, file)
