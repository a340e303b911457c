#!/usr/bin/env python3
"""Makes pictures without a digit, of other kinds than wild.py's, hold.py's and others.py's: things, scripts, signs, photos.

usage: things.py FOLDER [COUNT] [SEED]     (as wild.py; writes FOLDER/things/KIND/none_NUMBER.png; the network was chosen on them,
so that others.py's kinds stay a test)
"""
import numpy as np

import wild
import others
from others import LATIN, TAU, drawing, glyphs, spoke
from scenes import camera, clouds, lit
from wild import kind, through_jpeg

wild.KINDS.clear()


# --- things -------------------------------------------------------------------------------------------------------------

@drawing
def moon(p, rng): p.disc(.5, .5, .38); p.hole(.5 + rng.choice([-1, 1]) * rng.uniform(.12, .2), .45, .32)


@drawing
def drop(p, rng):
    t = np.linspace(0, TAU, 40)
    p.line(*zip(.5 + .28 * np.sin(t) * np.sin(t / 2) ** 1.5, .5 - .4 * np.cos(t)))


@drawing
def leaf(p, rng):
    t = np.linspace(0, 1, 20)
    w = rng.uniform(.25, .5) * np.sin(np.pi * t)
    p.line(*zip(.15 + .7 * t + w * .5, .85 - .7 * t + w * .5)); p.line(*zip(.15 + .7 * t - w * .5, .85 - .7 * t - w * .5)); p.line((.05, .95), (.75, .25))


@drawing
def apple(p, rng):
    t = np.linspace(-1.35, TAU - 1.75, 50)
    p.line(*zip(.5 + .33 * np.cos(t) * (1 + .1 * np.abs(np.cos(t))), .57 + .33 * np.sin(t))); p.line((.5, .3), (.55, .08)); p.arc(.66, .14, .1, .05, 0, 360)


@drawing
def bell(p, rng):
    p.line((.12, .75), (.25, .6), (.28, .35), (.4, .18), (.6, .18), (.72, .35), (.75, .6), (.88, .75), (.12, .75)); p.arc(.5, .76, .1, .1, 0, 180)


@drawing
def flag(p, rng):
    p.line((.2, .95), (.2, .08)); p.line((.2, .1), (.8, .1 + rng.uniform(0, .2)), (.2, .5))


@drawing
def scissors(p, rng):
    p.ring(.28, .78, .13); p.ring(.72, .78, .13); p.line((.35, .68), (.68, .08)); p.line((.65, .68), (.32, .08))


@drawing
def hat(p, rng): p.line((.05, .75), (.95, .75)); p.line((.25, .75), (.28, .25), (.72, .25), (.75, .75))


@drawing
def anchor(p, rng):
    p.ring(.5, .16, .09); p.line((.5, .25), (.5, .9)); p.line((.3, .36), (.7, .36)); p.arc(.5, .58, .36, .33, 10, 170)


@drawing
def crown(p, rng): p.line((.12, .8), (.08, .3), (.3, .55), (.5, .2), (.7, .55), (.92, .3), (.88, .8), (.12, .8))


@drawing
def bolt(p, rng):
    points = (.6, .05), (.22, .55), (.48, .55), (.38, .95), (.8, .4), (.52, .4), (.6, .05)
    (p.area if rng.random() < .5 else p.line)(*points)


@drawing
def tie(p, rng): p.line((.4, .08), (.6, .08), (.55, .22), (.66, .75), (.5, .93), (.34, .75), (.45, .22), (.4, .08))


@drawing
def mushroom(p, rng):
    p.arc(.5, .5, .4, .36, 180, 360); p.line((.1, .5), (.9, .5)); p.line((.4, .5), (.36, .9), (.64, .9), (.6, .5))


@drawing
def ladder(p, rng):
    p.line((.35, .05), (.3, .95)); p.line((.65, .05), (.7, .95))
    for y in np.linspace(.15, .85, int(rng.integers(4, 7))): p.line((.33, y), (.67, y))


@drawing
def hourglass(p, rng): p.line((.25, .1), (.75, .1), (.25, .9), (.75, .9), (.25, .1))


@drawing
def teapot(p, rng):
    p.ring(.48, .58, .28, .24); p.line((.74, .52), (.92, .32)); p.arc(.2, .56, .14, .14, 60, 300); p.disc(.48, .3, .04)


@drawing
def speech(p, rng):
    p.ring(.5, .42, .4, .3); p.line((.3, .66), (.2, .92), (.48, .71))


