#!/bin/bash
# 100,000 names over 10,000 pools with 100,000 backends: how long they take to load, the memory
# they need, and how long after the deciding probe result an answer changes when one pool fails or
# recovers, and when all of them do at once. Linux.
#
# Where gdnsd is installed, the time and memory it takes for the same names over the same pools, without checks: its
# checks are of an address, so that one cannot stand for all, as here. It is given up after about --patience seconds.
#
#   bench/scale.sh [--pools 10000] [--changes 20] [--patience 120] [--record]
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/peers.sh"

pools=10000
changes=20
patience=120
while [ $# -gt 0 ]; do
  case $1 in
    --pools) pools=$2 && shift 2 ;;
    --changes) changes=$2 && shift 2 ;;
    --patience) patience=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/scale.sh [--pools N] [--changes N] [--patience SECONDS] [--record]" >&2 && exit 2 ;;
  esac
done

# A failover between a weighted resource of ten addresses and a spare one for each pool, ten names each.
start_gdnsd() {
  mkdir -p "$work"/gdnsd/{zones,run,state}
  awk -v n="$pools" -v port="$port" -v folder="$work/gdnsd" 'BEGIN {
    print "options => { listen => { 127.0.0.1:" port " => { udp_threads = 1, tcp_threads = 1 } }"
    print "  run_dir = " folder "/run, state_dir = " folder "/state }"
    print "plugins => { weighted => { service_types = up"
    for (p = 0; p < n; p++) {
      printf "p%d => {", p
      for (i = 1; i <= 10; i++) printf " b%d = [10.%d.%d.%d, %d],", i, int(p / 256), p % 256, i, i
      print " }"
    }
    print "} metafo => { service_types = up, resources => {"
    for (p = 0; p < n; p++)
      printf "p%d => { datacenters = [main, spare], dcmap => { main = %%weighted!p%d, spare = 203.0.113.9 } }\n", p, p
    print "} } }"
  }' >"$work/gdnsd/config"
  {
    zone | sed 's/ IN / /'
    awk -v n="$pools" 'BEGIN { for (i = 0; i < 10 * n; i++) printf "n%d 60 DYNA metafo!p%d\n", i, i % n }'
  } >"$work/gdnsd/zones/bench.example"
  gdnsd -c "$work/gdnsd" start >"$work/gdnsd.log" 2>&1 &
  server=$!
}

build
before=$(machine)
line=$(tool scale --server "127.0.0.1:$port" --azimuth "$root/app/target/azimuth/bin/azimuth" \
  --folder "$work" --pools "$pools" --changes "$changes") || { tail "$work/node.log" >&2 && exit 1; }
if here gdnsd; then
  start=$(now)
  start_gdnsd
  rm -f "$work/node.log" # which would be shown with the other when there is no answer
  if answering "n$((10 * pools - 1)).bench.example" "$((10 * patience))"; then
    beside="gdnsd has the same names over the same pools, without checks, after $(seconds_since "$start") s, with $(mebibytes) MiB."
  else
    beside="gdnsd with the same names over the same pools, without checks, did not answer within $(seconds_since "$start") s."
  fi
  stop
fi
{
  echo
  echo "### Very many names, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/scale.sh --pools $pools --changes $changes\`; $before; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "$(field names "$line") names, $pools pools of 10 backends: the last name is answered" \
    "$(field load_s "$line") s after the process started; $(field memory_mib "$line") MiB resident at the end." \
    "From the deciding probe to the changed answer, one pool: the first $(field one_first_ms "$line") ms, median $(field one_median_ms "$line") ms," \
    "longest $(field one_max_ms "$line") ms; all pools at once: median $(field all_median_ms "$line") ms," \
    "longest $(field all_max_ms "$line") ms. $changes changes of each kind, $(field cpu_s "$line") s of CPU time in all." \
    "${beside:-}"
} | record
