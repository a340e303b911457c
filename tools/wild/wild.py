#!/usr/bin/env python3
"""Makes a set of pictures as users have them, to measure `infer` on: digits and pictures without a digit.

usage: wild.py FOLDER [COUNT] [SEED]     (COUNT pictures a kind, default 40; needs NumPy, SciPy, Pillow)

Writes FOLDER/PART/KIND/LABEL_NUMBER.png, where LABEL is the digit, `none`, or the digits of several from left to right. PART is `tune`
for the kinds that the picture steps were developed on, and `test` for kinds that they were not.
The digits are strokes (hand.py) and MNIST's test pictures. The same arguments make the same files.
"""
import gzip
import io
import os
import sys
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from hand import drawn
from scenes import bytes_of, camera, clouds, inked, jpeg, lit, paper, png, ruled, shadowed, table

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
with gzip.open(os.path.join(root, "data/mnist/t10k-images-idx3-ubyte.gz")) as f:
    IMAGES = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 28, 28)
with gzip.open(os.path.join(root, "data/mnist/t10k-labels-idx1-ubyte.gz")) as f:
    LABELS = np.frombuffer(f.read(), np.uint8, offset=8)


def mnist(rng, digit, size, height, centre=None):
    """An MNIST test digit, enlarged smoothly, as ink on a sheet of `size`."""
    index = rng.choice(np.flatnonzero(LABELS == digit))
    image = Image.fromarray(IMAGES[index][2:26, 2:26]).resize((int(height * 1.2),) * 2, Image.BICUBIC)
    sheet = Image.new("L", size)
    cx, cy = centre if centre is not None else (size[0] / 2, size[1] / 2)
    sheet.paste(image, (int(cx - height * 0.6), int(cy - height * 0.6)))
    return np.clip(np.asarray(sheet, float) / 255 * 1.15, 0, 1)


def any_ink(rng, digit, size, height, nib, centre=None, pressure=0.0):
    if rng.random() < 0.3:
        return mnist(rng, digit, size, height, centre)
    return drawn(rng, digit, size, height, nib, centre, pressure=pressure)


def place(rng, w, h, height):
    """A centre somewhere, with the digit inside the picture."""
    half = height / 2 + 1
    return (rng.uniform(min(half * 0.8, w / 2), max(w - half * 0.8, w / 2)), rng.uniform(min(half, h / 2), max(h - half, h / 2)))


KINDS = {}


def kind(part, several=False, **options):
    def add(function):
        KINDS[function.__name__] = (part, function, options)
        return function
    return add


# --- digits, to tune on -------------------------------------------------------------------------------------------------

@kind("tune")
def paint_black(rng, d):
    height = rng.uniform(10, 25)
    ink = drawn(rng, d, (28, 28), height, rng.integers(1, 4), place(rng, 28, 28, height), smooth=rng.random() < 0.4, wobble=5)
    return png(bytes_of(ink))


@kind("tune")
def paint_white(rng, d):
    height = rng.uniform(10, 26)
    ink = drawn(rng, d, (28, 28), height, rng.integers(1, 5), place(rng, 28, 28, height), smooth=rng.random() < 0.4, wobble=5)
    return png(bytes_of(1 - ink))


@kind("tune")
def mnist_moved(rng, d):
    height = rng.uniform(11, 25)
    return png(bytes_of(mnist(rng, d, (28, 28), height, place(rng, 28, 28, height))))


@kind("tune")
def canvas(rng, d):
    side = int(rng.integers(100, 500))
    height = side * rng.uniform(0.35, 0.85)
    ink = drawn(rng, d, (side, side), height, max(2, side * rng.uniform(0.015, 0.09)), place(rng, side, side, height))
    return png(bytes_of(ink if rng.random() < 0.5 else 1 - ink))


@kind("tune")
def canvas_colour(rng, d):
    side = int(rng.integers(80, 400))
    height = side * rng.uniform(0.4, 0.8)
    ink = drawn(rng, d, (side, side), height, max(2, side * rng.uniform(0.02, 0.08)), place(rng, side, side, height))
    if rng.random() < 0.5:  # equal luminance
        a = np.array([0.9, 0.2, 0.2]); b = np.array([0.15, 0.5, 0.15])
        luma = np.array([0.299, 0.587, 0.114])
        b = b * (a @ luma) / (b @ luma)
        pair = [a, np.clip(b, 0, 1)]
        if rng.random() < 0.5: pair.reverse()
        ground, colour = pair
    else:
        while True:
            ground, colour = rng.uniform(0, 1, 3), rng.uniform(0, 1, 3)
            if np.abs(ground - colour).sum() > 0.9: break
    return png(bytes_of(inked(np.ones((side, side, 3)) * ground, ink, colour)))


