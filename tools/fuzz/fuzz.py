"""Feeds damaged and hostile files to the built commands, and holds every run against what is promised: it ends within ten seconds
of processor time and 1 GiB, with an exit code of sysexits(3) that is not 70, with at most two lines on standard error that name the
file; and where a model predicts after all, its answer is the sound file's, unless h5py reads other numbers or texts from it too.

usage: fuzz.py [--seconds N] [--seed N] [--jobs N] [--commands FOLDER] [--only WORD] [FILE …]
Files that failed are kept in .build/fuzz/, with what was said about them.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import numpy as np

import archives
import config
import damage
import hdf5
import inputs

sys.setrecursionlimit(20_000)  # configs nest deeply here, on purpose

root = pathlib.Path(__file__).resolve().parents[2]
ends = {0, 64, 65, 66, 69, 73, 74, 77}
# A recipe may ask for a large model: it gets this much, and the rest must be refused before it is allocated.
most_for_recipes = 3 << 30
crash_words = re.compile(r"Fatal error|Swift runtime|Backtrace|Thread \d+ crashed|Illegal instruction|Trace/BPT|unexpected error", re.I)
most_seconds, most_bytes = 10.0, 1 << 30


class Run:
    """One command's end."""

    def __init__(self, commands, arguments, folder):
        self.arguments = arguments
        with open(folder / "stderr", "w+b") as errors:
            start = time.monotonic()
            process = subprocess.Popen(
                [commands / "cellar", *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=errors, stdin=subprocess.DEVNULL, cwd=folder,
                env={"PATH": "/usr/bin:/bin", "CELLAR_STORE": str(folder / "store"), "LC_ALL": "C.UTF-8"},
                preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_AS, (most_for_recipes,) * 2)) if arguments[0] == "trainer" else None,
            )  # fmt: skip
            late = False
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() - start > 120:
                    late = True
                    process.kill()
                time.sleep(0.002)
            process.returncode = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            self.errors = errors.read(1 << 20).decode(errors="replace")
        self.status = process.returncode
        self.seconds, self.bytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
        self.late = late

    def faults(self, name):
        lines = [line for line in self.errors.splitlines() if line.strip()]
        told = [line for line in lines if ": warning: " not in line]
        if self.late:
            yield "did not end within two minutes"
        elif self.status < 0:
            yield f"ended by signal {signal.Signals(-self.status).name}"
        elif self.status not in ends:
            yield f"exit code {self.status}"
        if crash_words.search(self.errors):
            yield "speaks like a crash"
        if self.seconds > most_seconds:
            yield f"{self.seconds:.1f} seconds"
        if self.bytes > (most_for_recipes if self.arguments[0] == "trainer" else most_bytes):
            yield f"{self.bytes >> 20} MiB"
        # `verify` reports on standard output, and its status says that there is something to read.
        reports = self.arguments[1] == "verify"
        if self.status > 0 and not reports and not 1 <= len(told) <= 2:
            yield f"{len(told)} lines on standard error"
        # A damaged recipe or index may lead to another file, which is then the one to name.
        if self.status > 0 and self.status != 64 and not reports and name not in self.errors and not re.search(r"/\S+: |registry rebuild", self.errors):
            yield "the message names no file"
        if any(len(line) > 2000 for line in lines):
            yield f"a line of {max(map(len, lines))} characters"
        if self.status == 0 and told:
            yield "says something that is no warning, though all went well"


class Subject:
    """A sound model file with an input and its answer."""

    def __init__(self, path, sidecar=None):
        self.path, self.data = path, path.read_bytes()
        self.is_archive = path.suffix == ".keras"
        self.arrays, self.architecture = [], None
        if sidecar:
            for one in sidecar.get("inputs", []):
                kind = {"float32": "<f4", "int32": "<i4"}[one.get("dtype", "float32")]
                self.arrays.append(np.fromfile(path.parent / one["file"], kind).reshape(one["shape"]).astype("f4"))
        if "weights" in path.name.removesuffix(".keras"):
            stem = re.sub(r"\.(legacy_)?weights\.h5$", "", path.name)
            whole = [path.with_name(stem + ending) for ending in (".h5", ".keras")]
            self.architecture = next((one for one in whole if one.exists()), None)


def subjects(names):
    paths = [pathlib.Path(name) for name in names]
    if not paths:
        folders = [os.environ.get("CELLAR_FIXTURES") or root / "Tests/Fixtures", root / "Tests", root / "models"]
        paths = sorted({path.resolve() for folder in folders for path in pathlib.Path(folder).rglob("*")
                        if path.suffix in (".h5", ".keras") and "HDF5Tests" not in path.parts})  # those are no models, some are broken
    for path in paths:
        yield Subject(path, sidecar_of(path))


def sidecar_of(path):
    parts = path.name.split(".")
    for count in range(len(parts) - 1, 0, -1):
        side = path.with_name(".".join(parts[:count]) + ".json")
        if side.exists():
            found = json.loads(side.read_text())
            return found if isinstance(found, dict) and "inputs" in found else None
    return None


