#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Writes the operations of the AWS clients, Sources/*/Generated, from the service models of botocore: Scripts/generate.sh [--check]
#
# With --check nothing is written: it fails where what is committed is not what would be written.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
repository="$PWD"
# shellcheck source-path=SCRIPTDIR
source "$repository/Scripts/lib/install.sh"

install_packages python3-venv
install_python_environment

folder="$(mktemp --directory)"
trap 'rm -rf "$folder"' EXIT
.venv/bin/python Scripts/unpack-models.py "$folder/models"
swift run --quiet --package-path Generator Generate "$folder/models" "$folder/Sources"
# Types have a summary and a link; that their members need none is the one rule that is lifted.
for generated in "$folder"/Sources/*/Generated; do
    sed 's/"AllPublicDeclarationsHaveDocumentation": true/"AllPublicDeclarationsHaveDocumentation": false/' .swift-format \
        >"$generated/.swift-format"
done
swift format --in-place --recursive --parallel "$folder/Sources"

status=0
for generated in "$folder"/Sources/*/Generated; do
    target="Sources/$(basename "$(dirname "$generated")")/Generated"
    if [[ "${1:-}" == --check ]]; then
        diff --recursive --brief "$target" "$generated" || status=1
    else
        rm -rf "$target"
        cp --recursive "$generated" "$target"
    fi
done
if ((status != 0)); then echo "error: what is committed is not what Scripts/generate.sh writes: run it" >&2; fi
exit "$status"
