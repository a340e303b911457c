"""Options of layers that the fixtures leave out, written by tf_keras (tag tfk) and Keras 3 (tag k3), with their answers
before and after three steps of plain gradient descent.

    python make_options.py options [NAME …]

Under Keras 2.10 it writes batchnorm_masked alone (tag k210), which newer ones compute otherwise.

Each NAME.TAG.json has the inputs, the outputs of the saved model, the targets, and the losses and weights of the steps
(`weights` lists all layers' weights, one after the other, in float32). Same sidecars as in Tests/Fixtures otherwise.
"""
import json
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
OUT, ONLY = sys.argv[1], sys.argv[2:]
ROWS, STEPS, RATE = 6, 3, 0.05


def models(K, tag):
    L, S = K.layers, K.Sequential
    R, C = K.regularizers, K.constraints
    v2 = tag != "k3"

    def chain(shape, *layers):
        return S([L.Input(shape), *layers])

    def named(cls, value):
        return cls(alpha=value) if v2 else cls(negative_slope=value)

    yield "rectifiers", chain(
        (5,), L.Dense(6), L.ReLU(0.8, 0.2, 0.1), L.Dense(6), named(L.LeakyReLU, 0.05), L.Dense(6), L.ELU(0.5), L.Dense(6),
        L.ReLU(threshold=0.2), L.Dense(4), *([L.ThresholdedReLU(0.3)] if v2 else []))
    yield "prelu", chain(
        (3, 4, 2), L.PReLU(shared_axes=[2], alpha_regularizer=R.L2(0.1)), L.PReLU(shared_axes=[1, 3]), L.PReLU())
    yield "softmax_axes", chain((3, 4, 2), L.Dense(4), L.Softmax(axis=2), L.Dense(3), L.Softmax(axis=[1, 3]))
    yield "shapes", chain(
        (4, 6), L.Dense(6), L.Reshape((3, -1, 4)), L.Permute((3, 1, 2)), L.Flatten("channels_first"), L.Dense(5),
        L.RepeatVector(3), L.Dense(2))
    yield "batchnorm_axis1", chain((3, 4), L.Dense(4), L.BatchNormalization(axis=1, momentum=0.7), L.Dense(3))
    yield "batchnorm_rank4", chain((3, 2, 4), L.Dense(3), L.BatchNormalization(momentum=0.7, epsilon=0.01), L.Dense(3))
    yield "batchnorm_rank5", chain((2, 3, 2, 4), L.Dense(3), L.BatchNormalization(momentum=0.7), L.Dense(2))
    if not v2:
        yield "batchnorm_axis2", chain((3, 2, 4), L.Dense(3), L.BatchNormalization(axis=2, momentum=0.7), L.Dense(2))
        yield "rms", chain((3, 4), L.Dense(4), L.RMSNormalization(), L.Dense(4), L.RMSNormalization(axis=[1, 2], epsilon=0.01), L.Identity())
    yield "layernorm_axes", chain(
        (3, 4, 2), L.LayerNormalization(axis=[1, 3]), L.Dense(3), L.LayerNormalization(axis=2, center=False),
        L.LayerNormalization(axis=[1, 2, 3], scale=False, epsilon=1e-6))
    yield "groupnorm", chain(
        (4, 3, 6), L.GroupNormalization(groups=2), L.Dense(6), L.GroupNormalization(groups=-1, center=False),
        L.GroupNormalization(groups=2, axis=1), L.Dense(3), L.UnitNormalization(axis=[1, 3]))
    a = L.Normalization(axis=1)
    a.adapt(np.random.default_rng(7).normal(2, 3, (20, 3, 4)).astype("f4"))
    b = L.Normalization(axis=None)
    b.adapt(np.random.default_rng(8).normal(1, 2, (20, 3, 4)).astype("f4"))
    yield "normalization", chain(
        (3, 4), a, b, L.Normalization(axis=[1, 2], mean=[[0.1] * 4, [0.2] * 4, [0.3] * 4], variance=[[2.0] * 4] * 3),
        L.Dense(4), L.Normalization(mean=0.5, variance=4.0, invert=True), L.Rescaling([0.5, 1.5, -1.0, 2.0], 0.25))
    i, j = L.Input((3, 4)), L.Input((1, 4))
    x, y, z = L.Dense(4)(i), L.Dense(4)(j), L.Dense(4)(i)
    m = [L.Add()([x, y, z]), L.Multiply()([x, y, z]), L.Average()([x, y]), L.Subtract()([y, x]),
         L.Maximum()([x, y, z]), L.Minimum()([z, x]), L.Dot(axes=(2, 2), normalize=True)([x, z])]
    yield "merging", K.Model([i, j], L.Concatenate(axis=-1)(m[:7] + [L.Dense(2)(m[4])]))
    yield "dot", K.Model([i, j], L.Concatenate(axis=1)([L.Dot(axes=[1, -2])([x, z]), L.Dense(4)(y), L.Dense(4)(L.Dot(axes=(1, 2))([L.Dense(3)(x), L.Permute((2, 1))(z)]))]))
    dense = dict(kernel_initializer="glorot_normal")
    yield "constraints", chain(
        (5,), L.Dense(20, kernel_constraint=C.MaxNorm(0.8), bias_constraint=C.NonNeg(), **dense),
        L.Dense(6, "tanh", kernel_constraint=C.MinMaxNorm(0.5, 1.0, 0.7, axis=1)),
        L.BatchNormalization(gamma_constraint=C.MaxNorm(0.5), beta_regularizer=R.L1(0.05)),
        L.Dense(4, kernel_constraint=C.UnitNorm(axis=[0, 1]), kernel_regularizer=R.L1L2(0.01, 0.02)))
    yield "activity", chain(
        (2, 5), L.Dense(6, "tanh", activity_regularizer=R.L2(0.3)), L.ActivityRegularization(l1=0.1, l2=0.2),
        L.Dense(3, "sigmoid", activity_regularizer=R.L1(0.2)))
    yield "activation_objects", chain(
        (5,), L.Dense(6, activation=named(L.LeakyReLU, 0.1)), L.Dense(6, activation=L.ELU(0.7)),
        L.Dense(6, activation=L.ReLU(6.0, 0.01)), L.Activation(named(L.LeakyReLU, 0.2)), L.Dense(4, activation=L.Softmax()))
    yield "noise_options", chain(
        (2, 3, 4), L.SpatialDropout2D(0.0, data_format="channels_first"), L.Dense(3), L.Reshape((2, 3, 3, 1)), L.SpatialDropout3D(0.0),
        L.Reshape((6, 3)), L.SpatialDropout1D(0.0), L.Dropout(0.0, noise_shape=(None, 1, 3)), L.AlphaDropout(0.0),
        L.GaussianNoise(0.0), L.GaussianDropout(0.0))


