"""Makes the JPEG files of JPEGTests and what Pillow 13.0 reads from them: expected.json. Needs Pillow and NumPy."""
import json
import os

import numpy as np
from PIL import Image

os.chdir(os.path.dirname(os.path.abspath(__file__)))
y, x = np.mgrid[0:24, 0:40]
picture = np.uint8(np.dstack([x * 6, y * 10, 255 - x * 3 - y * 3]))
image = Image.fromarray(picture)
image.save("colour.jpg", quality=95, subsampling=0)
image.save("progressive.jpg", quality=80, progressive=True)
image.convert("L").save("grey.jpg", quality=90)
image.convert("CMYK").save("cmyk.jpg", quality=90)
expected = {}
for name in ("colour", "progressive", "grey"):
    read = Image.open(name + ".jpg")
    expected[name] = np.asarray(read.convert("RGB")).ravel().tolist()
# The same corner as seen: a dark one at the top left, in every orientation.
seen = Image.new("L", (32, 16), 230)
seen.paste(20, (0, 0, 12, 8))
turns = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
         6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}
for orientation in range(1, 9):
    stored = seen.transpose(turns[orientation]) if orientation > 1 else seen
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(f"exif{orientation}.jpg", quality=95, exif=exif)
json.dump(expected, open("expected.json", "w"))
