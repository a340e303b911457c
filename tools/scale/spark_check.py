"""Spark 4 in local-cluster mode with two workers: the same rows as one process, and what happens where something fails."""
import json
import os
import signal
import threading
import time

from common import INFER, TRAINER, WORK, Referee, digest, finish, peak_memory, row, run, timed
from spark_session import exported, session, table

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyspark.sql.functions as functions
from pyspark import SparkFiles

ROWS = int(os.environ.get("CELLAR_SCALE_ROWS", 10_000_000))
model = exported()
spark = session(model)
import cellar_spark


def score(frame, **options):
    # The name alone: the file has come by spark.files, as spark-submit --files does it.
    return cellar_spark.score(frame, "wine.h5", infer=INFER, **options)


def processes() -> dict[int, int]:
    """The processes of `infer` that tasks have started, with the most memory that each has had."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{pid}/cmdline").read().split("\0")
            if words[1:3] == ["score", "-"] and "wine.h5" in " ".join(words) and os.path.basename(words[0]) == "infer":
                found[int(pid)] = peak_memory(int(pid))
        except OSError:
            continue
    return found


def beside(work, every: float, action) -> object:
    """Calls `action` again and again while `work` runs."""
    done = threading.Event()

    def repeat():
        while not done.wait(every):
            action()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        return work()
    finally:
        done.set()
        thread.join()


def message_of(frame) -> str:
    """The error with which a job ends."""
    try:
        frame.write.format("noop").mode("overwrite").save()
        return "no error"
    except Exception as error:
        return str(error)


def written(frame, name: str):
    """Writes a result as files, and returns its batches."""
    out = os.path.join(WORK, name)
    frame.select("id", "alcohol", "prediction", "probability").write.mode("overwrite").parquet(out)
    files = sorted(os.path.join(out, file) for file in os.listdir(out) if file.endswith(".parquet"))
    return (batch for file in files for batch in pq.ParquetFile(file).iter_batches(100_000))


# Row for row as one process.
frame, files = table(spark, ROWS, 16)
seconds, expected = timed(lambda: Referee((batch for file in files for batch in pq.ParquetFile(file).iter_batches(50_000)), ROWS))
row(f"Arrow: {ROWS:,} rows in one process", f"{seconds:.1f} s with the reading of Parquet, {expected.memory / 1e6:.0f} MB", expected.memory < 64e6)
memory: dict[int, int] = {}
seconds, found = timed(lambda: beside(lambda: written(score(frame), "scored"), 0.1, lambda: memory.update(processes())))
difference = expected.difference(found)
row(f"Spark: {ROWS:,} rows as one process, row for row", difference or f"{seconds:.1f} s in two workers, from Parquet to Parquet", not difference)
most = max(memory.values(), default=0)
row("Spark: memory of a process", f"{most / 1e6:.0f} MB at most", 0 < most < 64e6)

# A child that is killed.
part, part_files = table(spark, max(ROWS // 5, 400_000), 4)
scored = score(part)  # starts a process of its own on the driver, so before the killer
killed: list[int] = []


def kill_one() -> None:
    for pid in processes() if not killed else ():
        try:
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
            return
        except OSError:
            pass


spark.sparkContext.setJobGroup("killed", "killed")
found = beside(lambda: written(scored, "retried"), 0.01, kill_one)
expected = Referee((batch for file in part_files for batch in pq.ParquetFile(file).iter_batches(100_000)), part.count())
difference = expected.difference(found)
tracker = spark.sparkContext.statusTracker()
stages = [tracker.getStageInfo(stage) for job in tracker.getJobIdsForGroup("killed") for stage in tracker.getJobInfo(job).stageIds]
failures = sum(stage.numFailedTasks for stage in stages if stage)
row("Spark: a process is killed, its task fails, and the retry succeeds", difference or f"{failures} failed task, all rows once", bool(killed) and failures == 1 and not difference)
spark.sparkContext.setJobGroup("others", "others")

# A model that is damaged on the workers, where the driver's is whole.
small = spark.read.parquet(files[0])
content = open(model, "rb").read()
damaged = content[:len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1:]


def replace(content: bytes) -> int:
    """Writes the file on both workers, and returns how many have it."""

    def here(_):
        time.sleep(0.5)  # so that the other worker has some of the tasks
        with open(SparkFiles.get("wine.h5"), "wb") as file:
            file.write(content)
        return SparkFiles.get("wine.h5")

    return len(set(spark.sparkContext.parallelize(range(6), 6).map(here).collect()))


places = replace(damaged)
message = message_of(score(small))
row("Spark: a model that is damaged on the workers fails the job with our message", f"{places} workers",
    places == 2 and "the model file is damaged: expected SHA-256" in message and "partition" in message and digest(model) in message)
replace(content)

# Rows, models and tables that cannot be used.
for name, call, words in (
    ("a row that cannot be scored fails the job with our message",
     lambda: score(small.withColumn("alcohol", functions.when(small.id != 777, small.alcohol))), ("column 'alcohol'", "row", "a missing value")),
    ("a missing column is refused", lambda: score(small.drop("pH")), ("needs one column 'pH', found none",)),
    ("a column of the same name is refused", lambda: score(small.withColumn("Prediction", functions.lit(1))), ("already has a column 'prediction'",)),
    ("a file that is no model is refused", lambda: cellar_spark.score(small, files[0], infer=INFER), ("expected",)),
    ("a missing program is named", lambda: cellar_spark.score(small, "wine.h5", infer="/missing/infer"), ("/missing/infer: cannot be started",)),
):
    try:
        message = message_of(call())
    except cellar_spark.ScoringError as error:
        message = str(error)
    ok = all(word in message for word in words)
    row(f"Spark: {name}", "" if ok else message.strip()[-200:].replace("\n", " "), ok)

# What tables have beside the numbers.
thousand = small.limit(1000).withColumns({
    "when": functions.current_timestamp(), "list": functions.array("id"), "none": functions.lit(None),
    "alcohol": small.alcohol.cast("decimal(12, 8)")}).withColumnRenamed("pH", "PH")
again = {r.id: (r.prediction, r.list) for r in score(thousand).collect()}
plain = {r.id: r.prediction for r in score(small.limit(1000)).collect()}
row("Spark: decimals, names in another case, times, lists and missing values beside them", f"{len(again):,} rows",
    again == {id: (label, [id]) for id, label in plain.items()})
empty = score(small.limit(3).repartition(8)).collect(), score(small.filter("id < 0")).collect(), score(small).limit(5).collect()
row("Spark: partitions without rows, a table without rows, a reader that takes five rows", "", [len(rows) for rows in empty] == [3, 0, 5])

# Texts, missing values and three classes; the same model for two tables.
place = os.path.join(WORK, "mixed")
os.makedirs(place, exist_ok=True)
random = np.random.default_rng(1)
mixed = pd.DataFrame({
    "id": range(3000), "size": random.normal(size=3000), "weight": random.normal(size=3000), "colour": random.choice(["red", "žlutá", "a,b"], 3000)})
mixed["kind"] = np.where(mixed.colour == "red", "first", np.where(mixed["size"] > 0, "second", "third"))
mixed.loc[::7, "weight"] = np.nan
mixed.to_csv(f"{place}/mixed.csv", index=False)
with open(f"{place}/mixed.yaml", "w") as file:
    file.write(f"""
