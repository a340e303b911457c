"""Models behind TextVectorization and StringLookup whose inverse document frequencies adapt() found, with the answers of the library
that wrote them. A `.keras` has the frequencies among the weights, and its config has none.

    python make_frequencies.py frequencies      with keras 3.15.1 and tf_keras 2.21.0

`texts.csv` has the texts, answers.json the answers for each file; no .h5 can keep such a layer.
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
SEEN = ["good wine and bread", "bad wine", "bread bread cheese", "good good cheese and more", "wine"]
ASKED = ["wine and cheese", "good", "nothing known here", "bread wine wine", "bad bad good cheese bread more"]


def models(K):
    L = K.layers
    for name, layer in (
        ("texts", L.TextVectorization(output_mode="tf_idf")),
        ("padded", L.TextVectorization(output_mode="tf_idf", max_tokens=12, pad_to_max_tokens=True, ngrams=2)),
        ("words", L.StringLookup(output_mode="tf_idf")),
        ("two_unknown", L.StringLookup(output_mode="tf_idf", num_oov_indices=2)),
    ):
        layer.adapt(np.array(SEEN) if name in ("texts", "padded") else np.array([[t] for t in " ".join(SEEN).split()]))
        i = L.Input((1,), dtype="string", name="t")
        width = int(layer(tf.constant([["a"]])).shape[-1])
        yield name, K.Model(i, L.Dense(2)(L.Reshape((width,))(layer(i))))


answers = {}
for tag, K in (("tfk", tf_keras), ("k3", keras)):
    for name, model in models(K):
        r = np.random.default_rng(len(name))
        for w in model.layers[-1].weights:
            w.assign(r.normal(0, 1, w.shape))
        file = f"{name}.{tag}.keras"
        model.save(os.path.join(OUT, file))
        answers[file] = np.asarray(model(tf.constant([[t] for t in ASKED]), training=False)).tolist()
with open(os.path.join(OUT, "texts.csv"), "w", newline="") as f:
    rows = csv.writer(f, lineterminator="\n")
    rows.writerow(["t"])
    rows.writerows([t] for t in ASKED)
with open(os.path.join(OUT, "answers.json"), "w") as f:
    json.dump(answers, f)
