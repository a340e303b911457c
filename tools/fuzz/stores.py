"""Feeds damaged and hostile logs and indexes of a store to the commands: each ends with an exit code of sysexits(3) that is not 70,
within 2 seconds of processor time and 256 MiB, and the versions whose events are sound are still listed.

usage: stores.py [--seconds N] [--seed N] [--commands FOLDER]
Stores that failed are kept in .build/fuzz/stores-N.
"""

import argparse
import hashlib
import json
import pathlib
import random
import resource
import shutil
import sqlite3
import sys
import tempfile
import time

import eventlog
from fuzz import Run, crash_words, ends, root

most_seconds, most_bytes = 2.0, 256 << 20
sound = [root / "Tests/Fixtures/seed" / name for name in ("wine_sgd.tfk.h5", "wine_adam.tfk.h5", "mnist_mlp_sgd.tfk.h5")]
numbers = [0, -1, 1, 2**31, 2**40, 2**40 + 1, 2**52, 2**52 + 1, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 10**30, 0.5, 1e308, -1e308, float("nan"), float("inf")]
odd = [None, True, "", "x", "é" * 300, "x" * 5_000, "\u0000", "\u001b[2J", "../../x.h5", "/etc/passwd", "TRAINED_MODEL/../../x.h5", [], {}, [[]], [None],
       ["x"] * 2_000, {"x": {"x": {}}}, "0" * 64, "9999-99-99T99:99:99Z", "9999-12-31T23:59:59Z"]  # fmt: skip


def is_sound(line):
    """Whether the line has its own hash."""
    try:
        text, end = line.rsplit(b', "hash": "', 1)
        return end == hashlib.sha256(text).hexdigest().encode() + b'"}'
    except ValueError:
        return False


def hashed(event, draw):
    """The line of an event, with a hash that is right."""
    event = {key: value for key, value in event.items() if key != "hash"}
    text = json.dumps(event, ensure_ascii=draw.random() < 0.5)[:-1].encode("utf-8", "surrogatepass")
    return text + b', "hash": "' + hashlib.sha256(text).hexdigest().encode() + b'"}'


def set_somewhere(value, draw, new):
    """Replaces one value in a tree of JSON."""
    while isinstance(value, (dict, list)) and value:
        key = draw.choice(list(value)) if isinstance(value, dict) else draw.randrange(len(value))
        if not isinstance(value[key], (dict, list)) or not value[key] or draw.random() < 0.3:
            value[key] = new
            return
        value = value[key]


def changed_log(data, draw):
    lines = data.split(b"\n")[:-1]
    at = draw.randrange(len(lines))
    kind = draw.randrange(16)
    if kind == 0:
        place = draw.randrange(len(data))
        return "a bit", data[:place] + bytes([data[place] ^ 1 << draw.randrange(8)]) + data[place + 1 :]
    if kind == 1:
        return "cut", data[: draw.randrange(len(data))]
    if kind == 2:
        lines.insert(draw.randrange(len(lines)), lines[at])
    elif kind == 3:
        draw.shuffle(lines)
    elif kind == 4:
        lines[at] = bytes(draw.randrange(256) for _ in range(draw.choice([1, 50, 5_000])))
    elif kind == 5:
        lines.insert(at, draw.choice([b"[" * 100_000, b'{"a":' * 100_000, b"{" + b'"x": 1, ' * 50_000 + b'"y": 2}', b"", b"null", b"x" * (3 << 20), b"\0" * 100]))
    elif kind == 6:
        del lines[at]
    elif kind == 7:
        return "no last newline", data[:-1]
    elif kind == 8:
        # Very many lines.
        lines += [lines[at]] * 2_000
    else:
        event = json.loads(lines[at])
        for _ in range(draw.choice([1, 1, 2])):
            new = draw.choice(numbers + odd)
            match draw.randrange(4):
                case 0:
                    set_somewhere(event, draw, new)
                case 1:
                    event[draw.choice(["seq", "clock", "version", "number", "size", "file", "facts", "time", "event", "model", "reason", "sha256"])] = new
                case 2 if isinstance(event.get("facts"), dict):
                    event["facts"][draw.choice(["metrics", "parents", "created", "name", "trainable_parameters", "classes", "training_seconds", "seed"])] = draw.choice(
                        [new, [new], [{"split": "x" * 900, "name": str(n), "value": n} for n in range(5_000)], [{"kind": "resumed-from", "sha256": "0" * 64, "reference": str(new)}] * 3]
                    )
                case _:
                    event.pop(draw.choice(list(event)))
        line = hashed(event, draw)
        if draw.random() < 0.5:
            lines[at] = line
        else:
            lines.insert(at + 1, line)
    return f"log {kind}", b"".join(line + b"\n" for line in lines)


