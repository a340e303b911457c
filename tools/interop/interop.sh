#!/usr/bin/env bash
# Files to and from the real Keras 2 and 3, and exported ones in ONNX Runtime, in a Python environment of its own (.venv-interop, made once).
# usage: interop.sh [MODEL.h5 …]     without files: those in models/, and short runs of every recipe
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=.venv-interop
if ! cmp -s tools/interop/requirements.txt "$venv/requirements.txt"; then
    printf 'interop: installing Keras 2 and 3 into %s (about 2 GB, once)\n' "$venv" >&2
    rm -rf "$venv"
    python3 -m venv "$venv" || {
        printf 'interop: needs python3 with venv (Debian: apt-get install python3-venv)\n' >&2
        exit 69
    }
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r tools/interop/requirements.txt
    cp tools/interop/requirements.txt "$venv/"
fi
status=0
"$venv/bin/python" tools/interop/interop.py "$@" || status=1
if (($# == 0)); then
    printf '\nONNX files, in ONNX Runtime\n\n'
    "$venv/bin/python" tools/interop/onnx_check.py || status=1
fi
exit $status
