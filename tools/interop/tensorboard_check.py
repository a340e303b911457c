"""Reads event files of Cellar with TensorBoard itself: EventAccumulator, and its web server's API.

usage: tensorboard_check.py TRAINER FOLDER     needs tensorboard 2.21; trains two small models in FOLDER
"""

import json
import pathlib
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.util import tensor_util

ROWS = """
name: rows
data: {{ csv: {data}/wine.csv, target: quality, split: {{ test: 0.25, validation: 0.25, random_state: 42 }}, preprocess: [StandardScaler] }}
model:
  - Dense: {{ units: 8, activation: relu, name: hidden }}
  - BatchNormalization: {{}}
  - Dense: {{ units: 1, activation: sigmoid, name: output }}
compile: {{ optimizer: adam, loss: binary_crossentropy, metrics: [accuracy] }}
fit: {{ epochs: 3, batch_size: 64, seed: 11 }}
callbacks:
  - TensorBoard: {{ log_dir: {folder}/logs/fit/rows, update_freq: 5, histogram_freq: 1, write_images: true, write_steps_per_second: true, confusion_matrix_freq: 2 }}
"""
PICTURES = """
name: pictures
data: {{ mnist: {data}/mnist, validation: {{ first: 5000 }}, preprocess: [Rescaling] }}
model:
  - Flatten: {{ input_shape: [28, 28] }}
  - Dense: {{ units: 16, activation: relu, name: hidden }}
  - Dense: {{ units: 10, activation: softmax, name: output }}
compile: {{ optimizer: sgd, loss: sparse_categorical_crossentropy, metrics: [accuracy] }}
fit: {{ epochs: 2, batch_size: 512, seed: 1 }}
callbacks:
  - TensorBoard: {{ log_dir: "{folder}/logs/fit/log_%Y_%m_%d_%H_%M_%S", update_freq: batch, histogram_freq: 1, confusion_matrix_freq: 1, mistakes_freq: 1 }}
"""

failures = []


def expect(what, true):
    print(f"  {'ok  ' if true else 'FAIL'} {what}")
    if not true:
        failures.append(what)


def accumulator(folder):
    found = event_accumulator.EventAccumulator(str(folder), size_guidance={name: 0 for name in ("tensors", "images", "histograms")})
    found.Reload()
    return found


def numbers(events, tag):
    return [(e.step, float(tensor_util.make_ndarray(e.tensor_proto))) for e in events.Tensors(tag)]


def check_files(trainer, folder, data):
    for name, text in (("rows", ROWS), ("pictures", PICTURES)):
        recipe = folder / f"{name}.yaml"
        recipe.write_text(text.format(data=data, folder=folder))
        subprocess.run([trainer, "fit", str(recipe), "--store", str(folder / "store")], check=True, capture_output=True)
    runs = sorted(p for p in (folder / "logs/fit").iterdir())
    expect("a run has a folder with its time", any(re.fullmatch(r"log_\d{4}(_\d\d){5}", p.name) for p in runs))
    rows = folder / "logs/fit/rows"
    train, validation = accumulator(rows / "train"), accumulator(rows / "validation")
    tags = train.Tags()["tensors"]
    expect("training has the epochs' metrics", {"epoch_loss", "epoch_accuracy", "epoch_learning_rate", "epoch_steps_per_second"} <= set(tags))
    expect("validation has them too", {"epoch_loss", "epoch_accuracy", "evaluation_loss_vs_iterations"} <= set(validation.Tags()["tensors"]))
    # 900 of 1,599 rows in batches of 64: 15 steps an epoch, of which every fifth is written.
    expect("batches are written as often as asked", [s for s, _ in numbers(train, "batch_loss")] == list(range(5, 46, 5)))
    expect("the last batch of an epoch has the epoch's loss", abs(numbers(train, "batch_loss")[2][1] - numbers(train, "epoch_loss")[0][1]) < 1e-6)
    for tag in ("hidden/kernel/histogram", "hidden/kernel/gradient/histogram", "output/bias/histogram", "batch_normalization/gamma/gradient/histogram"):
        expect(f"{tag} is there after each epoch", tag in tags and len(train.Tensors(tag)) == 3)
    buckets = tensor_util.make_ndarray(train.Tensors("hidden/kernel/histogram")[-1].tensor_proto)
    expect("a histogram has 30 buckets and all weights", buckets.shape == (30, 3) and buckets[:, 2].sum() == 88)
    expect("the graph is there", train.Tags()["graph"])
    graph = train.Graph()
    expect("the graph has every layer", [n.op for n in graph.node if not n.name.startswith("input")][-3:] == ["Dense", "BatchNormalization", "Dense"])
    expect("and their order", list(graph.node[-1].input) == [graph.node[-2].name])
    expect("the confusion matrix is there every second epoch", [e.step for e in validation.Tensors("confusion_matrix")] == [0, 2])
    (pictures,) = [p for p in runs if p.name != "rows"]
    mistakes = accumulator(pictures / "validation").Tensors("mistakes")
    png = mistakes[-1].tensor_proto.string_val[2]
    expect("mistakes are pictures", len(mistakes) == 2 and png.startswith(b"\x89PNG"))
    (folder / "mistakes.png").write_bytes(png)
    (folder / "confusion_matrix.png").write_bytes(accumulator(pictures / "validation").Tensors("confusion_matrix")[-1].tensor_proto.string_val[2])


