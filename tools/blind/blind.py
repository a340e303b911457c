#!/usr/bin/env python3
"""Random models of real Keras, held against Cellar: what nobody thought of.

usage: blind.py LIBRARY SEED COUNT [FOLDER]

Draws COUNT models (draw.py) with LIBRARY (tf_keras or keras), from SEED on; half of them are trained. For each,
  score     `infer score` of the .h5, .keras and .weights.h5 predicts as Keras does
  export    `registry export` to .h5 and .keras: the libraries that can open the form do so without a warning, and predict the same
  onnx      `registry export` to .onnx predicts the same in ONNX Runtime
  evaluate  `infer evaluate` finds the loss and metrics that Keras does
  fit       `trainer fit --from` goes on for an epoch as Keras does: history and predictions
The same is 1e-6 + 1e-5 of the value for predictions, or as near to the answer in float64 as Keras is; 1e-4 for predictions after an epoch, 1e-5 for losses and metrics.

A failure is printed with its seed; `blind.py LIBRARY SEED 1 FOLDER` makes the same model again and keeps its files. CELLAR_BIN names another folder of commands than bin/.
"""
import collections
import json
import logging
import os
import pathlib
import re
import sys
import tempfile
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))

import numpy as np

import training
from common import Failed, NotPossible, Refused, difference, listed, off, run
from draw import Builder, Draw, numbers, randomise

ROWS = 7


class Case:
    """One drawn model, its files, and what Keras says of it."""

    def __init__(self, blind, seed, folder):
        self.blind, self.seed, self.folder, self.keras = blind, seed, pathlib.Path(folder), blind.keras
        self.third = blind.third
        self.training = seed % 2 == 1
        self.results = []

    def draw(self):
        """A model that Keras can compute, with finite answers."""
        for again in range(50):
            self.inner = self.seed * 100 + again
            try:
                self.keras.backend.clear_session()
                self.model, self.kinds = Builder(self.keras, self.inner, self.training).model()
                draw = Draw(self.inner + 1)
                randomise(self.model, self.keras, draw.random)
                self.rows = draw.pick(1, ROWS, 2 * ROWS) if not self.training else draw.int(9, 40)
                self.xs = [numbers(draw, kind, tuple(i.shape)[1:], self.rows) for kind, i in zip(self.kinds, self.model.inputs)]
                self.drawn = draw
                ys = self.predict(self.model, self.xs)
                if all(np.all(np.isfinite(y)) and np.max(np.abs(y), initial=0) < 1e4 and y.ndim > 1 for y in ys):
                    return
            except Exception as error:
                if os.environ.get("BLIND_TALKS"):
                    print("drawn anew:", repr(error)[:300])
        raise RuntimeError("nothing that Keras computes was drawn")

    def predict(self, model, xs):
        return [np.asarray(y) for y in listed(model(xs if len(xs) > 1 else xs[0], training=False))]

    def exact(self, weights):
        """What the same network gives in float64."""
        try:
            with self.blind.double():
                model, _ = Builder(self.keras, self.inner, self.training).model()
                model.set_weights([w.astype("float64") if w.dtype == np.float32 else w for w in weights])
                for layer in model.layers:
                    if type(layer).__name__ == "Normalization":
                        layer.finalize_state()
                return self.predict(model, [x.astype("float64") for x in self.xs])
        except Exception:  # Not every layer has a float64: then there is nothing to measure by.
            return None

    def spread(self):
        """How far Keras' answers are from each other where the last bit of its inputs is another."""
        draw = np.random.RandomState(1)
        last_bit = lambda x: np.nextafter(x, draw.choice([-np.inf, np.inf], x.shape).astype(x.dtype)) if x.dtype.kind == "f" else x
        again = [self.predict(self.model, [last_bit(x) for x in self.xs]) for _ in range(5)]
        return max(difference(ys, self.ys) for ys in again)

    def same(self, ours, theirs, weights=None):
        ratio = off(ours, theirs, 1e-6, 1e-5)
        if ratio <= 1:
            return
        exact = self.exact(weights) if weights is not None else None
        if exact is not None:
            mine, its = difference(ours, exact), difference(theirs, exact)
            if mine <= max(2 * its, 2e-6 * max(np.max(np.abs(e)) for e in exact)):
                return
            raise Failed(f"predictions differ by {difference(ours, theirs):.2g} (from float64: ours {mine:.2g}, Keras' {its:.2g})")
        if difference(ours, theirs) <= 2 * self.spread():
            raise NotPossible("the drawn model turns rounding errors into other answers, Keras' own too")
        raise Failed(f"predictions differ by {difference(ours, theirs):.2g}, {ratio:.2g} times what is allowed; no float64")

    def scores(self, file, base, *more):
        outputs = [f"{base}.o{i}.npy" for i in range(len(self.ys))]
        arguments = [a for name in outputs for a in ("-o", name)]
        run("infer", "score", *self.inputs, *arguments, "--model", file, *more)
        return [np.load(name) for name in outputs]

    def check(self, name, action):
        try:
            action()
            self.results.append((name, "ok", ""))
            return True
        except Failed as failed:
            self.results.append((name, "FAIL", str(failed)))
        except Refused as refused:
            self.results.append((name, "refused", str(refused)))
        except NotPossible as impossible:
            self.results.append((name, "-", str(impossible)))
        except Exception as error:
            self.results.append((name, "FAIL", f"{type(error).__name__}: {str(error)[:600]}"))
            if os.environ.get("BLIND_TALKS"):
                traceback.print_exc()
        return False

    def go(self):
        self.draw()
        if self.training:
            self.job = training.Job(self)
            self.job.first_epoch()
        self.ys = self.predict(self.model, self.xs)
        self.weights = self.model.get_weights()
        self.inputs = []
        for i, x in enumerate(self.xs):
            self.inputs.append(str(self.folder / f"x{i}.npy"))
            np.save(self.inputs[-1], x)
        files = self.save()
        scored = [file for file in files if self.check(f"score {file.suffix}", lambda: self.same(self.scores(file, file), self.ys, self.weights))]
        self.check("score weights", self.weights_alone)
        if not scored:
            return
        source = scored[0]
        self.check("onnx", lambda: self.onnx(source))
        self.exports(self.drawn.pick(*scored))
        if self.training:
            self.job.checks(scored)

    def save(self):
        files = []
        for extension in (".keras", ".h5"):
            file = self.folder / f"model{extension}"
            try:
                with self.blind.quiet():
                    self.model.save(file)
                files.append(file)
            except Exception as error:
                self.results.append((f"save {extension}", "-", f"Keras itself: {str(error)[:200]}"))
        return files

    def weights_alone(self):
        file, config = self.folder / "w.weights.h5", self.folder / "config.json"
        try:
            self.model.save_weights(file)
            config.write_text(self.model.to_json())
        except Exception as error:
            raise NotPossible(f"Keras itself: {str(error)[:200]}")
        self.same(self.scores(file, file, "--architecture", config), self.ys, self.weights)

    def onnx(self, file):
        import onnxruntime
        out = self.folder / "out.onnx"
        run("registry", "export", file, out, "--force")
        session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
        names = [i.name for i in session.get_inputs()]
        if len(names) != len(self.xs):
            raise Failed(f"{len(names)} inputs")
        self.same(session.run(None, dict(zip(names, self.xs))), self.ys, self.weights)

    def exports(self, file):
        for extension in (".h5", ".keras"):
            out = self.folder / f"out{file.suffix}{extension}"
            name = f"export {file.suffix} {extension}"
            ours = None

            def export():
                run("registry", "export", file, out, "--force")
                # Read by ourselves again: it must say the same.
                self.same(self.scores(out, out), self.ys, self.weights)
            if not self.check(name, export):
                continue
            for library in self.blind.libraries:
                third = library.__version__.startswith("3")
                if extension == ".keras" and not third:
                    continue
                self.check(f"{name} in {'Keras 3' if third else 'tf_keras'}", lambda: self.reopened(library, out))

    def reopened(self, library, file):
        from driver import Warnings
        with Warnings() as heard:
            try:
                model = library.models.load_model(file, compile=self.training and not (library.__version__.startswith("3") and file.suffix == ".h5"))
            except Exception as error:
                raise training.possible(self, library, file, "opens: " + str(error))
        for said in heard.said:
            if said.strip() and "does not support masking" not in said:  # Which Keras says of the model, not of the file.
                raise training.possible(self, library, file, "warns: " + said)
        try:
            found = self.predict(model, self.xs)
        except Exception as error:
            raise training.possible(self, library, file, "predicts: " + str(error))
        try:
            self.same(found, self.ys, self.weights)
        except Failed as failed:
            raise training.possible(self, library, file, str(failed))


