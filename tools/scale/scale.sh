#!/usr/bin/env bash
# `make scale-test`: real engines on this machine. Makes a Python environment, .venv-scale, unless SCALE_PYTHON names one with
# the packages of tools/scale/requirements.txt. Needs Java 17; installs parallel, slurm-wlm, Open MPI and the like where it may.
# usage: scale.sh [cost|arrow|child|sweep|mpi|spark|speed|ray|mlflow|recipes …]
# Each check leaves its part of the table in .build/scale/parts, and the table is made of all parts that the present
# executable has given: after an engine has failed, its check alone is run again. A table without failures and with every part
# is written to Benchmarks/scale.md and to Benchmarks/RESULTS.md.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export CELLAR_BIN=${CELLAR_BIN:-$PWD/bin} CELLAR_SCALE_WORK=${CELLAR_SCALE_WORK:-$PWD/.build/scale}
all=(cost arrow child speed spark ray sweep mpi mlflow recipes)
for check in "$@"; do
    [[ " ${all[*]} " == *" $check "* ]] || { printf 'scale-test: no check %s (they are: %s)\n' "$check" "${all[*]}" >&2; exit 64; }
done
[[ -x $CELLAR_BIN/infer ]] || { printf 'scale-test: no %s. Run make build.\n' "$CELLAR_BIN/infer" >&2; exit 66; }
note() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }

# Runs one check; its rows are shown as they come. A check that ends early leaves a row that says so.
check() {
    local name=$1 part=$parts/$1.md log=$CELLAR_SCALE_WORK/$1.log status begin=$SECONDS
    local work=(timeout -k 20 "${CELLAR_SCALE_TIMEOUT:-1200}")
    case $name in
        speed) work+=("$python" -W ignore tools/scale/spark_speed.py) ;;
        recipes) work+=(tools/scale/recipes_check.sh) ;;
        *) work+=("$python" -W ignore "tools/scale/${name}_check.py") ;;
    esac
    note "$name (load $(cut -d' ' -f1 /proc/loadavg))"
    export CELLAR_SCALE_FIGURES=$parts/$name.jsonl
    rm -f "$part" "$CELLAR_SCALE_FIGURES"
    "${work[@]}" 2>"$log" | grep --line-buffered -a -o '^| .* |$' | tee "$part.new"
    status=${PIPESTATUS[0]}
    if ((status)) && ! grep -q 'FAILED |$' "$part.new"; then
        ((status != 124)) || printf 'not finished in time\n' >>"$log"
        printf '| %s: the check ended early | %s | FAILED |\n' "$name" "$(tail -1 "$log" | tr -c '[:print:]' ' ' | tr '|' '/' | cut -c1-120)" | tee -a "$part.new"
    fi
    ((!status)) || { note "$name: status $status; the end of $log:" && tail -5 "$log" | cut -c1-300 >&2; }
    mv "$part.new" "$part"
    note "$name took $((SECONDS - begin)) s"
}

# Read as a whole before it runs, so that a change of this file does no harm.
main() {
    python=${SCALE_PYTHON:-$PWD/.venv-scale/bin/python}
    modules='pyspark, ray, ray.data, mlflow, onnx, onnxruntime, pyarrow, pandas, h5py, tensorflow, yaml, kubernetes_validate'
    if ! "$python" -c "import $modules" 2>/dev/null; then
        [[ -z ${SCALE_PYTHON:-} ]] || { printf 'scale-test: %s lacks one of %s\n' "$python" "$modules" >&2; exit 69; }
        note 'making .venv-scale'
        "$(command -v python3.11 || command -v python3)" -m venv .venv-scale &&
            "$python" -m pip --quiet --disable-pip-version-check install -r tools/scale/requirements.txt || exit 69
    fi
    if [[ $EUID == 0 ]] && command -v apt-get >/dev/null; then
        missing=()
        for package in parallel:parallel slurmctld:slurm-wlm munged:munge mpirun:openmpi-bin sshd:openssh-server ssh:openssh-client java:openjdk-17-jre-headless; do
            command -v "${package%%:*}" >/dev/null || missing+=("${package##*:}")
        done
        if ((${#missing[@]})); then
            note "installing ${missing[*]}"
            { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null
        fi
    fi
    export CELLAR_SCALE_PYTHON=$python PYTHONPATH=$PWD/integrations:$PWD/integrations/ray
    parts=$CELLAR_SCALE_WORK/parts table=$CELLAR_SCALE_WORK/table.md
    mkdir -p "$parts"

    begin=$(date -u +%FT%RZ) begin_load=$(cut -d' ' -f1-3 /proc/loadavg)
    for name in "${all[@]}"; do
        [[ -n ${1:-} && " $* " != *" $name "* ]] || check "$name"
    done

    executable=$(readlink -f "$CELLAR_BIN/infer") complete=1
    for name in "${all[@]}"; do
        # A part of an older executable says nothing about this one.
        [[ $parts/$name.md -nt $executable ]] || { rm -f "$parts/$name".* && complete=0 && note "no part of $name yet"; }
    done
    # Some parts may have been there.
    begin=$(printf '%s\n' "$begin" "$parts"/*.md | while read -r part; do [[ ! -f $part ]] || date -u -r "$part" +%FT%RZ; done | cat - <(echo "$begin") | sort | head -1)
    {
        printf '\n## Many rows, many machines\n\n`make scale-test` writes this part: real engines on the loopback of this machine, each result compared with that of one process.\n\n'
        printf '| | |\n|---|---|\n| when | %s to %s |\n| commit | %s |\n| processor | %s |\n| processors for us | %s |\n| memory | %s |\n| system | %s |\n| engines | %s |\n| load when we began | %s |\n| load at the end | %s |\n\n| check | figure | |\n|---|---|---|\n' \
            "$begin" "$(date -u +%RZ)" "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" \
            "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(nproc)" "$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)" \
            "$(. /etc/os-release && printf '%s' "$PRETTY_NAME"), Linux $(uname -r | cut -d- -f1)" \
            "$("$python" -m pip list 2>/dev/null | awk '$1 ~ /^(pyspark|ray|mlflow|onnxruntime|pyarrow|keras|tensorflow|tensorflow_cpu)$/ {printf "%s%s %s", n++ ? ", " : "", $1, $2}'), Java $(java -version 2>&1 | sed -n 's/.*version "\(.*\)".*/\1/p'), $(slurmd -V 2>/dev/null || echo 'no Slurm'), Open MPI $(mpirun --version 2>/dev/null | sed -n 's/.*) //p' | head -1)" \
            "$begin_load" "$(cut -d' ' -f1-3 /proc/loadavg)"
        for name in "${all[@]}"; do
            cat "$parts/$name.md" 2>/dev/null
        done
        cat "$parts"/*.jsonl 2>/dev/null | "$python" tools/scale/arithmetic.py
    } >"$table"
    if grep 'FAILED |$' "$table" >&2; then
        note "failures; the table is $table, and Benchmarks/ stays as it is"
        exit 1
    fi
    if ((complete)); then
        cp "$table" Benchmarks/scale.md
        sed -i '/^## Many rows, many machines$/,$d' Benchmarks/RESULTS.md
        # The title's line of Benchmarks/scale.md has an empty one before it.
        sed -i -e :a -e '/^\n*$/{$d;N;ba' -e '}' Benchmarks/RESULTS.md
        cat "$table" >>Benchmarks/RESULTS.md
        note 'written: Benchmarks/scale.md, Benchmarks/RESULTS.md'
    else
        note "the table so far: $table"
    fi
}
main "$@"
exit
