#!/usr/bin/env bash
# Counts the instructions of a training step, an inference and 10,000 CSV rows, and compares them with the committed
# baseline.json. Counts do not depend on how busy the machine is, as times do. usage: perf-guard.sh [--update]
#
# Each count is the difference of two runs of other lengths, so that what comes before the work cancels out. Valgrind
# 3.19 knows no AVX-512: it is the AVX2 kernels that are counted, on every machine that has them.
set -euo pipefail
cd "$(dirname "$0")/.."
bench=Benchmarks baseline=Benchmarks/baseline.json

command -v valgrind >/dev/null || {
    printf 'perf-guard: needs valgrind (Debian: apt-get install valgrind)\n' >&2
    exit 69
}
grep -qw avx2 /proc/cpuinfo || {
    printf 'perf-guard: the baseline counts AVX2 kernels, which this processor does not have\n' >&2
    exit 69
}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
swift build -c release --static-swift-stdlib --package-path "$bench" >"$out/build.log" 2>&1 || {
    tail -n 20 "$out/build.log" >&2
    exit 1
}

# Valgrind 3.19 gives up over the debugging facts that Swift's linker writes; names it finds without them.
measure=$out/measure
strip --strip-debug -o "$measure" "$bench/.build/release/measure"

# The work's instructions for COUNT times of it, with all that comes before.
total() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$measure" guard "$1" "$2" \
        2>&1 >/dev/null | tee -a "${CELLAR_GUARD_LOG:-/dev/null}" | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
# NAME FEW MANY PER: instructions of PER things.
count() {
    local few many
    few=$(total "$1" "$2") many=$(total "$1" "$3")
    [[ $few && $many ]] || {
        printf 'perf-guard: %s does not run under valgrind; see CELLAR_GUARD_LOG=file %s\n' "$1" "$0" >&2
        exit 1
    }
    printf '%s' $(((many - few) * $4 / ($3 - $2)))
}
step=$(count training-step 10 40 1)
image=$(count inference 100 400 1)
rows=$(count csv-rows 10000 110000 10000)  # reader and writer may need a buffer more; of many rows that is little

if [[ ${1:-} == --update ]]; then
    drift=$(sed -n 's/.*"allowed_drift_percent": \([0-9]*\).*/\1/p' "$baseline" 2>/dev/null || true)
    cat >"$baseline" <<JSON
{
  "counted_with": "valgrind --tool=callgrind, AVX2 kernels, one thread",
  "allowed_drift_percent": ${drift:-3},
  "training-step": $step,
  "inference": $image,
  "csv-rows": $rows
}
JSON
    printf 'perf-guard: written: %s\n' "$baseline"
    exit
fi

wanted() { sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p" "$baseline"; }
allowed=$(wanted allowed_drift_percent) failed=0
compare() {  # NAME FOUND WHAT
    local before found=$2 tenths
    before=$(wanted "$1")
    tenths=$(((found - before) * 1000 / before))
    local sign=+ size=$tenths verdict=ok
    ((tenths < 0)) && sign=- size=$((-tenths))
    ((size > allowed * 10)) && {
        verdict='changed by more than allowed'
        failed=1
    }
    printf '%-36s %14d now %14d before   %s%d.%d %%   %s\n' "$3" "$found" "$before" "$sign" $((size / 10)) \
        $((size % 10)) "$verdict"
}
printf 'instructions, by callgrind with AVX2; allowed drift ± %d %%\n' "$allowed"
compare training-step "$step" 'training step, 32 digits'
compare inference "$image" 'inference of one digit'
compare csv-rows "$rows" '10,000 rows of CSV scored'
if ((failed)); then
    cat >&2 <<'TEXT'
perf-guard: a count left its bounds. More instructions: find what came in, with
    strip --strip-debug -o measure Benchmarks/.build/release/measure
    valgrind --tool=callgrind ./measure guard training-step 40 && callgrind_annotate callgrind.out.*
Fewer, or more for a reason (say, another compiler): Benchmarks/perf-guard.sh --update, and commit baseline.json with
the reason in the message.
TEXT
    exit 1
fi
