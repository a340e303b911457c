"""Ray Data on a local cluster: the same rows as one process, and what happens where something fails."""
import os
import signal
import statistics

os.environ.setdefault("RAY_DEDUP_LOGS", "0")
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
import pyarrow as pa
import ray

from common import INFER, REPOSITORY, STORE, Referee, finish, record, row, rows, timed

ROWS = int(os.environ.get("CELLAR_SCALE_RAY_ROWS", 1_000_000))
TURNS = int(os.environ.get("CELLAR_SCALE_TURNS", 5))
paths = os.pathsep.join(os.path.join(REPOSITORY, "integrations", part) for part in ("", "ray"))
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error", object_store_memory=1 << 30,
         runtime_env={"env_vars": {"PYTHONPATH": paths}})
import cellar_ray

ray.data.DataContext.get_current().enable_progress_bars = False
table = pa.Table.from_batches([rows(ROWS)])
dataset = ray.data.from_arrow([table.slice(start, ROWS // 8) for start in range(0, ROWS, ROWS // 8)])
expected = Referee(iter(table.to_batches(max_chunksize=65_536)), ROWS)


def score(data, **options):
    return cellar_ray.score(data, "wine", store=STORE, infer=INFER, **options)


def batches(data):
    return (batch for reference in data.to_arrow_refs() for batch in ray.get(reference).to_batches())


seconds, found = timed(lambda: score(dataset, concurrency=2).materialize())
difference = expected.difference(batches(found))
row(f"Ray: {ROWS:,} rows as one process, row for row", difference or f"{seconds:.1f} s with two actors", not difference)


def empty(table: pa.Table) -> pa.Table:
    for name, kind in (("prediction", pa.string()), ("probability", pa.float32())):
        table = table.append_column(name, pa.nulls(table.num_rows, kind))
    return table


class Empty:
    def __call__(self, table: pa.Table) -> pa.Table:
        return empty(table)


times = {"ours": [], "empty": []}
for turn in range(TURNS):
    times["empty"].append(timed(lambda: dataset.map_batches(Empty, batch_format="pyarrow", batch_size=65_536, compute=ray.data.ActorPoolStrategy(size=2)).materialize())[0])
    times["ours"].append(timed(lambda: score(dataset, concurrency=2).materialize())[0])
ours, nothing = (statistics.median(times[name]) for name in ("ours", "empty"))
row(f"Ray: {ROWS:,} rows beside a map_batches that only adds two empty columns, medians of {TURNS} in turns", f"{ours:.2f} s, {nothing:.2f} s, ratio {ours / nothing:.2f}")
record(ray=ROWS / ours)

# Within one actor.
model = cellar_ray.Model.open("wine", store=STORE, infer=INFER)
content = open(model.path, "rb").read()
scorer = cellar_ray.Scorer(model, content)
small = pa.Table.from_batches([rows(1000)])
whole = scorer(small)
os.kill(scorer.child.process.pid, signal.SIGKILL)
row("Ray: a process that was killed is started again with the same rows", "", scorer(small).equals(whole))
row("Ray: an empty block", "", scorer(small.slice(0, 0)).schema == whole.schema and cellar_ray.Scorer(model, content)(small.slice(0, 0)).schema == whole.schema)
encoded = small.set_column(1, "fixed acidity", small["fixed acidity"].dictionary_encode())
row("Ray: a dictionary is decoded on the way, and passed through as it was", "", scorer(encoded).drop(["prediction", "probability"]).equals(encoded))

# Failures that reach the program.
bad = small.set_column(1, "fixed acidity", pa.array([float("nan") if i == 321 else 7.0 for i in range(1000)]))
damaged = bytearray(content)
damaged[len(damaged) // 2] ^= 1
for name, work, words in (
    ("a row that cannot be scored fails the job with our message", lambda: score(ray.data.from_arrow(bad)), ("'fixed acidity'", "row 322", "expected a finite number")),
    ("a missing column fails the job with our message", lambda: score(ray.data.from_arrow(small.drop(["pH"]))), ("needs one column 'pH', found none",)),
    ("a column of the same name fails the job with our message", lambda: score(score(ray.data.from_arrow(small))), ("already has a column 'prediction'",)),
    ("a model that is damaged on a node fails the job with our message",
     lambda: ray.data.from_arrow(small).map_batches(cellar_ray.Scorer, fn_constructor_args=(model, bytes(damaged)), batch_format="pyarrow", compute=ray.data.ActorPoolStrategy(size=1)),
     ("the model file is damaged",)),
):
    try:
        work().materialize()
        message = "no error"
    except Exception as error:
        message = str(error)
    ok = all(word in message for word in words)
    row(f"Ray: {name}", "" if ok else message.strip()[-200:].replace("\n", " "), ok)
row("Ray: a table without rows", "", score(ray.data.from_arrow(small).filter(expr="id < 0")).count() == 0)
ray.shutdown()
finish()
