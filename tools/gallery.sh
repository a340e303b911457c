#!/usr/bin/env bash
# Draws the pictures of docs/gallery.md again, with the commands that it shows, into docs/gallery. Run it in the repository's folder
# after `make build`; BIN names another folder of commands. Trains a few small models in a store of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${BIN:-bin}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
cp -r models "$made/models"
export CELLAR_STORE=$made/models
out=docs/gallery
mkdir -p $out

fit() { "$bin/trainer" fit "$@" --quiet >/dev/null; }
fit recipes/wine.yaml --epochs 12
fit recipes/wine.yaml --from wine:2 --epochs 40
sed 's/optimizer: adam/optimizer: sgd/; s/batch_size: 64/batch_size: 16/' recipes/wine.yaml >"$made/sgd.yaml"
sed -i "s|csv: data/|csv: $PWD/data/|" "$made/sgd.yaml"
fit "$made/sgd.yaml" --name wine

# draw NAME COMMAND…: light and dark.
draw() {
    local name=$1
    shift
    "$bin/$1" "${@:2}" "$option" "$out/$name" >/dev/null
    "$bin/$1" "${@:2}" "$option" "$out/${name%.*}-dark.${name##*.}" --dark >/dev/null
}
option=--plot
draw history.svg registry history mnist:1
draw resumed.svg registry history wine:3
draw overlaid.svg registry history wine:3 wine:4
draw compare.svg registry compare wine:1 wine:2 wine:4
draw lineage.svg registry lineage wine:3
draw batchnorm.svg registry compare mnist:1 mnist-bn:1
draw sample.png trainer explore data/mnist --sample 1
option=--picture
draw prediction.png infer data/digits/3_paper.png --model mnist:1
# page NAME FILE HEIGHT: the head of a page in a browser, light and dark.
page() {
    local shot=(chromium --no-sandbox --headless=new --disable-gpu --hide-scrollbars --window-size="1060,$3")
    "${shot[@]}" --screenshot="$out/$1.png" "file://$2" >/dev/null 2>&1
    "${shot[@]}" --blink-settings=preferredColorScheme=0 --screenshot="$out/$1-dark.png" "file://$2" >/dev/null 2>&1
}
if command -v chromium >/dev/null; then
    for data in data/wine.csv data/mnist; do
        name=$(basename "${data%.csv}")
        "$bin/trainer" explore $data --html "$made/$name.html" >/dev/null
        page "explore-$name" "$made/$name.html" 1500
    done
    "$bin/infer" evaluate data/mnist --model mnist:1 --store models --report "$made/report" >/dev/null
    # Without this machine's path.
    sed -i "s|$PWD/||g" "$made/report/report.html"
    page report "$made/report/report.html" 3000
    "$bin/infer" evaluate data/wine.csv --split test --model wine:3 --model wine:4 --report "$made/both" >/dev/null
    sed -i "s|$PWD/||g" "$made/both/report.html"
    page comparison "$made/both/report.html" 1900
    "$bin/registry" card mnist:1 -o "$made/card.html" >/dev/null
    page card "$made/card.html" 1500
fi
# Screenshots of few colours, at a third of the size.
if command -v pngquant >/dev/null; then pngquant --force --ext .png 64 $out/*.png; fi
