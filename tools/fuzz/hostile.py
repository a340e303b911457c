"""Makes hostile model files of every class, and feeds them to the commands: alone, and from a store whose log registers them with
the right digest. Each run must end with an exit code of sysexits(3), within 2 seconds of processor time and 256 MiB (and more for a
large file: 1 second for each 8 MB, 8 times its size).

usage: hostile.py [--commands FOLDER]
Prints the most time and memory of each class.
"""

import argparse
import json
import pathlib
import random
import resource
import shutil
import sys
import tempfile

import h5py
import numpy as np

import archives
import config
import damage
import eventlog
import hdf5
from fuzz import Run, crash_words, ends, root

most_seconds, most_bytes = 2.0, 256 << 20
sound = root / "Tests/Fixtures/seed/wine_sgd.tfk.h5"
archive = root / "Tests/Fixtures/seed/wine_sgd.k3.keras"
row = "7.4,0.7,0.0,1.9,0.076,11.0,34.0,0.9978,3.51,0.56,9.4"


def edited(folder, edit):
    """The sound file after `edit` changed it through h5py."""
    path = folder / "edited.h5"
    shutil.copy(sound, path)
    path.chmod(0o644)
    with h5py.File(path, "r+") as file:
        edit(file)
    return path.read_bytes()


def rewritten(folder, edit):
    """The same in HDF5's newest form, in which attributes may be of any size."""
    path = folder / "rewritten.h5"
    with h5py.File(sound) as old, h5py.File(path, "w", libver="latest") as file:
        for name in old:
            old.copy(name, file)
        for name, value in old.attrs.items():
            file.attrs[name] = value
        edit(file)
    return path.read_bytes()


def kernel(file):
    return next(name for name in hdf5.items(file) if isinstance(file[name], h5py.Dataset) and file[name].ndim == 2)


def instead_of_kernel(make):
    def edit(file):
        name = kernel(file)
        del file[name]
        make(file, name)

    return edit


def wide(file):
    """A Dense layer of 16 million units, whose zeros take 700 KB."""
    units = 1 << 24
    text = file.attrs["model_config"]
    text = text.decode() if isinstance(text, bytes) else text
    tree = json.loads(text)
    first = next(layer for layer in tree["config"]["layers"] if layer["class_name"] == "Dense")
    first["config"]["units"] = units
    name = kernel(file)
    rows = file[name].shape[0]
    del file[name]
    file.attrs["model_config"] = json.dumps(tree)
    zeros = file.create_dataset(name, shape=(rows, units), dtype="f4", chunks=(1, 1 << 20), compression="gzip", compression_opts=9)
    for index in range(rows):
        for column in range(0, units, 1 << 20):
            zeros[index, column : column + (1 << 20)] = 0


def deep(file):
    group = file
    for _ in range(3_000):
        group = group.create_group("g")


def one_text_many_times(folder):
    """A list of 100,000 names, all of them one text of 60 KB in the heap: 6 GB."""

    def edit(file):
        kind = h5py.string_dtype()
        data = file.create_dataset("model_weights/names", shape=(100_000,), dtype=kind)
        data[0] = "x" * 60_000
        edit.place = data.id.get_offset()

    data = bytearray(edited(folder, edit))
    first = bytes(data[edit.place : edit.place + 16])
    data[edit.place : edit.place + 16 * 100_000] = first * 100_000
    return bytes(data)


