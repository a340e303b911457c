"""Models whose inputs or outputs are dictionaries or nested lists, models in models, and layers of Keras' applications: by
tf_keras (tag tfk) and Keras 3 (tag k3), each as .h5 and as .keras where it can be saved so, with their answers.

    python make_structures.py structures [only those whose names begin so]

Written with tf_keras 2.21.0 and Keras 3.15.1. Inputs and outputs are in the order in which Keras flattens a structure: a
dictionary by its keys.
"""
import json
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
OUT = sys.argv[1]
ONLY = sys.argv[2] if len(sys.argv) > 2 else ""
ROWS = 4


def models(K, tag):
    L, M, S = K.layers, K.Model, K.Sequential
    v2 = tag == "tfk"

    def vector(name="x", size=3):
        return L.Input((size,), name=name)

    # Outputs, all of one shape, so that nothing but the order tells them apart.
    i = vector()
    yield "dict_outputs", M(i, {"z": L.Dense(2, name="z")(i), "c": L.Dense(2, name="c")(i), "B": L.Dense(2, name="b")(i)})
    i = vector()
    yield "dict_other_names", M(i, {"first": L.Dense(2, name="z")(i), "second": L.Dense(2, name="a")(i), "ä": L.Dense(2, name="m")(i)})
    i = vector()
    a, b, c = (L.Dense(2, name=n)(i) for n in "qpr")
    yield "nested_outputs", M(i, [{"q": a, "p": b}, [c, a]])
    i = vector()
    yield "one_in_list", M(i, [L.Dense(2)(i)])
    i = vector()
    yield "one_in_dict", M(i, {"only": L.Dense(2)(i)})
    # Inputs.
    p, q = vector("q"), vector("b")
    yield "dict_inputs", M({"q": p, "b": q}, {"w": L.Subtract(name="w")([p, q]), "v": L.Dense(3, name="v")(q)})

    # Models in models.
    def functional(name, size=3):
        i = L.Input((size,))
        return M(i, L.Dense(4)(L.Concatenate()([L.Dense(3, activation="tanh")(i), i])), name=name)

    yield "functional_in_sequential", S([vector(), functional("inner"), L.Dense(2)])
    yield "functional_first", S([functional("inner"), L.Dense(2)])
    yield "sequential_in_sequential", S([vector(), S([L.Input((3,)), L.Dense(4, activation="relu")], name="inner"), L.Dense(2)])
    i = vector()
    inner = S([L.Input((3,)), L.Dense(3, activation="relu"), functional("deep")], name="inner")
    yield "functional_in_sequential_in_functional", M(i, {"y": L.Dense(2, name="y")(inner(i)), "a": L.Dense(2, name="a")(inner(L.Dense(3)(i)))})
    # A model of two outputs inside, given as a dictionary.
    j = L.Input((3,))
    two = M(j, {"z": L.Dense(2, name="z")(j), "c": L.Dense(2, name="c")(j)}, name="two")
    i = vector()
    y = two(i)
    yield "dict_inside", M(i, [L.Dense(2, name="y")(y["z"]), L.Dense(2, name="x_")(y["c"])])

    # A model that is called with a dictionary.
    p, q = L.Input((3,), name="q"), L.Input((3,), name="b")
    inner = M({"q": p, "b": q}, L.Subtract()([p, q]), name="inner")
    i = vector()
    yield "dict_call", M(i, inner({"q": L.Dense(3, name="d")(i), "b": i}))

    # A masked sequence into a model inside, which it leaves with its mask.
    i = L.Input((5,), name="ids")
    j = L.Input((5, 3))
    inner = M(j, L.LSTM(3, return_sequences=True)(j), name="inner")
    yield "mask_into_model", M(i, L.GRU(2)(inner(L.Embedding(7, 3, mask_zero=True)(i))))

    # What Keras' applications define for themselves.
    if v2:
        from tf_keras.src.applications import convnext, inception_resnet_v2
    else:
        from keras.src.applications import convnext, inception_resnet_v2
    i = L.Input((4, 4, 3), name="x")
    x = L.Conv2D(5, 3, padding="same")(i)
    yield "layer_scale", M(i, L.Add()([x, convnext.LayerScale(0.5, 5)(x)]))
    i = L.Input((4, 4, 3), name="x")
    yield "scaled_sum", M(i, inception_resnet_v2.CustomScaleLayer(0.17)([i, L.Conv2D(3, 3, padding="same")(i)]))

    # Data that the first layer was adapted to, and no shape of the input.
    if not v2:
        first = L.Normalization()
        first.adapt(np.random.default_rng(0).normal(3, 2, (20, 3)))
        yield "normalization_first", S([first, L.Dense(2)])
    first = L.Normalization()
    first.adapt(np.random.default_rng(0).normal(3, 2, (20, 3)))
    model = S([first, L.Dense(2)])
    model.build((None, 3)) if not v2 else model(np.zeros((1, 3), "f4"))
    yield "normalization_called", model


def flat(K, structure):
    return K.tree.flatten(structure) if K.__name__ == "keras" else __import__("tensorflow").nest.flatten(structure)


def write(tag, K):
    for number, (name, model) in enumerate(models(K, tag)):
        if not name.startswith(ONLY):
            continue
        rng = np.random.default_rng(number)
        shapes = [tuple(t.shape)[1:] for t in model.inputs] if model.built and model.inputs and "normalization" not in name else [(3,)]
        xs = [rng.normal(0, 1, (ROWS, *shape)).astype("f4") for shape in shapes]
        if name.startswith("mask_"):  # Ids; 0 is padding.
            xs = [np.round(np.abs(x) * 2).clip(0, 6) for x in xs]
        if "normalization" not in name:
            for w in model.weights:
                w.assign(rng.normal(0, 0.6, w.shape))
        struct = xs[0] if len(xs) == 1 else {"b": xs[0], "q": xs[1]}
        outs = [np.asarray(o) for o in flat(K, model(struct, training=False))]
        base, files = f"{name}.{tag}", []
        for ending in (".h5", ".keras"):
            file = base + ending
            if name == "normalization_first" and ending == ".h5":
                continue  # Keras 3 saves no weights' place then.
            try:
                model.save(os.path.join(OUT, file))
            except Exception as error:
                print(file, repr(error)[:120])
                continue
            files.append(file)

        def put(kind, items):
            entries = []
            for n, a in enumerate(items):
                file = f"{base}.{kind}{n}.bin"
                np.asarray(a).astype("<f4").tofile(os.path.join(OUT, file))
                entries.append({"file": file, "shape": list(np.asarray(a).shape), "dtype": "float32"})
            return entries

        side = {
            "kind": "inference", "name": base, "inputs": put("in", xs),
            "variants": [{"tag": tag, "producer": K.__name__ + " " + K.__version__, "files": files, "outputs": put("out", outs),
                          "layers": [[l.__class__.__name__, l.name] for l in model.layers], "atol": 1e-5, "rtol": 1e-4}]}
        json.dump(side, open(os.path.join(OUT, base + ".json"), "w"))
        print(base, files, [o.shape for o in outs])


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    import tf_keras
    write("tfk", tf_keras)
    import keras
    write("k3", keras)