@drawing
def pin(p, rng):
    p.arc(.5, .36, .28, .28, 150, 390); p.line((.26, .5), (.5, .95), (.74, .5))
    if rng.random() < .6: p.ring(.5, .36, .1)


@drawing
def wifi(p, rng):
    for r in (.16, .3, .44): p.arc(.5, .75, r, r, 220, 320)
    p.disc(.5, .77, .05)


@drawing
def bin_icon(p, rng):
    p.line((.2, .25), (.8, .25)); p.line((.27, .25), (.32, .92), (.68, .92), (.73, .25)); p.line((.42, .25), (.42, .15), (.58, .15), (.58, .25))


@drawing
def candle(p, rng): p.frame(.5, .65, .12, .28); p.line((.5, .36), (.5, .28)); p.arc(.5, .2, .06, .1, 0, 360)


@drawing
def snowflake(p, rng):
    for k in range(6):
        a = k * TAU / 6
        p.line((.5, .5), spoke(a, .42)); p.line(spoke(a - .35, .36), spoke(a, .25), spoke(a + .35, .36))


@drawing
def cone(p, rng): p.line((.28, .45), (.5, .95), (.72, .45), (.28, .45)); p.arc(.5, .42, .22, .25, 180, 360)


@drawing
def rocket(p, rng):
    p.line((.5, .05), (.66, .3), (.66, .7), (.34, .7), (.34, .3), (.5, .05)); p.line((.34, .55), (.18, .8), (.34, .72)); p.line((.66, .55), (.82, .8), (.66, .72)); p.ring(.5, .38, .07)


@drawing
def turtle(p, rng):
    p.arc(.5, .6, .34, .3, 180, 360); p.line((.12, .6), (.86, .6)); p.ring(.9, .52, .07)
    for x in (.28, .68): p.line((x, .6), (x - .03, .76), (x + .08, .76), (x + .1, .6))


@drawing
def duck(p, rng):
    p.ring(.66, .3, .14); p.line((.8, .28), (.93, .32), (.8, .36)); p.line((.56, .4), (.5, .5), (.2, .42), (.1, .5), (.2, .78), (.6, .82), (.75, .6), (.7, .44))


@drawing
def hand(p, rng):
    for k in range(5): a = -2.5 + .45 * k; p.line((.5, .62), spoke(a, .42 + .05 * rng.random()))
    p.disc(.5, .66, .15); p.line((.5, .7), (.5, .95))


@drawing
def envelope_open(p, rng): p.line((.1, .4), (.5, .1), (.9, .4), (.9, .88), (.1, .88), (.1, .4), (.5, .66), (.9, .4))


@drawing
def bracket(p, rng):
    form, x = rng.integers(3), rng.choice([-1, 1])
    q = lambda v: .5 + x * (v - .5)
    if form == 0: p.line((q(.7), .1), (q(.35), .1), (q(.35), .9), (q(.7), .9))
    elif form == 1: p.line((q(.7), .1), (q(.3), .5), (q(.7), .9))
    else: p.line((q(.68), .08), (q(.52), .14), (q(.5), .42), (q(.38), .5), (q(.5), .58), (q(.52), .86), (q(.68), .92))


@drawing
def zigzag(p, rng):
    k = int(rng.integers(4, 9))
    p.line(*[(.08 + .84 * i / k, .5 + (.25 if i % 2 else -.25)) for i in range(k + 1)])


@drawing
def spiral(p, rng):
    t = np.linspace(0, rng.uniform(2, 4) * TAU, 120) ; r = .4 * t / t[-1]
    p.line(*zip(.5 + r * np.cos(t), .5 + r * np.sin(t)))


glyphs("hebrew", "אבגדהזחטכלמנסעפצקרשת", ("DejaVuSans.ttf",))
glyphs("armenian", "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄ", ("DejaVuSerif.ttf",))
glyphs("signs", "?!&§¶£¥@#%*~¿†‡^", LATIN)
glyphs("capitals_more", "CDGJLPQTUVY", LATIN)
glyphs("small_more", "cdijtuvyñçßæ", LATIN)
glyphs("figures", "◐◆◇◈◉◊▲△▶▷▽◁⬟⬢✱❖♠♣♦♤♧", ("DejaVuSans.ttf",))


# --- photos -------------------------------------------------------------------------------------------------------------

