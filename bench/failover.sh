#!/bin/bash
# How long after the deciding probe result an answer changes: a backend in the measuring process
# fails and works again by turns. Linux.
#
#   bench/failover.sh [--changes 20] [--record]
. "$(dirname "$0")/common.sh"

changes=20
while [ $# -gt 0 ]; do
  case $1 in
    --changes) changes=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/failover.sh [--changes N] [--record]" >&2 && exit 2 ;;
  esac
done

# What else runs on the machine is felt less, where that is allowed.
first=
if chrt --rr 1 true 2>/dev/null; then first="chrt --rr 1"; fi

build
before=$(machine)
line=$(on_core=$first tool failover --server "127.0.0.1:$port" --azimuth "$root/app/target/azimuth/bin/azimuth" \
  --folder "$work" --changes "$changes") || { cat "$work/node.log" >&2 && exit 1; }
{
  echo
  echo "### Failover, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/failover.sh --changes $changes\`; $before${first:+, at real-time priority}; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "From the backend's deciding answer to the first changed DNS answer, over $(field changes "$line") changes:" \
    "the first $(field first_ms "$line") ms, median $(field median_ms "$line") ms, longest $(field max_ms "$line") ms."
} | record