def nulls(K, tag):
    """None where it is another value than the default: false, a norm of the whole weight, Keras' own epsilon."""
    L, C = K.layers, K.constraints
    layers = [L.Dense(6, use_bias=None, kernel_constraint=C.MaxNorm(1.0, axis=None)), L.BatchNormalization(scale=None, momentum=0.7),
              L.LayerNormalization(center=None, **({"epsilon": None} if tag == "k3" else {}))]
    if tag == "k3":
        layers += [L.RMSNormalization(epsilon=None)]
    layers += [L.GRU(5, reset_after=None, return_sequences=True), L.Dense(4, kernel_constraint=C.MinMaxNorm(0.5, 1.0, 0.7, axis=None))]
    return [("nulls", K.Sequential([L.Input((3, 4)), *layers]))]


def masked(K):
    """Keras 2.10 takes mean and variance of all steps; later ones of those that the mask leaves."""
    L = K.layers
    return [("batchnorm_masked", K.Sequential([
        L.Input((5, 3)), L.Masking(-1.0), L.BatchNormalization(momentum=0.7), L.Dense(4),
        L.BatchNormalization(axis=1, momentum=0.7, center=False), L.Dense(2)]))]


def at_inference(K):
    """Called with training=False, as one does with what was trained before: averages stay, and nothing is dropped; weights are trained."""
    L = K.layers
    base = K.Sequential([L.Input((3, 4)), L.Dense(5, "tanh"), L.BatchNormalization(), L.Dropout(0.5)], name="base")
    i = L.Input((3, 4))
    x = L.BatchNormalization(axis=1)(base(i, training=False), training=False)
    x = L.GRU(4, dropout=0.4, recurrent_dropout=0.3, return_sequences=True)(L.GaussianNoise(0.7)(x, training=False), training=False)
    return [("training_false", K.Model(i, L.Dense(2)(L.BatchNormalization(momentum=0.7)(x))))]


