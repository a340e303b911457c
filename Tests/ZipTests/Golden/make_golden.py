"""Archives as Python's zipfile makes them. usage: make_golden.py   (writes beside itself)"""
import os
import zipfile

here = os.path.dirname(os.path.abspath(__file__))
text = b"weights and more weights " * 40


class Pipe:
    """A stream that cannot seek: sizes then stand behind the data."""

    def __init__(self, f):
        self.f = f

    def write(self, b):
        return self.f.write(b)

    def flush(self):
        self.f.flush()


def fill(z, force_zip64=False):
    for name, data in (("config.json", b"{}"), ("model.weights.h5", text), ("empty", b"")):
        info = zipfile.ZipInfo(name, (2024, 2, 29, 12, 30, 58))
        info.compress_type = z.compression
        with z.open(info, "w", force_zip64=force_zip64) as f:
            f.write(data)


def path(name):
    return os.path.join(here, name)


for name, method in (("stored.zip", zipfile.ZIP_STORED), ("deflated.zip", zipfile.ZIP_DEFLATED),
                     ("bzip2.zip", zipfile.ZIP_BZIP2)):
    with zipfile.ZipFile(path(name), "w", method) as z:
        fill(z)
with zipfile.ZipFile(path("zip64.zip"), "w", zipfile.ZIP_DEFLATED) as z:
    fill(z, force_zip64=True)
    z.comment = b"a comment that holds PK\x05\x06, the end's own mark, and goes on behind it for a while"
with open(path("piped.zip"), "wb") as f, zipfile.ZipFile(Pipe(f), "w", zipfile.ZIP_DEFLATED) as z:
    fill(z)
with zipfile.ZipFile(path("names.zip"), "w") as z:
    z.writestr(zipfile.ZipInfo("assets/"), b"")
    z.writestr(zipfile.ZipInfo("assets/é𝄞.txt"), text)
with zipfile.ZipFile(path("none.zip"), "w") as z:
    pass
with zipfile.ZipFile(path("many64.zip"), "w") as z:  # More members than 16 bits can count.
    for i in range(66000):
        z.writestr(zipfile.ZipInfo("%x" % i), b"")
with open(path("many64.zip"), "rb") as f:
    tail = f.read()[-98:]
os.remove(path("many64.zip"))
open(path("many64.tail"), "wb").write(tail)
