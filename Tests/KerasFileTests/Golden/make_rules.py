"""Rules that differ between tf_keras (tag tfk) and Keras 3 (tag k3) beside masks: the scaling of vectors shorter than 1e-6 to
length 1, and operations on tensors with masks, which an .h5 of Keras 3 tells from layers by their config alone. Sidecars as those
of make_cells.py, which this script uses.

    python make_rules.py rules [only those whose names begin so]

Written with tf_keras 2.21.0 and Keras 3.15.1.
"""
import make_cells


def models(K, tag):
    L, M = K.layers, K.Model
    first, second = L.Input((5,), name="a"), L.Input((5,), name="b")
    outputs = []
    # Vectors of lengths around 1, 1e-6, 1e-7, 1e-9 and 0.
    for scale in (1.0, 4e-7, 4e-8, 1e-9, 0.0):
        a, b = L.Rescaling(scale)(first), L.Rescaling(scale)(second)
        outputs += [L.UnitNormalization()(a), L.Dot(axes=1, normalize=True)([a, b])]
        outputs.append(L.TimeDistributed(L.UnitNormalization())(L.Reshape((1, 5))(b)))
        outputs[-1] = L.Flatten()(outputs[-1])
    yield "short", M([first, second], L.Concatenate()(outputs))
    ids = L.Input((6,), name="ids")
    embedded = L.Embedding(7, 3, mask_zero=True)(ids)
    other = L.Dense(3)(embedded)
    joined = L.Multiply()([L.Add()([embedded, other]), embedded])
    yield "plus_layer", M(ids, L.Concatenate()([L.SimpleRNN(2)(joined), L.Flatten()(joined)]))


def operations(K):
    """Models whose operations drop a mask. An .h5 does not tell them from layers by their classes."""
    ids = K.Input((6,), name="ids")
    embedded = K.layers.Embedding(7, 3, mask_zero=True)(ids)
    other = K.layers.Dense(3)(embedded)
    for name, join in {
        "sum": lambda a, b: a + b, "product": lambda a, b: a * b, "difference": lambda a, b: a - b,
        "largest": K.ops.maximum,
    }.items():
        yield name, K.Model(ids, K.layers.SimpleRNN(2)(join(embedded, other)))


if __name__ == "__main__":
    import os

    os.makedirs(make_cells.OUT, exist_ok=True)
    import tf_keras
    make_cells.write("tfk", tf_keras, models)
    import keras
    make_cells.write("k3", keras, models)
    for name, model in operations(keras):
        for form in (".keras", ".h5"):
            model.save(os.path.join(make_cells.OUT, "operation_" + name + form))
    # Models of Keras 3 that no .h5 for Keras 2 can hold.
    for name, layer in {"sigmoid": keras.layers.Dense(2, "hard_sigmoid"), "name": keras.layers.Dense(2, name=".")}.items():
        keras.Sequential([keras.Input((3,)), layer]).save(os.path.join(make_cells.OUT, f"unwritable_{name}.keras"))
