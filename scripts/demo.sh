#!/usr/bin/env bash
# The whole story on the real data: train, list, compare, promote, predict, score, evaluate. It keeps its models
# in demo/models, made anew each time, so that those shipped in models/ stay as they are. Stops at the first error.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf demo
mkdir -p demo

say() { printf '\n# %s\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

say "Three classifiers of handwritten digits, and one of wines, each from a recipe."
run bin/trainer fit recipes/mnist.yaml --store demo/models
run bin/trainer fit recipes/mnist-adam.yaml --name mnist --store demo/models
run bin/trainer fit recipes/mnist-bn.yaml --store demo/models
run bin/trainer fit recipes/wine.yaml --store demo/models

say "What is in the cellar now? Where do the two versions of mnist differ?"
run bin/registry list --store demo/models
run bin/registry compare mnist:1 mnist:2 --store demo/models

say "The better one becomes mnist@best, which is what \`infer\` takes when no other is named."
run bin/registry promote --best val_accuracy --model mnist --store demo/models

say "Pictures of digits, as a scanner, a drawing program or a phone leaves them."
run bin/infer data/digits/*.png --store demo/models

say "A table of wines: its columns are kept, the prediction and its probability are added."
run bin/infer score data/wine.csv --model wine --store demo/models -o demo/wine-scored.csv
run head -n 4 demo/wine-scored.csv

say "How good is the promoted model on the 10,000 test images?"
run bin/infer evaluate data/mnist --model mnist@best --store demo/models --report demo/report

say "Every file is still what was saved."
run bin/registry verify --store demo/models

printf '\nThe models are in demo/models, the report in demo/report. Try a picture of your own:\n'
printf '  bin/infer YOUR.png --store demo/models\n'
