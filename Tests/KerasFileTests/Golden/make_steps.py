"""TimeDistributed: around whole models, and with masks, which tf_keras (tag tfk) and Keras 3 (tag k3) make differently.
Sidecars as those of make_cells.py, which this script uses.

    python make_steps.py steps [only those whose names begin so]

Written with tf_keras 2.21.0 and Keras 3.15.1.
"""
import make_cells


def models(K, tag):
    L, M, S = K.layers, K.Model, K.Sequential
    v2, T = tag == "tfk", K.layers.TimeDistributed

    def ids(*shape):
        return L.Input(shape, name="ids")

    def embedding():
        return L.Embedding(7, 3, mask_zero=True)

    # Around single layers, with masks of numbers within a step.
    for size in (5, 1):
        i = ids(4, size)
        x = T(embedding())(i)
        yield f"embedding_{size}", M(i, [T(L.LSTM(2))(x), T(L.LSTM(2))(T(L.GRU(2, return_sequences=True))(x))])
        x = embedding()(i)
        # Flatten ends the mask, which would be the loss's.
        outputs = [L.Flatten()(T(L.LSTM(2))(x)), L.Flatten()(T(L.LSTM(2))(T(L.Dense(2))(x)))]
        if v2:
            outputs += [L.LSTM(2)(T(L.LSTM(2))(x)), L.GRU(2)(T(L.SimpleRNN(3))(x))]
        yield f"masked_{size}", M(i, outputs)
    i = ids(4)
    yield "whole", M(i, L.LSTM(2)(T(L.Dense(2))(embedding()(i))))

    if hasattr(L, "Identity"):
        i = ids(4)
        yield "identity", M(i, L.LSTM(2)(L.Identity()(embedding()(i))))

    # A picture of each step by a convolutional network.
    picture = L.Input((6, 5, 2), name="picture")
    x = L.MaxPooling2D()(L.Conv2D(3, 3, activation="relu", padding="same")(picture))
    encoder = M(picture, L.Dense(4, "tanh")(L.Flatten()(x)), name="encoder")
    i = L.Input((3, 6, 5, 2), name="x")
    yield "pictures", M(i, L.Dense(2)(L.LSTM(3)(T(encoder)(i))))
    yield "chain", S([
        L.Input((3, 6, 5, 2)), T(S([L.Input((6, 5, 2)), L.Conv2D(2, 3), L.GlobalAveragePooling2D(), L.Dense(3)]), name="each"),
        L.GRU(3), L.Dense(2)])

    # Sentences of words: the masks of the words stay in the inner model.
    i = ids(5)
    sentences = M(i, L.Dense(3)(L.Bidirectional(L.LSTM(2))(embedding()(i))))
    i = ids(4, 5)
    yield "sentences", M(i, L.Dense(2)(L.GRU(3)(T(sentences)(i))))
    # Unless the last layer passes them on.
    i = ids(5)
    words = M(i, L.LSTM(2, return_sequences=True)(embedding()(i)))
    i = ids(4, 5)
    yield "words", M(i, T(L.LSTM(3))(T(words)(i)))
    # A mask of steps goes past a model.
    i = ids(4)
    yield "steps", M(i, L.LSTM(2)(T(S([L.Input((3,)), L.Dense(4), L.Dense(2)]))(embedding()(i))))

    # Joins, models in models, a model that is called twice, layers without weights, frozen ones.
    a = L.Input((4,), name="a")
    head = S([L.Input((3,)), L.Dense(3, "relu"), L.Dense(2)], name="head")
    x = L.Add()([L.Dense(3)(a), L.Dense(3, use_bias=False)(a)])
    x = L.Concatenate()([head(x), L.Reshape((2,))(L.Dense(2)(x)), a])
    inner = M(a, L.LayerNormalization()(x), name="inner")
    i = L.Input((3, 4), name="x")
    shared = T(inner, name="shared")
    yield "joins", M(i, [shared(i), L.Dense(2)(shared(L.Dense(4)(i)))])
    frozen = S([L.Input((4,)), L.Dense(3, "tanh"), L.Dropout(0.0), L.Dense(2)])
    frozen.layers[-1].trainable = False
    i = L.Input((3, 4), name="x")
    yield "frozen", M(i, L.Dense(2)(T(frozen)(i)))
    # tf.keras moves the averages twice, because it computes the inner model a second time for its mask; Keras 3 normalizes
    # each step by itself.
    normal = S([L.Input((5, 4)), L.Conv1D(3, 2), L.Flatten(), L.Dense(2), L.BatchNormalization(momentum=0.7)])
    normal.layers[-1].trainable = v2
    i = L.Input((3, 5, 4), name="x")
    yield "normalized", M(i, L.Dense(2)(T(normal)(i)))
    i = L.Input((3, 4), name="x")
    if v2:
        yield "normalized_layer", M(i, L.Dense(2)(T(L.BatchNormalization(momentum=0.7))(L.Dense(3)(i))))
    # Steps within steps.
    i = L.Input((2, 4), name="pair")
    pairs = M(i, L.LSTM(3)(T(S([L.Input((4,)), L.Dense(3), L.Dense(2)]))(i)))
    i = L.Input((3, 2, 4), name="x")
    yield "steps_in_steps", M(i, L.Dense(2)(T(pairs)(i)))
    if v2:
        a, b = L.Input((4,), name="a"), L.Input((2, 3), name="b")
        both = M([a, b], L.Concatenate()([L.Dense(2)(a), L.LSTM(2)(b)]))
        i, j = L.Input((3, 4), name="x"), L.Input((3, 2, 3), name="z")
        yield "two_inputs", M([i, j], L.LSTM(2)(T(both)([i, j])))


if __name__ == "__main__":
    import os

    os.makedirs(make_cells.OUT, exist_ok=True)
    import tf_keras
    make_cells.write("tfk", tf_keras, models)
    import keras
    make_cells.write("k3", keras, models)
