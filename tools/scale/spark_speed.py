"""The time of cellar_spark beside a mapInArrow that only adds two empty columns, and MLflow's spark_udf, in turns in one run."""
import os
import shutil
import statistics

from common import INFER, REGISTRY, STORE, WORK, figure, finish, record, row, run, timed
from spark_session import exported, processor_time, session, table

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql.functions import avg as average, struct
from pyspark.sql.types import FloatType, StringType, StructField, StructType

ROWS = int(os.environ.get("CELLAR_SCALE_FAST_ROWS", 1_600_000))
TURNS = int(os.environ.get("CELLAR_SCALE_TURNS", 5))
model = exported()
spark = session(model)
import cellar_spark
import mlflow
import mlflow.onnx
import onnx

# The same model in MLflow's two forms.
places = {name: os.path.join(WORK, f"mlflow-{name}") for name in ("keras", "onnx")}
for place in places.values():
    shutil.rmtree(place, ignore_errors=True)
run(REGISTRY, "export", "wine", "--mlflow", places["keras"], "--store", STORE)
graph = os.path.join(WORK, "wine.onnx")
run(REGISTRY, "export", "wine", graph, "--force", "--store", STORE)
mlflow.onnx.save_model(onnx.load(graph), places["onnx"])

# In memory and in four partitions, so that neither disk nor Parquet is measured.
frame = table(spark, ROWS, 4)[0].repartition(4).cache()
frame.count()
features = cellar_spark.Model.open(model, infer=INFER).features
names = StructType([*frame.schema.fields, StructField("prediction", StringType()), StructField("probability", FloatType())])


def empty(batches):
    for batch in batches:
        yield pa.RecordBatch.from_arrays(
            batch.columns + [pa.nulls(batch.num_rows, pa.string()), pa.nulls(batch.num_rows, pa.float32())],
            names=[*batch.schema.names, "prediction", "probability"])


def with_mlflow(name: str):
    udf = mlflow.pyfunc.spark_udf(spark, places[name], result_type="double", env_manager="local")
    return frame.withColumn("score", udf(struct(*(frame[feature] for feature in features))))


frames = {
    "empty": frame.mapInArrow(empty, names), "Cellar": cellar_spark.score(frame, "wine.h5", infer=INFER),
    "onnx": with_mlflow("onnx"), "keras": with_mlflow("keras")}

# All of them give the same answers.
expected = frames["Cellar"].filter("id < 2000").select("id", "prediction", "probability").toPandas().sort_values("id")
positive = np.where(expected.prediction == "good", expected.probability, 1 - expected.probability)
for name in ("onnx", "keras"):
    found: pd.DataFrame = frames[name].filter("id < 2000").select("id", "score").toPandas().sort_values("id")
    difference = np.abs(found.score.to_numpy() - positive).max()
    row(f"Spark: MLflow's spark_udf, {name} flavor, gives our predictions", f"differ by {difference:.1e}", difference < 1e-5)

# Two ways to use the result: every row with all its columns, and a summary of the new ones.
ENDS = {
    "whole rows": lambda frame: frame.write.format("noop").mode("overwrite").save(),
    "a summary": lambda frame: frame.agg(average("score" if "score" in frame.columns else "probability")).collect()}
found = {(end, name): [] for end in ENDS for name in frames}
for turn in range(-2, TURNS):  # the first two warm up Java's compiler and the Python workers
    for end, use in ENDS.items():
        for name in list(frames)[::1 if turn % 2 else -1]:
            if name == "keras" and (turn == -2 or end == "a summary"):
                continue  # takes longer than all others together
            before = processor_time()
            seconds, _ = timed(lambda: use(frames[name]))
            if turn >= 0:
                found[end, name].append((seconds, processor_time() - before))
for end in ENDS:
    times, work = ({name: statistics.median(pair[place] for pair in found[end, name]) for name in frames if found[end, name]} for place in (0, 1))
    names = {"Cellar": "cellar_spark", "empty": "empty mapInArrow", "onnx": "spark_udf ONNX", "keras": "spark_udf Keras"}
    row(f"Spark: {ROWS:,} rows in 4 partitions, {end}, medians of {TURNS} in turns", ", ".join(f"{names[name]} {times[name]:.2f} s" for name in names if name in times))
    row(f"Spark: processor time, {end}", ", ".join(f"{names[name]} {work[name]:.2f} s" for name in names if name in times))
    figure(f"Spark: cellar_spark beside the empty mapInArrow, {end}", times["Cellar"] / times["empty"], "times its time", most=1.25)
    figure(f"Spark: cellar_spark beside MLflow's spark_udf, ONNX flavor, {end}", times["onnx"] / times["Cellar"], "times as fast", least=2.5)
    if "keras" in times:
        figure(f"Spark: cellar_spark beside MLflow's spark_udf, Keras flavor, {end}", times["keras"] / times["Cellar"], "times as fast", least=5)
    record(**({"spark": ROWS / times["Cellar"]} if end == "whole rows" else {}))
spark.stop()
finish()
