#!/usr/bin/env python3
"""Files of every Keras generation to and from Cellar: the matrix.

usage: matrix.py ENVIRONMENTS [KIND …]

ENVIRONMENTS is a folder of Python environments, named as in COLUMNS; one that is not there is reported by name and left out. Each release makes every kind of model (kinds.py),
trains it for an epoch, saves it, says what it predicts and how one more epoch goes. Then

  Keras writes, Cellar reads   `infer score` predicts the same; `trainer fit --from` goes on the same
  Cellar writes, Keras reads   what `registry export` makes of each of these files, and what `trainer fit` makes itself, is opened by every release, which predicts as `infer` does and goes on
                               as the release that trained the model would have

The same is 1e-6 for predictions, or as near to the float64 answer as Keras itself; 1e-4 for the loss of the epoch and the predictions after it. A cell is `ok` with the largest difference,
`FAIL`, `-` (not possible, or not to be compared) or `gap` (Cellar has no way to do it yet); all but `ok` have their reason below the tables. Written to docs/interop.md too.
The exit code is 1 where a cell says FAIL. CELLAR_BIN names another folder of commands than bin/.
"""
import concurrent.futures
import datetime
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

from dialects import Missing, Recipe
from kinds import BATCH, KINDS

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = pathlib.Path(os.environ.get("CELLAR_BIN", ROOT / "bin"))
PREDICTS, GOES_ON = 1e-6, 1e-4
WEIGHTS = ".weights.h5"


class Column:
    """A Keras release; `reads` are the formats in which it is given our files, compiled or with compile=False."""

    def __init__(self, name, environment, library, reads=(".h5",), compiled=True):
        self.name, self.environment, self.library = name, environment, library
        self.reads, self.compiled = reads, compiled
        self.made = {}


COLUMNS = [
    Column("Keras 1.2.2", "k1", "keras"), Column("Keras 2.2.4", "k22", "keras", compiled=False), Column("Keras 2.10", "k210", "keras"),
    Column("Keras 2.12", "k212", "keras"), Column("tf_keras", "k3", "tf_keras"), Column("Keras 3", "k3", "keras", (".h5", ".keras", ".weights.h5"))]

# What no file of ours can change: reader, format, release that the model came from, kind, part of the failure, reason. A failure that no line describes is a FAIL.
ANY = r".*"
GATES = "hard_sigmoid is 0.2x + 0.5 in Keras 1 and 2 and x/6 + 0.5 in Keras 3, which has no name for the other"
TOKENS = ("Keras 3 on TensorFlow squares the gradient of an Embedding token by token, and adds it up then; on JAX and PyTorch, and in Keras 1 and 2, it is added up first, as here. "
          "With its gradients added up first it trains as Cellar does")
EARLY = r"Keras [12]\.2\.."
ENDS = "in Keras 1 and 2.2 a Bidirectional repeats its answer at steps that are masked, in later ones it gives zeros, and neither can be told the other's way"
STATES = ("where a recurrent layer is called with initial states, Keras 3 takes no mask, tf.keras begins with zeros at masked steps and Keras 2.2 with the states; an .h5 is written "
          "with tf.keras' rule alone, and a .keras with Keras 3's")
TIES = "where several steps are the largest alike, as the padding of a text is, Theano gives each of them the whole gradient, and TensorFlow a share"
NEW2 = r"Keras 2\.12|tf_keras"
ROWS = ("with momentum, SGD until Keras 2.10, and later ones that read such an .h5, move only those rows of an Embedding that a batch has; Cellar moves all, as Keras 2.11 "
        "and later do with their own files")
