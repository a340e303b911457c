"""MultiHeadAttention and masks, by tf_keras (tag tfk) and Keras 3 (tag k3), where a call takes the masks off its inputs for all
calls after it. In models whose names begin so, `tokens_padded` has scores beyond 32, to which -1e9 is added in float32 by
tf_keras. Sidecars as those of make_cells.py, which this script uses.

    python make_masks.py masks [only those whose names begin so]

Written with tf_keras 2.21.0 and Keras 3.15.1.
"""
import os
import sys

import make_cells


def models(K, tag):
    L, M = K.layers, K.Model

    def words():
        i = L.Input((5,), name="ids")
        return i, L.Embedding(7, 4, mask_zero=True)(i)

    def attend(*inputs):
        return L.MultiHeadAttention(2, 2)(*inputs)

    def block(h):
        return L.LayerNormalization()(L.Add()([h, attend(h, h)]))

    i, h = words()
    yield "one", M(i, L.Dense(2)(L.GRU(3)(block(h))))
    i, h = words()
    yield "blocks", M(i, L.Dense(2)(L.GRU(3)(block(block(h)))))
    i, h = words()
    yield "cross", M(i, L.Dense(2)(L.GRU(3)(attend(h, block(h)))))
    # Which of the calls is first is Keras' order of execution.
    i, h = words()
    first, second = attend(h, h), attend(h, h)
    yield "order", M(i, L.Flatten()(L.Concatenate()([second, L.Dense(4)(first), attend(first, h)])))
    # The mask of the LSTM stands in the file, those of Attention do not.
    i, h = words()
    a = attend(h, h)
    yield "recorded", M(i, L.Flatten()(L.Attention()([L.LSTM(4, return_sequences=True)(a), L.GRU(4, return_sequences=True)(h)])))
    i, h = words()
    yield "padded", M(i, L.Flatten()(attend(h, h)))
    i, h = words()
    large = L.Add()([h] * 24)
    yield "tokens_padded", M(i, L.Flatten()(attend(large, large)))


if __name__ == "__main__":
    os.makedirs(make_cells.OUT, exist_ok=True)
    import tf_keras
    make_cells.write("tfk", tf_keras, models)
    import keras
    make_cells.write("k3", keras, models)
