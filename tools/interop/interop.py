#!/usr/bin/env python3
"""Holds Cellar's model files against the real Keras 2 (tf_keras) and Keras 3, both ways.

usage: interop.py [MODEL.h5 …]

Without files: every model in models/, and one short run of each recipe (two epochs, into a temporary store).

For each file of ours
  Keras 2   loads it compiled and without any warning; the optimizer's state is the file's; it predicts and evaluates
            as `infer` does; it goes on to fit; what it then saves is read by `infer` again
  Keras 3   loads it, predicts and evaluates as `infer` does
and files written by Keras 2 and Keras 3 alone are read by `infer`. "As" means within 1e-6, or as
near to the float64 answer as Keras itself is. Wide layers are trained as Keras does, to the same bits on any number of threads.

Prints a table; the exit code is 1 where a check failed. CELLAR_BIN names another folder of commands than bin/.
"""
import contextlib
import csv
import gzip
import json
import logging
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback
import warnings

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0", KERAS_BACKEND="tensorflow")

import h5py
import keras as keras3
import numpy as np
import tensorflow as tf
import tf_keras as keras2

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("CELLAR_BIN", ROOT / "bin"))
TOLERANCE = 1e-6
# What Keras 3 says of every `.h5` it loads compiled, its own included; nothing in a file can avoid it.
KERAS3_ALWAYS_SAYS = ("compiled metrics have yet to be built", "Error in loading the saved optimizer state",
                      "Skipping variable loading for optimizer")

loggers = [logging.getLogger(name) for name in (None, "absl", "tensorflow")]
results = []


class Failed(Exception):
    pass


def check(file, name, action):
    """Runs one check, which returns a remark for the table; True where it passed."""
    try:
        results.append((file, name, True, action() or ""))
    except Exception as error:
        if not isinstance(error, (Failed, OSError)):
            traceback.print_exc()
        results.append((file, name, False, f"{type(error).__name__}: {error}".splitlines()[0][:200]))
    file, name, passed, remark = results[-1]
    print(f"{'ok  ' if passed else 'FAIL'} {file:34} {name:36} {remark}", flush=True)
    return passed


@contextlib.contextmanager
def no_warnings(apart_from=()):
    """Turns everything that Keras or TensorFlow warns of, by either of Python's two ways, into a failure."""
    said = []

    class Collect(logging.Handler):
        def emit(self, record):
            said.append(record.getMessage())

    handler = Collect(logging.WARNING)
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.ERROR)
    said += [str(w.message) for w in caught]
    said = [text for text in said if not any(known in text for known in apart_from)]
    if said:
        raise Failed("warned: " + said[0])