def change_index(path, draw):
    data = bytearray(path.read_bytes())
    kind = draw.randrange(12)
    if kind < 4:
        for _ in range(draw.choice([1, 3, 30])):
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    elif kind == 4:
        data = data[: draw.randrange(len(data))]
    elif kind == 5:
        place = draw.randrange(len(data) // 4096) * 4096
        data[place : place + 4096] = bytes(4096)
    elif kind == 6:
        data = bytearray(draw.choice([b"", b"x", b"SQLite format 3\0", bytes(4096), b"SQLite format 3\0" + bytes(range(256)) * 40]))
    elif kind == 7:
        path.with_name(path.name + "-wal").write_bytes(bytes(draw.randrange(256) for _ in range(5_000)))
    if kind <= 7:
        path.write_bytes(data)
        return f"index {kind}"
    with sqlite3.connect(path) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table = draw.choice(tables)
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        column = draw.choice(columns)
        db.execute("PRAGMA writable_schema = ON")
        match kind:
            case 8:
                db.execute("UPDATE sqlite_master SET sql = replace(replace(sql, ' NOT NULL', ''), ' CHECK ', ' --') WHERE name = ? AND sql NOT LIKE '%WITHOUT%'", (table,))
                db.commit()
                db.close()
                db = sqlite3.connect(path)
                value = draw.choice([None, b"\xff\0\xfe", "x", -1, 2**62, 1e300, "é" * 3_000])
                try:
                    db.execute(f"UPDATE {table} SET {column} = ?", (value,))
                except sqlite3.Error:
                    pass
            case 9:
                db.execute(f"DROP TABLE {table}")
                db.execute(f"CREATE VIEW {table} AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT {', '.join('x AS ' + c for c in columns)} FROM n")
            case 10:
                db.execute(f"CREATE TRIGGER t AFTER INSERT ON {table} BEGIN DELETE FROM version; DELETE FROM log; END")
                db.execute("CREATE TRIGGER u AFTER UPDATE ON version BEGIN UPDATE version SET file = '../../x.h5'; END")
            case _:
                try:
                    db.execute(f"ALTER TABLE {table} RENAME TO was_{table}")
                    if draw.random() < 0.5:
                        db.execute(f"CREATE TABLE {table} (x)")
                except sqlite3.Error:
                    pass
        db.commit()
    db.close()
    return f"index {kind} of {table}.{column}"


class Worker:
    def __init__(self, options):
        self.commands, self.draw = options.commands, random.Random(options.seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cellar-stores-"))
        self.store, self.template = self.folder / "store", self.folder / "template"
        self.passed = self.failed = 0
        self.most = {}

    def run(self, *arguments):
        return Run(self.commands, arguments, self.folder)

    def prepare(self):
        for number, file in enumerate(sound):
            assert self.run("registry", "import", file, "--name", f"m{number}").status == 0
        assert self.run("registry", "promote", "m0:1", "--alias", "best", "--reason", "first").status == 0
        assert self.run("registry", "tag", "m1:1", "owner=ann").status == 0
        # The log of another copy beside it.
        log = eventlog.Log()
        for number in range(1, 4):
            data = b"%d" % number
            log.register("other", number, data, f"TRAINED_MODEL/other{number}.h5", metrics=[{"split": "test", "name": "accuracy", "value": number / 4}])
        log.write(self.store)
        assert self.run("registry", "list").status == 0
        shutil.copytree(self.store, self.template)

    def reset(self):
        """The store as it was, in the same folder: its own log and index stay its own."""
        for path in self.store.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copytree(self.template, self.store, dirs_exist_ok=True)

    def expected(self):
        found = set()
        for path in (self.store / "log").glob("*.jsonl"):
            for line in path.read_bytes().split(b"\n")[:-1]:
                if is_sound(line) and line in self.lines:
                    event = json.loads(line)
                    if event.get("event") == "registered":
                        found.add((event["version"].split(":")[0], event["sha256"]))
        return found

    def once(self):
        self.reset()
        what = []
        logs = sorted((self.store / "log").glob("*.jsonl"))
        self.lines = {line for path in logs for line in path.read_bytes().split(b"\n")}
        if self.draw.random() < 0.7:
            path = self.draw.choice(logs)
            for _ in range(self.draw.choice([1, 1, 3])):
                data = path.read_bytes()
                if data.count(b"\n") > 1:
                    try:
                        name, data = changed_log(data, self.draw)
                    except (ValueError, RecursionError):
                        continue  # a line that was damaged before
                    path.write_bytes(data)
                    what.append(name)
            if self.draw.random() < 0.5:
                (self.store / "registry.sqlite").unlink()
                for more in self.store.glob("registry.sqlite-*"):
                    more.unlink()
        if self.draw.random() < 0.5 and (self.store / "registry.sqlite").exists():
            try:
                what.append(change_index(self.store / "registry.sqlite", self.draw))
            except sqlite3.Error:
                pass
        self.judge(what)

    def judge(self, what):
        before = self.folder / "before"
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(self.store, before)
        wanted = self.expected()
        listed = self.run("registry", "list", "--json")
        self.note(listed, what)
        runs = [("registry", "show", "m0:1"), ("registry", "verify"), ("registry", "promote", "m0:1", "--alias", "x"), ("registry", "list", "--sort", "created"),
                ("registry", "list", "--where", "size > 3"), ("infer", "inspect", "m1"), ("registry", "history", "other:1")]  # fmt: skip
        for arguments in self.draw.sample(runs, 3):
            self.note(self.run(*arguments), what)
        self.note(self.run("registry", "rebuild"), what)
        output = self.folder / "list.json"
        again = self.output("registry", "list", "--json")
        try:
            names = {(one["name"], one["sha256"]) for one in json.loads(again)}
        except ValueError:
            names = set()
        missing = wanted - names
        if missing:
            self.fail(f"{len(missing)} versions are not listed: {sorted(missing)[0]}", what, listed)

    def output(self, *arguments):
        import subprocess

        return subprocess.run([self.commands / "cellar", *arguments], capture_output=True, cwd=self.folder,
                              env={"PATH": "/usr/bin:/bin", "CELLAR_STORE": str(self.store)}).stdout  # fmt: skip

    def note(self, run, what):
        name = " ".join(map(str, run.arguments[:2]))
        seconds, size = self.most.get(name, (0.0, 0))
        self.most[name] = (max(seconds, run.seconds), max(size, run.bytes))
        faults = []
        if run.status not in ends or crash_words.search(run.errors):
            faults.append(f"ended with {run.status}")
        if run.seconds > most_seconds:
            faults.append(f"{run.seconds:.1f} s")
        if run.bytes > most_bytes:
            faults.append(f"{run.bytes >> 20} MiB")
        if any(byte < 32 and byte not in (9, 10) for byte in run.errors.encode()):
            faults.append("control characters on standard error")
        if faults:
            self.fail(f"{name}: {', '.join(faults)}", what, run)
        else:
            self.passed += 1

    def fail(self, message, what, run):
        self.failed += 1
        kept = root / ".build/fuzz" / f"stores-{self.failed}"
        if self.failed <= 30:
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(self.folder / "before", kept)
        print(f"{self.failed}: {'; '.join(what)}: {message}: {run.errors.strip()[:400]}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--commands", type=pathlib.Path, default=root / ".build/debug")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    worker = Worker(options)
    worker.prepare()
    until = time.monotonic() + options.seconds
    while time.monotonic() < until:
        worker.once()
    shutil.rmtree(worker.folder, ignore_errors=True)
    for name, (seconds, size) in sorted(worker.most.items()):
        print(f"{name:24} at most {seconds:5.2f} s {size >> 20:5} MiB")
    print(f"{worker.passed} passed, {worker.failed} failed")
    sys.exit(1 if worker.failed else 0)


if __name__ == "__main__":
    main()
