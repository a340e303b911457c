"""A model of two inputs and two outputs, with a part that both inputs share: Keras 2 (tf_keras) trains it for an epoch, saves it and trains it for another.

    pip install tensorflow-cpu tf_keras ; python make_several.py

several/model.h5 is what was saved, the .npy files are the data; several/after.json has the losses of the epoch after that, and what the model then predicts.
"""
import json, os
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
import numpy as np
import tf_keras as keras
from tf_keras import layers

keras.utils.set_random_seed(3)
random = np.random.RandomState(3)
left, right = (random.normal(size=(22, 4)).astype("float32") for _ in range(2))
kind = (left.sum(1).argsort().argsort() * 3 // 22).astype("int64")
place = np.tanh(left[:, :2] * right[:, :2]).astype("float32")

first, second = keras.Input((4,), name="left"), keras.Input((4,), name="right")
shared = keras.Sequential([layers.Dense(5, activation="tanh"), layers.Dense(3, activation="relu")], name="shared")
joined = layers.concatenate([shared(first), shared(second)])
model = keras.Model([first, second], [layers.Dense(3, activation="softmax", name="kind")(joined), layers.Dense(2, name="place")(joined)])
model.compile(keras.optimizers.Adam(0.02), {"kind": "sparse_categorical_crossentropy", "place": "mean_squared_error"}, loss_weights={"place": 0.3},
              metrics={"kind": ["accuracy"]})
fit = lambda: model.fit([left, right], [kind, place], batch_size=8, epochs=1, shuffle=False, verbose=0).history

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "several")
os.makedirs(folder, exist_ok=True)
fit()
model.save(folder + "/model.h5")
for name, array in (("left", left), ("right", right), ("kind", kind), ("place", place)):
    np.save(f"{folder}/{name}.npy", array)
history = fit()
with open(folder + "/after.json", "w") as file:
    predictions = model.predict([left, right], verbose=0)
    json.dump({"history": {name: values[0] for name, values in history.items()}, "predictions": [p.ravel().tolist() for p in predictions]}, file)
