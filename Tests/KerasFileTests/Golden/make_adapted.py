"""Discretization whose boundaries adapt() found, written by tf_keras (tag tfk) and Keras 3 (tag k3), and a model on Keras 3's
FeatureSpace (numbers only), with their own answers.

    python make_adapted.py adapted      with keras 3.15.1 and tf_keras 2.21.0

A tf_keras file has the boundaries only as the summary that adapt() made of the data. Same sidecars as in Tests/Fixtures.
"""
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
DATA = np.random.default_rng(1).normal(3, 2, (500, 1)).astype("f4")


def models(K):
    L, M = K.layers, K.Model

    def bins(data, count, mode="one_hot", **more):
        layer = L.Discretization(num_bins=count, output_mode=mode, **more)
        layer.adapt(data)
        return layer

    i = L.Input((1,), name="x")
    yield "one_hot", M(i, L.Dense(2)(bins(DATA, 7)(i)))
    i = L.Input((1,), name="x")
    yield "embedded", M(i, L.Dense(2)(L.Flatten()(L.Embedding(12, 3)(bins(DATA, 12, "int")(i)))))
    i = L.Input((1,), name="x")
    yield "few_values", M(i, L.Dense(2)(bins(DATA[:5], 9)(i)))
    i = L.Input((1,), name="x")
    yield "whole_numbers", M(i, L.Dense(2)(bins(np.round(DATA), 10, epsilon=0.05)(i)))
    yield "sequential", K.Sequential([L.Input((2,), name="x"), bins(DATA, 4, "multi_hot"), L.Dense(2)])
    a = L.Input((1,), name="a")
    both = L.Concatenate()([bins(DATA, 3)(a), bins(DATA * 2, 5)(a), L.Dense(2)(a)])
    inner = M(a, both, name="inner")
    x, y = L.Input((1,), name="x"), L.Input((1,), name="y")
    yield "nested", M([x, y], L.Dense(2)(L.Concatenate()([inner(x), bins(DATA + 1, 6)(y)])))


def feature_space():
    space = keras.utils.FeatureSpace(
        features={
            "code": keras.utils.FeatureSpace.integer_categorical(num_oov_indices=1), "flag": keras.utils.FeatureSpace.integer_categorical(num_oov_indices=0),
            "hashed": keras.utils.FeatureSpace.integer_hashed(num_bins=5), "age": keras.utils.FeatureSpace.float_discretized(num_bins=6),
            "weight": "float_normalized", "share": "float_rescaled", "plain": "float"},
        crosses=[keras.utils.FeatureSpace.cross(("code", "flag"), crossing_dim=16)], output_mode="concat")
    r = np.random.default_rng(4)
    table = dict(code=r.integers(0, 6, 200), flag=r.integers(0, 2, 200), hashed=r.integers(0, 90, 200), age=r.uniform(20, 80, 200).round(),
                 weight=r.normal(70, 9, 200), share=r.uniform(0, 255, 200), plain=r.normal(0, 1, 200))
    space.adapt(tf.data.Dataset.from_tensor_slices({k: v.reshape(-1, 1) for k, v in table.items()}).batch(50))
    h = keras.layers.Dense(8, activation="tanh")(space.get_encoded_features())
    model = keras.Model(space.get_inputs(), keras.layers.Dense(2)(h))
    return model, [table[i.name][:20] for i in model.inputs]


def write(tag, K, name, model, xs=None):
    r = np.random.default_rng(len(name))
    for w in model.weights:
        if "summary" not in (getattr(w, "path", "") + w.name) and w.dtype == "float32" and w.trainable:
            w.assign(r.normal(0, 0.5, w.shape))
    if xs is None:
        xs = [r.normal(3, 3, (24,) + tuple(i.shape[1:])) for i in model.inputs]
    xs = [np.asarray(x, "f4").reshape((len(x), -1)) for x in xs]
    names = [i.name for i in model.inputs]
    y = np.asarray(model({n: tf.constant(x) for n, x in zip(names, xs)} if name == "feature_space" else xs if len(xs) > 1 else xs[0], training=False))
    base = f"{name}.{tag}"
    files = [base + ".keras"] + ([] if name == "feature_space" else [base + ".h5"])
    for f in list(files):
        try:
            model.save(os.path.join(OUT, f))
        except ValueError:  # tf_keras writes no .h5 in which two weights of a model inside have one name
            assert name == "nested" and f.endswith(".h5")
            os.remove(os.path.join(OUT, f))
            files.remove(f)
    side = {"kind": "inference", "name": base, "inputs": [], "variants": [{"tag": tag, "producer": K.__name__ + " " + K.__version__, "files": files, "outputs": [], "layers": [[type(l).__name__.replace("TFDConcat", "Concatenate").replace("TFDIdentity", "Identity"), l.name] for l in model.layers], "atol": 1e-5, "rtol": 1e-4}]}
    for kind, arrays, to in (("in", xs, side["inputs"]), ("out", [y], side["variants"][0]["outputs"])):
        for n, a in enumerate(arrays):
            file = f"{base}.{kind}{n}.bin"
            a.astype("<f4").tofile(os.path.join(OUT, file))
            to.append({"file": file, "shape": list(a.shape), "dtype": "float32"})
    with open(os.path.join(OUT, base + ".json"), "w") as f:
        json.dump(side, f, indent=1)


for name, model in models(tf_keras):
    write("tfk", tf_keras, name, model)
for name, model in models(keras):
    write("k3", keras, name, model)
write("k3", keras, "feature_space", *feature_space())
