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
draw overlaid.svg registry history wine:1 wine:3 wine:4
draw compare.svg registry compare wine:1 wine:2 wine:4
draw lineage.svg registry lineage wine:3
option=--picture
draw prediction.png infer data/digits/3_paper.png --model mnist:1
for data in data/wine.csv data/mnist; do
    name=$(basename "${data%.csv}")
    "$bin/trainer" explore $data --html "$made/$name.html" >/dev/null
    command -v chromium >/dev/null || continue
    chromium --no-sandbox --headless=new --disable-gpu --hide-scrollbars --window-size=1060,1500 \
        --screenshot="$out/explore-$name.png" "file://$made/$name.html" >/dev/null 2>&1
    chromium --no-sandbox --headless=new --disable-gpu --hide-scrollbars --window-size=1060,1500 --blink-settings=preferredColorScheme=0 \
        --screenshot="$out/explore-$name-dark.png" "file://$made/$name.html" >/dev/null 2>&1
done
# Screenshots of few colours, at a third of the size.
if command -v pngquant >/dev/null; then pngquant --force --ext .png 64 $out/*.png; fi