NOT_POSSIBLE = [
    (r"Keras 1\.2\.2", ANY, ANY, ANY, r".", "Keras 1.2.2 reads files of Keras 1 alone, and nothing writes those any more"),
    (r"Keras 3", r"\.h5", EARLY, r"text|decoder", r"predictions differ", GATES),
    (r"registry export", r"\.keras", EARLY, r"text|decoder", r"hard_sigmoid", GATES),
    (r"Cellar|registry export", ANY, ANY, r"states-masked", r"initial states and a mask", STATES),
    (r"Keras 2\.2\.4", r"\.h5", ANY, r"states-masked", r"differ", STATES),
    (r"Cellar", ANY, r"Keras 2\.10", r"states-masked", r"one more epoch", ROWS),
    (r"Keras 2\.12|tf_keras", r"\.h5", NEW2, r"states-masked", r"one more epoch", ROWS),
    (r"Keras 3", r"\.h5", ANY, r"states-.*", r"expects 1 input", "Keras 3 opens no .h5 of Keras 2's in which a layer is called with initial states; its .keras goes"),
    (r"Keras 3", r"\.h5", ANY, r"model-in-chain", r"Cannot convert", "Keras 3 opens no .h5 of Keras 2's with a Functional inside a Sequential; its .keras goes"),
    (r"Keras 3", r"\.h5", ANY, r"graph|siamese|frozen|fine-tuned", r"Invalid Functional model", "Keras 3 counts the calls of a model inside another from 0, Keras 2 from 1, so that Keras 3 opens no such .h5 of Keras 2's, tf_keras' own included; its .keras goes"),
    (r"Keras 3", r"\.h5", ANY, r"frames", r"keras\.layers\.Model", "in an .h5 a Functional inside a layer is a Model, which all releases of Keras 2 know and Keras 3 does not; its .keras goes"),
    (r"Keras 3", r"\.h5", ANY, r"activations|mlp-normalized", r"^warns: Argument `alpha`", "Keras 3 warns of `alpha` in LeakyReLU, which Keras 2 needs; it reads it all the same"),
    (r"Keras 2\.10", ANY, ANY, r"normalizations", r"Unknown layer", "Keras 2.10 has no GroupNormalization"),
    (r"Keras 2\.2\.4", ANY, ANY, r"fine-tuned", r"keyword argument 'training'", "in Keras 2.2.4 a model is not called with `training`"),
    (r"Keras 2\.2\.4", ANY, ANY, ANY, r"Unknown layer", "Keras 2.2.4 has no such layer"),
    (r"Cellar|registry export", ANY, EARLY, r"tagger|text", r"masked steps repeat", ENDS),
    (r"Keras 2\.2\.4", ANY, ANY, r"tagger", r"^predictions differ", ENDS),
    (r"Cellar", ANY, EARLY, r"text-cnn", r"differ", TIES),
    (r"Keras 2\.10", ANY, r"Cellar", r"masked-norm|tagger", r"^fit: ",
     "until Keras 2.11 masked steps count in the mean of a loss, until 2.12 in BatchNormalization's; Cellar trains as later ones"),
    (r"Keras 2\.2\.4", ANY, ANY, r"causal", r"^predictions differ",
     "padding `same` with strides lies on both sides alike on Theano, and more at the end on TensorFlow, whose files Cellar writes"),
    (ANY, ANY, ANY, r"cnn-channels-first", r"NHWC|NCHW|UnimplementedError", "TensorFlow computes channels_first on GPUs alone"),
    (r"Keras 2\.1.", ANY, ANY, r"mlp-lion", r"Unknown optimizer", "Keras 2.12 and earlier have no Lion"),
    (r"Keras 2\.10", ANY, ANY, r"mlp-adamw", r"will not restore|^fit: ", "Keras 2.10 has AdamW as an experiment only, of which it restores no state"),
    (r"Keras 3", r"\.h5", ANY, r"(text-)?attention", r"MultiHeadAttention",
     "Keras 2's MultiHeadAttention needs the shapes of its inputs in an .h5, and Keras 3's refuses them; its .keras has it"),
    (NEW2 + r"|Keras 3", ANY, NEW2 + r"|Cellar", r"mlp-rmsprop|text|scaled|decoder", r"^fit: ",
     "RMSprop has epsilon beside the root in Keras 2.10, which recipes and an .h5 for all releases have, and under it later"),
    (NEW2 + r"|Keras 3", ANY, NEW2 + r"|Cellar", r"mlp-nadam", r"^fit: ", "Nadam has another schedule of momentum in Keras 2.10, which recipes and an .h5 for all releases have, than later"),
    (r"Cellar", ANY, NEW2, r"mlp-nadam", r"loss differs|one more epoch",
     "Nadam of Keras 2.11 to tf_keras 2.21 multiplies its product of momenta once for each weight instead of each step, and does not save it"),
]


