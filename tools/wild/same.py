#!/usr/bin/env python3
"""Saves digits in many ways and asks `infer` about each: the answer must be the same.

usage: same.py FOLDER [COUNT] [INFER ARGUMENT...]     (COUNT digits, default 200; needs NumPy, Pillow; runs bin/infer)

The digits are drawn (hand.py) on 200 × 200 pixels. Prints, for each way, how many digits got another answer than the plain picture, and
exits with 1 if any did.
"""
import io
import json
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
from PIL import Image

from hand import drawn

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
folder = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 200


def saved(image, **options):
    out = io.BytesIO()
    image.save(out, options.pop("format", "PNG"), **options)
    return out.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def written(pixels, kind, depth=8, interlaced=False, before=b""):
    """A PNG by hand, as Pillow writes neither interlaced pictures nor few bits of grey. pixels: [height, width, channels]."""
    height, width = pixels.shape[:2]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] if interlaced else [(0, 0, 1, 1)]
    rows = b""
    for x, y, across, down in passes:
        for row in pixels[y::down, x::across].reshape(len(pixels[y::down]), -1):
            if depth < 8:
                bits = np.unpackbits(np.uint8(row)[:, None], axis=1)[:, 8 - depth:].ravel()
                rows += b"\0" + np.packbits(bits).tobytes()
            else:
                rows += b"\0" + row.astype(">u2" if depth == 16 else np.uint8).tobytes()
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def turned(image, orientation):
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(image.transpose(turns[orientation]), format="JPEG", quality=90, exif=exif)


def ways(grey):
    """Each way's name and file."""
    image = Image.fromarray(grey)
    colours = image.convert("RGB")
    ink = 255 - grey
    yield "plain", saved(image)
    yield "1 bit", saved(image.convert("1", dither=Image.Dither.NONE))
    yield "16 bits", saved(Image.fromarray(grey.astype(np.uint16) * 257))
    yield "rgb", saved(colours)
    yield "palette of 16", saved(colours.quantize(16))
    yield "palette of 2", saved(colours.quantize(2))
    yield "transparent palette", saved(colours.quantize(16), transparency=0)
    yield "grey with transparent white", saved(image, transparency=255)
    yield "rgba, opaque", saved(colours.convert("RGBA"))
    yield "ink as alpha, black", saved(Image.fromarray(np.dstack([0 * ink] * 3 + [ink])))
    yield "ink as alpha, white", saved(Image.fromarray(np.dstack([0 * ink + 255] * 3 + [ink])))
    yield "grey and alpha", saved(Image.fromarray(np.dstack([0 * ink, ink])))
    deep = grey[..., None].astype(np.uint16)
    for depth in (1, 2, 4):
        yield f"grey, {depth} bit", written(deep >> (8 - depth), 0, depth)
    yield "interlaced", written(deep, 0, interlaced=True)
    yield "interlaced rgba", written(np.dstack([grey] * 3 + [0 * grey + 255]), 6, interlaced=True)
    yield "interlaced rgb of 16 bits, 5 x", written(np.asarray(colours.resize((1000, 1000), Image.BICUBIC), np.uint16) * 257, 2, 16, True)
    yield "gamma", written(deep, 0, before=chunk(b"gAMA", struct.pack(">I", 45455)))
    yield "gamma of linear light", written(np.uint16(65535 * (deep / 255.0) ** 2.2), 0, 16, before=chunk(b"gAMA", struct.pack(">I", 100000)))
    yield "jpeg 90", saved(colours, format="JPEG", quality=90)
    yield "jpeg 60", saved(colours, format="JPEG", quality=60)
    yield "grey jpeg", saved(image, format="JPEG", quality=80)
    yield "progressive jpeg", saved(colours, format="JPEG", quality=80, progressive=True)
    for orientation in (3, 6, 8):
        yield f"exif {orientation}", turned(colours, orientation)
    for scale in (0.5, 2, 4, 8):
        side = int(200 * scale)
        yield f"{scale} x", saved(image.resize((side, side), Image.BICUBIC))
    yield "inverted", saved(Image.fromarray(ink))
    share = ink[..., None] / 255
    for name, paper, pen in [("blue on yellow", (250, 235, 140), (20, 40, 160)), ("red on green of the same brightness", (60, 140, 60), (230, 40, 40)), ("pale", (240, 240, 235), (180, 180, 185))]:
        yield name, saved(Image.fromarray(np.uint8(np.round(np.array(paper) * (1 - share) + np.array(pen) * share))))
    yield "margin", saved(Image.fromarray(np.pad(grey, ((10, 150), (90, 40)), constant_values=255)))
    framed = grey.copy()
    framed[0] = framed[-1] = 0
    framed[:, 0] = framed[:, -1] = 0
    yield "frame", saved(Image.fromarray(framed))


names = []
for number in range(count):
    rng = np.random.default_rng([7, number])
    ink = drawn(rng, number % 10, (200, 200), rng.uniform(90, 150), rng.uniform(8, 22), (100 + rng.uniform(-15, 15), 100 + rng.uniform(-15, 15)))
    names = []
    for way, data in ways(np.uint8(np.round(255 * (1 - ink)))):
        names.append(way)
        os.makedirs(f"{folder}/{way}", exist_ok=True)
        # The content decides, not the name.
        with open(f"{folder}/{way}/{number:03}.png", "wb") as file:
            file.write(data)


def answers(way):
    out = subprocess.run([f"{root}/bin/infer", f"{folder}/{way}", "--json", *sys.argv[3:]], capture_output=True, text=True)
    return [item["prediction"] for item in json.loads(out.stdout)]


plain = answers("plain")
right = sum(answer == str(number % 10) for number, answer in enumerate(plain))
print(f"{right} of {count} plain pictures are read as what was drawn")
worst = 0
for way in names[1:]:
    other = sum(a != b for a, b in zip(plain, answers(way), strict=True))
    worst = max(worst, other)
    print(f"{other:4} differ: {way}")
sys.exit(worst > 0)
