#!/bin/bash
# The full-size runs, about half an hour: what the figures in docs/benchmarks.md should come from.
#
#   bench/long.sh [--record]
set -euo pipefail
here=$(dirname "$0")
"$here/udp.sh" --seconds 20 --rounds 5 "$@"
"$here/start.sh" --rounds 10 "$@"
"$here/failover.sh" --changes 50 "$@"
"$here/jmh.sh" "$@"
"$here/zone.sh" --seconds 20 "$@"
