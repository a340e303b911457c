#!/usr/bin/env python3
"""Makes a third set of pictures, on which nothing was tuned: other kinds than wild.py's, digits from other skeletons.

usage: hold.py FOLDER [COUNT] [SEED]     (as wild.py; writes FOLDER/hold/KIND/LABEL_NUMBER.png)
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

import hand
import wild
from hand import drawn
from scenes import bytes_of, camera, clouds, inked, lit, paper, png, shadowed
from wild import figure, kind, mnist, place, through_jpeg

wild.KINDS.clear()

hand.FORMS = {
    0: [[("s", [(56, 4), (24, 8), (4, 46), (10, 104), (40, 137), (76, 130), (94, 84), (86, 30), (60, 6), (48, 3)])],
        [("s", [(30, 16), (60, 2), (90, 40), (88, 106), (54, 138), (16, 110), (12, 52), (34, 10)])]],
    1: [[("p", [(46, 4), (54, 136)])], [("s", [(22, 44), (40, 30), (54, 4)]), ("p", [(54, 4), (50, 138)])],
        [("p", [(30, 28), (56, 6), (56, 134)]), ("p", [(30, 134), (82, 132)])]],
    2: [[("s", [(16, 28), (30, 8), (62, 6), (78, 30), (66, 70), (36, 106), (14, 132)]), ("s", [(14, 132), (40, 128), (66, 134), (90, 128)])],
        [("s", [(8, 44), (22, 14), (58, 4), (84, 30), (72, 68), (30, 110)]), ("p", [(30, 110), (10, 136), (90, 136)])]],
    3: [[("s", [(10, 14), (40, 2), (76, 14), (72, 48), (44, 62)]), ("s", [(44, 62), (84, 76), (86, 116), (50, 138), (14, 130)])],
        [("s", [(16, 6), (50, 10), (82, 8)]), ("p", [(82, 8), (46, 54)]), ("s", [(46, 54), (80, 62), (88, 100), (64, 132), (12, 128)])]],
    4: [[("p", [(54, 4), (8, 88), (94, 86)]), ("p", [(66, 44), (66, 136)])], [("s", [(20, 6), (14, 60), (22, 74), (88, 70)]), ("p", [(74, 10), (72, 136)])],
        [("p", [(70, 136), (72, 6), (10, 90), (92, 88)])]],
    5: [[("s", [(82, 4), (50, 8), (26, 6)]), ("p", [(26, 6), (20, 58)]), ("s", [(20, 58), (60, 50), (90, 88), (66, 132), (12, 128)])],
        [("p", [(26, 8), (22, 56)]), ("s", [(22, 56), (58, 54), (84, 84), (72, 126), (34, 138), (10, 128)]), ("s", [(24, 8), (50, 10), (86, 4)])]],
    6: [[("s", [(66, 2), (34, 36), (12, 84), (20, 128), (54, 138), (84, 112), (72, 82), (38, 80), (16, 104)])],
        [("s", [(80, 10), (46, 8), (18, 50), (14, 112), (46, 138), (80, 124), (82, 90), (52, 74), (18, 96)])]],
    7: [[("s", [(8, 12), (46, 6), (90, 10)]), ("s", [(90, 10), (58, 70), (44, 138)])], [("p", [(8, 8), (90, 6), (50, 136)]), ("p", [(34, 66), (86, 62)])],
        [("p", [(10, 26), (10, 8), (88, 8), (46, 136)])]],
    8: [[("s", [(72, 12), (38, 4), (16, 30), (50, 62), (84, 98), (66, 134), (30, 134), (14, 104), (46, 66), (80, 32), (70, 10)])],
        [("s", [(48, 4), (22, 22), (26, 52), (52, 64), (76, 46), (74, 18), (46, 4)]), ("s", [(52, 64), (16, 90), (22, 130), (56, 136), (84, 112), (76, 80), (50, 64)])]],
    9: [[("s", [(78, 22), (46, 4), (16, 32), (28, 66), (62, 64), (80, 24)]), ("s", [(80, 24), (80, 70), (62, 138)])],
        [("s", [(82, 34), (60, 6), (26, 10), (14, 44), (40, 70), (72, 52), (82, 30), (78, 90), (50, 136), (18, 130)])]],
}

DARK = [(0.1, 0.1, 0.15), (0.1, 0.15, 0.5), (0.45, 0.08, 0.1), (0.2, 0.2, 0.2)]


def ink_of(rng, d, w, h, low=0.3, high=0.7, nib=(0.05, 0.12), pressure=0.15):
    height = h * rng.uniform(low, high)
    if rng.random() < 0.35:
        return mnist(rng, d, (w, h), height, place(rng, w, h, height * 1.2))
    return drawn(rng, d, (w, h), height, max(2, height * rng.uniform(*nib)), place(rng, w, h, height * 1.2), pressure=pressure)


def size(rng, low=250, high=700):
    h = int(rng.integers(low, high))
    return int(h * rng.uniform(0.8, 1.3)), h


# --- digits -------------------------------------------------------------------------------------------------------------

@kind("hold")
def mnist_shifted(rng, d):
    index = rng.choice(np.flatnonzero(wild.LABELS == d))
    image = np.roll(wild.IMAGES[index], tuple(rng.integers(-2, 3, 2)), (0, 1))
    return png(image if rng.random() < 0.6 else 255 - image)


@kind("hold")
def photo_notepad(rng, d):
    w, h = size(rng)
    sheet = paper(rng, h, w) * np.array([1, 0.97, 0.72])
    pitch, tilt = h / rng.uniform(8, 16), rng.normal(0, 0.02)
    y, x = np.mgrid[0:h, 0:w]
    v = (y + tilt * x + rng.uniform(0, pitch)) % pitch
    sheet[v < max(1, h / 350)] *= np.array([0.75, 0.85, 0.95])
    margin = int(w * rng.uniform(0.05, 0.12))
    sheet[:, margin:margin + max(1, w // 300)] *= np.array([0.95, 0.7, 0.7])
    return through_jpeg(rng, camera(rng, lit(rng, inked(sheet, ink_of(rng, d, w, h) * rng.uniform(0.7, 1), DARK[rng.integers(4)]), 0.3), turn=0.03))


@kind("hold")
def photo_crumpled(rng, d):
    w, h = size(rng)
    folds = 1 + 0.05 * clouds(rng, h, w, 60)[..., None] + 0.03 * np.abs(clouds(rng, h, w, 25))[..., None]
    scene = inked(paper(rng, h, w, 0.015), ink_of(rng, d, w, h) * rng.uniform(0.75, 1), DARK[rng.integers(4)]) * folds
    return through_jpeg(rng, camera(rng, lit(rng, scene, 0.4)))


@kind("hold")
def photo_board(rng, d):
    w, h = size(rng)
    board = np.array([0.12, 0.26, 0.2]) * np.ones((h, w, 1)) + 0.03 * clouds(rng, h, w, 50)[..., None]
    ink = ink_of(rng, d, w, h, nib=(0.04, 0.09))
    ink = ink * np.clip(0.85 + 0.25 * clouds(rng, h, w, 2), 0.3, 1)
    return through_jpeg(rng, camera(rng, lit(rng, inked(board, ink * 0.85, (0.92, 0.92, 0.88)), 0.3)))


@kind("hold")
def photo_pencil(rng, d):
    w, h = size(rng)
    ink = ink_of(rng, d, w, h, nib=(0.03, 0.06))
    ink = ink * np.clip(0.75 + 0.3 * clouds(rng, h, w, 2), 0.2, 1)
    return through_jpeg(rng, camera(rng, shadowed(rng, inked(paper(rng, h, w), ink * rng.uniform(0.5, 0.8), (0.3, 0.3, 0.33)))))


@kind("hold")
def photo_marker(rng, d):
    w, h = size(rng)
    ink = np.clip(ndimage.gaussian_filter(ink_of(rng, d, w, h, nib=(0.12, 0.2)), h / 150) * 1.2, 0, 1)
    return wild.jpeg(np.clip(camera(rng, lit(rng, inked(paper(rng, h, w), ink, DARK[rng.integers(4)]), 0.4)), 0, 1), int(rng.integers(25, 60)))


@kind("hold")
def finger(rng, d):
    w, h = size(rng, 150, 400)
    y = np.linspace(0, 1, h)[:, None, None]
    a, b = rng.uniform(0, 1, 3), rng.uniform(0, 1, 3)
    dark = rng.random() < 0.5
    ground = (a * (1 - y) + b * y) * (0.35 if dark else 1) * np.ones((1, w, 1)) + (0 if dark else 0.6)
    ink = drawn(rng, d, (w, h), h * rng.uniform(0.4, 0.8), h * rng.uniform(0.05, 0.1))
    return png(bytes_of(np.clip(inked(np.clip(ground, 0, 1), ink, (1, 1, 1) if dark else (0, 0, 0)), 0, 1)))


@kind("hold")
def window(rng, d):
    w, h = size(rng, 250, 500)
    image = np.ones((h, w, 3)) * (0.95 if rng.random() < 0.5 else 0.2)
    bar = int(h * 0.08)
    image[:bar] = rng.uniform(0.2, 0.9, 3)
    left, top, side = int(w * 0.1), bar + int(h * 0.05), int(min(w * 0.8, h * 0.75))
    ground = rng.choice([0.0, 1.0])
    image[top:top + side, left:left + side] = ground
    image[top - 1, left:left + side] = image[top + side, left:left + side] = 0.5
    ink = np.zeros((h, w))
    ink[top:top + side, left:left + side] = drawn(rng, d, (side, side), side * rng.uniform(0.4, 0.75), side * rng.uniform(0.03, 0.1))
    return png(bytes_of(inked(image, ink, (1 - ground,) * 3)))


@kind("hold")
def printed(rng, d):
    fonts = ["DejaVuSans", "DejaVuSerif", "DejaVuSans-Bold", "LiberationSans-Regular", "LiberationSerif-Regular", "LiberationMono-Bold"]
    side = int(rng.choice([28, 64, 128, 300]))
    image = Image.new("L", (side, side), 255)
    ImageDraw.Draw(image).text((side / 2, side / 2), str(d), fill=0, anchor="mm", font=ImageFont.truetype(f"{fonts[rng.integers(6)]}.ttf", int(side * rng.uniform(0.6, 1))))
    return png(image if rng.random() < 0.6 else 255 - np.asarray(image))


@kind("hold")
def marked(rng, d):
    """Slashed and dotted zeros, underlined sixes and nines, crossed sevens, and others as they are."""
    w, h = size(rng, 150, 400)
    height = h * rng.uniform(0.45, 0.65)
    nib = height * rng.uniform(0.05, 0.1)
    ink = drawn(rng, d, (w, h), height, nib)
    mark = Image.new("L", (w, h))
    pen = ImageDraw.Draw(mark)
    x, y = w / 2, h / 2
    if d == 0 and rng.random() < 0.5: pen.ellipse([x - nib * 0.7, y - nib * 0.7, x + nib * 0.7, y + nib * 0.7], fill=255)
    elif d == 0: pen.line([(x + height * 0.28, y - height * 0.42), (x - height * 0.28, y + height * 0.42)], fill=255, width=max(2, int(nib * 0.8)))
    elif d in (6, 9): pen.line([(x - height * 0.25, y + height * 0.62), (x + height * 0.25, y + height * 0.62)], fill=255, width=max(2, int(nib)))
    ink = np.maximum(ink, np.asarray(mark, float) / 255)
    return png(bytes_of(1 - ink))


# --- no digit -----------------------------------------------------------------------------------------------------------

def line_art(draw):
    """A kind of line drawings: `draw` gets a pen, the random numbers, the side, the colours and the width of lines."""
    def make(rng, d):
        width = rng.uniform(0.012, 0.05)
        scene = figure(rng, int(rng.choice([28, 64, 150, 300])), lambda pen, s, c, g: draw(pen, rng, s, c, g, max(2, int(s * width))))
        return png(bytes_of(scene))
    make.__name__ = draw.__name__
    return kind("hold", none=True)(make)


def circle(pen, x, y, r, c, wd): pen.ellipse([x - r, y - r, x + r, y + r], outline=c, width=wd)
def dot(pen, x, y, r, c): pen.ellipse([x - r, y - r, x + r, y + r], fill=c)


@line_art
def sun(pen, rng, s, c, g, wd):
    r, k = s * rng.uniform(0.14, 0.22), int(rng.integers(7, 13))
    circle(pen, s / 2, s / 2, r, c, wd)
    gap = rng.choice([1.0, 1.25])
    for a in np.arange(k) * 2 * np.pi / k: pen.line([(s / 2 + q * np.cos(a), s / 2 + q * np.sin(a)) for q in (r * gap, r * 1.9)], fill=c, width=wd)


@line_art
def clock(pen, rng, s, c, g, wd):
    r = s * 0.4
    circle(pen, s / 2, s / 2, r, c, wd)
    for q, a in ((0.5, rng.uniform(0, 6.28)), (0.75, rng.uniform(0, 6.28))): pen.line([(s / 2, s / 2), (s / 2 + r * q * np.cos(a), s / 2 + r * q * np.sin(a))], fill=c, width=wd)
    for a in np.arange(12) * np.pi / 6: pen.line([(s / 2 + r * q * np.cos(a), s / 2 + r * q * np.sin(a)) for q in (0.85, 1)], fill=c, width=wd)


@line_art
def stickman(pen, rng, s, c, g, wd):
    j = lambda a: s * (a + rng.normal(0, 0.015))
    circle(pen, s * 0.5, s * 0.2, s * 0.1, c, wd)
    hip = (j(0.5), j(0.6))
    pen.line([(s * 0.5, s * 0.3), hip], fill=c, width=wd)
    for x in (0.3, 0.7): pen.line([(s * 0.5, s * 0.4), (j(x), j(0.45))], fill=c, width=wd); pen.line([hip, (j(x), j(0.9))], fill=c, width=wd)


@line_art
def car(pen, rng, s, c, g, wd):
    pen.line([(s * .1, s * .65), (s * .1, s * .48), (s * .3, s * .45), (s * .4, s * .3), (s * .68, s * .3), (s * .76, s * .46), (s * .92, s * .5), (s * .92, s * .65), (s * .1, s * .65)], fill=c, width=wd)
    for x in (0.28, 0.73): circle(pen, s * x, s * .67, s * .09, c, wd)


@line_art
def cat(pen, rng, s, c, g, wd):
    circle(pen, s * .5, s * .55, s * .3, c, wd)
    for k in (-1, 1):
        pen.line([(s * (.5 + k * .28), s * .44), (s * (.5 + k * .26), s * .14), (s * (.5 + k * .1), s * .28)], fill=c, width=wd)
        dot(pen, s * (.5 + k * .11), s * .48, s * .03, c)
        for y in (.6, .64, .68): pen.line([(s * (.5 + k * .1), s * .64), (s * (.5 + k * .42), s * (y + rng.normal(0, .01)))], fill=c, width=wd)
    dot(pen, s * .5, s * .6, s * .025, c)


@line_art
def smiley(pen, rng, s, c, g, wd):
    """Other faces than wild.py's: drawn with a shaking hand, frowning, winking, with a nose."""
    t = np.linspace(0, 2 * np.pi, 50)
    r = s * (0.36 + 0.015 * np.cumsum(rng.normal(0, 0.3, 50)))
    pen.line(list(zip(s / 2 + r * np.cos(t) * rng.uniform(0.75, 1), s / 2 + r * np.sin(t))), fill=c, width=wd)
    for x in (0.37, 0.62):
        if rng.random() < 0.3: pen.line([(s * (x - .06), s * .4), (s * (x + .06), s * .4)], fill=c, width=wd)
        else: dot(pen, s * x, s * .4, s * rng.uniform(.025, .05), c)
    if rng.random() < 0.5: pen.line([(s * .5, s * .45), (s * .47, s * .56), (s * .52, s * .56)], fill=c, width=wd)
    if rng.random() < 0.5: pen.arc([s * .33, s * .5, s * .67, s * .75], 20, 160, fill=c, width=wd)
    else: pen.arc([s * .35, s * .65, s * .65, s * .85], 200, 340, fill=c, width=wd)


