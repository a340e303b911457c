"""Holds the models of `trainer init` against scikit-learn's pipeline on the Titanic-like, adult-like and churn-like tables of make_tables.py.

    python accuracy.py BIN FOLDER [SEEDS]

BIN is the folder with trainer and infer. For each of SEEDS (5) draws of each table, four fifths are for training, the same rows for both. Ours is the recipe that
`trainer init --yes` writes, as it is (its own validation rows come from these four fifths). scikit-learn's is what its user guide shows: ColumnTransformer (median and indicator, StandardScaler; most frequent,
OneHotEncoder), then MLPClassifier with the same hidden layers, once as it is and once with early stopping. Prints the mean accuracy on the last fifth.

Needs NumPy, pandas and scikit-learn.
"""
import json, os, re, subprocess, sys, warnings
import numpy as np, pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
programs, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
TABLES = {
    "titanic": ("Survived", ["PassengerId", "Name", "Ticket", "Cabin"]),
    "adult": ("income", []),
    "churn": ("Churn", ["customerID"]),
}


def run(name, *words):
    done = subprocess.run([os.path.join(programs, name), *words], capture_output=True, text=True, cwd=folder)
    if done.returncode:
        sys.exit(f"{name} {words}: {done.stderr}")
    return done.stdout


def ours(train, test, target, store, seed):
    recipe = os.path.join(folder, "recipe.yaml")
    run("trainer", "init", train, "--yes", "--force", "-o", recipe, "--name", "t", "--target", target)
    text = open(recipe).read()
    # All rows are for training and validation: the test rows are another file.
    text = text.replace("test: 0.2, ", "").replace("random_state: 42", f"random_state: {seed}").replace("seed: 1 }", f"seed: {seed} }}")
    open(recipe, "w").write(text)
    subprocess.run(["rm", "-rf", store])
    run("trainer", "fit", recipe, "-q", "--store", store)
    hidden = [int(n) for n in re.findall(r"units: (\d+)", text)][:-1]
    return json.loads(run("infer", "evaluate", test, "--model", "t", "--json", "--store", store))["accuracy"], hidden


def peer(train, test, target, drop, hidden, seed, early):
    a, b = [t.drop(columns=[target] + drop) for t in (train, test)]
    numbers = [c for c in a if pd.api.types.is_numeric_dtype(a[c])]
    words = [c for c in a if c not in numbers]
    prepare = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
        ("words", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), words)])
    model = make_pipeline(prepare, MLPClassifier(tuple(hidden), random_state=seed, early_stopping=early, max_iter=200))
    return model.fit(a, train[target]).score(b, test[target])


for name, (target, drop) in TABLES.items():
    scores = []
    for seed in range(1, seeds + 1):
        made = os.path.join(folder, str(seed))
        subprocess.run([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "make_tables.py"), made, str(seed)], check=True, capture_output=True)
        lines = open(f"{made}/{name}.csv").read().splitlines()
        train, test = train_test_split(np.arange(1, len(lines)), test_size=0.2, random_state=seed)
        for part, rows in [("train", train), ("test", test)]:
            with open(f"{made}/{name}_{part}.csv", "w") as f:
                f.write("\n".join([lines[0]] + [lines[i] for i in rows]) + "\n")
        frames = [pd.read_csv(f"{made}/{name}_{part}.csv", skipinitialspace=True, na_values=["?", " ", ""]) for part in ("train", "test")]
        mine, hidden = ours(f"{made}/{name}_train.csv", f"{made}/{name}_test.csv", target, f"{folder}/store", seed)
        scores.append([mine] + [peer(*frames, target, drop, hidden, seed, early) for early in (False, True)])
        print(f"  {name} {seed}: " + " ".join(f"{s:.4f}" for s in scores[-1]), flush=True)
    mean = np.mean(scores, 0)
    print(f"{name}: trainer init {mean[0]:.4f}, scikit-learn {mean[1]:.4f}, with early stopping {mean[2]:.4f} (hidden layers {hidden})", flush=True)
