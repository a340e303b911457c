"""Predictions of a Cellar model for the rows of a Spark DataFrame.

    import cellar_spark
    scored = cellar_spark.score(df, "wine@production", store="models")

Each partition starts one process of `infer`, to which its rows are streamed as Arrow batches; the predictions come back as
new columns, in the order of the rows. The model file goes to the workers as `spark-submit --files` does it, and each task
compares its SHA-256 with that of the driver. Needs PySpark 4, pyarrow, and `infer` on every worker.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import Iterator, Sequence

import pyarrow as pa
from pyspark import SparkFiles, TaskContext, cloudpickle
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import cellar_child  # noqa: E402
from cellar_child import Model, ScoringError, check_names, digest, score_batches, temporary_folder  # noqa: E402

# The workers need neither of these modules: their functions travel with the task.
cloudpickle.register_pickle_by_value(cellar_child)
cloudpickle.register_pickle_by_value(sys.modules[__name__])


def score(
    df: DataFrame, model: str, *, store: str | None = None, infer: str | None = None, prefix: str = "", threads: int = 1,
    features: Sequence[str] | None = None, classes: Sequence[str] | None = None
) -> DataFrame:
    """Returns the DataFrame with the model's predictions as new columns.

    model: a file, a version of the store (`wine:3`), or the name of a file that `--files` has distributed.
    infer: the command on the driver and on the workers; $CELLAR_INFER or `infer` if none is given.
    threads: of each process. One suits a cluster whose tasks have one core each.
    features, classes: the names for a model that has none, in the order of its inputs and outputs.
    """
    spark = df.sparkSession
    if not hasattr(spark, "_jsparkSession"):
        raise ScoringError("Spark Connect cannot distribute the model's file. Use a session with a SparkContext.")
    distributed = _distributed(model)
    opened = Model.open(
        distributed or model, store=store, infer=infer, threads=threads, prefix=prefix, features=features, classes=classes)
    name = os.path.basename(opened.path) if distributed else _distribute(spark, opened)
    new = opened.new_fields(_arrow_schema(df, opened.columns(df.columns)))
    check_names(df.columns, new)

    def partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        here = opened.at(SparkFiles.get(name))
        try:
            here.verify()
            yield from score_batches(batches, here)
        except ScoringError as error:
            error.args = (f"partition {TaskContext.get().partitionId()}: {error}",)
            raise

    return df.mapInArrow(partition, StructType([*df.schema.fields, *from_arrow_schema(pa.schema(new)).fields]))


def _arrow_schema(df: DataFrame, names: list[str]) -> pa.Schema:
    """The types in which Spark hands these columns to a task."""
    return df.sparkSession.createDataFrame([], StructType([df.schema[name] for name in names])).toArrow().schema


def _distributed(model: str) -> str | None:
    """The place of a file that `--files` or `addFile` has brought to the driver."""
    if os.path.basename(model) != model or os.path.exists(model):
        return None
    path = SparkFiles.get(model)
    return path if os.path.isfile(path) else None


def _distribute(spark: SparkSession, model: Model) -> str:
    """Sends the model's file to the workers, once for its content, and returns the name under which they find it."""
    # Two models of one file name do not meet.
    name = f"{model.sha256[:16]}-{os.path.basename(model.path)}"
    here = SparkFiles.get(name)
    if not os.path.isfile(here) or digest(here) != model.sha256:
        # The driver serves the file from there as long as the program runs.
        spark.sparkContext.addFile(shutil.copy(model.path, os.path.join(temporary_folder(), name)))
    return name
