"""A Spark of this machine with two workers, and what its checks share."""
import os
import sys

os.environ.update(
    PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1",
    SPARK_LOCAL_HOSTNAME="localhost", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", MLFLOW_DISABLE_TELEMETRY="true",
    DO_NOT_TRACK="true")
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from common import REGISTRY, STORE, WORK, rows, run


def exported() -> str:
    """The wine model as a file."""
    path = os.path.join(WORK, "wine.h5")
    run(REGISTRY, "export", "wine", path, "--as-is", "--force", "--store", STORE)
    return path


def session(*files: str) -> SparkSession:
    """Starts Spark with two workers of one core each, and these files on them."""
    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]").appName("cellar").config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false").config("spark.driver.memory", "1g")
        .config("spark.files", ",".join(files)).config("spark.network.timeout", "600s")
        .config("spark.executor.heartbeatInterval", "60s").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    return spark


def table(spark: SparkSession, count: int, parts: int) -> tuple[DataFrame, list[str]]:
    """Rows of the wine data in files of this machine, written where they are not there yet."""
    folder = os.path.join(WORK, f"rows-{count}-{parts}")
    if not os.path.exists(folder + "/done"):
        os.makedirs(folder, exist_ok=True)
        for part in range(parts):
            first, last = count * part // parts, count * (part + 1) // parts
            pq.write_table(pa.Table.from_batches([rows(last - first, first)]), f"{folder}/{part:03}.parquet")
        open(folder + "/done", "w").close()
    files = [f"{folder}/{part:03}.parquet" for part in range(parts)]
    return spark.read.parquet(*files), files


def processor_time() -> float:
    """The processor time of this program and all that it has started, Spark's Java and Python with it, in seconds."""
    parents, times = {}, {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        parents[pid] = int(fields[1])
        times[pid] = sum(map(int, fields[11:15]))  # its own, and that of its children that have ended
    total = 0
    for pid in times:
        ancestor = pid
        while ancestor not in (0, 1, os.getpid()):
            ancestor = parents.get(ancestor, 0)
        total += times[pid] if ancestor == os.getpid() else 0
    return total / os.sysconf("SC_CLK_TCK")
