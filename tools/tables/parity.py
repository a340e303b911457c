"""Holds the preparation of tables inside Cellar's model files against scikit-learn's, and Cellar's answers against Keras'.

    python parity.py BIN FOLDER [SEED [COUNT]]

BIN is the folder with trainer, registry and infer. For each of COUNT random tables (numbers, booleans, categories in words (also with blanks around them, and [UNK]), in
numbers of several spellings and in whole numbers, also negative ones that stand for nothing, dates in several forms, texts, missing, rare and unknown values, unicode) it trains a model for one epoch, scores another table with values that
training never saw, opens the .h5 with tf_keras (and with Keras 3 where no number is missing and log1p is not used) and the exported .keras with Keras 3,
and compares from the raw columns:

- the vector before the first Dense layer with scikit-learn's, to 1e-6 (relative above 1);
- the answers with `infer score`'s, to 1e-6 and what the rounding of raw numbers to float32 moves; those of the exported ONNX file in ONNX Runtime too (not of dates and texts, which ONNX cannot read).

Needs keras 3, tf_keras, tensorflow, onnx, onnxruntime, scikit-learn, pandas and NumPy.
"""
import glob, os, subprocess, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, onnx, onnxruntime, pandas as pd, tensorflow as tf, keras, tf_keras
import random_tables
from random_tables import as_written, expected, iso, recipe, rounding, write

programs, folder = sys.argv[1:3]
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
count = int(sys.argv[4]) if len(sys.argv) > 4 else 20
os.makedirs(folder, exist_ok=True)
def feed(K, m, columns, b):
    data = {}
    kinds = {c["name"]: c for c in columns}
    for t in m.inputs:
        name = t.name.split(":")[0] if K is tf_keras and t.name not in b else t.name
        x = b[name]
        if kinds[name]["kind"] == "date":
            x = [iso(d, kinds[name]["form"]) for d in x]
            data[name] = tf.constant([[v] for v in x])
            continue
        data[name] = tf.constant([[str(v)] for v in x]) if "string" in str(t.dtype) else x.astype("float32").reshape(-1, 1)
    return data


def onnx_answers(path, b):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    data = {}
    for i in session.get_inputs():
        x = b[i.name]
        data[i.name] = np.array([[str(v)] for v in x], dtype=object) if i.type == "tensor(string)" else x.astype("float32").reshape(-1, 1)
    return session.run(None, data)[0].ravel()


failures, worst, worst_answer, opened = 0, 0.0, 0.0, {}
for number in range(seed, seed + count):
    columns, a, b, r, group = random_tables.case(number)
    n = len(next(iter(a.values())))
    here = os.path.join(folder, str(number))
    os.makedirs(here, exist_ok=True)
    forms = {c["name"]: c["form"] for c in columns if c["kind"] == "date"}
    write(f"{here}/a.csv", as_written(columns, a), r.integers(0, 2, n))
    write(f"{here}/b.csv", as_written(columns, b), r.integers(0, 2, 80))
    with open(f"{here}/recipe.yaml", "w") as f:
        f.write(recipe(columns, f"{here}/a.csv", "parity"))
    def run(*args):
        done = subprocess.run([f"{programs}/{args[0]}", *args[1:], "--store", f"{here}/store"], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{args[0]} {args[1]}: {done.stderr.strip()}")
    try:
        subprocess.run(["rm", "-rf", f"{here}/store"])
        run("trainer", "fit", f"{here}/recipe.yaml", "-q")
        run("infer", "score", f"{here}/b.csv", "-o", f"{here}/scored.csv", "--force", "--model", "parity:1")
        run("registry", "export", "parity:1", f"{here}/m.keras", "--force")
        # ONNX has no operator that reads the characters of a date, or the words of a text.
        has_onnx = not forms and all(c["kind"] != "text" for c in columns)
        if has_onnx:
            run("registry", "export", "parity:1", f"{here}/m.onnx", "--force")
        scored = pd.read_csv(f"{here}/scored.csv")
        ours = np.where(scored["prediction"] == 1, scored["probability"], 1 - scored["probability"])
        want = expected(columns, a, b)
        slack = rounding(columns, a, b, want) * np.maximum(1, np.abs(want))
        h5 = glob.glob(f"{here}/store/TRAINED_MODEL/*.h5")[0]
        # Keras 3 does not read functions (log1p) and tensors as arguments from an .h5.
        holes = any(c.get("log") for c in columns) or any(group.values()) or any(c.get("whole") and c["had"] for c in columns)
        for K, path in [(tf_keras, h5), (keras, f"{here}/m.keras")] + ([] if holes else [(keras, h5)]):
            m = K.models.load_model(path, compile=False)
            data = feed(K, m, columns, b)
            answers = m.predict(data, verbose=0).ravel()
            first = next(l for l in m.layers if l.__class__.__name__ == "Dense")
            prepared = K.Model(m.inputs, first.input).predict(data, verbose=0)
            if prepared.shape != want.shape:
                raise RuntimeError(f"{K.__name__}: {prepared.shape}, scikit-learn {want.shape}")
            off = (np.abs(prepared - want) / np.maximum(1, np.abs(want)) - slack).max()
            # What the rounding moves in the prepared numbers moves the answers by at most the product of the weights' sizes.
            kernels = [np.abs(l.get_weights()[0]) for l in m.layers if l.__class__.__name__ == "Dense"]
            allowed = 0.25 * (slack @ kernels[0] @ kernels[1]).ravel()
            gap = (np.abs(answers - ours) - allowed).max()
            worst, worst_answer = max(worst, off), max(worst_answer, gap)
            kind = f"{K.__name__} {path.rsplit('.', 1)[1]}"
            opened[kind] = opened.get(kind, 0) + 1
            if off > 1e-6 or gap > 1e-6:
                place = np.unravel_index(np.argmax(np.abs(prepared - want) / np.maximum(1, np.abs(want))), want.shape)
                raise RuntimeError(f"{kind}: prepared {off:.2g} (row {place[0]}, column {place[1]}: {prepared[place]}, {want[place]}), answers {gap:.2g}")
        if not has_onnx:
            continue
        gap = (np.abs(onnx_answers(f"{here}/m.onnx", b) - ours) - allowed).max()
        opened["onnx"] = opened.get("onnx", 0) + 1
        if gap > 1e-6:
            raise RuntimeError(f"ONNX Runtime: answers {gap:.2g}")
    except Exception as error:
        failures += 1
        print(f"case {number}: {str(error)[:700]}", flush=True)
print(f"{count} tables, {failures} failures; largest difference prepared {worst:.2g}, answers {worst_answer:.2g}; opened: {opened}")
sys.exit(failures > 0)
