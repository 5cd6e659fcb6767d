# shellcheck shell=bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# A private RabbitMQ node: own data folder, own ports on loopback, own Erlang cookie. A node that the machine runs already is not
# touched. To be sourced, by a script that has set `repository`.

: "${repository:?}"

readonly rabbitmq_programs=/usr/lib/rabbitmq/bin

broker_process=""

# start_broker FOLDER CERTIFICATES PORT TLS_PORT DISTRIBUTION_PORT: starts the node, without waiting for it.
start_broker() {
    local folder="$1" certificates="$2" port="$3" tls_port="$4" distribution_port="$5"
    mkdir -p "$folder/home" "$folder/bin"
    broker_password="$(openssl rand -hex 16)"
    broker_log="$folder/output.log"
    cp "$certificates/"{ca.pem,server.pem,server.key} "$folder"
    write_broker_settings "$folder" "$port" "$tls_port" "$distribution_port"
    write_broker_programs "$folder"
    write_broker_control "$folder" "$port" "$tls_port"

    # A session of its own: Ctrl-C in the terminal must not reach the node before those who use it.
    setsid "$folder/bin/broker-run" >"$broker_log" 2>&1 </dev/null &
    broker_process=$!
}

# wait_for_broker: returns when both listeners answer, which RabbitMQ opens last; fails if the node ends or takes over three minutes.
wait_for_broker() {
    wait_for_port "RabbitMQ" "$broker_process" "$broker_log" "$1"
    wait_for_port "RabbitMQ" "$broker_process" "$broker_log" "$2"
}

stop_broker() {
    [[ -n "$broker_process" ]] || return 0
    stop_process "$broker_process" 30
    broker_process=""
}

# write_broker_settings FOLDER PORT TLS_PORT DISTRIBUTION_PORT
write_broker_settings() {
    local folder="$1" port="$2" tls_port="$3" distribution_port="$4"
    broker_node="lamassu-$port@localhost"

    # Nothing of the machine's own RabbitMQ settings counts here; distribution and epmd stay on loopback.
    cat >"$folder/environment" <<END
export HOME=$folder/home
export ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_NODENAME=$broker_node
export RABBITMQ_DIST_PORT=$distribution_port
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
export RABBITMQ_CONF_ENV_FILE=$folder/rabbitmq-env.conf
export RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf
export RABBITMQ_ADVANCED_CONFIG_FILE=$folder/advanced.config
export RABBITMQ_ENABLED_PLUGINS_FILE=$folder/plugins
export RABBITMQ_MNESIA_BASE=$folder/data
export RABBITMQ_LOG_BASE=$folder/log
export RABBITMQ_PID_FILE=$folder/pid
END
    : >"$folder/rabbitmq-env.conf"
    echo "[]." >"$folder/advanced.config"
    echo "[rabbitmq_auth_mechanism_ssl]." >"$folder/plugins"

    # 127.0.0.2 is the same node under an address that its certificate does not name.
    cat >"$folder/rabbitmq.conf" <<END
listeners.tcp.1 = 127.0.0.1:$port
listeners.ssl.1 = 127.0.0.1:$tls_port
listeners.ssl.2 = 127.0.0.2:$tls_port
ssl_options.cacertfile = $folder/ca.pem
ssl_options.certfile = $folder/server.pem
ssl_options.keyfile = $folder/server.key
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
auth_mechanisms.1 = PLAIN
auth_mechanisms.2 = AMQPLAIN
auth_mechanisms.3 = EXTERNAL
ssl_cert_login_from = common_name
load_definitions = $folder/definitions.json
END

    # lamassu-client has no password: it comes in by its certificate only.
    cat >"$folder/definitions.json" <<END
{
  "vhosts": [{"name": "/"}],
  "users": [
    {"name": "lamassu", "password": "$broker_password", "tags": ""},
    {"name": "lamassu-client", "password_hash": "", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": ""}
  ],
  "permissions": [
    {"user": "lamassu", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
    {"user": "lamassu-client", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
  ]
}
END
}

# write_broker_programs FOLDER: rabbitmq-server and rabbitmqctl for this node, in FOLDER/bin.
#
# The ones in PATH are wrappers of Debian's for the machine's own node. As root, ours take the rights of the user rabbitmq.
write_broker_programs() {
    local folder="$1" program rights=""
    if ((EUID == 0)); then
        rights="setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups -- "
        chown -R rabbitmq:rabbitmq "$folder"
    fi
    for program in rabbitmq-server rabbitmqctl; do
        cat >"$folder/bin/$program" <<END
#!/bin/bash
cd "$folder" && . "$folder/environment" && exec $rights$rabbitmq_programs/$program "\$@"
END
        chmod 755 "$folder/bin/$program"
    done
}

# write_broker_control FOLDER PORT TLS_PORT: what takes the node's life and gives it back, in FOLDER/bin.
#
#     broker-run     runs the node until it ends; where broker-kill was the cause, runs it again when broker-start has been called
#     broker-kill    ends the node as a power cut would (SIGKILL); returns when it is gone
#     broker-start   lets it start again, with the same data and ports; returns when it answers
write_broker_control() {
    local folder="$1" port="$2" tls_port="$3"
    cat >"$folder/bin/broker-run" <<END
#!/bin/bash
stopping=""
trap 'stopping=yes; kill -TERM "\$node" 2>/dev/null' TERM
while true; do
    "$folder/bin/rabbitmq-server" &
    node=\$!
    # A signal ends \`wait\` early, so ask again until the node has ended.
    while kill -0 "\$node" 2>/dev/null; do wait "\$node"; done
    while [[ -z "\$stopping" && -e "$folder/killed" ]]; do sleep 0.1; done
    [[ -z "\$stopping" && -e "$folder/started" ]] || exit 1
    rm "$folder/started"
done
END
    cat >"$folder/bin/broker-kill" <<END
#!/bin/bash
set -e
touch "$folder/killed"
node="\$(<"$folder/pid")"
kill -KILL "\$node"
while kill -0 "\$node" 2>/dev/null; do sleep 0.05; done
# The node has its users by now. RabbitMQ 3.10 imports them at every start, and that has been seen to hang after a kill.
sed -i '/^load_definitions/d' "$folder/rabbitmq.conf"
END
    cat >"$folder/bin/broker-start" <<END
#!/bin/bash
set -e
touch "$folder/started"
rm "$folder/killed"
source "$repository/Scripts/lib/processes.sh"
wait_for_port "RabbitMQ" \$\$ "$broker_log" "$port"
wait_for_port "RabbitMQ" \$\$ "$broker_log" "$tls_port"
END
    chmod 755 "$folder/bin/"broker-{run,kill,start}
}
