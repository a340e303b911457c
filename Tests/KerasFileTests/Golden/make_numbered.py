"""Keras 2.12's first form of what became Keras 3's: weights alone, and an archive, of a model with others inside.

    python make_numbered.py numbered      under Keras 2.12 (tools/interop/requirements/k212.txt)

whole.h5 is the same model, as Keras saved it in the old form.
"""
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
try:
    import thshim  # noqa: F401
except ImportError:
    pass
from tensorflow import keras

layers, out = keras.layers, sys.argv[1]
os.makedirs(out, exist_ok=True)
keras.utils.set_random_seed(4)
first = keras.Sequential([layers.Dense(2), layers.Dense(3)], name="first")
second = keras.Sequential([layers.Dense(2), layers.Dropout(0.1), layers.BatchNormalization(), layers.Dense(3)], name="second")
start = keras.Input((3,))
middle = layers.BatchNormalization()(layers.Activation("relu")(first(layers.Dense(3)(start))))
model = keras.Model(start, layers.Bidirectional(layers.GRU(2))(layers.Reshape((2, 1))(layers.Dense(2)(second(middle)))))
model.compile("adam", "mse")
model.save_weights(out + "/alone.weights.h5")
model.save(out + "/whole.h5")
model.save(out + "/archive.keras", save_format="keras_v3")
