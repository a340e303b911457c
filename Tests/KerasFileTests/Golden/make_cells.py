"""Layers of several outputs, cells, tokens and the like, written by tf_keras (tag tfk) and Keras 3 (tag k3), with their
answers before and after three steps of plain gradient descent.

    python make_cells.py cells [only those whose names begin so]

Sidecars as those of make_options.py, but for models of several outputs, whose losses are added: `y` is a list there.
Models whose names begin with `tokens` or `augment` are not trained.
"""
import json
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
OUT = sys.argv[1]
ONLY = sys.argv[2] if len(sys.argv) > 2 else ""
ROWS, STEPS, RATE = 6, 3, 0.05


def models(K, tag):
    """(name, model): inputs whose names begin with `ids` get whole numbers from 0 to 6, and 0 is padding."""
    L, M, S, R = K.layers, K.Model, K.Sequential, K.regularizers
    v2 = tag == "tfk"

    def chain(shape, *layers):
        return S([L.Input(shape), *layers])

    def masked(name="ids", steps=6):
        i = L.Input((steps,), name=name)
        return i, L.Embedding(7, 3, mask_zero=True)(i)

    # States that go out and in: an encoder and a decoder.
    for kind in ("LSTM", "GRU", "SimpleRNN"):
        i, x = masked()
        j = L.Input((4, 2), name="x")
        y, *states = getattr(L, kind)(3, return_state=True, return_sequences=True)(x)
        z = getattr(L, kind)(3, return_sequences=True)(L.Dense(3)(j), initial_state=states)
        yield f"state_{kind.lower()}", M([i, j], [L.Dense(2)(y), z])
    i = L.Input((4, 2), name="x")
    y, h = L.GRU(3, return_state=True, go_backwards=True, reset_after=False)(L.Dense(3)(i))
    yield "state_last", M(i, L.Concatenate()([y, h, L.Dense(3)(h)]))
    i, x = masked()
    a, b = L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode=None)(x)
    yield "bidirectional_separate", M(i, [L.Dense(2)(a), L.LSTM(2)(b)])
    i, x = masked()
    y, fh, fc, bh, bc = L.Bidirectional(L.LSTM(3, return_state=True))(x)
    yield "bidirectional_state", M(i, L.Concatenate()([y, L.Dense(2)(fh), fc, bc, bh]))
    i = L.Input((4, 2), name="x")
    a, b, fh, bh = L.Bidirectional(L.SimpleRNN(3, return_state=True, return_sequences=True), merge_mode=None)(i)
    yield "bidirectional_separate_state", M(i, [a, L.Dense(2)(b), fh, bh])
    i, x = masked()
    yield "unroll_masked", M(i, L.Bidirectional(L.GRU(3, return_sequences=True, unroll=True))(
        L.LSTM(3, return_sequences=True, go_backwards=True, unroll=True, zero_output_for_mask=True)(x)))

    # Cells.
    i, x = masked()
    x = L.RNN(L.LSTMCell(4, recurrent_activation="hard_sigmoid" if v2 else "sigmoid"), return_sequences=True)(x)
    yield "rnn_cell", M(i, L.RNN(L.GRUCell(3, reset_after=False, use_bias=False), go_backwards=True)(x))
    i, x = masked()
    cells = [L.LSTMCell(4), L.SimpleRNNCell(3, activation="softsign"), L.GRUCell(2), L.LSTMCell(3, use_bias=False)]
    yield "rnn_stack", M(i, L.RNN(cells, return_sequences=True)(x))
    i, x = masked()
    yield "rnn_stack_backwards", M(i, L.RNN([L.GRUCell(4), L.LSTMCell(3)], return_sequences=True, go_backwards=True)(x))
    i = L.Input((4, 2), name="x")
    y, h, c = L.RNN(L.LSTMCell(3), return_state=True)(i)
    z = L.RNN(L.LSTMCell(3))(L.Dense(2)(i), initial_state=[h, c])
    yield "rnn_state", M(i, L.Concatenate()([y, z]))

    if not v2:
        i, x = masked()
        x = L.Dense(5)(x)
        yield "grouped_query", M(i, L.GroupQueryAttention(3, 4, 2)(x, x, use_causal_mask=True))
        q, v = L.Input((3, 4), name="q"), L.Input((5, 4), name="v")
        yield "grouped_query_key", M([q, v], L.GroupQueryAttention(2, 6, 3, use_bias=False)(
            L.Dense(4)(q), L.Dense(4)(v), L.Dense(4)(v)))

    # Sums by equations.
    yield "einsum", chain(
        (3, 4), L.EinsumDense("abc,cd->abd", output_shape=(3, 5), bias_axes="d", activation="tanh"),
        L.EinsumDense("abc,cde->abde", output_shape=(3, 2, 4), bias_axes="de", activation="gelu"),
        L.EinsumDense("abde,def->abf", output_shape=(3, 6), bias_axes="bf"),
        L.EinsumDense("...x,xy->...y", output_shape=4, bias_axes="y", activation="softmax"),
        L.EinsumDense("ab...,bc->ac...", output_shape=5, bias_axes="c"),
        L.EinsumDense("acx,cxy->acy", output_shape=(5, 3), bias_axes="c", kernel_regularizer=R.L2(0.1)),
        L.EinsumDense("abc,bcd->ad", output_shape=2))
    yield "orthogonal", chain(
        (5,), L.Dense(4, kernel_regularizer=R.OrthogonalRegularizer(0.5)), L.Dense(20, "tanh"),
        L.Dense(3, kernel_regularizer=R.OrthogonalRegularizer(0.3, mode="columns")))
    if v2:
        yield "batchnorm_axes", chain(
            (3, 4, 2), L.Dense(3), L.BatchNormalization(axis=[1, 3], momentum=0.7), L.Dense(2),
            L.BatchNormalization(axis=[2, 3], momentum=0.8), L.BatchNormalization(axis=[1, 2], scale=False), L.Dense(2))
        frozen = L.BatchNormalization(axis=[1, 3])
        frozen.trainable = False
        yield "batchnorm_axes_frozen", chain((3, 4, 2), L.Dense(3), frozen, L.Dense(2))
    yield "batchnorm_channels_first", chain(
        (3, 4, 5), L.BatchNormalization(axis=1, momentum=0.7), L.Dense(3),
        L.Reshape((3, 2, 2, 3)), L.BatchNormalization(axis=1), L.Dense(2), L.BatchNormalization(axis=3), L.Dense(2))

    # Tokens.
    def tokens(name, *layers, n=4):
        i = L.Input((n,), name="ids", dtype="int32" if v2 else None)
        x = i
        for layer in layers:
            x = layer(x)
        return "tokens_" + name, M(i, x)

    for mode in (() if v2 else ("one_hot",)) + ("multi_hot", "count"):
        yield tokens(mode, L.CategoryEncoding(num_tokens=7, output_mode=mode), L.Dense(3))
        yield tokens(f"lookup_{mode}", L.IntegerLookup(vocabulary=[5, 3, 1], output_mode=mode, num_oov_indices=2, mask_token=0), L.Dense(3))
    yield tokens("one_hot_single", L.CategoryEncoding(num_tokens=7, output_mode="one_hot"), L.Dense(3), n=1)
    yield tokens("lookup", L.IntegerLookup(vocabulary=[5, 3, 1], mask_token=0), L.Embedding(5, 2))
    yield tokens("lookup_unknown", L.IntegerLookup(vocabulary=[6, 2], num_oov_indices=3), L.Embedding(5, 2))
    yield tokens("lookup_padded", L.IntegerLookup(vocabulary=[6, 2], max_tokens=6, pad_to_max_tokens=True, output_mode="multi_hot"), L.Dense(2))
    for mode in ("int", "one_hot", "multi_hot", "count"):
        i = L.Input((1 if v2 and mode == "one_hot" else 4,), name="x")
        x = L.Discretization(bin_boundaries=[-0.5, 0.0, 0.7], output_mode=mode)(i)
        yield f"tokens_bins_{mode}", M(i, L.Embedding(4, 2)(x) if mode == "int" else L.Dense(2)(x))

    # Attention weights that go out; a query's padding is hidden, too.
    for kind, options in (("Attention", dict(use_scale=True)), ("AdditiveAttention", {})):
        i, x = masked()
        j = L.Input((4, 2), name="x")
        y, scores = getattr(L, kind)(**options)([L.Dense(3)(j), x], return_attention_scores=True)
        yield f"scores_{kind.lower()}", M([i, j], [L.Dense(2)(y), L.Dense(3)(scores)])
    j = L.Input((4, 2), name="x")
    x = L.Dense(3)(j)
    y, scores = L.MultiHeadAttention(3, 2, value_dim=4, output_shape=5)(x, x, return_attention_scores=True, use_causal_mask=True)
    yield "scores_multi_head", M(j, [y, L.Dense(3)(L.Flatten()(scores))])

    # What only training does: pictures go through as they are.
    names = ["RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness"]
    names += ["RandomHeight", "RandomWidth"] if v2 else [
        "RandomHue", "RandomSaturation", "RandomGrayscale", "RandomSharpness", "RandomPerspective",
        "RandomGaussianBlur", "RandomColorJitter", "RandomErasing", "RandomColorDegeneration", "RandomElasticTransform",
        "RandomInvert", "RandomPosterization", "RandomShear", "AugMix", "CutMix", "MixUp", "RandAugment"]
    sizes = {"RandomFlip": {}, "RandomZoom": dict(height_factor=0.1), "RandomTranslation": dict(height_factor=0.1, width_factor=0.2),
             "RandomGrayscale": {}, "RandomPerspective": {}, "RandomGaussianBlur": {},
             "RandomColorJitter": dict(brightness_factor=0.1), "RandomErasing": {}, "RandomPosterization": dict(factor=4),
             "RandomShear": dict(x_factor=0.2), "MixUp": {}}
    yield "augment", chain(
        (4, 5, 3), *[getattr(L, n)(**sizes.get(n, dict(factor=0.2))) for n in names], L.Conv2D(2, 2),
        L.GlobalAveragePooling2D(), L.Dense(2, "softmax"))


