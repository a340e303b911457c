"""What one process of `infer score` costs, in processor time of one thread: each form of rows, the start, and the memory."""
import os
import statistics
import subprocess

from common import INFER, STORE, WORK, finish, record, row, rows, run

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc as ipc

ROWS = int(os.environ.get("CELLAR_SCALE_COST_ROWS", 1_600_000))
TURNS = int(os.environ.get("CELLAR_SCALE_TURNS", 5))
base = os.path.join(WORK, "cost")
table = rows(ROWS)
with ipc.new_stream(base + ".arrows", table.schema) as writer:
    writer.write_table(pa.Table.from_batches([table]), max_chunksize=10_000)
pyarrow.csv.write_csv(table, base + ".csv")
lines = rows(ROWS // 4)
lines.to_pandas().to_json(base + ".jsonl", orient="records", lines=True)
run(INFER, "score", base + ".csv", "--shard", "1/1000000", "--model", "wine", "--store", STORE)  # the store's index is read once


def cost(file: str, *options: str) -> tuple[float, float]:
    """The processor time of one process in seconds, and the most memory that it had in bytes."""
    found = []
    for _ in range(TURNS):
        # GNU time would be a package more. A process without this program's memory forks the one that is measured.
        probe = subprocess.run(
            ["python3", "-c", "import os, sys; p = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ); _, s, u = os.wait4(p, 0);"
             "print(u.ru_utime + u.ru_stime, u.ru_maxrss); sys.exit(s != 0)",
             INFER, "score", file, *options, "--model", "wine", "--store", STORE, "--threads", "1", "-o", "/dev/null", "--force"],
            capture_output=True, text=True)
        assert probe.returncode == 0, probe.stderr
        found.append([float(word) for word in probe.stdout.split()[-2:]])
    return statistics.median(time for time, _ in found), max(memory for _, memory in found) * 1024


one = base + "-one.csv"
with open(base + ".csv") as source, open(one, "w") as file:
    file.writelines(line for _, line in zip(range(2), source))
start, memory = cost(one)
row("cost: a start with the wine model and one row", f"{start * 1000:.1f} ms of processor time, {memory / 1e6:.0f} MB")
for key, name, file, options, count in (
    ("arrow_alone", "Arrow, the new columns alone", ".arrows", ("--format", "arrow", "--predictions-only"), ROWS),
    ("arrow", "Arrow, all columns", ".arrows", ("--format", "arrow"), ROWS),
    ("csv", "CSV, all columns", ".csv", ("--format", "csv"), ROWS),
    ("csv_key", "CSV, one key column", ".csv", ("--format", "csv", "--key", "id"), ROWS),
    ("jsonl", "JSON lines", ".jsonl", ("--format", "jsonl"), ROWS // 4),
):
    seconds, memory = cost(base + file, *options)
    row(f"cost: {count:,} rows, {name}", f"{seconds:.2f} s of processor time, {count / seconds / 1e6:.2f} M rows a second and core, {memory / 1e6:.0f} MB", memory < 64e6)
    record(**{key: count / seconds})
record(csv_bytes=os.path.getsize(base + ".csv") / ROWS, arrow_bytes=os.path.getsize(base + ".arrows") / ROWS)
for extension in (".arrows", ".csv", ".jsonl", "-one.csv"):
    os.remove(base + extension)
finish()
