#!/bin/bash
# What an answer over UDP costs in CPU time, beside gdnsd for steered names. Linux, two cores.
#
#   bench/udp.sh [--seconds 20] [--rounds 3] [--record]
#
# Every server in turn gets one worker and one core, the generators have another. What is read is the
# CPU time of the whole process (for Azimuth its compilers and collectors too) per answer to a name
# that is weighted over three addresses, one of them at a time, and to a static one. Ratios are taken
# within a round and their median is told.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/peers.sh"

seconds=20
rounds=3
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/udp.sh [--seconds N] [--rounds N] [--record]" >&2 && exit 2 ;;
  esac
done

weights="10 20 30"
echo "www.bench.example A" >"$work/steered"
echo "static.bench.example A" >"$work/static"

# As "load", but by dnsperf, whose batches are small.
perf() {
  taskset -c "${BENCH_LOAD_CORE:-1}" dnsperf -s 127.0.0.1 -p "$port" -d "$1" -c 8 -T 1 -q 200 \
    -l "$seconds" | awk '/Queries completed/ { print "answers=" $3 }'
}

# serve ROUND SERVER: a server's part of a round, after it has become warm.
serve() {
  local kind
  "start_$2"
  for kind in steered static; do
    answering "$(cut -d' ' -f1 "$work/$kind")"
    load --names "$work/$kind" --seconds 5 >/dev/null
  done
  for kind in steered static; do
    cost "$1" "$2" "$kind,loop" load --names "$work/$kind" --seconds "$seconds"
    if command -v dnsperf >/dev/null; then cost "$1" "$2" "$kind,dnsperf" perf "$work/$kind"; fi
  done
  stop
}

build
before=$(machine)
for round in $(seq "$rounds"); do
  for name in azimuth gdnsd; do
    if here "$name"; then serve "$round" "$name"; fi
  done
done
{
  echo
  echo "### UDP, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/udp.sh --seconds $seconds --rounds $rounds\`; $before; $(versions | paste -sd, | sed 's/,/, /g')"
  echo
  costs "name, generator"
} | record
