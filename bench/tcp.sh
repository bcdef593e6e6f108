#!/bin/bash
# What an answer over TCP costs in CPU time, beside Knot, NSD and BIND: with 100 queries at a time on
# one connection, and with a connection for each. Linux, two cores.
#
#   bench/tcp.sh [--seconds 10] [--rounds 3] [--record]
#
# As bench/udp.sh.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/peers.sh"

seconds=10
rounds=3
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/tcp.sh [--seconds N] [--rounds N] [--record]" >&2 && exit 2 ;;
  esac
done

weights="1"
echo "static.bench.example A" >"$work/static"

# stream OPTIONS: the generator, on the core that is not the server's.
stream() {
  on_core="taskset -c ${BENCH_LOAD_CORE:-1}" tool tcp --server "127.0.0.1:$port" --names "$work/static" "$@"
}

serve() {
  "start_$2"
  answering static.bench.example
  stream --pipelined 100 --seconds 5 >/dev/null
  stream --pipelined 0 --seconds 5 >/dev/null
  cost "$1" "$2" pipelined stream --pipelined 100 --seconds "$seconds"
  cost "$1" "$2" single stream --pipelined 0 --seconds "$seconds"
  stop
}

build
before=$(machine)
for round in $(seq "$rounds"); do
  for name in azimuth knot nsd bind; do
    if here "$name"; then serve "$round" "$name"; fi
  done
done
{
  echo
  echo "### TCP, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/tcp.sh --seconds $seconds --rounds $rounds\`; $before; $(versions | paste -sd, | sed 's/,/, /g')"
  echo
  costs queries
} | record
