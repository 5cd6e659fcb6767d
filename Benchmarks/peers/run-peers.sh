#!/usr/bin/env bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Runs every benchmark peer against a broker that is already listening, RUNS times each, and appends one JSON line
# per run to the output file. It starts no broker and stops none.
#
#   run-peers.sh OUT.jsonl [peer ...]        peers: c go pika aio-pika, or a name with EXTRA_<name>=command set
#
# Environment: LIMIT (300; seconds a run may take), AMQP_HOST (127.0.0.1), AMQP_PORT (5672),
# AMQP_USER and AMQP_PASSWORD (guest), AMQP_QUEUE (bench.amqp), RUNS (3), SCALE (1; counts are
# multiplied by it), PYTHON (a Python with pika and aio-pika), BUILD (where binaries go).
# Needs: gcc, librabbitmq-dev, golang-go, golang-github-rabbitmq-amqp091-go-dev (Debian), pika and aio-pika (PyPI).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: run-peers.sh OUT.jsonl [peer ...]}; shift
peers=("$@"); [ ${#peers[@]} -gt 0 ] || peers=(c go pika aio-pika)
runs=${RUNS:-3} scale=${SCALE:-1} python=${PYTHON:-python3} build=${BUILD:-${TMPDIR:-/tmp}/amqp-peers}
export AMQP_HOST=${AMQP_HOST:-127.0.0.1} AMQP_PORT=${AMQP_PORT:-5672} AMQP_QUEUE=${AMQP_QUEUE:-bench.amqp}
mkdir -p "$build"
gcc -O2 -Wall -o "$build/peer-c" "$here/c/peer.c" -lrabbitmq
case " ${peers[*]} " in *" go "*)
  GO111MODULE=off GOPATH=/usr/share/gocode:$here/go GOCACHE=$build/gocache go build -o "$build/peer-go" peer ;;
esac

command_for() {
  case $1 in
    c) echo "$build/peer-c" ;;
    go) echo "$build/peer-go" ;;
    pika) echo "$python $here/python/peer_pika.py" ;;
    aio-pika) echo "$python $here/python/peer_aio_pika.py" ;;
    *) local v="EXTRA_${1//-/_}"; echo "${!v:?no command for peer $1: set $v}" ;;
  esac
}
count_for() {  # peer scenario
  local n
  case $2 in
    publish-confirm-pipelined) n=200000 ;;
    publish-noconfirm) n=500000 ;;
    consume-ack) n=200000 ;;
    roundtrip) n=20000 ;;
    connect) n=200 ;;
  esac
  case $1:$2 in
    pika:publish-*|pika:consume-ack) n=$((n / 5)) ;;
    aio-pika:publish-*|aio-pika:consume-ack) n=$((n / 10)) ;;
    aio-pika:roundtrip|pika:roundtrip) n=$((n / 2)) ;;
  esac
  awk -v n="$n" -v s="$scale" 'BEGIN { m = int(n * s); print m < 20 ? 20 : m }'
}

for _ in $(seq "$runs"); do   # runs outermost, so that drift on the machine falls on every peer alike
  for scenario in ${SCENARIOS:-publish-confirm-pipelined publish-noconfirm consume-ack roundtrip connect}; do
    for peer in "${peers[@]}"; do
      n=$(count_for "$peer" "$scenario")
      case $scenario in
        consume-ack) "$build/peer-c" fill "$n" ;;
        *) "$build/peer-c" reset 0 ;;
      esac
      # shellcheck disable=SC2046
      if ! line=$(timeout "${LIMIT:-300}" $(command_for "$peer") "$scenario" "$n"); then
        line="{\"peer\":\"$peer\",\"scenario\":\"$scenario\",\"count\":$n,\"failed\":true}"
      fi
      case $scenario in  # a peer that did not do the work has no figure
        consume-ack) left=0 ;;
        connect) left=0 ;;
        *) left=$n ;;
      esac
      if ! "$build/peer-c" expect "$left"; then
        line="{\"peer\":\"$peer\",\"scenario\":\"$scenario\",\"count\":$n,\"failed\":true}"
      fi
      echo "$line" | tee -a "$out"
    done
  done
done
"$build/peer-c" reset 0
