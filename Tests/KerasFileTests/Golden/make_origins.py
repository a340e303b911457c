"""Configs with classes and functions of a user's own, many of them with the names of Keras': by tf_keras (tag tfk) and Keras 3
(tag k3), in the words of a .keras and of an .h5.

    python make_origins.py origins.json

Written with tf_keras 2.21.0 and Keras 3.15.1. `custom` is what must not be computed as Keras' own: "model", "compile" (only
what the model was compiled with), or null. An .h5 tells nothing of some of them, which are left out.
"""
import json
import os
import sys
import tempfile
import zipfile

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
import h5py
import keras
import tf_keras


def read(file):
    if file.endswith("h5"):
        with h5py.File(file) as h:
            config, training = json.loads(h.attrs["model_config"]), h.attrs.get("training_config")
            return config, training and json.loads(training)
    config = json.loads(zipfile.ZipFile(file).read("config.json"))
    return config, config.get("compile_config")


def cases(K):
    L = K.layers
    register = K.saving.register_keras_serializable if hasattr(K, "saving") else K.utils.register_keras_serializable

    class LayerNormalization(L.Layer):
        def call(self, x):
            return x * 2

    class Dense(L.Dense):
        pass

    @register()
    class Flatten(L.Flatten):
        pass

    @register("mine")
    class ReLU(L.ReLU):
        pass

    def custom(x):
        return -x

    @register("mine")
    def tanh(x):
        return x * 3

    @register()
    def gelu(x):
        return x * 3

    class L2(K.regularizers.L2):
        pass

    class NonNeg(K.constraints.NonNeg):
        pass

    class Zeros(K.initializers.Zeros):
        pass

    class MeanSquaredError(K.losses.MeanSquaredError):
        pass

    class Adam(K.optimizers.Adam):
        pass

    class Precision(K.metrics.Precision):
        pass

    @register("mine")
    def hinge(a, b):
        return 0 * b

    def layer(l):
        return lambda: K.Sequential([L.Input((2,)), l()])

    def compiled(*arguments, **options):
        def make():
            m = K.Sequential([L.Input((2,)), L.Dense(1, activation="sigmoid")])
            m.compile(*arguments, **options)
            return m
        return make

    both, new = (".keras", ".h5"), (".keras",)
    yield "class", layer(LayerNormalization), "model", both  # In an .h5 by its options, of which it has none.
    yield "subclass", layer(lambda: Dense(2)), "model", new
    yield "registered", layer(Flatten), "model", both
    yield "package", layer(ReLU), "model", both
    yield "wrapped", lambda: K.Sequential([L.Input((3, 2)), L.TimeDistributed(Dense(2))]), "model", new
    yield "wrapped_registered", lambda: K.Sequential([L.Input((3, 2)), L.TimeDistributed(ReLU())]), "model", both
    yield "function", layer(lambda: L.Dense(2, activation=custom)), "model", both
    yield "function_package", layer(lambda: L.Dense(2, activation=tanh)), "model", both
    yield "function_registered", layer(lambda: L.Activation(gelu)), "model", both
    yield "regularizer", layer(lambda: L.Dense(2, kernel_regularizer=L2(0.1))), "model", both
    yield "constraint", layer(lambda: L.Dense(2, kernel_constraint=NonNeg())), "model", both
    yield "initializer", layer(lambda: L.Dense(2, kernel_initializer=Zeros())), "model", both
    yield "activation_layer", layer(lambda: L.Dense(2, activation=ReLU())), "model", both
    yield "loss", compiled("sgd", MeanSquaredError()), "compile", new
    yield "loss_function", compiled("sgd", hinge), "compile", new
    yield "metric", compiled("sgd", "mse", metrics=[Precision()]), "compile", new
    yield "optimizer", compiled(Adam(), "mse"), "compile", new
    # Keras' own, in all ways of naming them.
    yield "keras_words", layer(lambda: L.Dense(2, activation="gelu", kernel_regularizer="l2", kernel_initializer="he_normal")), None, both
    yield "keras_functions", layer(lambda: L.Dense(2, activation=K.activations.relu)), None, both
    yield "keras_objects", layer(lambda: L.Dense(2, activation=L.LeakyReLU(), kernel_regularizer=K.regularizers.L1L2(0.1), kernel_constraint=K.constraints.MaxNorm(1),
                                                 kernel_initializer=K.initializers.HeUniform())), None, both
    yield "keras_wrapped", lambda: K.Sequential([L.Input((3, 2)), L.Bidirectional(L.LSTM(2)), L.Dense(1)]), None, both
    yield "keras_compiled", compiled(K.optimizers.Adam(), K.losses.BinaryCrossentropy(), metrics=[K.metrics.Precision()]), None, both
    yield "keras_compiled_functions", compiled("rmsprop", K.losses.mean_squared_error, metrics=[K.metrics.mean_absolute_error]), None, both


found = []
for K, tag in ((tf_keras, "tfk"), (keras, "k3")):
    for name, make, custom, endings in cases(K):
        model = make()
        for ending in endings:
            with tempfile.TemporaryDirectory() as folder:
                file = os.path.join(folder, "m" + ending)
                model.save(file)
                config, training = read(file)
            found.append({"name": f"{name}.{tag}{ending}", "custom": custom, "keras_version": K.__version__, "config": config, "training": training})
with open(sys.argv[1], "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(c) for c in found) + "\n]\n")
print(len(found), "cases")
