#!/bin/sh
# The start of `infer digit.png` against its floor: start.sh STORE [RUNS]. The store's newest mnist must come from
# recipes/mnist.yaml, as the floor program is told the layers' names.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
store=$1
"$here/build.sh"
out=$root/Benchmarks/.build-floor
digit=$root/data/digits/7_mnist.png
# A program that was just linked lies in memory in single pages, which costs it 0.4 ms until it is read from the disk
# again: that both are read afresh makes them comparable, and is what happens after the next boot.
mkdir -p "$out/fresh"
for program in "$root/.build/release/cellar" "$out/digit_floor"; do
    copy=$out/fresh/$(basename "$program")
    cp "$program" "$copy"
    sync "$copy"
    dd if="$copy" iflag=nocache count=0 2>/dev/null
    cat "$copy" >/dev/null
done
ln -sfn cellar "$out/fresh/infer"
model=$(ls "$store"/TRAINED_MODEL/*.h5 | tail -1)
uptime
"$out/alternate" "${2:-200}" \
    :: "$out/fresh/digit_floor" "$model" "$digit" hiddenLayer1 hiddenLayer2 outputLayer \
    :: "$out/fresh/infer" "$digit" --store "$store"