class Blind:
    """A run: its library and what it found."""

    def __init__(self, name):
        import tensorflow as tf
        import keras
        import tf_keras
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.run_functions_eagerly(True)
        tf.get_logger().setLevel("ERROR")
        logging.getLogger("absl").setLevel(logging.ERROR)
        self.keras, self.third = (keras, True) if name == "keras" else (tf_keras, False)
        self.libraries = [tf_keras, keras]

    def double(self):
        keras = self.keras

        class Double:
            def __enter__(self):
                keras.backend.set_floatx("float64")
                if keras.__version__.startswith("3"):
                    keras.config.set_dtype_policy("float64")

            def __exit__(self, *error):
                keras.backend.set_floatx("float32")
                if keras.__version__.startswith("3"):
                    keras.config.set_dtype_policy("float32")
        return Double()

    def quiet(self):
        import warnings

        class Quiet(warnings.catch_warnings):
            def __enter__(self):
                super().__enter__()
                warnings.simplefilter("ignore")
        return Quiet()


def main(library, seed, count, folder=None):
    blind = Blind(library)
    totals, refusals, impossible = collections.Counter(), collections.defaultdict(list), collections.defaultdict(list)
    for number in range(int(seed), int(seed) + int(count)):
        with tempfile.TemporaryDirectory() as scratch:
            place = pathlib.Path(folder) / str(number) if folder else pathlib.Path(scratch)
            place.mkdir(parents=True, exist_ok=True)
            case = Case(blind, number, place)
            try:
                case.go()
            except Exception as error:
                case.results.append(("draw", "-", f"{type(error).__name__}: {str(error)[:300]}"))
                if os.environ.get("BLIND_TALKS"):
                    traceback.print_exc()
            for name, state, why in case.results:
                totals[state] += 1
                why = re.sub(r"\S*/(tmp|" + re.escape(str(place).strip("/")) + r")\S*/", "", why)
                if state == "FAIL":
                    print(f"{library} {number}: {name}: {why}", flush=True)
                elif state == "refused":
                    refusals[re.sub(r"\d+", "N", why)].append(f"{number} {name}")
                elif state == "-":
                    impossible[re.sub(r"\d+", "N", why)[:150]].append(f"{number} {name}")
    for title, table in (("Refused", refusals), ("Not possible", impossible)):
        for why, where in sorted(table.items(), key=lambda pair: -len(pair[1])):
            print(f"{title}: {len(where)} times, as in {where[0]}: {why}")
    print(f"{totals['refused']} refused, {totals['-']} not possible")
    print(f"{totals['ok']} passed, {totals['FAIL']} failed")
    return 1 if totals["FAIL"] else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
