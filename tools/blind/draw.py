"""Draws a Keras model at random: layers, options, shapes, and how the layers hang together.

The same seed draws the same model, whichever precision Keras computes in. What Keras refuses to build is drawn anew.
"""
import numpy as np

LIMIT = 3000  # numbers in a sample of any tensor


class Draw:
    """Random choices, all from one seed."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)

    def int(self, low, high):
        return int(self.random.randint(low, high + 1))

    def real(self, low, high):
        return round(float(self.random.uniform(low, high)), 3)

    def pick(self, *choices):
        return choices[self.random.randint(len(choices))]

    def some(self, choices, most):
        order = self.random.permutation(len(choices))[:self.int(1, min(most, len(choices)))]
        return [choices[i] for i in sorted(order)]

    def chance(self, share):
        return bool(self.random.rand() < share)


ACTIVATIONS = ["linear", "relu", "relu6", "elu", "selu", "gelu", "swish", "hard_sigmoid", "sigmoid", "softplus", "softsign", "tanh", "exponential", "mish", "softmax", "leaky_relu"]
ACTIVATIONS_3 = ["hard_silu", "celu", "log_sigmoid", "hard_tanh", "hard_shrink", "soft_shrink", "squareplus", "sparse_plus", "sparse_sigmoid", "sparsemax", "tanh_shrink", "log_softmax", "silu",
                 "threshold"]


class Builder:
    """Draws one model with the layers of `keras` (tf_keras or Keras 3). `training`: nothing in it is drawn anew in each epoch."""

    def __init__(self, keras, seed, training=False):
        self.keras, self.layers, self.draw, self.training = keras, keras.layers, Draw(seed), training
        self.third = keras.__version__.startswith("3")
        self.said = []

    # MARK: options

    def activation(self):
        d = self.draw
        if d.chance(0.06):
            return self.rectifier()
        return d.pick(*(ACTIVATIONS + ACTIVATIONS_3 if self.third else ACTIVATIONS)) if d.chance(0.6) else d.pick("relu", "tanh", None)

    def initializer(self):
        d, i = self.draw, self.keras.initializers
        return d.pick("glorot_uniform", "he_normal", "lecun_uniform", i.RandomNormal(0.1, 0.3), i.TruncatedNormal(stddev=0.2), i.VarianceScaling(1.5, "fan_out", "uniform"), i.Orthogonal(0.7),
                      i.RandomUniform(-0.3, 0.2), i.HeUniform(), i.LecunNormal())

    def regularizer(self):
        d, r = self.draw, self.keras.regularizers
        return d.pick(None, None, None, "l2", r.L1(d.real(0, 0.01)), r.L2(d.real(0, 0.01)), r.L1L2(0.002, 0.003))

    def constraint(self, share=0.15):
        d, c = self.draw, self.keras.constraints
        if not d.chance(share):
            return None
        return d.pick(c.MaxNorm(d.real(0.5, 2)), c.NonNeg(), c.UnitNorm(axis=0), c.MinMaxNorm(0.2, d.real(0.5, 1.5), rate=d.real(0.3, 1)))

    def weighted(self, prefix="kernel_"):
        d = self.draw
        options = {"activation": self.activation(), "use_bias": d.chance(0.75)}
        if d.chance(0.3):
            options[prefix + "initializer"] = self.initializer() if prefix == "kernel_" else d.pick("he_normal", "glorot_uniform")
            options[prefix + "regularizer"] = self.regularizer()
            options[prefix + "constraint"] = self.constraint(0.4)
            options["bias_initializer"] = d.pick("zeros", "ones", self.keras.initializers.Constant(0.2))
            options["bias_regularizer"] = self.regularizer()
        if d.chance(0.08):
            options["activity_regularizer"] = self.keras.regularizers.L2(d.real(0, 0.01))
        return options

    def window(self, rank, high=3):
        d = self.draw
        return d.int(1, high) if rank == 1 or d.chance(0.4) else tuple(d.int(1, high) for _ in range(rank))

    def strides(self, rank):
        """Strides and dilation: only one of them may be above 1."""
        d = self.draw
        kind = d.pick("plain", "stride", "stride", "dilate")
        return {"strides": self.window(rank, 4)} if kind == "stride" else {"dilation_rate": self.window(rank, 3)} if kind == "dilate" else {}

    def same_strides(self, rank):
        d = self.draw
        return {"strides": d.int(1, 3)} if d.chance(0.5) else {"dilation_rate": d.int(1, 3)} if d.chance(0.5) else {}

    # MARK: layers by rank; `shape` is that of a sample

    def rectifier(self):
        d, L = self.draw, self.layers
        return d.pick(lambda: L.LeakyReLU(d.real(0.05, 0.4)), lambda: L.ELU(d.real(0.3, 1.5)), lambda: L.LeakyReLU(),
                      lambda: L.ReLU(*d.pick((6.0,), (d.real(0.5, 2), d.real(0, 0.3), d.real(0, 0.4)), (None, 0.1, 0.3), ())))()

    def anywhere(self, shape):
        """Layers for samples of any rank."""
        d, L, rank = self.draw, self.layers, len(shape)
        axis = d.pick(-1, d.int(1, rank))
        axes = d.some(list(range(1, rank + 1)), 2)
        known = all(shape)
        noise = 0.0 if self.training else d.real(0.1, 0.5)
        choices = [
            lambda: L.Dense(d.int(1, 7), **self.weighted()),
            lambda: L.Dense(d.int(1, 7), **self.weighted()),
            lambda: L.Activation(self.activation() or "tanh"),
            lambda: self.normalization(axis),
            lambda: self.normalization(axis),
            lambda: L.LayerNormalization(axis=d.pick(-1, axis, axes), epsilon=d.pick(1e-3, 1e-5, 0.1), center=d.chance(0.7), scale=d.chance(0.7)),
            lambda: L.UnitNormalization(axis=d.pick(-1, axis, axes)),
            lambda: L.GroupNormalization(groups=d.pick(1, -1, 2, 3), axis=axis, epsilon=d.pick(1e-3, 1e-4), center=d.chance(0.7), scale=d.chance(0.7)),
            lambda: self.rectifier(),
            lambda: L.PReLU(shared_axes=d.pick(None, axes), alpha_regularizer=self.regularizer(), alpha_constraint=self.constraint()),
            lambda: L.Softmax(axis=d.pick(-1, axis, axes if rank > 1 else -1)),
            lambda: d.pick(L.Dropout(noise), L.GaussianNoise(noise), L.GaussianDropout(noise), L.AlphaDropout(noise)),
            lambda: L.Rescaling(d.pick(1 / 3, 2.0, -0.5), offset=d.pick(0.0, d.real(-1, 1))),
            lambda: L.Flatten(**({"data_format": d.pick("channels_first", "channels_last")} if d.chance(0.4) else {})),
            lambda: L.Permute(tuple(int(i) + 1 for i in d.random.permutation(rank))),
            lambda: L.ActivityRegularization(d.real(0, 0.01), d.real(0, 0.01)),
        ]
        if known:
            choices += [lambda: L.Reshape(self.reshaped(shape)), lambda: L.Reshape(self.reshaped(shape)), lambda: self.einsum(shape)]
            if rank > 1:
                choices.append(lambda: L.TimeDistributed(self.for_shape(shape[1:])))
                choices.append(lambda: L.TimeDistributed(self.steps(shape[1:])))
        if not self.third:
            choices.append(lambda: L.ThresholdedReLU(d.real(0.1, 0.8)))
        choices.append(lambda: L.Identity())
        if self.third:
            choices += [lambda: L.RMSNormalization(axis=d.pick(-1, axis), epsilon=d.pick(1e-6, 1e-3))]
        return choices

    def normalization(self, axis):
        d = self.draw
        options = {"axis": axis, "momentum": d.pick(0.99, 0.8), "epsilon": d.pick(1e-3, 0.01), "center": d.chance(0.7), "scale": d.chance(0.7), "trainable": d.chance(0.8)}
        if d.chance(0.2):
            options["gamma_regularizer"], options["beta_constraint"] = self.regularizer(), self.constraint(0.5)
        return self.layers.BatchNormalization(**options)

    def reshaped(self, shape):
        """Another shape of as many numbers, one of them perhaps -1."""
        d, left, target = self.draw, int(np.prod(shape)), []
        for _ in range(d.int(0, 3)):
            part = d.pick(*[n for n in range(1, left + 1) if left % n == 0])
            target.append(part)
            left //= part
        target.append(left)
        order = [int(i) for i in d.random.permutation(len(target))]
        target = [target[i] for i in order]
        if d.chance(0.4):
            target[d.int(0, len(target) - 1)] = -1
        return tuple(target)

    def einsum(self, shape):
        d, L = self.draw, self.layers
        units = d.int(1, 4)
        if len(shape) == 1:
            return L.EinsumDense("ab,bc->ac", output_shape=units, bias_axes=d.pick(None, "c"))
        if len(shape) == 2:
            return d.pick(lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, units), bias_axes="d", activation="tanh"),
                          lambda: L.EinsumDense("abc,cde->abde", output_shape=(None, units, 2), bias_axes="de"),
                          lambda: L.EinsumDense("abc,bd->adc", output_shape=(units, shape[1]), bias_axes=d.pick(None, "d", "dc")),
                          lambda: L.EinsumDense("...x,xy->...y", output_shape=units, bias_axes="y"))()
        return L.EinsumDense("...x,xy->...y", output_shape=units, bias_axes=d.pick(None, "y"))

    def vectors(self, shape):
        d, L = self.draw, self.layers
        return [lambda: L.RepeatVector(d.int(1, 4))]

    def recurrent(self, inner=False):
        d, L = self.draw, self.layers
        options = {"use_bias": d.chance(0.8), "go_backwards": not inner and d.chance(0.3), "return_sequences": d.chance(0.6)}
        if d.chance(0.4):
            options["activation"] = d.pick("relu", "sigmoid", "elu", "softsign", "linear") if d.chance(0.8) else self.activation()
        if d.chance(0.2):
            options["unroll"] = True
        if d.chance(0.2):
            options["dropout"] = options["recurrent_dropout"] = 0.0 if self.training else 0.3
        if d.chance(0.2):
            options["kernel_regularizer"], options["recurrent_regularizer"] = self.regularizer(), self.regularizer()
            options["recurrent_constraint"] = self.constraint(0.3)
        units, kind = d.int(1, 5), d.pick("LSTM", "GRU", "SimpleRNN", "RNN")
        if kind in ("LSTM", "GRU") and d.chance(0.4):
            options["recurrent_activation"] = d.pick("hard_sigmoid", "tanh", "sigmoid", "relu")
        if kind == "LSTM":
            return L.LSTM(units, unit_forget_bias=d.chance(0.5), **options)
        if kind == "GRU":
            return L.GRU(units, reset_after=d.chance(0.6), **options)
        if kind == "SimpleRNN":
            return L.SimpleRNN(units, **options)
        cells = [d.pick(L.SimpleRNNCell, L.LSTMCell, L.GRUCell)(d.int(1, 4)) for _ in range(d.int(1, 3))]
        return L.RNN(cells[0] if len(cells) == 1 and d.chance(0.6) else cells, go_backwards=options["go_backwards"], return_sequences=options["return_sequences"])

    def bidirectional(self):
        d = self.draw
        inner = self.recurrent(inner=True)
        if type(inner).__name__ == "RNN":
            inner = self.layers.LSTM(d.int(1, 4), return_sequences=d.chance(0.5))
        return self.layers.Bidirectional(inner, merge_mode=d.pick("concat", "sum", "mul", "ave"))

    def sequences(self, shape):
        d, L = self.draw, self.layers
        channels = shape[-1] or 1
        groups = d.pick(*[n for n in range(1, channels + 1) if channels % n == 0])
        border = d.pick("valid", "same")
        noise = 0.0 if self.training else 0.3
        return [
            lambda: L.Conv1D(groups * d.int(1, 3), d.int(1, 4), padding=d.pick("valid", "same", "causal"), groups=groups, **self.strides(1), **self.weighted()),
            lambda: L.Conv1D(d.int(1, 5), d.int(1, 4), padding=d.pick("valid", "same", "causal"), **self.strides(1), **self.weighted()),
            lambda: L.SeparableConv1D(d.int(1, 4), d.int(1, 3), padding=border, depth_multiplier=d.int(1, 2), **self.strides(1), activation=self.activation(), use_bias=d.chance(0.7)),
            lambda: L.DepthwiseConv1D(d.int(1, 3), padding=border, depth_multiplier=d.int(1, 3), **self.strides(1), activation=self.activation(), use_bias=d.chance(0.7)),
            lambda: L.Conv1DTranspose(d.int(1, 4), d.int(1, 4), padding=border, **self.strides(1), **self.weighted()),
            lambda: d.pick(L.MaxPooling1D, L.AveragePooling1D)(d.int(1, 3), strides=d.pick(None, 1, 2, 4), padding=border, data_format=d.pick(*["channels_last"] * 4, "channels_first")),
            lambda: d.pick(L.GlobalMaxPooling1D, L.GlobalAveragePooling1D)(keepdims=d.chance(0.4), data_format=d.pick("channels_last", "channels_last", "channels_first")),
            lambda: L.ZeroPadding1D(d.pick(d.int(0, 2), (d.int(0, 2), d.int(0, 3)))),
            lambda: L.Cropping1D(d.pick(1, (0, 1), (1, 0), (0, 0))),
            lambda: L.UpSampling1D(d.int(1, 3)),
            lambda: L.SpatialDropout1D(noise),
            lambda: L.Masking(d.pick(0.0, 1.0)),
            self.recurrent, self.recurrent, self.recurrent, self.bidirectional, self.bidirectional,
        ]

    def images(self, shape):
        d, L = self.draw, self.layers
        channels = shape[-1] or 1
        groups = d.pick(*[n for n in range(1, channels + 1) if channels % n == 0])
        border = d.pick("valid", "same")
        form = d.pick(*["channels_last"] * 7, "channels_first")
        noise = 0.0 if self.training else 0.3
        pairs = lambda high: d.pick(d.int(0, high), (d.int(0, high), d.int(0, high)), ((d.int(0, high), d.int(0, high)), (d.int(0, high), d.int(0, high))))
        return [
            lambda: L.Conv2D(d.int(1, 5), self.window(2, 4), padding=border, data_format=form, **self.strides(2), **self.weighted()),
            lambda: L.Conv2D(d.int(1, 5), self.window(2, 4), padding=border, **self.strides(2), **self.weighted()),
            lambda: L.Conv2D(groups * d.int(1, 3), self.window(2), padding=border, groups=groups, **self.strides(2), **self.weighted()),
            lambda: L.DepthwiseConv2D(self.window(2), padding=border, depth_multiplier=d.int(1, 3), **self.same_strides(2), **self.weighted("depthwise_")),
            lambda: L.SeparableConv2D(d.int(1, 4), self.window(2), padding=border, depth_multiplier=d.int(1, 2), **self.same_strides(2), activation=self.activation(), use_bias=d.chance(0.7)),
            lambda: L.Conv2DTranspose(d.int(1, 4), self.window(2), padding=border, **self.strides(2), **self.weighted()),
            lambda: L.Conv2DTranspose(d.int(1, 3), 3, strides=d.pick(2, 3, (2, 3)), padding=border, output_padding=d.pick(None, 1, (0, 1))),
            lambda: d.pick(L.MaxPooling2D, L.AveragePooling2D)(self.window(2), strides=d.pick(None, 1, (2, 1), 4), padding=border, data_format=form),
            lambda: d.pick(L.GlobalMaxPooling2D, L.GlobalAveragePooling2D)(keepdims=d.chance(0.4), data_format=form),
            lambda: L.ZeroPadding2D(pairs(2), data_format=d.pick("channels_last", form)),
            lambda: L.Cropping2D(pairs(1), data_format=d.pick("channels_last", form)),
            lambda: L.UpSampling2D(self.window(2), interpolation=d.pick("nearest", "bilinear"), data_format=form),
            lambda: L.Resizing(d.int(1, 8), d.int(1, 8), interpolation=d.pick("nearest", "bilinear")),
            lambda: L.CenterCrop(d.int(1, 6), d.int(1, 6)),
            lambda: L.SpatialDropout2D(noise),
        ]

    def volumes(self, shape):
        d, L = self.draw, self.layers
        border = d.pick("valid", "same")
        pairs = lambda high: d.pick(d.int(0, high), tuple((d.int(0, high), d.int(0, high)) for _ in range(3)))
        return [
            lambda: L.Conv3D(d.int(1, 4), self.window(3, 2), padding=border, **self.strides(3), **self.weighted()),
            lambda: L.Conv3DTranspose(d.int(1, 3), self.window(3, 2), padding=border, strides=self.window(3, 2), use_bias=d.chance(0.6)),
            lambda: d.pick(L.MaxPooling3D, L.AveragePooling3D)(self.window(3, 2), strides=d.pick(None, 1, (2, 1, 2)), padding=border),
            lambda: d.pick(L.GlobalMaxPooling3D, L.GlobalAveragePooling3D)(keepdims=d.chance(0.4), data_format=d.pick("channels_last", "channels_first")),
            lambda: L.ZeroPadding3D(pairs(1)),
            lambda: L.Cropping3D(pairs(1)),
            lambda: L.UpSampling3D(self.window(3, 2)),
        ]

    def candidates(self, shape):
        special = {1: self.vectors, 2: self.sequences, 3: self.images, 4: self.volumes}.get(len(shape), lambda shape: [])(shape)
        return special if special and self.draw.chance(0.6) else self.anywhere(shape)

    def steps(self, shape):
        """A model for the samples of one time step."""
        tensor = start = self.keras.Input(shape)
        for _ in range(self.draw.int(1, 3)):
            tensor = self.fits(self.for_shape(self.shape(tensor))(tensor))
        return self.keras.Model(start, tensor)

    def for_shape(self, shape):
        layer = self.draw.pick(*self.candidates(shape))()
        return layer

    # MARK: tensors

    def shape(self, tensor):
        return tuple(tensor.shape)[1:]

    def fits(self, tensor):
        shape = self.shape(tensor)
        if any(n == 0 for n in shape) or len(shape) > 5 or len(shape) < 1:
            raise ValueError("no shape to go on with")
        if int(np.prod([n or 5 for n in shape])) > LIMIT:
            raise ValueError("too large")
        return tensor

    def attempt(self, action, tries=20):
        """The first of some draws that Keras builds."""
        for _ in range(tries):
            try:
                result = action()
                for tensor in result if isinstance(result, list) else [result]:
                    self.fits(tensor)
                return result
            except Exception as error:
                last = error
        raise last

    def one(self, tensor):
        return self.attempt(lambda: self.for_shape(self.shape(tensor))(tensor))

    def chain(self, tensor, most):
        for _ in range(self.draw.int(1, most)):
            tensor = self.one(tensor)
        return tensor

    def kept(self, tensor):
        """A layer that keeps the shape."""
        d, L, shape = self.draw, self.layers, self.shape(tensor)
        return d.pick(lambda: L.Dense(shape[-1], **self.weighted())(tensor), lambda: self.normalization(-1)(tensor), lambda: L.Activation(self.activation() or "relu")(tensor))()

    def merged(self, tensor):
        d, L, rank = self.draw, self.layers, len(self.shape(tensor))
        a, b = self.kept(tensor), d.pick(lambda: tensor, lambda: self.kept(tensor))()
        kind = d.pick("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Concatenate", "Dot", "Dot", "three", "Attention", "AdditiveAttention")
        if kind == "Concatenate":
            if d.chance(0.5):
                b = self.layers.Dense(d.int(1, 3))(b)
                return L.Concatenate(axis=d.pick(-1, rank))([a, b])
            return L.Concatenate(axis=d.pick(-1, d.int(1, rank)))([a, b, a] if d.chance(0.3) else [a, b])
        if kind == "Dot":
            axis = d.int(1, min(rank, 3))
            return L.Dot(axes=d.pick(axis, (axis, axis), -1), normalize=d.chance(0.4))([a, b])
        if kind == "three":
            return d.pick(L.Add, L.Multiply, L.Average, L.Maximum, L.Minimum)()([a, b, tensor])
        if kind in ("Attention", "AdditiveAttention"):
            if rank != 2:
                raise ValueError("attention")
            options = {"use_scale": d.chance(0.6)}
            if kind == "Attention":
                options["score_mode"] = d.pick("dot", "concat")
            inputs = [a, b, self.kept(tensor)] if d.chance(0.3) else [a, b]
            return getattr(L, kind)(**options)(inputs, **({"use_causal_mask": True} if d.chance(0.3) else {}))
        if d.chance(0.25) and rank > 1 and a.shape[1]:  # One of them is broadcast.
            b = d.pick(lambda: L.Dense(1)(b), lambda: L.GlobalAveragePooling1D(keepdims=True)(b) if rank == 2 else L.GlobalMaxPooling2D(keepdims=True)(b) if rank == 3 else L.Dense(1)(b))()
        return getattr(L, kind)()([a, b])

    def attended(self, tensor):
        d, L = self.draw, self.layers
        rank = len(self.shape(tensor))
        if rank not in (2, 3):
            raise ValueError("attention")
        options = {"value_dim": d.int(2, 3)} if d.chance(0.4) else {}
        if d.chance(0.3):
            options["output_shape"] = d.int(1, 4)
        if rank == 3:
            options["attention_axes"] = d.pick((1,), (2,), (1, 2), None)
        layer = L.MultiHeadAttention(num_heads=d.int(1, 3), key_dim=d.int(1, 4), use_bias=d.chance(0.7), **options)
        other = d.pick(lambda: tensor, lambda: self.kept(tensor))()
        return layer(tensor, other, **({"use_causal_mask": True} if d.chance(0.3) and rank == 2 else {}))

    def started(self, tensor):
        """A recurrent layer, one way or both, that begins with states made of its own input."""
        d, L = self.draw, self.layers
        if len(self.shape(tensor)) != 2:
            raise ValueError("no sequence")
        units, kind = d.int(1, 4), d.pick("LSTM", "GRU", "SimpleRNN")
        options = {"return_sequences": d.chance(0.6), "go_backwards": d.chance(0.2), "unroll": d.chance(0.15) and bool(tensor.shape[1])}
        both = d.chance(0.3)
        if both:
            options["go_backwards"] = False
        elif d.chance(0.2):
            options["zero_output_for_mask"] = True
        layer = getattr(L, kind)(units, **options)
        count = (2 if kind == "LSTM" else 1) * (2 if both else 1)
        pooled = L.GlobalMaxPooling1D()(tensor)
        states = [L.Dense(units, activation="tanh")(pooled) for _ in range(count)]
        if both:
            layer = L.Bidirectional(layer, merge_mode=d.pick("concat", "sum", "mul", "ave"))
        return layer(tensor, initial_state=states)

    def nested(self, tensor, depth):
        """A model inside, called once or twice."""
        d, K, shape = self.draw, self.keras, self.shape(tensor)
        if d.chance(0.5):
            layers, now = [], K.Input(shape)
            inner = K.Sequential([K.Input(shape)])
            for _ in range(d.int(1, 3)):
                layer = self.for_shape(tuple(now.shape)[1:])
                now = self.fits(layer(now))
                layers.append(layer)
            for layer in layers:
                inner.add(layer)
        else:
            start = K.Input(shape)
            inner = K.Model(start, self.graph(start, d.int(1, 3), depth + 1))
        if d.chance(0.35):
            inner.trainable = False
        elif d.chance(0.3):
            d.pick(*inner.layers).trainable = False
        if d.chance(0.3):
            return self.layers.Concatenate()([inner(tensor), inner(self.kept(tensor))])
        return inner(tensor)

    def shared(self, tensor):
        layer = self.for_shape(self.shape(tensor))
        return self.draw.pick(self.layers.Add, self.layers.Concatenate)()([layer(tensor), layer(self.kept(tensor))])

    def graph(self, tensor, steps, depth=0):
        d = self.draw
        for _ in range(steps):
            before = tensor
            kind = d.pick(*["one"] * 8, "merged", "merged", "merged", "attended", "nested", "shared", "started")
            action = {"one": self.one, "merged": self.merged, "started": self.started, "attended": self.attended, "shared": self.shared, "nested": (lambda t: self.nested(t, depth)) if depth < 2 else self.one}[kind]
            try:
                tensor = self.attempt(lambda: action(before), 3)
            except Exception:
                tensor = self.one(before)
        return tensor

    # MARK: whole models

    def input(self):
        """An input and what kind of numbers it takes."""
        d, K = self.draw, self.keras
        kind = d.pick("vector", "sequence", "sequence", "image", "image", "volume", "ids", "rank5")
        if kind == "ids":
            return K.Input(d.pick((d.int(1, 7),), (d.int(1, 7),), (d.int(1, 4), d.int(1, 5)))), "ids"
        shape = {"vector": (d.int(1, 9),), "sequence": (d.pick(None, d.int(1, 9), d.int(2, 9), d.int(2, 9)), d.int(1, 5)), "image": (d.int(1, 9), d.int(1, 9), d.int(1, 4)),
                 "volume": (d.int(1, 5), d.int(1, 5), d.int(1, 4), d.int(1, 3)), "rank5": (d.int(1, 3), 2, d.int(1, 3), 2, 2)}[kind]
        return K.Input(shape), d.pick("numbers", "numbers", "masked") if kind == "sequence" else "numbers"

    def begun(self, tensor, kind):
        d, L = self.draw, self.layers
        if kind == "ids":
            embedding = L.Embedding(9, d.int(1, 5), mask_zero=d.chance(0.5))
            return (L.TimeDistributed(embedding) if len(self.shape(tensor)) > 1 and d.chance(0.5) else embedding)(tensor)
        if kind == "masked":
            return L.Masking(0.0)(tensor)
        if d.chance(0.1) and all(self.shape(tensor)):
            axis = d.pick(-1, d.int(1, len(self.shape(tensor))))
            return L.Normalization(axis=axis)(tensor)
        return tensor

    def model(self):
        """The model, and the kind of numbers that each input takes."""
        d, K = self.draw, self.keras
        if d.chance(0.25):
            return self.sequential()
        inputs = [self.input() for _ in range(d.pick(1, 1, 1, 2))]
        tensors = [self.graph(self.begun(tensor, kind), d.int(1, 6 if len(inputs) == 1 else 3)) for tensor, kind in inputs]
        outputs = list(tensors)
        if len(tensors) == 2:
            flat = [self.flat(t) for t in tensors]
            joined = self.layers.Concatenate()(flat) if d.chance(0.6) else self.layers.Add()([self.layers.Dense(3)(t) for t in flat])
            outputs = [joined, tensors[0]] if d.chance(0.3) else [joined]
        elif d.chance(0.25):
            outputs = [self.chain(tensors[0], 2), self.chain(tensors[0], 2)]
        outputs = [o if not any(o is t for t, _ in inputs) else self.layers.Activation("tanh")(o) for o in outputs]
        if self.training:
            outputs = [self.head(o) for o in outputs]
        if len(outputs) > 1 and not self.training and d.chance(0.5):
            # Keras orders a dictionary by its keys, not as it was written.
            keys = d.pick("zyx", "bac", "Zab", "äza")
            outputs = dict(zip(keys, outputs)) if d.chance(0.7) else [outputs[0], dict(zip(keys, outputs[1:]))]
        options = {"name": d.pick("model_of_mine", "m-1", "größe")} if d.chance(0.2) else {}
        model = K.Model([t for t, _ in inputs] if len(inputs) > 1 else inputs[0][0], outputs if len(outputs) > 1 else outputs[0], **options)
        return model, [kind for _, kind in inputs]

    def flat(self, tensor):
        if len(tensor.shape) == 2:
            return tensor
        return self.layers.Flatten()(tensor) if all(self.shape(tensor)) else self.layers.GlobalMaxPooling1D()(tensor) if len(tensor.shape) == 3 else self.attempt(lambda: self.layers.GlobalMaxPooling2D()(tensor))

    def head(self, tensor):
        """What a loss can take: a layer for classes or numbers at the end."""
        d, L = self.draw, self.layers
        if d.chance(0.75) or len(tensor.shape) > 3:
            tensor = self.flat(tensor)
        kind = d.pick("softmax", "softmax", "sigmoid", "linear", "linear", "separate")
        if kind == "separate":
            return L.Activation("softmax")(L.Dense(d.int(2, 5))(tensor))
        return L.Dense(d.int(2, 5) if kind == "softmax" else d.int(1, 3), activation=kind)(tensor)

    def sequential(self):
        d, K = self.draw, self.keras
        start, kind = self.input()
        now, layers = start, []
        for number in range(d.int(1, 6)):
            def attempt():
                if number == 0 and kind == "ids":
                    layer = self.layers.Embedding(9, d.int(1, 5), mask_zero=d.chance(0.5))
                elif d.chance(0.12):
                    inner = K.Input(self.shape(now))
                    layer = K.Model(inner, self.graph(inner, d.int(1, 3), 1))
                else:
                    layer = self.for_shape(self.shape(now))
                attempt.layer = layer
                return layer(now)
            now = self.attempt(attempt)
            layers.append(attempt.layer)
        if self.training:
            if len(self.shape(now)) > 1 and all(self.shape(now)):
                layers.append(self.layers.Flatten())
            layers.append(self.layers.Dense(d.int(2, 5), activation="softmax") if d.chance(0.5) else self.layers.Dense(d.int(1, 3), activation=d.pick("sigmoid", "linear")))
        return K.Sequential([start if self.third else K.Input(self.shape(start)), *layers]), [kind]


def numbers(draw, kind, shape, rows):
    shape = tuple(n or draw.int(3, 7) for n in shape)
    if kind == "ids":
        x = draw.random.randint(0, 9, (rows, *shape))
        x[0, -1:] = 0
        if len(shape) > 1:
            x[draw.random.rand(*x.shape) < 0.3] = 0
        return x.astype("float32")
    x = draw.random.randn(rows, *shape).astype("float32")
    if kind == "masked":
        x[0, -2:] = 0
        x[rows // 2, 0] = 0
    return x


def randomise(model, keras, random):
    """Weights as after some training: none of them as it began."""
    third = keras.__version__.startswith("3")
    for w in model.weights:
        name, shape = (w.path if third else w.name).split("/")[-1], tuple(int(n) for n in w.shape)
        if "count" in name or "seed_generator" in name:
            continue
        if "variance" in name:
            a = random.uniform(0.5, 1.5, shape)
        elif "gamma" in name:
            a = 1 + 0.2 * random.randn(*shape)
        elif "kernel" in name or "embeddings" in name:
            a = random.randn(*shape) * 1.2 / np.sqrt(max(1, int(np.prod(shape[:-1]))))
        else:
            a = 0.3 * random.randn(*shape)
        w.assign(np.asarray(a))
    for layer in model._flatten_layers() if hasattr(model, "_flatten_layers") else []:
        if type(layer).__name__ == "Normalization":
            layer.finalize_state()
