"""What the commands read beside models: pictures, tables, arrays, IDX files, recipes and the store's own files."""

import gzip
import json
import shutil
import sqlite3
import struct
import zlib

import numpy as np

import config
import damage


def png(width, height, depth=8, colour=0, data=b"", extra=b""):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data, 1)) + chunk(b"IEND", b"")


def zeros(count, start=b""):
    """Gzipped, without holding them: the size of this process would count as its children's."""
    packer = zlib.compressobj(1, wbits=31)
    yield packer.compress(start)
    for _ in range(count >> 20):
        yield packer.compress(bytes(1 << 20))
    yield packer.flush()


def pictures(sound, draw):
    yield "enormous", png(2**31 - 1, 2**31 - 1, data=b"\0" * 1000)
    yield "bomb", png(16_000, 16_000, data=b"\0" * 16_001 * 16_000)
    yield "wide", png(1_000_000, 1, data=b"\0" * 1_000_001)
    yield "no width", png(0, 5)
    yield "one pixel", png(1, 1, data=b"\0\xff")
    yield "white", png(64, 64, data=b"\0" + b"\xff" * 64)
    yield "16 bits", png(28, 28, depth=16, data=(b"\0" + b"\x12\x34" * 28) * 28)
    for _ in range(60):
        yield damage.damaged(sound, draw)


def tables(sound, draw):
    lines = sound.split(b"\n")[:40]
    head, row = lines[0], lines[1]
    yield "a line of 64 MB", head + b"\n" + b"1" * (64 << 20)
    yield "a header of 64 MB", b"a," * (32 << 20) + b"\n1\n"
    yield "an open quote", head + b'\n"' + b"\n".join(lines[1:])
    yield "numbers out of range", head + b"\n" + row.replace(b"0.", b"1e999999999999,"[:-1], 1)
    yield "hex and infinity", head + b"\n" + row.replace(row.split(b",")[0], b"0x1p4", 1) + b"\n" + row.replace(row.split(b",")[0], b"-inf", 1)
    yield "zero bytes", head + b"\n" + row.replace(b",", b"\0,")
    yield "columns twice", head + b"," + head + b"\n" + row + b"," + row
    yield "carriage returns", sound[:2000].replace(b"\n", b"\r")
    yield "UTF-16", sound[:2000].decode().encode("utf-16")
    yield "no last field", head + b"\n" + row.rsplit(b",", 1)[0] + b"\n"
    yield "gzip", gzip.compress(sound)
    text = b"\n".join(lines)
    for _ in range(80):
        yield damage.damaged(text, draw)


