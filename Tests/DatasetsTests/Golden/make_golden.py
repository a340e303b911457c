"""Makes the golden files of DatasetsTests from their referees: NumPy, scikit-learn, Pillow.

    python3 -m venv venv && venv/bin/pip install numpy scikit-learn pillow && venv/bin/python make_golden.py

Made with Python 3.11.7, numpy 2.4.6, scikit-learn 1.9.1, pillow 13.0.0. The tests themselves need no Python.
"""
import gzip
import json
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler

here = Path(__file__).parent
rng = np.random.default_rng(7)


def fnv(rows):
    """FNV-1a over the rows as 64-bit little-endian: small enough to be written again in the test."""
    value = 0xCBF29CE484222325
    for byte in np.asarray(rows, "<i8").tobytes():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def splits():
    cases = []
    for number in range(160):
        n = int(rng.choice([rng.integers(2, 30), rng.integers(30, 400), rng.integers(400, 5000)]))
        seed = int(rng.integers(0, 2**32 if number % 3 else 100))
        case = {"count": n, "random_state": seed}
        kind = number % 4
        if kind == 0:
            case["test_size"] = round(float(rng.uniform(0.02, 0.9)), 3)
        elif kind == 1:
            case["test_size"] = int(rng.integers(1, n))
        elif kind == 2:
            case["train_size"] = round(float(rng.uniform(0.1, 0.6)), 3)
            if number % 8 == 2:
                case["test_size"] = round(float(rng.uniform(0.05, 0.4)), 3)
        labels = None
        if number % 2 and n > 12:
            classes = int(rng.integers(2, min(8, n // 6) + 1))
            labels = rng.choice(classes, n, p=rng.dirichlet(np.full(classes, 3.0)))
            if number % 3 == 0:  # equal classes: many ties
                labels = rng.permutation(np.arange(n) % classes)
            case["classes"] = classes
        options = {k: case[k] for k in ("test_size", "train_size") if k in case}
        try:
            train, test = train_test_split(
                np.arange(n), random_state=seed, stratify=labels, **options)
        except ValueError:
            case["error"] = True
            if labels is not None:
                case["labels"] = "".join(map(str, labels))
            cases.append(case)
            continue
        if labels is not None:
            case["labels"] = "".join(map(str, labels))
        if n <= 40:
            case["train"], case["test"] = train.tolist(), test.tolist()
        case["train_fnv"], case["test_fnv"] = fnv(train), fnv(test)
        case["train_count"], case["test_count"] = len(train), len(test)
        cases.append(case)
    seed_words = {}
    for seed in (0, 1, 42, 2**32 - 1):
        generator = np.random.RandomState(seed)
        seed_words[str(seed)] = generator.randint(0, 2**32, 1500, dtype=np.uint32)[[0, 1, 623, 624, 1499]].tolist()
    (here / "splits.json").write_text(json.dumps({"draws": seed_words, "cases": cases}, separators=(",", ":")))


def scalers():
    cases = []
    for number in range(12):
        n, columns = int(rng.integers(1, 60)), int(rng.integers(1, 5))
        x = rng.normal(size=(n, columns)) * 10.0 ** rng.integers(-6, 7, columns) + rng.choice([0, 1, 1e6], columns)
        if number % 3 == 0:
            x[:, 0] = 0.1  # constant, but not exactly so once summed
        if number % 3 == 1:
            x[:, 0] = 1e8 + 1e-9 * rng.normal(size=n)  # constant up to rounding
        scaler = StandardScaler().fit(x)
        cases.append({"x": x.T.tolist(), "mean": scaler.mean_.tolist(), "var": scaler.var_.tolist(),
                      "scale": scaler.scale_.tolist(), "transformed": scaler.transform(x).T.tolist()})
    encoders = []
    for labels in (["good", "bad", "good"], ["b", "B", "a", "é", "z", "10", "9"], ["Zürich", "Zug", "zoo"]):
        encoder = LabelEncoder().fit(labels)
        encoders.append({"labels": labels, "classes": encoder.classes_.tolist(),
                         "codes": encoder.transform(labels).tolist()})
    numbers = [10, 9, -1, 2, 10]
    encoder = LabelEncoder().fit(numbers)
    encoders.append({"labels": [str(n) for n in numbers], "classes": [str(n) for n in encoder.classes_],
                     "codes": encoder.transform(numbers).tolist()})
    (here / "preparation.json").write_text(json.dumps({"scalers": cases, "encoders": encoders}, separators=(",", ":")))


def numbers():
    """Decimal texts with the bits of the nearest double and of the nearest float (rounded once)."""
    texts = ["0", "-0", "0.0", "1", "7.4", "-12.5", "0.1", "3.14159265358979323846", "9007199254740993",
             "9007199254740992.5", "16777217", "16777216.5", "1.00000005960464477539062",
             "1.000000059604644775390625", "1.0000000596046448", "8388609.5", "1e22", "1e23", "1.7976931348623157e308",
             "4.9e-324", "2.2250738585072011e-308", "1e-45", "7e-46", "1e-46", "3.4028235e38", "1e-400",
             "123456789012345678901234567890", "0.000000000000000000000000000000000000000000000000001",
             ".5", "5.", "1e5", "1E-5", "1e+5", "999999999999999999", "9999999999999999999", "12345678901234567890",
             "0000000000000000000000001.5", "1.40129846432481707e-45", "0.30000001192092896"]
    for _ in range(400):
        digits = "".join(rng.choice(list("0123456789"), int(rng.integers(1, 22))))
        point = int(rng.integers(0, len(digits) + 1))
        exponent = "" if rng.random() < 0.7 else f"e{rng.integers(-30, 30)}"
        texts.append(("-" if rng.random() < 0.3 else "") + digits[:point] + "." + digits[point:] + exponent)
    # Next to halfway between two floats: where rounding twice goes wrong.
    for _ in range(100):
        a = np.float32(rng.uniform(0.001, 1000))
        middle = (float(a) + float(np.nextafter(a, np.float32(np.inf)))) / 2
        exact = f"{middle:.60f}".rstrip("0")
        texts += [exact, exact + "1", exact[:-1] + "49", f"{middle:.17g}"]
    cases = []
    for text in texts:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            double = np.float64(float(text))
            single = np.float32(double)  # as pandas' float64 is rounded for Keras
        if not np.isfinite(double):
            continue
        cases.append([text, f"{double.view(np.uint64):x}", f"{single.view(np.uint32):x}" if np.isfinite(single) else ""])
    (here / "numbers.json").write_text(json.dumps(cases, separators=(",", ":")))


def arrays():
    folder = here / "npy"
    folder.mkdir(exist_ok=True)
    base = np.array([[[0, 1, 2], [3, 100, 5]], [[6, 7, 8], [9, 10, 120]]])
    for name in ("|b1", "|i1", "|u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8",
                 ">u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"):
        array = base % 2 if name == "|b1" else base / 4 - 3 if "f" in name else base - 60 if "i" in name else base
        label = name.replace("|", "n").replace("<", "l").replace(">", "b")
        np.save(folder / f"{label}.npy", array.astype(name))
    np.save(folder / "fortran.npy", np.asfortranarray(base.astype("<f4")))
    np.save(folder / "labels.npy", np.array([3, 0, 9], "<i8"))
    for version in (2, 3):
        with open(folder / f"version{version}.npy", "wb") as file:
            np.lib.format.write_array(file, base.astype("<f4"), version=(version, 0))
    np.save(folder / "text.npy", np.array(["a"]))
    np.save(folder / "complex.npy", np.array([1j]))
    np.save(folder / "record.npy", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]))
    np.save(folder / "object.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save(folder / "empty.npy", np.zeros((0, 3), "f4"))
    np.save(folder / "scalar.npy", np.float32(1))
    np.save(folder / "nan.npy", np.array([[1, 2], [3, np.nan]], "f4"))
    np.save(folder / "wide.npy", np.array([1e300]))
    halves = np.array([0, 1, 0x3FF, 0x400, 0x3C00, 0x7BFF, 0x8000, 0xC500], np.uint16).view(np.float16)
    np.save(folder / "halves.npy", halves)
    for shape in ((2, 3), (5,), (1, 2, 3, 4), (100000, 1)):
        np.save(folder / "x.npy", np.zeros(shape, "f4"))
        start = (folder / "x.npy").read_bytes()[:192].split(b"\n")[0] + b"\n"
        (folder / f"header_{'_'.join(map(str, shape))}.bin").write_bytes(start)
    (folder / "x.npy").unlink()


def idx():
    folder = here / "idx"
    folder.mkdir(exist_ok=True)
    data = struct.pack(">IIII", 0x803, 3, 2, 4) + bytes(range(24))
    good = gzip.compress(data, mtime=0)
    (folder / "images.gz").write_bytes(good)
    (folder / "images").write_bytes(data)
    (folder / "more.gz").write_bytes(gzip.compress(data + b"x", mtime=0))
    (folder / "fewer.gz").write_bytes(gzip.compress(data[:-1], mtime=0))
    (folder / "cut.gz").write_bytes(good[:-9])
    wrong = bytearray(good)
    wrong[-6] ^= 1
    (folder / "crc.gz").write_bytes(wrong)


def chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def pack(samples, depth):
    """One row's samples, most significant bits first."""
    bits = "".join(f"{int(value):0{depth}b}" for value in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def png(samples, kind, depth, interlaced=False, extra=b""):
    """A PNG file by hand, since Pillow writes few of the kinds. samples: [height, width, channels]."""
    height, width, _ = samples.shape
    passes = [(0, 0, 1, 1)]
    if interlaced:  # Adam7: first column, first row, steps
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    raw = b""
    for x, y, across, down in passes:
        part = samples[y::down, x::across]
        if part.size:
            for row in part:
                raw += b"\0" + pack(row.reshape(-1), depth)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    return SIGNATURE + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def rounded(value):
    return np.floor(value + 0.5).astype(np.uint8)


def expected(rgba):
    """Over white, then ITU-R BT.601 luma in Pillow's fixed point. rgba: [height, width, 4] of 8 bits."""
    rgba = rgba.astype(int)
    alpha = rgba[..., 3:]
    rgb = (rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255
    grey = (rgb[..., 0] * 19595 + rgb[..., 1] * 38470 + rgb[..., 2] * 7471 + 0x8000) >> 16
    return grey


def pictures():
    folder = here / "png"
    folder.mkdir(exist_ok=True)
    results = {}
    width, height = 11, 9
    for kind, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
        for depth in depths:
            for interlaced in (False, True):
                for keyed in (False, True) if kind in (0, 2, 3) else (False,):
                    channels = CHANNELS[kind]
                    samples = rng.integers(0, 2**depth, (height, width, channels))
                    extra = b""
                    to8 = lambda v: rounded(v * 255 / (2**depth - 1))
                    rgba = np.full((height, width, 4), 255)
                    if kind == 3:
                        palette = rng.integers(0, 256, (2**depth, 3))
                        extra = chunk(b"PLTE", palette.astype(np.uint8).tobytes())
                        rgba[..., :3] = palette[samples[..., 0]]
                        if keyed:
                            opacity = rng.integers(0, 256, 2**depth)
                            extra += chunk(b"tRNS", opacity.astype(np.uint8).tobytes())
                            rgba[..., 3] = opacity[samples[..., 0]]
                    else:
                        colours = 3 if channels >= 3 else 1
                        rgba[..., :3] = to8(samples[..., :colours])
                        if kind in (4, 6):
                            rgba[..., 3] = to8(samples[..., -1])
                        if keyed:
                            key = samples[0, 0]
                            extra = chunk(b"tRNS", b"".join(struct.pack(">H", int(v)) for v in key))
                            rgba[..., 3] = np.where((samples == key).all(-1), 0, 255)
                    data = png(samples, kind, depth, interlaced, extra)
                    name = f"kind{kind}_{depth}bit{'_interlaced' if interlaced else ''}{'_keyed' if keyed else ''}.png"
                    (folder / name).write_bytes(data)
                    grey = expected(rgba)
                    if depth <= 8:  # Pillow cuts 16 bits where we scale them
                        image = Image.open(folder / name).convert("RGBA")
                        assert (np.asarray(image) == rgba).all() or (keyed and kind != 3), name
                        paper = Image.new("RGBA", image.size, "white")
                        other = np.asarray(Image.alpha_composite(paper, image).convert("L")).astype(int)
                        assert abs(other - grey).max() <= 1 or (keyed and kind == 0), (name, abs(other - grey).max())
                    results[name] = grey.reshape(-1).tolist()
    (here / "png.json").write_text(json.dumps({"width": width, "height": height, "pixels": results},
                                              separators=(",", ":")))
    good = (folder / "kind0_8bit.png").read_bytes()
    header = lambda w, h: SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 0, 0, 0, 0)) + good[33:]
    bad = here / "bad_png"
    bad.mkdir(exist_ok=True)
    (bad / "zero.png").write_bytes(header(0, 0))
    (bad / "huge.png").write_bytes(header(50000, 50000))
    (bad / "many.png").write_bytes(header(19000, 19000))
    (bad / "cut.png").write_bytes(good[:-30])
    (bad / "no_end.png").write_bytes(good[:-12])
    (bad / "short_data.png").write_bytes(header(11, 90))
    damaged = bytearray(good)
    damaged[45] ^= 0x55
    (bad / "crc.png").write_bytes(damaged)
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(bad / "really_a_jpeg.png", "JPEG")


if __name__ == "__main__":
    splits()
    scalers()
    numbers()
    arrays()
    idx()
    pictures()
