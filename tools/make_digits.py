#!/usr/bin/env python3
"""Draws the sample pictures of data/digits, as people's own pictures of digits come; two are MNIST test images.

usage: make_digits.py [FOLDER]     (default: data/digits; needs Pillow and NumPy)

The drawn ones are strokes through a few points, with a nib that grows and shrinks, four times oversampled.
"""
import gzip
import os
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(root, "data/digits")
random = np.random.default_rng(1)

# Strokes in a box of 100 wide and 140 high, x to the right and y downwards.
ZERO = [[(60, 8), (30, 16), (10, 55), (14, 105), (42, 134), (76, 118), (92, 70), (80, 24), (52, 7)]]
THREE = [[(14, 26), (40, 6), (78, 16), (82, 44), (54, 62), (40, 65), (62, 66), (90, 88), (80, 122), (44, 136), (10, 118)]]
FOUR = [[(40, 8), (26, 44), (10, 84), (12, 88), (50, 86), (92, 82)], [(70, 36), (66, 84), (60, 134)]]
FIVE = [[(80, 10), (50, 10), (26, 12), (24, 12), (20, 40), (17, 62), (20, 62), (50, 54), (80, 70), (86, 100), (66, 130), (34, 134), (10, 118)]]
SIX = [[(72, 6), (44, 26), (20, 66), (14, 104), (34, 134), (66, 130), (82, 104), (66, 80), (38, 84), (18, 106)]]
EIGHT = [[(74, 24), (50, 8), (24, 20), (24, 44), (52, 66), (82, 92), (78, 124), (50, 136), (22, 122), (22, 94), (50, 68), (76, 44), (74, 22)]]


def curve(points, steps=40):
    """A Catmull-Rom spline through the points."""
    p = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
        yield from (b + (c - a) * t / 2 + (a - 2.5 * b + 2 * c - d / 2) * t**2 + (1.5 * (b - c) + (d - a) / 2) * t**3)


def ink(strokes, size, box, nib, slant=0.0, wobble=0.25):
    """How much ink each pixel holds, 0 to 255. `box` is the digit's left, top and height in pixels."""
    picture = Image.new("L", (size[0] * 4, size[1] * 4))
    draw = ImageDraw.Draw(picture)
    left, top, height = box
    for stroke in strokes:
        points = list(curve(stroke))
        phase = random.uniform(0, 6)
        for i, (x, y) in enumerate(points):
            y, x = y / 140 * height + top, (x + slant * (140 - y)) / 140 * height + left
            r = nib / 2 * (1 + wobble * np.sin(phase + i / 45))
            draw.ellipse([(v * 4) for v in (x - r, y - r, x + r, y + r)], fill=255)
    return np.asarray(picture.resize(size, Image.Resampling.BOX), float)


def blend(paper, colour, amount):
    """Paper [h, w, c] under ink [h, w] of one colour."""
    a = amount[..., None] / 255
    return paper * (1 - a) + np.array(colour) * a


def save(name, pixels, mode):
    pixels = np.clip(np.round(pixels), 0, 255).astype(np.uint8)
    image = Image.fromarray(pixels.squeeze(-1) if pixels.shape[-1] == 1 else pixels)
    image.convert(mode).save(os.path.join(out, name), optimize=True)


def mnist(name, index):
    with gzip.open(os.path.join(root, "data/mnist/t10k-images-idx3-ubyte.gz")) as f:
        save(name, np.frombuffer(f.read(), np.uint8, 784, 16 + 784 * index).reshape(28, 28, 1).astype(float), "L")


os.makedirs(out, exist_ok=True)
mnist("7_mnist.png", 0)
mnist("2_mnist.png", 1)

# Felt pen on white paper, scanned in grey.
save("3_paper.png", blend(np.full((260, 200, 1), 255.0), (20,), ink(THREE, (200, 260), (45, 50, 150), 15)), "L")

# A thin blue ballpoint in the corner of a note.
save("4_thin.png", blend(np.full((300, 400, 3), 252.0), (30, 50, 160), ink(FOUR, (400, 300), (255, 30, 130), 4.5, 0.1)), "RGB")

# From a drawing program: black strokes on nothing. Where nothing is, the hidden colour is black too.
amount = ink(FIVE, (256, 256), (70, 40, 180), 20)
save("5_transparent.png", np.dstack([np.zeros((256, 256, 3)), amount]), "RGBA")

# Chalk on a board: bright on dark, in colour, rough.
amount = ink(SIX, (320, 320), (100, 60, 200), 18, 0.05) * (0.8 + 0.2 * random.random((320, 320)))
board = np.array([38, 62, 50.0]) + random.normal(0, 3, (320, 320, 1))
save("6_chalk.png", blend(board, (235, 235, 220), amount), "RGB")

# A phone's photo of a felt pen on paper: grey, darker towards one corner, noisy, a little out of focus.
h, w = 360, 480
y, x = np.mgrid[0:h, 0:w]
light = 205 - 70 * (0.6 * x / w + 0.4 * y / h) + 12 * np.sin(x / 170)
paper = np.dstack([light, light * 0.985, light * 0.94])
photo = blend(paper, (58, 56, 60), ink(EIGHT, (w, h), (170, 70, 210), 21, 0.12) * 0.9)
photo = photo + random.normal(0, 4, (h, w, 1)) + random.normal(0, 1.2, (h, w, 3))
smooth = Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.1))
save("8_photo.png", np.asarray(smooth, float), "RGB")

# A large canvas of which the digit takes a small part; a palette of 16 colours.
save("0_large.png", blend(np.full((600, 800, 3), 255.0), (170, 20, 30), ink(ZERO, (800, 600), (300, 180, 240), 22)), "RGB")
palette = Image.open(os.path.join(out, "0_large.png")).quantize(16)
palette.save(os.path.join(out, "0_large.png"), optimize=True)
