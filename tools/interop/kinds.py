"""The models of the matrix, in Keras 2's words, and the data that they are trained on. A dialect (dialects.py) turns the words into one release's own.

A kind is a function of a dialect that returns an uncompiled model. What a release has no layer for, its dialect refuses with `Missing`.
"""
import numpy as np

ROWS, BATCH = 40, 16  # The last batch of an epoch is a short one.


def mlp(k):
    return k.sequential((4, 3), k.Flatten(), k.Dense(16, activation="relu", name="hidden1"), k.Dense(8, activation="tanh"), k.Dense(3, activation="softmax"))


def mlp_normalized(k):
    return k.sequential(
        (9,), k.Dense(16, use_bias=False), k.BatchNormalization(), k.Activation("relu"), k.Dense(8), k.LeakyReLU(0.1), k.Dense(3), k.Activation("softmax"))


def mlp_dropout(k):
    return k.sequential((9,), k.Dense(16, activation="relu"), k.Dropout(0.25), k.BatchNormalization(), k.Dense(3, activation="softmax"))


def scaled(k):
    mean, variance = np.linspace(-1, 1, 9), np.linspace(0.5, 2, 9)
    return k.sequential(
        (9,), k.Rescaling(0.5, offset=0.25), k.Normalization(mean=mean.tolist(), variance=variance.tolist()), k.Dense(8, activation="elu"),
        k.Dense(1, activation="sigmoid"))


def cnn(k):
    return k.sequential(
        (9, 8, 2), k.Conv2D(4, 3, padding="same", use_bias=False), k.BatchNormalization(), k.Activation("relu"), k.MaxPooling2D(2),
        k.Conv2D(6, 3, strides=2, activation="relu"), k.Flatten(), k.Dense(3, activation="softmax"))


def cnn_separable(k):
    return k.sequential(
        (9, 8, 2), k.SeparableConv2D(5, 3, padding="same"), k.BatchNormalization(), k.Activation("relu"), k.DepthwiseConv2D(3, strides=2),
        k.AveragePooling2D(2), k.GlobalAveragePooling2D(), k.Dense(3, activation="softmax"))


def signal(k):
    return k.sequential(
        (12, 3), k.Conv1D(6, 3, padding="valid", activation="relu"), k.MaxPooling1D(2), k.TimeDistributed(k.Dense(5, activation="tanh")),
        k.SimpleRNN(6), k.Dense(3, activation="softmax"))


def text(k):
    """Masked, as the sequences are of different lengths."""
    return k.sequential(
        (10,), k.Embedding(20, 6, mask_zero=True), k.Bidirectional(k.LSTM(5, return_sequences=True)), k.GRU(6), k.Dense(1, activation="sigmoid"), integers=True)


def graph(k):
    """Branches, a layer used twice, a model inside."""
    inner_in = k.Input((6,))
    inner = k.Model(inner_in, k.Dense(6, activation="relu")(k.Dense(5, activation="tanh")(inner_in)), name="inner")
    start = k.Input((6,))
    shared = k.Dense(6, activation="tanh", name="shared")
    once = shared(start)
    twice = shared(once)
    joined = k.concatenate([k.add([once, twice]), inner(start), k.multiply([start, once])])
    return k.Model(start, k.Dense(3, activation="softmax", name="head")(joined))


def two_outputs(k):
    """Two inputs, two outputs, two losses."""
    left, right = k.Input((6,)), k.Input((4,))
    joined = k.concatenate([k.Dense(5, activation="relu")(left), k.Dense(5, activation="relu")(right)])
    return k.Model([left, right], [k.Dense(3, activation="softmax", name="class")(joined), k.Dense(2, activation="tanh", name="place")(joined)])


def attention(k):
    start = k.Input((7, 6))
    attended = k.MultiHeadAttention(2, 3)(start, start)
    normalized = k.LayerNormalization()(k.add([start, attended]))
    return k.Model(start, k.Dense(3, activation="softmax")(k.GlobalAveragePooling1D()(normalized)))


