"""The time of cellar_spark beside a mapInArrow that only adds two empty columns, and MLflow's spark_udf, in turns in one run."""
import os
import shutil
import statistics

from common import INFER, REGISTRY, STORE, WORK, figure, finish, record, row, run, timed
from spark_session import exported, session, table

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql.functions import struct
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

times = {name: [] for name in frames}
for turn in range(-2, TURNS):  # the first two warm up Java's compiler and the Python workers
    for name in list(frames)[::1 if turn % 2 else -1]:
        if turn < -1 and name in places:
            continue
        seconds, _ = timed(lambda: frames[name].write.format("noop").mode("overwrite").save())
        if turn >= 0:
            times[name].append(seconds)
medians = {name: statistics.median(values) for name, values in times.items()}
row(f"Spark: {ROWS:,} rows in 4 partitions, medians of {TURNS} in turns",
    f"cellar_spark {medians['Cellar']:.2f} s, empty mapInArrow {medians['empty']:.2f} s, "
    f"spark_udf ONNX {medians['onnx']:.2f} s, Keras {medians['keras']:.2f} s")
figure("Spark: cellar_spark beside the empty mapInArrow", medians["Cellar"] / medians["empty"], "times its time", most=1.25)
figure("Spark: cellar_spark beside MLflow's spark_udf, ONNX flavor", medians["onnx"] / medians["Cellar"], "times as fast", least=2.5)
figure("Spark: cellar_spark beside MLflow's spark_udf, Keras flavor", medians["keras"] / medians["Cellar"], "times as fast", least=5)
record(spark=ROWS / medians["Cellar"], spark_empty=ROWS / medians["empty"])
spark.stop()
finish()
