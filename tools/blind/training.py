"""How a drawn model is trained, in Keras and in Cellar; and what is not possible."""
import json
import re

import numpy as np

from common import Failed, NotPossible, difference, off, run


# Reader, form, origin, part of what it says, why.
IMPOSSIBLE = [
    ("Keras 3", ".h5", "alpha", "Keras 3 warns of `alpha` in LeakyReLU, which Keras 2 needs"),
    ("Keras 3", ".h5", "Invalid Functional|list index out of range", "Keras 3 counts the calls of a model inside another from 0, Keras 2 from 1"),
    ("Keras 3", ".h5", "MultiHeadAttention", "Keras 2's MultiHeadAttention needs the shapes of its inputs in an .h5, and Keras 3's refuses them"),
    ("Keras 3", ".h5", "opens: Shape mismatch in layer .*layer_normalization", "Keras 3 drops lists of axes when it reads an .h5"),
    ("Keras 3", ".h5", r"Cannot convert|\(\['<KerasTensor|'list' object has no", "Keras 3 opens no .h5 of Keras 2's with a Functional inside a Sequential"),
    ("Keras 3", ".h5", "expects 1 input.s., but it received", "Keras 3 opens no .h5 of Keras 2's with initial states"),
    ("Keras 3", ".h5", "is used 2 times", "Keras 3 opens no .h5, tf_keras' own included, in which a layer that is called twice feeds one that joins"),
    ("Keras 3", ".keras", "Shapes used to initialize variables must be fully-defined", "Keras 3 does not infer a size that an EinsumDense's output_shape leaves out"),
    ("tf_keras", ".h5", "Nadam optimizer does not support", "Keras 2's Nadam takes no schedule"),
    ("Keras 3", ".h5", "ThresholdedReLU", "Keras 3 has no ThresholdedReLU"),
    ("tf_keras", ".h5", "RMSNormalization|Identity|Unknown activation function", "Keras 2 does not have it"),
]


def possible(case, library, file, text):
    reader = "Keras 3" if library.__version__.startswith("3") else "tf_keras"
    for who, form, part, why in IMPOSSIBLE:
        if who == reader and form == file.suffix and re.search(part, text):
            return NotPossible(why)
    config = case.model.to_json()
    if reader == "Keras 3" and file.suffix == ".h5" and text.startswith("opens") and re.search(r'"class_name": "(Functional|Model)"', config[40:]):
        return NotPossible("Keras 3 opens no .h5 of Keras 2's with a Functional inside another model")
    if reader == "Keras 3" and file.suffix == ".h5" and text.startswith("predictions"):
        if re.search(r'"axis": \[\d+, ', config):
            return NotPossible("Keras 3 drops lists of axes when it reads an .h5")
        if "mask" in config.lower() and re.search(r"initial_state|\[\[(\[[^]]*\], )+\[", config):
            return NotPossible("Keras 3 takes no mask beside initial states")
        if "hard_sigmoid" in config and not case.third:
            return NotPossible("hard_sigmoid is another function in Keras 3")
    text = text.split(" using config=")[0] + " … " + text.split("Exception encountered: ")[-1] if "Exception encountered: " in text else text
    return Failed(text[:500])