def cnn_channels_first(k):
    k.channels_first()
    return k.sequential(
        (2, 8, 7), k.Conv2D(4, 3, padding="same", data_format="channels_first", activation="relu"), k.MaxPooling2D(2, data_format="channels_first"),
        k.ZeroPadding2D(1, data_format="channels_first"), k.Conv2D(3, 3, data_format="channels_first"), k.Flatten(), k.Dense(3, activation="softmax"))


def resampled(k):
    """What grows and shrinks pictures without weights."""
    return k.sequential(
        (6, 7, 2), k.ZeroPadding2D(1), k.Conv2D(4, 3, activation="tanh"), k.UpSampling2D(2), k.Cropping2D(((1, 2), (0, 3))), k.AveragePooling2D(2),
        k.Permute((2, 3, 1)), k.Reshape((-1, 4)), k.Flatten(), k.Dense(3, activation="softmax"))


def unet(k):
    """Down, up by a transposed convolution, and across."""
    start = k.Input((8, 8, 2))
    down = k.Conv2D(4, 3, padding="same", activation="relu", kernel_initializer="he_normal")(start)
    deep = k.Conv2D(6, 3, padding="same", activation="relu")(k.MaxPooling2D(2)(down))
    up = k.Conv2DTranspose(4, 2, strides=2, padding="valid")(deep)
    return k.Model(start, k.Dense(3, activation="softmax")(k.GlobalMaxPooling2D()(k.Conv2D(5, 1)(k.concatenate([down, up])))))


def volume(k):
    return k.sequential(
        (5, 6, 5, 1), k.Conv3D(3, 2, activation="relu"), k.MaxPooling3D(2), k.Flatten(), k.Dense(3, activation="softmax"))


def causal(k):
    """Dilated, and with strides."""
    return k.sequential(
        (12, 3), k.Conv1D(6, 2, padding="causal", dilation_rate=2, activation="relu"), k.Conv1D(4, 3, strides=2, padding="same"), k.GlobalMaxPooling1D(),
        k.Dense(3, activation="softmax"))


def decoder(k):
    """A sequence into a state, and out of it."""
    return k.sequential(
        (6, 3), k.Masking(0.0), k.GRU(5), k.RepeatVector(4), k.LSTM(6, return_sequences=True, go_backwards=True), k.TimeDistributed(k.Dense(2)))


def siamese(k):
    """A Sequential called on each of two inputs, and the two answers compared."""
    left, right = k.Input((6,)), k.Input((6,))
    encoder = k.sequential((6,), k.Dense(7, activation="relu"), k.BatchNormalization(), k.Dense(4, activation="tanh"))
    return k.Model([left, right], k.Dense(3, activation="softmax")(k.multiply([encoder(left), encoder(right)])))


def attentions(k):
    """By products and by sums."""
    start = k.Input((7, 6))
    keys = k.Dense(6, activation="tanh")(start)
    both = k.concatenate([k.Attention()([start, keys]), k.AdditiveAttention()([start, keys])])
    return k.Model(start, k.Dense(3, activation="softmax")(k.GlobalAveragePooling1D()(both)))


def normalizations(k):
    return k.sequential(
        (8,), k.Dense(12), k.LayerNormalization(), k.Dense(12), k.GroupNormalization(groups=3), k.Activation("gelu"), k.Dense(6), k.UnitNormalization(),
        k.Dense(3, activation="softmax"))


def activations(k):
    return k.sequential(
        (8,), k.Dense(9), k.PReLU(), k.Dense(8), k.ELU(0.7), k.Dense(8, activation="softplus"), k.Dense(8, activation="softsign"), k.Dense(8), k.LeakyReLU(0.2),
        k.Dense(3, activation="softmax"))


