"""Event files of Keras' own TensorBoard callback: train/ and validation/, three epochs of a small fit.

usage: make_tensorboard.py FOLDER     needs tensorflow, keras (3) and tensorboard
The numbers that Keras logged go into tensorboard.json; the files lie beside it.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import keras
import numpy as np

keras.utils.set_random_seed(1)
x, y = np.random.default_rng(1).normal(size=(24, 3)).astype("f4"), np.arange(24) % 2
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
target = pathlib.Path(sys.argv[1])
with tempfile.TemporaryDirectory() as logs:
    history = model.fit(
        x, y, epochs=3, validation_split=0.25, batch_size=8, callbacks=[keras.callbacks.TensorBoard(logs, write_graph=False)], verbose=0
    )
    for part in ("train", "validation"):
        (found,) = pathlib.Path(logs, part).glob("events*")
        shutil.copy(found, target / f"tensorboard.{part}")
(target / "tensorboard.json").write_text(json.dumps({name: [float(v) for v in values] for name, values in history.history.items()}, indent=1) + "\n")
