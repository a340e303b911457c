"""Options of convolution, pooling and resampling that Tests/Fixtures does not have, written by tf_keras (tag tfk) and, with the
channels in front, which TensorFlow does not compute on a CPU, by Keras 3 on PyTorch (tag k3).

    python make_convolution.py convolution tfk
    KERAS_BACKEND=torch python make_convolution.py convolution k3

Same sidecars as in Tests/Fixtures.
"""
import json
import os
import sys

import numpy as np

OUT, TAG = sys.argv[1:]


def channels_last(L):
    yield "conv1d", (9, 4), [L.Conv1D(4, 3, strides=2, padding="causal"), L.Conv1D(6, 2, groups=2, dilation_rate=2)]
    yield "conv2d_large_window", (3, 4, 2), [L.Conv2D(3, 5, padding="same"), L.Conv2D(2, (1, 3), strides=(2, 3), padding="same")]
    yield "conv2d_dilated_same", (7, 6, 2), [L.Conv2D(3, (3, 2), dilation_rate=(2, 3), padding="same", activation="gelu")]
    yield "conv2d_groups_stride", (8, 7, 6), [L.Conv2D(9, 3, groups=3, strides=3, padding="same"), L.Conv2D(18, 2, groups=9)]
    yield "conv2d_few_filters", (12, 12, 1), [L.Conv2D(6, 5, padding="same", activation="relu"), L.Conv2D(3, 1, strides=2)]
    yield "conv3d", (5, 4, 6, 2), [L.Conv3D(3, (2, 3, 1), strides=(1, 2, 1), padding="same"), L.MaxPooling3D((2, 1, 3), padding="same"), L.Conv3D(4, 2, dilation_rate=(1, 1, 1), groups=1)]
    yield "depthwise2d_dilated", (7, 8, 3), [L.DepthwiseConv2D((3, 2), dilation_rate=2, depth_multiplier=2, padding="same", activation="relu")]
    yield "depthwise1d", (8, 3), [L.DepthwiseConv1D(3, strides=2, padding="same"), L.DepthwiseConv1D(2, depth_multiplier=3, use_bias=False)]
    yield "separable2d_dilated", (7, 8, 3), [L.SeparableConv2D(4, 3, dilation_rate=2, depth_multiplier=2, activation="tanh")]
    yield "separable1d", (8, 3), [L.SeparableConv1D(4, 3, padding="causal", dilation_rate=2), L.SeparableConv1D(2, 2, strides=2, padding="same", depth_multiplier=2)]
    yield "transpose2d_output_padding", (3, 4, 2), [L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1), L.Conv2DTranspose(2, (4, 3), strides=3, padding="valid", output_padding=(2, 0))]
    yield "transpose2d_small_window", (3, 2, 2), [L.Conv2DTranspose(3, 2, strides=3, padding="same"), L.Conv2DTranspose(2, 1, strides=(2, 3), padding="valid", use_bias=False)]
    yield "transpose2d_dilated", (4, 3, 2), [L.Conv2DTranspose(3, 3, dilation_rate=2), L.Conv2DTranspose(2, (2, 3), dilation_rate=2, padding="same", activation="relu")]
    yield "transpose1d", (4, 2), [L.Conv1DTranspose(3, 4, strides=3, output_padding=2), L.Conv1DTranspose(2, 5, strides=2, padding="same", output_padding=0)]
    yield "transpose3d", (2, 3, 2, 2), [L.Conv3DTranspose(3, 3, strides=(1, 2, 2), padding="same"), L.Conv3DTranspose(2, (2, 1, 3), strides=2)]
    yield "pooling", (9, 8, 3), [L.MaxPooling2D(3, strides=2, padding="same"), L.AveragePooling2D((2, 3), strides=1, padding="same"), L.MaxPooling2D((3, 1), strides=(1, 2))]
    yield "pooling3d", (5, 4, 5, 2), [L.AveragePooling3D((2, 3, 2), strides=(1, 2, 2), padding="same"), L.MaxPooling3D((2, 1, 2), strides=1), L.GlobalAveragePooling3D(keepdims=True), L.GlobalMaxPooling3D()]
    yield "pooling_masked", (6, 3), [L.Masking(), L.GlobalAveragePooling1D()]
    yield "borders3d", (4, 3, 4, 2), [L.ZeroPadding3D(((1, 0), (0, 2), (1, 1))), L.Cropping3D(((2, 0), (1, 1), (0, 2))), L.UpSampling3D((2, 1, 3))]
    yield "upsampling_bilinear", (3, 4, 2), [L.UpSampling2D((3, 2), interpolation="bilinear")]
    yield "resizing", (7, 5, 2), [L.Resizing(4, 9), L.Resizing(6, 5, interpolation="nearest")]
    yield "resizing_crop", (7, 5, 2), [L.Resizing(4, 9, crop_to_aspect_ratio=True), L.Resizing(5, 3, interpolation="nearest", crop_to_aspect_ratio=True)]
    yield "center_crop", (8, 7, 2), [L.CenterCrop(5, 4)]
    yield "center_crop_enlarging", (4, 7, 2), [L.CenterCrop(5, 4)]