def possible(reader, extension, origin, kind, failure):
    """Raises the reason why nobody could, where there is one; else the failure. The reader is a release, Cellar or a command."""
    given = (reader, extension, origin, kind)
    for *patterns, part, reason in NOT_POSSIBLE:
        if all(re.fullmatch(pattern, value) for pattern, value in zip(patterns, given)) and re.search(part, failure):
            raise NotPossible(reason)
    raise Failed(failure if reader == "Cellar" else f"from {origin}: {failure}")


# What Keras 3 says of every `.h5` it loads compiled, its own included.
ALWAYS_SAID = {(r"Keras 3", r"\.h5"): r"compiled metrics have yet to be built|Error in loading the saved optimizer state|Skipping variable loading for optimizer"}


HEAD = """# Keras files to and from Cellar

Made by `make interop`, not by hand, on DATE.

## What is compared

Each Keras release makes every kind of model below, trains it for an epoch, saves it, says what it predicts and how one more epoch goes. Cellar then has to say the same of the
file; and each release has to say the same of what Cellar writes.

* **Keras writes, Cellar reads**: `infer score` predicts as the release did, also from its weights alone and `model.to_json()`, and `trainer fit --from FILE` with a recipe of data and fit alone goes on for an epoch, optimizer
  state and all.
* **Cellar writes, Keras reads**: `registry export` writes each of these files anew, as `.h5` and as `.keras`, and the weights of Keras 3's alone, too; `trainer fit` makes one itself. Every release opens them without a
  warning and predicts as `infer` does; the one that had trained the model, and every one for a model that Cellar trained, goes on for an epoch.

The same is 1e-6 for predictions, or as near to the float64 answer as Keras itself; for the epoch after, 1e-4 in its loss and in the predictions then.

## How to run it

`make interop` builds the commands, makes a Python environment for each release in `.venv-interop` (once, by pip, some 4 GB), holds the shipped models and the recipes' against Keras,
runs exported ONNX files, and then this matrix; about a quarter of an hour. The releases before Keras 3 need Python 3.11: what pip finds no packages for on your machine is named
as left out, and the other columns are run. `tools/interop/matrix.py ENVIRONMENTS KIND …` runs some kinds alone, and does not touch this page. With `INTEROP_FOLDER=folder` the
files stay.

Keras 1.2.2 and 2.2.4 compute on Theano here, without a compiler.

## Limits that are Keras' own

* No Keras 3 goes on to train from an `.h5` with optimizer state, its own included: use `.keras`.
* Keras 3 drops lists of axes (Softmax, UnitNormalization, LayerNormalization) when it reads an `.h5`, and cannot open MultiHeadAttention there in the form that Keras 2 needs.
* hard_sigmoid, Nadam and RMSprop have other formulas in Keras 1 and 2.10 than later. A model keeps those it was trained with in Cellar; a file for another Keras has that one's. Keras 3's hard_sigmoid
  has no form in an `.h5`: Cellar answers with such a model and exports it as `.keras`, but saves what it trains in Keras 2's layout, and so refuses to train it.
* UnitNormalization and Dot with `normalize` do not scale vectors shorter than 1e-6 to length 1 in Keras 2; Keras 3 does from 1e-12 and 1e-7 on. A file for the other generation has that one's rule, and the export says so.
* Add, Multiply and other layers that combine inputs join masks in one way until Keras 3.3 and in another from 3.4 on. Cellar has both, and refuses to write a form that would be read by the other.
* MultiHeadAttention of Keras 3 takes the masks off its inputs for all layers that Keras runs after it, from 3.8 on: in a Transformer of two blocks the second one attends to padding, too. Layers
  for which the file records the mask as an argument, such as GlobalAveragePooling1D and LSTM, keep it. Keras 2 has no such rule. Cellar goes by the file, in Keras' order of execution, and refuses to write
  a form that would be read by the other rule, also after a training; it refuses such models with models inside, and to train them where Dropout would change which masks end.
* The score of a masked key is decreased by 1e9 in float32 in Attention, AdditiveAttention and in MultiHeadAttention until Keras 3.6, and replaced from 3.7 on: a query whose keys are all
  masked attends to all of them equally, but where scores are beyond 32 only in the latter. Cellar goes by the file.
* Pooling and convolution with padding `same` cover other cells in files of Keras 1 and 2.2 on Theano, for most sizes of windows. Cellar computes as every later Keras does, and warns.
* In Keras 3 only those metrics read the mask of an output that are a mean of a function, such as accuracy and `mae`; AUC, Precision, Recall, RootMeanSquaredError and others count padding. In Keras 2 all
  of them leave it out. Cellar goes by the file from which it trains on, and leaves padding out for models of its own.
* SGD with momentum, RMSprop, Adadelta, Adamax and Nadam move only the rows of an Embedding that a batch has in Keras 2.10 and where a later Keras 2 reads its .h5; Cellar moves all, as Keras 2.11 and
  later do, and warns.
* `clipnorm`, `global_clipnorm` and `clipvalue` in Keras 2.11 and later clip an Embedding's gradient token by token, before those of one row are added up; Cellar clips the sum, and warns when
  it trains such a file.
* tf.keras computes a model inside TimeDistributed a second time for its mask, which moves the averages of BatchNormalization twice a step. Cellar does so for its files. Keras 3 normalizes each time step by itself there; Cellar refuses to train such a file until the layer is frozen.
* BatchNormalization of Keras 1 and 2.1.4 to 2.3 keeps other moving averages than later ones and normalizes by the batch when frozen, too; on Theano only a shared layer's first call moves
  them. Their files go on here as there; what Cellar saves then goes on as Keras 2.10 would.
* Keras 3 on TensorFlow squares an Embedding's gradient token by token before it adds it up; on JAX and PyTorch, and in Keras 1 and 2, it is added up first, as in Cellar, which
  warns when it trains such a file with an optimizer that squares.
* Keras 3 opens no `.h5` of Keras 2's with a model inside another, and warns of `alpha` in LeakyReLU.
* Keras 3 on TensorFlow adds a bias of shape [heads, 1], which MultiHeadAttention has with `value_dim` 1, along the steps where there are as many steps as heads. Cellar adds it to the heads.
* Keras 2 counts the regularizers of frozen layers in the loss, Keras 3 does not. Cellar goes by the file.
* Until Keras 2.12 BatchNormalization takes mean and variance of all steps while training, later ones of those that a mask leaves. Cellar does so too, but goes on with
  files of the earlier ones as they would. Keras 2.3 to 2.10 also divide the loss of a masked sequence by all of its steps; here the same holds.
* Keras 2.2.4 opens the `.h5` with `compile=False`, as its optimizers take `lr` for the learning rate, which newer ones warn of; Keras 1 reads files of its own alone.

## The kinds

"""


