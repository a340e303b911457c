#!/usr/bin/env python3
"""What the matrix asks of one Keras release; runs in that release's own environment.

usage: driver.py LIBRARY write FOLDER [KIND …] makes every kind, trains it for an epoch, saves it, notes what it then says and how it goes on
       driver.py LIBRARY check JOBS RESULTS    opens files, notes what they say and how they go on

LIBRARY is `keras` or `tf_keras`. Arrays go through .npy files, everything else through JSON.
"""
import json
import logging
import os
import sys
import traceback
import warnings

from dialects import Missing, dialect
from kinds import BATCH, KINDS, ROWS

import numpy as np


def one_line(error):
    """The error in a line, without TensorFlow's account of where it was called from."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.strip().startswith(("[[", "File ", "main(", "{{"))]
    if len(lines) > 1 and lines[0].startswith("Graph execution error"):
        lines = lines[-1:]
    return f"{type(error).__name__}: {' '.join(lines)}"[:300]


def listed(value):
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    return list(value) if isinstance(value, (list, tuple)) else [value]


def alone(values):
    return values[0] if len(values) == 1 else values


def arranged(model, values):
    """Values for a model's outputs, in a dictionary where the outputs are in one."""
    outputs = getattr(model, "output", None) if len(values) > 1 else None
    return dict(zip(sorted(outputs), values)) if isinstance(outputs, dict) else alone(values)


def predicted(model, xs):
    return listed(model.predict(alone(xs), batch_size=ROWS, verbose=0))


def save_arrays(base, arrays):
    names = [f"{base}{i}.npy" for i in range(len(arrays))]
    for name, array in zip(names, arrays):
        np.save(name, array)
    return names


def in_double_precision(keras, kind, weights, xs):
    """What the same network gives where nothing is rounded to float32: the measure of both sides' own error."""
    keras.double(True)
    try:
        model = kind.build(keras)
        model.set_weights([w.astype("float64") for w in weights])
        return predicted(model, [x.astype("float64") for x in xs])
    finally:
        keras.double(False)


def another_epoch(keras, model, xs, ys, base):
    """Its loss, and the predictions afterwards."""
    loss = float(keras.fit(model, alone(xs), arranged(model, ys), BATCH))
    return {"loss": loss, "later": save_arrays(base + ".q", predicted(model, xs))}


def with_sums(keras, file, xs, ys, base):
    """The same where the release would have to add gradients up first; nothing where it does."""
    model = keras.load(file)
    return {"summed": another_epoch(keras, model, xs, ys, base + ".summed")} if keras.adds_gradients(model) else {}


def write_one(keras, kind, folder):
    xs, ys = kind.data()
    keras.seed(5)
    model = kind.build(keras)
    model.compile(keras.optimizer(*kind.optimizer), arranged(model, kind.losses))
    keras.fit(model, alone(xs), arranged(model, ys), BATCH)
    base = os.path.join(folder, kind.name)
    said = {"kind": kind.name, "files": {}, "inputs": save_arrays(base + ".x", xs), "targets": save_arrays(base + ".y", ys)}
    for extension in reversed(keras.extensions):  # `.keras` first: saving `.h5` makes Keras 3 forget the optimizer.
        try:
            keras.save(model, base + extension)
            said["files"][extension] = base + extension
        except Exception as error:
            said["files"][extension] = None
            said.setdefault("remarks", []).append(f"{extension}: {one_line(error)}")
    try:
        model.save_weights(base + ".weights.h5")
        said["files"][".weights.h5"] = base + ".weights.h5"
        said["architecture"] = base + ".config.json"
        with open(said["architecture"], "w") as f:
            f.write(model.to_json())
    except Exception as error:
        said["files"][".weights.h5"] = None
        said.setdefault("remarks", []).append(f".weights.h5: {one_line(error)}")
    before = model.get_weights()
    said["outputs"] = save_arrays(base + ".p", predicted(model, xs))
    said.update(another_epoch(keras, model, xs, ys, base))
    if said["files"].get(".keras"):
        said.update(with_sums(keras, said["files"][".keras"], xs, ys, base))
    try:
        said["exact"] = save_arrays(base + ".e", in_double_precision(keras, kind, before, xs))
    except Exception as error:
        said.setdefault("remarks", []).append("float64: " + one_line(error))
    return said


def write(keras, folder, wanted):
    made = []
    for kind in KINDS:
        if wanted and kind.name not in wanted:
            continue
        try:
            made.append(write_one(keras, kind, folder))
        except Missing as missing:
            made.append({"kind": kind.name, "missing": str(missing)})
        except Exception as error:
            traceback.print_exc()
            made.append({"kind": kind.name, "error": one_line(error)})
    return {"version": keras.version, "made": made}


class Warnings(logging.Handler):
    """Everything that Keras or TensorFlow warns of meanwhile, by either of Python's two ways."""

    def __enter__(self):
        self.said = []
        self.setLevel(logging.WARNING)
        self.loggers = [logging.getLogger(name) for name in (None, "absl", "tensorflow")]
        for logger in self.loggers:
            logger.addHandler(self)
        self.catcher = warnings.catch_warnings(record=True)
        self.caught = self.catcher.__enter__()
        warnings.simplefilter("always")
        return self

    def emit(self, record):
        self.said.append(record.getMessage())

    def __exit__(self, *error):
        self.catcher.__exit__(*error)
        for logger in self.loggers:
            logger.removeHandler(self)
        old = (DeprecationWarning, PendingDeprecationWarning)  # Of the interpreter's age, not of the file.
        self.said += [str(w.message) for w in self.caught if not issubclass(w.category, old)]


def check_one(keras, job):
    """A job: file, whether it is opened compiled, inputs, base of the answers' names; with `targets`, one more epoch too. With `kind`, the file is the weights of such a model."""
    said, xs = {}, [np.load(name) for name in job["inputs"]]
    try:
        with Warnings() as heard:
            if "kind" in job:
                model = next(kind for kind in KINDS if kind.name == job["kind"]).build(keras)
                model.load_weights(job["file"])
            else:
                model = keras.load(job["file"], job["compiled"])
        said["warnings"] = [text.splitlines()[0][:300] for text in heard.said if text.strip()]
    except Exception as error:
        return {"load_error": one_line(error)}
    try:
        said["outputs"] = save_arrays(job["base"] + ".p", predicted(model, xs))
    except Exception as error:
        said["predict_error"] = one_line(error)
    if "targets" in job:
        try:
            ys = [np.load(name) for name in job["targets"]]
            said.update(another_epoch(keras, model, xs, ys, job["base"]))
            said.update(with_sums(keras, job["file"], xs, ys, job["base"]))
        except Exception as error:
            said["fit_error"] = one_line(error)
    return said


def main(library, action, *arguments):
    keras = dialect(library)
    if action == "check" and "tensorflow" in sys.modules:
        # The same arithmetic, without seconds of compiling for each of hundreds of small models.
        sys.modules["tensorflow"].config.run_functions_eagerly(True)
    if action == "write":
        result, target = write(keras, arguments[0], arguments[1:]), os.path.join(arguments[0], "made.json")
    else:
        with open(arguments[0]) as f:
            jobs = json.load(f)
        result, target = [check_one(keras, job) for job in jobs], arguments[1]
    with open(target, "w") as f:
        json.dump(result, f, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