@line_art
def dice(pen, rng, s, c, g, wd):
    pen.rounded_rectangle([s * .15, s * .15, s * .85, s * .85], s * .12, outline=c, width=wd)
    spots = {2: [(0, 0), (2, 2)], 3: [(0, 0), (1, 1), (2, 2)], 4: [(0, 0), (0, 2), (2, 0), (2, 2)], 5: [(0, 0), (0, 2), (1, 1), (2, 0), (2, 2)]}
    for x, y in spots[int(rng.integers(2, 6))]: dot(pen, s * (.3 + .2 * x), s * (.3 + .2 * y), s * .06, c)


@line_art
def target(pen, rng, s, c, g, wd):
    for r in (0.4, 0.27, 0.13)[:int(rng.integers(2, 4))]: circle(pen, s / 2, s / 2, s * r, c, wd)


@line_art
def cup(pen, rng, s, c, g, wd):
    pen.line([(s * .15, s * .3), (s * .22, s * .8), (s * .58, s * .8), (s * .65, s * .3), (s * .15, s * .3)], fill=c, width=wd)
    pen.arc([s * .5, s * .38, s * .88, s * .7], -100, 110, fill=c, width=wd)


@line_art
def arrow(pen, rng, s, c, g, wd):
    a = rng.uniform(0, 2 * np.pi)
    p = lambda u, v: (s / 2 + s * (u * np.cos(a) - v * np.sin(a)), s / 2 + s * (u * np.sin(a) + v * np.cos(a)))
    pen.line([p(-.4, 0), p(.4, 0)], fill=c, width=wd)
    pen.line([p(.15, -.2), p(.4, 0), p(.15, .2)], fill=c, width=wd)


