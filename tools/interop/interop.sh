#!/usr/bin/env bash
# Files to and from real Keras releases, exported ones in ONNX Runtime, event files in TensorBoard, and model cards in huggingface_hub, each in a Python environment of its own (.venv-interop/NAME, made once; INTEROP_ENVIRONMENTS names another folder).
# usage: interop.sh [MODEL.h5 …]     without files: those in models/, short runs of every recipe, and the matrix of docs/interop.md
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=${INTEROP_ENVIRONMENTS:-.venv-interop}
python=$(command -v python3.11 || command -v python3)
"$python" -c 'import venv, ensurepip' 2>/dev/null || {
    printf 'interop: needs python3 with venv (Debian: apt-get install python3-venv)\n' >&2
    exit 69
}

# The old releases stand with all that they need, since they no longer agree with each other's newest.
install() {
    local pip="$folder/$1/bin/pip --quiet --disable-pip-version-check install"
    "$python" -m venv "$folder/$1" &&
        $pip 'setuptools<66' wheel &&
        case $1 in
        k3 | hub) $pip -r "tools/interop/requirements/$1.txt" ;;
        *) $pip --no-deps --no-build-isolation -r "tools/interop/requirements/$1.txt" ;;
        esac &&
        cp "tools/interop/requirements/$1.txt" "$folder/$1/requirements.txt"
}

for wanted in tools/interop/requirements/*.txt; do
    name=$(basename "$wanted" .txt)
    if [[ -z ${INTEROP_ENVIRONMENTS:-} ]] && ! cmp -s "$wanted" "$folder/$name/requirements.txt"; then
        grep -i '^\(\(tf_\)\?keras\|tensorboard\|huggingface_hub\)==' "$wanted" | paste -sd' ' | sed 's/^/interop: installing, once: /' >&2
        rm -rf "${folder:?}/$name"
        install "$name" || {
            printf 'interop: %s could not be installed; going on without\n' "$name" >&2
            rm -rf "${folder:?}/$name"
        }
    fi
done

if ! compgen -G "$folder/*/bin/python" >/dev/null; then
    printf 'interop: no Keras could be installed, so nothing was compared\n' >&2
    exit 69
fi

status=0
if [[ -x $folder/k3/bin/python ]]; then
    "$folder/k3/bin/python" tools/interop/interop.py "$@" || status=$?
fi
if [[ $# -eq 0 ]]; then
    if [[ -x $folder/k3/bin/python ]]; then
        printf '\nONNX files, in ONNX Runtime\n\n'
        "$folder/k3/bin/python" tools/interop/onnx_check.py || status=1
    fi
    if [[ -x $folder/tb/bin/python ]]; then
        printf '\n'
        logs=$(mktemp -d)
        "$folder/tb/bin/python" -W ignore tools/interop/tensorboard_check.py bin/trainer "$logs" || status=1
        rm -rf "$logs"
    fi
    if [[ -x $folder/hub/bin/python ]]; then
        printf '\nModel cards, in huggingface_hub\n\n'
        "$folder/hub/bin/python" tools/interop/card_check.py bin || status=1
    fi
    for name in k3 k212 k210 k22 k1; do
        [[ -x $folder/$name/bin/python ]] || continue
        "$folder/$name/bin/python" tools/interop/matrix.py "$folder" || status=$?
        break
    done
fi
exit "$status"
