"""What the checks of `make scale-test` share: the table of results, the rows, and one process as the referee."""
import functools
import hashlib
import json
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc as ipc

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BIN = os.environ.get("CELLAR_BIN", os.path.join(REPOSITORY, "bin"))
INFER, REGISTRY, TRAINER = (os.path.join(BIN, name) for name in ("infer", "registry", "trainer"))
STORE = os.path.join(REPOSITORY, "models")
WORK = os.environ.get("CELLAR_SCALE_WORK", os.path.join(REPOSITORY, ".build", "scale"))
sys.path[:0] = [os.path.join(REPOSITORY, "integrations", part) for part in ("", "spark", "ray")]

failed = 0


def row(name: str, value: str, ok: bool | None = None) -> None:
    """Prints a line of the table; `ok` is None for a figure that is only reported."""
    global failed
    failed += ok is False
    print(f"| {name} | {value} | {'' if ok is None else 'ok' if ok else 'FAILED'} |", flush=True)


def figure(name: str, value: float, unit: str, *, most: float | None = None, least: float | None = None) -> None:
    """Prints a figure with a goal. One that is missed is no failure: it depends on the machine and on what else runs there."""
    goal, met = (f"at most {most:g}", value <= most) if most is not None else (f"at least {least:g}", value >= least)
    print(f"| {name} | {value:.2f} {unit} (goal: {goal}) | {'met' if met else 'not met'} |", flush=True)


def record(**values: float) -> None:
    """Keeps figures for the arithmetic, which is done once all checks have ended."""
    place = os.environ.get("CELLAR_SCALE_FIGURES")
    if place:
        with open(place, "a") as file:
            print(json.dumps(values), file=file)


def finish() -> None:
    sys.exit(1 if failed else 0)


def run(*command: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(command, check=True, capture_output=True, text=True, **options)


def timed(work):
    start = time.monotonic()
    result = work()
    return time.monotonic() - start, result


@functools.cache
def wine() -> pd.DataFrame:
    return pd.read_csv(os.path.join(REPOSITORY, "data", "wine.csv"))


def peak_memory(pid: int) -> int:
    """The most memory that a process has had, in bytes; 0 if it has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def alcohol(ids: np.ndarray) -> np.ndarray:
    """A column that is another one for each row."""
    values = wine()["alcohol"].to_numpy()
    return values[ids % len(values)] + (ids % 100_003) * 1e-5


def rows(count: int, first: int = 0) -> pa.RecordBatch:
    """Rows of the wine data, each made different from the others by its number."""
    table = wine()
    ids = np.arange(first, first + count, dtype=np.int64)
    columns = {"id": pa.array(ids)}
    for name in table.columns[:-1]:
        columns[name] = pa.array(alcohol(ids) if name == "alcohol" else table[name].to_numpy()[ids % len(table)])
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


class Referee:
    """The predictions of one process, by the number of the row, in 5 bytes a row."""

    def __init__(self, batches, count: int, model: str = "wine"):
        """Scores all batches, which have the numbers 0 to count - 1 in some order."""
        self.labels: list[str] = []
        self.codes, self.probabilities = np.full(count, -1, np.int8), np.empty(count, np.float32)
        with open(os.path.join(WORK, "referee.log"), "w") as errors:
            process = subprocess.Popen(
                [INFER, "score", "-", "--format", "arrow", "--model", model, "--store", STORE, "--key", "id"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)

        def feed():
            writer = None
            for batch in batches:
                writer = writer or ipc.new_stream(process.stdin, batch.schema)
                writer.write_batch(batch)
            writer.close()
            process.stdin.close()

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        self.memory = 0
        for batch in ipc.open_stream(process.stdout):
            self.memory = peak_memory(process.pid) or self.memory
            ids = batch["id"].to_numpy()
            self.codes[ids] = self._codes(batch["prediction"])
            self.probabilities[ids] = batch["probability"].to_numpy()
        feeder.join()
        assert process.wait() == 0 and (self.codes >= 0).all()

    def _codes(self, labels: pa.Array) -> np.ndarray:
        """The places of labels in the list of those that were seen."""
        labels = labels.combine_chunks() if isinstance(labels, pa.ChunkedArray) else labels
        labels = labels.dictionary_encode()
        for label in labels.dictionary.to_pylist():
            if label not in self.labels:
                self.labels.append(label)
        return np.array([self.labels.index(label) for label in labels.dictionary.to_pylist()], np.int8)[labels.indices.to_numpy()]

    def difference(self, batches) -> str:
        """What is not the same in the results of another way, which have the columns id, alcohol, prediction and probability;
        empty if each row is there once, with its own values and the same answer bit by bit."""
        seen = np.zeros(len(self.codes), np.uint8)
        for batch in batches:
            ids = batch["id"].to_numpy()
            np.add.at(seen, ids, 1)
            # A row's own column, by which rows that were exchanged are noticed.
            if not np.array_equal(batch["alcohol"].to_numpy(), alcohol(ids)):
                return "a column belongs to another row"
            if not np.array_equal(self._codes(batch["prediction"]), self.codes[ids]):
                return "a prediction differs"
            if not np.array_equal(batch["probability"].to_numpy().view(np.uint32), self.probabilities[ids].view(np.uint32)):
                return "a probability differs"
        return "" if (seen == 1).all() else f"{np.count_nonzero(seen == 0):,} rows are missing, {np.count_nonzero(seen > 1):,} are double"


def digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


os.makedirs(WORK, exist_ok=True)
