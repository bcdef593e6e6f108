#!/bin/bash
# How many queries and TCP connections are lost while one process takes over from another, again
# and again, under steady load: the test of the same claim in e2e, with its full count.
#
#   bench/takeover.sh [--queries 1000000] [--takeovers 10] [--rate 4000]
set -euo pipefail
cd "$(dirname "$0")/.."

queries=1000000
takeovers=10
rate=4000
while [ $# -gt 0 ]; do
  case $1 in
    --queries) queries=$2 && shift 2 ;;
    --takeovers) takeovers=$2 && shift 2 ;;
    --rate) rate=$2 && shift 2 ;;
    *) echo "usage: bench/takeover.sh [--queries N] [--takeovers N] [--rate N]" >&2 && exit 2 ;;
  esac
done

./mvnw -q verify -Dexec.skip=true -pl e2e -am -Dsurefire.failIfNoSpecifiedTests=false \
  -Dtest='TakeOverTest#noQueryAndNoConnectionIsLost' \
  -Dazimuth.queries="$queries" -Dazimuth.takeovers="$takeovers" -Dazimuth.rate="$rate"
cat e2e/target/surefire-reports/dev.azimuth.e2e.TakeOverTest-output.txt
