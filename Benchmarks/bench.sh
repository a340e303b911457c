#!/usr/bin/env bash
# Measures Cellar and its peers in turn, prints one table of ratios and writes it to Benchmarks/RESULTS.md.
# usage: bench.sh [--quick] [--runs N] [WORK …]    --quick: no peers, few runs, under two minutes, no file is written
# WORK: epochs images lenet score report register digit lists memory scale (all of them by default)
# CELLAR_BENCH_PYTHON names a Python that has the peers (Benchmarks/peers/requirements.txt); without it an environment
# of their own is made in .venv-bench.
set -euo pipefail
cd "$(dirname "$0")/.."
bench=Benchmarks

quick=0 runs=8 works=()
while (($#)); do
    case $1 in
        --quick) quick=1 runs=4 ;;
        --runs) runs=$2; shift ;;
        -*) printf 'bench: no option %s (usage: bench.sh [--quick] [--runs N] [WORK …])\n' "$1" >&2; exit 64 ;;
        *) works+=("$1") ;;
    esac
    shift
done
((${#works[@]})) || works=(epochs images lenet report score register digit lists memory scale)

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
records=$bench/.build/records.jsonl facts=$out/facts.md

note() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }

note "building the commands and the measurements (release)"
{
    make --no-print-directory build
    swift build -c release --static-swift-stdlib --package-path "$bench"
} >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2; exit 1; }
measure=$bench/.build/release/measure
: >"$records"  # as they come, so that a run that is ended leaves what it has

# A program that was just linked lies in memory in single pages, which costs a start half a millisecond until it is read from
# the disk again, as after the next boot.
afresh() {
    cp -p "$1" "$1.afresh" && mv "$1.afresh" "$1" && sync "$1"
    dd if="$1" iflag=nocache count=0 2>/dev/null || true
    cat "$1" >/dev/null
}

options=()
((quick)) && options+=(--quick)
if $bench/floor/build.sh 2>/dev/null && [[ -x $bench/.build-floor/digit_floor ]]; then
    options+=(--digit-floor "$bench/.build-floor/digit_floor")
else
    note "no static C floor for infer digit.png here (it needs Debian's archives of HDF5 and libpng)"
fi

# Standard error shows what a slow run is at; a measurement that fails must not cost the others.
ours() {
    note "Cellar: $*"
    "$measure" --runs "$half" ${options[@]+"${options[@]}"} "$@" >>"$records" || note "Cellar: $* failed"
}
peers() {
    ((quick)) && return
    note "peers: $*"
    $bench/peers/run.sh --repeats "$runs" -- "$@" >>"$records" || true
}
# Half of our runs before the peers and half after, so that a machine that gets slower or faster is the same for both.
around() {  # OUR WORK … -- PEERS …
    local work=()
    while [[ $1 != -- ]]; do work+=("$1"); shift; done
    ours "${work[@]}"
    ((quick)) && return
    peers "${@:2}"
    ours "${work[@]}"
}
half=$runs
((quick)) || half=$(((runs + 1) / 2))

processor() { sed -n "s/^$1[[:space:]]*: //p" /proc/cpuinfo | head -n 1; }
extensions() {
    local found=none flag
    for flag in sse4_2 avx2 avx512f; do grep -qw "$flag" /proc/cpuinfo && found=$flag; done
    printf '%s' "$found"
}
versions() {
    ((quick)) && return
    "${CELLAR_BENCH_PYTHON:-.venv-bench/bin/python}" - <<'PYTHON' 2>/dev/null || true
from importlib.metadata import version
names = "duckdb jax keras tensorflow mlflow numpy onnxruntime pandas polars scikit-learn torch trackio".split()
print(", ".join(f"{name} {version(name)}" for name in names))
PYTHON
}
# What waiting for the disk costs here: the rows of `register` mean little without it.
flush_time() {
    local start=$EPOCHREALTIME
    dd if=/dev/zero of="$out/flushed" bs=4k count=200 oflag=dsync status=none
    printf '%s of %s' "$(((${EPOCHREALTIME/./} - ${start/./}) / 200)) µs" "$(stat -f -c %T "$out")"
}
begin_load=$(cut -d' ' -f1-3 /proc/loadavg)
begin=$(date -u +%FT%RZ)

for work in "${works[@]}"; do
    case $work in
        epochs) around sgd adam wine -- dense_floor jax_fit torch_fit keras_fit ;;
        images) around images image -- onnx_infer ;;
        lenet) around lenet -- onnx_lenet torch_lenet im2col_lenet ;;
        score) around score columns -- csv_score columns_score ;;
        report) around report -- sklearn_report ;;
        register) around register -- mlflow_register trackio_register ;;
        lists) ((quick)) || ours lists ;;  # making a store of 10,000 files takes too long
        digit)
            afresh .build/release/cellar
            [[ -x $bench/.build-floor/digit_floor ]] && afresh "$bench/.build-floor/digit_floor"
            ours digit
            ;;
        memory) ours memory ;;
        scale)
            if ((quick)); then ours batch density; else ours batch width threads density rows; fi
            ;;
        *) note "no work is called $work" && exit 64 ;;
    esac
done

cat >"$facts" <<FACTS
| | |
|---|---|
| when | $begin to $(date -u +%RZ) |
| commit | $(git rev-parse --short HEAD 2>/dev/null || echo unknown) |
| processor | $(processor 'model name'), family $(processor 'cpu family'), model $(processor 'model') |
| processors for us | $(nproc) |
| vector extensions | $(extensions) |
| memory | $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo) |
| writing 4 KiB to the disk, with dsync | $(flush_time) |
| system | $(. /etc/os-release && printf '%s' "$PRETTY_NAME"), Linux $(uname -r | cut -d- -f1) |
| Swift | $(swift --version 2>/dev/null | sed -n 's/^Swift version \([^ ]*\).*/\1/p' | head -n 1) |
| peers | $(versions) |
| OpenBLAS of the dense floor | $(dpkg-query -W -f '${Version}' libopenblas-dev 2>/dev/null || echo 'not installed') |
| load when we began | $begin_load |
| load at the end | $(cut -d' ' -f1-3 /proc/loadavg) |

FACTS

if ((quick)); then
    "$measure" table "$records" "$facts" "$out/results.md"
else
    "$measure" table "$records" "$facts" "$bench/RESULTS.md"
    # The part of `make scale-test`, as it was measured last.
    [[ ! -f $bench/scale.md ]] || cat "$bench/scale.md" >>"$bench/RESULTS.md"
    note "written: $bench/RESULTS.md"
fi