@kind("things", none=True)
def coins(rng, d):
    h, w = int(rng.integers(150, 400)), int(rng.integers(150, 400))
    y, x = np.mgrid[0:h, 0:w]
    scene = rng.uniform(.2, .9, 3) * (1 + .05 * clouds(rng, h, w, 8)[..., None])
    for _ in range(int(rng.integers(1, 6))):
        r = np.hypot(x - rng.uniform(0, w), y - rng.uniform(0, h)) / (min(h, w) * rng.uniform(.08, .25))
        tone = rng.uniform(.3, .9, 3)
        scene = np.where((r < 1)[..., None], tone * (1 - .2 * (r > .88)[..., None] + .1 * clouds(rng, h, w, 4)[..., None]), scene)
    return through_jpeg(rng, camera(rng, lit(rng, scene, .3)))


@kind("things", none=True)
def grass(rng, d):
    h, w = int(rng.integers(150, 400)), int(rng.integers(150, 400))
    scene = np.array([.1, .25, .08]) * np.ones((h, w, 1))
    y, x = np.mgrid[0:h, 0:w]
    for _ in range(60):
        x0, lean, top = rng.uniform(0, w), rng.normal(0, .3), rng.uniform(0, h * .7)
        blade = (np.abs(x - x0 - lean * (h - y)) < w * .012) & (y > top)
        scene[blade] = np.array([.3, .6, .2]) * rng.uniform(.4, 1.5)
    return through_jpeg(rng, np.clip(scene + .02 * rng.normal(size=scene.shape), 0, 1))


@kind("things", none=True)
def fence(rng, d):
    h, w = int(rng.integers(150, 400)), int(rng.integers(150, 400))
    y, x = np.mgrid[0:h, 0:w]
    pitch = w / rng.uniform(3, 9)
    post = (x % pitch < pitch * rng.uniform(.15, .6)) & (y > h * rng.uniform(.05, .3)) | (np.abs(y - h * .6) < h * .03)
    scene = np.where(post[..., None], rng.uniform(.3, .9, 3), rng.uniform(0, 1, 3)) * (1 + .08 * clouds(rng, h, w, 12)[..., None])
    return through_jpeg(rng, camera(rng, lit(rng, scene, .3)))


@kind("things", none=True)
def road(rng, d):
    h, w = int(rng.integers(150, 400)), int(rng.integers(200, 500))
    y, x = np.mgrid[0:h, 0:w] / h
    horizon = rng.uniform(.3, .6)
    depth = np.clip(y - horizon, 1e-3, None)
    scene = np.where((y < horizon)[..., None], np.array([.6, .7, .9]), np.array([.3, .45, .2]))
    lane = np.abs(x - w / h / 2) / depth
    scene = np.where(((y > horizon) & (lane < 1.2))[..., None], .35, scene)
    scene = np.where(((y > horizon) & (lane < .06) & (np.sin(3 / depth) > 0))[..., None], .9, scene)
    return through_jpeg(rng, np.clip(scene * (1 + .08 * clouds(rng, h, w, 6)[..., None]), 0, 1))


@kind("things", none=True)
def cutlery(rng, d):
    """Something long on a cloth: a spoon, a pen, a knife."""
    h, w = int(rng.integers(200, 500)), int(rng.integers(200, 500))
    y, x = np.mgrid[0:h, 0:w]
    a = rng.uniform(0, np.pi)
    u = ((x - w / 2) * np.cos(a) + (y - h / 2) * np.sin(a)) / min(h, w); v = ((y - h / 2) * np.cos(a) - (x - w / 2) * np.sin(a)) / min(h, w)
    half = [np.where(u > .2, .09 * np.sqrt(np.clip(1 - ((u - .31) / .11) ** 2, 0, 1)), .02), np.where(u > .33, .03 * (.42 - u) / .09, .03), np.where(u > 0, .045, .025)][rng.integers(3)]
    inside = (np.abs(u) < .42) & (np.abs(v) < half)
    scene = np.where(inside[..., None], rng.uniform(.5, 1, 3) * (1 - 3 * np.abs(v))[..., None], rng.uniform(.1, .7, 3)) * (1 + .05 * clouds(rng, h, w, 5)[..., None])
    return through_jpeg(rng, camera(rng, lit(rng, scene, .3)))


for name, (part, make, options) in list(wild.KINDS.items()): wild.KINDS[name] = ("things", make, options)

if __name__ == "__main__":
    wild.main()
