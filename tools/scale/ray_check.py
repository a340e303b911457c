"""Ray Data on a local cluster: the same rows as one process, and a failure."""
import os

os.environ.setdefault("RAY_DEDUP_LOGS", "0")
import numpy as np
import pyarrow as pa
import ray

from common import INFER, REPOSITORY, STORE, finish, referee, row, rows, timed

ROWS = int(os.environ.get("CELLAR_SCALE_RAY_ROWS", 1_000_000))
paths = os.pathsep.join(os.path.join(REPOSITORY, "integrations", part) for part in ("", "ray"))
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error", object_store_memory=1 << 29,
         runtime_env={"env_vars": {"PYTHONPATH": paths}})
import cellar_ray

ray.data.DataContext.get_current().enable_progress_bars = False
table = pa.Table.from_batches([rows(ROWS)])
dataset = ray.data.from_arrow([table.slice(start, ROWS // 8) for start in range(0, ROWS, ROWS // 8)])
seconds, found = timed(lambda: pa.concat_tables(
    ray.get(cellar_ray.score(dataset, "wine", store=STORE, infer=INFER, concurrency=2).to_arrow_refs())).sort_by("id"))
expected = referee(lambda: iter(table.to_batches(max_chunksize=65_536))).sort_by("id")
row(f"Ray: {ROWS:,} rows as one process", f"{seconds:.1f} s with two actors", found.num_rows == ROWS and all(
    found[name].combine_chunks().cast(expected[name].type).equals(expected[name].combine_chunks()) for name in ("id", "prediction", "probability")))

bad = pa.Table.from_batches([rows(1000)]).set_column(1, "fixed acidity", pa.array(np.full(1000, np.nan)))
try:
    cellar_ray.score(ray.data.from_arrow(bad), "wine", store=STORE, infer=INFER).materialize()
    message = "no error"
except Exception as error:
    message = str(error)
row("Ray: a row that cannot be scored fails the job with our message", "", "expected a finite number" in message)
ray.shutdown()
finish()