@line_art
def chart(pen, rng, s, c, g, wd):
    pen.line([(s * .1, s * .1), (s * .1, s * .9), (s * .92, s * .9)], fill=c, width=wd)
    pen.line([(s * x, s * y) for x, y in zip(np.linspace(.12, .9, 7), rng.uniform(.2, .8, 7))], fill=c, width=wd)


@line_art
def key(pen, rng, s, c, g, wd):
    circle(pen, s * .25, s * .4, s * .14, c, wd)
    pen.line([(s * .39, s * .4), (s * .92, s * .4)], fill=c, width=wd)
    for x in (.74, .82, .9): pen.line([(s * x, s * .4), (s * x, s * .55)], fill=c, width=wd)


@line_art
def signature(pen, rng, s, c, g, wd):
    t = np.linspace(0, 1, 200)
    pen.line(list(zip(s * (.08 + .84 * t + .05 * np.sin(2 * np.pi * rng.uniform(5, 9) * t)), s * (.5 + .17 * np.sin(2 * np.pi * rng.uniform(5, 9) * t + 1) * (1 - .5 * t)))), fill=c, width=wd)


def glyphs(name, font, signs):
    def make(rng, d):
        def draw(pen, s, c, g): pen.text((s / 2, s / 2), signs[int(rng.integers(len(signs)))], fill=c, anchor="mm", font=ImageFont.truetype(font, int(s * rng.uniform(.55, .85))))
        return png(bytes_of(figure(rng, int(rng.choice([28, 64, 150, 300])), draw)))
    make.__name__ = name
    kind("hold", none=True)(make)


