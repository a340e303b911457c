"""Spark 4 in local-cluster mode with two workers: the same rows as one process, failures, and the time beside others."""
import os
import signal
import subprocess
import sys
import threading
import time

os.environ.update(
    PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1",
    SPARK_LOCAL_HOSTNAME="localhost")
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession
from pyspark.sql.types import FloatType, StringType, StructField, StructType

from common import INFER, REGISTRY, STORE, WORK, digest, finish, referee, row, rows, run, timed

ROWS = int(os.environ.get("CELLAR_SCALE_ROWS", 10_000_000))
FAST = int(os.environ.get("CELLAR_SCALE_FAST_ROWS", 1_600_000))
model = os.path.join(WORK, "wine.h5")
if os.path.exists(model):
    os.unlink(model)
run(REGISTRY, "export", "wine", model, "--as-is", "--store", STORE)

spark = (
    SparkSession.builder.master("local-cluster[2,1,1024]").appName("cellar")
    .config("spark.ui.enabled", "false").config("spark.driver.memory", "1g").config("spark.files", model)
    .config("spark.network.timeout", "600s").config("spark.executor.heartbeatInterval", "60s").getOrCreate())
spark.sparkContext.setLogLevel("OFF")
import cellar_spark


def write(path: str, count: int, parts: int) -> None:
    os.makedirs(path, exist_ok=True)
    for part in range(parts):
        first, last = count * part // parts, count * (part + 1) // parts
        pq.write_table(pa.Table.from_batches([rows(last - first, first)]), f"{path}/{part:03}.parquet")


def score(frame, **options):
    # The name alone: the file has come by spark.files, as spark-submit --files does it.
    return cellar_spark.score(frame, "wine.h5", infer=INFER, **options)


# Row for row as one process.
big = os.path.join(WORK, f"rows-{ROWS}")
if not os.path.exists(big + "/done"):
    write(big, ROWS, 16)
    open(big + "/done", "w").close()
frame = spark.read.parquet(big + "/*.parquet")
out = os.path.join(WORK, "scored")
seconds, _ = timed(lambda: score(frame).select("id", "prediction", "probability").write.mode("overwrite").parquet(out))
found = pq.read_table(out).sort_by("id")
files = sorted(os.path.join(big, name) for name in os.listdir(big) if name.endswith(".parquet"))
expected = referee(lambda: (b for f in files for b in pq.ParquetFile(f).iter_batches(100_000))).sort_by("id")
row(f"Spark: {ROWS:,} rows as one process", f"{seconds:.1f} s in two workers", found.num_rows == ROWS and all(
    found[name].combine_chunks().cast(expected[name].type).equals(expected[name].combine_chunks()) for name in ("id", "prediction", "probability")))
del found, expected

# A child that is killed.
def kill_one(killed: list) -> None:
    while not killed:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = open(f"/proc/{pid}/cmdline").read().split("\0")
            except OSError:
                continue
            if words[1:3] == ["score", "-"] and "wine.h5" in " ".join(words) and os.path.basename(words[0]) == "infer":
                time.sleep(0.05)
                try:
                    os.kill(int(pid), signal.SIGKILL)
                    killed.append(pid)
                except OSError:
                    pass
                break
        time.sleep(0.01)


killed: list = []
scored = score(frame)  # starts a process of its own on the driver, so before the killer
killer = threading.Thread(target=kill_one, args=(killed,), daemon=True)
killer.start()
count = scored.filter("probability >= 0").count()
row("Spark: a process is killed, and the task's retry succeeds", f"{len(killed)} killed, {count:,} rows", bool(killed) and count == ROWS)

# A damaged model, where the driver's was whole.
small = spark.read.parquet(files[0])
bad = score(small)
damaged = os.path.join(WORK, "damaged.h5")
whole = bytearray(open(model, "rb").read())
whole[len(whole) // 2] ^= 1
open(damaged, "wb").write(whole)
opened = cellar_spark.Model.open(model, infer=INFER)
try:
    plain = rows(1).schema
    new = opened.new_fields(plain)

    def partition(batches):
        here = opened.at(damaged)
        here.verify()
        yield from cellar_spark.score_batches(batches, here, pa.schema([*plain, *new]))

    small.mapInArrow(partition, bad.schema).count()
    message = "no error"
except Exception as error:
    message = str(error)
row("Spark: a damaged model fails the job with our message", "the model file is damaged" if "the model file is damaged" in message else message[-200:], "the model file is damaged" in message)
try:
    cellar_spark.score(small.withColumn("alcohol", small["alcohol"] * float("nan")), "wine.h5", infer=INFER).count()
    message = "no error"
except Exception as error:
    message = str(error)
row("Spark: a row that cannot be scored fails the job with our message", "", "expected a finite number" in message)

# SQL TRANSFORM and RDD.pipe.
names = ["id", *opened.features]
small.select(*names).limit(1000).createOrReplaceTempView("wine")
columns = ", ".join(f"`{name}`" for name in names)
sql = spark.sql(f"""
    SELECT TRANSFORM({columns}) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
    USING '{INFER} score - --format tsv --names "{",".join(names)}" --key id --model {model} --threads 1'
    AS (id BIGINT, prediction STRING, probability FLOAT) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' FROM wine""")
reference = {r.id: r.prediction for r in score(spark.table("wine")).select("id", "prediction").collect()}
row("Spark: SQL TRANSFORM", "", {r.id: r.prediction for r in sql.collect()} == reference)
lines = small.select(*names).limit(1000).rdd.map(lambda r: ",".join(str(v) for v in r)).pipe(
    f"{INFER} score - --format csv --names '{','.join(names)}' --key id --model {model} --threads 1", checkCode=True)
row("Spark: RDD.pipe", "", {int(l.split(",")[0]): l.split(",")[1] for l in lines.collect()} == reference)

# The time beside a mapInArrow that only adds two empty columns, in one run.
fast = os.path.join(WORK, f"rows-{FAST}")
if not os.path.exists(fast + "/done"):
    write(fast, FAST, 4)
    open(fast + "/done", "w").close()
frame = spark.read.parquet(fast + "/*.parquet").repartition(4).cache()
frame.count()
schema = StructType([*frame.schema.fields, StructField("prediction", StringType()), StructField("probability", FloatType())])


def empty(batches):
    for batch in batches:
        yield pa.RecordBatch.from_arrays(
            batch.columns + [pa.nulls(batch.num_rows, pa.string()), pa.nulls(batch.num_rows, pa.float32())],
            names=[*batch.schema.names, "prediction", "probability"])


def noop(frame):
    frame.write.format("noop").mode("overwrite").save()


ours = score(frame)
times = {"empty": [], "ours": []}
for turn in range(5):
    times["empty"].append(timed(lambda: noop(frame.mapInArrow(empty, schema)))[0])
    times["ours"].append(timed(lambda: noop(ours))[0])
best = {name: sorted(values)[len(values) // 2] for name, values in times.items()}
ratio = best["ours"] / best["empty"]
row(f"Spark: {FAST:,} rows beside an empty mapInArrow", f"{best['ours']:.2f} s, {best['empty']:.2f} s, ratio {ratio:.2f} (goal 1.25)")
spark.stop()
finish()
