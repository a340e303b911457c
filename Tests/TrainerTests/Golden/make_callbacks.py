"""Runs the callbacks of real Keras 2 (tf_keras) over made-up sequences of losses, and records what they do.

    pip install tensorflow-cpu tf_keras ; python make_callbacks.py > callbacks.json
"""
import contextlib, io, json, os, random, sys, tempfile
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
import tf_keras
from tf_keras import callbacks


class Optimizer:
    def __init__(self, lr):
        self.lr = tf.Variable(lr, dtype=tf.float32)


class Model:
    """What callbacks touch: here the weights are the number of the epoch."""
    def __init__(self, lr):
        self.optimizer, self.stop_training, self.epoch = Optimizer(lr), False, None
        self.distribute_strategy = tf.distribute.get_strategy()

    def get_weights(self):
        return self.epoch

    def set_weights(self, weights):
        self.epoch = weights


def sequence(rng):
    n = rng.randint(6, 16)
    value, values = 1.0, []
    for _ in range(n):
        value += rng.choice([-0.1, -0.02, -0.0005, 0.0, 0.0, 0.01, 0.1])
        # As Keras has them: float32 that became a double.
        values.append(float(tf.constant(value, tf.float32).numpy()))
    return values


def run(callback, values, lr):
    model = Model(lr)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    last = None
    for epoch, value in enumerate(values):
        model.epoch = epoch
        logs = {"val_loss": value, "val_accuracy": 1 - value}
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, logs)
        rates.append(float(logs["lr"]) if "lr" in logs else None)
        last = epoch
        if model.stop_training:
            break
    callback.on_train_end()
    return {"last": last, "weights": model.epoch, "lr": rates if rates[0] is not None else None,
            "final_lr": float(model.optimizer.lr.numpy())}


def main():
    rng = random.Random(7)
    cases = []
    for _ in range(60):
        options = {"monitor": rng.choice(["val_loss", "val_accuracy"]), "patience": rng.randint(0, 4),
                   "min_delta": rng.choice([0, 0, 0.01, -0.02]), "restore_best_weights": rng.random() < 0.6}
        if rng.random() < 0.3: options["mode"] = rng.choice(["min", "max", "auto"])
        if rng.random() < 0.3: options["baseline"] = rng.choice([0.95, 0.05, 0.9])
        if rng.random() < 0.3: options["start_from_epoch"] = rng.randint(1, 4)
        values = sequence(rng)
        cases.append({"callback": "EarlyStopping", "options": options, "values": values,
                      "expected": run(callbacks.EarlyStopping(**options), values, 0.3)})
    for _ in range(60):
        options = {"monitor": rng.choice(["val_loss", "val_accuracy"]), "patience": rng.randint(0, 3),
                   "factor": rng.choice([0.1, 0.3, 0.5]), "cooldown": rng.randint(0, 3)}
        if rng.random() < 0.5: options["min_delta"] = rng.choice([0, 0.001, 0.05])
        if rng.random() < 0.5: options["min_lr"] = rng.choice([0.001, 0.05, 0.3])
        if rng.random() < 0.3: options["mode"] = rng.choice(["min", "max"])
        values = sequence(rng)
        cases.append({"callback": "ReduceLROnPlateau", "options": options, "values": values,
                      "expected": run(callbacks.ReduceLROnPlateau(**options), values, 0.3)})
    for _ in range(30):
        options = {"filepath": rng.choice(["m.h5", "m_{epoch:02d}.h5", "m_{epoch}_{val_loss:.2f}.h5",
                                           "m_{epoch:3d}_{val_accuracy:06.3f}_{{x}}.h5", "m_{val_loss}.h5"]),
                   "monitor": rng.choice(["val_loss", "val_accuracy"]), "save_best_only": rng.random() < 0.7}
        if rng.random() < 0.3: options["mode"] = rng.choice(["min", "max"])
        if rng.random() < 0.3: options["initial_value_threshold"] = 0.9
        values = sequence(rng)
        callback, saved = callbacks.ModelCheckpoint(**options), []
        callback._save_handler = lambda path: saved.append(path)
        run(callback, values, 0.3)
        cases.append({"callback": "ModelCheckpoint", "options": options, "values": values,
                      "expected": {"saved": saved}})

    logs = []
    epochs = [{"loss": 0.7096691131591797, "accuracy": 0.49000000953674316, "val_loss": 1e-05, "val_accuracy": 1.0},
              {"loss": float("nan"), "accuracy": 0.5, "val_loss": 123456789.0, "val_accuracy": 0.0},
              {"loss": 2.0, "accuracy": 1.1920928955078125e-07, "val_loss": float("inf"), "val_accuracy": 0.25}]
    plain = [{k: v for k, v in e.items() if not k.startswith("val_")} for e in epochs]
    rated = [dict(e, lr=tf.constant(0.3 * 0.1 ** i, tf.float32).numpy()) for i, e in enumerate(epochs)]
    for name, epochs_, options in [("all", epochs, {}), ("plain", plain, {}), ("rated", rated, {"separator": ";"})]:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log.csv")
            for _ in range(2):
                logger = callbacks.CSVLogger(path, append=True, **options)
                logger.set_model(Model(0.3))
                logger.on_train_begin()
                for epoch, values in enumerate(epochs_): logger.on_epoch_end(epoch, dict(values))
                logger.on_train_end()
            text = open(path, newline="").read()
        logs.append({"name": name, "epochs": [{k: float(v) for k, v in e.items()} for e in epochs_],
                     "options": options, "text": text})

    def printed(model):
        out = io.StringIO()
        model.summary(print_fn=lambda line, *_: out.write(line + "\n"))
        return out.getvalue()

    L = tf_keras.layers
    bn = tf_keras.Sequential([tf_keras.Input((28, 28)), L.Rescaling(1 / 255), L.Flatten(name="inputLayer"),
        L.Dense(300, activation="relu", name="hiddenLayer1"), L.BatchNormalization(name="batchNormalization1"),
        L.Dense(100, activation="relu", name="hiddenLayer2"), L.BatchNormalization(name="batchNormalization2"),
        L.Dense(10, activation="softmax", name="outputLayer")], name="sequential")
    json.dump({"keras": tf_keras.__version__, "cases": cases, "csv": logs, "summary": printed(bn)}, sys.stdout,
              indent=None, separators=(",", ":"))


main()
