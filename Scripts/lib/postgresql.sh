# shellcheck shell=bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# A private PostgreSQL server: own data folder, a Unix socket in it and no port. One that the machine runs already is not touched. To be
# sourced.

postgresql_process=""
postgresql_folder=""

# start_postgresql: starts the server, waits until it answers, and exports where it is.
#
#     LAMASSU_TEST_POSTGRESQL   a connection string of libpq, without a database
start_postgresql() {
    local programs as_user=()
    programs="$(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort | tail -n 1)"
    postgresql_folder="$(mktemp -d "${TMPDIR:-/tmp}/lamassu-postgresql.XXXXXX")"
    # It refuses to run as root.
    if ((EUID == 0)); then
        as_user=(setpriv --reuid=postgres --regid=postgres --init-groups --)
        chown postgres:postgres "$postgresql_folder"
    fi

    echo "Starting a private PostgreSQL server in $postgresql_folder"
    # Nobody else can enter the folder in which the socket is, so that nobody needs a password.
    (cd "$postgresql_folder" && "${as_user[@]}" "$programs/initdb" --pgdata="$postgresql_folder/data" --username=lamassu --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-instructions >"$postgresql_folder/initdb.log" 2>&1)
    # A session of its own: Ctrl-C in the terminal must not reach it before those who use it.
    (cd "$postgresql_folder" && exec setsid "${as_user[@]}" "$programs/postgres" -D "$postgresql_folder/data" \
        -c listen_addresses= -c unix_socket_directories="$postgresql_folder" >"$postgresql_folder/output.log" 2>&1 </dev/null) &
    postgresql_process=$!
    local deadline=$((SECONDS + 60))
    until "$programs/pg_isready" --quiet --host="$postgresql_folder" --username=lamassu --dbname=postgres; do
        if ! kill -0 "$postgresql_process" 2>/dev/null || ((SECONDS >= deadline)); then
            echo "error: PostgreSQL does not answer; the end of its log:" >&2
            tail -n 20 "$postgresql_folder/output.log" >&2
            return 1
        fi
        sleep 0.1
    done
    export LAMASSU_TEST_POSTGRESQL="host=$postgresql_folder user=lamassu"
}

stop_postgresql() {
    [[ -n "$postgresql_folder" ]] || return 0
    if [[ -n "$postgresql_process" ]]; then stop_process "$postgresql_process" 10; fi
    rm -rf "$postgresql_folder"
    postgresql_process="" postgresql_folder=""
}
