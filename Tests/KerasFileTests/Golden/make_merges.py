"""Layers that combine inputs of which all, some or none have masks, by tf_keras (tag tfk), Keras 3 (tag k3) and Keras 3.3 (tag
k33), which differ in what masks mean there. Sidecars as those of make_cells.py, which this script uses.

    python make_merges.py merges [only those whose names begin so]

Where the environment has Keras 3.0 to 3.3, only its files are written.

Written with tf_keras 2.21.0, Keras 3.15.1 and Keras 3.3.3.
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
        if tag != "tfk":
            groups["step"] = [a, L.Embedding(7, 3, mask_zero=True)(third)]
            groups["first_step"] = [L.Embedding(7, 3, mask_zero=True)(third), a]
        groups["fewer_axes"] = [a, L.Dense(3)(L.Flatten()(plain))]
        outputs = []
        if tag != "tfk":
            # An input with fewer axes gets more of them, and loses its mask.
            deep = L.Reshape((2, 6, 3))(L.Embedding(7, 6)(first))
            outputs.append(L.Flatten()(getattr(L, kind)()([deep, a])))
        for inputs in groups.values():
            y = getattr(L, kind)()(inputs)
            outputs += [L.Flatten()(y), L.SimpleRNN(2)(y)]
        yield kind.lower(), M([first, second, *([third] if tag != "tfk" else [])], L.Concatenate()(outputs))
    first, second = L.Input((6,), name="ids_a"), L.Input((6,), name="ids_b")
    a, b = (L.Embedding(7, 3, mask_zero=True)(ids) for ids in (first, second))
    plain = L.Embedding(7, 3)(second)
    outputs = []
    # Keras 2 cannot concatenate masks of some inputs alone along the steps.
    for axis, inputs in ((-1, [a, L.Dense(3)(a)]), (-1, [a, plain]), (2, [plain, a]), (-1, [a, b]), (2, [plain, b, a]), (1, [a, b]), (1, [plain, b]))[: 7 if tag != "tfk" else 6]:
        outputs.append(L.SimpleRNN(2)(L.Concatenate(axis=axis)(inputs)))
    yield "concatenate", M([first, second], L.Concatenate()(outputs))
    first, second = L.Input((6,), name="ids_a"), L.Input((6,), name="ids_b")
    a, b = (L.Embedding(7, 3, mask_zero=True)(ids) for ids in (first, second))
    # Keras 3.3 hides the values of padding only where a causal mask is wanted, too.
    outputs = [L.SimpleRNN(2)(kind()([a, b], use_causal_mask=True)) for kind in (L.Attention, L.AdditiveAttention)]
    yield "attention", M([first, second], L.Concatenate()(outputs))
    # Axes that are counted from the end, of masks that have fewer than the values, or as many as another axis.
    first, second = L.Input((6,), name="ids_a"), L.Input((6,), name="ids_b")
    embed = L.Embedding(7, 3, mask_zero=True)
    wide = [L.Embedding(7, 2, mask_zero=True)(L.Reshape((2, 3))(ids)) for ids in (first, second)]
    outputs = [L.SimpleRNN(2)(L.Concatenate(axis=-2)([embed(first), embed(second)]))]
    outputs += [L.Flatten()(L.TimeDistributed(L.SimpleRNN(2))(L.Concatenate(axis=axis)(wide))) for axis in (-2, -3, -1)]
    yield "concatenate_axes", M([first, second], L.Concatenate()(outputs))


if __name__ == "__main__":
    import os

    os.makedirs(make_cells.OUT, exist_ok=True)
    import keras
    if tuple(map(int, keras.__version__.split(".")[:2])) < (3, 4):
        make_cells.write("k33", keras, models)
    else:
        make_cells.write("k3", keras, models)
        import tf_keras
        make_cells.write("tfk", tf_keras, models)
