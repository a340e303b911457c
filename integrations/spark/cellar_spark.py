"""Predictions of a Cellar model for the rows of a Spark DataFrame.

    import cellar_spark
    scored = cellar_spark.score(df, "wine@production", store="models")

Each partition starts one process of `infer`, to which its rows are streamed as Arrow batches; the predictions come back as
new columns, in the order of the rows. The model file goes to the workers as `spark-submit --files` does it, and each
worker compares its SHA-256 with that of the driver. Needs PySpark 4, pyarrow, and `infer` on every worker.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import Iterator

import pyarrow as pa
from pyspark import SparkFiles, cloudpickle
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import cellar_child  # noqa: E402
from cellar_child import Model, ScoringError, score_batches, temporary_folder  # noqa: E402, F401

# The workers need neither of these modules: their functions travel with the task.
cloudpickle.register_pickle_by_value(cellar_child)
cloudpickle.register_pickle_by_value(sys.modules[__name__])


def score(
    df: DataFrame, model: str, *, store: str | None = None, infer: str | None = None, prefix: str = "", threads: int = 1
) -> DataFrame:
    """Returns the DataFrame with the model's predictions as new columns.

    model: a file, a version of the store (`wine:3`), or the name of a file that `--files` has distributed.
    infer: the command on the driver and on the workers; $CELLAR_INFER or `infer` if none is given.
    threads: of each process. One suits a cluster whose tasks have one core each.
    """
    spark = df.sparkSession
    infer = infer or os.environ.get("CELLAR_INFER", "infer")
    distributed = _distributed(model)
    opened = Model.open(distributed or model, store=store, infer=infer, threads=threads, prefix=prefix)
    name = os.path.basename(opened.path)
    if distributed is None:
        # A name of its own, so that two models of one file name do not meet.
        name = f"{opened.sha256[:16]}-{name}"
        # The driver serves the file from there as long as the program runs.
        spark.sparkContext.addFile(shutil.copy(opened.path, os.path.join(temporary_folder(), name)))
    # Spark's own types for the columns that are there, and those of the model for the others.
    rows = to_arrow_schema(df.schema)
    new = opened.new_fields(rows)
    taken = {name.lower() for name in df.columns} & {field.name.lower() for field in new}
    if taken:
        raise ScoringError(f"the table already has a column {sorted(taken)[0]!r}. Use prefix= to rename the new columns.")
    types = from_arrow_schema(pa.schema(new))
    result = df.schema
    for field in types:
        result = type(df.schema)(result.fields + [field])

    def partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        here = opened.at(SparkFiles.get(name))
        here.verify()
        first = next(batches, None)
        if first is None:
            return

        def all_batches() -> Iterator[pa.RecordBatch]:
            yield first
            yield from batches

        yield from score_batches(all_batches(), here, pa.schema([*first.schema, *new]))

    return df.mapInArrow(partition, result)


def _distributed(model: str) -> str | None:
    """The place of a file that `--files` or `addFile` has brought to the driver."""
    if os.path.basename(model) != model or os.path.exists(model):
        return None
    path = SparkFiles.get(model)
    return path if os.path.exists(path) else None