glyphs("letter", "DejaVuSans.ttf", "AEFHKMNRWXYkmwxh")
glyphs("symbol", "DejaVuSans.ttf", "&@#%?€♞☂☎✂⚓✈♫☀☃♥")
glyphs("hanzi", "DroidSansFallbackFull.ttf", "大中国水火木林春学爱龙家")


@kind("hold", none=True)
def leaves(rng, d):
    h, w = int(rng.integers(200, 500)), int(rng.integers(200, 500))
    scene = np.array([0.2, 0.35, 0.12]) * (1 + 0.3 * clouds(rng, h, w, 30)[..., None])
    y, x = np.mgrid[0:h, 0:w]
    for _ in range(40):
        cx, cy, a = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0, np.pi)
        u, v = (x - cx) * np.cos(a) + (y - cy) * np.sin(a), (y - cy) * np.cos(a) - (x - cx) * np.sin(a)
        m = (u / (0.12 * w)) ** 2 + (v / (0.04 * w)) ** 2 < 1
        scene[m] = np.array([0.25, 0.55, 0.15]) * rng.uniform(0.5, 1.5) * (1 - 0.3 * (np.abs(v[m]) < 2))[:, None]
    return through_jpeg(rng, ndimage.gaussian_filter(scene, (1, 1, 0)) + 0.02 * rng.normal(size=(h, w, 1)))


@kind("hold", none=True)
def keyboard(rng, d):
    h, w = int(rng.integers(200, 400)), int(rng.integers(250, 500))
    scene = np.ones((h, w, 3)) * rng.uniform(0.1, 0.8)
    pitch = w / rng.uniform(6, 12)
    y, x = np.mgrid[0:h, 0:w]
    keys = ((x + (y // pitch) * pitch * 0.3) % pitch < pitch * 0.82) & (y % pitch < pitch * 0.82)
    scene[keys] = rng.uniform(0.1, 0.9)
    return through_jpeg(rng, camera(rng, lit(rng, scene, 0.4)))


if __name__ == "__main__":
    wild.main()