def arrays(sound, draw):
    for shape in ("(4, 2147483648)", "(-1, 11)", "(9223372036854775807, 2)", "()", "(0, 11)", "(4, 0)", "(4,)" + " " * 70000, "(" * 50000, "(1,) * 9", "(4, 11.0)"):
        header = ("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % shape).encode()
        for version in (1, 2, 3, 9):
            size = struct.pack("<H" if version == 1 else "<I", len(header) & 0xFFFF if version == 1 else len(header))
            yield f"shape {shape[:30]}, version {version}", b"\x93NUMPY" + bytes([version, 0]) + size + header + b"\0" * 176
    for kind in ("<f2", ">f8", "<i8", "|b1", "<c8", "|O", "<U4", "<M8[s]", "|V3", "[('a', '<f4')]", "<f3", ""):
        quoted = kind if kind.startswith("[") else repr(kind)
        header = ("{'descr': %s, 'fortran_order': False, 'shape': (4, 11), }" % quoted).encode()
        yield f"kind {kind}", b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + b"\0" * 400
    for _ in range(60):
        yield damage.damaged(sound, draw)


def idx(images, draw):
    plain = gzip.decompress(images)
    yield "a bomb", b"".join(zeros(512 << 20, b"\0\0\x08\x03" + struct.pack(">III", 2**31, 2**15, 2**15)))
    yield "a bomb that says less", b"".join(zeros(512 << 20, struct.pack(">IIII", 0x803, 20, 28, 28)))
    yield "sizes too large", struct.pack(">IIII", 0x803, 2**32 - 1, 2**32 - 1, 2**32 - 1) + b"\0" * 100
    yield "no sizes", b"\0\0\x08\x03"
    yield "many axes", b"\0\0\x08\xff" + b"\0\0\0\x01" * 255 + b"\0"
    for _ in range(20):
        yield damage.damaged(gzip.compress(plain[: 16 + 784 * 20]), draw)
        yield damage.damaged(plain[: 16 + 784 * 20], draw)


def recipe_tree(table, logs):
    """recipes/wine.yaml with some more of what a recipe can say. (JSON is YAML.)"""
    return {
        "name": "wine",
        "data": {"csv": table, "target": "quality", "split": {"test": 0.25, "validation": 0.25, "random_state": 42}, "preprocess": ["StandardScaler"]},
        "model": [
            {"Dense": {"units": 5, "activation": "relu", "kernel_regularizer": {"L2": {"l2": 0.01}}}}, {"Dropout": {"rate": 0.2}},
            "BatchNormalization", {"Dense": {"units": 1, "activation": "sigmoid"}},
        ],
        "compile": {"optimizer": {"Adam": {"learning_rate": 0.01}}, "loss": {"BinaryCrossentropy": {"label_smoothing": 0.1}}, "metrics": ["accuracy", "AUC"]},
        "fit": {"epochs": 1, "batch_size": 16, "seed": 1},
        "callbacks": [
            {"EarlyStopping": {"monitor": "val_loss", "patience": 5, "restore_best_weights": True}},
            {"ReduceLROnPlateau": {"monitor": "val_loss", "factor": 0.5}},
            {"ModelCheckpoint": {"filepath": logs + "/Model_ckpt.h5", "save_best_only": True}},
        ],
    }  # fmt: skip


def recipes(text, tree, draw):
    yield "deep", "a: " + "[" * 100_000
    yield "deep model", text.replace("model:", "model: " + "[" * 5_000 + "]" * 5_000 + "\nx:")
    yield "laughs", "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40)) + "model: *a39\n"
    yield "circle", "model: &m [*m]\ndata: {csv: data/wine.csv}\n"
    yield "two documents", text + "\n---\n" + text
    yield "a tag", text.replace("model:", "model: !!python/object:os.system")
    yield "key twice", text + "\nname: other\n"
    yield "no text", b"\xff\xfe\0"
    yield "long", "x" * (32 << 20)
    yield "empty", ""
    for what, changed in config.removals(tree):
        yield what, json.dumps(changed, indent=1)
    for what, changed in config.extreme_numbers(tree):
        yield what, json.dumps(changed, indent=1)
    for _ in range(400):
        what, changed = config.changed(tree, draw)
        yield what, json.dumps(changed, indent=1)
    for _ in range(40):
        yield damage.damaged(text.encode(), draw)


def stores(sound, draw):
    """Folders with one of the store's own files damaged."""
    logs = [str(path.relative_to(sound)) for path in sorted((sound / "log").iterdir())]
    for name in [*logs, "registry.sqlite"]:
        data = (sound / name).read_bytes()
        made = [damage.damaged(data, draw) for _ in range(40)]
        if name != "registry.sqlite":
            made += [("deep", config.nested(100_000).encode()), ("long", b"1" * (64 << 20)), ("not UTF-8", b"\xff" * 10), ("null", b"null\n")]
            made += [("lines twice", data + data), ("no end", data[:-1]), ("numbers", b'{"name": 1e400, "version": -1}\n' * 3)]
        else:
            made += [("another database", None), ("text", b"SQLite format 3\0" + b"x" * 5000)]
        for what, changed in made:
            yield name, what, changed


def cases(folder, draw, root):
    """(arguments, the file that an error must name, what was done to it)."""
    store = root / "models"
    file = folder / "digit.png"
    for what, data in pictures((root / "data/digits/3_paper.png").read_bytes(), draw):
        file.write_bytes(data)
        yield ("infer", file, "--store", store), file, f"picture: {what}"

    table = folder / "table.csv"
    wine = (root / "data/wine.csv").read_bytes()
    for what, data in tables(wine, draw):
        table.write_bytes(data)
        yield ("infer", "score", table, "-o", folder / "out.csv", "--model", "wine", "--store", store), table, f"table: {what}"
        yield ("infer", "evaluate", table, "--model", "wine", "--store", store), table, f"table: {what}"
        yield ("infer", "report", table), table, f"table: {what}"

    array = folder / "rows.npy"
    np.save(array, np.ones((4, 11), "f4"))
    for what, data in arrays(array.read_bytes(), draw):
        array.write_bytes(data)
        yield ("infer", "score", array, "-o", folder / "out.npy", "--model", "wine", "--store", store), array, f"array: {what}"

    images, labels = folder / "some-images-idx3-ubyte.gz", folder / "some-labels-idx1-ubyte.gz"
    folder_of_mnist = root / "data/mnist"
    sound = next(folder_of_mnist.glob("t10k-images*")).read_bytes()
    labels.write_bytes(gzip.compress(struct.pack(">II", 0x801, 20) + bytes(range(10)) * 2))
    for what, data in idx(sound, draw):
        images.write_bytes(data)
        yield ("infer", "evaluate", images, "--labels", labels, "--model", "mnist", "--store", store), images, f"IDX: {what}"

    small = folder / "small.csv"
    small.write_bytes(b"\n".join(wine.split(b"\n")[:60]))
    text = (root / "recipes/wine.yaml").read_text().replace("data/wine.csv", str(small)).replace("epochs: 40", "epochs: 1")
    recipe = folder / "recipe.yaml"
    for what, data in recipes(text, recipe_tree(str(small), str(folder / "logs")), draw):
        recipe.write_bytes(data if isinstance(data, bytes) else data.encode(errors="surrogatepass"))
        yield ("trainer", "summary", recipe), recipe, f"recipe: {what}"
        shutil.rmtree(folder / "store", ignore_errors=True)
        # A mutated number of epochs must not train for ever; the recipe's own is checked by `summary`.
        yield ("trainer", "fit", recipe, "--quiet", "--epochs", "1"), recipe, f"recipe: {what}"

    kept, used = folder / "sound-store", folder / "store"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(store, kept)
    if not (kept / "registry.sqlite").exists():
        yield ("registry", "list", "--store", kept), kept, "sound store"
    for name, what, data in stores(kept, draw):
        shutil.rmtree(used, ignore_errors=True)
        shutil.copytree(kept, used)
        if data is None:
            (used / name).unlink()
            with sqlite3.connect(used / name) as other:
                other.execute("create table model_version (a)")
        else:
            (used / name).write_bytes(data)
        for arguments in (("list",), ("show", "wine"), ("verify",), ("rebuild",), ("promote", "wine:1", "--alias", "best"), ("import", next((kept / "TRAINED_MODEL").iterdir()))):
            # An index is made again from the files, silently, so that there may be no error to name anything.
            yield ("registry", *arguments, "--store", used), used / name, f"{name}: {what}"
        yield ("infer", root / "data/digits/3_paper.png", "--store", used), used / name, f"{name}: {what}"
