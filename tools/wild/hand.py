"""Digits drawn from strokes: skeletons of the ways in which people write each digit, and brushes.

Other skeletons than those that Cellar's own generator (Sources/Datasets/Drawn) trains on: these only measure.
"""
import numpy as np
from PIL import Image, ImageDraw

# Strokes in a box of 100 × 140, x to the right and y downwards. A digit has several forms; a stroke's name says whether it
# is a spline (s) or has corners (p).
FORMS = {
    0: [
        [("s", [(52, 2), (18, 20), (3, 70), (16, 122), (50, 138), (84, 120), (97, 70), (84, 18), (50, 2)])],
        [("s", [(66, 8), (30, 10), (6, 60), (14, 118), (46, 137), (86, 112), (95, 60), (70, 12), (44, 4)])],
        [("s", [(40, 10), (12, 50), (8, 100), (34, 136), (72, 130), (92, 84), (84, 30), (56, 4), (30, 22)])],
    ],
    1: [
        [("p", [(50, 2), (50, 138)])],
        [("p", [(26, 30), (56, 3), (54, 138)])],
        [("p", [(20, 42), (58, 3), (58, 137)]), ("p", [(26, 137), (90, 137)])],
        [("p", [(62, 2), (42, 138)])],
        [("p", [(36, 22), (54, 4), (54, 136)]), ("p", [(34, 136), (76, 136)])],
        [("p", [(8, 56), (60, 4), (58, 138)])],
    ],
    2: [
        [("s", [(8, 34), (24, 8), (58, 3), (86, 26), (78, 62), (44, 100), (8, 136)]), ("p", [(8, 136), (94, 136)])],
        [("s", [(10, 30), (36, 4), (78, 12), (84, 48), (56, 92), (22, 124), (6, 128), (14, 112), (40, 122), (68, 136), (96, 126)])],
        [("p", [(10, 8), (86, 8), (10, 134), (92, 134)])],
        [("s", [(14, 40), (20, 12), (54, 2), (82, 22), (74, 60), (36, 104), (10, 132), (50, 130), (92, 134)])],
    ],
    3: [
        [("s", [(12, 18), (44, 2), (80, 18), (76, 50), (40, 66), (80, 78), (92, 108), (60, 136), (10, 126)])],
        [("p", [(12, 6), (86, 6), (42, 58)]), ("s", [(42, 58), (80, 66), (90, 102), (58, 136), (10, 122)])],
        [("s", [(14, 28), (30, 6), (66, 4), (80, 30), (62, 58), (34, 64), (36, 66), (74, 74), (88, 104), (66, 132), (28, 136), (8, 114)])],
    ],
    4: [
        [("p", [(34, 4), (10, 82), (92, 82)]), ("p", [(70, 36), (68, 138)])],
        [("p", [(66, 138), (66, 4), (6, 96), (96, 96)])],
        [("s", [(16, 4), (12, 44), (18, 70), (50, 76), (84, 66)]), ("p", [(84, 4), (80, 138)])],
        [("p", [(12, 4), (12, 72), (88, 72)]), ("p", [(76, 10), (76, 138)])],
    ],
    5: [
        [("p", [(86, 6), (24, 6), (18, 62)]), ("s", [(18, 62), (54, 50), (88, 72), (86, 112), (50, 138), (8, 124)])],
        [("s", [(84, 8), (42, 8), (26, 30), (20, 58), (54, 56), (86, 80), (76, 122), (38, 138), (8, 120)])],
        [("s", [(24, 12), (18, 58), (50, 52), (84, 76), (80, 116), (46, 136), (10, 126)]), ("p", [(24, 10), (88, 4)])],
    ],
    6: [
        [("s", [(74, 4), (38, 30), (14, 76), (18, 120), (48, 138), (82, 120), (86, 88), (56, 70), (20, 90)])],
        [("s", [(54, 2), (22, 48), (8, 98), (26, 134), (62, 136), (84, 108), (68, 80), (34, 82), (12, 106)])],
        [("s", [(84, 16), (56, 4), (24, 30), (10, 80), (22, 126), (54, 138), (84, 116), (78, 82), (46, 72), (16, 92)])],
    ],
    7: [
        [("p", [(6, 8), (92, 8), (40, 138)])],
        [("p", [(6, 8), (92, 8), (40, 138)]), ("p", [(28, 70), (84, 70)])],
        [("p", [(10, 28), (12, 8), (90, 8)]), ("s", [(90, 8), (62, 60), (46, 138)])],
        [("s", [(8, 16), (40, 6), (88, 10), (64, 60), (48, 138)]), ("p", [(30, 78), (82, 66)])],
    ],
    8: [
        [("s", [(76, 22), (46, 2), (18, 24), (34, 56), (78, 90), (80, 122), (46, 138), (14, 118), (26, 86), (68, 54), (80, 24)])],
        [("s", [(50, 2), (20, 18), (22, 52), (50, 66), (80, 50), (78, 16), (50, 2)]), ("s", [(50, 66), (12, 86), (14, 124), (50, 138), (88, 122), (86, 86), (50, 66)])],
        [("s", [(84, 12), (46, 4), (20, 26), (48, 62), (82, 98), (62, 134), (24, 130), (16, 98), (52, 62), (86, 14)])],
    ],
    9: [
        [("s", [(84, 30), (56, 4), (18, 20), (14, 56), (44, 74), (80, 52), (84, 22)]), ("p", [(84, 22), (78, 138)])],
        [("s", [(82, 20), (48, 4), (16, 26), (24, 64), (62, 66), (84, 28), (86, 70), (70, 116), (40, 138), (14, 124)])],
        [("s", [(80, 40), (56, 72), (20, 60), (18, 22), (50, 2), (80, 18), (76, 70), (46, 138)])],
        [("s", [(78, 14), (40, 6), (14, 40), (38, 70), (76, 44), (82, 12), (74, 80), (66, 138)])],
    ],
}


