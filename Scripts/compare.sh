#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Compares every operation of the AWS clients with botocore: the requests with what its serializers write, the answers and the errors
# with what its parsers read. The cases are made anew in each run, and are the same ones.

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
swift run --quiet --package-path Generator Generate --comparison "$folder/models" Generator/Comparison/Sources/Compare/Glue
.venv/bin/python Generator/Comparison/cases.py "$folder/cases.json"
swift run --quiet --package-path Generator/Comparison Compare "$folder/cases.json"
