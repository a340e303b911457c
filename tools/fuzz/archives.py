"""Archives (.keras) changed: members missing, twice, renamed, damaged, inflated beyond measure."""

import io
import json
import random
import struct
import zipfile

import config


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts, compression=zipfile.ZIP_STORED):
    """An archive of (name, bytes) pairs, in which a name may come twice."""
    buffer = io.BytesIO()
    import warnings

    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", compression) as archive:
        warnings.simplefilter("ignore")
        for name, content in parts:
            if isinstance(content, int):  # so many zeros, not held: the size of this process would count as its children's
                with archive.open(name, "w", force_zip64=True) as member:
                    for _ in range(content >> 20):
                        member.write(bytes(1 << 20))
            else:
                archive.writestr(name, content)
    return buffer.getvalue()


def with_config(data, text):
    return packed([(name, text if name == "config.json" else content) for name, content in members(data).items()])


def with_weights(data, weights):
    return packed([(name, weights if name == "model.weights.h5" else content) for name, content in members(data).items()])


def changed(data: bytes, draw: random.Random):
    """A changed archive, what was done, and whether the answer must stay the same."""
    parts = list(members(data).items())
    place = draw.randrange(len(parts))
    name, content = parts[place]
    match draw.randrange(12):
        case 0:
            return packed(parts[:place] + parts[place + 1 :]), f"without {name}", name == "metadata.json" or None
        case 1:
            return packed(parts + [(name, content[: len(content) // 2])]), f"{name} twice", False
        case 2:
            return packed(parts[:place] + [(draw.choice(["../" + name, "/" + name, name.upper(), name + "\0"]), content)] + parts[place + 1 :]), f"{name} renamed", False
        case 3:
            return packed(parts, zipfile.ZIP_DEFLATED), "deflated", True
        case 4:
            return packed(parts, draw.choice([zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])), "of another method", False
        case 5:
            return packed([(n, 256 << 20 if n == name else c) for n, c in parts], zipfile.ZIP_DEFLATED), f"{name} of 256 MB of zeros", False
        case 6:
            text = b'{"class_name": "Sequential", "config": {"layers": [' + b" " * (64 << 20) + b"]}}"
            return packed([(n, text if n == "config.json" else c) for n, c in parts], zipfile.ZIP_DEFLATED), "config of 64 MB of blanks", False
        case 7:
            return packed(parts + [(f"n{i}", b"") for i in range(70_000)]), "70,000 members more", None
        case 8:
            # Sizes in the directory that are not those of the data.
            at = data.index(b"PK\x01\x02")
            field = draw.choice([16, 20, 24, 42])
            value = draw.choice([0, 1, 2**31, 2**32 - 1, 2**32 - 2, len(data)])
            return data[: at + field] + struct.pack("<I", value) + data[at + field + 4 :], f"directory field {field} = {value}", None
        case 9:
            at = data.rindex(b"PK\x05\x06")
            field = draw.choice([8, 10, 12, 16, 18])
            return data[: at + field] + struct.pack("<H", draw.choice([0, 1, 0xFFFF, 0xFFFE, 17])) + data[at + field + 2 :], f"end field {field}", None
        case 10:
            return data + b"more" * draw.choice([1, 100, 30_000]), "with more behind it", None
        case _:
            return draw.choice([b"x", b"PK\x03\x04", b"\0" * 5000]) + data, "with more in front", None


def config_of(data):
    return json.loads(members(data)["config.json"])


def bombs(data):
    """Archives that are small and would unpack to much."""
    yield "weights of 1 GB of zeros", packed([("config.json", members(data)["config.json"]), ("model.weights.h5", 1 << 30)], zipfile.ZIP_DEFLATED)
    yield "config of a list of 40 MB", with_config(data, b"[" + b"0," * (20 << 20) + b"0]")
    yield "config 100,000 deep", with_config(data, config.nested(100_000))
