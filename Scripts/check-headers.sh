#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Fails on a source file that does not begin with the header of the project, after the one line that may have to come before it.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=0
while IFS= read -r file; do
    case "$file" in
    */Fixtures/* | */Vectors/*) continue ;; # the bytes of others
    *.swift | *.h | *.c) mark="//" ;;
    *.sql) mark="--" ;;
    *) mark="#" ;;
    esac
    mapfile -t -n 3 lines <"$file"
    [[ ! "${lines[0]:-}" =~ ^("#!"|"// swift-tools-version"|"# shellcheck") ]] || lines=("${lines[@]:1}")
    if [[ "${lines[0]:-}" != "$mark This source file is part of lamassu-cloud." ||
        "${lines[1]:-}" != "$mark SPDX-License-Identifier: Apache-2.0" ]]; then
        echo "error: $file does not begin with the header of the project" >&2
        missing=1
    fi
done < <(git ls-files --cached --others --exclude-standard -- '*.swift' '*.c' '*.h' '*.py' '*.sh' '*.sql' .ci/run)
exit "$missing"
