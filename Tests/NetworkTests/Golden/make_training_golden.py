#!/usr/bin/env python3
"""Records how real Keras trains: losses.json, optimizers.json, schedules.json, metrics.json, fits.json beside this file.

Ran with tf_keras 2.21.0 (which is Keras 2: `tfk`, its legacy optimizers, those of 2.10: `legacy`) and Keras 3.15.1
(`k3`), both on TensorFlow 2.21. The tests need neither; they read what is recorded here.

    python make_training_golden.py [losses] [optimizers] [schedules] [metrics] [fits]
"""
import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras as k3
import numpy as np
import tensorflow as tf
import tf_keras as tfk

HERE = pathlib.Path(__file__).parent
LIBRARIES = {"tfk": tfk, "k3": k3}


def plain(value):
    """Float32 as the shortest text that keeps it, recursively."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "numpy"):
        value = value.numpy()
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.9g}") if np.isfinite(value) else str(value)
    return value


def write(name, cases):
    text = ",\n".join(json.dumps(plain(case), separators=(",", ":")) for case in cases)
    (HERE / name).write_text("[\n" + text + "\n]\n")
    print(name, len(cases), "cases")


# Losses: value and gradient at given outputs.


def loss_cases():
    random = np.random.default_rng(1)
    cases = []

    def case(class_name, outputs, targets, libraries=("tfk", "k3"), weights=None, **config):
        for tag in libraries:
            library = LIBRARIES[tag]
            try:
                loss = getattr(library.losses, class_name)(**config)
            except (AttributeError, TypeError, ValueError) as error:
                print(tag, class_name, config, error)
                continue
            y = tf.constant(outputs, tf.float32)
            with tf.GradientTape() as tape:
                tape.watch(y)
                value = loss(tf.constant(targets), y, sample_weight=None if weights is None else tf.constant(weights, tf.float32))
            cases.append({
                "tag": tag, "loss": {"class_name": class_name, "config": loss.get_config()}, "y": outputs, "t": targets,
                "weights": weights, "value": value, "gradient": tape.gradient(value, y)})

    n, c = 5, 4
    numbers = random.normal(size=(n, c)).astype("f")
    wanted = random.normal(size=(n, c)).astype("f")
    positive = random.uniform(0.05, 3, size=(n, c)).astype("f")
    logits = (2 * random.normal(size=(n, c))).astype("f")
    shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    odds = (1 / (1 + np.exp(-logits))).astype("f")
    classes = random.integers(0, c, size=n)
    one_hot = np.eye(c, dtype="f")[classes]
    soft = random.dirichlet(np.ones(c), size=n).astype("f")
    binary = random.integers(0, 2, size=(n, c)).astype("f")
    signs = 2 * binary - 1
    weights = random.uniform(0, 3, size=n).astype("f")
    weights[1] = 0

    for name in ["MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "LogCosh", "CosineSimilarity", "Huber"]:
        case(name, numbers, wanted)
        case(name, numbers, wanted, weights=weights)
    case("Huber", numbers, wanted, libraries=["tfk"], delta=0.4)  # Keras 3 saves no delta
    case("MeanSquaredError", numbers, wanted, reduction="sum", weights=weights)
    case("MeanSquaredError", numbers, wanted, libraries=["k3"], reduction="mean_with_sample_weight", weights=weights)
    case("MeanSquaredLogarithmicError", positive - 0.3, positive[::-1].copy())
    case("Poisson", positive, binary)
    case("Poisson", positive, positive[::-1].copy())
    case("KLDivergence", shares, soft)
    case("KLDivergence", shares, one_hot)
    for name in ["Hinge", "SquaredHinge"]:
        case(name, numbers, binary)
        case(name, numbers, signs)
        case(name, numbers, np.abs(signs))
    case("CategoricalHinge", numbers, one_hot)
    case("CategoricalHinge", np.maximum(numbers, 0), one_hot)  # ties at 0
    for from_logits, outputs in [(False, odds), (True, logits)]:
        case("BinaryCrossentropy", outputs, binary, from_logits=from_logits)
        case("BinaryCrossentropy", outputs, binary, from_logits=from_logits, label_smoothing=0.1, weights=weights)
        for balanced in [False, True]:
            case("BinaryFocalCrossentropy", outputs, binary, from_logits=from_logits, apply_class_balancing=balanced)
        case("BinaryFocalCrossentropy", outputs, binary, from_logits=from_logits, apply_class_balancing=True, alpha=0.7, gamma=3.0, label_smoothing=0.1)
        case("BinaryFocalCrossentropy", outputs, binary, from_logits=from_logits, gamma=0.0)
    for from_logits, outputs in [(False, shares), (True, logits), (False, odds)]:
        case("CategoricalCrossentropy", outputs, one_hot, from_logits=from_logits)
        case("CategoricalCrossentropy", outputs, soft, from_logits=from_logits, label_smoothing=0.2, weights=weights)
        case("CategoricalFocalCrossentropy", outputs, one_hot, from_logits=from_logits)
        case("CategoricalFocalCrossentropy", outputs, soft, from_logits=from_logits, alpha=[0.1, 0.9, 0.5, 1.0], gamma=1.5, label_smoothing=0.1)
        case("SparseCategoricalCrossentropy", outputs, classes, from_logits=from_logits)
        case("SparseCategoricalCrossentropy", outputs, classes, from_logits=from_logits, ignore_class=int(classes[0]))
        case("SparseCategoricalCrossentropy", outputs, classes, from_logits=from_logits, ignore_class=int(classes[0]), weights=weights)
    # Positions: [n, T, c].
    steps = (2 * random.normal(size=(3, 2, c))).astype("f")
    labels = random.integers(0, c, size=(3, 2))
    labels[1, 1] = -1
    case("SparseCategoricalCrossentropy", steps, np.maximum(labels, 0), from_logits=True)
    case("SparseCategoricalCrossentropy", steps, labels, from_logits=True, ignore_class=-1)
    case("MeanAbsoluteError", steps, steps[::-1].copy())
    case("CategoricalCrossentropy", steps, np.eye(c, dtype="f")[np.maximum(labels, 0)], from_logits=True)
    case("SparseCategoricalCrossentropy", steps, np.maximum(labels, 0), libraries=["tfk"], from_logits=True, weights=weights[:3, None])
    return cases


# Optimizers: a small network, some steps.

INPUT, HIDDEN, OUTPUT = 3, 4, 2


def data(seed=2, rows=24):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, INPUT)).astype("f")
    t = np.stack([np.sin(x).sum(-1), 3 * x[:, 0] * x[:, 1]], -1).astype("f")
    return x, t


def start_weights():
    random = np.random.default_rng(3)
    shapes = [(INPUT, HIDDEN), (HIDDEN,), (HIDDEN, OUTPUT), (OUTPUT,)]
    return [random.normal(scale=0.6, size=shape).astype("f") for shape in shapes]


def network(library):
    layers = library.layers
    model = library.Sequential([
        layers.Input((INPUT,)), layers.Dense(HIDDEN, activation="tanh", name="a"), layers.Dense(OUTPUT, name="b")])
    model.set_weights(start_weights())
    return model


def flat(weights):
    return np.concatenate([weight.ravel() for weight in weights])


def optimizer_json(tag, optimizer):
    library = k3 if tag == "k3" else tfk
    if tag == "k3":
        return library.optimizers.serialize(optimizer)
    return library.optimizers.serialize(optimizer, use_legacy_format=True)


def optimizer_cases():
    x, t = data()
    cases = []

    def case(class_name, tags=("legacy", "tfk", "k3"), **options):
        for tag in tags:
            library = k3 if tag == "k3" else tfk
            module = tfk.optimizers.legacy if tag == "legacy" else library.optimizers
            given = dict(options)
            schedule = given.get("learning_rate")
            if isinstance(schedule, tuple):
                given["learning_rate"] = getattr(library.optimizers.schedules, schedule[0])(**schedule[1])
            optimizer = getattr(module, class_name)(**given)
            config = optimizer_json(tag, optimizer)
            model = network(library)
            # As a graph, tf_keras' new Nadam multiplies its product of momenta once for each weight instead of once a
            # step: a mistake of its caching, which its eager run (and Keras 3) does not have.
            model.compile(optimizer=optimizer, loss="mse", run_eagerly=tag == "tfk" and class_name == "Nadam")
            losses = []
            for step in range(9):
                rows = slice(8 * (step % 3), 8 * (step % 3) + 8)
                result = model.train_on_batch(x[rows], t[rows])
                # Keras 3's is the mean since the last reset.
                if tag == "k3":
                    model.reset_metrics()
                losses.append(np.ravel(result)[0])
            cases.append({
                "tag": tag, "name": class_name, "optimizer": json.loads(json.dumps(config, default=float)),
                "losses": losses, "weights": flat(model.get_weights())})

    for name, rate in [("SGD", 0.05), ("RMSprop", 0.01), ("Adam", 0.01), ("Adagrad", 0.1), ("Adadelta", 1.0),
                       ("Adamax", 0.02), ("Nadam", 0.02), ("Ftrl", 0.1)]:
        case(name, learning_rate=rate)
        case(name)
    case("SGD", learning_rate=0.05, momentum=0.9)
    case("SGD", learning_rate=0.05, momentum=0.8, nesterov=True)
    case("RMSprop", learning_rate=0.01, rho=0.8, momentum=0.5, centered=True, epsilon=1e-3)
    case("RMSprop", learning_rate=0.01, centered=True)
    case("Adam", learning_rate=0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-4, amsgrad=True)
    case("Adagrad", learning_rate=0.2, initial_accumulator_value=0.0, epsilon=0.1)
    case("Adadelta", learning_rate=0.8, rho=0.7, epsilon=1e-3)
    case("Adamax", learning_rate=0.02, beta_1=0.7, beta_2=0.8, epsilon=1e-2)
    case("Nadam", learning_rate=0.02, beta_1=0.7, beta_2=0.8, epsilon=1e-2)
    case("Ftrl", learning_rate=0.1, learning_rate_power=-0.7, initial_accumulator_value=0.3,
         l1_regularization_strength=0.01, l2_regularization_strength=0.02, l2_shrinkage_regularization_strength=0.03, beta=0.1)
    case("AdamW", tags=("tfk", "k3"), learning_rate=0.01)
    case("AdamW", tags=("tfk", "k3"), learning_rate=0.01, weight_decay=0.3, amsgrad=True)
    for name in ["SGD", "Adam", "RMSprop", "Nadam"]:
        case(name, learning_rate=0.05, clipnorm=0.3)
        case(name, learning_rate=0.05, clipvalue=0.1)
        case(name, learning_rate=0.05, global_clipnorm=0.5)
        case(name, tags=("tfk", "k3"), learning_rate=0.05, weight_decay=0.1)
        if name != "Nadam":
            case(name, tags=("legacy",), learning_rate=0.05, decay=0.2)
    case("SGD", tags=("legacy",), learning_rate=0.05, clipnorm=0.3, clipvalue=0.1)
    case("SGD", tags=("legacy",), learning_rate=0.05, momentum=0.9, decay=0.1, clipvalue=0.2)
    exponential = ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5})
    cosine = ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 6, "alpha": 0.1})
    for schedule in [exponential, cosine]:
        case("SGD", learning_rate=schedule)
        case("Adam", learning_rate=schedule)
    case("AdamW", tags=("tfk", "k3"), learning_rate=exponential)
    case("SGD", tags=("legacy",), learning_rate=exponential, decay=0.5)
    case("Nadam", tags=("tfk", "k3"), learning_rate=exponential)
    return cases


# Schedules.


def schedule_cases():
    cases = []
    steps = list(range(0, 40)) + [99, 100, 101, 1000, 123456]

    def case(class_name, **config):
        for tag, library in LIBRARIES.items():
            schedule = getattr(library.optimizers.schedules, class_name)(**config)
            if tag == "k3":
                forms = [library.optimizers.schedules.serialize(schedule)]
            else:
                forms = [library.optimizers.schedules.serialize(schedule, use_legacy_format=legacy) for legacy in [True, False]]
            rates = [float(schedule(np.int64(step))) for step in steps]
            for form in forms:
                cases.append({"tag": tag, "schedule": form, "steps": steps, "rates": rates})

    for staircase in [False, True]:
        case("ExponentialDecay", initial_learning_rate=0.1, decay_steps=7, decay_rate=0.9, staircase=staircase)
        case("InverseTimeDecay", initial_learning_rate=0.1, decay_steps=7, decay_rate=0.5, staircase=staircase)
    case("PolynomialDecay", initial_learning_rate=0.1, decay_steps=20)
    case("PolynomialDecay", initial_learning_rate=0.1, decay_steps=9, end_learning_rate=0.01, power=2.0, cycle=True)
    case("PiecewiseConstantDecay", boundaries=[5, 20, 100], values=[0.1, 0.05, 0.01, 0.001])
    case("CosineDecay", initial_learning_rate=0.1, decay_steps=30)
    case("CosineDecay", initial_learning_rate=0.01, decay_steps=20, alpha=0.1, warmup_target=0.2, warmup_steps=8)
    case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=6)
    case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=6, t_mul=1.0, m_mul=0.9, alpha=0.05)
    case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=5, t_mul=1.5, m_mul=0.8, alpha=0.01)
    return cases


# Metrics: results after each of some batches.


def metric_cases():
    random = np.random.default_rng(5)
    cases = []
    arrays = {}

    def shared(array):
        """The name of an array that the first entry holds."""
        for name, other in arrays.items():
            if other is array:
                return name
        arrays[f"array{len(arrays)}"] = array
        return f"array{len(arrays) - 1}"

    def case(class_name, outputs, targets, libraries=("tfk", "k3"), weights=None, **config):
        for tag in libraries:
            library = LIBRARIES[tag]
            try:
                metric = getattr(library.metrics, class_name)(**config)
            except AttributeError as error:
                print(tag, error)
                continue
            results = []
            for start in range(0, len(outputs), 16):
                part = slice(start, start + 16)
                metric.update_state(targets[part], outputs[part], sample_weight=None if weights is None else weights[part])
                results.append(metric.result())
            cases.append({
                "tag": tag, "metric": {"class_name": class_name, "config": metric.get_config()},
                "y": shared(outputs), "t": shared(targets), "weights": weights is not None, "results": results})

    n, c = 40, 4
    logits = (1.5 * random.normal(size=(n, c))).astype("f")
    shares = (np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)).astype("f")
    shares[3] = shares[3, 0]  # ties
    shares[4] = [0.4, 0.4, 0.1, 0.1]
    classes = random.integers(0, c, size=n)
    one_hot = np.eye(c, dtype="f")[classes]
    labels = random.integers(0, 2, size=(n, 1)).astype("f")
    chances = np.clip(0.6 * random.uniform(size=(n, 1)) + 0.3 * labels, 0, 1).astype("f")
    chances[:4, 0] = [0, 1, 0.5, 100 / 199]
    numbers = random.normal(size=(n, 2)).astype("f")
    wanted = (numbers + 0.5 * random.normal(size=(n, 2))).astype("f")
    weights = random.uniform(0, 2, size=n).astype("f")

    case("BinaryAccuracy", chances, labels)
    case("BinaryAccuracy", chances, labels, threshold=0.3, weights=weights)
    case("CategoricalAccuracy", shares, one_hot)
    case("SparseCategoricalAccuracy", shares, classes)
    for k in [2, 3, 5]:
        case("TopKCategoricalAccuracy", shares, one_hot, k=k)
        case("SparseTopKCategoricalAccuracy", shares, classes, k=k)
    case("SparseTopKCategoricalAccuracy", shares, classes, k=2, weights=weights)
    for curve in ["ROC", "PR"]:
        for summation in ["interpolation", "minoring", "majoring"]:
            case("AUC", chances, labels, curve=curve, summation_method=summation)
        case("AUC", shares, one_hot, curve=curve, num_thresholds=50)
        case("AUC", chances, labels, curve=curve, weights=weights)
        case("AUC", chances, labels, curve=curve, thresholds=[0.1, 0.35, 0.5, 0.8])
    for name in ["Precision", "Recall"]:
        case(name, chances, labels)
        case(name, chances, labels, thresholds=0.3, weights=weights)
        case(name, shares, one_hot)
        case(name, shares, one_hot, class_id=2)
        case(name, shares, one_hot, top_k=2)
        case(name, shares, one_hot, top_k=2, class_id=1)
        case(name, shares, one_hot, top_k=3, thresholds=0.25)
    for name in ["TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"]:
        case(name, chances, labels)
        case(name, shares, one_hot, thresholds=0.3, weights=weights)
    for name, asked in [("SensitivityAtSpecificity", "specificity"), ("SpecificityAtSensitivity", "sensitivity"),
                        ("PrecisionAtRecall", "recall"), ("RecallAtPrecision", "precision")]:
        case(name, chances, labels, **{asked: 0.6})
        case(name, shares, one_hot, num_thresholds=50, class_id=1, weights=weights, **{asked: 0.45})
    found = shares.argmax(-1).astype("f")[:, None]
    for name, y, t in [("MeanIoU", found, classes.astype("f")[:, None]), ("OneHotMeanIoU", shares, one_hot)]:
        case(name, y, t, num_classes=c)
        case(name, y, t, num_classes=c, weights=weights)
        case(name, y, t, num_classes=c + 1, ignore_class=2)
    case("IoU", found, classes.astype("f")[:, None], num_classes=c, target_class_ids=[0, 2])
    case("IoU", shares, one_hot, num_classes=c, target_class_ids=[1], sparse_y_true=False, sparse_y_pred=False)
    case("OneHotIoU", shares, one_hot, num_classes=c, target_class_ids=[3, 0], weights=weights)
    case("BinaryIoU", chances, labels)
    case("BinaryIoU", chances, labels, target_class_ids=[1], threshold=0.4, weights=weights)
    for average in ["uniform_average", "variance_weighted_average"]:
        case("R2Score", numbers, wanted, class_aggregation=average)
        case("R2Score", numbers, wanted, class_aggregation=average, weights=weights)
    for average in ["macro", "micro", "weighted"]:
        case("F1Score", shares, one_hot, average=average)
        case("FBetaScore", shares, one_hot, average=average, beta=2.0, threshold=0.3)
    case("F1Score", chances, labels, average="macro", threshold=0.5)
    for name in ["MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError", "MeanAbsolutePercentageError",
                 "LogCoshError", "CosineSimilarity", "Hinge", "SquaredHinge"]:
        case(name, numbers, wanted)
        case(name, numbers, wanted, weights=weights)
    case("MeanSquaredLogarithmicError", shares, one_hot)
    case("Poisson", shares, one_hot)
    case("KLDivergence", shares, one_hot)
    case("CategoricalHinge", shares, one_hot)
    case("BinaryCrossentropy", chances, labels)
    case("CategoricalCrossentropy", shares, one_hot, label_smoothing=0.1)
    case("SparseCategoricalCrossentropy", shares, classes)
    case("SparseCategoricalCrossentropy", logits, classes, from_logits=True)
    return [{"arrays": arrays, "weights": weights}] + cases


def described(argument):
    """An argument of compile as JSON: objects by class and config."""
    if isinstance(argument, dict):
        return {key: described(item) for key, item in argument.items()}
    if isinstance(argument, list):
        return [described(item) for item in argument]
    if hasattr(argument, "get_config"):
        return {"class_name": type(argument).__name__, "config": argument.get_config()}
    return argument


# Whole fits: several outputs, weights of samples and classes, positions, masks.


def fit_cases():
    random = np.random.default_rng(6)
    cases = []
    rows = 20
    x = random.normal(size=(rows, 3)).astype("f")
    classes = (x.sum(-1) > 0).astype("int32") + (x[:, 0] > 1)
    numbers = (x[:, :1] - 2 * x[:, 1:2]).astype("f")
    labels = (x[:, 2:] > 0).astype("f")
    weights = random.uniform(0, 2, size=rows).astype("f")
    shapes = [(3, 5), (5,), (5, 3), (3,), (5, 1), (1,), (5, 1), (1,)]
    start = [random.normal(scale=0.5, size=shape).astype("f") for shape in shapes]

    def heads(library, names):
        layers = library.layers
        inputs = layers.Input((3,), name="x")
        hidden = layers.Dense(5, activation="tanh", name="hidden")(inputs)
        made = {
            "kind": lambda: layers.Dense(3, activation="softmax", name="kind")(hidden),
            "size": lambda: layers.Dense(1, name="size")(hidden),
            "sign": lambda: layers.Dense(1, activation="sigmoid", name="sign")(hidden),
        }
        outputs = [made[name]() for name in names]
        model = library.Model(inputs, outputs if len(outputs) > 1 else outputs[0])
        places = {"hidden": 0, "kind": 2, "size": 4, "sign": 6}
        for layer in model.layers:
            if layer.name in places:
                layer.set_weights(start[places[layer.name]:places[layer.name] + 2])
        return model

    targets = {"kind": classes, "size": numbers, "sign": labels}

    def case(name, names, compile, sample_weight=None, class_weight=None, libraries=("tfk", "k3"), validation=True):
        for tag in libraries:
            library = LIBRARIES[tag]
            model = heads(library, names)
            optimizer = tfk.optimizers.legacy.SGD(0.1) if tag == "tfk" else k3.optimizers.SGD(0.1)
            arguments = compile(library)
            model.compile(optimizer=optimizer, **arguments)
            wanted = [targets[name] for name in names]
            wanted = wanted if len(wanted) > 1 else wanted[0]
            part = lambda all, rows: [item[rows] for item in all] if isinstance(all, list) else all[rows]
            kept, held = slice(0, 14), slice(14, 20)
            history = model.fit(
                x[kept], part(wanted, kept), batch_size=6, epochs=3, shuffle=False, verbose=0,
                sample_weight=None if sample_weight is None else sample_weight[kept], class_weight=class_weight,
                validation_data=(x[held], part(wanted, held)) if validation else None)
            weights_after = {layer.name: flat(layer.get_weights()) for layer in model.layers if layer.weights}
            cases.append({
                "tag": tag, "name": name, "outputs": names, "compile": described(arguments), "sample_weight": sample_weight, "class_weight": class_weight,
                "history": history.history, "weights": weights_after})

    case("one output", ["kind"], lambda k: {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]})
    case("sample weights", ["kind"], lambda k: {
        "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
        "weighted_metrics": ["accuracy"]}, sample_weight=weights)
    case("class weights", ["kind"], lambda k: {
        "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}, class_weight={0: 1.0, 1: 3.0, 2: 0.5})
    case("binary", ["sign"], lambda k: {
        "loss": k.losses.BinaryCrossentropy(label_smoothing=0.1),
        "metrics": ["accuracy", k.metrics.AUC(), k.metrics.Precision(), k.metrics.Recall(thresholds=0.4)]})
    case("focal", ["sign"], lambda k: {
        "loss": k.losses.BinaryFocalCrossentropy(apply_class_balancing=True), "metrics": ["mae", "mse"]})
    case("three outputs", ["kind", "size", "sign"], lambda k: {
        "loss": ["sparse_categorical_crossentropy", "mse", "binary_crossentropy"],
        "metrics": [["accuracy"], ["mae"], ["accuracy"]]})
    case("loss weights", ["kind", "size", "sign"], lambda k: {
        "loss": {"kind": "sparse_categorical_crossentropy", "size": "huber", "sign": "binary_crossentropy"},
        "loss_weights": {"kind": 0.5, "size": 2.0, "sign": 1.0}, "metrics": {"kind": "accuracy"}})
    case("weights for all outputs", ["size", "sign"], lambda k: {
        "loss": ["mse", "binary_crossentropy"], "loss_weights": [0.3, 0.7]}, sample_weight=weights, libraries=["tfk"])

    # The sum is minimized, the mean is shown. Keras 2 weighs short batches otherwise in what it shows.
    case("no reduction", ["size"], lambda k: {"loss": k.losses.MeanSquaredError(reduction=None), "loss_weights": [0.1]}, libraries=["k3"])
    case("no reduction, sample weights", ["kind"], lambda k: {
        "loss": k.losses.SparseCategoricalCrossentropy(reduction="none"), "metrics": ["accuracy"]},
         sample_weight=weights, libraries=["k3"])
    case("no reduction, two outputs", ["size", "sign"], lambda k: {
        "loss": [k.losses.MeanSquaredError(reduction=None), k.losses.BinaryCrossentropy(reduction=None)],
        "loss_weights": [0.3, 0.7]}, libraries=["k3"])

    # Positions, and a mask that comes through the network.
    steps = random.normal(size=(rows, 4, 3)).astype("f")
    steps[::3, 2:] = 0
    steps[1::4, 1:] = 0
    tags = random.integers(0, 3, size=(rows, 4))
    for masked in [False, True]:
        for tag, library in LIBRARIES.items():
            layers = library.layers
            model = library.Sequential(
                [layers.Input((4, 3))] + ([layers.Masking()] if masked else [])
                + [layers.Dense(5, activation="tanh", name="hidden"), layers.Dense(3, activation="softmax", name="kind")])
            for layer in model.layers:
                if layer.weights:
                    place = {"hidden": 0, "kind": 2}[layer.name]
                    layer.set_weights(start[place:place + 2])
            optimizer = tfk.optimizers.legacy.SGD(0.3) if tag == "tfk" else k3.optimizers.SGD(0.3)
            model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
            history = model.fit(steps, tags, batch_size=7, epochs=3, shuffle=False, verbose=0)
            cases.append({
                "tag": tag, "name": "masked positions" if masked else "positions", "x": steps, "t": tags,
                "masked": masked, "compile": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}, "history": history.history,
                "weights": {layer.name: flat(layer.get_weights()) for layer in model.layers if layer.weights}})

    first = {"x": x, "targets": targets, "start": {name: flat(start[place:place + 2]) for name, place in
                                                   [("hidden", 0), ("kind", 2), ("size", 4), ("sign", 6)]}}
    return [first] + cases


FILES = {
    "losses": loss_cases, "schedules": schedule_cases, "metrics": metric_cases, "fits": fit_cases,
    "optimizers": lambda: [{"x": data()[0], "t": data()[1], "start": flat(start_weights())}] + optimizer_cases(),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or FILES:
        write(f"{name}.json", FILES[name]())
