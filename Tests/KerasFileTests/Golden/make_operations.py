"""Graphs with plain functions of tensors between layers, written by tf_keras (tag tfk, where they are TFOpLambda) and Keras 3
(tag k3, where they are operations), with their answers before and after three steps of plain gradient descent.

    python make_operations.py operations [only those whose names begin so]

Sidecars as those of make_cells.py. With Keras 2.10 or 2.12 in place of these it writes some of the models (tag as 2.10.0).
"""
import collections
import inspect
import os

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# Python 3.11 has no more what TensorFlow 2.12 names.
inspect.ArgSpec = getattr(inspect, "ArgSpec", collections.namedtuple("ArgSpec", "args varargs keywords defaults"))
import tensorflow as tf  # noqa: E402
from make_cells import OUT, write  # noqa: E402


def models(K, tag):
    L, M = K.layers, K.Model
    v2 = tag != "k3"
    O = tf if v2 else K.ops

    def ends(x):
        """Something to train in front of the functions, or behind them."""
        return L.Dense(2)(x)

    def graph(name, body, shape=(4, 3)):
        i = L.Input(shape, name="x")
        return name, M(i, ends(body(L.Dense(3)(i))))

    # Arithmetic with constants and between tensors.
    yield graph("constants", lambda x: 1.5 - (2 * (x / 255.0 - 0.25) + np.array([0.1, 0.2, 0.3], "f4")) * 3.0)
    yield graph("vectors", lambda x: x * np.array([[1.0, -2.0, 0.5]], "f4") - np.array([0.1, 0.2, 0.3], "f4"))
    yield graph("tensors", lambda x: (x + L.Dense(3)(x)) * x - L.Dense(3)(x))
    yield graph("quotient", lambda x: x / (1.5 + L.Dense(3, activation="sigmoid")(x)))
    yield graph("repeated", lambda x: x * L.Dense(1, activation="sigmoid")(x) + L.Dense(1)(x))
    yield graph("powers", lambda x: (x ** 2 + 1.0) ** 0.5 + (x ** 2 + 0.5) ** 1.5 + 1 / (x ** 2 + 1.0))
    yield graph("negated", lambda x: -x + O.square(x) - O.abs(x))
    yield graph("limits", lambda x: O.maximum(x, 0.0) + O.minimum(x, 0.3) + O.maximum(x, -0.4) + O.maximum(x, L.Dense(3)(x)))
    clip = O.clip_by_value if v2 else O.clip
    yield graph("clip", lambda x: clip(x, -0.5, 0.75) + O.minimum(L.Dense(3)(x), x))
    math = tf.math if v2 else O
    yield graph("roots", lambda x: O.sqrt(x * x + 1.0) + math.rsqrt(x * x + 0.7) + math.log(x * x + 0.9) + math.log1p(x * x) + O.sin(x) + O.cos(x))

    # Activations.
    nn = tf.nn if v2 else O
    yield graph("rectifiers", lambda x: nn.relu(x) + nn.relu6(3 * x) + nn.elu(x) + nn.selu(x) + nn.leaky_relu(x) + nn.leaky_relu(x, 0.1))
    yield graph("curves", lambda x: nn.sigmoid(x) + O.tanh(x) + nn.silu(x) + nn.softplus(x) + nn.softsign(x) + O.exp(x))
    yield graph("gelu", lambda x: nn.gelu(x, approximate=True) + nn.gelu(x, approximate=False))
    yield graph("softmax", lambda x: nn.softmax(x) + nn.softmax(x, axis=1))
    yield graph("keras_activations", lambda x: K.activations.relu(x) + K.activations.softmax(x) + K.activations.gelu(x)
                + K.activations.hard_sigmoid(x) + K.activations.relu(x, max_value=1.0))

    # Along axes.
    reduce = {f: getattr(tf, "reduce_" + f) if v2 else getattr(O, f) for f in ("mean", "sum", "max", "min")}
    yield graph("mean", lambda x: reduce["mean"](x, axis=1))
    yield graph("reduced", lambda x: x + reduce["mean"](x, axis=[1, 2], keepdims=True) + reduce["max"](x, axis=-1, keepdims=True)
                + reduce["sum"](x, axis=1, keepdims=True) + reduce["min"](x, axis=-2, keepdims=True))
    yield graph("extremes", lambda x: reduce["max"](x, axis=-1) + reduce["min"](x, axis=2) + reduce["sum"](x, axis=-1))
    yield graph("pictures", lambda x: reduce["mean"](x, axis=(1, 2)) + reduce["max"](x, axis=[1, 2]), (4, 3, 2))
    if v2:
        yield graph("unit_length", lambda x: tf.math.l2_normalize(x, axis=-1) + tf.nn.l2_normalize(x, 1))

    # Places and shapes.
    yield graph("first", lambda x: x[:, 0])
    yield graph("places", lambda x: O.concatenate([x[:, -1, :], x[:, 1]], axis=-1) if not v2 else tf.concat([x[:, -1, :], x[:, 1]], -1))
    yield graph("ranges", lambda x: x[:, 1:3, ::2] + x[:, ::-2, 1:] + x[..., :2][:, 1:-1])
    yield graph("backwards", lambda x: x[..., ::-1] * x[:, ::-1, :])
    yield graph("new_axes", lambda x: x[:, None] * x[:, :, None, :] + x[:, None, 0:1])
    yield graph("axes", lambda x: O.squeeze(O.expand_dims(x, -1) + O.expand_dims(O.expand_dims(x, 1), -1)[:, 0], -1))
    concat = (lambda xs, axis: tf.concat(xs, axis)) if v2 else (lambda xs, axis: O.concatenate(xs, axis=axis))
    yield graph("shapes", lambda x: concat([O.reshape(O.transpose(x, [0, 2, 1]), (-1, 4, 3)), O.reshape(x, [-1, 2, 6])[..., :3]], 1))
    yield graph("stack", lambda x: O.stack([x, L.Dense(3)(x)], axis=1)[:, 1] * O.stack([x, L.Dense(3)(x)], axis=-2)[:, :, 0]
                + O.stack([x, L.Dense(3)(x)], axis=-1)[..., 1])
    yield graph("pad", lambda x: O.pad(x, [[0, 0], [1, 2], [0, 0]]))
    yield graph("pad_pictures", lambda x: O.pad(x, [[0, 0], [1, 0], [2, 1], [0, 0]]), (3, 2, 2))
    yield graph("cast", lambda x: O.cast(x, "float32") + 1)

    # Products of matrices: attention by hand, also of several heads.
    if v2:
        yield graph("attention", lambda x: tf.matmul(tf.nn.softmax(tf.matmul(L.Dense(3)(x), x, transpose_b=True) / 3 ** 0.5), L.Dense(3)(x)))
        yield graph("turned", lambda x: tf.matmul(tf.matmul(x, L.Dense(2)(x), transpose_a=True), L.Dense(2)(L.Dense(5)(x[:, :3])), transpose_b=True)
                    + tf.matmul(x, L.Dense(4)(x[:, :3]), transpose_a=True, transpose_b=True)[:, :, :3])
        yield "resize", (lambda i: M(i, ends(tf.image.resize(L.Dense(2)(i), (5, 3)))))(L.Input((3, 4, 2), name="x"))
        # tf.keras' own preprocessing in front of its pictures' classifiers.
        for mode in ("mobilenet_v2", "resnet50") if tag == "tfk" else ():
            i = L.Input((3, 4, 3), name="x")
            yield "pre_" + mode, M(i, ends(getattr(K.applications, mode).preprocess_input(i) / 64.0))
    else:
        yield graph("attention", lambda x: O.softmax(L.Dense(3)(x) @ O.transpose(x, [0, 2, 1]) / 3 ** 0.5) @ L.Dense(3)(x))
        for mode in ("mobilenet_v2", "resnet50"):
            i = L.Input((3, 4, 3), name="x")
            yield "pre_" + mode, M(i, ends(getattr(K.applications, mode).preprocess_input(i) / 64.0))
        yield graph("more_curves", lambda x: O.hard_sigmoid(x) + O.hard_silu(x) + O.log_sigmoid(x) + O.elu(x, alpha=0.5))
    heads = lambda x: O.transpose(O.reshape(x, (-1, 4, 2, 3)), [0, 2, 1, 3])  # noqa: E731
    product = tf.matmul if v2 else O.matmul
    yield graph("heads", lambda x: O.reshape(O.transpose(product(nn.softmax(product(
        heads(L.Dense(6)(x)), O.transpose(heads(L.Dense(6)(x)), [0, 1, 3, 2]))), heads(L.Dense(6)(x))), [0, 2, 1, 3]), (-1, 4, 6)))

    # Models inside have them, too; a shared one computes them for each call.
    j = L.Input((3,))
    inner = M(j, L.Dense(2)(nn.relu(j * 2.0 - 0.5)), name="inner")
    i = L.Input((3,), name="x")
    yield "nested", M(i, inner(i) + inner(L.Dense(3)(i)))


# What releases of 2022 and 2023 write of them is held against a few.
SOME = ("constants", "tensors", "rectifiers", "softmax", "mean", "places", "shapes", "attention", "nested")

if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    import keras
    if keras.__version__.startswith("2."):
        write(keras.__version__, keras, lambda K, tag: (m for m in models(K, tag) if m[0] in SOME))
    else:
        import tf_keras
        write("tfk", tf_keras, models)
        write("k3", keras, models)
