"""Record batches through a process of `infer score`: what the modules for Spark and Ray share.

Needs pyarrow 14 or newer. A process is started once for a partition or an actor; batches go to its standard input as an
Arrow stream while its output is read, so that neither side holds more than a few batches.
"""

from __future__ import annotations

import atexit
import collections
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass, replace
from typing import Iterable, Iterator, Sequence

import pyarrow as pa

PIPE_SIZE = 1 << 20


class ScoringError(RuntimeError):
    """A process of `infer` ended with an error; the text has its message."""

    status: int | None = None
    """The exit status of the process; a negative number is the signal that ended it."""


@dataclass(frozen=True)
class Model:
    """A model file and what a program must know of it before it scores."""

    path: str
    sha256: str
    features: tuple[str, ...]
    infer: str = "infer"
    threads: int = 1
    prefix: str = ""
    options: tuple[str, ...] = ()

    @classmethod
    def open(
        cls, model: str, *, store: str | None = None, infer: str | None = None, threads: int = 1, prefix: str = "",
        features: Sequence[str] | None = None, classes: Sequence[str] | None = None
    ) -> Model:
        """Describes a model file, or a version in a store (`wine:3`, `wine@production`).

        infer: the command; $CELLAR_INFER or `infer` if none is given.
        features, classes: the names for a model that has none, in the order of its inputs and outputs.
        """
        infer = infer or os.environ.get("CELLAR_INFER", "infer")
        place = [] if store is None else ["--store", store]
        if not os.path.isfile(model):
            registry = os.path.join(os.path.dirname(infer), "registry") if os.path.dirname(infer) else "registry"
            path = os.path.join(temporary_folder(), "model.h5")
            run([registry, "export", model, path, "--as-is", *place])
            model = path
        facts = json.loads(run([infer, "inspect", model, "--json", *place])).get("facts") or {}
        names = tuple(features or facts.get("features") or ())
        if not names:
            raise ScoringError(f"{model}: the model does not name its columns. Name them with features=[…].")
        options = (*(("--features", quoted(features)) if features else ()), *(("--classes", quoted(classes)) if classes else ()))
        return cls(os.path.abspath(model), digest(model), names, infer, threads, prefix, options)

    def at(self, path: str, infer: str | None = None) -> Model:
        """The model at its place on another machine."""
        return replace(self, path=path, infer=infer or self.infer)

    def verify(self) -> None:
        """Raises if the file's bytes are not those that were described."""
        found = digest(self.path)
        if found != self.sha256:
            raise ScoringError(
                f"{self.path}: the model file is damaged: expected SHA-256 {self.sha256}, found {found}. Distribute it again.")

    def columns(self, names: Iterable[str]) -> list[str]:
        """The names of the features' columns among `names`: exact ones, or those that differ only in case."""
        exact, loose = collections.Counter(), collections.defaultdict(list)
        for name in names:
            exact[name] += 1
            loose[name.lower()].append(name)
        found = []
        for feature in self.features:
            candidates = [feature] * exact[feature] or loose[feature.lower()]
            if len(candidates) != 1:
                raise ScoringError(
                    f"the model needs one column {feature!r}, found {len(candidates) or 'none'} among {', '.join(map(repr, exact))}.")
            found += candidates
        return found

    def inputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns that go to the process, in the types in which it reads them."""
        return pa.schema([pa.field(name, sent_type(schema.field(name).type)) for name in self.columns(schema.names)])

    def new_fields(self, schema: pa.Schema) -> list[pa.Field]:
        """The columns that the model adds to rows of this schema."""
        with Child(self, self.inputs(schema)) as child:
            child.finish_input()
            return list(child.schema)

    def command(self) -> list[str]:
        return [
            self.infer, "score", "-", "--format", "arrow", "--predictions-only", "--model", self.path,
            "--threads", str(self.threads), *(["--prefix", self.prefix] if self.prefix else []), *self.options,
        ]


class Child:
    """One process of `infer score`. Use it in a `with` statement: no process outlives it."""

    def __init__(self, model: Model, inputs: pa.Schema):
        self.errors = tempfile.TemporaryFile()
        try:
            self.process = subprocess.Popen(
                model.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, bufsize=PIPE_SIZE)
        except OSError as error:
            self.errors.close()
            raise ScoringError(f"{model.infer}: cannot be started: {error.strerror}.") from error
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                fcntl.fcntl(pipe.fileno(), 1031, PIPE_SIZE)  # F_SETPIPE_SZ
            except OSError:
                pass  # a user's pipes may be limited; smaller ones are only slower
        self.inputs = inputs
        self.reader = None
        self.feeder_error: BaseException | None = None
        try:
            self.writer = pa.ipc.new_stream(pa.PythonFile(self.process.stdin, mode="w"), inputs)
        except OSError as error:
            failure = self.failure()
            self.close()
            raise failure from error

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, wherever it is, and closes its files."""
        if self.process.poll() is None:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass
        self.process.wait()
        self.errors.close()

    @property
    def schema(self) -> pa.Schema:
        return self._open().schema

    def _open(self) -> pa.ipc.RecordBatchStreamReader:
        if self.reader is None:
            try:
                self.reader = pa.ipc.open_stream(pa.PythonFile(self.process.stdout, mode="r"))
            except (pa.ArrowInvalid, OSError) as error:
                raise self.failure() from error
        return self.reader

    def write(self, batch: pa.RecordBatch) -> None:
        self.writer.write_batch(batch)
        self.process.stdin.flush()

    def finish_input(self) -> None:
        try:
            self.writer.close()
            self.process.stdin.close()
        except (OSError, ValueError):
            pass  # the process has ended; its status and message say why

    def read(self) -> pa.RecordBatch:
        try:
            return self._open().read_next_batch()
        except (StopIteration, pa.ArrowInvalid, OSError) as error:
            raise self.failure() from error

    def finish(self) -> None:
        """Raises unless the stream has ended with its end mark, and the process with status 0."""
        try:
            self._open().read_next_batch()
        except StopIteration:
            if self.process.wait() == 0:
                return
        except (pa.ArrowInvalid, OSError):
            pass
        raise self.failure()

    def failure(self) -> BaseException:
        """Returns the error that the process ended with, or that of the program that feeds it."""
        self.process.stdout.close()
        try:
            # It has ended, or ends when it writes: nobody reads its output now.
            status = self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        if self.feeder_error is not None and not isinstance(self.feeder_error, (BrokenPipeError, pa.ArrowException)):
            return self.feeder_error
        self.errors.seek(0)
        message = self.errors.read(20_000).decode(errors="replace").strip()
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        error = ScoringError(f"infer {how}. {message}")
        error.status = status
        return error


