#!/usr/bin/env python3
"""Golden files of Keras 1.2.2 and 2.2.4 on Theano, for what the shared fixtures do not have: kernels in both orderings,
joined inputs, cells in wrappers, names of options, and what optimizers remember.

usage: make_early.py OUT_FOLDER      under one of these releases (see Tests/Fixtures/make_legacy_fixtures.py)
"""
import json
import os
import sys

import numpy as np

try:
    import thshim  # noqa: F401
except ImportError:
    pass
import keras as K
from keras import backend
from keras.models import Model, Sequential
from keras import layers as L

out = sys.argv[1]
V = K.__version__
V1 = V.startswith("1.")
r = np.random.RandomState(11)


def put(f, x):
    x = np.ascontiguousarray(x, "<f4")
    x.tofile(os.path.join(out, f))
    return {"file": f, "shape": list(x.shape), "dtype": "float32"}


def randomise(m):
    for l in getattr(m, "flattened_layers", m.layers):
        new = []
        for w, v in zip(l.weights, l.get_weights()):
            name = str(w.name)
            if name.endswith(("running_std", "moving_variance")):
                v = r.uniform(0.5, 1.5, v.shape)
            elif v.ndim:
                v = r.randn(*v.shape) * 0.4
            new.append(np.asarray(v, "f"))
        if new:
            l.set_weights(new)


def done(name, m, x, resume=None):
    xs = x if isinstance(x, list) else [x]
    base = "%s.keras-%s" % (name, V)
    m.save(os.path.join(out, base + ".h5"))
    y = m.predict(x)
    ys = y if isinstance(y, list) else [y]
    v = {"tag": "early", "producer": "keras " + V, "files": [base + ".h5"], "atol": 2e-6, "rtol": 2e-5,
         "outputs": [put("%s.out%d.bin" % (base, i), q) for i, q in enumerate(ys)],
         "layers": [[type(l).__name__, l.name] for l in m.layers]}
    if resume is not None:
        v["resume"] = resume(m, base)
    d = {"kind": "inference", "name": base, "inputs": [put("%s.in%d.bin" % (base, i), q) for i, q in enumerate(xs)],
         "variants": [v]}
    json.dump(d, open(os.path.join(out, base + ".json"), "w"), separators=(",", ":"))


def conv(f, n, **k):
    if V1:
        k = {{"strides": "subsample", "padding": "border_mode", "use_bias": "bias"}.get(a, a): b for a, b in k.items()}
        return L.Convolution2D(f, n[0], n[1], **k)
    return L.Conv2D(f, n, **k)


def dense(n, **k):
    return L.Dense(n, **k)


set_order = backend.set_image_dim_ordering if V1 else lambda o: backend.set_image_data_format(
    {"th": "channels_first", "tf": "channels_last"}[o])

for order in ("tf", "th"):
    set_order(order)
    shape = (6, 7, 2) if order == "tf" else (2, 6, 7)
    m = Sequential()
    m.add((L.ZeroPadding2D if V1 else L.ZeroPadding2D)((1, 2), input_shape=shape))
    m.add(conv(3, (3, 2), activation="relu"))
    m.add(conv(4, (3, 3), padding="same", use_bias=False))
    m.add(L.BatchNormalization(axis=-1 if order == "tf" else 1))
    m.add(L.MaxPooling2D((2, 2)))
    m.add(L.Flatten())
    m.add(dense(2, activation="hard_sigmoid"))
    randomise(m)
    done("conv_" + order, m, r.randn(3, *shape).astype("f"))
set_order("tf")

m = Sequential()
if V1:
    m.add(L.Convolution1D(3, 3, input_shape=(8, 2), border_mode="same", activation="tanh", subsample_length=1))
    m.add(L.MaxPooling1D(2))
    m.add(L.AtrousConvolution1D(2, 2, atrous_rate=2))
    m.add(L.UpSampling1D(2))
else:
    m.add(L.Conv1D(3, 3, input_shape=(8, 2), padding="same", activation="tanh"))
    m.add(L.MaxPooling1D(2))
    m.add(L.Conv1D(2, 2, dilation_rate=2))
    m.add(L.UpSampling1D(2))
m.add(L.GlobalAveragePooling1D())
randomise(m)
done("conv1d", m, r.randn(3, 8, 2).astype("f"))

if V1:
    a = Sequential()
    a.add(dense(4, input_shape=(3,), activation="relu"))
    b = Sequential()
    b.add(dense(4, input_dim=5))
    b.add(L.Activation("tanh"))
    m = Sequential()
    m.add(L.Merge([a, b], mode="mul"))
    m.add(dense(2))
    randomise(m)
    done("merge_first", m, [r.randn(3, 3).astype("f"), r.randn(3, 5).astype("f")])
    for mode in ("sum", "ave", "max", "concat", "dot"):
        i, j = L.Input((4,)), L.Input((4,))
        y = L.merge([L.Dense(3)(i), L.Dense(3)(j)], mode=mode, **({"dot_axes": 1} if mode == "dot" else {}))
        m = Model([i, j], L.Dense(2)(y))
        randomise(m)
        done("merge_" + mode, m, [r.randn(3, 4).astype("f"), r.randn(3, 4).astype("f")])

