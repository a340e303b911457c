#!/usr/bin/env bash
# The whole story on the real data: train, list, compare, promote, predict, score, evaluate. It keeps its models
# in demo/models, made anew each time, so that those shipped in models/ stay as they are. Stops at the first error.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf demo
mkdir -p demo

say() { printf '\n# %s\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

say "All three commands keep to this store."
run export CELLAR_STORE=demo/models

say "Three classifiers of handwritten digits, and one of wines, each from a recipe."
run bin/trainer fit recipes/mnist.yaml
run bin/trainer fit recipes/mnist-adam.yaml
run bin/trainer fit recipes/mnist-bn.yaml
run bin/trainer fit recipes/wine.yaml

say "What is in the cellar now? Where do the two versions of mnist differ?"
run bin/registry list
run bin/registry compare mnist:1 mnist:2

say "The better one becomes mnist@best, which is what \`infer\` takes when no other is named."
run bin/registry promote --best val_accuracy --model mnist

say "Pictures of digits, as a scanner, a drawing program or a phone leaves them."
run bin/infer data/digits/*.png

say "A table of wines: its columns are kept, the prediction and its probability are added."
run bin/infer score data/wine.csv --model wine -o demo/wine-scored.csv
run head -n 4 demo/wine-scored.csv

say "How good is the promoted model on the 10,000 test images?"
run bin/infer evaluate data/mnist --model mnist@best --report demo/report

say "Every file is still what was saved."
run bin/registry verify

printf '\nThe models are in demo/models, the report is in demo/report. Now a picture of your own:\n'
printf '  CELLAR_STORE=demo/models bin/infer YOUR.png\n'
