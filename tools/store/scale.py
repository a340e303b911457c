"""Times a store of many versions: rebuild, verify --quick, search, promotion, merge and a start with nothing to do.

    python3 tools/store/scale.py [COUNT]

The log is written here, by another program than Cellar, as docs/store.md describes it. The versions that are promoted are
copies of a model of this repository; the files of the others have only their number, and no command opens them. Prints
milliseconds, those of the processor, and the most memory of each command.
"""

import datetime
import hashlib
import json
import os
import random
import resource
import sys
import time
from pathlib import Path

from common import default_binary, registry, scratch

MODEL = min(Path(__file__).parents[2].glob("models/TRAINED_MODEL/*.h5"), key=lambda file: file.stat().st_size)
PROMOTED = 77


def write_log(folder, count):
    draw = random.Random(1)
    (folder / "log").mkdir(parents=True)
    (folder / "TRAINED_MODEL").mkdir()
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    previous, seq = "0" * 64, 0
    with open(folder / "log" / "0123456789abcdef.jsonl", "w") as log:
        def append(kind, moment, members):
            nonlocal previous, seq
            seq += 1
            event = {"seq": seq, "clock": int(moment.timestamp() * 1000) + seq, "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                     "event": kind, "who": "ann@host", "command": "trainer fit wine.yaml", **members, "prev": previous}
            line = json.dumps(event)[:-1]
            previous = hashlib.sha256(line.encode()).hexdigest()
            log.write(f'{line}, "hash": "{previous}"}}\n')

        append("opened", start, {"format": 1, "log": "0123456789abcdef.jsonl"})
        for number in range(1, count + 1):
            moment = start + datetime.timedelta(seconds=60 * number)
            created = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            name = f"TRAINED_MODEL/Model_{moment.strftime('%Y_%m_%d_%H_%M_%S')}_.h5"
            best = number == count - count // 100
            body = MODEL.read_bytes() if best or number == PROMOTED else str(number).encode()
            (folder / name).write_bytes(body)
            accuracy = 2 if best else draw.random()
            metrics = [{"split": split, "name": metric, "value": value}
                       for split in ("train", "validation", "test")
                       for metric, value in (("loss", draw.random()), ("accuracy", accuracy * draw.uniform(0.9, 1)))]
            facts = {"name": "wine", "created": created, "generation": "keras-2.10-h5", "architecture": "ab" * 32,
                     "trainable_parameters": 4000, "non_trainable_parameters": 0, "classes": ["3", "4", "5", "6", "7", "8"],
                     "features": [f"column {i}" for i in range(11)], "command_line": ["trainer", "fit", "wine.yaml"],
                     "hyperparameters": {"batch_size": 32, "epochs": 30, "optimizer": {
                         "class": draw.choice(["Adam", "SGD"]), "learning_rate": draw.choice([0.1, 0.01, 0.001])}},
                     "task": "multiclass", "metrics": metrics,
                     "dataset": {"path": "data/wine.csv", "sha256": "cd" * 32, "train_rows": 1000,
                                 "validation_rows": 200, "test_rows": 399},
                     "seed": number, "run": f"run-{number}", "parents": [], "training_seconds": 0.5,
                     "recipe": "name: wine\ndata: { csv: data/wine.csv, target: quality }\nepochs: 30\n"}
            append("registered", moment, {"version": f"wine:{number}", "sha256": hashlib.sha256(body).hexdigest(),
                                          "file": name, "size": len(body), "facts": facts})


def timed(words, best_of=1):
    seconds, memory, processor = [], 0, []
    for _ in range(best_of):
        begin = time.monotonic()
        process = os.posix_spawn(words[0], [str(word) for word in words], os.environ,
                                 file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
        _, status, usage = os.wait4(process, 0)
        seconds.append(time.monotonic() - begin)
        processor.append(usage.ru_utime + usage.ru_stime)
        memory = max(memory, usage.ru_maxrss / 1024)
    return min(seconds), min(processor), memory, os.waitstatus_to_exitcode(status)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    binary = default_binary()
    call = [binary, "registry"]
    with scratch() as folder:
        store = Path(folder) / "models"
        write_log(store, count)
        print(f"{count} versions, log of {sum(f.stat().st_size for f in (store / 'log').iterdir()) / 1e6:.0f} MB")
        rows = [
            ("first command: index made from the log", ["list", "--limit", "1"], 1),
            ("rebuild", ["rebuild"], 1),
            ("verify --quick", ["verify", "--quick"], 3),
            ("list --limit 20", ["list", "--limit", "20"], 5),
            ("search val_accuracy > 0.999", ["list", "--where", "val_accuracy > 0.999"], 5),
            ("promote --best val_accuracy", ["promote", "--best", "val_accuracy", "--model", "wine"], 1),
            (f"promote wine:{PROMOTED} --alias production", ["promote", f"wine:{PROMOTED}", "--alias", "production"], 1),
            ("tag wine:5 owner=ann", ["tag", "wine:5", "owner=ann"], 5),
            ("log wine@best", ["log", "wine@best"], 3),
        ]
        for name, words, best_of in rows:
            seconds, processor, memory, status = timed([*call, *words, "--store", store], best_of)
            print(f"{name:45} {seconds * 1000:9.1f} ms ({processor * 1000:7.0f} of processor) {memory:5.0f} MiB  status {status}", flush=True)


if __name__ == "__main__":
    main()
