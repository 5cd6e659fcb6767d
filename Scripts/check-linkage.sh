#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Fails if a target of ours links Foundation, or if a program that links all of them needs a system library besides libcurl, OpenSSL's
# libcrypto, SQLite and what the Swift runtime brings. To be run after a debug build.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=0
products="$(swift build --show-bin-path)"

for folder in Sources/*/; do
    target="$(basename "$folder")"
    objects=("$products/$target.build/"*.o)
    if [[ ! -e "${objects[0]}" ]]; then
        echo "error: $target has not been built" >&2
        exit 1
    fi
    # The compiler notes in each object which libraries its imports ask for.
    while IFS= read -r library; do
        echo "error: $target links ${library#-l}" >&2
        failed=1
    done < <(readelf --string-dump=.swift1_autolink_entries "${objects[@]}" 2>/dev/null |
        grep --only-matching -- '-lFoundation\w*' | sort --unique)
done

# No part of Foundation must come along with another package.
allowed='^(lib(c|m|dl|pthread|gcc_s|stdc\+\+)\.so\..*|ld-linux.*|libswift.*|libdispatch\.so|libBlocksRuntime\.so'
allowed+='|libcurl\.so\.4|libcrypto\.so\.3|libsqlite3\.so\.0)$'
for snippet in Snippets/*.swift; do
    program="$products/$(basename "$snippet" .swift)"
    while IFS= read -r library; do
        echo "error: $program needs $library" >&2
        failed=1
    done < <(readelf --dynamic --wide "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep --extended-regexp --invert-match "$allowed")
done

((failed == 0)) && echo "No target links Foundation; the programs need libcurl, libcrypto and libsqlite3 only"
exit "$failed"