def regularized(k):
    """L1 and L2 in the loss, and a limit to the kernel's length."""
    return k.sequential(
        (9,), k.Dense(12, activation="relu", kernel_regularizer=k.l2(0.01), kernel_constraint=k.max_norm(0.9)), k.Dense(8, activation="tanh", bias_regularizer=k.l1(0.02)),
        k.Dense(3, activation="softmax"))


def frozen(k):
    """A trained Sequential that stays as it is, under a new head."""
    start = k.Input((8, 8, 2))
    backbone = k.sequential(
        (8, 8, 2), k.Conv2D(4, 3, padding="same", use_bias=False), k.BatchNormalization(), k.Activation("relu"), k.MaxPooling2D(2), k.Conv2D(5, 3, activation="tanh"))
    k.freeze(backbone)
    return k.Model(start, k.Dense(3, activation="softmax")(k.GlobalAveragePooling2D()(backbone(start))))


def fine_tuned(k):
    """A backbone called with training=False, whose averages stay while its weights are trained on. (Keras 3 takes no notice.)"""
    start = k.Input((8, 8, 2))
    backbone = k.sequential((8, 8, 2), k.Conv2D(4, 3, padding="same"), k.BatchNormalization(), k.Activation("relu"), k.MaxPooling2D(2))
    return k.Model(start, k.Dense(3, activation="softmax")(k.GlobalAveragePooling2D()(backbone(start, training=False))))


def residual(k):
    """Around a block of separable convolutions, and past it."""
    start = k.Input((8, 8, 2))
    before = k.Activation("relu")(k.BatchNormalization()(k.Conv2D(4, 3, padding="same")(start)))
    block = k.BatchNormalization()(k.SeparableConv2D(6, 3, padding="same")(before))
    joined = k.Activation("relu")(k.add([block, k.Conv2D(6, 1)(before)]))
    return k.Model(start, k.Dense(3, activation="softmax")(k.GlobalAveragePooling2D()(k.MaxPooling2D(2)(joined))))


def text_cnn(k):
    return k.sequential(
        (10,), k.Embedding(20, 6), k.Conv1D(5, 3, activation="relu"), k.GlobalMaxPooling1D(), k.Dense(1, activation="sigmoid"), integers=True)


def tagger(k):
    """An answer for each step, from both sides; masked."""
    return k.sequential(
        (4, 3), k.Masking(0.0), k.Bidirectional(k.LSTM(5, return_sequences=True, recurrent_activation="sigmoid"), merge_mode="sum"), k.TimeDistributed(k.Dense(2)))


def frames(k):
    """A picture of each step by a model of its own, inside TimeDistributed."""
    picture = k.Input((6, 5, 2))
    encoder = k.Model(picture, k.Dense(4, activation="tanh")(k.Flatten()(k.Conv2D(3, 3, activation="relu")(picture))), name="encoder")
    start = k.Input((3, 6, 5, 2))
    return k.Model(start, k.Dense(3, activation="softmax")(k.SimpleRNN(5)(k.TimeDistributed(encoder)(start))))


def text_attention(k):
    """Masked, as the sequences are of different lengths."""
    start = k.Input((10,))
    words = k.Embedding(20, 6, mask_zero=True)(start)
    attended = k.LayerNormalization()(k.add([words, k.MultiHeadAttention(2, 3)(words, words)]))
    return k.Model(start, k.Dense(1, activation="sigmoid")(k.GlobalAveragePooling1D()(attended)))


def masked_norm(k):
    """Normalized by what the mask leaves of texts of different lengths."""
    return k.sequential(
        (10,), k.Embedding(20, 6, mask_zero=True), k.BatchNormalization(), k.GlobalAveragePooling1D(), k.Dense(1, activation="sigmoid"), integers=True)


def named_outputs(k):
    """Outputs in a dictionary, which Keras orders by its keys; both of one shape, so that nothing else tells them apart."""
    start = k.Input((6,))
    hidden = k.Dense(5, activation="relu")(start)
    return k.Model(start, k.named({"place": k.Dense(2, activation="tanh", name="place")(hidden), "kind": k.Dense(2, activation="softmax", name="kind")(hidden)}))