def channels_first(L):
    f = dict(data_format="channels_first")
    yield "first_conv1d", (3, 9), [L.Conv1D(4, 3, strides=2, padding="causal", **f), L.Conv1D(2, 3, dilation_rate=2, **f)]
    yield "first_conv2d", (4, 7, 8), [L.Conv2D(6, 3, strides=2, padding="same", activation="relu", **f), L.Conv2D(4, (1, 2), groups=2, use_bias=False, **f)]
    yield "first_conv2d_softmax", (2, 3, 4), [L.Conv2D(3, 1, activation="softmax", **f)]
    yield "first_depthwise", (3, 6, 7), [L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", **f), L.SeparableConv2D(4, (2, 3), strides=2, depth_multiplier=2, **f)]
    yield "first_transpose", (3, 3, 4), [L.Conv2DTranspose(4, 3, strides=2, padding="same", activation="relu", **f), L.Conv2DTranspose(2, (2, 3), strides=(1, 2), **f)]
    yield "first_pooling", (2, 8, 9), [L.MaxPooling2D(2, strides=1, **f), L.AveragePooling2D(2, **f), L.GlobalMaxPooling2D(keepdims=True, **f)]
    yield "first_pooling1d", (2, 9), [L.AveragePooling1D(3, strides=2, **f), L.GlobalAveragePooling1D(**f)]
    yield "first_borders", (2, 4, 5), [L.ZeroPadding2D(((1, 0), (2, 1)), **f), L.Cropping2D(((0, 2), (1, 0)), **f), L.UpSampling2D((2, 3), **f)]
    yield "first_borders1d", (2, 4), [L.ZeroPadding1D((1, 2), **f), L.UpSampling1D(2)]
    yield "first_conv3d", (2, 4, 3, 5), [L.Conv3D(3, 2, padding="same", **f), L.MaxPooling3D((2, 1, 2), **f)]


def write(K, cases):
    for name, shape, layers in cases:
        model = K.Sequential([K.Input(shape)] + layers)
        rng = np.random.default_rng(len(name))
        for w in model.weights:
            w.assign(rng.normal(0, 0.5, w.shape).astype("f4"))
        x = rng.normal(0, 1, (3,) + shape).astype("f4")
        if "mask" in name:
            x[0, 4:] = 0
            x[1, :2] = 0
        y = np.asarray(model.predict(x, verbose=0), "f4")
        base = f"{name}.{TAG}"
        model.save(os.path.join(OUT, base + ".h5"))
        side = {"kind": "inference", "name": base, "inputs": [], "variants": [{"tag": TAG, "producer": K.__name__ + " " + K.__version__, "files": [base + ".h5"], "outputs": [], "layers": [[type(l).__name__, l.name] for l in model.layers], "atol": 1e-5, "rtol": 1e-5}]}
        for kind, a, to in (("in0", x, side["inputs"]), ("out0", y, side["variants"][0]["outputs"])):
            file = f"{base}.{kind}.bin"
            a.astype("<f4").tofile(os.path.join(OUT, file))
            to.append({"file": file, "shape": list(a.shape), "dtype": "float32"})
        json.dump(side, open(os.path.join(OUT, base + ".json"), "w"))


if __name__ == "__main__":
    if TAG == "tfk":
        import tf_keras as keras
        write(keras, channels_last(keras.layers))
    else:
        import keras
        write(keras, channels_first(keras.layers))