class Job:
    """Optimizer, loss, metrics, data of one case."""

    def __init__(self, case):
        self.case, self.keras, self.draw = case, case.keras, case.drawn
        self.batch = self.draw.int(2, 12)
        self.losses, self.metrics, self.targets = [], [], []
        for y in case.predict(case.model, case.xs):
            loss, metrics, target = self.objective(y)
            self.losses.append(loss)
            self.metrics.append(metrics)
            self.targets.append(target)
        self.fit_options, self.recipe_options = {}, {}
        if self.draw.chance(0.2) and case.rows > 10:
            self.fit_options["validation_split"] = self.recipe_options["validation_split"] = 0.25
        single = len(self.targets) == 1 and self.targets[0].dtype == np.int32 and self.targets[0].ndim == 1
        if single and self.draw.chance(0.25):
            weights = {k: self.draw.real(0.3, 3) for k in range(int(self.targets[0].max()) + 1)}
            self.fit_options["class_weight"] = self.recipe_options["class_weight"] = weights

    def rate(self):
        d, s = self.draw, self.keras.optimizers.schedules
        if d.chance(0.75):
            return d.pick(0.01, 0.003, 0.02)
        return d.pick(lambda: s.ExponentialDecay(0.02, 3, 0.8, staircase=d.chance(0.5)), lambda: s.InverseTimeDecay(0.02, 2, 0.5), lambda: s.PolynomialDecay(0.02, 5, 0.001, power=2.0, cycle=d.chance(0.5)),
                      lambda: s.PiecewiseConstantDecay([2, 5], [0.02, 0.01, 0.005]), lambda: s.CosineDecay(0.02, 7, alpha=0.1), lambda: s.CosineDecayRestarts(0.02, 3, t_mul=1.5, m_mul=0.8))()

    def optimizer(self):
        d = self.draw
        third = self.case.third
        legacy = not third and d.chance(0.5)
        o = self.keras.optimizers.legacy if legacy else self.keras.optimizers
        kinds = ["SGD", "SGD", "RMSprop", "Adam", "Adam", "Adagrad", "Adadelta", "Adamax", "Ftrl", "Nadam"] + ([] if legacy else ["AdamW"])
        name = d.pick(*kinds)
        options = {
            "SGD": lambda: {"momentum": d.pick(0.0, 0.9, 0.5), "nesterov": d.chance(0.3)},
            "RMSprop": lambda: {"rho": d.pick(0.9, 0.8), "momentum": d.pick(0.0, 0.6), "centered": d.chance(0.3), "epsilon": d.pick(1e-3, 1e-2)},
            "Adam": lambda: {"beta_1": d.pick(0.9, 0.7), "beta_2": d.pick(0.999, 0.95), "epsilon": d.pick(1e-3, 1e-2), "amsgrad": d.chance(0.3)},
            "AdamW": lambda: {"weight_decay": d.pick(0.004, 0.1), "epsilon": 1e-3},
            "Adagrad": lambda: {"initial_accumulator_value": d.pick(0.1, 0.5), "epsilon": 1e-3},
            "Adadelta": lambda: {"rho": 0.9, "epsilon": 1e-3},
            "Adamax": lambda: {"beta_1": 0.8, "epsilon": 1e-2},
            "Nadam": lambda: {"beta_1": 0.8, "epsilon": 1e-2},
            "Ftrl": lambda: {"learning_rate_power": d.pick(-0.5, -0.6), "l1_regularization_strength": d.pick(0.0, 0.01), "l2_regularization_strength": d.pick(0.0, 0.02), "beta": d.pick(0.0, 0.1)},
        }[name]()
        if d.chance(0.25):
            options[d.pick("clipnorm", "clipvalue", "global_clipnorm")] = d.pick(0.1, 0.5, 1.0)
        if not legacy and name != "AdamW" and d.chance(0.15):
            options["weight_decay"] = 0.01
        return getattr(o, name)(self.rate(), **options)

    def objective(self, y):
        """A loss that these answers can have, metrics and targets."""
        d, l, m = self.draw, self.keras.losses, self.keras.metrics
        width = y.shape[-1]
        sums = np.allclose(y.sum(-1), 1, atol=1e-4) and width > 1
        between = bool(np.all((y >= 0) & (y <= 1)))
        random, lead = d.random, y.shape[:-1]
        classes = random.randint(0, width, lead).astype("int32")
        smoothing = d.pick(0.0, 0.0, 0.1)
        if sums:
            if d.chance(0.6):
                return (d.pick("sparse_categorical_crossentropy", l.SparseCategoricalCrossentropy(), l.SparseCategoricalCrossentropy(ignore_class=0)),
                        d.pick(["accuracy"], ["sparse_categorical_accuracy"], [m.SparseTopKCategoricalAccuracy(2, name="top")], []), classes)
            hot = np.eye(width, dtype="float32")[classes]
            return (d.pick("categorical_crossentropy", l.CategoricalCrossentropy(label_smoothing=smoothing), l.CategoricalFocalCrossentropy(gamma=1.5, label_smoothing=smoothing), "kl_divergence", "categorical_hinge"),
                    d.pick(["accuracy"], [m.AUC(name="auc"), m.Precision(name="p"), m.Recall(name="r")], [m.F1Score(average="macro")], ["categorical_accuracy", "mae"], []), hot)
        if between:
            bits = random.randint(0, 2, y.shape).astype("float32")
            return (d.pick("binary_crossentropy", l.BinaryCrossentropy(label_smoothing=smoothing), l.BinaryFocalCrossentropy(gamma=1.5, apply_class_balancing=d.chance(0.5)), "hinge", "squared_hinge", "mse"),
                    d.pick(["accuracy"], [m.BinaryAccuracy(threshold=0.4)], [m.AUC(name="auc", curve="PR")], [m.Precision(0.3, name="p"), m.Recall(name="r")], []), bits)
        if width > 1 and d.chance(0.3):
            return l.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"], classes
        if d.chance(0.15):
            return l.BinaryCrossentropy(from_logits=True), [], random.randint(0, 2, y.shape).astype("float32")
        targets = random.randn(*y.shape).astype("float32")
        # Keras 3 leaves Huber's delta out of the file.
        loss = d.pick("mse", "mae", l.MeanSquaredError(), l.Huber(), "log_cosh", "cosine_similarity", "mean_squared_logarithmic_error", "huber", l.MeanAbsoluteError(reduction="sum"), "mape")
        if loss in ("mean_squared_logarithmic_error",):
            targets = np.abs(targets)
        if loss == "mape":
            targets = np.sign(targets) * (np.abs(targets) + 0.5)
        return loss, d.pick(["mae"], [m.RootMeanSquaredError()], ["mse", "mae"], [m.CosineSimilarity()], []), targets

    def compile(self, model):
        d = self.draw
        options = {}
        if len(self.losses) > 1 and d.chance(0.6):
            options["loss_weights"] = [d.real(0.1, 2) for _ in self.losses]
        weighted = {}
        one = len(self.losses) == 1
        metrics = self.metrics[0] if one else self.metrics
        if d.chance(0.15) and one and self.metrics[0]:
            weighted["weighted_metrics"] = metrics
        else:
            weighted["metrics"] = metrics
        model.compile(self.optimizer(), self.losses[0] if one else self.losses, **options, **weighted)

    def inputs(self):
        xs = self.case.xs
        ys = self.targets
        return xs if len(xs) > 1 else xs[0], ys if len(ys) > 1 else ys[0]

    def epoch(self, model):
        x, y = self.inputs()
        return model.fit(x, y, batch_size=self.batch, epochs=1, shuffle=False, verbose=0, **self.fit_options).history

    def first_epoch(self):
        model = self.case.model
        for _ in range(5):
            self.compile(model)
            before = model.get_weights()
            self.epoch(model)
            if all(np.all(np.isfinite(w)) for w in model.get_weights()) and all(np.max(np.abs(y), initial=0) < 1e4 for y in self.case.predict(model, self.case.xs)):
                return
            model.set_weights(before)
        raise RuntimeError("no optimizer that ends in finite weights")

    def exact_epoch(self):
        """The epoch in float64, from the same state."""
        from draw import Builder
        case, keras = self.case, self.keras
        try:
            with case.blind.double():
                model, _ = Builder(keras, case.inner, True).model()
                model.set_weights([w.astype("float64") if w.dtype == np.float32 else w for w in case.weights])
                for layer in model.layers:
                    if type(layer).__name__ == "Normalization":
                        layer.finalize_state()
                source = case.model.optimizer
                configured = type(source).from_config(source.get_config())
                model.compile(configured, case.model.loss)
                if hasattr(configured, "set_weights") and "legacy" in type(source).__module__:
                    model.optimizer._create_all_weights(model.trainable_variables)
                    model.optimizer.set_weights([np.asarray(w, np.float64) if np.asarray(w).dtype == np.float32 else w for w in self.state])
                else:
                    model.optimizer.build(model.trainable_variables)
                    ours = model.optimizer.variables
                    ours = ours() if callable(ours) else ours
                    for variable, value in zip(ours, self.state):
                        if "learning_rate" not in getattr(variable, "name", ""):
                            variable.assign(np.asarray(value, variable.dtype if isinstance(variable.dtype, str) else variable.dtype.as_numpy_dtype))
                xs, ys = [x.astype("float64") for x in case.xs], self.targets
                model.fit(xs if len(xs) > 1 else xs[0], ys if len(ys) > 1 else ys[0], batch_size=self.batch, epochs=1, shuffle=False, verbose=0, **self.fit_options)
                return case.predict(model, xs)
        except Exception as error:
            self.why = repr(error)[:200]
            return None

    def checks(self, files):
        case = self.case
        model = case.model
        # Saving an .h5 makes Keras 3 forget the optimizer, so the state is what the .keras has.
        source = model.optimizer
        variables = source.variables() if callable(source.variables) else source.variables
        self.state = [np.asarray(v) for v in (source.get_weights() if hasattr(source, "get_weights") else variables)]
        x, y = self.inputs()
        evaluated = model.evaluate(x, y, verbose=0, return_dict=True)
        names = []
        for i, target in enumerate(self.targets):
            names.append(str(case.folder / f"y{i}.npy"))
            np.save(names[-1], target)
        self.names = names
        history = self.epoch(model)
        after = case.predict(model, case.xs)
        if not all(np.all(np.isfinite(a)) for a in after) or not np.isfinite(history["loss"][0]):
            return
        for file in files:
            if not (case.third and file.suffix == ".h5"):
                case.check(f"fit {file.suffix}", lambda: self.compared(file, history, after))
        case.check("evaluate", lambda: self.evaluates(files[0], evaluated))

    def compared(self, file, history, after):
        """Goes on as the model did, or, where the file does not hold all of its state, as what Keras itself reads from the file."""
        try:
            self.goes_on(file, history, after)
        except Failed as failed:
            with self.case.blind.quiet():
                try:
                    model = self.keras.models.load_model(file)
                    history = self.epoch(model)
                except Exception as error:
                    raise Failed(f"{failed}; Keras itself cannot go on: {str(error)[:100]}")
            try:
                self.goes_on(file, history, self.case.predict(model, self.case.xs))
            except Failed as again:
                raise Failed(f"{failed}; and from the file: {str(again)[:100]}")

    def goes_on(self, file, history, after):
        case = self.case
        recipe = file.with_suffix(file.suffix + ".yaml")
        alone = lambda names: json.dumps(names[0] if len(names) == 1 else names)
        options = {"epochs": 1, "batch_size": self.batch, "shuffle": False, "seed": 1, **self.recipe_options}
        recipe.write_text(f"name: blind\ndata:\n  npy: {{ samples: {alone(case.inputs)}, labels: {alone(self.names)} }}\nfit: {json.dumps(options)}\n")
        said = json.loads(run("trainer", "fit", recipe, "--from", file, "--quiet", "--json", "--store", str(recipe) + ".store"))
        ours = {key: values[-1] for key, values in said["history"].items()}
        self.compare("history", ours, self.comparable({key: values[-1] for key, values in history.items()}))
        found = case.scores(said["file"], str(recipe) + ".later")
        if off(found, after, 1e-4, 1e-4) > 1:
            exact = self.exact_epoch()
            if exact is not None:
                mine, its = difference(found, exact), difference(after, exact)
                if mine <= 2 * its:
                    return
                raise Failed(f"predictions after an epoch differ by {difference(found, after):.2g} (from float64: ours {mine:.2g}, Keras' {its:.2g}); {self.told()}")
            raise Failed(f"predictions after an epoch differ by {difference(found, after):.2g} of {max(np.max(np.abs(a)) for a in after):.2g}; {self.told()}; no float64: {self.why}")

    def comparable(self, values):
        """Without Keras 3's losses of single outputs: in a graph they are means of batches, run eagerly, as here, means of rows."""
        if not self.case.third or len(self.losses) == 1:
            return values
        return {key: value for key, value in values.items() if not re.fullmatch("(?!(val_)?loss$).*_loss", key)}

    def told(self):
        source = self.case.model.optimizer
        return f"{type(source).__module__.split('.')[-2]}.{type(source).__name__} {json.dumps({k: v for k, v in source.get_config().items() if v}, default=str)[:300]} loss {self.losses} batch {self.batch} {self.fit_options}"

    def compare(self, what, ours, theirs):
        for key, value in theirs.items():
            if key in ("lr", "learning_rate"):
                continue
            # Read from a file, tf_keras puts an output's name before metrics that have it already.
            key = re.sub(r"^(val_)?((\w+)_)\3_", r"\1\2", key)
            if value != value:
                raise NotPossible("Keras divides 0 by 0, as where all classes of a batch are ignored")
            if key not in ours:
                raise Failed(f"{what}: no {key} in {sorted(ours)}")
            if ours[key] is None or not abs(ours[key] - value) <= 1e-5 + 2e-5 * abs(value):
                raise Failed(f"{what}: {key} is {ours[key]}, Keras' {value}; {self.told()}")

    def evaluates(self, file, evaluated):
        labels = [word for name in self.names for word in ("--labels", name)]
        said = json.loads(run("infer", "evaluate", *self.case.inputs, *labels, "--model", file, "--json"))
        said = said[0] if isinstance(said, list) else said
        self.compare("evaluate", said, self.comparable(evaluated))
