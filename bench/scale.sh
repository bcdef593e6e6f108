#!/bin/bash
# 100,000 names over 10,000 pools with 100,000 backends: how long they take to load, the memory
# they need, and how long after the deciding probe result an answer changes when one pool fails or
# recovers, and when all of them do at once. Linux.
#
#   bench/scale.sh [--pools 10000] [--changes 20] [--record]
. "$(dirname "$0")/common.sh"

pools=10000
changes=20
while [ $# -gt 0 ]; do
  case $1 in
    --pools) pools=$2 && shift 2 ;;
    --changes) changes=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/scale.sh [--pools N] [--changes N] [--record]" >&2 && exit 2 ;;
  esac
done

build
before=$(machine)
line=$(tool scale --server "127.0.0.1:$port" --azimuth "$root/app/target/azimuth/bin/azimuth" \
  --folder "$work" --pools "$pools" --changes "$changes") || { tail "$work/scale.log" >&2 && exit 1; }
{
  echo
  echo "### Very many names, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/scale.sh --pools $pools --changes $changes\`; $before; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "$(field names "$line") names, $pools pools of 10 backends: the last name is answered" \
    "$(field load_s "$line") s after the process started; $(field memory_mib "$line") MiB resident at the end." \
    "From the deciding probe to the changed answer, one pool: median $(field one_median_ms "$line") ms," \
    "longest $(field one_max_ms "$line") ms; all pools at once: median $(field all_median_ms "$line") ms," \
    "longest $(field all_max_ms "$line") ms. $changes changes of each kind, $(field cpu_s "$line") s of CPU time in all."
} | record
