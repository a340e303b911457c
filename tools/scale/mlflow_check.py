"""MLflow both ways against a real server: what we export is loaded by MLflow and predicts the same, and is imported again."""
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
import numpy as np
import pandas as pd

from common import INFER, REGISTRY, STORE, TRAINER, WORK, finish, row, run, wine

place = os.path.join(WORK, "mlflow")
shutil.rmtree(place, ignore_errors=True)
os.makedirs(place)
port = int(os.environ.get("CELLAR_SCALE_PORT", 5087))
url = f"http://127.0.0.1:{port}"
server = subprocess.Popen(
    [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--serve-artifacts",
     "--backend-store-uri", f"sqlite:///{place}/mlflow.db", "--artifacts-destination", f"{place}/artifacts"],
    stdout=open(f"{place}/server.log", "w"), stderr=subprocess.STDOUT, cwd=place)
try:
    for _ in range(600):
        try:
            urllib.request.urlopen(url + "/health", timeout=2)
            break
        except OSError:
            time.sleep(0.5)
    store = os.path.join(place, "models")
    shutil.copytree(STORE, store)
    run(REGISTRY, "promote", "wine:1", "--alias", "champion", "--store", store)
    run(REGISTRY, "tag", "wine:1", "owner=ann", "--store", store)
    done = json.loads(run(REGISTRY, "export", "wine:1", "--mlflow", url, "--store", store, "--json").stdout)

    import mlflow
    from mlflow import MlflowClient

    mlflow.set_tracking_uri(url)
    client = MlflowClient(url)
    logged = client.get_run(done["run"])
    facts = json.loads(run(REGISTRY, "show", "wine:1", "--store", store, "--json").stdout)
    curve = [m.value for m in sorted(client.get_metric_history(done["run"], "val_loss"), key=lambda m: m.step)]
    row("MLflow: metrics of every epoch", f"{len(curve)} epochs", curve == facts["history"]["val_loss"])
    row("MLflow: parameters, tags, data set", ", ".join(list(logged.data.params)[:4]),
        logged.data.params.get("optimizer") == "Adam" and logged.data.tags.get("owner") == "ann" and bool(logged.inputs.dataset_inputs))
    row("MLflow: alias", "champion", client.get_model_version_by_alias("wine", "champion").version == done["version"])

    # What the run's page shows, as a browser draws it.
    page = f"{url}/#/experiments/{logged.info.experiment_id}/runs/{done['run']}/model-metrics"
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser:
        for attempt in range(3):  # on a busy machine the page may not have got its data in time
            drawn = subprocess.run(
                [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,1000", "--virtual-time-budget=120000",
                 f"--user-data-dir={place}/browser", "--dump-dom", page], capture_output=True, text=True, timeout=180).stdout
            curves = drawn.count("js-line")
            if curves >= 4:
                break
        row("MLflow: the run's page draws the curves", f"{curves} curves", curves >= 4 and "val_loss" in drawn)
    else:
        row("MLflow: the run's page draws the curves", "not run: needs Chromium")

    table = wine()
    inputs = table.drop(columns="quality").sample(frac=1, axis=1, random_state=1)  # columns in another order
    ours = np.array([float(line.split(",")[-1]) if line.split(",")[-2] == "good" else 1 - float(line.split(",")[-1])
                     for line in run(INFER, "score", os.path.join(os.path.dirname(STORE), "data", "wine.csv"), "--model", "wine:1", "--store", store).stdout.splitlines()[1:]])
    theirs = np.asarray(mlflow.pyfunc.load_model("models:/wine@champion").predict(inputs)).ravel()
    row("MLflow: pyfunc.load_model gives our predictions", f"differ by {np.abs(ours - theirs).max():.1e}", np.abs(ours - theirs).max() < 1e-6)
    folder = os.path.join(place, "folder")
    run(REGISTRY, "export", "wine:1", "--mlflow", folder, "--store", store)
    theirs = np.asarray(mlflow.pyfunc.load_model(folder).predict(inputs)).ravel()
    row("MLflow: a folder's model gives our predictions", "", np.abs(ours - theirs).max() < 1e-6)

    # A vector of whole numbers, and columns of texts, dates and whole numbers, each of which is an input.
    whole = inputs.assign(**{"total sulfur dioxide": inputs["total sulfur dioxide"].astype("int64")})
    mlflow.pyfunc.load_model(folder).predict(whole)
    columns = os.path.join(place, "columns.csv")
    with open(columns, "w") as file:
        print("age,sex,joined,note,y", file=file)
        for i in range(300):
            print(f"{20 + i * 7 % 50},{'male' if i % 3 else 'female'},20{10 + i % 9}-0{1 + i % 9}-1{i % 10},"
                  f"{('good day', 'bad night', '')[i % 3 - 1]},{'yes' if i * 7 % 50 > 24 else 'no'}", file=file)
    recipe = os.path.join(place, "columns.yaml")
    run(TRAINER, "init", columns, "-o", recipe)
    run(TRAINER, "fit", recipe, "--store", store, "--name", "columns", "--set", "fit.epochs=2")
    run(REGISTRY, "export", "columns:1", "--mlflow", folder + "2", "--store", store)
    frame = pd.read_csv(columns, keep_default_na=False).drop(columns="y")
    scored = [line.split(",")[-2:] for line in run(INFER, "score", columns, "--model", "columns:1", "--store", store).stdout.splitlines()[1:]]
    ours = np.array([float(p) if label == "yes" else 1 - float(p) for label, p in scored])
    theirs = np.asarray(mlflow.pyfunc.load_model(folder + "2").predict(frame)).ravel()
    row("MLflow: a model of columns of texts, dates and whole numbers gives our predictions", "", np.abs(ours - theirs).max() < 1e-6)

    other = os.path.join(place, "other")
    taken = json.loads(run(REGISTRY, "import", "--mlflow", url, "--store", other, "--json").stdout)
    again = json.loads(run(REGISTRY, "show", "wine@champion", "--store", other, "--json").stdout)
    row("MLflow: imported again with its bytes, alias and run", taken[0]["reference"],
        again["sha256"] == facts["sha256"] and again["tags"].get("mlflow.run_id") == done["run"])
    refused = subprocess.run([REGISTRY, "import", "--mlflow", url, "nothing", "--store", other], capture_output=True, text=True)
    row("MLflow: an unknown model is refused", refused.stderr.strip().splitlines()[0][:80], refused.returncode == 66)
finally:
    server.terminate()
    server.wait()
finish()
