"""Backgrounds and cameras: paper, light, lines, noise, perspective."""
import io

import numpy as np
from PIL import Image
from scipy import ndimage


def clouds(rng, h, w, coarse):
    """A smooth random field with values about 0 and deviation 1."""
    small = rng.normal(size=(max(2, h // coarse + 2), max(2, w // coarse + 2)))
    big = ndimage.zoom(small, (h / small.shape[0], w / small.shape[1]), order=3, mode="nearest", grid_mode=True)[:h, :w]
    if big.shape != (h, w):
        big = np.pad(big, ((0, h - big.shape[0]), (0, w - big.shape[1])), mode="edge")
    return (big - big.mean()) / (big.std() + 1e-9)


def paper(rng, h, w, grain=0.01):
    """Paper of some shade, [h, w, 3] from 0 to 1."""
    shade = rng.uniform(0.72, 0.98)
    tint = 1 + rng.normal(0, 0.015, 3)
    base = shade * tint * np.ones((h, w, 1))
    return base + grain * (clouds(rng, h, w, 6) + rng.normal(size=(h, w)) * 0.5)[..., None]


def lit(rng, picture, strength=0.3):
    """A gradient of light and dark corners."""
    h, w = picture.shape[:2]
    y, x = np.mgrid[0:h, 0:w]
    x, y = x / w - 0.5, y / h - 0.5
    a = rng.uniform(0, 2 * np.pi)
    light = 1 + strength * (x * np.cos(a) + y * np.sin(a)) - rng.uniform(0, strength) * (x * x + y * y)
    return picture * (light / light.max())[..., None]


def shadowed(rng, picture, depth=None, soft=None):
    """The shadow of a hand or a phone over part of the picture."""
    h, w = picture.shape[:2]
    y, x = np.mgrid[0:h, 0:w]
    a = rng.uniform(0, 2 * np.pi)
    edge = (x - w / 2) * np.cos(a) + (y - h / 2) * np.sin(a) + clouds(rng, h, w, max(h, w) // 3) * 0.04 * w
    at = rng.uniform(-0.25, 0.25) * w
    soft = soft if soft is not None else rng.uniform(0.01, 0.12) * w
    depth = depth if depth is not None else rng.uniform(0.25, 0.5)
    return picture * (1 - depth / (1 + np.exp(-(edge - at) / max(soft, 1))))[..., None]


def ruled(rng, h, w, pitch, squared, colour, strength, thick, tilt=0.0):
    """How much of each pixel a printed line covers."""
    y, x = np.mgrid[0:h, 0:w].astype(float)
    u = x * np.cos(tilt) - y * np.sin(tilt)
    v = x * np.sin(tilt) + y * np.cos(tilt)
    cover = np.zeros((h, w))
    for c in [v, u] if squared else [v]:
        d = np.abs((c + rng.uniform(0, pitch)) % pitch - pitch / 2)
        cover = np.maximum(cover, np.clip(thick / 2 + 0.5 - d, 0, 1))
    return (cover * strength)[..., None], np.array(colour)


def inked(picture, ink, colour):
    return picture * (1 - ink[..., None]) + np.array(colour) * ink[..., None]


def camera(rng, picture, blur=None, noise=None, turn=0.06, bend=0.06, fill=None):
    """Perspective, a small turn, blur and noise."""
    h, w = picture.shape[:2]
    a = rng.normal(0, turn)
    image = Image.fromarray(np.uint8(np.clip(picture, 0, 1) * 255))
    corners = np.array([(0, 0), (0, h), (w, h), (w, 0)], float)
    m = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    inner = (corners - (w / 2, h / 2)) * (0.86 if fill is None else 1.0)
    moved = inner @ m.T + (w / 2, h / 2) + rng.uniform(-bend, bend, (4, 2)) * (w, h) * 0.5
    if fill is None:
        image = image.transform((w, h), Image.QUAD, moved.ravel(), Image.BICUBIC)
        out = np.asarray(image, float) / 255
    else:
        out = picture
    blur = blur if blur is not None else rng.uniform(0.3, 1.6)
    out = ndimage.gaussian_filter(out, (blur, blur, 0))
    noise = noise if noise is not None else rng.uniform(0.003, 0.03)
    grain = rng.normal(size=out.shape) * noise * 0.6 + rng.normal(size=out.shape[:2])[..., None] * noise
    return out + grain


def table(rng, h, w):
    """Something under the paper: wood, cloth, a dark desk."""
    colour = np.array([(0.35, 0.22, 0.13), (0.12, 0.12, 0.14), (0.5, 0.38, 0.25), (0.25, 0.3, 0.35), (0.45, 0.45, 0.45)][rng.integers(5)])
    grain = clouds(rng, h, max(2, w // 40), 3)
    grain = ndimage.zoom(grain, (1, w / grain.shape[1]), order=1)[:, :w]
    if grain.shape[1] < w:
        grain = np.pad(grain, ((0, 0), (0, w - grain.shape[1])), mode="edge")
    if rng.random() < 0.5:
        grain = clouds(rng, h, w, 25)
    return colour * (1 + 0.12 * grain[..., None]) + rng.normal(size=(h, w, 1)) * 0.02


def bytes_of(picture):
    return np.uint8(np.clip(np.round(picture * 255), 0, 255))


def jpeg(picture, quality, **options):
    out = io.BytesIO()
    Image.fromarray(bytes_of(picture)).save(out, "JPEG", quality=int(quality), **options)
    return out.getvalue()


def png(array_or_image, **options):
    out = io.BytesIO()
    image = array_or_image if isinstance(array_or_image, Image.Image) else Image.fromarray(array_or_image)
    image.save(out, "PNG", **options)
    return out.getvalue()
