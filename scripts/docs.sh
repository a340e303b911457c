#!/usr/bin/env bash
# Writes the generated documents into a folder, from Package.swift and the debug build: modules.svg, commands.md. Leaves
# each command's description of itself beside them, as JSON, unless the folder is docs/.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-docs}
help=$folder
[[ $folder != docs ]] || { help=$(mktemp -d) && trap 'rm -rf "$help"' EXIT; }

.build/check picture >"$folder/modules.svg"
for name in trainer registry infer; do
    .build/debug/cellar "$name" --experimental-dump-help >"$help/$name.json"
done
.build/check page "$help"/{trainer,registry,infer}.json >"$folder/commands.md"