def score_batches(batches: Iterable[pa.RecordBatch], model: Model) -> Iterator[pa.RecordBatch]:
    """Yields each batch with the model's columns behind its own, in order.

    The batches have the same columns. Only those that the model reads are sent through the process.
    """
    source = iter(batches)
    first = next(source, None)
    if first is None:
        return
    inputs = model.inputs(first.schema)
    pending: collections.deque[pa.RecordBatch] = collections.deque()
    arrived = threading.Semaphore(0)
    # Without this the batches that wait for their predictions would be limited by the pipes alone.
    room = threading.Semaphore(8)
    # Set where nobody reads the results any more.
    stopped = threading.Event()
    with Child(model, inputs) as child:

        def feed() -> None:
            batch = first
            try:
                while batch is not None:
                    room.acquire()
                    if stopped.is_set():
                        break
                    pending.append(batch)
                    arrived.release()
                    child.write(sent(batch, inputs))
                    batch = None if stopped.is_set() else next(source, None)
            except BaseException as error:  # raised again where the results are read
                child.feeder_error = error
                child.process.kill()
            finally:
                pending.append(None)
                arrived.release()
                child.finish_input()

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        try:
            schema = None
            while True:
                arrived.acquire()
                batch = pending.popleft()
                if batch is None:
                    break
                result = child.read()
                room.release()
                if result.num_rows != batch.num_rows:
                    raise ScoringError(f"infer gave {result.num_rows} rows for {batch.num_rows}.")
                schema = schema or pa.schema([*first.schema, *result.schema])
                yield pa.RecordBatch.from_arrays(batch.columns + result.columns, schema=schema)
            child.finish()
        finally:
            # An error, or a caller that wants no more batches: the feeder waits for room, or for the process to read.
            stopped.set()
            room.release()
            child.process.kill()
            # It may also wait for the next batch of `batches`, which cannot be interrupted.
            feeder.join(timeout=10)


def check_names(names: Iterable[str], new: Iterable[pa.Field]) -> None:
    """Raises if a column of the model has the name of one that is there."""
    taken = {name.lower() for name in names} & {field.name.lower() for field in new}
    if taken:
        raise ScoringError(f"the table already has a column {min(taken)!r}. Use prefix= to rename the new columns.")


def sent_type(type: pa.DataType) -> pa.DataType:
    """Returns the type in which a column is sent: `infer` reads neither decimals nor dictionaries."""
    if pa.types.is_decimal(type):
        return pa.int64() if type.scale == 0 and type.precision <= 18 else pa.float64()
    if pa.types.is_dictionary(type):
        return sent_type(type.value_type)
    return type


def sent(batch: pa.RecordBatch, inputs: pa.Schema) -> pa.RecordBatch:
    """Returns the columns of a batch that go to the process."""
    columns = [batch.column(batch.schema.get_field_index(field.name)) for field in inputs]
    columns = [column if column.type == field.type else column.cast(field.type) for column, field in zip(columns, inputs)]
    return pa.RecordBatch.from_arrays(columns, schema=inputs)


def digest(path: str) -> str:
    """Returns the SHA-256 of a file, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def quoted(names: Sequence[str]) -> str:
    """Returns names as a list that `infer` takes: commas between them, quoted where a name has one."""
    return ",".join('"' + name.replace('"', '""') + '"' if set(name) & set(',"') else name for name in names)


def run(command: list[str]) -> str:
    """Runs a command and returns its output."""
    try:
        result = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise ScoringError(f"{command[0]}: cannot be started: {error.strerror}.") from error
    if result.returncode != 0:
        error = ScoringError(f"{os.path.basename(command[0])} ended with status {result.returncode}. {error_text(result.stderr)}")
        error.status = result.returncode
        raise error
    return result.stdout


def error_text(errors: str) -> str:
    """Returns the message of a command that has failed, from its JSON if it was asked for that."""
    try:
        error = json.loads(errors)["error"]
        return ": ".join(part for part in (error.get("file"), error["message"]) if part)
    except (ValueError, KeyError, TypeError, AttributeError):
        return errors.strip()


def temporary_folder() -> str:
    """Makes a folder that is removed when the program ends."""
    folder = tempfile.mkdtemp(prefix="cellar-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
