# shellcheck shell=bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# The project's own AWS emulator (Tests/Emulator), on loopback. To be sourced.

emulator_process=""

# start_emulator FOLDER PORT: starts the emulator, without waiting for it.
start_emulator() {
    local folder="$1" port="$2"
    mkdir -p "$folder"
    emulator_access_key_id="AKIALAMASSUEMULATOR1"
    emulator_secret_access_key="$(openssl rand -hex 20)"
    emulator_log="$folder/output.log"
    # A session of its own: Ctrl-C in the terminal must not reach it before those who use it. Its temporary files go with FOLDER.
    LAMASSU_EMULATOR_ACCESS_KEY_ID="$emulator_access_key_id" LAMASSU_EMULATOR_SECRET_ACCESS_KEY="$emulator_secret_access_key" \
        PYTHONPATH="$repository/Tests/Emulator" TMPDIR="$folder" \
        setsid "$repository/.venv/bin/python" -m lamassu_aws_emulator --port "$port" >"$emulator_log" 2>&1 </dev/null &
    emulator_process=$!
}

# wait_for_emulator PORT: returns when it answers; fails if it ends or takes over a minute.
wait_for_emulator() {
    wait_for_port "the AWS emulator" "$emulator_process" "$emulator_log" "$1"
}

stop_emulator() {
    [[ -n "$emulator_process" ]] || return 0
    stop_process "$emulator_process" 10
    emulator_process=""
}