@kind("tune")
def framed(rng, d):
    side = int(rng.choice([28, 40, 64, 100, 200, 280]))
    height = side * rng.uniform(0.45, 0.75)
    ink = drawn(rng, d, (side, side), height, max(1.5, side * rng.uniform(0.04, 0.09)), smooth=side > 40 or rng.random() < 0.5)
    grey = ink if rng.random() < 0.4 else 1 - ink
    thick = 1 if side < 100 else int(rng.integers(1, 5))
    edge = rng.choice([0.0, 0.5, 1.0]) if rng.random() < 0.5 else 1 - grey[side // 2, 1]
    for s in range(thick):
        grey[s, :] = grey[-1 - s, :] = grey[:, s] = grey[:, -1 - s] = edge
    return png(bytes_of(grey))


@kind("tune")
def touching(rng, d):
    side = int(rng.choice([28, 60, 120, 250]))
    ink = any_ink(rng, d, (side, side), side * rng.uniform(0.96, 1.02), side * rng.uniform(0.06, 0.16))
    if rng.random() < 0.5:  # cropped to the ink
        rows, columns = np.flatnonzero(ink.max(1) > 0.3), np.flatnonzero(ink.max(0) > 0.3)
        ink = ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    return png(bytes_of(ink if rng.random() < 0.5 else 1 - ink))


@kind("tune")
def alpha_ink(rng, d):
    side = int(rng.choice([28, 100, 300]))
    height = side * rng.uniform(0.5, 0.85)
    ink = drawn(rng, d, (side, side), height, max(1.5, side * rng.uniform(0.03, 0.1)), place(rng, side, side, height))
    colour = rng.choice([0.0, 1.0]) * np.ones(3) if rng.random() < 0.6 else rng.uniform(0, 1, 3)
    under = np.ones((side, side, 3)) * (colour if rng.random() < 0.6 else 0)
    under[ink > 0] = colour
    return png(np.dstack([bytes_of(under), bytes_of(ink)]))


@kind("tune")
def alpha_sheet(rng, d):
    side = int(rng.integers(100, 400))
    height = side * rng.uniform(0.3, 0.5)
    ink = drawn(rng, d, (side, side), height, max(2, side * rng.uniform(0.02, 0.06)))
    grey = 1 - ink if rng.random() < 0.7 else ink
    edge = int(side * rng.uniform(0.05, 0.15))
    alpha = np.zeros((side, side)); alpha[edge:-edge, edge:-edge] = 1
    under = np.dstack([grey] * 3) * alpha[..., None]
    return png(np.dstack([bytes_of(under), bytes_of(alpha)]))


@kind("tune")
def palette(rng, d):
    side = int(rng.choice([28, 32, 64, 200]))
    height = side * rng.uniform(0.5, 0.85)
    ink = drawn(rng, d, (side, side), height, max(1.5, side * rng.uniform(0.04, 0.1)), smooth=rng.random() < 0.5)
    image = Image.fromarray(bytes_of(ink if rng.random() < 0.5 else 1 - ink))
    if rng.random() < 0.5:
        return png(image.convert("1", dither=Image.Dither.FLOYDSTEINBERG if rng.random() < 0.3 else Image.Dither.NONE))
    return png(image.convert("RGB").quantize(int(rng.choice([2, 4, 16]))))


def pen_photo(rng, d, side=None, lines=None, shade=False, desk=False, neighbours=False, faint=False, marker=None):
    h = side or int(rng.integers(240, 640))
    w = int(h * rng.choice([0.75, 1.0, 1.33]))
    sheet = paper(rng, h, w)
    height = min(h, w) * rng.uniform(0.3, 0.65)
    marker = rng.random() < 0.4 if marker is None else marker
    nib = height * (rng.uniform(0.07, 0.14) if marker else rng.uniform(0.025, 0.06))
    ink = any_ink(rng, d, (w, h), height, nib, (w / 2 + rng.normal(0, 0.05 * w), h / 2 + rng.normal(0, 0.05 * h)), pressure=0.12)
    if lines is not None:
        pitch = height * rng.uniform(0.28, 1.1) if lines == "ruled" else height * rng.uniform(0.18, 0.6)
        colour = [(0.45, 0.6, 0.85), (0.55, 0.55, 0.6), (0.5, 0.75, 0.8), (0.8, 0.5, 0.5)][rng.integers(4)]
        cover, colour = ruled(rng, h, w, pitch, lines != "ruled", colour, rng.uniform(0.5, 1.0), rng.uniform(1, 3), rng.normal(0, 0.01))
        sheet = sheet * (1 - cover) + colour * sheet * cover
    if neighbours:
        for _ in range(rng.integers(1, 4)):
            side_ = rng.integers(4)
            c = [(-0.12 * height, rng.uniform(0, h)), (w + 0.12 * height, rng.uniform(0, h)), (rng.uniform(0, w), -0.2 * height), (rng.uniform(0, w), h + 0.2 * height)][side_]
            ink = np.maximum(ink, drawn(rng, int(rng.integers(10)), (w, h), height, nib, c))
    colour = np.array([(0.08, 0.08, 0.1), (0.1, 0.15, 0.5), (0.6, 0.1, 0.12), (0.05, 0.3, 0.15), (0.3, 0.3, 0.32)][rng.integers(5)])
    if faint:
        ink, colour = ink * rng.uniform(0.25, 0.5) * np.clip(0.8 + 0.3 * clouds(rng, h, w, 4), 0, 1), np.array((0.35, 0.35, 0.37))
    else:
        ink = ink * rng.uniform(0.8, 1)
    scene = inked(sheet, ink, colour * sheet.mean())
    if desk:
        top = table(rng, h, w)
        a = rng.normal(0, 0.12)
        y, x = np.mgrid[0:h, 0:w]
        u = (x - w / 2) * np.cos(a) + (y - h / 2) * np.sin(a); v = -(x - w / 2) * np.sin(a) + (y - h / 2) * np.cos(a)
        half = height * rng.uniform(0.75, 0.95)
        sides = [rng.random() < 0.75 for _ in range(4)]
        inside = np.ones((h, w), bool)
        for keep, edge in zip(sides, [u > -half, u < half, v > -half, v < half]):
            if keep: inside &= edge
        inside = inside[..., None].astype(float)
        scene = scene * inside + top * (1 - inside)
    scene = lit(rng, scene, rng.uniform(0.1, 0.5))
    if shade: scene = shadowed(rng, scene)
    scene = camera(rng, scene, fill=1 if desk else None, turn=0.08)
    return through_jpeg(rng, scene)


def through_jpeg(rng, scene, low=45, high=95):
    return png(np.asarray(Image.open(io.BytesIO(jpeg(scene, rng.integers(low, high))))))


@kind("tune")
def photo_plain(rng, d): return pen_photo(rng, d)


@kind("tune")
def photo_ruled(rng, d): return pen_photo(rng, d, lines="ruled")


@kind("tune")
def photo_squared(rng, d): return pen_photo(rng, d, lines="squared")


@kind("tune")
def photo_shadow(rng, d): return pen_photo(rng, d, shade=True)


@kind("tune")
def photo_desk(rng, d): return pen_photo(rng, d, desk=True)


@kind("tune")
def photo_neighbours(rng, d): return pen_photo(rng, d, neighbours=True)


@kind("tune")
def photo_faint(rng, d): return pen_photo(rng, d, faint=True)


@kind("tune")
def chalk(rng, d):
    h = int(rng.integers(200, 500)); w = int(h * 1.2)
    board = np.array([(0.12, 0.2, 0.15), (0.08, 0.08, 0.09), (0.15, 0.18, 0.25)][rng.integers(3)]) * np.ones((h, w, 1))
    board = board * (1 + 0.15 * clouds(rng, h, w, 60)[..., None]) + 0.02 * clouds(rng, h, w, 4)[..., None]
    height = h * rng.uniform(0.4, 0.7)
    ink = any_ink(rng, d, (w, h), height, height * rng.uniform(0.04, 0.1), pressure=0.2) * np.clip(0.75 + 0.35 * clouds(rng, h, w, 3), 0, 1)
    return through_jpeg(rng, camera(rng, lit(rng, inked(board, ink, (0.9, 0.9, 0.85)), 0.3)))


@kind("tune")
def specks(rng, d):
    side = int(rng.choice([28, 100, 300]))
    height = side * rng.uniform(0.5, 0.75)
    ink = drawn(rng, d, (side, side), height, max(1.5, side * rng.uniform(0.04, 0.1)))
    for _ in range(rng.integers(2, 12)):
        x, y = rng.integers(0, side, 2); r = max(1, side // 100)
        ink[y:y + r, x:x + r] = 1
    grey = 1 - ink
    return png(bytes_of(np.clip(grey + rng.normal(size=grey.shape) * rng.uniform(0, 0.06), 0, 1)))


# --- digits, kept apart ----------------------------------------------------------------------------------------------

@kind("test")
def tablet_grid(rng, d):
    """A note-taking program: light grid, coloured pen."""
    h = int(rng.integers(150, 500)); w = int(h * rng.uniform(0.7, 1.4))
    height = min(h, w) * rng.uniform(0.4, 0.75)
    dark = rng.random() < 0.3
    ground = np.ones((h, w, 3)) * (0.12 if dark else 0.99)
    cover, _ = ruled(rng, h, w, height * rng.uniform(0.12, 0.4), rng.random() < 0.7, (0, 0, 0), 1, 1.0)
    ground = ground * (1 - cover) + (0.28 if dark else 0.85) * cover
    ink = drawn(rng, d, (w, h), height, max(2, height * rng.uniform(0.02, 0.08)))
    colour = (0.95, 0.95, 0.9) if dark else [(0, 0, 0), (0.1, 0.3, 0.9), (0.9, 0.1, 0.1)][rng.integers(3)]
    return png(bytes_of(inked(ground, ink, colour)))


@kind("test")
def sticky_note(rng, d):
    """A coloured note on a wall or a screen, out of the middle."""
    h = int(rng.integers(300, 800)); w = int(h * rng.choice([0.75, 1.33]))
    scene = lit(rng, np.ones((h, w, 3)) * rng.uniform(0.2, 0.95) * (1 + rng.normal(0, 0.03, 3)) + 0.03 * clouds(rng, h, w, 30)[..., None], 0.3)
    side = min(h, w) * rng.uniform(0.5, 0.85)
    cx, cy = w / 2 + rng.normal(0, 0.05) * w, h / 2 + rng.normal(0, 0.05) * h
    a = rng.normal(0, 0.12)
    y, x = np.mgrid[0:h, 0:w]
    u = (x - cx) * np.cos(a) + (y - cy) * np.sin(a); v = -(x - cx) * np.sin(a) + (y - cy) * np.cos(a)
    inside = ((np.abs(u) < side / 2) & (np.abs(v) < side / 2)).astype(float)[..., None]
    note = np.array([(0.98, 0.9, 0.4), (0.98, 0.6, 0.7), (0.6, 0.9, 0.6), (0.55, 0.8, 0.95)][rng.integers(4)]) * np.ones((h, w, 1))
    height = side * rng.uniform(0.45, 0.75)
    ink = drawn(rng, d, (w, h), height, height * rng.uniform(0.04, 0.12), (cx, cy), pressure=0.1)
    scene = scene * (1 - inside) + lit(rng, inked(note, ink * 0.95, (0.08, 0.08, 0.12)), 0.15) * inside
    return through_jpeg(rng, camera(rng, scene, fill=1), 40, 90)


@kind("test")
def crayon(rng, d):
    h = int(rng.integers(150, 450)); w = h
    height = h * rng.uniform(0.45, 0.8)
    grain = clouds(rng, h, w, 2)
    ink = drawn(rng, d, (w, h), height, height * rng.uniform(0.08, 0.15), pressure=0.2) * np.clip(0.7 + 0.5 * grain, 0.05, 1)
    colour = rng.uniform(0, 0.8, 3)
    return through_jpeg(rng, lit(rng, inked(paper(rng, h, w, 0.015), ink, colour), 0.15))


@kind("test")
def scanned(rng, d):
    """A scan: white, a dark edge at one side, punch holes, a little turn."""
    h = int(rng.integers(300, 900)); w = int(h * 0.8)
    height = h * rng.uniform(0.15, 0.5)
    c = (w * rng.uniform(0.4, 0.6), h * rng.uniform(0.35, 0.65))
    ink = any_ink(rng, d, (w, h), height, height * rng.uniform(0.03, 0.08), c)
    grey = 1 - ink * rng.uniform(0.6, 0.95)
    if rng.random() < 0.6: grey[:, :int(w * rng.uniform(0.005, 0.04))] = rng.uniform(0, 0.4)
    if rng.random() < 0.4: grey[-int(h * rng.uniform(0.005, 0.03)):, :] = rng.uniform(0, 0.4)
    if rng.random() < 0.4:
        y, x = np.mgrid[0:h, 0:w]
        for f in (0.25, 0.75): grey[(x - w * 0.06) ** 2 + (y - h * f) ** 2 < (w * 0.025) ** 2] = 0.1
    grey = np.clip(ndimage.gaussian_filter(grey, 0.6) + rng.normal(size=grey.shape) * 0.012, 0, 1)
    return through_jpeg(rng, np.dstack([grey] * 3), 50, 95)


@kind("test")
def phone(rng, d):
    """All at once: any paper, lines or none, shadow or none, neighbours or none, table or none, JPEG."""
    return pen_photo(
        rng, d, side=int(rng.integers(500, 1000)), lines=[None, None, "ruled", "squared"][rng.integers(4)], shade=rng.random() < 0.4,
        desk=rng.random() < 0.25, neighbours=rng.random() < 0.25)


@kind("test")
def small(rng, d):
    """Cut out of something, 12 to 40 pixels high."""
    h = int(rng.integers(14, 40)); w = int(h * rng.uniform(0.8, 1.3))
    height = min(h, w) * rng.uniform(0.65, 0.95)
    ink = any_ink(rng, d, (w, h), height, max(1.2, height * rng.uniform(0.07, 0.16)))
    a, b = (rng.uniform(0.75, 1), rng.uniform(0, 0.35))
    if rng.random() < 0.3: a, b = b, a
    return through_jpeg(rng, np.dstack([a + (b - a) * ink] * 3), 60, 95)


@kind("test")
def erased(rng, d):
    """White ink on a dark ground with a header bar, as drawing pages have."""
    h = int(rng.integers(200, 480)); w = int(h * rng.uniform(0.8, 1.2))
    top = int(h * rng.uniform(0.05, 0.12))
    height = h * rng.uniform(0.35, 0.65)
    ink = drawn(rng, d, (w, h), height, max(2, height * rng.uniform(0.05, 0.14)), (w / 2, h / 2 + top / 2))
    ground, colour = (0.0, 1.0) if rng.random() < 0.5 else (1.0, 0.0)
    grey = ground + (colour - ground) * ink
    grey[:top] = rng.uniform(0.3, 0.8)
    if rng.random() < 0.5: grey[top:top + 2] = 0.5
    return png(bytes_of(np.dstack([grey] * 3)))


@kind("test")
def whiteboard(rng, d):
    h = int(rng.integers(300, 700)); w = int(h * 1.33)
    board = np.ones((h, w, 3)) * rng.uniform(0.7, 0.92) * (1 + rng.normal(0, 0.02, 3)) + 0.012 * clouds(rng, h, w, 40)[..., None]
    height = h * rng.uniform(0.25, 0.6)
    ink = drawn(rng, d, (w, h), height, height * rng.uniform(0.05, 0.1), place(rng, w, h, height * 1.4), pressure=0.15)
    scene = inked(board, ink * rng.uniform(0.75, 1), [(0.1, 0.1, 0.6), (0.7, 0.1, 0.1), (0.1, 0.1, 0.1), (0.1, 0.5, 0.2)][rng.integers(4)])
    y, x = np.mgrid[0:h, 0:w]
    glare = np.exp(-(((x - rng.uniform(0, w)) / (0.12 * w)) ** 2 + ((y - rng.uniform(0, h * 0.3)) / (0.1 * h)) ** 2)) * rng.uniform(0, 0.3)
    return through_jpeg(rng, camera(rng, lit(rng, scene + glare[..., None], 0.35)))


# --- no digit ---------------------------------------------------------------------------------------------------------

def figure(rng, side, draw, colours=None):
    ground, colour = colours or (rng.uniform(0.6, 1, 3), rng.uniform(0, 0.5, 3))
    if rng.random() < 0.3: ground, colour = colour, ground
    image = Image.new("RGB", (side * 2, side * 2), tuple(int(255 * c) for c in ground))
    draw(ImageDraw.Draw(image), side * 2, tuple(int(255 * c) for c in colour), tuple(int(255 * c) for c in ground))
    return np.asarray(image.resize((side, side), Image.BOX), float) / 255


@kind("tune", none=True)
def noise(rng, d):
    side = int(rng.choice([28, 64, 200]))
    if rng.random() < 0.3: return png(rng.integers(0, 256, (side, side, 3), dtype=np.uint8))
    if rng.random() < 0.4: return png(bytes_of((rng.random((side, side)) < rng.uniform(0.02, 0.5)) * 1.0))
    return png(bytes_of(np.clip(0.5 + 0.2 * clouds(rng, side, side, int(rng.integers(2, 12))), 0, 1)))


@kind("tune", none=True)
def landscape(rng, d):
    h, w = int(rng.integers(150, 500)), int(rng.integers(150, 600))
    y = np.linspace(0, 1, h)[:, None]
    sky = np.array([0.4, 0.6, 0.95]) * (1 - y[..., None] * 0.4) + 0.4 * y[..., None]
    scene = np.broadcast_to(sky, (h, w, 3)).copy()
    for layer in range(3):
        ridge = 0.35 + 0.2 * layer + 0.08 * clouds(rng, 1, w, w // (4 + 4 * layer))[0]
        scene[y > ridge[None, :]] = np.array([0.25, 0.4, 0.2]) * rng.uniform(0.4, 1.2)
    scene += 0.05 * clouds(rng, h, w, 5)[..., None] + 0.05 * clouds(rng, h, w, 20)[..., None]
    return through_jpeg(rng, scene)


@kind("tune", none=True)
def animal(rng, d):
    """Something round and furry on grass: ellipses with texture."""
    h, w = int(rng.integers(150, 500)), int(rng.integers(150, 500))
    y, x = np.mgrid[0:h, 0:w]
    scene = np.array([0.35, 0.5, 0.25]) * (1 + 0.2 * clouds(rng, h, w, 8)[..., None]) + 0.08 * rng.normal(size=(h, w, 1))
    fur = rng.uniform(0.1, 0.9, 3)
    for cx, cy, a, b in [(0.5, 0.6, 0.25, 0.2), (0.7, 0.4, 0.13, 0.13), (0.35, 0.8, 0.05, 0.15), (0.62, 0.8, 0.05, 0.15), (0.78, 0.27, 0.04, 0.08), (0.64, 0.27, 0.04, 0.08)]:
        cx, cy = cx + rng.normal(0, 0.04), cy + rng.normal(0, 0.04)
        inside = ((x / w - cx) / a) ** 2 + ((y / h - cy) / b) ** 2 < 1
        scene[inside] = (fur * (1 + 0.25 * clouds(rng, h, w, 4)[..., None]) - 0.2 * ((y / h - cy) / b)[..., None])[inside]
    for cx in (0.66, 0.74):
        scene[((x / w - cx) ** 2 + (y / h - 0.38) ** 2) < 0.0004] = 0.02
    return through_jpeg(rng, ndimage.gaussian_filter(scene, (1, 1, 0)))


@kind("tune", none=True)
def texture(rng, d):
    side = int(rng.integers(64, 400))
    y, x = np.mgrid[0:side, 0:side]
    p = rng.uniform(4, side / 4)
    a = rng.uniform(0, np.pi)
    u, v = x * np.cos(a) + y * np.sin(a), y * np.cos(a) - x * np.sin(a)
    form = rng.integers(4)
    if form == 0: grey = (u // p + v // p) % 2
    elif form == 1: grey = (u // p) % 2
    elif form == 2: grey = 0.5 + 0.5 * np.sin(u / p) * np.sin(v / p * 0.7)
    else: grey = ((((u // p) % 2) * p + v) % (2 * p) < 0.15 * p) | (u % p < 0.12 * p)
    grey = grey * rng.uniform(0.4, 0.9) + 0.05 * clouds(rng, side, side, 5)
    return png(bytes_of(np.clip(grey, 0, 1)))


@kind("tune", none=True)
def shape(rng, d):
    def draw(pen, s, c, g):
        form = rng.integers(7)
        q = lambda *p: [(s * a, s * b) for a, b in p]
        m = s * rng.uniform(0.15, 0.3)
        box = [m, m, s - m, s - m]
        if form == 0: pen.ellipse(box, fill=c)
        elif form == 1: pen.rectangle(box, fill=c)
        elif form == 2: pen.polygon(q((0.5, 0.15), (0.85, 0.8), (0.15, 0.8)), fill=c)
        elif form == 3:
            t = np.arange(10) * np.pi / 5 - np.pi / 2
            r = np.where(np.arange(10) % 2 == 0, 0.4, 0.17)
            pen.polygon(q(*zip(0.5 + r * np.cos(t), 0.5 + r * np.sin(t))), fill=c)
        elif form == 4:
            t = np.linspace(0, 2 * np.pi, 60)
            pen.polygon(q(*zip(0.5 + 0.022 * 16 * np.sin(t) ** 3, 0.47 - 0.022 * (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)))), fill=c)
        elif form == 5: pen.polygon(q((0.15, 0.42), (0.55, 0.42), (0.55, 0.25), (0.85, 0.5), (0.55, 0.75), (0.55, 0.58), (0.15, 0.58)), fill=c)
        else:
            for k in range(3): pen.rectangle([s * 0.2, s * (0.25 + 0.2 * k), s * 0.8, s * (0.33 + 0.2 * k)], fill=c)
    return png(bytes_of(figure(rng, int(rng.choice([32, 64, 128, 256])), draw)))


WORDS = "the quick brown fox jumps over lazy dogs while seven wizards pack my box with jugs of liquor and sphinx judge".split()


def font(size):
    for name in ("DejaVuSans.ttf", "LiberationSans-Regular.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


@kind("tune", none=True)
def text(rng, d):
    w, h = int(rng.integers(200, 500)), int(rng.integers(120, 400))
    image = Image.new("L", (w, h), 250)
    pen = ImageDraw.Draw(image)
    size = int(rng.integers(11, 24))
    for y in range(8, h - size, int(size * 1.5)):
        pen.text((8, y), " ".join(rng.choice(WORDS, 12)), fill=20, font=font(size))
    return png(image)


@kind("tune", none=True)
def blank(rng, d):
    h, w = int(rng.choice([28, 200, 400])), int(rng.choice([28, 200, 400]))
    if rng.random() < 0.3: return png(bytes_of(np.ones((h, w)) * rng.choice([0, 0.5, 1])))
    return through_jpeg(rng, camera(rng, lit(rng, paper(rng, h, w), 0.4)))


@kind("test", none=True)
def house(rng, d):
    def draw(pen, s, c, g):
        wd = max(2, int(s * rng.uniform(0.012, 0.04)))
        j = lambda a: s * (a + rng.normal(0, 0.02))
        l, r, t, b = j(0.2), j(0.8), j(0.45), j(0.85)
        pen.line([(l, t), (r, t), (r, b), (l, b), (l, t), ((l + r) / 2, j(0.15)), (r, t)], fill=c, width=wd)
        pen.rectangle([j(0.45), j(0.62), j(0.58), b], outline=c, width=wd)
        pen.rectangle([j(0.26), j(0.52), j(0.38), j(0.62)], outline=c, width=wd)
    return png(bytes_of(figure(rng, int(rng.choice([28, 64, 200])), draw)))


@kind("test", none=True)
def flower(rng, d):
    def draw(pen, s, c, g):
        k = int(rng.integers(5, 9)); r = s * rng.uniform(0.1, 0.14)
        for i in range(k):
            x, y = s * (0.5 + 0.2 * np.cos(2 * np.pi * i / k)), s * (0.38 + 0.2 * np.sin(2 * np.pi * i / k))
            (pen.ellipse([x - r, y - r, x + r, y + r], fill=c) if rng.random() < 0.5 else pen.ellipse([x - r, y - r, x + r, y + r], outline=c, width=max(2, int(s * 0.02))))
        pen.line([(s * 0.5, s * 0.6), (s * 0.5, s * 0.95)], fill=c, width=max(2, int(s * 0.03)))
    return png(bytes_of(figure(rng, int(rng.choice([28, 64, 200])), draw)))


@kind("test", none=True)
def face(rng, d):
    def draw(pen, s, c, g):
        wd = max(2, int(s * rng.uniform(0.015, 0.05)))
        pen.ellipse([s * 0.12, s * 0.12, s * 0.88, s * 0.88], outline=c, width=wd)
        for x in (0.36, 0.64): pen.ellipse([s * (x - 0.05), s * 0.33, s * (x + 0.05), s * 0.43], fill=c)
        pen.arc([s * 0.3, s * 0.4, s * 0.7, s * 0.75], 20, 160, fill=c, width=wd)
    return png(bytes_of(figure(rng, int(rng.choice([28, 64, 200])), draw)))


@kind("test", none=True)
def code(rng, d):
    n = int(rng.integers(15, 30))
    cells = rng.random((n, n)) < 0.5
    for y, x in ((0, 0), (0, n - 7), (n - 7, 0)):
        cells[y:y + 7, x:x + 7] = 1; cells[y + 1:y + 6, x + 1:x + 6] = 0; cells[y + 2:y + 5, x + 2:x + 5] = 1
    big = np.kron(np.pad(cells, 2), np.ones((int(rng.integers(2, 9)),) * 2))
    return png(bytes_of(1 - big))


@kind("test", none=True)
def fractal(rng, d):
    side = int(rng.integers(80, 300))
    cx, cy, r = [(-0.5, 0, 1.5), (-0.745, 0.11, 0.02), (0.28, 0.01, 0.05), (-1.25, 0.02, 0.2)][rng.integers(4)]
    y, x = np.mgrid[-1:1:side * 1j, -1:1:side * 1j]
    c = (cx + r * x) + 1j * (cy + r * y); z = 0 * c; n = np.zeros(c.shape)
    with np.errstate(all="ignore"):
        for _ in range(40):
            z = z * z + c; n += np.abs(z) < 2
    return png(bytes_of(n / 40))


@kind("test", none=True)
def tree(rng, d):
    def draw(pen, s, c, g):
        def grow(x, y, a, length, depth):
            if depth == 0: return
            u, v = x + length * np.cos(a), y - length * np.sin(a)
            pen.line([(x, y), (u, v)], fill=c, width=max(1, int(s * 0.006 * depth)))
            for _ in range(2 + (rng.random() < 0.4)): grow(u, v, a + rng.normal(0, 0.5), length * rng.uniform(0.6, 0.8), depth - 1)
        grow(s / 2, s * 0.95, np.pi / 2, s * 0.25, 6)
    return png(bytes_of(figure(rng, int(rng.choice([64, 200, 300])), draw)))


@kind("test", none=True)
def portrait(rng, d):
    """A photo of a person against a wall, by smooth shading."""
    h, w = int(rng.integers(200, 500)), int(rng.integers(200, 400))
    y, x = np.mgrid[0:h, 0:w]; x, y = x / w, y / h
    scene = rng.uniform(0.3, 0.9, 3) * np.ones((h, w, 1)) * (1 - 0.3 * x[..., None])
    def blob(cx, cy, a, b, colour):
        e = ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2
        m = np.clip((1 - e) * 8, 0, 1)[..., None]
        return scene * (1 - m) + np.array(colour) * (1 - 0.4 * e[..., None].clip(0, 1) * (x[..., None] > cx)) * m
    scene = blob(0.5, 1.05, 0.42, 0.35, rng.uniform(0, 0.8, 3))
    scene = blob(0.5, 0.38, 0.22, 0.28, rng.uniform(0.05, 0.4, 3))
    scene = blob(0.5, 0.45, 0.17, 0.23, np.array([0.85, 0.65, 0.55]) * rng.uniform(0.4, 1.1))
    for cx in (0.43, 0.57): scene = blob(cx, 0.42, 0.025, 0.015, (0.1, 0.1, 0.1))
    scene = blob(0.5, 0.56, 0.06, 0.015, (0.6, 0.25, 0.25))
    return through_jpeg(rng, scene + 0.02 * rng.normal(size=scene.shape))


@kind("test", none=True)
def icon(rng, d):
    def draw(pen, s, c, g):
        wd = max(3, int(s * rng.uniform(0.05, 0.1)))
        form = rng.integers(5)
        if form == 0: pen.line([(s * .18, s * .5), (s * .42, s * .75), (s * .85, s * .22)], fill=c, width=wd)  # tick
        elif form == 1:  # magnifier
            pen.ellipse([s * .15, s * .15, s * .62, s * .62], outline=c, width=wd); pen.line([(s * .56, s * .56), (s * .87, s * .87)], fill=c, width=wd)
        elif form == 2:  # envelope
            pen.rectangle([s * .12, s * .25, s * .88, s * .75], outline=c, width=wd); pen.line([(s * .12, s * .25), (s * .5, s * .55), (s * .88, s * .25)], fill=c, width=wd)
        elif form == 3:  # gear
            for i in range(8):
                a = i * np.pi / 4; pen.line([(s * .5, s * .5), (s * (.5 + .38 * np.cos(a)), s * (.5 + .38 * np.sin(a)))], fill=c, width=wd)
            pen.ellipse([s * .25, s * .25, s * .75, s * .75], fill=c); pen.ellipse([s * .4, s * .4, s * .6, s * .6], fill=g)
        else:  # hash
            for t in (.36, .64): pen.line([(s * t, s * .12), (s * t, s * .88)], fill=c, width=wd); pen.line([(s * .12, s * t), (s * .88, s * t)], fill=c, width=wd)
    return png(bytes_of(figure(rng, int(rng.choice([28, 48, 128])), draw)))


# --- several digits ---------------------------------------------------------------------------------------------------

def row(rng, count, photo):
    h = int(rng.integers(100, 300)); step = h * rng.uniform(0.5, 0.75)
    w = int(step * count + h * 0.4)
    digits = rng.integers(0, 10, count)
    ink = np.zeros((h, w))
    nib = h * rng.uniform(0.025, 0.06)
    for i, digit in enumerate(digits):
        ink = np.maximum(ink, drawn(rng, int(digit), (w, h), h * rng.uniform(0.5, 0.62), nib, (h * 0.2 + step * (i + 0.5), h * rng.uniform(0.46, 0.54))))
    label = "".join(map(str, digits))
    if photo: return label, through_jpeg(rng, camera(rng, lit(rng, inked(paper(rng, h, w), ink * 0.9, (0.1, 0.1, 0.2)), 0.3), turn=0.02, bend=0.03))
    return label, png(bytes_of(1 - ink if rng.random() < 0.6 else ink))


@kind("tune", several=True)
def several_drawn(rng, d): return row(rng, int(rng.integers(2, 6)), False)


@kind("test", several=True)
def several_photo(rng, d): return row(rng, int(rng.integers(2, 6)), True)


def main():
    folder = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    for name, (part, make, options) in KINDS.items():
        os.makedirs(f"{folder}/{part}/{name}", exist_ok=True)
        for i in range(count):
            rng = np.random.default_rng([seed, zlib.crc32(name.encode()), i])
            made = make(rng, i % 10)
            label, data = made if isinstance(made, tuple) else ("none" if options.get("none") else str(i % 10), made)
            with open(f"{folder}/{part}/{name}/{label}_{i:03}.png", "wb") as f:
                f.write(data)


if __name__ == "__main__":
    main()
