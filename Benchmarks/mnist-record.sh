#!/usr/bin/env bash
# Measures how fast MNIST is learnt to 99.0 %: trains recipes/mnist-record.yaml with 20 seeds, one after the other, and prints each test
# accuracy with the seconds from the start of the process to its end, which include reading the data, testing and saving the model.
# Writes Benchmarks/mnist-record.md, and exits with 1 if the mean accuracy is below 99.0 %.
# usage: mnist-record.sh [SEEDS]     with fewer than 20 no file is written
set -euo pipefail
cd "$(dirname "$0")/.."
seeds=${1:-20}
[[ $seeds =~ ^[1-9][0-9]{0,3}$ ]] || { printf 'mnist-record: %s is no number of seeds (usage: mnist-record.sh [SEEDS])\n' "$seeds" >&2; exit 64; }
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
began=$(cut -d' ' -f1-3 /proc/loadavg)

TIMEFORMAT='%R %U %S'
printf 'seed\taccuracy\tseconds\tprocessor seconds\n'
for ((seed = 1; seed <= seeds; seed++)); do
    status=0
    { time bin/trainer fit recipes/mnist-record.yaml --seed "$seed" --store "$store/models" --json \
        >"$store/result.json" 2>"$store/errors" || status=$?; } 2>"$store/time"
    ((status == 0)) || { cat "$store/errors" >&2; exit 1; }
    accuracy=$(grep -m 1 -o '"test_accuracy": *[0-9.]*' "$store/result.json" | grep -o '[0-9.]*$')
    awk -v seed="$seed" -v accuracy="$accuracy" '{ printf "%d\t%.4f\t%.2f\t%.2f\n", seed, accuracy, $1, $2 + $3 }' "$store/time"
done | tee "$store/runs.tsv"

facts=$(awk '
    function middle(values, n,   i, j, t) {
        for (i = 2; i <= n; i++) for (j = i; j > 1 && values[j] < values[j - 1]; j--) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
        return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
    }
    { n++; sum += $2; wall[n] = $3; busy[n] = $4; accuracy[n] = $2; if (n == 1 || $3 < least) least = $3 }
    END {
        mean = sum / n
        for (i = 1; i <= n; i++) squares += (accuracy[i] - mean) ^ 2
        printf "%.2f %.3f %.2f %.2f %.2f %d\n", 100 * mean, (n > 1 ? 100 * sqrt(squares / (n - 1)) : 0), middle(wall, n), least, middle(busy, n), (mean >= 0.99)
    }' "$store/runs.tsv")
read -r mean deviation wall least busy reached <<<"$facts"
printf 'mean of %d seeds: %s %% (standard deviation %s), median %s s (least %s s), %s s of one processor\n' \
    "$seeds" "$mean" "$deviation" "$wall" "$least" "$busy"

if ((seeds >= 20)); then
    processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    {
        printf '# MNIST to 99.0 %%\n\n`make mnist-record` writes this file; [docs/performance.md](../docs/performance.md) has the rules.\n\n| | |\n|---|---|\n'
        printf '| when | %s |\n| commit | %s |\n' "$(date -u +%FT%RZ)" "$(git describe --always --dirty --abbrev=7 --exclude '*' 2>/dev/null || echo unknown)"
        printf '| processor | %s, %s in use |\n| system | Linux %s |\n' "${processor:-unknown}" "$(nproc)" "$(uname -r)"
        printf '| load when it began, at the end | %s, %s |\n' "$began" "$(cut -d' ' -f1-3 /proc/loadavg)"
        printf '| mean test accuracy of %s seeds | %s %% |\n| standard deviation | %s points |\n' "$seeds" "$mean" "$deviation"
        printf '| seconds a run, median | %s |\n| seconds a run, least | %s |\n| processor seconds a run, median | %s |\n\n' "$wall" "$least" "$busy"
        printf '| seed | test accuracy | seconds | processor seconds |\n|--:|--:|--:|--:|\n'
        awk '{ printf "| %d | %.2f %% | %s | %s |\n", $1, 100 * $2, $3, $4 }' "$store/runs.tsv"
    } >Benchmarks/mnist-record.md
fi
((reached))
