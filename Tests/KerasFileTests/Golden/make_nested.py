"""Models inside models, written by tf_keras (tag tfk) and Keras 3 (tag k3), with their own answers.

    python make_nested.py nested

Frozen layers change the order of the weights in an .h5; a model inside may come first in a Sequential, be called twice,
have two outputs, or hold another. Same sidecars as in Tests/Fixtures.
"""
import json
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
OUT = sys.argv[1]


def models(K):
    L, M = K.layers, K.Model

    def inner(name, shape, frozen=()):
        x = i = L.Input(shape, name=name + "_in")
        x = L.Dense(4, activation="tanh", name="d1")(x)
        x = L.BatchNormalization(name="b1")(x)
        x = L.Dense(3, name="d2")(x)
        m = M(i, x, name=name)
        for f in frozen:
            m.get_layer(f).trainable = False
        return m

    i = L.Input((5,), name="x")
    yield "frozen_sublayer", M(i, L.Dense(2, name="head")(inner("backbone", (5,), ["d1"])(i)))
    whole = inner("backbone", (5,))
    whole.trainable = False
    i = L.Input((5,), name="x")
    yield "frozen_whole", M(i, L.Dense(2, name="head")(whole(i, training=False)))
    yield "sequential_of_models", K.Sequential([inner("first", (5,)), K.Sequential([L.Dense(4, name="s")], name="second"), L.Dense(2, name="head")])
    twice = inner("twice", (5,))
    a, b = L.Input((5,), name="a"), L.Input((5,), name="b")
    yield "called_twice", M([a, b], [L.Dense(2, name="head_a")(twice(a)), L.Dense(2, name="head_b")(twice(b))])
    i = L.Input((5,), name="two_in")
    h = L.Dense(4, activation="relu", name="h")(i)
    two = M(i, [L.Dense(3, name="p")(h), L.Dense(2, name="q")(h)], name="two_outputs")
    i = L.Input((5,), name="x")
    p, q = two(i)
    yield "two_outputs", M(i, [L.Dense(2, name="head")(q), L.Activation("tanh", name="out")(p)])
    middle_in = L.Input((5,), name="m")
    middle = M(middle_in, inner("deepest", (3,))(L.Dense(3, name="m1")(middle_in)), name="middle")
    i = L.Input((5,), name="x")
    yield "three_deep", M(i, L.Dense(2, name="head")(middle(i)))


def write(tag, K):
    for name, model in models(K):
        rng = np.random.default_rng(len(name))
        for w in model.weights:
            v = rng.normal(0, 0.5, w.shape).astype("f4")
            w.assign(np.abs(v) + 0.5 if "variance" in w.name or "variance" in getattr(w, "path", "") else v)
        xs = [rng.normal(0, 1, (3,) + tuple(i.shape[1:])).astype("f4") for i in model.inputs]
        ys = model(xs if len(xs) > 1 else xs[0], training=False)
        ys = ys if isinstance(ys, (list, tuple)) else [ys]
        base = f"{name}.{tag}"
        files = [base + ".h5"] + ([base + ".keras"])
        for f in reversed(files):
            model.save(os.path.join(OUT, f))
        side = {"kind": "inference", "name": base, "inputs": [], "variants": [{"tag": tag, "producer": K.__name__ + " " + K.__version__, "files": files, "outputs": [], "layers": [[type(l).__name__, l.name] for l in model.layers], "atol": 1e-5, "rtol": 1e-4}]}
        for kind, arrays, to in (("in", xs, side["inputs"]), ("out", [np.asarray(y, "f4") for y in ys], side["variants"][0]["outputs"])):
            for n, a in enumerate(arrays):
                file = f"{base}.{kind}{n}.bin"
                a.astype("<f4").tofile(os.path.join(OUT, file))
                to.append({"file": file, "shape": list(a.shape), "dtype": "float32"})
        json.dump(side, open(os.path.join(OUT, base + ".json"), "w"))


if __name__ == "__main__":
    import tf_keras
    write("tfk", tf_keras)
    import keras
    write("k3", keras)
