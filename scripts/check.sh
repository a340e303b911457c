#!/usr/bin/env bash
# `make check`: everything about the sources and documents that is not a test. Prints one line a check and, below a check
# that failed, each problem as file:line, what is wrong and what to do. Runs all checks and ends with 1 if one failed.
set -uo pipefail
cd "$(dirname "$0")/.."
export CELLAR_CHECKS=1
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
failed=0

# check NAME COMMAND…: runs the command, whose output is only shown if it fails.
check() {
    local name=$1 start=$SECONDS
    shift
    if "$@" >"$made/output" 2>&1; then
        printf 'ok      %s (%d s)\n' "$name" $((SECONDS - start))
    else
        printf 'FAILED  %s\n' "$name"
        sed 's/^/        /' "$made/output"
        failed=1
    fi
}

# fresh FILE: compares a generated document with what its sources give now.
fresh() {
    local line
    line=$(cmp "docs/$1" "$made/docs/$1") && return
    printf 'docs/%s:%s: not what is generated now; run `make docs`\n' "$1" "${line##* }"
    diff "docs/$1" "$made/docs/$1" | head -6 | cut -c1-160
    return 1
}

# The same build as that of `make test`, so that neither builds anything anew after the other.
build() { swift build --build-tests --disable-xctest 2>&1 | grep -E '(error|warning):|^error' | sort -u; return "${PIPESTATUS[0]}"; }

layers() { swift test --skip-build --disable-xctest --filter layersDocument || { echo 'docs/layers.md:1: run `make docs`'; return 1; }; }

mkdir "$made/docs"
check 'format (`make format` mends most of it)' make --no-print-directory lint
check 'imports: declared, and none upwards' .build/check imports
check 'links in documents' .build/check links
check 'names of types' .build/check names
check 'spelling' .build/check spelling
check 'debug build' build
check 'generated documents' scripts/docs.sh "$made/docs"
check 'docs/modules.svg' fresh modules.svg
check 'docs/commands.md: every flag' fresh commands.md
check 'flags in documents' .build/check flags "$made"/docs/*.json
check 'docs/layers.md' layers
exit $failed
