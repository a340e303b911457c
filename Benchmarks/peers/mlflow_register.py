"""MLflow on SQLite: registering versions with 30 epochs of 4 metrics each; and how long `mlflow --version` takes."""
from common import *

import logging
import subprocess
import sys
import tempfile

from mlflow import MlflowClient
from mlflow.entities import Metric, Param

logging.disable(logging.WARNING)
COUNT = 50

with tempfile.TemporaryDirectory() as folder:
    store = f"sqlite:///{folder}/mlflow.db"
    client = MlflowClient(tracking_uri=store, registry_uri=store)
    experiment = client.create_experiment("cellar", artifact_location=folder)
    client.create_registered_model("mnist")
    metrics = [Metric(name, 0.1 + epoch / 100, 0, epoch) for epoch in range(30) for name in ("loss", "accuracy", "val_loss", "val_accuracy")]
    parameters = [Param("batch_size", "32"), Param("learning_rate", "0.01")]

    def register():
        for _ in range(COUNT):
            run = client.create_run(experiment).info.run_id
            client.log_batch(run, metrics, parameters)
            client.set_terminated(run)
            client.create_model_version("mnist", folder + "/model", run)

    report("register a version: MLflow on SQLite", seconds(register), rate_of=COUNT, setting="fdatasync 20 times each")

command = pathlib.Path(sys.executable).with_name("mlflow")
report("start-up: mlflow --version", seconds(lambda: subprocess.run([command, "--version"], check=True, capture_output=True)))
