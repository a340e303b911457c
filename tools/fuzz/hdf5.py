"""HDF5 files changed through h5py: sound to the library, wrong to a reader of Keras' files."""

import json
import random

import h5py
import numpy as np

import config


def items(file):
    """The paths of all groups and datasets."""
    found = []
    file.visit(found.append)
    return found


def attributes(file):
    found = [("/", name) for name in file.attrs]
    for path in items(file):
        found += [(path, name) for name in file[path].attrs]
    return found


def odd_arrays(draw):
    text = h5py.string_dtype()
    return draw.choice(
        [
            np.array(3, "f4"), np.zeros(0, "f4"), np.zeros((0, 5), "f4"), np.full((2, 2), np.nan, "f4"), np.arange(6).reshape(2, 3),
            np.array([True, False]), np.array([1 + 2j]), np.array([b"abc", b"d"]), np.array(["a", "b"], dtype=text), np.array([(1, 2.0)], "i4,f8"),
            np.zeros((1,) * 32, "f4"), np.zeros((3, 4), "f2"), np.zeros(4, ">f8"), np.array([2**63], "u8"), np.zeros((65, 65), "i1"),
            h5py.Empty("f4"), np.array("text", dtype=text), np.array([b""]), np.zeros(3, "V7"),
        ]
    )  # fmt: skip


def replace(file, path, **options):
    kept = dict(file[path].attrs)
    del file[path]
    made = file.create_dataset(path, **options)
    for name, value in kept.items():
        made.attrs[name] = value


def set_attribute(node, name, value):
    try:
        node.attrs[name] = value
    except Exception:  # too large, or of a kind that h5py does not write
        node.attrs[name] = 7


def changed(path, draw: random.Random):
    """Changes the file in place; tells what was done, and whether a reader must still give the same answer."""
    with h5py.File(path, "r+") as file:
        datasets = [name for name in items(file) if isinstance(file[name], h5py.Dataset)]
        groups = [name for name in items(file) if isinstance(file[name], h5py.Group)] or ["/"]
        named = attributes(file)
        kind = draw.randrange(21)
        if kind < 14 and not datasets:
            kind = 14
        name = draw.choice(datasets) if datasets else ""
        numbers = file[name][()] if name else None
        plain = isinstance(numbers, np.ndarray) and numbers.dtype.kind == "f" and numbers.size > 0
        match kind:
            case 0:
                del file[name]
                return f"{name} deleted", False
            case 1:
                file.move(name, name + "_")
                return f"{name} renamed", False
            case 2:
                other = draw.choice(datasets)
                file.copy(other, name + "_copy")
                return f"{name}_copy added", None  # surplus weights may be refused
            case 3 | 4:
                value = odd_arrays(draw)
                del file[name]
                try:
                    file[name] = value
                except TypeError:
                    file[name] = 1
                return f"{name} = {value!r}"[:150], False
            case 5 if plain:
                replace(file, name, data=numbers.astype(draw.choice(["f8", ">f4", ">f8"])))
                return f"{name} of another type", True
            case 6 if plain and numbers.ndim:
                replace(file, name, data=numbers, chunks=True, compression=draw.choice(["gzip", "lzf", None]), shuffle=draw.random() < 0.5)
                return f"{name} in chunks", None
            case 7 if plain:
                replace(file, name, data=numbers.reshape(draw.choice([(-1,), (1, *numbers.shape), (*numbers.shape, 1), numbers.shape[::-1]])))
                return f"{name} reshaped", None
            case 8:
                shape = draw.choice([(2**40,), (2**20, 2**20), (2**62,), (2**31, 2)])
                replace(file, name, shape=shape, dtype="f4", chunks=(1,) * (len(shape) - 1) + (1024,), compression="gzip")
                return f"{name} declared {shape}", False
            case 9:
                target = draw.choice([name, "/", "/nowhere", name.rsplit("/", 1)[0] or "/"])
                del file[name]
                file[name] = draw.choice([h5py.SoftLink(target), h5py.ExternalLink("/etc/passwd", "/x"), h5py.ExternalLink(path, "/")])
                return f"{name} is a link", False
            case 10:
                parent = name.rsplit("/", 1)[0] if "/" in name else "/"
                del file[name]
                file[name] = file[parent]
                return f"{name} is its own group", False
            case 11:
                layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
                layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(4,))
                del file[name]
                file.create_virtual_dataset(name, layout)
                return f"{name} is virtual", False
            case 12:
                replace(file, name, shape=(4,), dtype="f4", external=[("/etc/passwd", 0, 16)])
                return f"{name} lies outside", False
            case 13 if plain and numbers.ndim:
                replace(file, name, data=numbers, chunks=numbers.shape, compression="gzip", fletcher32=draw.random() < 0.5)
                place = file[name].id.get_chunk_info(0)
                start, size = place.byte_offset, place.size
                file.close()
                with open(path, "r+b") as raw:
                    raw.seek(start + draw.randrange(size))
                    raw.write(bytes([draw.randrange(256)]))
                return f"{name}: damaged chunk", False
            case 14:
                group = draw.choice(groups)
                file[group].create_group("surplus_1").attrs["weight_names"] = np.array([b"a"])
                return f"{group} with a surplus group", None
            case 15:
                group = draw.choice(groups)
                if group != "/":
                    del file[group]
                return f"{group} deleted", False
            case 16 if named:
                owner, attribute = draw.choice(named)
                del file[owner].attrs[attribute]
                return f"{owner}@{attribute} deleted", False
            case 17 if named:
                owner, attribute = draw.choice(named)
                set_attribute(file[owner], attribute, odd_arrays(draw))
                return f"{owner}@{attribute} replaced", False
            case 18 | 19 if named:
                lists = [(o, a) for o, a in named if np.ndim(file[o].attrs[a]) == 1 and len(file[o].attrs[a])] or [draw.choice(named)]
                owner, attribute = draw.choice(lists)
                values = list(np.atleast_1d(np.array(file[owner].attrs[attribute])))
                match draw.randrange(5):
                    case 0:
                        values.append(values[0])
                    case 1:
                        values.pop()
                    case 2:
                        values.reverse()
                    case 3:
                        values = values * 5000
                    case _:
                        values[draw.randrange(len(values))] = draw.choice([b"..", b"/", b"a" * 70000, b"", b"\xff\xfe", b"nobody"])
                set_attribute(file[owner], attribute, values)
                return f"{owner}@{attribute} list changed", False
            case _:
                if plain:
                    numbers[...] = draw.choice([np.nan, np.inf, 1e38, 1e-45])
                    file[name][...] = numbers
                return f"{name} odd numbers", False


