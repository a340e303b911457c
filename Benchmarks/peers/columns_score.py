"""Scoring 1 million rows of 8 numbers and 6 categories, CSV file to CSV file: polars reads, standardizes and encodes (one-hot, in the order in which
ONNX Runtime's net takes them), and writes the columns with prediction and probability. The faster one of two ways to read categories counts."""
from common import *

import resource
import tempfile

import polars as pl

COUNT, BATCH = 1_000_000, 65_536
WORDS = [[f"{name}{k}" for k in range(count)] for name, count in [("city", 4), ("kind ", 7), ("plan-", 3), ("grp", 12), ("s", 2), ("region_", 20)]]
NUMBERS, CATEGORIES = [f"n{i}" for i in range(8)], [f"c{i}" for i in range(6)]
WIDTH = 8 + sum(len(words) for words in WORDS)
session = onnx_session((WIDTH, 64, 32, 1), "Relu", "Sigmoid")


def row(i):
    """A row of the table that measure's Columns.swift makes too."""
    h = (i * 2654435761) % (1 << 32)
    take = lambda k: (h >> (3 * k)) & 1023
    numbers = [f"{take(0) / 10:.2f}", f"{take(1) / 500 - 1:.4f}", str(18 + take(2) % 72), f"{500 + take(3):.1f}", f"{take(4) / 1024:.3f}", str(take(5)), f"{take(6) / 100 - 10:.2f}", f"{take(7) / 113:.1f}"]
    return ",".join(numbers + [words[take(k) % len(words)] for k, words in enumerate(WORDS)])


with tempfile.TemporaryDirectory() as folder:
    source, target = folder + "/columns.csv", folder + "/scored.csv"
    block = "\n".join(row(i) for i in range(20_000)) + "\n"
    with open(source, "w") as f:
        f.write(",".join(NUMBERS + CATEGORIES) + "\n")
        for _ in range(COUNT // 20_000):
            f.write(block)
    means, spreads = np.linspace(1, 500, 8), np.linspace(1, 100, 8)
    kinds = [pl.Enum(words) for words in WORDS]
    schema = {**{n: pl.Float64 for n in NUMBERS}, **dict(zip(CATEGORIES, kinds))}
    offsets = 8 + np.cumsum([0] + [len(words) for words in WORDS[:-1]])

    def probabilities(table):
        found = []
        for start in range(0, len(table), BATCH):
            part = table.slice(start, BATCH)
            x = np.zeros((len(part), WIDTH), np.float32)
            x[:, :8] = part.select([((pl.col(n) - m) / s).cast(pl.Float32) for n, m, s in zip(NUMBERS, means, spreads)]).to_numpy()
            rows = np.arange(len(part))
            for name, offset in zip(CATEGORIES, offsets):
                x[rows, offset + part[name].to_physical().to_numpy()] = 1
            found.append(session.run(["y"], {"x": x})[0][:, 0])
        return np.concatenate(found)

    def scored(table):
        p = probabilities(table)
        return table.with_columns(prediction=pl.when(pl.Series(p) > 0.5).then(pl.lit("yes")).otherwise(pl.lit("no")), probability=pl.Series(p))

    def as_enums():
        scored(pl.read_csv(source, schema_overrides=schema)).write_csv(target)

    def as_texts():
        # Texts are read as such and mapped to their codes.
        table = pl.read_csv(source)
        codes = table.with_columns([pl.col(c).cast(kind) for c, kind in zip(CATEGORIES, kinds)])
        p = probabilities(codes)
        table.with_columns(prediction=pl.when(pl.Series(p) > 0.5).then(pl.lit("yes")).otherwise(pl.lit("no")), probability=pl.Series(p)).write_csv(target)

    chosen = min((as_enums, as_texts), key=lambda action: min(seconds(action, 2)))
    times = seconds(chosen)
    report("score 1 M rows of 8 numbers and 6 categories: polars + ONNX Runtime", times, rate_of=COUNT, setting=chosen.__name__,
           peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
