"""Pooling with padding "same" by Keras 2.2.4 on Theano, which pads by other numbers of cells: one file that differs from later
Keras, and one that does not.

    KERAS_BACKEND=theano python make_pooling.py rules
"""
import os
import sys

try:
    import thshim  # noqa: F401
except ImportError:
    pass
import keras
from keras import layers as L
from keras.models import Sequential

if hasattr(sys.modules.get("thshim"), "shim_keras"):
    thshim.shim_keras(keras)
for name, layer in (
    ("other", L.AveragePooling2D(2, padding="same", input_shape=(3, 3, 1))),
    ("same", L.MaxPooling2D(3, strides=1, padding="same", input_shape=(3, 3, 1))),
):
    Sequential([layer]).save(os.path.join(sys.argv[1], "theano_%s_pooling.h5" % name))
