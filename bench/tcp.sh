#!/bin/bash
# What an answer over TCP costs in CPU time, beside Knot, NSD and BIND: with 100 queries at a time on
# one connection, and with a connection for each. Linux, two cores.
#
#   bench/tcp.sh [--seconds 10] [--rounds 3] [--record]
#   bench/tcp.sh --turns [--clients "1 16"] [--servers "knot azimuth"] [--rounds 60] [--record]
#
# As bench/udp.sh; with --turns a connection for each query only, as bench/turns.sh, which needs gcc: in turns of
# 0.25 s, beside the first of the servers.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/peers.sh"

seconds=10
rounds=
turns=no
clients="1 16"
servers="knot azimuth"
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --turns) turns=yes && shift ;;
    --clients) clients=$2 && shift 2 ;;
    --servers) servers=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) sed -n '2,/^#   bench.*turns/s/^#   bench/usage: bench/p' "$0" >&2 && exit 2 ;;
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

# in_turns: a connection for each query, all servers at once.
in_turns() {
  local each many
  gcc -O2 -o "$work/streams" "$root/bench/src/main/c/streams.c"
  # shellcheck disable=SC2086 # several names
  start_all $servers
  for each in "${asked[@]}"; do
    # Until the compilers of Azimuth are done.
    taskset -c "${BENCH_LOAD_CORE:-1}" "$work/streams" 1 6000 static.bench.example 4 "$each" >/dev/null
  done
  {
    echo
    echo "### TCP in turns, $(date -u '+%Y-%m-%d %H:%M')"
    echo
    echo "\`bench/tcp.sh --turns --clients \"$clients\" --servers \"$servers\" --rounds $rounds\`; $before; $(versions | paste -sd, | sed 's/,/, /g')"
    echo
    echo "| clients at a time | server | connections | CPU, ns | ÷ the first |"
    echo "| ---: | --- | ---: | ---: | ---: |"
    for many in $clients; do
      taskset -c "${BENCH_LOAD_CORE:-1}" "$work/streams" "$rounds" 250 static.bench.example "$many" "${asked[@]}" |
        awk -v many="$many" '{ printf "| %s | %s | %d | %d | %.3f |\n", many, $1, $2, $3, $4 }'
    done
  } | record
}

build
before=$(machine)
if [ "$turns" = yes ]; then
  rounds=${rounds:-60}
  in_turns
  exit
fi
rounds=${rounds:-3}
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
