"""Recurrent layers that are called with initial states, most of them with masks: by tf_keras (tag tfk) and Keras 3 (tag k3),
which differ in what a mask means there. Sidecars as those of make_cells.py, which this script uses.

    python make_states.py states [only those whose names begin so]

Written with tf_keras 2.21.0 and Keras 3.15.1. Rows 1 to 3 end with padding, begin with it, and are nothing else.
"""
import sys

import make_cells


def models(K, tag):
    L, M = K.layers, K.Model
    v2 = tag == "tfk"

    def masked(steps=6):
        i = L.Input((steps,), name="ids")
        return i, L.Embedding(7, 3, mask_zero=True)

    kinds = {"lstm": (L.LSTM, {}, 2), "gru": (L.GRU, {}, 1), "gru_before": (L.GRU, {"reset_after": False}, 1), "simple": (L.SimpleRNN, {}, 1)}

    def states(count, units=3, prefix="s"):
        return [L.Input((units,), name=f"{prefix}{n}") for n in range(count)]

    for name, (kind, options, count) in kinds.items():
        i, embed = masked()
        s = states(count)
        yield f"{name}_sequence", M([i, *s], L.Dense(2)(kind(3, return_sequences=True, **options)(embed(i), initial_state=s)))
        i, embed = masked()
        s = states(count)
        yield f"{name}_last", M([i, *s], kind(3, **options)(embed(i), initial_state=s))
        i, embed = masked()
        s = states(count)
        yield f"{name}_state", M([i, *s], kind(3, return_sequences=True, return_state=True, **options)(embed(i), initial_state=s))
        for more in ({"go_backwards": True}, {"zero_output_for_mask": True}, {"unroll": True}, {"unroll": True, "go_backwards": True, "zero_output_for_mask": True}):
            if more.get("unroll") and name == "gru":
                continue
            i, embed = masked()
            s = states(count)
            y = kind(3, return_sequences=True, **options, **more)(embed(i), initial_state=s)
            yield f"{name}_{'_'.join(more)}", M([i, *s], [y, L.SimpleRNN(2)(y)])
        i, embed = masked()
        s = states(2 * count)
        yield f"{name}_bidirectional", M([i, *s], L.Bidirectional(kind(3, return_sequences=True, **options))(embed(i), initial_state=s))
        i, embed = masked()
        s = states(2 * count)
        yield f"{name}_bidirectional_state", M([i, *s], L.Bidirectional(kind(3, return_state=True, **options), merge_mode="sum")(embed(i), initial_state=s))

    # Without a mask.
    x, s = L.Input((4, 2), name="x"), states(4)
    yield "bidirectional_plain", M([x, *s], L.Bidirectional(L.LSTM(3), merge_mode="mul")(x, initial_state=[L.Dense(3)(each) for each in s]))

    i, embed = masked()
    s = states(2)
    yield "cell_sequence", M([i, *s], L.RNN(L.LSTMCell(3), return_sequences=True)(embed(i), initial_state=s))
    i, embed = masked()
    s = states(1)
    yield "cell_last", M([i, *s], L.RNN(L.GRUCell(3))(embed(i), initial_state=s))

    # One layer, with states and without.
    i, embed = masked()
    s, shared = states(1), L.GRU(3, return_sequences=True)
    yield "shared", M([i, *s], L.Concatenate()([shared(embed(i), initial_state=s), shared(embed(i))]))

    # An encoder and a decoder, both masked.
    i, embed = masked()
    j = L.Input((5,), name="ids_out")
    _, h, c = L.LSTM(3, return_state=True)(embed(i))
    y = L.LSTM(3, return_sequences=True)(L.Embedding(7, 4, mask_zero=True)(j), initial_state=[h, c])
    yield "decoder", M([i, j], L.TimeDistributed(L.Dense(4, activation="softmax"))(y))

    # From a Bidirectional encoder.
    i, embed = masked()
    j = L.Input((5,), name="ids_out")
    _, fh, fc, bh, bc = L.Bidirectional(L.LSTM(3, return_state=True))(embed(i))
    y = L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="ave")(L.Embedding(7, 4, mask_zero=True)(j), initial_state=[fh, fc, bh, bc])
    yield "decoder_bidirectional", M([i, j], L.Dense(4, activation="softmax")(y))

    if not v2:
        # The mask as an argument of its own.
        for name, (kind, options, count) in kinds.items():
            i, embed = masked()
            s = states(count)
            yield f"{name}_argument", M([i, *s], kind(3, return_sequences=True, **options)(embed(i), initial_state=s, mask=embed.compute_mask(i)))
        i, embed = masked()
        s = states(4)
        yield "bidirectional_argument", M([i, *s], L.Bidirectional(L.LSTM(3, return_sequences=True))(embed(i), initial_state=s, mask=embed.compute_mask(i)))


if __name__ == "__main__":
    import os

    os.makedirs(make_cells.OUT, exist_ok=True)
    import tf_keras
    make_cells.write("tfk", tf_keras, models)
    import keras
    make_cells.write("k3", keras, models)