class Words:
    """A dialect that only listens: which layers a kind has."""

    def __init__(self):
        self.said = []

    def __getattr__(self, name):
        def call(*positional, **named):
            if name[0].isupper() and name not in ("Model", "Input") and name not in self.said:
                self.said.append(name)
            # `states` gives an output and states.
            return (None, None, None) if name == "states" else lambda *tensors, **named: None
        return call


def about(kinds):
    rows = ["| kind | layers | trained by |", "|---|---|---|"]
    for kind in kinds:
        words = Words()
        kind.build(words)
        name, rate, options = kind.optimizer
        options = ([rate[0]] if isinstance(rate, tuple) else []) + [key for key, value in options.items() if value is not False]
        told = (kind.build.__doc__ or "").strip()
        rows.append(f"| {kind.name} | {', '.join(words.said)}{'. ' + told if told else ''} | {name}{' (' + ', '.join(options) + ')' if options else ''} |")
    return rows


def say(text):
    """What a run is at, beside its tables."""
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


class Failed(Exception):
    """A check that did not hold."""


class Gap(Exception):
    """Cellar has no way to do it yet."""


class NotPossible(Exception):
    """Nobody could."""


def run(command, *arguments):
    done = subprocess.run([str(BIN / command), *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        errors = [line for line in said if line.startswith((command + ":", "{"))] or said
        text = errors[-1].removeprefix(command + ": ")
        if text.startswith("{"):
            text = json.loads(text)["error"]["message"]
        raise Failed(f"{command} {arguments[0]}: {text}")
    return done.stdout


def difference(ours, theirs):
    if len(ours) != len(theirs):
        raise Failed(f"{len(ours)} outputs, Keras has {len(theirs)}")
    largest = 0.0
    for a, b in zip(ours, theirs):
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        if a.shape != b.shape:
            raise Failed(f"shape {list(a.shape)}, Keras has {list(b.shape)}")
        off = np.abs(a - b)
        largest = max(largest, float(np.max(off, initial=0)) if np.all(np.isfinite(off)) else float("inf"))
    return largest


def same(what, ours, theirs, tolerance, exact=None):
    """The largest difference; `exact` is the float64 answer, where there is one."""
    off = difference(ours, theirs)
    if off <= tolerance:
        return off
    if exact is not None:
        our_error, their_error = difference(ours, exact), difference(theirs, exact)
        if our_error <= 1.5 * their_error and off <= 10 * tolerance:
            return off
        raise Failed(f"{what} differ by {off:.2g} (from float64: ours {our_error:.2g}, Keras' {their_error:.2g})")
    raise Failed(f"{what} by {off:.2g}" if what.endswith("differs") else f"{what} differ by {off:.2g}")


def arrays(names):
    return [np.load(name) for name in names]


def scores(file, made, base):
    """What `infer score` answers."""
    outputs = [f"{base}.o{i}.npy" for i in range(len(made["outputs"]))]
    architecture = ("--architecture", made["architecture"]) if str(file).endswith(".weights.h5") else ()
    run("infer", "score", *made["inputs"], *itertools.chain(*(("-o", name) for name in outputs)), "--model", file, *architecture)
    return arrays(outputs)


def same_epoch(loss, later, made):
    """The largest difference of an epoch from that of a release. Where it differs only by what the release does not add up, that is the reason."""
    def compared(theirs):
        return max(same("the epoch's loss differs", [loss], [theirs["loss"]], GOES_ON),
                   same("predictions after one more epoch", later, arrays(theirs["later"]), GOES_ON))
    try:
        return compared(made)
    except Failed:
        if "summed" not in made:
            raise
        compared(made["summed"])
        raise NotPossible(TOKENS)


class Bench:
    """One run: its folder, its columns, its cells."""

    def __init__(self, folder, environments, kinds):
        self.folder, self.kinds, self.cells, self.remarks = folder, kinds, {}, []
        self.columns, self.absent = [], []
        for column in COLUMNS:
            column.python = environments / column.environment / "bin/python"
            (self.columns if column.python.exists() else self.absent).append(column)

    def note(self, table, kind, column, action):
        """Runs the checks of one cell part; what they return or raise becomes its text."""
        key = (table, kind, column)
        try:
            self.cells.setdefault(key, []).append(("ok", action()))
            return True
        except Failed as failed:
            state, why = "FAIL", str(failed)
        except Gap as gap:
            state, why = "gap", str(gap)
        except NotPossible as impossible:
            state, why = "-", str(impossible)
        except Exception as error:  # A mistake in these scripts, or a file that is not there.
            state, why = "FAIL", f"{type(error).__name__}: {error}"
        if state == "FAIL":  # The tables come at the end of a long run.
            say(f"FAIL {table} {kind} {column if isinstance(column, str) else ' '.join(column)}: {self.clean(why)}")
        self.cells.setdefault(key, []).append((state, why))
        if (state, table, kind, column, why) not in self.remarks:
            self.remarks.append((state, table, kind, column, why))
        return False

    def driver(self, column, *arguments):
        environment = dict(os.environ, PYTHONWARNINGS="ignore")
        log = self.folder / f"{column.name}.{arguments[0]}.log"
        with open(log, "w") as out:
            done = subprocess.run([column.python, HERE / "driver.py", column.library, *map(str, arguments)], stdout=out, stderr=out, env=environment)
        if done.returncode:
            raise Failed(f"driver exits {done.returncode}: {log.read_text().strip().splitlines()[-1][:300]}")

    # MARK: Keras writes

    def all_write(self):
        def write(column):
            folder = self.folder / column.name
            folder.mkdir(exist_ok=True)
            if not (folder / "made.json").exists():
                self.driver(column, "write", folder, *(kind.name for kind in self.kinds))
            said = json.loads((folder / "made.json").read_text())
            column.version = said["version"]
            column.made = {made["kind"]: made for made in said["made"]}
        self.side_by_side(write, self.columns)

    def side_by_side(self, action, columns):
        with concurrent.futures.ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1)) as pool:
            for column, result in [(column, pool.submit(action, column)) for column in columns]:
                try:
                    result.result()
                    say(f"  {column.name}")
                except Failed as failed:
                    say(f"  {column.name}: {failed}")
                    self.remarks.append(("FAIL", "the release itself", "", column.name, str(failed)))

    def keras_writes(self):
        for column in self.columns:
            for kind in self.kinds:
                made = column.made.get(kind.name)
                for extension in sorted(made["files"]) if made and "files" in made else [".h5"]:
                    self.keras_wrote(column, kind, made, extension)

    def keras_wrote(self, column, kind, made, extension):
        where = ("read", kind.name, (column.name, extension))
        if not made or "files" not in made or not made["files"].get(extension):
            made = made or {"error": "the release did not get there"}

            def refuse():
                if "missing" in made:
                    raise NotPossible(made["missing"])
                raise NotPossible("Keras itself fails: " + made.get("error", next(iter(made.get("remarks", [])), "")))
            self.note(*where, refuse)
            return
        file, base = made["files"][extension], self.folder / f"{column.name}.{kind.name}{extension}"

        def predicts():
            exact = arrays(made["exact"]) if "exact" in made else None
            return same("predictions", scores(file, made, base), arrays(made["outputs"]), PREDICTS, exact)

        def goes_on():
            if not kind.fits:
                raise NotPossible("one more epoch: " + kind.why)
            try:
                loss, later = self.trained(kind, made, file, base)
                return same_epoch(loss, later, made)
            except Failed as failed:
                possible("Cellar", extension, column.name, kind.name, str(failed))

        self.note(*where, predicts)
        if extension != WEIGHTS:
            self.note(*where, goes_on)

    # MARK: the trainer

    def recipe(self, kind, made, path, epochs=1, layers=None, name="interop"):
        samples, labels = (json.dumps(names[0] if len(names) == 1 else names) for names in (made["inputs"], made["targets"]))
        text = [f"name: {name}", "data:", f"  npy: {{ samples: {samples}, labels: {labels} }}"]
        if layers is not None:
            optimizer, rate, options = kind.optimizer
            rate = {rate[0]: rate[1]} if isinstance(rate, tuple) else rate
            text += ["model:"] + [f"  - {json.dumps(layer)}" for layer in layers]
            text += [f"compile: {json.dumps({'optimizer': {optimizer: {'learning_rate': rate, **options}}, 'loss': kind.losses[0]})}"]
        text += [f"fit: {{ epochs: {epochs}, batch_size: {BATCH}, shuffle: false, seed: 1 }}"]
        pathlib.Path(path).write_text("\n".join(text) + "\n")
        return path

    def fit(self, recipe, *arguments):
        """The saved file and the last epoch's loss."""
        store = pathlib.Path(str(recipe) + ".store")
        said = json.loads(run("trainer", "fit", recipe, "--quiet", "--json", "--store", store, *arguments))
        return said["file"], said["history"]["loss"][-1]

    def trained(self, kind, made, file, base):
        """One more epoch of a file: the epoch's loss, and the predictions afterwards."""
        after, loss = self.fit(self.recipe(kind, made, f"{base}.yaml"), "--from", file)
        return loss, scores(after, made, f"{base}.later")

    # MARK: Cellar writes

    def sources(self):
        """(kind, name of the source, extension of our file, our file, how a release goes on from there or nil, its inputs and targets)."""
        for kind in self.kinds:
            for column in self.columns:
                made = column.made.get(kind.name, {})
                for given in sorted(set(made.get("files", {})) - {WEIGHTS}):
                    # Keras 2's own archives say nothing more than its .h5; the newest Keras' archive is the better source.
                    if made["files"][given] and not (given == ".keras") != (column.reads == (".h5", ".keras")):
                        yield from self.exported(kind, column, made, made["files"][given])
            yield from self.own(kind)

    def exported(self, kind, column, made, file):
        store = self.folder / f"{column.name}.{kind.name}.exports"
        for extension in (".h5", ".keras", *([WEIGHTS] if column.name == "Keras 3" else [])):
            out = self.folder / f"from {column.name}.{kind.name}{extension}"

            def export():
                try:
                    if not (store / "registry.sqlite").exists():
                        run("registry", "import", file, "--name", "m", "--store", store)
                    run("registry", "export", "m", out, "--force", "--store", store)
                except Failed as failed:
                    possible("registry export", extension, column.name, kind.name, str(failed))
                if pathlib.Path(file).read_bytes() == out.read_bytes():
                    raise Gap("registry export gives back the very file that was imported, instead of writing it in the portable form")
                return 0.0
            if self.note("export", kind.name, (column.name, extension), export):
                later = None if extension == WEIGHTS else (made["loss"], made["later"], column.name)
                yield kind, column.name, extension, out, later, made

    def own(self, kind):
        made = next((column.made[kind.name] for column in reversed(self.columns) if "files" in column.made.get(kind.name, {})), None)
        if not made:
            return
        base = self.folder / f"Cellar.{kind.name}"

        def train():
            try:
                layers = kind.build(Recipe())
            except Missing:  # No chain of layers: the newest Keras' model goes on in the trainer.
                layers = None
            recipe = self.recipe(kind, made, f"{base}.yaml", layers=layers)
            newest = next(file for extension, file in sorted(made["files"].items()) if file and extension != WEIGHTS)
            try:
                self.first, _ = self.fit(recipe, *(() if layers else ("--from", newest)))
            except Failed as failed:
                possible("Cellar", ".h5", "Cellar", kind.name, str(failed))
            self.later = None
            if kind.fits:
                after, loss = self.fit(self.recipe(kind, made, f"{base}.yaml", 2, layers), "--from", self.first)
                names = [f"{base}.later{i}.npy" for i in range(len(made["outputs"]))]
                for name, array in zip(names, scores(after, made, f"{base}.more")):
                    np.save(name, array)
                self.later = (loss, names, None)
            return 0.0
        if self.note("export", kind.name, ("Cellar", ".h5"), train):
            yield kind, "Cellar", ".h5", self.first, self.later, made
            out = f"{base}.keras"

            def export():
                store = self.folder / f"Cellar.{kind.name}.exports"
                run("registry", "import", self.first, "--name", "m", "--store", store)
                run("registry", "export", "m", out, "--force", "--store", store)
                return 0.0
            if self.note("export", kind.name, ("Cellar", ".keras"), export):
                yield kind, "Cellar", ".keras", out, self.later, made

    def cellar_writes(self):
        sources = list(self.sources())
        jobs = {column.name: [] for column in self.columns}
        for column in self.columns:
            for number, (kind, source, extension, file, later, made) in enumerate(sources):
                if extension not in column.reads:
                    continue
                job = {"file": str(file), "inputs": made["inputs"], "base": str(self.folder / f"{column.name} reads {number}"), "source": number, "compiled": column.compiled}
                if extension == WEIGHTS:
                    job["kind"] = kind.name
                if later and later[2] in (None, column.name) and kind.fits and column.compiled and not (column.name == "Keras 3" and extension == ".h5"):
                    job["targets"] = made["targets"]
                jobs[column.name].append(job)

        def check(column):
            asked, answered = self.folder / f"{column.name}.jobs.json", self.folder / f"{column.name}.answers.json"
            asked.write_text(json.dumps(jobs[column.name]))
            self.driver(column, "check", asked, answered)
        self.side_by_side(check, self.columns)
        for column in self.columns:
            answers = self.folder / f"{column.name}.answers.json"
            for job, said in zip(jobs[column.name], json.loads(answers.read_text()) if answers.exists() else []):
                self.keras_read(column, sources[job["source"]], job, said)

    def keras_read(self, column, source, job, said):
        kind, name, extension, file, later, made = source
        where = ("written", kind.name, (column.name, extension))

        def refused(failure):
            possible(column.name, extension, name, kind.name, failure)

        def predicts():
            if "load_error" in said:
                refused(said["load_error"])
            known = next((text for (reader, form), text in ALWAYS_SAID.items() if re.match(reader, column.name) and re.fullmatch(form, extension)), None)
            for text in said["warnings"]:
                if not known or not re.search(known, text):
                    refused("warns: " + text)
            if "predict_error" in said:
                refused(said["predict_error"])
            ours = scores(file, made, job["base"])
            exact = arrays(made["exact"]) if name != "Cellar" and "exact" in made else None
            try:
                return same("predictions", ours, arrays(said["outputs"]), PREDICTS, exact)
            except Failed as failed:
                refused(str(failed))

        def goes_on():
            if "fit_error" in said:
                refused("fit: " + said["fit_error"])
            try:
                return same_epoch(later[0], arrays(later[1]), said)
            except Failed as failed:
                refused("fit: " + str(failed))

        if self.note(*where, predicts) and "targets" in job:
            self.note(*where, goes_on)

    # MARK: the tables

    def table(self, name, columns, cell):
        rows = [["", *(label for label, _ in columns)]]
        for kind in self.kinds:
            row = [cell(self.cells.get((name, kind.name, key), [])) for _, key in columns]
            rows.append([kind.name, *row])
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in rows]
        return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]

    def report(self):
        def label(column, extension):
            version = getattr(column, "version", "")
            short = column.name if any(digit in column.name for digit in "0123456789") and "." in column.name else f"{column.name.split()[0]} {version}"
            return f"{short} {extension}".strip()

        read = [(label(c, e), (c.name, e)) for c in self.columns for e in sorted({e for m in c.made.values() for e in m.get("files", {})} or {".h5"})]
        written = [(label(c, e), (c.name, e)) for c in self.columns for e in c.reads]

        def pair(parts):
            return " / ".join(f"ok {value:.0e}" if state == "ok" else state for state, value in parts) or "-"

        def counted(parts):
            good = [value for state, value in parts if state == "ok"]
            others = [f"{sum(s == state for s, _ in parts)} {state}" for state in ("FAIL", "gap") if any(s == state for s, _ in parts)]
            shown = ([f"{len(good)} ok {max(good):.0e}"] if good else []) + others
            return ", ".join(shown) or "-"

        lines = ["## Keras writes, Cellar reads", "", "Predictions / one more epoch of training: the largest difference.", ""]
        lines += self.table("read", read, pair)
        lines += ["", "## Cellar writes, Keras reads", "", "How many checks hold (files made from each release's, and of our own training: predictions; for its own and ours one more epoch too), and the largest difference.", ""]
        lines += self.table("written", written, counted)
        parts = [part for parts in self.cells.values() for part in parts]
        counts = {state: sum(s == state for s, _ in parts) for state in ("ok", "FAIL", "gap", "-")}
        for state, title in (("FAIL", "Failures"), ("gap", "Gaps: not possible with Cellar yet"), ("-", "Not possible, or not to be compared")):
            found = {}
            for s, table, kind, column, why in self.remarks:
                if s == state:
                    place = " ".join(column) if isinstance(column, tuple) else column
                    found.setdefault(why, []).append((kind, place))
            if found:
                lines += ["", f"## {title}", ""]
                for why, places in self.grouped(found):
                    by_place = {}
                    for kind, place in places:
                        by_place.setdefault(place, []).append(kind)
                    told = "; ".join(place + (" (" + ", ".join(dict.fromkeys(kinds)) + ")" if len(set(kinds)) < len(self.kinds) else "") for place, kinds in by_place.items())
                    lines.append(f"* {why}: {told}")
        for column in self.absent:
            lines += ["", f"{column.name} could not be installed and was left out."]
        lines += ["", f"{counts['ok']} checks hold, {counts['FAIL']} fail, {counts['gap']} gaps, {counts['-']} not possible."]
        return lines, counts["FAIL"] or any(s == "FAIL" for s, *_ in self.remarks)

    def grouped(self, found):
        cleaned = {}
        for why, places in found.items():
            cleaned.setdefault(self.clean(why), []).extend(places)
        return cleaned.items()

    def clean(self, text):
        """Without this machine's paths."""
        text = re.sub(re.escape(str(self.folder.resolve())) + r"/?", "", text.replace(str(self.folder) + "/", "").replace(str(ROOT) + "/", ""))
        return re.sub(r"(/[\w.\- ]+)+/[\w.\- ]+\.(keras|h5|npy|yaml)", "the file", text).replace("|", "\\|")


def main(environments, *names):
    kinds = [kind for kind in KINDS if not names or kind.name in names]
    kept = os.environ.get("INTEROP_FOLDER")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(kept or folder)
        bench = Bench(folder, pathlib.Path(environments).resolve(), kinds)
        if not bench.columns:
            sys.exit(f"matrix: no environment in {environments}")
        say("Keras trains and writes …")
        bench.all_write()
        say("Cellar reads …")
        bench.keras_writes()
        say("Cellar writes, Keras reads …")
        bench.cellar_writes()
        lines, failed = bench.report()
    head = [*HEAD.replace("DATE", datetime.date.today().isoformat()).splitlines(), *about(kinds), ""]
    print("\n".join(lines))
    if not names:
        (ROOT / "docs/interop.md").write_text("\n".join(head + lines) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
