"""One Keras release's own words for the models of kinds.py. `dialect(NAME)` imports the library of that name, `keras` or
`tf_keras`, and tells the rest by its version. `Recipe` is the trainer's own dialect."""
import importlib
import os


class Missing(Exception):
    """The release has no such layer."""


class Later:
    """A layer of a Sequential that is yet to be made, as the first one takes the input's shape in old releases."""

    def __init__(self, make, positional, named):
        self.make, self.positional, self.named = make, positional, named

    def __call__(self, *inputs, **named):
        return self.made()(*inputs, **named)

    def made(self, **more):
        if not hasattr(self, "layer"):
            inner = [p.made() if isinstance(p, Later) else p for p in self.positional]
            self.layer = self.make(*inner, **self.named, **more)
        return self.layer


class Dialect:
    """Keras 2 and 3, whose words are those of kinds.py."""

    extensions = [".h5"]

    def __init__(self, library):
        self.library, self.version = library, library.__version__
        self.backend = importlib.import_module(library.__name__ + ".backend")
        self.models = importlib.import_module(library.__name__ + ".models")

    def layer_class(self, name):
        found = getattr(self.library.layers, name, None)
        if found is None:
            raise Missing(f"Keras {self.version} has no {name}")
        return found

    def __getattr__(self, name):
        if not name[0].isupper():
            raise AttributeError(name)
        return lambda *positional, **named: Later(self.layer_class(name), positional, named)

    def channels_first(self):
        raise Missing("TensorFlow computes channels_first on GPUs alone")

    def Input(self, shape):
        return self.library.layers.Input(shape)

    def Model(self, inputs, outputs, **named):
        return self.models.Model(inputs, outputs, **named)

    def concatenate(self, tensors):
        return self.library.layers.concatenate(tensors)

    def add(self, tensors):
        return self.library.layers.add(tensors)

    def multiply(self, tensors):
        return self.library.layers.multiply(tensors)

    def named(self, outputs):
        """Outputs in a dictionary."""
        return outputs

    def chain(self, model, *layers):
        """A Sequential that begins with a model."""
        return self.models.Sequential([model] + [layer.made() for layer in layers])

    def states(self, layer, tensor):
        """All that a recurrent layer gives."""
        return layer.made()(tensor)

    def sequential(self, shape, *layers, integers=False):
        return self.models.Sequential([self.library.layers.InputLayer(shape)] + [layer.made() for layer in layers])

    def l1(self, value):
        return self.library.regularizers.l1(value)

    def l2(self, value):
        return self.library.regularizers.l2(value)

    def max_norm(self, value):
        return self.library.constraints.MaxNorm(value)

    def optimizer(self, name, rate, options):
        optimizers = self.library.optimizers
        found = getattr(optimizers, name, None)
        if found is None:
            raise Missing(f"Keras {self.version} has no {name}")
        if isinstance(rate, tuple):
            if not hasattr(optimizers, "schedules"):
                raise Missing(f"Keras {self.version} has no schedules")
            schedule, settings = rate
            rate = getattr(optimizers.schedules, schedule)(**settings)
        return found(**{self.rate: rate}, **options)

    rate = "learning_rate"  # What optimizers call it.

    def save(self, model, file):
        model.save(file)

    def fit(self, model, xs, ys, batch, epochs=1):
        return model.fit(xs, ys, batch_size=batch, epochs=epochs, shuffle=False, verbose=0).history["loss"][-1]

    def seed(self, number):
        self.library.utils.set_random_seed(number)

    def double(self, yes):
        self.backend.set_floatx("float64" if yes else "float32")

    def load(self, file, compiled=True):
        return self.models.load_model(file, compile=compiled)

    def freeze(self, model):
        model.trainable = False

    def adds_gradients(self, model):
        """Makes its optimizer add up what a weight gets from several places before anything else; whether it does not do so by itself."""
        return False


class ShapeInFirstLayer(Dialect):
    """As people wrote before InputLayer was common: no entry for the input in the file of 2.2 and earlier."""

    def sequential(self, shape, *layers, integers=False):
        first, *rest = layers
        named = {"input_length": shape[0]} if integers else {"input_shape": shape}
        return self.models.Sequential([first.made(**named)] + [layer.made() for layer in rest])


class Keras2(Dialect):
    """2.11 to 2.15 and tf_keras: `.keras` archives too, from 2.12 on."""

    extensions = [".h5", ".keras"]


class Keras212(Keras2):
    def save(self, model, file):
        # Its archives were an offer yet; by the name alone it makes an .h5 of them.
        model.save(file, save_format="h5" if file.endswith(".h5") else "keras_v3")


class Keras3(Keras2):
    def adds_gradients(self, model):
        # On TensorFlow the gradient of an Embedding comes token by token, and optimizers square it so. On JAX and PyTorch it is one sum, as in Keras 1 and 2.
        if not any(type(layer).__name__ == "Embedding" for layer in model.layers):
            return False
        import tensorflow
        apply = model.optimizer.apply
        model.optimizer.apply = lambda gradients, *rest: apply([tensorflow.convert_to_tensor(g) for g in gradients], *rest)
        return True

    def double(self, yes):
        self.library.config.set_floatx("float64" if yes else "float32")


