#!/usr/bin/env bash
# Damaged and hostile files for the debug build of the commands (its overflows trap); see fuzz.py, which gets all arguments.
# It needs numpy and h5py: FUZZ_PYTHON names a Python that has them, else an environment of its own is made once, .venv-fuzz.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${FUZZ_PYTHON:-.venv-fuzz/bin/python}
if ! "$python" -c 'import h5py, numpy' 2>/dev/null; then
    [[ -z ${FUZZ_PYTHON:-} ]] || {
        printf 'fuzz: %s has no h5py and numpy\n' "$python" >&2
        exit 69
    }
    system=$(command -v python3.11 || command -v python3)
    "$system" -m venv .venv-fuzz || {
        printf 'fuzz: needs python3 with venv (Debian: apt-get install python3-venv)\n' >&2
        exit 69
    }
    .venv-fuzz/bin/pip --quiet --disable-pip-version-check install 'h5py>=3.11,<4' 'numpy>=1.26,<3'
fi
# Three minutes of libFuzzer on the readers themselves, then whole commands.
tools/fuzz/coverage/fuzz.sh --seconds 18
"$python" tools/fuzz/hostile.py
"$python" tools/fuzz/stores.py
exec "$python" tools/fuzz/fuzz.py "$@"
