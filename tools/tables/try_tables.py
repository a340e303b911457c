"""Takes each table of make_public_like.py through `trainer init --yes`, `trainer fit`, `infer evaluate` and `infer score`, and judges the result.

    python try_tables.py BIN FOLDER [NAME …]

BIN is the folder with trainer and infer, FOLDER the one with the tables. A table counts if it trains without editing, its target and task
are the known ones, identifiers and leaks are left out, the answers on the rows kept for testing are clearly better than the most frequent class or the
mean, and every row without its target is scored. Prints a line for each table. Needs Python 3.9 alone.
"""
import json, os, re, shutil, subprocess, sys, tempfile

programs, folder, chosen = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
with open(os.path.join(folder, "public.json")) as f:
    tables = json.load(f)
work = tempfile.mkdtemp()
os.environ["CELLAR_STORE"] = os.path.join(work, "store")


class Refused(Exception):
    pass


def run(name, *words):
    done = subprocess.run([os.path.join(programs, name), *words], capture_output=True, text=True, cwd=work)
    if done.returncode:
        raise Refused(f"{name} {words[0]}: {done.stderr.strip()[:600]}")
    return done.stdout


def judge(path, facts):
    faults = []
    data, recipe = os.path.join(folder, path), os.path.join(work, "recipe.yaml")
    named = ["--target", facts["target"]] if facts["ask"] else []
    survey = json.loads(run("trainer", "init", data, "--yes", "--json", "--force", "-o", recipe, "--name", "t", *named))
    if survey["target"].strip() != facts["target"].strip():
        faults.append(f"target {survey['target']}, not {facts['target']}")
    if (survey["task"] == "regression") != (facts["task"] == "numbers"):
        faults.append(f"task {survey['task']}")
    if survey["rows"] != facts["rows"]:
        faults.append(f"{survey['rows']} rows of {facts['rows']}")
    kept = [c["name"] for c in survey["columns"] if c["kind"] != "ignore"]
    for name in facts["drop"]:
        if name in kept:
            faults.append(f"takes {name!r}")
    kinds = " ".join(f"{c['name']}:{c['kind'][:3]}" for c in survey["columns"])
    fit = run("trainer", "fit", recipe, "-q", "--json")
    found = json.loads(run("infer", "evaluate", data, "--model", "t", "--split", "test", "--json"))
    if facts["task"] == "numbers":
        r2 = found.get("r2", -1.0)
        score = f"R2 {r2:.3f}"
        if r2 < 0.5:
            faults.append("no better than the mean" if r2 < 0.1 else "weak")
    else:
        if "confusion_matrix" not in found:
            return "numbers", kinds, faults
        matrix = found["confusion_matrix"]["matrix"]
        sums = [sum(row) for row in matrix]
        guess = max(sums) / sum(sums)
        score = f"accuracy {found['accuracy']:.3f} (most frequent {guess:.3f}" + (f", AUC {found['auc']:.3f})" if "auc" in found else ")")
        if 1 - found["accuracy"] > 0.85 * (1 - guess) and found.get("auc", 0) < 0.85:
            faults.append("hardly better than the most frequent class")
    out = os.path.join(work, "scored.csv")
    run("infer", "score", data, "--model", "t", "-o", out, "--force")
    return score, kinds, faults


good = 0
for path, facts in tables.items():
    if chosen and path not in chosen:
        continue
    shutil.rmtree(os.environ["CELLAR_STORE"], ignore_errors=True)
    try:
        score, kinds, faults = judge(path, facts)
    except Refused as error:
        score, kinds, faults = "refused", "", [str(error)]
    good += not faults
    print(f"{'ok  ' if not faults else 'FAIL'} {path:38} {score}  {'; '.join(faults)}", flush=True)
    if os.environ.get("KINDS"):
        print("     " + kinds)
shutil.rmtree(work)
count = len(chosen) or len(tables)
print(f"{good} of {count} tables")
sys.exit(good < count)
