#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Compiles the documentation of every library with docc, where a warning is an error: a link to a symbol that does not exist, a
# parameter that the declaration does not have. Twice: the catalogue with what is public, as a reader sees it; and the comments on
# everything else, which only maintainers read, but which must be as true.
#
#     Scripts/check-docs.sh [TARGET…]

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift build --quiet
products="$(swift build --show-bin-path)"
triple="$(swiftc -print-target-info | sed --quiet 's/^ *"unversionedTriple": "\(.*\)",$/\1/p')"
output=.build/documentation

# What the libraries import from C, which the modules do not carry.
c_modules=()
for map in "$products"/C*.build/module.modulemap; do
    c_modules+=(-Xcc "-fmodule-map-file=$map")
done

# compile_documentation MODULE ACCESS [CATALOGUE]: the documentation of all symbols of at least that access.
compile_documentation() {
    local module="$1" access="$2" catalogue=("${@:3}")
    local symbols="$output/$access/$module.symbols"
    mkdir -p "$symbols" &&
        swift symbolgraph-extract -module-name "$module" -minimum-access-level "$access" -skip-synthesized-members \
            -emit-extension-block-symbols -target "$triple" -I "$products/Modules" "${c_modules[@]}" -output-dir "$symbols" &&
        docc convert "${catalogue[@]}" --additional-symbol-graph-dir "$symbols" --output-path "$output/$access/$module.doccarchive" \
            --fallback-display-name "$module" --fallback-bundle-identifier "lamassu-cloud.$module" --warnings-as-errors |
        sed '/^$/d'
}

targets=("$@")
if ((${#targets[@]} == 0)); then
    for folder in Sources/*/; do
        [[ -d "$folder/include" ]] || targets+=("$(basename "$folder")") # not the C shims
    done
fi

rm -rf "$output"
failed=()
for target in "${targets[@]}"; do
    { compile_documentation "$target" public "Sources/$target/$target.docc" && compile_documentation "$target" internal; } ||
        failed+=("$target")
done

if ((${#failed[@]} > 0)); then
    echo "error: the documentation of these does not compile: ${failed[*]}" >&2
    exit 1
fi
echo "${#targets[@]} modules, their documentation compiled without a warning"