def model_in_chain(k):
    """A Functional inside a Sequential: ordinary transfer learning."""
    start = k.Input((8, 8, 2))
    down = k.Conv2D(4, 3, padding="same", activation="relu")(start)
    backbone = k.Model(start, k.GlobalAveragePooling2D()(k.add([down, k.Conv2D(4, 1)(down)])), name="backbone")
    return k.chain(backbone, k.Dense(6, activation="tanh"), k.Dense(3, activation="softmax"))


def states_masked(k):
    """A sequence into states, and these into another layer, both masked."""
    start = k.Input((10,))
    _, *states = k.states(k.LSTM(4, return_state=True), k.Embedding(20, 5, mask_zero=True)(start))
    after = k.GRU(4, return_sequences=True)(k.Embedding(20, 5, mask_zero=True)(start), initial_state=states[:1])
    return k.Model(start, k.Dense(1, activation="sigmoid")(k.LSTM(4)(after, initial_state=states)))


def states_both_ways(k):
    """Initial states of a layer that goes in both directions; no mask."""
    start = k.Input((7, 6))
    _, *states = k.states(k.Bidirectional(k.LSTM(4, return_state=True)), start)
    after = k.Bidirectional(k.LSTM(4, return_sequences=True), merge_mode="sum")(k.Dense(5, activation="tanh")(start), initial_state=states)
    return k.Model(start, k.Dense(3, activation="softmax")(k.GlobalAveragePooling1D()(after)))


TEXTS = (states_masked, text, text_cnn, text_attention, masked_norm)


class Kind:
    def __init__(self, name, build, optimizer, inputs, target="classes", fits=True, why=""):
        self.name, self.build, self.optimizer, self.inputs, self.target = name, build, optimizer, inputs, target
        self.fits, self.why = fits, why  # Whether one more epoch can be compared at all; else why not.

    def data(self):
        """Inputs and targets, the same in every process."""
        random = np.random.RandomState(sum(map(ord, self.name)))
        if self.build in TEXTS:
            xs = [random.randint(1, 20, (ROWS, 10)).astype("float32")]
            for row, length in enumerate(random.randint(3, 11, ROWS)):
                xs[0][row, length:] = 0
            if self.build is states_masked:  # Some begin late.
                xs[0][::3, :2] = 0
        else:
            xs = [random.normal(size=(ROWS, *shape)).astype("float32") for shape in self.inputs]
        if self.build in (decoder, tagger):  # Some end early: these steps are masked.
            xs[0][::3, -2:] = 0
        total = xs[0].reshape(ROWS, -1).sum(1)
        by_rank = total.argsort().argsort() * 3 // ROWS
        ys = {
            "classes": lambda: [by_rank[:, None]], "binary": lambda: [(total > np.median(total)).astype("int64")[:, None]],
            "sequences": lambda: [np.sin(xs[0][:, :4, :2])],
            "named": lambda: [(by_rank[:, None] > 0).astype("int64"), np.tanh(random.normal(size=(ROWS, 2))).astype("float32")],
            "two": lambda: [by_rank[:, None], np.tanh(random.normal(size=(ROWS, 2))).astype("float32")]}[self.target]()
        return xs, ys

    @property
    def losses(self):
        return {"classes": ["sparse_categorical_crossentropy"], "binary": ["binary_crossentropy"], "sequences": ["mean_squared_error"],
                "two": ["sparse_categorical_crossentropy", "mean_squared_error"], "named": ["sparse_categorical_crossentropy", "mean_squared_error"]}[self.target]


