#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Fails on a source file that does not begin with the header of the project, after what must come first in such a file.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=0
while IFS= read -r file; do
    case "$file" in
    */Fixtures/* | */Vectors/*) continue ;; # the bytes of others
    *.swift | *.h | *.c) mark="//" ;;
    *) mark="#" ;;
    esac
    header="$mark This source file is part of lamassu-cloud.
$mark SPDX-License-Identifier: Apache-2.0"
    if [[ "$(grep --extended-regexp --invert-match '^(#!|// swift-tools-version|# shellcheck)' "$file" | head -n 2)" != "$header" ]]; then
        echo "error: $file does not begin with the header of the project" >&2
        missing=1
    fi
done < <(git ls-files --cached --others --exclude-standard -- '*.swift' '*.c' '*.h' '*.py' '*.sh' .ci/run)
exit "$missing"
