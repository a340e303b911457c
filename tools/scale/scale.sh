#!/usr/bin/env bash
# `make scale-test`: real engines on this machine. Makes a Python environment, .venv-scale, unless SCALE_PYTHON names one with
# PySpark 4, Ray, MLflow 3, TensorFlow, pyarrow and pandas. Needs Java 17; installs parallel and slurm-wlm where it may.
set -uo pipefail
cd "$(dirname "$0")/../.."
export CELLAR_BIN=${CELLAR_BIN:-$PWD/bin} CELLAR_SCALE_WORK=${CELLAR_SCALE_WORK:-$PWD/.build/scale}
python=${SCALE_PYTHON:-.venv-scale/bin/python}
if ! "$python" -c 'import pyspark, ray, mlflow, pyarrow, pandas, tensorflow' 2>/dev/null; then
    [[ -z ${SCALE_PYTHON:-} ]] || { printf 'scale-test: %s lacks packages\n' "$python" >&2; exit 69; }
    "$(command -v python3.11 || command -v python3)" -m venv .venv-scale &&
        .venv-scale/bin/pip --quiet --disable-pip-version-check install 'pyspark>=4,<5' 'ray[data]>=2.40,<3' 'mlflow>=3,<4' \
            'pyarrow>=18' 'pandas>=2.2' 'numpy' 'h5py' 'tensorflow-cpu>=2.16' PyYAML || exit 69
fi
if [[ $EUID == 0 ]] && command -v apt-get >/dev/null; then
    for package in parallel:parallel slurmctld:slurm-wlm munged:munge mpirun:openmpi-bin sshd:openssh-server ssh:openssh-client java:openjdk-17-jre-headless; do
        command -v "${package%%:*}" >/dev/null || missing+=("${package##*:}")
    done
    [[ -z ${missing[*]:-} ]] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null
fi
export CELLAR_SCALE_PYTHON=$python
mkdir -p "$CELLAR_SCALE_WORK"
export PYTHONPATH=integrations:integrations/ray
failed=0 table=$CELLAR_SCALE_WORK/table.md
checks() {
    printf '\n## Many rows, many machines\n\n`make scale-test` writes this part: real engines on the loopback of this machine, each result compared with that of one process.\n\n'
    printf '%s, commit %s, %s processors, %s, load %s; %s.\n\n| check | figure | |\n|---|---|---|\n' "$(date -u +%FT%RZ)" \
        "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" "$(nproc)" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" \
        "$(cut -d' ' -f1-3 /proc/loadavg)" \
        "$("$python" -m pip list 2>/dev/null | awk '$1 ~ /^(pyspark|ray|mlflow|pyarrow|tensorflow.*)$/ {printf "%s%s %s", n++ ? ", " : "", $1, $2}')"
    local check
    for check in arrow child sweep mpi spark ray mlflow; do
        [[ -n ${1:-} && " $* " != *" $check "* ]] ||
            "$python" -W ignore "tools/scale/${check}_check.py" 2>"$CELLAR_SCALE_WORK/$check.log" |
            grep -a -o '| .* |$' || true
        ((PIPESTATUS[0] == 0)) || tail -5 "$CELLAR_SCALE_WORK/$check.log" >&2
    done
    [[ -n ${1:-} && " $* " != *" recipes "* ]] || tools/scale/recipes_check.sh 2>"$CELLAR_SCALE_WORK/recipes.log" || true
}
checks "$@" | tee "$table"
! grep -q 'FAILED |$' "$table" || failed=1
# Every check prints its last line, or it has ended before.
for last in 'no temporary folder' 'workers ssh' 'MPI: two processes' 'beside an empty' 'Ray: a row' 'an unknown model' 'Kubernetes'; do
    [[ -n ${1:-} ]] || grep -q "$last" "$table" || { printf 'scale-test: no line with "%s": a check ended early\n' "$last" >&2; failed=1; }
done
if [[ -z ${1:-} && $failed == 0 ]]; then
    cp "$table" Benchmarks/scale.md
    sed -i '/^## Many rows, many machines$/,$d' Benchmarks/RESULTS.md
    cat "$table" >>Benchmarks/RESULTS.md
fi
exit $failed
