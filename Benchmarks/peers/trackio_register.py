"""Trackio on its local SQLite storage: runs with 30 epochs of 4 metrics each, begun, logged and finished."""
import contextlib
import io
import os
import tempfile

from common import *

COUNT = 10

with tempfile.TemporaryDirectory() as folder:
    os.environ["TRACKIO_DIR"] = folder  # read when trackio is imported; nothing is sent anywhere
    import trackio

    def register():
        with contextlib.redirect_stdout(io.StringIO()):  # it says there where the metrics are
            for _ in range(COUNT):
                trackio.init(project="mnist", config={"batch_size": 32, "learning_rate": 0.01}, embed=False)
                for epoch in range(30):
                    trackio.log({name: 0.1 + epoch / 100 for name in ("loss", "accuracy", "val_loss", "val_accuracy")})
                trackio.finish()

    report("register a version: Trackio", seconds(register), rate_of=COUNT, setting="fdatasync 12 times each")
