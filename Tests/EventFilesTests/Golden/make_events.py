"""Writes histograms.json and scalars/: TensorBoard's buckets of random numbers, and event files with scalars in every form.

Needs tensorboard 2.21 and NumPy; the tests do not.
"""

import json
import pathlib

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.plugins.histogram import summary_v2 as histograms
from tensorboard.plugins.scalar import summary_v2 as scalars
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

here = pathlib.Path(__file__).parent
random = np.random.default_rng(20261129)

cases = []
for values in ([], [1.5], [2, 2, 2], [0, 1], random.normal(size=200), random.normal(size=500) * 1e-6 + 3, np.arange(31)):
    values = np.asarray(values, "f4")
    table = tensor_util.make_ndarray(histograms.histogram_pb("x", values).value[0].tensor)
    cases.append({"values": [float(v) for v in values], "table": [[float(v) for v in row] for row in table]})
(here / "histograms.json").write_text(json.dumps(cases) + "\n")

folder = here / "scalars"
folder.mkdir(exist_ok=True)
for old in folder.iterdir():
    old.unlink()
writer = EventFileWriter(str(folder))
for step in range(3):
    # TensorFlow 2; TensorFlow 1; float_val and double_val in place of bytes.
    event = event_pb2.Event(wall_time=1000 + step, step=step, summary=scalars.scalar_pb("new", 0.5 + step))
    writer.add_event(event)
    old = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag="old", simple_value=0.25 + step)])
    writer.add_event(event_pb2.Event(wall_time=1000 + step, step=step, summary=old))
    for tag, tensor in (
        ("float", tensor_pb2.TensorProto(dtype=1, float_val=[0.125 + step])), ("double", tensor_pb2.TensorProto(dtype=2, double_val=[0.1 + step])),
    ):
        value = summary_pb2.Summary.Value(tag=tag, tensor=tensor)
        writer.add_event(event_pb2.Event(wall_time=1000 + step, step=step, summary=summary_pb2.Summary(value=[value])))
writer.add_event(event_pb2.Event(wall_time=1003, step=3, summary=histograms.histogram_pb("other", [1.0, 2.0])))
writer.close()
(found,) = folder.iterdir()
found.rename(folder / "events.out.tfevents.golden")