def mutants(subject, draw, folder):
    """Endlessly (ending, bytes, what was done, whether the answer must stay): True, False where anything goes, None where h5py decides."""
    data, scratch = subject.data, folder / "scratch.h5"
    whole = archives.config_of(data) if subject.is_archive else None
    weights = archives.members(data).get("model.weights.h5") if subject.is_archive else data
    if not subject.is_archive:
        scratch.write_bytes(data)
        whole = hdf5.config_of(scratch)

    def finished(bytes_of_weights):
        return archives.with_weights(data, bytes_of_weights) if subject.is_archive else bytes_of_weights

    def configured(text):
        if subject.is_archive:
            return archives.with_config(data, text)
        scratch.write_bytes(data)
        hdf5.with_config(scratch, text)
        return scratch.read_bytes()

    yield data, "as it is", True
    while True:
        kind = draw.random()
        if kind < 0.35:
            what, changed = damage.damaged(weights if draw.random() < 0.8 else data, draw)
            yield changed if len(changed) and changed[:2] == b"PK" else finished(changed), what, None
        elif kind < 0.42:
            if subject.is_archive:
                changed, what, same = archives.changed(data, draw)
                yield changed, what, same
        elif kind < 0.65:
            scratch.write_bytes(weights)
            try:
                what, same = hdf5.changed(scratch, draw)
            except (KeyError, ValueError, OSError, RuntimeError, TypeError):
                continue  # two changes that h5py cannot make together
            yield finished(scratch.read_bytes()), what, same
        elif kind < 0.68:
            if not subject.is_archive:
                scratch.write_bytes(data)
                what = hdf5.changed_training(scratch, draw)
                if what:
                    yield scratch.read_bytes(), what, True
        elif whole is not None:
            what, tree = config.changed(whole, draw)
            for _ in range(draw.choice([0, 0, 0, 1, 3])):
                more, tree = config.changed(tree, draw)
                what += "; " + more
            yield configured(json.dumps(tree)), what, False


def thorough(subject, draw, folder):
    """Those that are done once for a file of each form: cut all over, texts that are no config, bombs, and every key of the config away."""
    data, scratch = subject.data, folder / "scratch.h5"
    for what, changed in damage.cuts(data, 40):
        yield changed, what, False
    if subject.is_archive:
        whole = archives.config_of(data)
        for what, text in config.whole_texts(whole):
            yield archives.with_config(data, text), what, False
        for what, tree in config.large_models(whole):
            yield archives.with_config(data, json.dumps(tree)), what, False
        for what, changed in archives.bombs(data):
            yield changed, what, False
        for what, tree in config.removals(whole):
            yield archives.with_config(data, json.dumps(tree)), what, False
        return
    scratch.write_bytes(data)
    whole = hdf5.config_of(scratch)
    if whole is None:
        return
    for what, text in config.whole_texts(whole):
        scratch.write_bytes(data)
        hdf5.with_config(scratch, text)
        yield scratch.read_bytes(), what, False
    for what, tree in config.large_models(whole):
        hdf5.without_weights(scratch, json.dumps(tree))
        yield scratch.read_bytes(), what, False
    for what, tree in config.removals(whole):
        scratch.write_bytes(data)
        hdf5.with_config(scratch, json.dumps(tree))
        yield scratch.read_bytes(), what, False