def config_of(path):
    with h5py.File(path, "r") as file:
        text = file.attrs.get("model_config")
        return None if text is None else json.loads(text)


def with_config(path, text):
    if isinstance(text, str):
        text = text.encode()
    with h5py.File(path, "r+") as file:
        del file.attrs["model_config"]
        if 0 < len(text) < 60_000:
            file.attrs["model_config"] = np.array(text)  # of fixed length, which may hold a zero byte
        else:  # of any length: it then lies outside the attribute
            file.attrs.create("model_config", text, dtype=h5py.string_dtype("ascii"))


def without_weights(path, text):
    """A file with this config and an empty list of weights."""
    with h5py.File(path, "w") as file:
        file.attrs.create("model_config", text, dtype=h5py.string_dtype("ascii"))
        file.attrs["keras_version"], file.attrs["backend"] = "2.10.0", "tensorflow"
        file.create_group("model_weights").attrs["layer_names"] = np.zeros(0)


def changed_training(path, draw):
    with h5py.File(path, "r+") as file:
        text = file.attrs.get("training_config")
        if text is None:
            return None
        what, tree = config.changed(json.loads(text), draw)
        del file.attrs["training_config"]
        file.attrs["training_config"] = json.dumps(tree).encode()
        return f"training_config: {what}"


def contents(path):
    """What h5py reads of the file: its texts and numbers. Raises where it cannot."""
    found = {}
    with h5py.File(path, "r") as file:
        for owner, name in attributes(file):
            found[owner + "@" + name] = repr(file[owner].attrs[name])
        for name in items(file):
            if isinstance(file[name], h5py.Dataset):
                found[name] = np.asarray(file[name][()]).tobytes()
    return found
