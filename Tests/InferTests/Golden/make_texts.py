"""Models that read texts, the texts as tables, lines and arrays, and the answers of the library that wrote the models.

    python make_texts.py texts      with keras 3.15.1, tf_keras 2.21.0, pandas and numpy

`one` reads a text a sample: words for missing values and blanks are in its vocabulary. `one.csv` is what pandas reads with read_csv, a missing value being "" as
fillna("") makes it; in `one.jsonl` each text is what it is. `three` reads three texts a sample, and `split` splits each of two into words.
"""
import json
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
import tf_keras

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
ODD = ["red", "NA", "null", "None", "nan", "n/a", "  ", " NA", "NA ", "-", "é"]
ONE = ODD + ["", "blue", " ", "NULL", "N/A", "<NA>", "red "]
THREE = [["red", "NA", ""], ["blue", "é", "red"], ["é", "é", "  "], ["", "", ""], ["green", "red ", "Red"]]


def models(K):
    L = K.layers
    i = L.Input((1,), dtype="string", name="t")
    yield "one", K.Model(i, L.Dense(1)(L.StringLookup(vocabulary=ODD, output_mode="one_hot")(i)))
    i = L.Input((3,), dtype="string", name="t")
    x = L.StringLookup(vocabulary=["red", "NA", "é", "  "], mask_token="")(i)
    yield "three", K.Model(i, L.Dense(2)(L.Flatten()(L.Embedding(6, 3)(x))))
    i = L.Input((3,), dtype="string", name="t")
    yield "counts", K.Model(i, L.Dense(2)(L.StringLookup(vocabulary=["red", "NA", "é"], output_mode="count", num_oov_indices=2)(i)))
    i = L.Input((3,), dtype="string", name="t")
    yield "hashed", K.Model(i, L.Dense(2)(L.Flatten()(L.Embedding(7, 3)(L.Hashing(7)(i)))))
    i = L.Input((None,), dtype="string", name="t")
    x = L.Embedding(6, 3)(L.StringLookup(vocabulary=["red", "NA", "é", "  "], mask_token="")(i))
    yield "free", K.Model(i, L.Dense(2)(L.GlobalAveragePooling1D()(x)))


with open(os.path.join(OUT, "one.csv"), "w", newline="") as f:
    f.write("n,t\n" + "".join(f"{n},{text}\n" for n, text in enumerate(ONE)))
with open(os.path.join(OUT, "one.jsonl"), "w") as f:
    f.write("".join(json.dumps({"t": text}, ensure_ascii=False) + "\n" for text in ONE))
three = np.array(THREE)
arrays = {
    "three": three, "three_fortran": np.asfortranarray(three), "three_big": three.astype(">" + three.dtype.str[1:]),
    "three_bytes": np.array([[text.encode() for text in row] for row in THREE]),
}
for name, array in arrays.items():
    np.save(os.path.join(OUT, name + ".npy"), array)
with open(os.path.join(OUT, "three.csv"), "w", newline="") as f:
    f.write("c,a,b\n" + "".join(f"{c},{a},{b}\n" for a, b, c in THREE))
with open(os.path.join(OUT, "three.jsonl"), "w") as f:
    f.write("".join(json.dumps(dict(zip("bca", (b, c, a))), ensure_ascii=False) + "\n" for a, b, c in THREE))

read = pd.read_csv(os.path.join(OUT, "one.csv"))["t"].fillna("").tolist()
table = pd.read_csv(os.path.join(OUT, "three.csv")).fillna("")[["a", "b", "c"]].to_numpy(str).tolist()
answers = {}
for tag, K in (("tfk", tf_keras), ("k3", keras)):
    for name, model in models(K):
        r = np.random.default_rng(len(name))
        for w in model.weights:
            if "float" in str(w.dtype):
                w.assign(r.normal(0, 1, w.shape))
        file = f"{name}.{tag}.keras"
        model.save(os.path.join(OUT, file))

        def answer(texts):
            return np.asarray(model(tf.constant(texts), training=False)).tolist()

        if name == "one":
            answers[file] = {"csv": answer([[t] for t in read]), "jsonl": answer([[t] for t in ONE])}
        else:
            answers[file] = {"npy": answer(THREE), "jsonl": answer(THREE), "csv": answer(table)}
with open(os.path.join(OUT, "answers.json"), "w") as f:
    json.dump(answers, f)