class Worker:
    def __init__(self, commands, seed, seconds, kept):
        self.commands, self.draw, self.kept = commands, random.Random(seed), kept
        self.until = time.monotonic() + seconds
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cellar-fuzz-"))
        self.passed = self.failed = 0
        self.seen = {}

    def run(self, *arguments):
        return Run(self.commands, arguments, self.folder)

    def score(self, subject, file):
        """The answers, and how the command ended."""
        results = sorted(self.folder.glob("y*.npy"))
        for one in results:
            one.unlink()
        arguments = ["infer", "score", *(self.folder / f"x{i}.npy" for i in range(len(subject.arrays)))]
        for index in range(self.outputs):
            arguments += ["-o", self.folder / f"y{index}.npy"]
        arguments += ["--model", file]
        if subject.architecture:
            arguments += ["--architecture", subject.architecture]
        run = self.run(*arguments)
        return run, [np.load(one) for one in sorted(self.folder.glob("y*.npy"))]

    def prepare(self, subject):
        """Whether the sound file can be asked at all; its answers are remembered."""
        for index, array in enumerate(subject.arrays):
            np.save(self.folder / f"x{index}.npy", array)
        self.expected = None
        if subject.arrays:
            for self.outputs in (1, 2, 3, 4):
                run, answers = self.score(subject, subject.path)
                if run.status == 0:
                    self.expected = answers
                    return

    def judge(self, subject, data, what, same):
        name = "model.keras" if subject.is_archive else "model.h5"
        if subject.architecture:
            name = subject.path.name
        file = self.folder / name
        file.write_bytes(data)
        inspected = self.run("infer", "inspect", file)
        self.note(inspected, file, subject, what)
        if inspected.status != 0 and not subject.architecture and self.draw.random() > 0.3:
            return
        if self.expected is not None:
            run, answers = self.score(subject, file)
            faults = self.differences(subject, file, run, answers, same)
            self.note(run, file, subject, what, faults)
        shutil.rmtree(self.folder / "store", ignore_errors=True)
        options = ["--architecture", subject.architecture] if subject.architecture else []
        imported = self.run("registry", "import", file, *options)
        more = []
        if not options and imported.status == 0 and inspected.status != 0:
            more = ["was taken into the store, though it cannot be read"]
        self.note(imported, file, subject, what, more)
        for ending in ("h5", "keras", "onnx"):
            if self.draw.random() < 0.5 and not options:
                self.note(self.run("registry", "export", "--force", file, self.folder / f"out.{ending}"), file, subject, what)

    def differences(self, subject, file, run, answers, same):
        if run.status != 0:
            return [f"the same model is refused: {run.errors.strip()}"] if same is True else []
        if len(answers) == len(self.expected) and all(
            a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True) for a, b in zip(answers, self.expected)
        ):
            return []
        if any(np.isnan(one).any() for one in answers) and "warning" not in run.errors:
            return ["answers that are no numbers, without a warning"]
        if same is False:
            return []
        if same is True:
            return ["another answer from the same model"]
        try:
            before, after = read_apart(subject.data, subject.is_archive, self.folder), read_apart(file.read_bytes(), subject.is_archive, self.folder)
        except Exception:
            return ["another answer from a file that h5py cannot read"]
        return ["another answer, though h5py reads the same"] if before == after else []

    def note(self, run, file, subject, what, more=()):
        faults = [*run.faults(file.name), *more]
        if not faults:
            self.passed += 1
            return
        self.failed += 1
        # One of a kind is kept.
        key = (run.arguments[0], run.arguments[1], re.sub(r"\d+", "N", faults[0]), re.sub(r"[\d/]+|'[^']*'|\"[^\"]*\"", "N", run.errors[-200:]))
        count = self.seen[key] = self.seen.get(key, 0) + 1
        if count > 2 or len(self.seen) > 200:
            return
        folder = self.kept / f"{os.getpid()}-{self.failed}"
        folder.mkdir(parents=True, exist_ok=True)
        if file.exists():
            shutil.copy(file, folder)
        said = f"{' '.join(map(str, run.arguments))}\n{subject and subject.path}: {what}\n{'; '.join(faults)}\nstatus {run.status}, {run.seconds:.1f} s, {run.bytes >> 20} MiB\n{run.errors[:3000]}\n"
        (folder / "said.txt").write_text(said)
        print(said, flush=True)

    def models(self, files, once):
        files = list(files)
        self.draw.shuffle(files)
        while time.monotonic() < self.until:
            for subject in files:
                if time.monotonic() > self.until:
                    break
                self.prepare(subject)
                made = thorough(subject, self.draw, self.folder) if once else mutants(subject, self.draw, self.folder)
                for count, (data, what, same) in enumerate(made):
                    self.judge(subject, data, what, same)
                    if time.monotonic() > self.until or (count >= 10 and not once):
                        break
            if once:
                break

    def others(self):
        """Pictures, tables, arrays, recipes and stores."""
        for arguments, file, what in inputs.cases(self.folder, self.draw, root):
            self.note(self.run(*arguments), pathlib.Path(file), None, what)
            if time.monotonic() > self.until:
                break


def read_apart(data, is_archive, folder):
    """What h5py reads, in a process of its own: libhdf5 may crash."""
    if is_archive:
        parts = archives.members(data)
        others = {name: content for name, content in parts.items() if not name.endswith(".h5")}
        data = parts["model.weights.h5"]
    else:
        others = {}
    path = folder / "apart.h5"
    path.write_bytes(data)
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        return others, pool.submit(hdf5.contents, path).result(timeout=60)


def work(kind, number, options):
    worker = Worker(pathlib.Path(options.commands), f"{options.seed}/{kind}/{number}", options.seconds, pathlib.Path(options.kept))
    try:
        files = list(subjects(options.files))
        if kind == "others":
            worker.others()
        elif kind == "thorough":
            chosen = [one for one in files if re.search(options.thorough, str(one.path))]
            worker.models(chosen[number :: options.jobs], True)
        else:
            worker.models(files, False)
    except Exception:
        traceback.print_exc()
        worker.failed += 1
    shutil.rmtree(worker.folder, ignore_errors=True)
    return worker.passed, worker.failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--commands", default=root / ".build/debug")
    parser.add_argument("--kept", default=root / ".build/fuzz")
    parser.add_argument("--only", choices=["thorough", "mutants", "others"])
    parser.add_argument("--thorough", default=r"wine_sgd\.tfk\.h5|wine_sgd\.k3\.keras|cnn\.keras-2\.10|mlp_sgd\.keras-1|nested.*k3.*keras")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Three times what is allowed, so that a bomb is a failure and no danger to the machine.
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    passed = failed = 0
    for kind in ["others", "thorough", "mutants"]:
        if options.only not in (None, kind):
            continue
        jobs = 1 if kind == "others" else options.jobs
        with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
            for good, bad in pool.map(work, [kind] * jobs, range(jobs), [options] * jobs):
                passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