def samples(folder):
    """(class, name of the file, bytes)."""
    data = sound.read_bytes()
    draw = random.Random(7)
    for what, cut in damage.cuts(data, 12):
        yield "truncated", "m.h5", cut
    for size in (2**26, 2**31, 2**40, 2**62):
        yield "huge dimensions", "m.h5", edited(folder, instead_of_kernel(
            lambda file, name: file.create_dataset(name, shape=(size,), dtype="f4", chunks=(1024,), compression="gzip")))  # fmt: skip
        yield "huge dimensions, not compressed", "m.h5", edited(folder, instead_of_kernel(
            lambda file, name: file.create_dataset(name, shape=(size,), dtype="f4", chunks=(1024,))))  # fmt: skip
    yield "fill values", "m.h5", edited(folder, instead_of_kernel(
        lambda file, name: file.create_dataset(name, shape=(2**28,), dtype="f4", chunks=(2**20,), fillvalue=1.5)))  # fmt: skip
    links = {
        "external link": lambda file, name: file.__setitem__(name, h5py.ExternalLink("/dev/zero", "/x")),
        "link to itself": lambda file, name: file.__setitem__(name, h5py.SoftLink("/" + name)),
        "link to its group": lambda file, name: file.__setitem__(name, file[name.rsplit("/", 1)[0]]),
        "link to the root": lambda file, name: file.__setitem__(name, file["/"]),
        "data in another file": lambda file, name: file.create_dataset(name, shape=(11, 30), dtype="f4", external=[("/etc/passwd", 0, 1320)]),
    }
    for what, make in links.items():
        yield what, "m.h5", edited(folder, instead_of_kernel(make))

    def virtual(file, name):
        layout = h5py.VirtualLayout(shape=(11, 30), dtype="f4")
        layout[:] = h5py.VirtualSource(str(sound), "x", shape=(11, 30))
        file.create_virtual_dataset(name, layout)

    yield "virtual dataset", "m.h5", edited(folder, instead_of_kernel(virtual))
    yield "deep groups", "m.h5", edited(folder, deep)
    yield "many groups", "m.h5", edited(folder, lambda file: [file.create_group(f"model_weights/g{n}") for n in range(20_000)])
    yield "giant attribute", "m.h5", rewritten(folder, lambda file: file.attrs.create("x", np.zeros(20 << 20, "u1")))
    yield "giant config", "m.h5", rewritten(folder, lambda file: file.attrs.create("model_config", "[" + "0," * (8 << 20) + "0]"))
    yield "many attributes", "m.h5", rewritten(folder, lambda file: [file.attrs.create(f"a{n}", n) for n in range(20_000)])
    yield "many texts", "m.h5", edited(
        folder, lambda file: file.create_dataset("model_weights/t", data=np.array(["x"] * 200_000, dtype=object), dtype=h5py.string_dtype())
    )
    yield "one text many times", "m.h5", one_text_many_times(folder)
    yield "gzip bomb", "m.h5", edited(folder, wide)
    for _ in range(60):
        what, changed = damage.damaged(data, draw)
        yield "damaged headers", "m.h5", changed
    with h5py.File(sound) as file:
        text = file.attrs["model_config"]
    whole = json.loads(text)
    for what, text in config.whole_texts(whole):
        path = folder / "odd.h5"
        shutil.copy(sound, path)
        path.chmod(0o644)
        hdf5.with_config(path, text)
        yield "odd configs", "m.h5", path.read_bytes()
    for what, tree in config.large_models(whole):
        path = folder / "large.h5"
        shutil.copy(sound, path)
        path.chmod(0o644)
        text = json.dumps(tree)
        if len(text) < 4 << 20:
            hdf5.without_weights(path, text)
            yield "large models", "m.h5", path.read_bytes()
    packed = archive.read_bytes()
    for what, bomb in archives.bombs(packed):
        yield "zip bombs", "m.keras", bomb
    for _ in range(40):
        what, changed = damage.damaged(packed, draw)
        yield "damaged archives", "m.keras", changed
    weights = archives.members(packed)["model.weights.h5"]
    for _ in range(20):
        what, changed = damage.damaged(weights, draw)
        yield "damaged archives", "m.keras", archives.with_weights(packed, changed)


class Table:
    def __init__(self, commands, folder):
        self.commands, self.folder, self.rows, self.faults = commands, folder, {}, 0
        self.size = 0

    def run(self, kind, *arguments, name=""):
        run = Run(self.commands, arguments, self.folder)
        command = " ".join(map(str, arguments[:2]))
        faults = []
        if run.status not in ends or crash_words.search(run.errors):
            faults.append(f"ended with {run.status}")
        if run.seconds > most_seconds + self.size / (8 << 20):
            faults.append(f"{run.seconds:.1f} s")
        if run.bytes > most_bytes + 8 * self.size:
            faults.append(f"{run.bytes >> 20} MiB")
        count, seconds, size, good = self.rows.get(kind, (0, 0.0, 0, 0))
        self.rows[kind] = (count + 1, max(seconds, run.seconds), max(size, run.bytes), good + (run.status == 0))
        if faults:
            self.faults += 1
            print(f"{kind}: {command} {name}: {', '.join(faults)}: {run.errors.strip()[:300]}", flush=True)
            kept = root / ".build/fuzz" / f"hostile-{self.faults}"
            kept.mkdir(parents=True, exist_ok=True)
            for file in self.folder.glob("m.*"):
                shutil.copy(file, kept)
        return run

    def print(self):
        print(f"{'class':34} {'runs':>5} {'status 0':>8} {'seconds':>8} {'MiB':>6}")
        for kind, (count, seconds, size, good) in self.rows.items():
            print(f"{kind:34} {count:5} {good:8} {seconds:8.2f} {size >> 20:6}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--commands", type=pathlib.Path, default=root / ".build/debug")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="cellar-hostile-") as name:
        folder = pathlib.Path(name)
        table = Table(options.commands, folder)
        for kind, name, data in samples(folder):
            for old in folder.glob("m.*"):
                old.unlink()
            file = folder / name
            file.write_bytes(data)
            table.size = len(data)
            for store in ("store", "new"):
                shutil.rmtree(folder / store, ignore_errors=True)
            table.run(kind, "infer", "inspect", file)
            table.run(kind, "infer", "score", "--row", row, "--model", file)
            table.run(kind, "registry", "import", file, "--store", folder / "new")
            eventlog.store_with(folder / "store", [("Model_2026_11_29_12_00_00_" + name[1:], data)])
            listed = table.run(kind, "registry", "list")
            if listed.status != 0:
                table.faults += 1
                print(f"{kind}: the list of the store fails: {listed.errors}")
            table.run(kind, "infer", "score", "--row", row, "--model", "hostile")
            table.run(kind, "registry", "show", "hostile:1")
            table.run(kind, "registry", "verify")
        table.print()
    print(f"{table.faults} faults")
    sys.exit(1 if table.faults else 0)


if __name__ == "__main__":
    main()