def sample(name, shape, rng):
    x = rng.normal(0, 1, (ROWS,) + tuple(shape)).astype("f4")
    if name.startswith("ids"):
        x = rng.integers(0, 7, x.shape).astype("f4")
        x[0] = np.maximum(x[0], 1)
        x[1, -2:] = 0
        x[2, :2] = 0
        x[3] = 0
    return x


def write(tag, K, models=models):
    for number, (name, model) in enumerate(models(K, tag)):
        if not name.startswith(ONLY):
            continue
        rng = np.random.default_rng(number)
        for layer in model.layers:
            values = []
            if "lookup" in layer.name or not layer.weights:
                continue
            for w in layer.weights:
                v = rng.normal(0, 0.4, w.shape).astype("f4")
                values.append(np.abs(v) + 0.5 if "variance" in getattr(w, "path", w.name) else v)
            layer.set_weights(values)
        base = f"{name}.{tag}"
        xs = [sample(i.name.split(":")[0], i.shape[1:], rng) for i in model.inputs]
        x = xs if len(xs) > 1 else xs[0]
        outs = model(x, training=False)
        outs = [np.asarray(o) for o in (outs if isinstance(outs, (list, tuple)) else [outs])]
        ys = [rng.normal(0, 1, o.shape).astype("f4") for o in outs]
        files = [base + (".keras" if tag.startswith("k3") else ".h5")]
        if tag.startswith("k3") and name.startswith("plus"):
            files.append(base + ".h5")  # where an operation looks like a layer
        for f in files:
            model.save(os.path.join(OUT, f))
        arrays = {}

        def put(kind, items):
            arrays[kind] = []
            for n, a in enumerate(items):
                f = f"{base}.{kind}{n}.bin"
                np.asarray(a).astype("<f4").tofile(os.path.join(OUT, f))
                arrays[kind].append({"file": f, "shape": list(np.asarray(a).shape), "dtype": "float32"})

        put("in", xs)
        put("out", outs)
        side = {
            "kind": "inference", "name": base, "inputs": arrays["in"],
            "variants": [{"tag": tag, "producer": K.__name__ + " " + K.__version__, "files": files, "outputs": arrays["out"],
                          "layers": [[l.__class__.__name__, l.name] for l in model.layers
                                     if isinstance(l, K.layers.Layer) and not l.__class__.__name__.endswith("OpLambda")],
                          "atol": 1e-5, "rtol": 1e-4}]}
        if not name.startswith(("tokens", "augment")):
            legacy = K.optimizers.legacy if tag == "tfk" else K.optimizers
            model.compile(legacy.SGD(RATE), ["mse"] * len(outs), run_eagerly=False)
            losses = []
            for _ in range(STEPS):
                if tag == "k33":
                    model.reset_metrics()  # its losses would be means from the first step on
                r = model.train_on_batch(x, ys if len(ys) > 1 else ys[0])
                losses.append(float(r[0] if isinstance(r, (list, tuple, np.ndarray)) and np.ndim(r) else r))
            put("y", ys)
            put("weights", [np.concatenate([w.ravel() for l in model.layers for w in map(np.asarray, l.get_weights())] or [np.zeros(0, "f4")])])
            side["training"] = {"rate": RATE, "y": arrays["y"], "losses": losses, "weights": arrays["weights"][0]}
        json.dump(side, open(os.path.join(OUT, base + ".json"), "w"))
        print(base, side.get("training", {}).get("losses"))


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    import tf_keras
    write("tfk", tf_keras)
    import keras
    write("k3", keras)
