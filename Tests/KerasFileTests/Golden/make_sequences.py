"""Recurrent, attention and wrapping layers with options and masks, written by tf_keras (tag tfk) and Keras 3 (tag k3).

    python make_sequences.py sequences

Masks are where the two and every reimplementation differ: they come from Embedding and Masking here, reach into the
middle and the end of samples, and one sample is masked whole. Same sidecars as in Tests/Fixtures.
"""
import json
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
OUT = sys.argv[1]
# One of each kind is enough to know where a .keras keeps its weights.
ARCHIVES = ["mask_chain", "bidirectional_merges", "bidirectional_own_backward", "time_distributed_nested", "multi_head_output", "attention_scaled_concat", "lstm_hard_gates", "simple_rnn_options"]


def models(K, k3):
    """(name, model): inputs whose names begin with `ids` get whole numbers from 0 to 6, and 0 is padding."""
    L, M = K.layers, K.Model

    def ids(name="ids", steps=7):
        return L.Input((steps,), name=name)

    def chain(name, *layers, i=None):
        i = i if i is not None else ids()
        x = i
        for layer in layers:
            x = layer(x)
        return name, M(i, x)

    embedding = lambda size=4, name="embedding": L.Embedding(7, size, mask_zero=True, name=name)

    yield chain("mask_chain", embedding(), L.LSTM(5, return_sequences=True), L.Dropout(0.5), L.Activation("tanh"),
                L.GRU(4, return_sequences=True), L.Dense(3), L.SimpleRNN(4))
    yield chain("mask_sequences", embedding(), L.LSTM(3, return_sequences=True))
    yield chain("mask_bidirectional", embedding(), L.Bidirectional(L.LSTM(3, return_sequences=True)),
                L.Bidirectional(L.GRU(4, return_sequences=True), merge_mode="sum"),
                L.Bidirectional(L.SimpleRNN(4), merge_mode="ave"))
    yield chain("mask_bidirectional_sequences", embedding(),
                L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="mul"))
    yield chain("mask_backwards", L.Masking(mask_value=-1.0), L.LSTM(4, return_sequences=True, go_backwards=True),
                L.GRU(3, return_sequences=True, go_backwards=True), i=L.Input((6, 2), name="masked"))
    yield chain("mask_zero_output", embedding(), L.LSTM(3, return_sequences=True, zero_output_for_mask=True),
                L.SimpleRNN(3, zero_output_for_mask=True))
    yield chain("mask_time_distributed", embedding(), L.TimeDistributed(L.Dense(3, activation="relu")),
                L.TimeDistributed(L.Dropout(0.3)), L.BatchNormalization(), L.LSTM(3))
    yield chain("mask_reset_before", embedding(), L.GRU(4, reset_after=False, return_sequences=True),
                L.GRU(3, reset_after=False, use_bias=False))
    yield chain("mask_none_behind", embedding(), L.LSTM(3), L.Dense(2))

    i = L.Input((5, 3), name="x")
    merged = [L.Bidirectional(L.GRU(4, return_sequences=s), merge_mode=m, name=f"{m}_{int(s)}")(i)
              for m in ("concat", "sum", "mul", "ave") for s in (False, True)]
    yield "bidirectional_merges", M(i, merged)
    yield chain("bidirectional_own_backward", L.Bidirectional(
        L.LSTM(3, return_sequences=True), backward_layer=L.GRU(4, return_sequences=True, go_backwards=True, activation="relu")),
        i=L.Input((5, 3), name="x"))
    yield chain("bidirectional_options", L.Bidirectional(
        L.LSTM(3, use_bias=False, recurrent_activation="hard_sigmoid", activation="softsign", return_sequences=True)),
        i=L.Input((5, 3), name="x"))
    x = lambda: L.Input((6, 3), name="x")
    yield chain("lstm_activations", L.LSTM(4, activation="relu", recurrent_activation="hard_sigmoid", return_sequences=True),
                L.LSTM(3, activation="softsign", recurrent_activation="softplus", unit_forget_bias=False, return_sequences=True),
                L.LSTM(3, activation="softmax"), i=x())
    yield chain("lstm_hard_gates", L.LSTM(4, recurrent_activation="hard_sigmoid", return_sequences=True), L.LSTM(3), i=x())
    yield chain("gru_activations", L.GRU(4, activation="relu", recurrent_activation="hard_sigmoid", return_sequences=True),
                L.GRU(3, activation="selu", recurrent_activation="softsign", reset_after=False, return_sequences=True),
                L.GRU(3, activation="linear", use_bias=False), i=x())
    yield chain("gru_hard_gates", L.GRU(4, recurrent_activation="hard_sigmoid", return_sequences=True, go_backwards=True),
                L.GRU(3, recurrent_activation="hard_sigmoid", reset_after=False), i=x())
    yield chain("simple_rnn_options", L.SimpleRNN(4, activation="relu", return_sequences=True, go_backwards=True),
                L.SimpleRNN(3, use_bias=False, activation="softmax", return_sequences=True), L.SimpleRNN(2), i=x())
    yield chain("time_distributed_nested", L.TimeDistributed(L.LSTM(4, return_sequences=True)),
                L.TimeDistributed(L.TimeDistributed(L.Dense(3))), L.TimeDistributed(L.Bidirectional(L.GRU(2))),
                L.TimeDistributed(L.Reshape((2, 2))), L.TimeDistributed(L.Flatten()), i=L.Input((3, 4, 2), name="x"))

    def two(name, call):
        a, b = ids("ids_a", 4), ids("ids_b", 6)
        e = embedding(4)
        return name, M([a, b], call(e(a), e(b), e))

    yield two("attention_masks", lambda q, v, e: L.Attention()([q, v]))
    yield two("attention_scaled_concat", lambda q, v, e: L.Attention(use_scale=True, score_mode="concat")([q, v]))
    yield two("attention_key", lambda q, v, e: L.Attention(use_scale=True)([q, L.Dense(5)(v), L.Dense(4)(v)]))
    yield two("attention_causal", lambda q, v, e: L.Attention()([q, v], use_causal_mask=True))
    yield two("attention_then_lstm", lambda q, v, e: L.LSTM(3)(L.Attention()([q, v])))
    yield two("additive_masks", lambda q, v, e: L.AdditiveAttention()([q, v]))
    yield two("additive_key", lambda q, v, e: L.AdditiveAttention(use_scale=False)([q, L.Dense(4)(v), L.Activation("tanh")(v)]))
    yield two("multi_head_masks", lambda q, v, e: L.MultiHeadAttention(2, 3)(q, v))
    yield two("multi_head_key_mask", lambda q, v, e: L.MultiHeadAttention(2, 3, value_dim=2)(q, L.Dense(5)(v), key=v))
    yield two("multi_head_output", lambda q, v, e: L.MultiHeadAttention(2, 3, value_dim=5, output_shape=(2, 3), use_bias=False)(q, v))
    i = ids()
    e = embedding(6)(i)
    a = L.MultiHeadAttention(3, 2)(e, e, use_causal_mask=True)
    yield "multi_head_causal_mask", M(i, L.LSTM(3)(a))
    i = ids()
    e = embedding(6)(i)
    a = L.LayerNormalization()(L.Add()([e, L.MultiHeadAttention(2, 4)(e, e)]))
    yield "multi_head_residual", M(i, L.LSTM(3)(a))
    q, v = L.Input((3, 2, 4), name="q"), L.Input((5, 2, 4), name="v")
    yield "multi_head_axis_one", M([q, v], L.MultiHeadAttention(2, 3, attention_axes=(1,))(q, v))
    q, v = L.Input((3, 2, 4), name="q"), L.Input((3, 5, 4), name="v")
    yield "multi_head_axis_two", M([q, v], L.MultiHeadAttention(2, 3, attention_axes=(2,), output_shape=5)(q, v))
    q, v = L.Input((3, 2, 4), name="q"), L.Input((2, 3, 4), name="v")
    yield "multi_head_all_axes", M([q, v], L.MultiHeadAttention(2, 3)(q, v))
    q = L.Input((3, 2, 4), name="q")
    yield "multi_head_both_axes", M(q, L.MultiHeadAttention(2, 3, attention_axes=[1, 2])(q, q))
    if k3:
        q = L.Input((6, 4), name="q")
        yield "multi_head_window", M(q, L.MultiHeadAttention(2, 3, sliding_window=2)(q, q))


def sample(name, shape, rng):
    x = rng.normal(0, 1, (4,) + tuple(shape)).astype("f4")
    if name.startswith("ids"):
        x = rng.integers(0, 7, x.shape).astype("f4")
        x[0] = np.maximum(x[0], 1)
        x[1, -2:] = 0
        x[2, :2] = 0
        x[3] = 0
    if name.startswith("masked"):
        x[1, -2:] = -1
        x[2, 0] = x[2, 3] = -1
        x[3] = -1
    return x


def write(tag, K):
    for name, model in models(K, tag == "k3"):
        rng = np.random.default_rng(len(name))
        for w in model.weights:
            v = rng.normal(0, 0.5, w.shape).astype("f4")
            w.assign(np.abs(v) + 0.5 if "variance" in (w.name + getattr(w, "path", "")) else v)
        xs = [sample(i.name.split(":")[0], i.shape[1:], rng) for i in model.inputs]
        ys = model.predict(xs if len(xs) > 1 else xs[0], verbose=0)
        ys = ys if isinstance(ys, (list, tuple)) else [ys]
        base = f"{name}.{tag}"
        files = [base + ".h5"] + ([base + ".keras"] if tag == "k3" and name in ARCHIVES else [])
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
