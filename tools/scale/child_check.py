"""The process that Spark and Ray stream through: nothing is left of it, however its rows end."""
import glob
import os
import signal
import subprocess
import sys
import tempfile
import threading


os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
from common import INFER, STORE, WORK, finish, row, rows

import cellar_child
import numpy as np
import pyarrow as pa

model = cellar_child.Model.open("wine", store=STORE, infer=INFER)


def left() -> tuple[int, int]:
    """The numbers of threads and of open files of this program, and so of its processes."""
    return threading.active_count(), len(os.listdir("/proc/self/fd"))


def batches(count: int, fails_at: int = -1):
    for index in range(count):
        if index == fails_at:
            raise KeyError("the source failed")
        yield rows(20_000, first=index * 20_000)


before = left()
found = list(cellar_child.score_batches(batches(20), model))
row("one process: all batches, in order", f"{len(found)} batches", [b.column(0)[0].as_py() for b in found] == list(range(0, 400_000, 20_000)) and left() == before)

stream = cellar_child.score_batches(batches(1000), model)
next(stream)
stream.close()
row("one process: a reader that wants no more leaves no thread and no process", str(left()), left() == before)

try:
    list(cellar_child.score_batches(batches(40, fails_at=20), model))
    error = "none"
except KeyError as caught:
    error = str(caught)
row("one process: an error of the source is raised", error, "the source failed" in error and left() == before)

stream = cellar_child.score_batches(batches(1000), model)
next(stream)
for pid in subprocess.run(["pgrep", "-P", str(os.getpid()), "infer"], capture_output=True, text=True, check=True).stdout.split():
    os.kill(int(pid), signal.SIGKILL)
try:
    list(stream)
    error = "none"
except cellar_child.ScoringError as caught:
    error = str(caught)
row("one process: a killed process is an error", error[:60], "signal 9" in error and left() == before)

missing = cellar_child.Model(model.path, model.sha256, model.features, infer="/bin/false")
try:
    list(cellar_child.score_batches(batches(40), missing))
    error = "none"
except cellar_child.ScoringError as caught:
    error = str(caught)
row("one process: a program that ends at once is an error", error[:60], "status 1" in error and left() == before)

# A model of Keras that names neither its columns nor its classes.
import keras

foreign = os.path.join(WORK, "nameless.keras")
keras.utils.set_random_seed(1)
network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
network.save(foreign)
try:
    cellar_child.Model.open(foreign, infer=INFER)
    error = "none"
except cellar_child.ScoringError as caught:
    error = str(caught)
values = np.random.default_rng(1).random((50, 2))
batch = pa.RecordBatch.from_pydict({"b": values[:, 1], "id": range(50), 'a, "x"': values[:, 0]})
opened = cellar_child.Model.open(foreign, infer=INFER, features=['a, "x"', "b"], classes=["one", "b, c", "three"])
found = pa.Table.from_batches(list(cellar_child.score_batches([batch, batch], opened)))
expected = network.predict(values, verbose=0)
difference = np.abs(np.stack([found[f"probability_{name}"].to_numpy()[50:] for name in ("one", "b, c", "three")], axis=1) - expected).max()
row("one process: a model without names, which are given", f"differ by {difference:.1e} from Keras", "features=[" in error and difference < 1e-6)

script = f"import cellar_child; cellar_child.Model.open('wine', store={STORE!r}, infer={INFER!r})"
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "TMPDIR": folder, "PYTHONPATH": os.pathsep.join(sys.path)})
    row("one process: no temporary folder is left", "", glob.glob(os.path.join(folder, "*")) == [])
finish()