class Keras22(ShapeInFirstLayer):
    def named(self, outputs):
        raise Missing(f"Keras {self.version} has no outputs in a dictionary")

    def channels_first(self):
        """Theano does."""

    def freeze(self, model):
        # What a model is told here, it tells nobody, nor its file.
        for layer in model.layers:
            layer.trainable = False

    def seed(self, number):
        import numpy as np
        np.random.seed(number)

    rate = "lr"


class Keras1(Keras22):
    renamed = {
        "Conv2D": "Convolution2D", "SeparableConv2D": "SeparableConvolution2D", "Conv1D": "Convolution1D", "Conv3D": "Convolution3D"}
    arguments = {
        "use_bias": "bias", "padding": "border_mode", "strides": "subsample", "kernel_regularizer": "W_regularizer", "bias_regularizer": "b_regularizer",
        "kernel_constraint": "W_constraint", "kernel_initializer": "init", "recurrent_activation": "inner_activation"}

    def __getattr__(self, name):
        if not name[0].isupper():
            raise AttributeError(name)

        def make(*positional, **named):
            for new, old in self.arguments.items():
                if new in named and not name.endswith(("Pooling1D", "Pooling2D")):
                    named[old] = named.pop(new)
            if named.pop("data_format", None) == "channels_first":
                named["dim_ordering"] = "th"
            positional = list(positional)
            if name == "Conv3D":
                positional[1:2] = [positional[1]] * 3
            if name == "Conv1D" and "subsample" in named:
                named["subsample_length"] = named.pop("subsample")
            if name in ("Conv2D", "SeparableConv2D"):
                positional[1:2] = [positional[1]] * 2
                if "subsample" in named:
                    named["subsample"] = (named["subsample"],) * 2
            if name.endswith(("Pooling2D", "Pooling3D", "UpSampling2D", "ZeroPadding2D")):
                positional = [(size,) * int(name[-2]) for size in positional]
            return Later(self.layer_class(self.renamed.get(name, name)), positional, named)
        return make

    def states(self, layer, tensor):
        raise Missing("Keras 1 gives no states")

    def Input(self, shape):
        return self.library.layers.Input(shape, dtype=self.backend.floatx())

    def Model(self, inputs, outputs, **named):
        return self.models.Model(input=inputs, output=outputs, **named)

    def merged(self, tensors, mode):
        return self.library.layers.merge(tensors, mode=mode)

    def concatenate(self, tensors):
        return self.merged(tensors, "concat")

    def add(self, tensors):
        return self.merged(tensors, "sum")

    def multiply(self, tensors):
        return self.merged(tensors, "mul")

    def fit(self, model, xs, ys, batch, epochs=1):
        return model.fit(xs, ys, batch_size=batch, nb_epoch=epochs, shuffle=False, verbose=0).history["loss"][-1]

    def load(self, file, compiled=True):
        return self.models.load_model(file)


class Recipe:
    """The trainer's recipes: the layers as a list of {class: options}, which is YAML as it stands."""

    positional = {
        "Dense": ["units"], "Activation": ["activation"], "LeakyReLU": ["alpha"], "Dropout": ["rate"], "Rescaling": ["scale"], "Conv2D": ["filters", "kernel_size"],
        "SeparableConv2D": ["filters", "kernel_size"], "DepthwiseConv2D": ["kernel_size"], "Conv1D": ["filters", "kernel_size"], "MaxPooling2D": ["pool_size"],
        "AveragePooling2D": ["pool_size"], "MaxPooling1D": ["pool_size"], "Embedding": ["input_dim", "output_dim"], "LSTM": ["units"], "GRU": ["units"],
        "SimpleRNN": ["units"], "ELU": ["alpha"], "UpSampling2D": ["size"], "ZeroPadding2D": ["padding"], "Cropping2D": ["cropping"], "Permute": ["dims"],
        "Reshape": ["target_shape"], "RepeatVector": ["n"], "Masking": ["mask_value"], "Conv3D": ["filters", "kernel_size"], "MaxPooling3D": ["pool_size"],
        "Bidirectional": ["layer"], "TimeDistributed": ["layer"]}

    def __getattr__(self, name):
        if not name[0].isupper():
            raise AttributeError(name)

        def make(*positional, **named):
            options = dict(zip(self.positional.get(name, []), positional), **named)
            inner = options.get("layer")
            if inner:
                (class_name, config), = inner.items()
                options["layer"] = {"class_name": class_name, "config": config}
            return {name: options}
        return make

    def channels_first(self):
        """The trainer does."""

    def l1(self, value):
        return {"class_name": "L1", "config": {"l1": value}}

    def l2(self, value):
        return {"class_name": "L2", "config": {"l2": value}}

    def max_norm(self, value):
        return {"class_name": "MaxNorm", "config": {"max_value": value}}

    def Input(self, shape):
        raise Missing("recipes know only chains of layers")

    def sequential(self, shape, *layers, integers=False):
        return list(layers)


def dialect(name):
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    shim = importlib.import_module("thshim")
    library = importlib.import_module(name)
    shim.shim_keras(library)
    major, minor = map(int, library.__version__.split(".")[:2])
    if name == "keras" and major == 2 and minor >= 4:
        # What tf.keras shows; the package's own modules have other classes under these names.
        version, library = library.__version__, importlib.import_module("keras.api._v2.keras")
        library.__version__ = version
    if major == 1:
        return Keras1(library)
    if major == 3:
        return Keras3(library)
    return Keras22(library) if minor < 4 else ShapeInFirstLayer(library) if minor < 12 else Keras212(library) if minor == 12 else Keras2(library)
