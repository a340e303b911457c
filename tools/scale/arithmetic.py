"""What follows from the figures of one run for a billion rows and a million trainings: arithmetic, and so marked.

usage: cat FIGURES.jsonl … | arithmetic.py
"""
import json
import sys

figures: dict[str, float] = {}
for line in sys.stdin:
    figures |= json.loads(line)
CORES, MACHINES = 16, 10


def time(seconds: float) -> str:
    for unit, size, below in (("s", 1, 120), ("minutes", 60, 120 * 60), ("hours", 3600, float("inf"))):
        if seconds < below:
            return f"{seconds / size:.{0 if seconds / size >= 10 else 1}f} {unit}"


def line(name: str, seconds: float) -> None:
    """Prints a line for work that takes one core so long."""
    print(f"| {name} | {time(seconds)} | {time(seconds / CORES)} | {time(seconds / CORES / MACHINES)} |")


ways = [
    ("arrow", "a billion rows, `infer score --format arrow`", 1), ("csv", "a billion rows, CSV", 1), ("jsonl", "a billion rows, JSON lines", 1),
    ("spark", "a billion rows of a DataFrame, `cellar_spark.score`", 2), ("ray", "a billion rows of a Dataset, `cellar_ray.score`", 2)]
if any(key in figures for key, _, _ in ways):
    print(f"\nArithmetic from these figures, not measured; each core is taken to do what one of the two did here, and rows to arrive as fast as that:\n\n"
          f"| | one core | one machine of {CORES} cores | {MACHINES} such machines |\n|---|---|---|---|")
    for key, name, cores in ways:
        if key in figures:
            line(name, 1e9 / figures[key] * cores)
    if "training_work" in figures:
        line("a million wine trainings of a sweep, registered", 1e6 * figures["training_work"])
    if "csv_bytes" in figures:
        size = figures["csv_bytes"]
        print(f"\nA billion of these rows are {size:.0f} GB of CSV or {figures['arrow_bytes']:.0f} GB of Arrow. A disk that reads 2 GB a second gives "
              f"the CSV in {time(size / 2)}, so that one machine of {CORES} cores waits for it.")