def serve(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder / "logs/fit"), "--port", str(port), "--host", "127.0.0.1", "--load_fast", "false"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return server, f"http://127.0.0.1:{port}/data"


def get(base, path, **query):
    with urllib.request.urlopen(f"{base}/{path}?{urllib.parse.urlencode(query)}", timeout=20) as answer:
        return answer.read()


def check_server(folder):
    server, base = serve(folder)
    try:
        for _ in range(120):
            try:
                if len(json.loads(get(base, "runs"))) >= 6:
                    break
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.5)
        time.sleep(3)
        runs = json.loads(get(base, "runs"))
        expect("the server lists training and validation of both runs", {"rows/train", "rows/validation"} <= set(runs))
        scalars = json.loads(get(base, "plugin/scalars/scalars", run="rows/train", tag="epoch_loss"))
        expect("scalars are shown", len(scalars) == 3)
        tags = json.loads(get(base, "plugin/histograms/tags"))
        expect("histograms are listed", "hidden/kernel/gradient/histogram" in tags["rows/train"])
        shown = json.loads(get(base, "plugin/histograms/histograms", run="rows/train", tag="hidden/kernel/gradient/histogram"))
        expect("a histogram is shown", len(shown) == 3 and len(shown[0][2]) == 30)
        images = json.loads(get(base, "plugin/images/tags"))
        expect("pictures are listed", "confusion_matrix" in images["rows/validation"] and any("mistakes" in tags for tags in images.values()))
        image = json.loads(get(base, "plugin/images/images", run="rows/validation", tag="confusion_matrix", sample=0))
        png = get(base, "plugin/images/individualImage?" + image[0]["query"])
        expect("a picture is shown", png.startswith(b"\x89PNG"))
        info = json.loads(get(base, "plugin/graphs/info"))
        expect("the graph page has the run's graph", info["rows/train"]["run_graph"])
        graph = get(base, "plugin/graphs/graph", run="rows/train", conceptual="false").decode()
        expect("with its layers", 'op: "BatchNormalization"' in graph and 'name: "hidden"' in graph)
        conceptual = get(base, "plugin/graphs/graph", run="rows/train", tag="keras", conceptual="true").decode()
        expect("and the conceptual graph", 'name: "rows/hidden"' in conceptual or "hidden" in conceptual)
        request = urllib.request.Request(f"{base}/plugin/hparams/experiment", data=b"{}", headers={"Content-Type": "application/json"})
        experiment = json.loads(urllib.request.urlopen(request, timeout=20).read())
        names = {h["name"] for h in experiment["hparamInfos"]}
        expect("hyper-parameters are known", {"optimizer", "learning_rate", "batch_size"} <= names)
        metrics = {(m["name"].get("group", ""), m["name"]["tag"]) for m in experiment["metricInfos"]}
        expect("with metrics of training and validation", {("train", "epoch_loss"), ("validation", "epoch_accuracy")} <= metrics)
        body = json.dumps({"experimentName": "", "allowedStatuses": ["STATUS_SUCCESS", "STATUS_RUNNING", "STATUS_UNKNOWN"],
                           "colParams": [], "startIndex": 0, "sliceSize": 10}).encode()
        request = urllib.request.Request(f"{base}/plugin/hparams/session_groups", data=body, headers={"Content-Type": "application/json"})
        groups = json.loads(urllib.request.urlopen(request, timeout=20).read())["sessionGroups"]
        expect("both runs are listed with their values", len(groups) == 2 and any(g["hparams"].get("optimizer") == "Adam" for g in groups))
    finally:
        server.terminate()
        server.wait()



if __name__ == "__main__":
    trainer, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    data = pathlib.Path(__file__).resolve().parents[2] / "data"
    print("Event files, in TensorBoard")
    check_files(trainer, folder, data)
    check_server(folder)
    print(f"{len(failures)} failures" if failures else "all of it is read")
    sys.exit(bool(failures))
