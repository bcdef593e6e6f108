#!/bin/bash
# What a static answer of each kind costs in CPU time, over UDP, beside NSD, Knot and BIND. Linux, two
# cores.
#
#   bench/answers.sh [--seconds 5] [--rounds 3] [--kinds "hit nodata …"] [--record]
#
# As bench/udp.sh; each kind is asked without and with EDNS.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/peers.sh"

seconds=5
rounds=3
kinds="hit nxdomain nodata wildcard referral chain"
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --kinds) kinds=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/answers.sh [--seconds N] [--rounds N] [--kinds KINDS] [--record]" >&2 && exit 2 ;;
  esac
done

weights="1"
query() {
  case $1 in
    hit) echo "static.bench.example A" ;;
    nxdomain) echo "missing.bench.example A" ;;
    nodata) echo "static.bench.example AAAA" ;;
    wildcard) echo "any.wild.bench.example A" ;;
    referral) echo "www.cut.bench.example A" ;;
    chain) echo "one.bench.example A" ;;
  esac >"$work/$1"
}

more() { more_kinds; }

serve() {
  local kind
  "start_$2"
  answering static.bench.example
  for kind in $kinds; do
    load --names "$work/$kind" --seconds 2 >/dev/null
    load --names "$work/$kind" --edns --seconds 2 >/dev/null
  done
  for kind in $kinds; do
    cost "$1" "$2" "$kind" load --names "$work/$kind" --seconds "$seconds"
    cost "$1" "$2" "$kind,EDNS" load --names "$work/$kind" --edns --seconds "$seconds"
  done
  stop
}

build
for kind in $kinds; do query "$kind"; done
before=$(machine)
for round in $(seq "$rounds"); do
  for name in azimuth nsd knot bind; do
    if here "$name"; then serve "$round" "$name"; fi
  done
done
{
  echo
  echo "### Static answers, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/answers.sh --seconds $seconds --rounds $rounds --kinds \"$kinds\"\`; $before; $(versions | paste -sd, | sed 's/,/, /g')"
  echo
  costs answer
} | record