# Cells inside wrappers, a model inside a model.
inner = Sequential(name="inner")
inner.add(dense(3, input_shape=(4,)))
inner.add(L.BatchNormalization())
i = L.Input((4,))
y = inner(i)
m = Model(i, dense(2)(y))
for l in inner.layers:
    l.set_weights([np.asarray(r.uniform(0.5, 1.5, w.shape), "f") for w in l.get_weights()])
done("nested", m, r.randn(3, 4).astype("f"))

m = Sequential()
m.add(L.TimeDistributed(dense(3, activation="relu"), input_shape=(5, 4)))
m.add(L.Bidirectional(L.GRU(2, return_sequences=True), merge_mode="sum"))
m.add(L.Bidirectional(L.LSTM(2)))
randomise(m)
done("wrappers", m, r.randn(3, 5, 4).astype("f"))


# What optimizers remember: two batches, saved, two more. Names out of order, as Keras 1 sorts by them.
def resume_losses(x, y):
    def resume(m, base):
        losses = [float(m.train_on_batch(x[s], y[s])) for s in (slice(0, 6), slice(6, 12), slice(0, 4))]
        return {"x": put(base + ".x.bin", x), "y": put(base + ".y.bin", y), "batches": [[0, 6], [6, 12], [0, 4]],
                "losses": losses,
                "final": [put("%s.w%d.bin" % (base, k), w) for k, w in enumerate(m.get_weights())]}
    return resume


def trained(optimizer):
    m = Sequential()
    m.add(L.GaussianNoise(0.0, input_shape=(3,)))
    m.add(dense(4, activation="tanh", name="z"))
    m.add(L.BatchNormalization(name="m", epsilon=1e-3))
    m.add(dense(2, name="a"))
    m.compile(optimizer, "mse")
    x, y = r.randn(12, 3).astype("f"), r.randn(12, 2).astype("f")
    for s in (slice(0, 5), slice(5, 12)):
        m.train_on_batch(x[s], y[s])
    return m, x[:4], resume_losses(x, y)


for name, o in (("sgd", K.optimizers.SGD(0.05)), ("momentum", K.optimizers.SGD(0.05, momentum=0.9)),
                ("adam", K.optimizers.Adam(0.01, epsilon=1e-3)), ("rmsprop", K.optimizers.RMSprop(0.01, epsilon=1e-3)),
                ("adagrad", K.optimizers.Adagrad(0.05, epsilon=1e-3)), ("adamax", K.optimizers.Adamax(0.01, epsilon=1e-3)),
                ("nadam", K.optimizers.Nadam(0.01, epsilon=1e-3))):
    m, x, resume = trained(o)
    done("resume_" + name, m, x, resume)

# An LSTM's gates and what Adam remembers of them.
m = Sequential()
m.add(L.LSTM(2, input_shape=(3, 2), name="z"))
m.add(dense(1, name="a"))
m.compile(K.optimizers.Adam(0.01, epsilon=1e-3), "mse")
x, y = r.randn(8, 3, 2).astype("f"), r.randn(8, 1).astype("f")
m.train_on_batch(x, y)


def resume(m, base):
    return {"x": put(base + ".x.bin", x), "y": put(base + ".y.bin", y), "batches": [[0, 8], [0, 8]],
            "losses": [float(m.train_on_batch(x, y)) for _ in range(2)]}


done("resume_lstm", m, x, resume)


# A mask in the middle and at the ends of a sequence: a Bidirectional of these releases makes no zeros of it.
i = L.Input((5, 3))
y = L.Bidirectional(L.GRU(4, return_sequences=True), merge_mode="mul")(L.Masking(-1.0)(i))
y = L.Bidirectional(L.SimpleRNN(3, return_sequences=True))(y)
m = Model(i, y)
randomise(m)
x = r.randn(4, 5, 3).astype("f")
x[1, -2:] = x[2, :2] = x[2, 3] = x[3] = -1
done("masked_bidirectional", m, x)

# `clipnorm` was the limit of all gradients together.
m, x, resume = trained(K.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=0.3))
done("resume_clipped", m, x, resume)

# What batches leave in the moving averages: of pictures, of a layer that is called twice, of a frozen one, and of a short batch.
r = np.random.RandomState(12)
i = L.Input((3,))
y = L.Reshape((2, 2, 2))(L.Dense(8, name="pixels")(i))
y = L.Flatten()(L.BatchNormalization(name="pictures")(y))
shared = L.BatchNormalization(name="shared", momentum=0.9)
left, right = shared(L.Dense(4, name="left")(y)), shared(L.Dense(4, activation="relu", name="right")(y))
y = L.merge([left, right], mode="mul") if V1 else L.multiply([left, right])
y = L.BatchNormalization(name="frozen", trainable=False)(dense(3, name="between")(y))
m = Model(i, dense(2, name="head")(y))
m.compile(K.optimizers.SGD(0.05), "mse")
x, y = r.randn(12, 3).astype("f"), r.randn(12, 2).astype("f")
m.train_on_batch(x, y)
done("resume_averages", m, x[:4], resume_losses(x, y))
