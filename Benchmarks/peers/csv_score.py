"""Scoring 1.6 million wine rows, CSV file to CSV file, and merely parsing them. Columns kept, prediction and probability added."""
from common import *

import tempfile

import duckdb
import pandas
import polars

lines = (ROOT / "data/wine.csv").read_text().splitlines()
header, rows = lines[0].rsplit(",", 1)[0], [line.rsplit(",", 1)[0] for line in lines[1:]]
count = len(rows) * 1000
session = onnx_session((11, 30, 10, 5, 1), "Relu", "Sigmoid")

with tempfile.TemporaryDirectory() as folder:
    source, target = folder + "/wine.csv", folder + "/scored.csv"
    with open(source, "w") as f:
        f.write(header + "\n")
        for _ in range(1000):
            f.write("\n".join(rows) + "\n")

    def probabilities(values):
        return np.concatenate([session.run(["y"], {"x": values[i:i + 16_384]})[0][:, 0] for i in range(0, len(values), 16_384)])

    def with_pandas(engine):
        table = pandas.read_csv(source, dtype=np.float32, engine=engine)
        p = probabilities(np.ascontiguousarray(table.to_numpy()))
        table["prediction"], table["probability"] = np.where(p > 0.5, "good", "bad"), p
        table.to_csv(target, index=False)

    def with_polars():
        # float64, as polars reads it by itself, so that the columns are written as they were read.
        table = polars.read_csv(source)
        p = probabilities(np.ascontiguousarray(table.to_numpy(), np.float32))
        table.with_columns(
            prediction=polars.when(polars.Series(p) > 0.5).then(polars.lit("good")).otherwise(polars.lit("bad")),
            probability=polars.Series(p)).write_csv(target)

    duck = duckdb.connect(config={"threads": options.threads})
    sums = ", ".join(f'sum("{name}")' for name in header.split(","))
    more = {"bytes": os.path.getsize(source), "rate_of": count}
    # pandas takes many seconds a run, mostly in writing.
    report("score 1.6 M rows: pandas + ONNX Runtime", seconds(lambda: with_pandas("c"), min(3, options.repeats), 0), **more)
    report("score 1.6 M rows: polars + ONNX Runtime", seconds(with_polars), **more)
    report("parse 1.6 M rows: polars", seconds(lambda: polars.read_csv(source)), **more)
    report("parse 1.6 M rows: DuckDB", seconds(lambda: duck.execute(f"select {sums} from read_csv('{source}')").fetchall()), **more)
