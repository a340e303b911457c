"""What the checks of `make scale-test` share: the table of results, the rows, and one process as the referee."""
import hashlib
import os
import subprocess
import sys
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


def finish() -> None:
    sys.exit(1 if failed else 0)


def run(*command: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(command, check=True, capture_output=True, text=True, **options)


def timed(work):
    start = time.monotonic()
    result = work()
    return time.monotonic() - start, result


def wine() -> pd.DataFrame:
    return pd.read_csv(os.path.join(REPOSITORY, "data", "wine.csv"))


def rows(count: int, first: int = 0) -> pa.RecordBatch:
    """Rows of the wine data, each made different from the others by its number."""
    table = wine()
    ids = np.arange(first, first + count, dtype=np.int64)
    columns = {"id": pa.array(ids)}
    for name in table.columns[:-1]:
        values = table[name].to_numpy()[ids % len(table)]
        columns[name] = pa.array(values + (ids % 100_003) * 1e-5 if name == "alcohol" else values)
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def referee(batches, model: str = "wine") -> pa.Table:
    """The predictions of one process, by id. `batches` is called for an iterator."""
    errors = open(os.path.join(WORK, "referee.log"), "w")
    process = subprocess.Popen(
        [INFER, "score", "-", "--format", "arrow", "--model", model, "--store", STORE, "--key", "id"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
    import threading

    def feed():
        writer = None
        for batch in batches():
            writer = writer or ipc.new_stream(process.stdin, batch.schema)
            writer.write_batch(batch)
        writer.close()
        process.stdin.close()

    threading.Thread(target=feed, daemon=True).start()
    table = ipc.open_stream(process.stdout).read_all()
    assert process.wait() == 0
    return table


def digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


os.makedirs(WORK, exist_ok=True)