def spline(points, steps=16):
    p = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = [
        b + (c - a) * t / 2 + (a - 2.5 * b + 2 * c - d / 2) * t**2 + (1.5 * (b - c) + (d - a) / 2) * t**3
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:])
    ]
    return np.concatenate([*parts, p[-1:]])


def strokes(rng, digit, wobble=4.0):
    """One person's digit: point lists about the origin, in a box of height about 1."""
    form = FORMS[digit][rng.integers(len(FORMS[digit]))]
    a = rng.normal(0, 0.06)
    shear = rng.normal(0.08, 0.12)
    wide = rng.uniform(0.75, 1.2)
    m = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ np.array([[wide, -shear], [0, 1]])
    moved = {}
    out = []
    for kind, points in form:
        # Equal points stay together, so that strokes go on meeting.
        q = []
        for point in points:
            if point not in moved:
                moved[point] = np.array(point, float) + rng.normal(0, wobble, 2)
            q.append(moved[point])
        line = spline(q) if kind == "s" else np.array(q)
        out.append(((line - (50, 70)) / 140) @ m.T)
    return out


def drawn(rng, digit, size, height, nib, centre=None, smooth=True, wobble=4.0, pressure=0.0):
    """Ink from 0 to 1 on a sheet of `size` (width, height) in pixels."""
    k = 4 if smooth else 1
    picture = Image.new("L", (size[0] * k, size[1] * k))
    pen = ImageDraw.Draw(picture)
    lines = strokes(rng, digit, wobble)
    everything = np.concatenate(lines)
    low, high = everything.min(0), everything.max(0)
    scale = height / max((high - low).max(), 1e-6)
    middle = np.array(centre if centre is not None else (size[0] / 2, size[1] / 2))
    for line in lines:
        q = ((line - (low + high) / 2) * scale + middle) * k
        width = nib * k
        if not smooth and nib <= 1:
            pen.line([tuple(np.round(x)) for x in q], fill=255, width=1)
            continue
        # Round stamps along the line.
        steps = np.concatenate([np.linspace(a, b, max(2, int(np.hypot(*(b - a)) / max(1, width / 6)))) for a, b in zip(q, q[1:])])
        force = 1 + pressure * np.interp(np.linspace(0, 1, len(steps)), np.linspace(0, 1, 6), rng.normal(0, 1, 6))
        for (x, y), f in zip(steps, force):
            r = max(0.5, width * f / 2)
            if not smooth:
                x, y = round(x), round(y)
                r = (nib - 1) / 2
                pen.rectangle([x - r, y - r, x + r, y + r], fill=255)
            else:
                pen.ellipse([x - r, y - r, x + r, y + r], fill=255)
    if smooth:
        picture = picture.resize(size, Image.BOX)
    return np.asarray(picture, float) / 255
