# shellcheck shell=bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Starting, awaiting and ending processes and ports. To be sourced.

# free_ports COUNT: prints that many free TCP ports of 127.0.0.1, below the ephemeral ones, which outgoing connections may take.
free_ports() {
    /usr/bin/python3 - "$1" <<'END'
import random
import socket
import sys

taken = []
for port in random.sample(range(20_000, 32_000), k=1_000):
    candidate = socket.socket()
    try:
        candidate.bind(("127.0.0.1", port))
    except OSError:
        candidate.close()
        continue
    taken.append(candidate)
    if len(taken) == int(sys.argv[1]):
        print(*(one.getsockname()[1] for one in taken))
        sys.exit(0)
sys.exit("error: no free port between 20000 and 32000")
END
}

# wait_for_port NAME PROCESS LOG PORT: returns when PORT answers; fails if the process ends before, or after 180 seconds, which a busy machine may need.
wait_for_port() {
    local name="$1" process="$2" log="$3" port="$4"
    local deadline=$((SECONDS + 180))
    until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        if ! kill -0 "$process" 2>/dev/null; then
            echo "error: $name ended while starting; the end of $log:" >&2
        elif ((SECONDS >= deadline)); then
            echo "error: $name did not answer on port $port within 180 seconds; the end of $log:" >&2
        else
            sleep 0.2
            continue
        fi
        tail -n 20 "$log" >&2
        return 1
    done
}

# stop_process PROCESS SECONDS: asks a child of this shell, started with setsid, to end; waits for it, and ends it by force after
# that time.
stop_process() {
    local process="$1" deadline=$((SECONDS + $2))
    kill -TERM "$process" 2>/dev/null || return 0
    while kill -0 "$process" 2>/dev/null; do
        if ((SECONDS >= deadline)); then
            # All of its process group, which it leads.
            kill -KILL -- "-$process" 2>/dev/null || true
        fi
        sleep 0.1
    done
    wait "$process" 2>/dev/null || true
}

# run_forwarding_signals COMMAND…: runs the command in a process group of its own and hands it INT, TERM and HUP, so that
# it has ended, whoever was signalled, when this returns. Returns its status.
run_forwarding_signals() {
    local status=0 child signal
    set -m
    "$@" <&0 &
    child=$!
    set +m
    for signal in INT TERM HUP; do
        # shellcheck disable=SC2064 # the child of now
        trap "kill -$signal -- -$child 2>/dev/null || true" "$signal"
    done
    # A signal ends `wait` early, so ask again until the child has ended.
    while true; do
        status=0
        wait "$child" || status=$?
        kill -0 "$child" 2>/dev/null || break
    done
    trap - INT TERM HUP
    return "$status"
}
