#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Fails if anything of Foundation is used by a target of ours, or if a program that links all of them needs a system library besides
# libcurl, OpenSSL's libcrypto and what the Swift runtime brings. To be run after a debug build.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=0
products="$(swift build --show-bin-path)"

for folder in Sources/*/; do
    target="$(basename "$folder")"
    # Mangled names of Swift hold the length and the name of the module.
    if nm --undefined-only "$products/$target.build/"*.o 2>/dev/null | grep --max-count=1 --extended-regexp '10Foundation|20FoundationEssentials'; then
        echo "error: $target uses Foundation" >&2
        failed=1
    fi
done

# swift-metrics needs FoundationEssentials; Foundation itself, with its ICU, must not come along.
allowed='^(lib(c|m|dl|pthread|gcc_s|stdc\+\+)\.so\..*|ld-linux.*|libswift.*|libdispatch\.so|libBlocksRuntime\.so'
allowed+='|libFoundationEssentials\.so|lib_FoundationCollections\.so|libcurl\.so\.4|libcrypto\.so\.3)$'
for snippet in Snippets/*.swift; do
    program="$products/$(basename "$snippet" .swift)"
    while IFS= read -r library; do
        echo "error: $program needs $library" >&2
        failed=1
    done < <(readelf --dynamic --wide "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep --extended-regexp --invert-match "$allowed")
done

((failed == 0)) && echo "No target uses Foundation; the programs need libcurl and libcrypto only"
exit "$failed"
