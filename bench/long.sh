#!/bin/bash
# The full-size runs, about an hour and 40 minutes: what the figures in docs/benchmarks.md should come from.
#
#   bench/long.sh [--record]
set -euo pipefail
here=$(dirname "$0")
"$here/udp.sh" --seconds 20 --rounds 5 "$@"
"$here/answers.sh" --seconds 10 --rounds 3 "$@"
"$here/tcp.sh" --seconds 20 --rounds 3 "$@"
"$here/start.sh" --rounds 10 "$@"
"$here/failover.sh" --changes 50 "$@"
"$here/detect.sh" "$@"
"$here/hang.sh" "$@"
"$here/takeover.sh"
"$here/jmh.sh" "$@"
"$here/zone.sh" --seconds 20 "$@"
"$here/scale.sh" "$@"
"$here/places.sh" "$@"
"$here/geo.sh" --seconds 10 --rounds 3 "$@"
"$here/forward.sh" "$@"
"$here/../mvnw" -q -B -f "$here/.." verify -pl e2e -am -Dsurefire.failIfNoSpecifiedTests=false \
  -Dtest='EnduranceTest,FloodTest,ForwardingEnduranceTest' -Dazimuth.queries=1000000 -Dazimuth.mutations=10000000 \
  -Dazimuth.tcp.mutations=1000000 -Dazimuth.connections=10000 -Dazimuth.forwarded=9000 -Dazimuth.reloads=100
