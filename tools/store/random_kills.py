"""Kills changing commands, `trainer fit` among them, at random moments, and checks the store after each.

    python3 tools/store/random_kills.py [COUNT [SEED]]

The moments are drawn over the whole duration of the command, so that they also fall between system calls. The conditions are those
of kills.py: what the store says is what it said before or what it says after the command, `verify` finds nothing but temporary and
unregistered files, and the next promotion and tag work.
"""

import json
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from common import content, default_binary, make_store, run, scratch, variant
from kills import check, commands, prepare

RECIPE = """\
name: fresh
data: {{ csv: {data}, target: kind, split: {{ test: 0.25, random_state: 1 }} }}
model: [Dense: {{ units: 4, activation: softmax }}]
compile: {{ optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy] }}
fit: {{ epochs: 2, seed: 1 }}
"""


def recipe(folder):
    """A recipe that trains on 400 rows, with the table beside it."""
    draw = random.Random(5)
    rows = [f"{draw.random():.3f},{draw.random():.3f},{draw.randrange(4)}" for _ in range(400)]
    table = folder / "fresh.csv"
    table.write_text("a,b,kind\n" + "\n".join(rows) + "\n")
    path = folder / "fresh.yaml"
    path.write_text(RECIPE.format(data=table))
    return path


def says(binary, store):
    """The content of a store; a version that `fit` adds differs in its hash each time, since its file names its run."""
    text = content(binary, store)
    fresh = re.findall(r"'fresh', 1, '([0-9a-f]{64})'", text)
    rows = json.loads(text.replace(fresh[0], "fresh") if fresh else text)
    return json.dumps([sorted(table) for table in rows])


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    draw = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    binary = default_binary()
    bad = killed = done_before = 0
    with scratch() as folder:
        folder = Path(folder)
        base, store = folder / "base", folder / "store"
        make_store(binary, base)
        models = sorted(path.name for path in (base / "TRAINED_MODEL").iterdir())
        extra = variant(base / "TRAINED_MODEL" / models[-1], folder, "x")
        calls = commands(binary, store, extra)
        calls["fit"] = [binary, "trainer", "fit", recipe(folder), "--store", store]
        known = {}
        for name, words in calls.items():
            prepare(binary, base, store)
            before = says(binary, store)
            began = time.monotonic()
            run(words, check=True)
            seconds = time.monotonic() - began
            known[name] = (before, says(binary, store), seconds)
        for _ in range(count):
            name = draw.choice(list(calls))
            before, after, seconds = known[name]
            prepare(binary, base, store)
            process = subprocess.Popen([str(word) for word in calls[name]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            moment = draw.uniform(0, 1.1 * seconds)
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
            status = process.wait()
            killed += status == -signal.SIGKILL
            done_before += status == 0
            done = subprocess.CompletedProcess(calls[name], status, "", "")
            for problem in check(binary, store, before, after, done, fails=False, says=says):
                bad += 1
                print(f"{name} killed after {moment * 1000:.1f} of {seconds * 1000:.1f} ms: {problem}", flush=True)
    print(f"{count} runs: {killed} killed, {done_before} done before, {bad} bad")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
