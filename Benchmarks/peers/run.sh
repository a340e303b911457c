#!/usr/bin/env bash
# The Python peers, one after the other, in an environment of their own (.venv-bench, made once); a JSON line for each
# measurement on standard output. CELLAR_BENCH_PYTHON names a Python to use instead.
# usage: run.sh [--threads N] [--repeats N] [-- NAME …]   (NAME: a script's, as torch_fit)
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=Benchmarks/peers
venv=.venv-bench logs=.venv-bench

options=() names=()
while (($#)); do
    if [[ $1 == -- ]]; then shift; names=("$@"); break; fi
    options+=("$1"); shift
done
((${#names[@]})) || names=(dense_floor jax_fit torch_fit keras_fit onnx_infer onnx_lenet torch_lenet im2col_lenet csv_score columns_score mlflow_register trackio_register sklearn_report)

python=${CELLAR_BENCH_PYTHON:-}  # a Python that has all of requirements.txt already
if [[ $python ]]; then
    logs=$(mktemp -d)
elif ! cmp -s "$peers/requirements.txt" "$venv/requirements.txt"; then
    printf 'peers: installing them into %s (several GB, once)\n' "$venv" >&2
    rm -rf "$venv"
    python3 -m venv "$venv" || {
        printf 'peers: needs python3 with venv (Debian: apt-get install python3-venv)\n' >&2
        exit 69
    }
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$peers/requirements.txt"
    cp "$peers/requirements.txt" "$venv/"
fi
: "${python:=$venv/bin/python}"

failed=0
for name in "${names[@]}"; do
    "$python" "$peers/$name.py" ${options[@]+"${options[@]}"} 2>"$logs/$name.log" || {
        printf 'peers: %s failed: %s (all of it in %s)\n' "$name" "$(tail -n 1 "$logs/$name.log")" "$logs/$name.log" >&2
        failed=1
    }
done
exit $failed