def run(command, *arguments):
    done = subprocess.run([str(BIN / command), *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        line = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[0]
        raise Failed(f"{command} {arguments[0]} exits {done.returncode}: {line}")
    return done.stdout


def near(ours, theirs, tolerance=TOLERANCE):
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if ours.shape != theirs.shape:
        raise Failed(f"shape {list(ours.shape)}, Keras has {list(theirs.shape)}")
    off = float(np.max(np.abs(ours - theirs), initial=0))
    if not off <= tolerance:
        beyond = int(np.sum(~(np.abs(ours - theirs) <= tolerance)))
        raise Failed(f"differs by {off:.2g}; {beyond} of {ours.size} values by more than {tolerance:.0e}")
    return f"differs by {off:.1g}"


# MARK: data, raw as a user has it

def idx(name, header):
    with gzip.open(ROOT / "data/mnist" / name) as f:
        return np.frombuffer(f.read(), np.uint8, offset=header)


def mnist(split):
    x = idx(f"{split}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28).astype(np.float32)
    return x, idx(f"{split}-labels-idx1-ubyte.gz", 8).astype(np.int32)


def wine():
    with open(ROOT / "data/wine.csv") as f:
        rows = list(csv.reader(f))[1:]
    return np.array([r[:-1] for r in rows], np.float32), np.array([r[-1] == "good" for r in rows], np.int32)


class Data:
    """Rows to predict, evaluate and fit on, and what `infer evaluate` calls them."""

    def __init__(self, shape):
        shape = tuple(shape)
        if shape in ((28, 28), (784,)):
            (self.x, self.y), (self.fit_x, self.fit_y), self.path = mnist("t10k"), mnist("train"), "data/mnist"
            self.fit_x, self.fit_y = self.fit_x[:12_800], self.fit_y[:12_800]
        elif shape == (11,):
            (self.x, self.y), self.path = wine(), "data/wine.csv"
            self.fit_x, self.fit_y = self.x, self.y
        else:
            self.x = np.random.default_rng(1).normal(size=(64, *shape)).astype(np.float32)
            self.y = self.fit_x = self.fit_y = self.path = None
        self.x = self.x.reshape(-1, *shape)
        self.fit_x = None if self.fit_x is None else self.fit_x.reshape(-1, *shape)


def infer_scores(file, x):
    with tempfile.TemporaryDirectory() as folder:
        np.save(folder + "/x.npy", x)
        run("infer", "score", folder + "/x.npy", "-o", folder + "/p.npy", "--model", file)
        return np.load(folder + "/p.npy")


def infer_evaluates(file, path):
    """Loss and accuracy, wherever they stand in the JSON text."""
    found = {}

    def look(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in ("loss", "accuracy") and isinstance(inner, (int, float)):
                    found.setdefault(key, inner)
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(json.loads(run("infer", "evaluate", path, "--model", file, "--json")))
    if set(found) != {"loss", "accuracy"}:
        raise Failed(f"infer evaluate --json has {sorted(found)}, expected loss and accuracy")
    return [found["loss"], found["accuracy"]]


# MARK: our files in Keras

def optimizer_state(file, model):
    """The restored optimizer's variables are those of the file, with steps taken and no slot left at zero."""
    with h5py.File(file) as f:
        names = [n.decode() if isinstance(n, bytes) else n for n in f["optimizer_weights"].attrs["weight_names"]]
        stored = [f["optimizer_weights"][n][()] for n in names]
    optimizer = model.optimizer
    restored = optimizer.weights if hasattr(optimizer, "weights") else optimizer.variables
    restored = [v.numpy() for v in (restored() if callable(restored) else restored)]
    # The newer optimizers keep the learning rate among their variables; files do not.
    if len(restored) == len(stored) + 1:
        del restored[1]
    if len(restored) != len(stored):
        raise Failed(f"{len(stored)} arrays in the file, {len(restored)} in the optimizer")
    for name, a, b in zip(names, stored, restored):
        if not np.array_equal(a, b):
            raise Failed(f"{name} is not as stored")
        if not np.any(b):
            raise Failed(f"{name} is zero")
    return f"{type(optimizer).__name__}, {int(optimizer.iterations.numpy())} steps, {len(stored) - 1} slots"


def in_double_precision(file, x):
    """What the same network gives where nothing is rounded to float32: the measure of both sides' own error."""
    model = keras2.models.load_model(str(file), compile=False)
    config = model.get_config()
    for layer in config["layers"]:
        layer["config"]["dtype"] = "float64"
    exact = keras2.Sequential.from_config(config)
    exact.build(model.input_shape)
    exact.set_weights(model.get_weights())
    return exact.predict(x.astype(np.float64), batch_size=1000, verbose=0)


def targets(model, labels):
    """Labels as the model's loss takes them: numbers, or one-hot rows."""
    loss = model.loss if isinstance(model.loss, str) else getattr(model.loss, "name", None) or model.loss.__name__
    one_hot = "categorical" in loss and "sparse" not in loss
    return np.eye(model.output_shape[-1], dtype=np.float32)[labels.astype(int)] if one_hot else labels


def goes_on(model, data):
    y, fit_y = targets(model, data.y), targets(model, data.fit_y)
    before, steps = model.evaluate(data.x, y, verbose=0)[0], int(model.optimizer.iterations.numpy())
    model.fit(data.fit_x, fit_y, batch_size=64, epochs=1, verbose=0)
    taken, after = int(model.optimizer.iterations.numpy()) - steps, model.evaluate(data.x, y, verbose=0)[0]
    if taken != -(-len(data.fit_x) // 64):
        raise Failed(f"{taken} steps taken in an epoch of {-(-len(data.fit_x) // 64)}")
    if not after <= before * 1.25 + 0.02:
        raise Failed(f"loss rose from {before:.4f} to {after:.4f}")
    return f"loss {before:.4f} -> {after:.4f}"


def predicts_as(model, name, file, data):
    """Within 1e-6; or, where float32 itself leaves Keras further than that from the exact answer (a probability behind
    logits of 30 and more), as near to the exact answer as Keras is, give or take a half."""
    ours, theirs = infer_scores(file, data.x), model.predict(data.x, batch_size=1000, verbose=0)
    try:
        return near(ours, theirs)
    except Failed as failed:
        exact = in_double_precision(file, data.x)
        off = [float(np.max(np.abs(p - exact), initial=0)) for p in (ours, theirs)]
        if off[0] <= 1.5 * off[1] and np.mean(np.abs(ours - theirs) <= TOLERANCE) > 0.999:
            return f"from float64: infer {off[0]:.1e}, {name} {off[1]:.1e}"
        raise Failed(f"{failed} (from float64: infer {off[0]:.2g}, {name} {off[1]:.2g})") from None


def comes_back(model, data, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(folder / "again.h5")
    return predicts_as(model, "Keras 2", folder / "again.h5", data)


def ours_in_keras(file, folder):
    label, loaded = file.name, {}

    def load(name, library, apart_from):
        def action():
            with no_warnings(apart_from):
                loaded[name] = library.models.load_model(str(file))
        return check(label, name + " loads it", action)

    def predicts(name):
        return predicts_as(loaded[name], name, file, data)

    def evaluates(name):
        theirs = loaded[name].evaluate(data.x, targets(loaded[name], data.y), batch_size=1000, verbose=0)
        return near(infer_evaluates(file, data.path), theirs, TOLERANCE * max(1, theirs[0]))

    for name, library, apart_from in (("Keras 2", keras2, ()), ("Keras 3", keras3, KERAS3_ALWAYS_SAYS)):
        if not load(name, library, apart_from):
            continue
        data = Data(loaded[name].input_shape[1:])
        if name == "Keras 2":
            check(label, "Keras 2 restores the optimizer", lambda: optimizer_state(file, loaded[name]))
        check(label, name + " predicts as infer", lambda: predicts(name))
        if data.path:
            check(label, name + " evaluates as infer", lambda: evaluates(name))
            if name == "Keras 2":
                check(label, "Keras 2 goes on to fit", lambda: goes_on(loaded[name], data))
                check(label, "infer reads what Keras 2 then saves", lambda: comes_back(loaded[name], data, folder))


# MARK: Keras' files in `infer`

def theirs_in_infer(name, library, folder):
    layers, version = library.layers, library.__version__
    library.utils.set_random_seed(1)
    digits, wines = Data((28, 28)), Data((11,))
    normalization = layers.Normalization(mean=wines.x.mean(0), variance=wines.x.var(0))
    plain = library.Sequential([
        layers.InputLayer((28, 28)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(30, activation="relu"),
        layers.Dense(10, activation="softmax")])
    normalized = library.Sequential([
        layers.InputLayer((28, 28)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(30, use_bias=False),
        layers.BatchNormalization(), layers.Activation("relu"), layers.Dropout(0.2), layers.Dense(10, activation="softmax")])
    table = library.Sequential([
        layers.InputLayer((11,)), normalization, layers.Dense(10, activation="elu"), layers.Dense(1, activation="sigmoid")])
    for kind, model, data, optimizer, loss in (
            ("digits-sgd", plain, digits, "sgd", "sparse_categorical_crossentropy"),
            ("digits-bn-adam", normalized, digits, "adam", "sparse_categorical_crossentropy"),
            ("wine-rmsprop", table, wines, "rmsprop", "binary_crossentropy")):
        file = folder / f"{kind}.h5"

        def action():
            model.compile(optimizer, loss, metrics=["accuracy"])
            model.fit(data.fit_x, data.fit_y, batch_size=64, epochs=1, verbose=0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.save(str(file))
            return near(infer_scores(file, data.x), model.predict(data.x, batch_size=1000, verbose=0))

        check(f"{kind} of {name} {version}", "infer predicts as " + name, action)


def wide_fits(name, library, folder):
    """Wide first layers, which `trainer` computes in parts on one or more threads, trained as Keras does from the same start.
    Activations are smooth: a unit that stands on ReLU's kink may go either way by a rounding."""
    layers = library.layers
    x, y = (part[:1500] for part in mnist("train"))
    np.save(folder / "x.npy", x.astype(np.uint8))
    np.save(folder / "y.npy", y)
    recipe = folder / "wide.yaml"
    data = {"npy": {"samples": str(folder / "x.npy"), "labels": str(folder / "y.npy")}}
    fit = {"epochs": 2, "batch_size": 48, "shuffle": False, "seed": 1}
    recipe.write_text(json.dumps({"name": "wide", "data": data, "fit": fit}))
    for kind, inner, optimizer in (
            ("sum", [layers.Dense(300, activation="tanh"), layers.Dense(100, activation="swish")], "SGD"),
            ("sum-bn", [layers.Dense(640, use_bias=False), layers.BatchNormalization(), layers.Activation("tanh"), layers.Dense(60, activation="elu")], "Adam"),
            ("outputs", [layers.Dense(512, activation="elu")], "RMSprop"),
            ("side-by-side", [layers.Dense(200, activation="elu"), layers.LayerNormalization(), layers.Dense(60, activation="tanh")], "Adam")):
        library.utils.set_random_seed(5)
        model = library.Sequential([layers.InputLayer((28, 28)), layers.Rescaling(1 / 255), layers.Flatten(), *inner, layers.Dense(10, activation="softmax")])
        model.compile(getattr(library.optimizers, optimizer)(0.01 if optimizer == "SGD" else 0.001), "sparse_categorical_crossentropy")
        file = folder / f"{kind}{'.keras' if library is keras3 else '.h5'}"
        model.save(str(file))

        def action():
            loss = model.fit(x, y, batch_size=48, epochs=2, shuffle=False, verbose=0).history["loss"][-1]
            weights = []
            for threads in (1, 2, 3):
                said = json.loads(run("trainer", "fit", recipe, "--from", file, "--quiet", "--json", "--threads", threads, "--store", folder / f"{kind}-{threads}"))
                with h5py.File(said["file"]) as ours:
                    found = []
                    ours["model_weights"].visititems(lambda _, item: found.append(item[()]) if isinstance(item, h5py.Dataset) else None)
                weights.append(found)
            if not all(np.array_equal(a, b) for other in weights[1:] for a, b in zip(weights[0], other, strict=True)):
                raise Failed("another number of threads gives other bits")
            near(said["history"]["loss"][-1], loss, 1e-5)
            # Adam divides by square roots of small numbers: 62 steps of that leave five digits.
            return near(infer_scores(said["file"], x[:300]), model.predict(x[:300], verbose=0), 1e-4)

        check(f"{kind} of {name}", "trainer fits as " + name, action)


def short_runs(store):
    """One short run of each recipe; the files that it made."""
    made = []
    for recipe in sorted((ROOT / "recipes").glob("*.yaml")):
        def action():
            run("trainer", "fit", recipe, "--epochs", 2, "--seed", 7, "--store", store)
            new = [f for f in sorted(store.rglob("*.h5")) if f not in made and "ckpt" not in f.name]
            if not new:
                raise Failed("no model file appeared in the store")
            made.extend(new)
            return new[0].name
        check(recipe.name, "trainer fit, 2 epochs", action)
    return made


def main(arguments):
    for logger in loggers:  # What is said outside `no_warnings` is about our calls, not about a file.
        logger.setLevel(logging.ERROR)
    print(f"Keras 2 is tf_keras {keras2.__version__}, Keras 3 is {keras3.__version__}, TensorFlow {tf.__version__}\n")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        files = [pathlib.Path(a).resolve() for a in arguments]
        if not files:
            files = sorted((ROOT / "models").rglob("*.h5")) + short_runs(folder / "store")
        for file in files:
            ours_in_keras(file, folder)
        for name, library in (("Keras 2", keras2), ("Keras 3", keras3)):
            kept = folder / name
            kept.mkdir()
            theirs_in_infer(name, library, kept)
            wide_fits(name, library, kept)
    failed = sum(not passed for _, _, passed, _ in results)
    print(f"\n{len(results)} checks, {failed} failed" if failed else f"\n{len(results)} checks, all passed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
