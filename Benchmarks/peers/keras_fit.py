"""Keras: an epoch of each MNIST recipe (shuffled, validated, with accuracy), and the whole wine recipe."""
from common import *

import csv

import keras
from keras import layers
from sklearn.model_selection import train_test_split
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
x, y, vx, vy = mnist_train_and_validation()


def epoch(normalized, optimizer, batch, **compile_options):
    hidden = [[layers.Dense(n, activation="relu")] + ([layers.BatchNormalization()] if normalized else []) for n in SIZES[1:3]]
    model = keras.Sequential([keras.Input((784,)), *sum(hidden, []), layers.Dense(10, activation="softmax")])
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], **compile_options)
    return lambda: model.fit(x, y, batch_size=batch, epochs=1, validation_data=(vx, vy), verbose=0)


for name, arguments in (("mnist epoch, SGD, batch 32: Keras", (False, "sgd", 32)),
                        ("mnist-bn epoch, Adam, batch 64: Keras", (True, "adam", 64))):
    fastest(name, {
        "as it comes": epoch(*arguments),
        "no XLA": epoch(*arguments, jit_compile=False),
        "no XLA, 50 steps a call": epoch(*arguments, jit_compile=False, steps_per_execution=50)})

with open(ROOT / "data/wine.csv") as f:
    rows = list(csv.reader(f))[1:]
wx = np.array([r[:-1] for r in rows], np.float32)
wy = np.array([r[-1] == "good" for r in rows], np.float32)
tx, _, ty, _ = train_test_split(wx, wy, test_size=0.25, random_state=42)
tx, vx, ty, vy = train_test_split(tx, ty, test_size=0.25, random_state=42)
mean, deviation = tx.mean(0), tx.std(0)
tx, vx = (tx - mean) / deviation, (vx - mean) / deviation


def wine(**compile_options):
    model = keras.Sequential([keras.Input((11,)), *[layers.Dense(n, activation="relu") for n in (30, 10, 5)],
                              layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"], **compile_options)
    model.fit(tx, ty, batch_size=64, epochs=40, validation_data=(vx, vy), verbose=0)


# No early stopping, so that every run, ours too, does the same 40 epochs.
fastest("wine recipe, 40 epochs: Keras", {
    "as it comes": wine, "no XLA": lambda: wine(jit_compile=False)})
