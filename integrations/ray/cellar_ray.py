"""Predictions of a Cellar model for the rows of a Ray dataset, and workers of `trainer sweep` on a Ray cluster.

    import cellar_ray
    scored = cellar_ray.score(dataset, "wine@production", store="models", concurrency=2)

Each actor keeps one process of `infer`; batches are streamed to it as Arrow. The model's bytes go to the actors through
Ray's object store, and each actor compares their SHA-256. Needs Ray 2.40 or newer with its data extra, and pyarrow.

    python3 -m cellar_ray PROGRAM ARGUMENT…    runs a worker of `trainer sweep` in a Ray task
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import Any, Sequence

import pyarrow as pa
import ray

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import cellar_child  # noqa: E402
from cellar_child import Child, Model, ScoringError, check_names, sent  # noqa: E402

# The workers need neither of these modules.
ray.cloudpickle.register_pickle_by_value(cellar_child)
if __name__ != "__main__":
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])


class Scorer:
    """An actor's process of `infer`."""

    def __init__(self, model: Model, content: bytes):
        # Removed with the actor.
        self.folder = tempfile.TemporaryDirectory(prefix="cellar-", ignore_cleanup_errors=True)
        path = os.path.join(self.folder.name, "model.h5")
        with open(path, "wb") as file:
            file.write(content)
        self.model = model.at(path)
        self.model.verify()
        self.child: Child | None = None

    def __call__(self, table: pa.Table) -> pa.Table:
        try:
            new = self._predict(table)
        except ScoringError as error:
            # A signal from outside, such as that of a machine without memory: the rows are still here.
            if error.status is None or error.status >= 0:
                raise
            new = self._predict(table)
        for field in new.schema:
            table = table.append_column(field, new[field.name])
        return table

    def _predict(self, table: pa.Table) -> pa.Table:
        """The new columns for the rows of a table."""
        inputs = self.model.inputs(table.schema)
        batches = [batch for batch in table.select(inputs.names).combine_chunks().to_batches() if batch.num_rows]
        try:
            if self.child is None or self.child.inputs != inputs:
                self._close()
                # Asked of a process of its own: one that waits for rows has not said anything yet.
                self.new = pa.schema(self.model.new_fields(inputs))
                check_names(table.schema.names, self.new)
                self.child = Child(self.model, inputs)
            # One in work and one written: more would fill both pipes while nobody reads.
            found = []
            for batch in batches:
                self.child.write(sent(batch, inputs))
                found.append(self.child.read())
            return pa.Table.from_batches(found, self.new)
        except OSError as error:
            failure = self.child.failure()
            self._close()
            raise failure from error
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        if self.child is not None:
            self.child.close()
            self.child = None

    def __del__(self) -> None:
        if getattr(self, "child", None) is not None:
            self._close()


def score(
    dataset: ray.data.Dataset, model: str, *, store: str | None = None, infer: str | None = None, prefix: str = "",
    threads: int = 1, features: Sequence[str] | None = None, classes: Sequence[str] | None = None,
    concurrency: int | tuple[int, int] = 1, batch_size: int | None = 65_536, **options: Any
) -> ray.data.Dataset:
    """Returns the dataset with the model's predictions as new columns.

    model: a file, or a version of the store (`wine:3`).
    infer: the command here and on the nodes; $CELLAR_INFER or `infer` if none is given.
    threads: of each actor's process.
    features, classes: the names for a model that has none, in the order of its inputs and outputs.
    concurrency: the number of actors, or the least and the most of them.
    batch_size and the other options go to `map_batches`.
    """
    opened = Model.open(
        model, store=store, infer=infer, threads=threads, prefix=prefix, features=features, classes=classes)
    with open(opened.path, "rb") as file:
        content = file.read()
    least, most = (concurrency, concurrency) if isinstance(concurrency, int) else concurrency
    options.setdefault("compute", ray.data.ActorPoolStrategy(min_size=least, max_size=most))
    return dataset.map_batches(
        Scorer, fn_constructor_args=(opened, content), batch_format="pyarrow", batch_size=batch_size, **options)


@ray.remote(num_cpus=1)
class SweepWorker:
    """A worker of `trainer sweep`: lines in, lines out."""

    def __init__(self, command: list[str], folder: str):
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def train(self, line: str) -> str:
        self.process.stdin.write(line)
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def finish(self) -> int:
        self.process.stdin.close()
        return self.process.wait()


def main(command: list[str]) -> int:
    ray.init(address=os.environ.get("RAY_ADDRESS"), log_to_driver=False, logging_level="error")
    worker = SweepWorker.remote(command, os.getcwd())
    for line in sys.stdin:
        answer = ray.get(worker.train.remote(line))
        if not answer:
            return 1
        sys.stdout.write(answer)
        sys.stdout.flush()
    return ray.get(worker.finish.remote())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
