"""Writes logs of events as a store has them (docs/store.md), so that a hostile store can be made with hashes that are right."""

import hashlib
import json


class Log:
    def __init__(self, name="0123456789abcdef"):
        self.name, self.lines, self.hash, self.seq = name, [], "0" * 64, 0
        self.add("opened", format=1, log=name)

    def add(self, kind, **content):
        self.seq += 1
        event = {"seq": self.seq, "clock": 1_796_000_000_000 + self.seq, "time": "2026-11-29T12:00:00Z", "event": kind,
                 "who": "ann@host", "command": "made by a test"}  # fmt: skip
        event.update(content)
        event.setdefault("prev", self.hash)
        text = json.dumps(event)[:-1]
        self.hash = hashlib.sha256(text.encode()).hexdigest()
        self.lines.append(f'{text}, "hash": "{self.hash}"}}')
        return self

    def register(self, model, number, data: bytes, file, **facts):
        return self.add(
            "registered", version=f"{model}:{number}", sha256=hashlib.sha256(data).hexdigest(), file=file, size=len(data),
            facts={"name": model, "created": "2026-11-29T12:00:00Z", "generation": "keras-2.10-h5"} | facts,
        )  # fmt: skip

    def write(self, store):
        folder = store / "log"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.jsonl").write_text("".join(line + "\n" for line in self.lines))


def store_with(store, files):
    """A store whose log registers each (name, bytes) as the next version of the model `hostile`."""
    (store / "TRAINED_MODEL").mkdir(parents=True)
    log = Log()
    for number, (name, data) in enumerate(files, 1):
        (store / "TRAINED_MODEL" / name).write_bytes(data)
        log.register("hostile", number, data, "TRAINED_MODEL/" + name)
    log.write(store)
