"""The nets of Keras' two tutorials on structured data, on made data, with the answers of the library that wrote them: "Structured data
classification from scratch" (a layer adapted for each column, written by Keras 3 and tf_keras) and "Structured data classification with
FeatureSpace" (Keras 3: the model for training takes encoded features, the one for inference raw columns; and the FeatureSpace alone).

    python make_tutorials.py tutorials      with keras 3.15.1 and tf_keras 2.21.0

Writes patients.csv (raw columns, with values that adapt() did not see), one file for each model, and answers.json with each model's
probabilities for the table's rows.
"""
import csv
import json
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")
import keras
import numpy as np
import tensorflow as tf
import tf_keras

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
INTEGERS, TEXTS, NUMBERS = ["ward", "pain", "smoker", "scan"], ["blood"], ["age", "weight", "pulse", "pressure", "drop"]
COLUMNS = INTEGERS + TEXTS + NUMBERS


def made(rows, seed):
    """A column of each kind that the tutorials have; and the probability depends on several of them."""
    r = np.random.default_rng(seed)
    table = dict(
        ward=r.integers(0, 5, rows), pain=r.integers(1, 5, rows), smoker=r.integers(0, 2, rows), scan=r.integers(0, 4, rows),
        blood=r.choice(["normal", "fixed", "reversible", "größer"], rows), age=r.integers(29, 78, rows).astype(float),
        weight=r.normal(74, 12, rows).round(1), pulse=r.integers(71, 203, rows).astype(float), pressure=r.normal(131, 18, rows).round(1),
        drop=r.exponential(1.1, rows).round(2))
    score = 0.05 * (table["age"] - 54) + 0.8 * table["smoker"] + 0.6 * (table["pain"] == 4) + 0.9 * (table["blood"] == "fixed") - 0.02 * (table["pulse"] - 140)
    return table, (r.random(rows) < 1 / (1 + np.exp(-score))).astype("f4")


def columns(table):
    """As tensors [rows, 1], of the types that the tutorials' inputs have."""
    kind = {**dict.fromkeys(INTEGERS, "int64"), **dict.fromkeys(TEXTS, object), **dict.fromkeys(NUMBERS, "f4")}
    return {name: tf.constant(np.asarray(table[name]).astype(kind[name]).reshape(-1, 1)) for name in COLUMNS}


def from_scratch(K, train, y):
    """Each number is normalized, each category looked up and written as one-hot, all joined, a hidden layer with dropout."""
    L = K.layers
    inputs = {name: K.Input((1,), name=name, dtype="string" if name in TEXTS else "int64" if name in INTEGERS else "float32") for name in COLUMNS}
    encoded = []
    for name in INTEGERS + TEXTS:
        lookup = (L.StringLookup if name in TEXTS else L.IntegerLookup)(output_mode="one_hot" if name == "pain" or K is tf_keras else "multi_hot")
        lookup.adapt(train[name])
        encoded.append(lookup(inputs[name]))
    for name in NUMBERS:
        normalize = L.Normalization()
        normalize.adapt(train[name])
        encoded.append(normalize(inputs[name]))
    h = L.Dense(32, activation="relu")(L.concatenate(encoded))
    model = K.Model(inputs, L.Dense(1, activation="sigmoid")(L.Dropout(0.5)(h)))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(train, y, batch_size=32, epochs=3, verbose=0)
    return model


def with_feature_space(train, y):
    FS = keras.utils.FeatureSpace
    space = FS(
        features={
            "ward": FS.integer_categorical(num_oov_indices=0), "pain": FS.integer_categorical(num_oov_indices=0), "smoker": FS.integer_categorical(num_oov_indices=0),
            "scan": FS.integer_categorical(num_oov_indices=1), "blood": FS.string_categorical(num_oov_indices=1), "age": FS.float_discretized(num_bins=12),
            **{name: FS.float_normalized() for name in NUMBERS[1:]}},
        crosses=[FS.cross(feature_names=("ward", "age"), crossing_dim=64), FS.cross(feature_names=("blood", "scan"), crossing_dim=16)], output_mode="concat")
    data = tf.data.Dataset.from_tensor_slices((train, y)).batch(32)
    space.adapt(data.map(lambda x, _: x))
    h = keras.layers.Dense(32, activation="relu")(space.get_encoded_features())
    outputs = keras.layers.Dense(1, activation="sigmoid")(keras.layers.Dropout(0.5)(h))
    training = keras.Model(space.get_encoded_features(), outputs)
    training.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    training.fit(data.map(lambda x, y: (space(x), y)), epochs=3, verbose=0)
    return space, training, keras.Model(space.get_inputs(), outputs)


keras.utils.set_random_seed(1)
tf_keras.utils.set_random_seed(1)
table, y = made(240, 1)
train = columns(table)
raw, _ = made(40, 2)
# Values that adapt() never saw, where the layer has a place for them.
raw["scan"][:3], raw["blood"][2:5] = [9, 17, -3], ["unknown", "", "FIXED"]
raw["age"][5:7] = [12, 99]
asked = columns(raw)
answers = {}


def keep(name, model, given, *suffixes):
    answers[name] = {"files": [name + suffix for suffix in suffixes], "probabilities": np.asarray(model(given, training=False)).reshape(-1).tolist()}
    for suffix in suffixes:
        model.save(os.path.join(OUT, name + suffix))


keep("from_scratch.k3", from_scratch(keras, train, y), asked, ".keras")
keep("from_scratch.tfk", from_scratch(tf_keras, train, y), asked, ".keras")  # it writes no lookup into an .h5
space, training, inference = with_feature_space(train, y)
keep("feature_space_inference.k3", inference, asked, ".keras")
keep("feature_space_training.k3", training, space(asked), ".keras")
space.save(os.path.join(OUT, "feature_space_alone.k3.keras"))
answers["feature_space_training.k3"]["inputs"] = np.asarray(space(asked)).tolist()

with open(os.path.join(OUT, "patients.csv"), "w", newline="") as f:
    rows = csv.writer(f, lineterminator="\n")
    # Another order than the models' inputs: columns are found by name.
    order = sorted(COLUMNS)
    rows.writerow(order)
    rows.writerows(zip(*([f"{v:g}" if name in NUMBERS else v for v in raw[name]] for name in order)))
with open(os.path.join(OUT, "answers.json"), "w") as f:
    json.dump(answers, f)