SGD, ADAM, RMSPROP = ("SGD", 0.05, {"momentum": 0.9}), ("Adam", 0.01, {}), ("RMSprop", 0.01, {})
KINDS = [
    Kind("mlp-sgd", mlp, SGD, [(4, 3)]),
    Kind("mlp-adam", mlp, ADAM, [(4, 3)]),
    Kind("mlp-rmsprop", mlp, RMSPROP, [(4, 3)]),
    Kind("mlp-nesterov", mlp, ("SGD", 0.05, {"momentum": 0.8, "nesterov": True, "clipnorm": 0.5}), [(4, 3)]),
    Kind("mlp-adagrad", mlp, ("Adagrad", 0.05, {}), [(4, 3)]),
    Kind("mlp-adadelta", mlp, ("Adadelta", 0.5, {}), [(4, 3)]),
    Kind("mlp-adamax", mlp, ("Adamax", 0.01, {}), [(4, 3)]),
    Kind("mlp-nadam", mlp, ("Nadam", 0.01, {}), [(4, 3)]),
    Kind("mlp-adamw", mlp, ("AdamW", 0.01, {"weight_decay": 0.02}), [(4, 3)]),
    Kind("mlp-lion", mlp, ("Lion", 0.003, {"weight_decay": 0.02}), [(4, 3)]),
    Kind("mlp-schedule", mlp, ("Adam", ("ExponentialDecay", {"initial_learning_rate": 0.02, "decay_steps": 3, "decay_rate": 0.8}), {}), [(4, 3)]),
    Kind("mlp-regularized", regularized, ADAM, [(9,)]),
    Kind("activations", activations, SGD, [(8,)]),
    Kind("normalizations", normalizations, SGD, [(8,)]),
    Kind("mlp-normalized", mlp_normalized, ADAM, [(9,)]),
    Kind("mlp-dropout", mlp_dropout, SGD, [(9,)], fits=False, why="each library draws its own dropout"),
    Kind("scaled", scaled, RMSPROP, [(9,)], "binary"),
    Kind("cnn", cnn, SGD, [(9, 8, 2)]),
    Kind("cnn-separable", cnn_separable, ADAM, [(9, 8, 2)]),
    Kind("cnn-channels-first", cnn_channels_first, ADAM, [(2, 8, 7)]),
    Kind("cnn-resampled", resampled, ADAM, [(6, 7, 2)]),
    Kind("unet", unet, ADAM, [(8, 8, 2)]),
    Kind("volume", volume, SGD, [(5, 6, 5, 1)]),
    Kind("signal", signal, ADAM, [(12, 3)]),
    Kind("text", text, RMSPROP, [(10,)], "binary"),
    Kind("causal", causal, ADAM, [(12, 3)]),
    Kind("decoder", decoder, RMSPROP, [(6, 3)], "sequences"),
    Kind("graph", graph, SGD, [(6,)]),
    Kind("two-outputs", two_outputs, ADAM, [(6,), (4,)], "two"),
    Kind("siamese", siamese, SGD, [(6,), (6,)]),
    Kind("attentions", attentions, SGD, [(7, 6)]),
    Kind("attention", attention, ADAM, [(7, 6)]),
    Kind("frozen", frozen, SGD, [(8, 8, 2)]),
    Kind("fine-tuned", fine_tuned, SGD, [(8, 8, 2)]),
    Kind("residual", residual, SGD, [(8, 8, 2)]),
    Kind("text-cnn", text_cnn, ADAM, [(10,)], "binary"),
    Kind("text-attention", text_attention, ADAM, [(10,)], "binary"),
    Kind("masked-norm", masked_norm, SGD, [(10,)], "binary"),
    Kind("named-outputs", named_outputs, ADAM, [(6,)], "named"),
    Kind("model-in-chain", model_in_chain, ADAM, [(8, 8, 2)]),
    Kind("states-masked", states_masked, SGD, [(10,)], "binary"),
    Kind("states-both-ways", states_both_ways, ADAM, [(7, 6)]),
    Kind("frames", frames, ADAM, [(3, 6, 5, 2)]),
    Kind("tagger", tagger, ADAM, [(4, 3)], "sequences"),
]
