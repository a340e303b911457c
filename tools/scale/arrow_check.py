"""What pyarrow makes of our streams, and we of pyarrow's: values, types, missing values, batches and notes."""
import io
import subprocess

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc as ipc

from common import INFER, STORE, finish, row, wine


def score(table: pa.Table, *options: str, size: int = 500, **write):
    stream = io.BytesIO()
    with ipc.new_stream(stream, table.schema, options=ipc.IpcWriteOptions(**write)) as writer:
        writer.write_table(table, max_chunksize=size)
    return subprocess.run(
        [INFER, "score", "-", "--format", "arrow", "--model", "wine", "--store", STORE, *options],
        input=stream.getvalue(), capture_output=True)


plain = pa.Table.from_pandas(wine(), preserve_index=False)
count = plain.num_rows
extra = {
    "when": pa.array(range(count), pa.timestamp("us", "Europe/Prague")), "day": pa.array(range(count), pa.date32()),
    "text": pa.array([None if i % 3 else f"žluť {i}" for i in range(count)]),
    "large": pa.array([str(i) for i in range(count)], pa.large_string()), "flag": pa.array([i % 2 == 0 for i in range(count)]),
    "price": pa.array(range(count), pa.decimal128(12, 2)), "none": pa.nulls(count), "raw": pa.array([b"\0\1"] * count),
    "half": pa.array(np.arange(count, dtype=np.float16)), "hole": pa.array([None if i % 7 == 0 else i for i in range(count)]),
}
wide = plain
for name, values in extra.items():
    wide = wide.append_column(name, values)

result = score(wide, "--count")
stream = ipc.open_stream(result.stdout)
batches, notes = [], []
while True:
    try:
        batch, note = stream.read_next_batch_with_custom_metadata()
    except StopIteration:
        break
    batches.append(batch)
    notes.append(note)
found = pa.Table.from_batches(batches)
found.validate(full=True)
row("Arrow: columns of 12 types pass unchanged", f"{count} rows", found.select(wide.schema.names).cast(wide.schema).equals(wide))
row("Arrow: batches as they came", str([b.num_rows for b in batches]), [b.num_rows for b in batches] == [500, 500, 500, 99, 0])
row("Arrow: the count of rows in the last batch", notes[-1][b"rows"].decode() if notes[-1] else "", notes[-1] is not None and notes[-1][b"rows"] == b"1599")

text = subprocess.run(
    [INFER, "score", "-", "--format", "csv", "--model", "wine", "--store", STORE],
    input=wine().to_csv(index=False).encode(), capture_output=True).stdout
expected = pd.read_csv(io.BytesIO(text))
same = (expected.prediction == found["prediction"].to_pandas()).all()
close = np.abs(expected.probability.to_numpy() - found["probability"].to_numpy()).max()
row("Arrow: predictions as of CSV", f"differ by {close:.1e}", bool(same) and close < 1e-7)

for kind in ("float32", "float64"):
    table = plain.drop_columns(["quality"])
    table = table.cast(pa.schema([(n, getattr(pa, kind)()) for n in table.schema.names]))
    again = ipc.open_stream(score(table, "--predictions-only", "--threads", "3", size=7).stdout).read_all()
    row(f"Arrow: {kind}, batches of 7 rows, 3 threads", "", np.abs(again["probability"].to_numpy() - found["probability"].to_numpy()).max() < 1e-6)

for name, change, options in (
    ("a dictionary", lambda t: t.set_column(11, "quality", t["quality"].dictionary_encode()), {}),
    ("compression", lambda t: t, {"compression": "lz4"}),
    ("a nested column", lambda t: t.append_column("list", pa.array([[1]] * count)), {}),
    ("a missing value", lambda t: t.set_column(10, "alcohol", pa.array([None] + [1.0] * (count - 1))), {}),
    ("a text for a number", lambda t: t.set_column(10, "alcohol", pa.array(["9"] * count)), {}),
):
    refused = score(change(plain), **options)
    row(f"Arrow: {name} is refused", refused.stderr.decode().splitlines()[0][:90], refused.returncode == 65)
finish()
