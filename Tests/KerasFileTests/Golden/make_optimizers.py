#!/usr/bin/env python3
"""What the optimizers of each Keras remember: trained for two batches, saved, and trained for three more.

usage: make_optimizers.py OUT_FOLDER keras|tensorflow|tf_keras|legacy   (whichever release is on the path; legacy: tf_keras' own
                                                            old classes, which are Keras 2.10's)
"""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

try:
    import thshim  # noqa: F401
except ImportError:
    pass
out, which = sys.argv[1:3]
if which == "keras":
    import keras as K
elif which == "tensorflow":
    from tensorflow import keras as K
else:
    import tf_keras as K
L, O = K.layers, K.optimizers
if which == "legacy":
    O = K.optimizers.legacy
tag = {"keras": "keras-" + K.__version__, "tensorflow": "keras-" + K.__version__,
       "tf_keras": "tf_keras-" + K.__version__, "legacy": "tf_keras-legacy"}[which]
K3 = K.__version__.startswith("3")
r = np.random.RandomState(3)
x, y = r.randn(14, 3).astype("f"), r.randn(14, 2).astype("f")
w = [(r.randn(*s) * 0.5).astype("f") for s in ((3, 4), (4,), (4, 2), (2,))]


def put(f, a):
    np.ascontiguousarray(a, "<f4").tofile(os.path.join(out, f))
    return {"file": f, "shape": list(a.shape), "dtype": "float32"}


data = {"x": put("x.bin", x), "y": put("y.bin", y)}
schedules = K.optimizers.schedules
e = dict(epsilon=1e-3)
cases = {
    "sgd": ("SGD", dict(learning_rate=0.05)), "momentum": ("SGD", dict(learning_rate=0.05, momentum=0.9)),
    "nesterov": ("SGD", dict(learning_rate=0.05, momentum=0.9, nesterov=True)),
    "adam": ("Adam", dict(learning_rate=0.01, **e)), "amsgrad": ("Adam", dict(learning_rate=0.01, amsgrad=True, **e)),
    "rmsprop": ("RMSprop", dict(learning_rate=0.01, **e)),
    "rmsprop_all": ("RMSprop", dict(learning_rate=0.01, momentum=0.5, centered=True, **e)),
    "adagrad": ("Adagrad", dict(learning_rate=0.05, **e)), "adamax": ("Adamax", dict(learning_rate=0.01, **e)),
    "nadam": ("Nadam", dict(learning_rate=0.01, **e)), "adadelta": ("Adadelta", dict(learning_rate=0.5, **e)),
    "adamw": ("AdamW", dict(learning_rate=0.01, weight_decay=0.1, **e)),
    "lion": ("Lion", dict(learning_rate=0.01, beta_1=0.8, beta_2=0.95)),
    # Layers that compute in float16, and an optimizer inside one that scales the loss.
    "mixed": ("Adam", dict(learning_rate=0.01, **e)),
    "schedule": ("Adam", dict(learning_rate=schedules.ExponentialDecay(0.05, 2, 0.5), **e)),
}
for name, (cls, options) in cases.items():
    # Nadam of 2.11 to tf_keras counts its product wrongly in a compiled function, and does not save it.
    if not hasattr(O, cls) or cls == "Nadam" and (which == "tf_keras" or K.__version__.startswith("2.12")):
        continue
    if name == "mixed" and (which == "legacy" or K.__version__.startswith("2.1")):
        continue
    K.backend.clear_session()
    K.mixed_precision.set_global_policy("mixed_float16" if name == "mixed" else "float32")
    i = K.Input((3,), name="i")
    m = K.Model(i, L.Dense(2, name="b")(L.Dense(4, activation="tanh", name="a")(i)))
    m.set_weights(w)
    m.compile(getattr(O, cls)(**options), "mse")
    for s in (slice(0, 5), slice(5, 12)):
        m.train_on_batch(x[s], y[s])
    base = "%s.%s" % (name, tag)
    files = []
    # An archive that is saved after an .h5 lacks its optimizer (keras-hdf5.md, 7).
    for end in ("keras", "h5"):
        if end == "keras" and (which == "legacy" or K.__version__.startswith("2.1")):
            continue
        m.save(os.path.join(out, "%s.%s" % (base, end)))
        files.append("%s.%s" % (base, end))
    batches = [[0, 6], [6, 14], [2, 5]]
    losses = [float(m.train_on_batch(x[a:b], y[a:b])) for a, b in batches]
    json.dump({"kind": "resume", "name": base, "files": files, **data, "batches": batches, "losses": losses,
               "class": cls, "atol": 5e-3 if name == "mixed" else 1e-5}, open(os.path.join(out, base + ".json"), "w"), separators=(",", ":"))
