#!/usr/bin/env python3
"""Makes pictures without a digit, of other kinds than wild.py's and hold.py's: signs, round things, objects, animals, words, screens.

usage: others.py FOLDER [COUNT] [SEED]     (as wild.py; writes FOLDER/others/KIND/none_NUMBER.png; the rules against
answers to such pictures were developed on them)
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import wild
from scenes import bytes_of, camera, clouds, lit, png
from wild import figure, kind, through_jpeg

wild.KINDS.clear()
TAU = 2 * np.pi
SIDES = [28, 48, 96, 200, 320]


def drawing(draw):
    """A kind of drawings: `draw` gets a pen that scales, and the random numbers."""
    def make(rng, d):
        width = rng.uniform(0.015, 0.07)
        def scaled(pen, s, c, g): draw(Pen(pen, s, c, g, max(2, round(s * width)), rng), rng)
        return png(bytes_of(figure(rng, int(rng.choice(SIDES)), scaled)))
    make.__name__ = draw.__name__
    return kind("others", none=True)(make)


class Pen:
    def __init__(self, pen, side, colour, ground, width, rng):
        self.pen, self.side, self.colour, self.ground, self.width = pen, side, colour, ground, width
        self.shake = rng.uniform(0, 0.012)
        self.rng = rng

    def at(self, points): return [(self.side * (x + self.rng.normal(0, self.shake)), self.side * (y + self.rng.normal(0, self.shake))) for x, y in points]
    def line(self, *points): self.pen.line(self.at(points), fill=self.colour, width=self.width, joint="curve")
    def area(self, *points): self.pen.polygon(self.at(points), fill=self.colour)
    def box(self, x, y, a, b): return [self.side * (x - a), self.side * (y - b), self.side * (x + a), self.side * (y + b)]
    def ring(self, x, y, a, b=None): self.pen.ellipse(self.box(x, y, a, b or a), outline=self.colour, width=self.width)
    def disc(self, x, y, a, b=None): self.pen.ellipse(self.box(x, y, a, b or a), fill=self.colour)
    def hole(self, x, y, a, b=None): self.pen.ellipse(self.box(x, y, a, b or a), fill=self.ground)
    def arc(self, x, y, a, b, start, end): self.pen.arc(self.box(x, y, a, b), start, end, fill=self.colour, width=self.width)
    def frame(self, x, y, a, b): self.pen.rectangle(self.box(x, y, a, b), outline=self.colour, width=self.width)


def spoke(a, r): return (0.5 + r * np.cos(a), 0.5 + r * np.sin(a))


# --- round things with something in them ----------------------------------------------------------------------------------

@drawing
def wheel(p, rng):
    p.ring(.5, .5, .4)
    k, a = int(rng.integers(3, 9)), rng.uniform(0, TAU)
    for i in range(k): p.line((.5, .5), spoke(a + TAU * i / k, .4))
    if rng.random() < .5: p.disc(.5, .5, .06)


@drawing
def dial(p, rng):
    """A compass or a gauge: marks along the ring, one needle."""
    p.ring(.5, .5, .4)
    for i in range(8): p.line(spoke(TAU * i / 8, rng.uniform(.3, .34)), spoke(TAU * i / 8, .38))
    a = rng.uniform(0, TAU)
    p.line(spoke(a, .25), spoke(a + np.pi, .2 * rng.random()))


@drawing
def ball(p, rng):
    p.ring(.5, .5, .38)
    if rng.random() < .5: p.line((.5, .12), (.5, .88)); p.line((.12, .5), (.88, .5))
    p.arc(.1, .5, .3, .38, -60, 60); p.arc(.9, .5, .3, .38, 120, 240)


@drawing
def button(p, rng):
    """A sign in a ring: plus, cross, play, letter, exclamation mark."""
    p.ring(.5, .5, .4)
    form = rng.integers(5)
    if form == 0: p.line((.5, .3), (.5, .7)); p.line((.3, .5), (.7, .5))
    elif form == 1: p.line((.36, .36), (.64, .64)); p.line((.64, .36), (.36, .64))
    elif form == 2: p.area((.4, .3), (.72, .5), (.4, .7))
    elif form == 3: p.line((.5, .28), (.5, .58)); p.disc(.5, .7, .035)
    else: p.line((.36, .68), (.5, .3), (.64, .68)); p.line((.42, .55), (.58, .55))


@drawing
def globe(p, rng):
    p.ring(.5, .5, .38); p.ring(.5, .5, .18, .38); p.line((.12, .5), (.88, .5))
    if rng.random() < .5: p.line((.18, .3), (.82, .3)); p.line((.18, .7), (.82, .7))


@drawing
def power(p, rng):
    p.arc(.5, .52, .34, .34, -60, 240); p.line((.5, .1), (.5, .5))


@drawing
def pie(p, rng):
    p.ring(.5, .5, .4)
    for a in rng.uniform(0, TAU, int(rng.integers(3, 6))): p.line((.5, .5), spoke(a, .4))


# --- signs ---------------------------------------------------------------------------------------------------------------

def glyphs(name, signs, fonts=("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")):
    def make(rng, d):
        def draw(pen, s, c, g):
            pen.text((s / 2, s / 2), signs[int(rng.integers(len(signs)))], fill=c, anchor="mm", font=ImageFont.truetype(str(rng.choice(fonts)), int(s * rng.uniform(.5, .85))))
        return png(bytes_of(figure(rng, int(rng.choice(SIDES)), draw)))
    make.__name__ = name
    kind("others", none=True)(make)


LATIN = ("LiberationSerif-Italic.ttf", "LiberationMono-Bold.ttf", "DejaVuSerif.ttf", "LiberationSansNarrow-Regular.ttf")
glyphs("capitals", "AEFHKMNRWX", LATIN)
glyphs("small_letters", "aefhkmnprwx", LATIN)
glyphs("greek", "λμξπφψωΔΛΞΠΣΦΨΩ")
glyphs("cyrillic", "ЖДЮШЩФЯЫИЛЦЭ", ("DejaVuSerif.ttf", "LiberationSans-Regular.ttf"))
glyphs("arabic", "شصضطعغفقكهي", ("DejaVuSans.ttf",))
glyphs("arrow_signs", "←↑→↓↔↕↖↘⇒⇐⇑➔➜➤↻↺")
glyphs("marks", "✓✔✗✘✕✖✚⚑★☆✦")
glyphs("maths", "∑√∞≈≠±÷∇∈⊂∪∩≤≥⊕⊗∅∀∃")
glyphs("music", "♩♪♬♭♮♯")
glyphs("dingbats", "♕♖♗♙✿❀✉✏☯☮⚙⚖⌛☕⚡☘⛄♻")
glyphs("kana", "あいうえおかきくけこさしすせそたちつてと", ("DroidSansFallbackFull.ttf",))


@drawing
def drawn_arrow(p, rng):
    """Arrows with closed, filled and curved forms."""
    form, flip = rng.integers(4), rng.choice([-1, 1])
    x = lambda v: .5 + flip * (v - .5)
    if form == 0: p.line((x(.15), .5), (x(.6), .5)); p.area((x(.6), .32), (x(.88), .5), (x(.6), .68))
    elif form == 1: p.line((x(.1), .4), (x(.55), .4), (x(.55), .22), (x(.9), .5), (x(.55), .78), (x(.55), .6), (x(.1), .6), (x(.1), .4))
    elif form == 2: p.line((x(.2), .85), (x(.2), .4), (x(.8), .4)); p.line((x(.62), .22), (x(.82), .4), (x(.62), .58))
    else: p.arc(.5, .6, .3, .35, 180, 360); p.line((x(.68), .5), (x(.8), .64), (x(.92), .5))


@drawing
def tick(p, rng):
    p.line((rng.uniform(.1, .25), rng.uniform(.45, .6)), (rng.uniform(.35, .45), rng.uniform(.72, .88)), (rng.uniform(.8, .92), rng.uniform(.1, .3)))
    if rng.random() < .5: p.frame(.5, .5, .42, .42)


@drawing
def cross(p, rng):
    a = rng.uniform(0, np.pi / 2)
    for k in range(2): p.line(spoke(a + k * np.pi / 2, .4), spoke(a + k * np.pi / 2 + np.pi, .4))


# --- objects --------------------------------------------------------------------------------------------------------------

@drawing
def heart(p, rng):
    t = np.linspace(0, TAU, 40)
    p.line(*zip(.5 + .025 * 16 * np.sin(t) ** 3, .46 - .025 * (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))))


@drawing
def star(p, rng):
    if rng.random() < .5: r = np.where(np.arange(11) % 2 == 0, .42, .18); a = np.arange(11) * np.pi / 5 - np.pi / 2
    else: r = np.full(6, .42); a = np.arange(6) * 2 * TAU / 5 - np.pi / 2
    p.line(*[spoke(q, s) for q, s in zip(a, r)])


@drawing
def umbrella(p, rng):
    p.arc(.5, .5, .4, .38, 180, 360); p.line((.1, .5), (.9, .5)); p.line((.5, .12), (.5, .8)); p.arc(.42, .8, .08, .08, 0, 180)


@drawing
def boat(p, rng):
    p.line((.12, .62), (.88, .62), (.72, .84), (.28, .84), (.12, .62)); p.line((.48, .62), (.48, .12), (.8, .52), (.48, .52))


@drawing
def balloon(p, rng):
    p.ring(.5, .34, .22, .26); p.line((.5, .6), (.46, .72), (.54, .82), (.5, .95)); p.line((.46, .63), (.54, .63), (.5, .6))
    p.arc(.44, .28, .08, .1, 180, 270)


@drawing
def bulb(p, rng):
    p.arc(.5, .4, .28, .3, 130, 410); p.line((.34, .62), (.4, .74), (.6, .74), (.66, .62)); p.line((.42, .82), (.58, .82)); p.line((.42, .5), (.5, .6), (.58, .5))


@drawing
def glasses(p, rng):
    p.ring(.27, .5, .17); p.ring(.73, .5, .17); p.line((.44, .48), (.5, .45), (.56, .48)); p.line((.1, .48), (.03, .35)); p.line((.9, .48), (.97, .35))


@drawing
def bicycle(p, rng):
    p.ring(.24, .64, .19); p.ring(.76, .64, .19); p.line((.24, .64), (.4, .38), (.66, .38), (.48, .64), (.24, .64)); p.line((.76, .64), (.64, .3), (.72, .28)); p.line((.48, .64), (.38, .32), (.32, .32), (.44, .32))


@drawing
def fork(p, rng):
    p.line((.5, .45), (.5, .95)); p.line((.3, .08), (.3, .36), (.5, .46), (.7, .36), (.7, .08)); p.line((.5, .08), (.5, .45))


@drawing
def lamp(p, rng):
    p.line((.3, .1), (.7, .1), (.85, .5), (.15, .5), (.3, .1)); p.line((.5, .5), (.5, .88)); p.line((.3, .9), (.7, .9))


@drawing
def cloud(p, rng):
    for x, y, r, a, b in ((.3, .55, .17, 90, 270), (.45, .42, .2, 180, 330), (.68, .5, .18, 230, 70)): p.arc(x, y, r, r, a, b)
    p.line((.3, .72), (.72, .68))


@drawing
def phone_icon(p, rng):
    p.frame(.5, .5, .22, .42); p.line((.42, .15), (.58, .15)); p.ring(.5, .83, .05)


@drawing
def calendar(p, rng):
    p.frame(.5, .54, .38, .36); p.line((.12, .34), (.88, .34))
    for x in (.3, .7): p.line((x, .1), (x, .26))
    for y in (.5, .66, .8):
        for x in (.28, .5, .72): p.disc(x, y, .03)


@drawing
def padlock(p, rng):
    p.frame(.5, .66, .28, .24); p.arc(.5, .42, .18, .26, 180, 360)
    if rng.random() < .7: p.disc(.5, .62, .05); p.line((.5, .62), (.5, .76))


@drawing
def house_icon(p, rng):
    p.line((.08, .5), (.5, .12), (.92, .5)); p.line((.2, .42), (.2, .88), (.8, .88), (.8, .42)); p.line((.42, .88), (.42, .6), (.58, .6), (.58, .88))


@drawing
def network(p, rng):
    at = rng.uniform(.1, .9, (int(rng.integers(5, 9)), 2))
    for i in range(len(at) - 1): p.line(at[i], at[rng.integers(i + 1, len(at))])
    for x, y in at: p.disc(x, y, .05)


@drawing
def bars(p, rng):
    p.line((.1, .1), (.1, .9), (.92, .9))
    for k in range(4): h = rng.uniform(.1, .7); p.area((.18 + .18 * k, .88), (.18 + .18 * k, .88 - h), (.3 + .18 * k, .88 - h), (.3 + .18 * k, .88))


@drawing
def stairs(p, rng): p.line((.1, .9), (.1, .7), (.3, .7), (.3, .5), (.5, .5), (.5, .3), (.7, .3), (.7, .1), (.9, .1))


@drawing
def maze(p, rng):
    for k in range(3, 10, 2):
        r = .045 * k
        p.pen.arc(p.box(.5, .5, r, r), *(lambda a: (a, a + rng.uniform(250, 320)))(rng.uniform(0, 360)), fill=p.colour, width=p.width)


@drawing
def doodle(p, rng):
    k = int(rng.integers(7, 14))
    t = np.linspace(0, 1, 200)
    x = np.interp(t, np.linspace(0, 1, k), rng.uniform(.1, .9, k)); y = np.interp(t, np.linspace(0, 1, k), rng.uniform(.1, .9, k))
    smooth = lambda v: np.convolve(np.pad(v, 8, mode="edge"), np.ones(17) / 17, "valid")
    p.line(*zip(smooth(x), smooth(y)))


# --- animals --------------------------------------------------------------------------------------------------------------

@drawing
def fish(p, rng):
    p.ring(.42, .5, .3, .18); p.line((.7, .46), (.92, .3), (.92, .7), (.7, .54)); p.disc(.24, .46, .03); p.arc(.3, .5, .1, .14, -60, 60)


@drawing
def bird(p, rng):
    p.disc(.45, .52, .26, .17); p.disc(.72, .34, .11); p.area((.82, .3), (.95, .35), (.82, .4)); p.line((.2, .5), (.05, .38)); p.line((.42, .68), (.4, .88)); p.line((.52, .68), (.54, .88))


@drawing
def butterfly(p, rng):
    for k in (-1, 1): p.ring(.5 + k * .22, .35, .2, .18); p.ring(.5 + k * .17, .66, .15, .14); p.line((.5, .22), (.5 + k * .1, .08))
    p.line((.5, .2), (.5, .82))


@drawing
def snail(p, rng):
    t = np.linspace(0, 3 * TAU, 80)
    p.line(*zip(.55 + .02 * t / 1.1 * np.cos(t), .48 + .02 * t / 1.1 * np.sin(t))); p.line((.9, .82), (.15, .82), (.1, .55), (.04, .42)); p.line((.1, .55), (.16, .42))


@drawing
def rabbit(p, rng):
    p.ring(.5, .62, .26); p.ring(.38, .22, .07, .18); p.ring(.62, .22, .07, .18); p.disc(.4, .56, .03); p.disc(.6, .56, .03); p.line((.5, .66), (.5, .74))


@drawing
def spider(p, rng):
    p.disc(.5, .5, .14)
    for k in (-1, 1):
        for y in (-.3, -.1, .1, .3): p.line((.5, .5), (.5 + k * .25, .5 + y * .8), (.5 + k * .42, .5 + y * 1.3))


# --- words, screens, textures ---------------------------------------------------------------------------------------------

@kind("others", none=True)
def word(rng, d):
    """One printed or slanted word."""
    size = int(rng.integers(16, 80))
    font = ImageFont.truetype(str(rng.choice(LATIN)), size)
    text = str(rng.choice(wild.WORDS)).strip()
    text = text if len(text) > 3 else "hello"
    w = int(font.getlength(text)) + size
    image = Image.new("L", (w, 2 * size), 255)
    ImageDraw.Draw(image).text((size / 2, size / 2), text, fill=int(rng.integers(0, 90)), font=font)
    return png(image)


@kind("others", none=True)
def handwriting(rng, d):
    """Loops, stems and arches in a row."""
    h, w = int(rng.integers(60, 240)), int(rng.integers(150, 500))
    image = Image.new("L", (w, h), 255)
    t = np.linspace(0, 1, 600)
    f = rng.uniform(6, 14)
    size = np.interp(t, np.linspace(0, 1, 12), rng.uniform(.1, .33, 12))
    x = w * (.06 + .86 * t) + h * .12 * np.cos(TAU * f * t)
    y = h * (.5 + size * np.sin(TAU * f * t + rng.uniform(0, 6)))
    ImageDraw.Draw(image).line(list(zip(x, y)), fill=int(rng.integers(0, 90)), width=max(2, int(h * rng.uniform(.02, .05))), joint="curve")
    return png(image)


@kind("others", none=True)
def screen(rng, d):
    """A screenshot: bars, buttons, fields, lines of text."""
    w, h = int(rng.integers(200, 700)), int(rng.integers(200, 700))
    dark = rng.random() < .4
    image = Image.new("RGB", (w, h), (30, 32, 36) if dark else (250, 250, 252))
    pen = ImageDraw.Draw(image)
    ink, accent = ((230,) * 3 if dark else (20,) * 3), tuple(int(v) for v in rng.integers(40, 230, 3))
    pen.rectangle([0, 0, w, h * .08], fill=accent)
    y = h * .14
    while y < h * .9:
        form, x = rng.integers(4), w * .06
        if form == 0: pen.text((x, y), " ".join(rng.choice(wild.WORDS, 5)), fill=ink, font=wild.font(max(10, h // 30)))
        elif form == 1: pen.rounded_rectangle([x, y, x + w * .3, y + h * .07], 6, fill=accent); pen.text((x + 8, y + 3), "Save", fill=(255,) * 3, font=wild.font(max(9, h // 32)))
        elif form == 2: pen.rectangle([x, y, w * .94, y + h * .06], outline=ink)
        else: pen.ellipse([x, y, x + h * .06, y + h * .06], outline=ink); pen.text((x + h * .08, y), str(rng.choice(wild.WORDS)), fill=ink, font=wild.font(max(10, h // 30)))
        y += h * rng.uniform(.09, .13)
    return png(image)


@kind("others", none=True)
def bricks(rng, d):
    h, w = int(rng.integers(150, 400)), int(rng.integers(150, 400))
    y, x = np.mgrid[0:h, 0:w]
    a = h / rng.uniform(4, 10)
    mortar = (y % a < a * .12) | ((x + (y // a % 2) * a) % (2 * a) < a * .12)
    scene = np.where(mortar[..., None], .75, np.array([.55, .25, .2]) * rng.uniform(.7, 1.3)) * (1 + .06 * clouds(rng, h, w, 10)[..., None])
    return through_jpeg(rng, camera(rng, lit(rng, scene, .3)))


@kind("others", none=True)
def bokeh(rng, d):
    """Soft lights, drops or fruits: round spots of several brightnesses."""
    h, w = int(rng.integers(120, 400)), int(rng.integers(120, 400))
    y, x = np.mgrid[0:h, 0:w]
    scene = rng.uniform(0, .4, 3) * np.ones((h, w, 1))
    for _ in range(int(rng.integers(1, 14))):
        r = np.hypot(x - rng.uniform(0, w), y - rng.uniform(0, h)) / (min(h, w) * rng.uniform(.06, .3))
        scene = scene + (np.clip((1 - r) * rng.uniform(1, 12), 0, 1)[..., None] * rng.uniform(.1, .7, 3))
    return through_jpeg(rng, np.clip(scene + .02 * rng.normal(size=scene.shape), 0, 1))


@kind("others", none=True)
def water(rng, d):
    h, w = int(rng.integers(120, 400)), int(rng.integers(120, 400))
    y, x = np.mgrid[0:h, 0:w] / h
    bent = 10 * y ** .6 + .6 * clouds(rng, h, w, 40)
    scene = np.array([.2, .4, .6]) * (1 + .35 * np.sin(TAU * bent * rng.uniform(.5, 2)))[..., None]
    return through_jpeg(rng, np.clip(scene + .02 * rng.normal(size=scene.shape), 0, 1))


@kind("others", none=True)
def still(rng, d):
    """One thing on a table: a bottle, an egg, a book, lit from a side."""
    h, w = int(rng.integers(200, 500)), int(rng.integers(200, 500))
    y, x = np.mgrid[0:h, 0:w]; x, y = x / w - .5, y / h - .5
    scene = np.where(y[..., None] < rng.uniform(-.1, .2), rng.uniform(.3, .9, 3), rng.uniform(.1, .8, 3)) * np.ones((h, w, 1))
    form = rng.integers(3)
    inside = [(np.abs(x) < np.where(y < -.15, .05, .14)) & (np.abs(y) < .38), (x / .2) ** 2 + ((y - .1) / .26) ** 2 < 1, (np.abs(x + .2 * y) < .25) & (np.abs(y - .1) < .2)][form]
    shade = np.clip(.75 + 1.5 * x, .2, 1.2)[..., None]
    scene = np.where(inside[..., None], rng.uniform(.1, 1, 3) * shade, scene)
    return through_jpeg(rng, camera(rng, np.clip(scene + .02 * rng.normal(size=scene.shape), 0, 1)))


if __name__ == "__main__":
    wild.main()