name: mixed
data:
  csv: {place}/mixed.csv
  target: kind
  columns: {{ id: ignore, size: number, weight: {{ kind: number, impute: median, indicator: true }}, colour: category }}
  split: {{ test: 0.2, validation: 0.2, random_state: 1 }}
model: [ Dense: {{ units: 16, activation: relu }}, Dense: {{ units: 3, activation: softmax }} ]
compile: {{ optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy] }}
fit: {{ epochs: 3, seed: 1 }}
""")
version = json.loads(run(TRAINER, "fit", f"{place}/mixed.yaml", "--store", f"{place}/models", "--json").stdout)["reference"]
run(INFER, "score", f"{place}/mixed.csv", "--model", version, "--store", f"{place}/models", "-o", f"{place}/scored.csv", "--force")
expected = pd.read_csv(f"{place}/scored.csv").set_index("id")
frame = spark.createDataFrame(pa.Table.from_pandas(mixed, preserve_index=False)).repartition(3)
for turn in range(2):
    found = cellar_spark.score(frame, version, store=f"{place}/models", infer=INFER).toPandas().set_index("id").sort_index()
new = [name for name in expected.columns if name.startswith("probability")]
row("Spark: texts, missing values and three classes, the same version twice", ", ".join(new),
    (found.prediction == expected.prediction).all() and len(new) == 4 and np.abs(found[new] - expected[new]).to_numpy().max() < 1e-6)

# SQL TRANSFORM and RDD.pipe.
opened = cellar_spark.Model.open(model, infer=INFER)
names = ["id", *opened.features]
small.select(*names).limit(1000).createOrReplaceTempView("wine")
columns = ", ".join(f"`{name}`" for name in names)
sql = spark.sql(f"""
    SELECT TRANSFORM({columns}) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
    USING '{INFER} score - --format tsv --names "{",".join(names)}" --key id --model {model} --threads 1'
    AS (id BIGINT, prediction STRING, probability FLOAT) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' FROM wine""")
row("Spark: SQL TRANSFORM", "1,000 rows", {r.id: r.prediction for r in sql.collect()} == plain)
lines = small.select(*names).limit(1000).rdd.map(lambda r: ",".join(str(v) for v in r))
command = f"{INFER} score - --format csv --names '{','.join(names)}' --key id --model {model} --threads 1"
row("Spark: RDD.pipe", "1,000 rows", {int(l.split(",")[0]): l.split(",")[1] for l in lines.pipe(command, checkCode=True).collect()} == plain)
try:
    lines.map(lambda line: line.replace(",", ",x", 3)).pipe(command, checkCode=True).collect()
    message = "no error"
except Exception as error:
    message = str(error)
row("Spark: RDD.pipe fails where the process does", "status 65", "65" in message)
spark.stop()
finish()
