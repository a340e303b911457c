"""Layers that combine inputs of which all, some or none have masks, by tf_keras (tag tfk) and Keras 3 (tag k3), which differ in
what masks mean there. Sidecars as those of make_cells.py, which this script uses.

    python make_merges.py merges [only those whose names begin so]

Written with tf_keras 2.21.0 and Keras 3.15.1.
"""
import sys

import make_cells


def models(K, tag):
    L, M = K.layers, K.Model
    for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        first, second = L.Input((6,), name="ids_a"), L.Input((6,), name="ids_b")
        embed = L.Embedding(7, 3, mask_zero=True)
        a, b, plain = embed(first), L.Embedding(7, 3, mask_zero=True)(second), L.Embedding(7, 3)(second)
        groups = {"same": [a, L.Dense(3)(a)], "one": [a, plain], "other": [plain, a], "two": [a, b]}
        if kind != "Subtract":
            groups["three"] = [b, a, L.Dense(3)(a)]
            groups["some"] = [plain, a, b]
            groups["broadcast"] = [a, L.Dense(1)(b)]
        # Repeated along the steps: Keras 2 cannot join such masks.
        third = L.Input((1,), name="ids_c")
        if tag == "k3":
            groups["step"] = [a, L.Embedding(7, 3, mask_zero=True)(third)]
            groups["first_step"] = [L.Embedding(7, 3, mask_zero=True)(third), a]
        groups["fewer_axes"] = [a, L.Dense(3)(L.Flatten()(plain))]
        outputs = []
        if tag == "k3":
            # An input with fewer axes gets more of them, and loses its mask.
            deep = L.Reshape((2, 6, 3))(L.Embedding(7, 6)(first))
            outputs.append(L.Flatten()(getattr(L, kind)()([deep, a])))
        for inputs in groups.values():
            y = getattr(L, kind)()(inputs)
            outputs += [L.Flatten()(y), L.SimpleRNN(2)(y)]
        yield kind.lower(), M([first, second, *([third] if tag == "k3" else [])], L.Concatenate()(outputs))
    first, second = L.Input((6,), name="ids_a"), L.Input((6,), name="ids_b")
    a, b = (L.Embedding(7, 3, mask_zero=True)(ids) for ids in (first, second))
    plain = L.Embedding(7, 3)(second)
    outputs = []
    # Keras 2 cannot concatenate masks of some inputs alone along the steps.
    for axis, inputs in ((-1, [a, L.Dense(3)(a)]), (-1, [a, plain]), (2, [plain, a]), (-1, [a, b]), (2, [plain, b, a]), (1, [a, b]), (1, [plain, b]))[: 7 if tag == "k3" else 6]:
        outputs.append(L.SimpleRNN(2)(L.Concatenate(axis=axis)(inputs)))
    yield "concatenate", M([first, second], L.Concatenate()(outputs))


if __name__ == "__main__":
    import os

    os.makedirs(make_cells.OUT, exist_ok=True)
    import tf_keras
    make_cells.write("tfk", tf_keras, models)
    import keras
    make_cells.write("k3", keras, models)
