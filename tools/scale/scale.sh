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
            'pyarrow>=18' 'pandas>=2.2' 'numpy' 'tensorflow-cpu>=2.16' PyYAML || exit 69
fi
if [[ $EUID == 0 ]] && command -v apt-get >/dev/null; then
    for package in parallel:parallel slurmctld:slurm-wlm munged:munge sshd:openssh-server ssh:openssh-client java:openjdk-17-jre-headless; do
        command -v "${package%%:*}" >/dev/null || missing+=("${package##*:}")
    done
    [[ -z ${missing[*]:-} ]] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null
fi
export CELLAR_SCALE_PYTHON=$python
mkdir -p "$CELLAR_SCALE_WORK"
printf '%s, %s processors, %s, load %s\n\n| check | figure | |\n|---|---|---|\n' "$(date -u +%FT%RZ)" "$(nproc)" \
    "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1-3 /proc/loadavg)"
failed=0
PYTHONPATH=integrations:integrations/ray
export PYTHONPATH
for check in arrow sweep spark ray mlflow; do
    [[ -z ${1:-} || " $* " == *" $check "* ]] || continue
    "$python" -W ignore "tools/scale/${check}_check.py" 2>"$CELLAR_SCALE_WORK/$check.log" || { failed=1; tail -5 "$CELLAR_SCALE_WORK/$check.log" >&2; }
done
[[ -n ${1:-} && " $* " != *" recipes "* ]] || tools/scale/recipes_check.sh 2>"$CELLAR_SCALE_WORK/recipes.log" || failed=1
exit $failed
