#!/usr/bin/env bash
# Coverage-guided fuzzing with libFuzzer (it is in Swift's toolchain): readers of logs, the index, conditions, row hashes, JSON, npy, CSV,
# JSON lines and zip, in this process. A trap, a hang, more than 1 GiB, or an answer that contradicts itself is a finding; its input is kept in
# .build/fuzz/found, and `fuzz.sh TARGET FILE` runs it again.
# usage: fuzz.sh [--seconds N] [TARGET …]   seconds for each target, 20 by default | fuzz.sh TARGET FILE
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=.build/fuzz

seconds=20
if [[ ${1:-} == --seconds ]]; then seconds=$2; shift 2; fi

fuzzer=${CELLAR_FUZZER:-}  # one that is built already
if [[ ! $fuzzer ]]; then
    # Outside the folder of sources, and apart from the build of the root package: all code is instrumented. Debug builds can be imported
    # with their internals; with -O they are fast, and overflows and bounds still trap.
    build=$work/coverage
    mkdir -p "$build"
    swift build -c debug --package-path tools/fuzz/coverage --scratch-path "$build" --sanitize fuzzer \
        -Xswiftc -O -Xcc -O2 -Xcxx -O2 >"$build/build.log" 2>&1 || {
        tail -n 20 "$build/build.log" >&2
        exit 1
    }
    fuzzer=$build/debug/cellar-fuzz
fi
if (($# == 2)) && [[ -f $2 ]]; then exec "$fuzzer" "$1" "$2"; fi
targets=("$@")
((${#targets[@]})) || mapfile -t targets < <("$fuzzer" list)

# What the tests read, as far as it is small; what only our code can write; and conditions and logs from the sources of the tests.
seeds=$work/seeds
rm -rf "$seeds"
"$fuzzer" seeds "$seeds"
small() { find Tests data models -type f -size -"$1" "${@:2}" -print0; }
copy() { local i=0; while IFS= read -r -d '' file; do cp "$file" "$seeds/$1/$((i += 1))"; done; }
marked() { local i=0; while IFS= read -r -d '' file; do { printf '\0'; cat "$file"; } >"$seeds/$1/$((i += 1))"; done; }
small 32k -name '*.npy' | copy npy
small 32k -name '*.json' | copy json
small 16k '(' -name '*.csv' -o -name '*.tsv' -o -name '*.txt' ')' | marked csv
small 16k -name '*.jsonl' | marked jsonl
small 64k '(' -name '*.keras' -o -name '*.zip' -o -name '*.npz' ')' | copy zip
for kind in '<f4' '<f8' '<f2' '>i4' '|u1' '|b1'; do
    for form in "'fortran_order': False, 'shape': (2, 3)" "'fortran_order': True, 'shape': (6,)"; do
        { printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "{'descr': '$kind', $form, }"; head -c "$((6 * ${kind: -1}))" /dev/zero; } \
            >"$seeds/npy/${kind//[<>|]/}-${#form}"
    done
done
for number in 0 2 36 72 112; do
    for table in 'a,b,c\n1,2.5,x\n-3,1e3,"y,""z"\n' 'a;b\n1.234,5;x\n,\n' '# note\na\tb\r\n1\t$2\r\n' 'a b\n1 2\n3 4\n'; do
        printf "\\x$(printf %02x "$number")$table" >"$seeds/csv/$number-${#table}"
    done
done
printf '\x01{"a": 1, "b": -2.5e1, "c": "x\\u00e9", "d": [1, {"e": null}]}\n{"a":2,"b":0,"c":""}\n' >"$seeds/jsonl/made"
find models/log -name '*.jsonl' -print0 | while IFS= read -r -d '' log; do
    head -n 3 "$log" >"$seeds/events/$(basename "$log")"
    head -n 1 "$log" | tr -d '\n' >"$seeds/event-line/$(basename "$log")"
done
sed -n 's/.*Filter("\([^"\\]*\)").*/\1/p; s/.*("\([^"\\]*\( = \| > \| < \| in \| like \| is \)[^"\\]*\)".*/\1/p' Tests/RegistryTests/*Filter*.swift |
    awk -v folder="$seeds/filter" '{ printf "%s", $0 >(folder "/" NR); close(folder "/" NR) }'

status=0
mkdir -p "$work/found"
for target in "${targets[@]}"; do
    mkdir -p "$work/corpus/$target"
    words=tools/fuzz/coverage/words/$target.dict log=$work/$target.log
    options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$work/found/$target-")
    [[ ! -f $words ]] || options+=(-dict="$words")
    # `fork` would go on after a finding; the first of a target is enough to mend.
    SWIFT_BACKTRACE=enable=no "$fuzzer" "$target" "${options[@]}" \
        "$work/corpus/$target" "$seeds/$target" >"$log" 2>&1 || {
        status=1
        printf 'fuzz: %s: a finding, see %s\n' "$target" "$log" >&2
        grep -m 3 -E 'Fatal error|ERROR|Test unit written' "$log" >&2 || true
    }
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    printf '%-11s %9s runs, %s\n' "$target" "${runs:-?}" "$(grep -oE 'cov: [0-9]+ ft: [0-9]+ corp: [0-9]+' "$log" | tail -n 1)"
done
exit $status
