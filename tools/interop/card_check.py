"""Holds model cards against huggingface_hub: it reads each card, and finds the registry's metrics there.

usage: card_check.py BIN

The cards are those of the shipped models, and of one trained here on a table whose name needs quoting in YAML.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from huggingface_hub import ModelCard

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = "wine 'ü': #1, \"best\".csv"
PARTS = {"train": "", "validation": "val_", "test": "test_"}


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


def problems(binary, reference, store, folder):
    card = folder / "card.md"
    run(binary / "registry", "card", reference, "-o", card, "--store", store)
    data = ModelCard.load(card).data
    shown = json.loads(run(binary / "registry", "show", reference, "--json", "--store", store))
    if data.library_name != "keras" or data.model_name != shown["name"]:
        yield f"is a card of {data.library_name}, {data.model_name}"
    found = {PARTS[result.dataset_split] + result.metric_type: result.metric_value for result in data.eval_results}
    if found != shown["metrics"]:
        yield f"has {found}, the registry {shown['metrics']}"
    path = shown["dataset"]["path"]
    if any(result.dataset_name != path for result in data.eval_results):
        yield f"names other data than {path}"
    # What huggingface_hub writes again has the same content.
    if ModelCard(str(ModelCard.load(card))).data.to_dict() != data.to_dict():
        yield "changes when it is written again"


def main():
    binary, bad = pathlib.Path(sys.argv[1]).resolve(), 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        store = folder / "models"
        shutil.copytree(ROOT / "models", store)
        shutil.copy(ROOT / "data/wine.csv", folder / TABLE)
        recipe = folder / "odd.yaml"
        quoted = json.dumps(str(folder / TABLE), ensure_ascii=False)
        recipe.write_text((ROOT / "recipes/wine.yaml").read_text().replace("csv: data/wine.csv", f"csv: {quoted}"))
        run(binary / "trainer", "fit", recipe, "--epochs", 2, "--name", "odd", "--quiet", "--store", store)
        for version in json.loads(run(binary / "registry", "list", "--json", "--store", store)):
            found = list(problems(binary, version["reference"], store, folder))
            bad += bool(found)
            print(f"{'FAIL' if found else 'ok  '} {version['reference']} {'; '.join(found)}")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