def write(tag, K):
    for number, (name, model) in enumerate([*([] if tag == "k210" else models(K, tag)), *masked(K), *([] if tag == "k210" else at_inference(K) + nulls(K, tag))]):
        if ONLY and name not in ONLY:
            continue
        rng = np.random.default_rng(number)
        for layer in model.layers:
            if layer.__class__.__name__ == "Normalization":
                continue
            values = []
            for w in layer.weights:
                v = rng.normal(0, 0.4, w.shape).astype("f4")
                path = getattr(w, "path", w.name)
                values.append(np.abs(v) + 0.5 if "variance" in path else v)
            if values:
                layer.set_weights(values)
        base = f"{name}.{tag}"
        xs = [rng.normal(0, 1, (ROWS,) + tuple(i.shape[1:])).astype("f4") for i in model.inputs]
        if "masked" in name:  # At the end, in the middle; each step is left in somewhere, or Keras 2 divides 0 by 0.
            xs[0][1, -2:] = xs[0][2, 0] = xs[0][2, 3] = xs[0][4] = -1
        x = xs if len(xs) > 1 else xs[0]
        out = np.asarray(model(x, training=False))
        y = rng.normal(0, 1, out.shape).astype("f4")
        file = base + (".keras" if tag == "k3" else ".h5")
        model.save(os.path.join(OUT, file))
        legacy = K.optimizers.legacy if tag == "tfk" else K.optimizers
        model.compile(legacy.SGD(RATE), "mse", run_eagerly=False)
        losses = [float(model.train_on_batch(x, y)) for _ in range(STEPS)]
        weights = np.concatenate([w.ravel() for layer in model.layers for w in map(np.asarray, layer.get_weights())] or [np.zeros(0, "f4")])
        arrays = {}
        for kind, items in (("in", xs), ("out", [out]), ("y", [y]), ("weights", [weights])):
            arrays[kind] = []
            for n, a in enumerate(items):
                f = f"{base}.{kind}{n}.bin"
                a.astype("<f4").tofile(os.path.join(OUT, f))
                arrays[kind].append({"file": f, "shape": list(a.shape), "dtype": "float32"})
        side = {
            "kind": "inference", "name": base, "inputs": arrays["in"],
            "variants": [{"tag": tag, "producer": K.__name__ + " " + K.__version__, "files": [file], "outputs": arrays["out"],
                          "layers": [[l.__class__.__name__, l.name] for l in model.layers], "atol": 1e-5, "rtol": 1e-5}],
            "training": {"rate": RATE, "y": arrays["y"][0], "losses": losses, "weights": arrays["weights"][0]}}
        json.dump(side, open(os.path.join(OUT, base + ".json"), "w"))
        print(base, losses)


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    try:
        import thshim  # noqa: F401  tools/interop/thshim.py, which old releases need under Python 3.11
    except ImportError:
        pass
    import keras
    if keras.__version__.startswith("2."):
        write("k210", keras)
    else:
        import tf_keras
        write("tfk", tf_keras)
        write("k3", keras)
