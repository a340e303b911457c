"""Training shared by processes of Open MPI: the same weights on one, two and four of them, and what is left when one is killed."""
import glob
import json
import os
import shutil
import signal
import statistics
import subprocess
import time

from common import REGISTRY, REPOSITORY, TRAINER, WORK, finish, row, run, timed

TURNS = int(os.environ.get("CELLAR_SCALE_MPI_TURNS", 3))
place = os.path.join(WORK, "mpi")
shutil.rmtree(place, ignore_errors=True)
os.makedirs(place)
environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
RECIPE = f"""
name: NAME
data: {{ csv: {REPOSITORY}/data/wine.csv, target: quality, preprocess: [StandardScaler], split: {{ test: 0.2, validation: 0.2, random_state: 1 }} }}
model:
  - Dense: {{ units: UNITS, activation: relu }}
  - Dropout: {{ rate: 0.2 }}
  - Dense: {{ units: 1, activation: sigmoid }}
compile: {{ optimizer: adam, loss: binary_crossentropy, metrics: [accuracy] }}
fit: {{ epochs: EPOCHS, batch_size: BATCH }}
"""


def recipe(name: str, epochs: int, units: int = 64, batch: int = 64, more: str = "") -> str:
    path = os.path.join(place, name + ".yaml")
    with open(path, "w") as file:
        file.write(RECIPE.replace("NAME", name).replace("EPOCHS", str(epochs)).replace("UNITS", str(units)).replace("BATCH", str(batch)) + more)
    return path


def command(ranks: int, path: str, store: str, *options: str) -> list:
    return ["mpirun", "--oversubscribe", "-n", str(ranks), TRAINER, "fit", path, "--store", os.path.join(place, store), *options]


def weights(store: str, name: str) -> str:
    version = json.loads(run(REGISTRY, "show", f"{name}:1", "--store", os.path.join(place, store), "--json").stdout)
    import h5py, hashlib
    file = os.path.join(place, store + ".h5")
    run(REGISTRY, "export", f"{name}:1", file, "--as-is", "--store", os.path.join(place, store))
    hashed = hashlib.sha256()
    with h5py.File(file) as content:
        content["model_weights"].visititems(lambda name, item: hashed.update(name.encode() + item[()].tobytes()) if isinstance(item, h5py.Dataset) else None)
    return hashed.hexdigest(), version["history"]


path = recipe("shared", 5)
found = {}
for ranks in (1, 2, 4):
    seconds, result = timed(lambda: subprocess.run(command(ranks, path, f"n{ranks}", "--seed", "3", "--json"), capture_output=True, text=True, env=environment, cwd=place))
    found[ranks] = weights(f"n{ranks}", "shared") if result.returncode == 0 else (result.stderr, None)
    row(f"MPI: {ranks} processes", f"{seconds:.1f} s, weights {found[ranks][0][:16]}", result.returncode == 0)
row("MPI: the same SHA-256 of the weights, and the same history, on 1, 2 and 4", found[1][0][:16], found[1] == found[2] == found[4])
shown = subprocess.run([REGISTRY, "reproduce", "shared:1", "--store", os.path.join(place, "n2")], capture_output=True, text=True, cwd=place)
row("MPI: registry reproduce gives the same in one process", (shown.stdout + shown.stderr).strip().splitlines()[-1][:70], shown.returncode == 0)
drawn = subprocess.run(command(2, path, "drawn", "--json"), capture_output=True, text=True, env=environment, cwd=place)
row("MPI: without a seed all processes draw the same one", "", drawn.returncode == 0)
three = subprocess.run(command(3, path, "three"), capture_output=True, text=True, env=environment, cwd=place)
row("MPI: three processes are refused", "", three.returncode != 0 and "cannot share a batch" in three.stderr)
normalized = recipe("normalized", 1).replace("normalized.yaml", "whole.yaml")
with open(normalized, "w") as file:
    file.write(RECIPE.replace("NAME", "whole").replace("EPOCHS", "1").replace("UNITS", "8").replace("BATCH", "64").replace("Dropout: { rate: 0.2 }", "BatchNormalization: {}"))
refused = subprocess.run(command(2, normalized, "whole"), capture_output=True, text=True, env=environment, cwd=place)
row("MPI: a layer that needs the whole batch is refused", "", refused.returncode != 0 and "computes with all samples of a batch" in refused.stderr)

large = recipe("large", 100_000, more="callbacks: [{ ModelCheckpoint: { filepath: " + place + "/kept.h5 } }]\n")


