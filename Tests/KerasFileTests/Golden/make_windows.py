"""Weights as tf.keras 2.13 to 2.15 wrote them on Windows, where the names of groups are joined by backslashes, and with each
layer numbered by one, as in 2.14.

    python make_windows.py windows numbered      with tf_keras 2.21.0; after make_numbered.py

whole.h5 is the same model as archive.keras and alone.weights.h5; numbered_by_one.weights.h5 has the weights of
numbered/whole.h5.
"""
import os
import shutil
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
import h5py
import numpy as np
import tf_keras as keras

out, numbered = sys.argv[1:3]
os.makedirs(out, exist_ok=True)
keras.src.saving.saving_lib.tf.io.gfile.join = lambda *parts: "\\".join(p for p in parts if p)
layers = keras.layers
keras.utils.set_random_seed(5)
inner = keras.Sequential([layers.Dense(2), layers.BatchNormalization(), layers.Dense(3)], name="inner")
start = keras.Input((4,))
x = layers.Reshape((3, 1))(inner(layers.Dense(4)(layers.Dense(4)(start))))
model = keras.Model(start, layers.Dense(2)(layers.Bidirectional(layers.LSTM(2))(x)))
model.compile("adam", "mse")
model.fit(np.ones((4, 4)), np.ones((4, 2)), verbose=0)
model.save_weights(out + "/alone.weights.h5")
model.save(out + "/archive.keras")
model.save(out + "/whole.h5")

by_one = out + "/numbered_by_one.weights.h5"
shutil.copy(numbered + "/alone.weights.h5", by_one)


def number(group):
    """Numbers the groups of each class by one."""
    for name in list(group):
        if isinstance(group[name], h5py.Group):
            number(group[name])
    if not group.name.endswith("_layer_checkpoint_dependencies"):
        return
    words = {}
    for name in group:
        word, _, digits = name.rpartition("_")
        word, place = (word, int(digits)) if digits.isdigit() else (name, 0)
        words.setdefault(word, []).append((place, name))
    for word, names in words.items():
        for place, (_, name) in enumerate(sorted(names)):
            target = word if place == 0 else f"{word}_{place}"
            if target != name:
                group.move(name, target)


with h5py.File(by_one, "r+") as file:
    number(file)
    file.visit(print)