def ranks_of(process) -> list:
    """The processes of `trainer` that an mpirun has started, in their order."""
    ended = subprocess.run(["ps", "-eo", "pid,ppid,comm"], capture_output=True, text=True).stdout.splitlines()[1:]
    return sorted(int(line.split()[0]) for line in ended if int(line.split()[1]) == process.pid)


for which, name in ((1, "a process that is killed"), (0, "the first process killed")):
    shutil.rmtree(os.path.join(place, "checkpoints"), ignore_errors=True)
    if os.path.exists(f"{place}/kept.h5"):
        os.remove(f"{place}/kept.h5")
    process = subprocess.Popen(command(2, large, f"killed{which}", "-q"), env=environment, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        time.sleep(0.1)
        if os.path.exists(f"{place}/kept.h5"):
            break
    time.sleep(1)
    os.kill(ranks_of(process)[which], signal.SIGKILL)
    seconds, _ = timed(lambda: process.communicate(timeout=60))
    kept = [f"{place}/kept.h5"] + glob.glob(f"{place}/checkpoints/*.h5")
    ok = process.returncode != 0 and os.path.exists(kept[0]) and all(
        subprocess.run([TRAINER.replace("trainer", "infer"), "inspect", file, "--json"], capture_output=True).returncode == 0 for file in kept)
    row(f"MPI: {name} ends the run, and its checkpoint is kept", f"{seconds:.1f} s, {len(kept)} files", ok and ranks_of(process) == [])
    taken = subprocess.run(
        [REGISTRY, "import", kept[-1], "--store", os.path.join(place, "taken")], capture_output=True, text=True)
    row("MPI: the checkpoint is a model that the registry takes", "", taken.returncode == 0)

shutil.rmtree(os.path.join(place, "checkpoints"), ignore_errors=True)
process = subprocess.Popen(command(2, large, "interrupted", "--json"), env=environment, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
time.sleep(4)
process.send_signal(signal.SIGINT)
process.communicate(timeout=60)
kept = glob.glob(f"{place}/checkpoints/*.h5")
resumed = subprocess.run([TRAINER, "summary", kept[0]], capture_output=True, text=True) if kept else None
row("MPI: Ctrl-C ends all processes with one checkpoint", "", process.returncode != 0 and len(kept) == 1 and resumed.returncode == 0)

# The time beside one process with threads.
HEAD = f"""
name: speed
data: {{ mnist: {REPOSITORY}/data/mnist, preprocess: [Rescaling] }}
compile: {{ optimizer: adam, loss: sparse_categorical_crossentropy }}
"""
NETWORKS = {
    "convolutions on MNIST, batches of 256": """
fit: { epochs: 1, batch_size: 256 }
model:
  - Reshape: { target_shape: [28, 28, 1], input_shape: [28, 28] }
  - Conv2D: { filters: 16, kernel_size: 3, activation: relu }
  - MaxPooling2D: { pool_size: 2 }
  - Conv2D: { filters: 32, kernel_size: 3, activation: relu }
  - Flatten: {}
  - Dense: { units: 10, activation: softmax }
""",
    "dense layers 784-300-10 on MNIST, batches of 128": """
fit: { epochs: 3, batch_size: 128 }
model: [ Flatten: {}, Dense: { units: 300, activation: relu }, Dense: { units: 10, activation: softmax } ]
""",
}
for network, text in NETWORKS.items():
    path = os.path.join(place, "speed.yaml")
    with open(path, "w") as file:
        file.write(HEAD + text)
    one_process = [TRAINER, "fit", path, "--store", os.path.join(place, "speed"), "--seed", "3", "-q"]
    ways = {
        "one thread": [*one_process, "--threads", "1"], "two threads": [*one_process, "--threads", "2"],
        "one rank": command(1, path, "speed", "--seed", "3", "-q"), "two ranks": command(2, path, "speed", "--seed", "3", "-q")}
    times = {way: [] for way in ways}
    for _ in range(TURNS):
        for way, words in ways.items():
            times[way].append(timed(lambda: subprocess.run(words, check=True, capture_output=True, env=environment, cwd=place))[0])
    medians = {way: statistics.median(values) for way, values in times.items()}
    row(f"MPI: {network}, medians of {TURNS} in turns", ", ".join(f"{way} {seconds:.2f} s" for way, seconds in medians.items()))
    row("MPI: two ranks", f"{medians['one rank'] / medians['two ranks']:.2f} times as fast as one, "
        f"{medians['two threads'] / medians['two ranks']:.2f} times as fast as two threads of one process")
finish()
