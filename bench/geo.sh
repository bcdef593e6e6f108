#!/bin/bash
# Names steered by country, beside gdnsd with the same map: a database of the MaxMind format that both
# read, 240 countries given out to five pools. How long both take to load, their memory, what an answer
# with a client subnet costs in CPU time; and first whether they say the same. Linux, two cores.
#
#   bench/geo.sh [--prefixes 1000000] [--seconds 6] [--rounds 2] [--record]
#
# As bench/udp.sh; the queries name 131,072 clients of common networks, a fifth of them with IPv6.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/peers.sh"

prefixes=1000000
seconds=6
rounds=2
while [ $# -gt 0 ]; do
  case $1 in
    --prefixes) prefixes=$2 && shift 2 ;;
    --seconds) seconds=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/geo.sh [--prefixes N] [--seconds N] [--rounds N] [--record]" >&2 && exit 2 ;;
  esac
done

pools="0 1 2 3 4"

start_azimuth() {
  local pool
  {
    echo "server: { listen: [ \"127.0.0.1:$port\" ], workers: 1, state_dir: $work/azimuth }"
    echo "geo: { databases: [ $work/country.mmdb ] }"
    echo "pools:"
    for pool in $pools; do echo "  p$pool: { backends: { b: 192.0.2.$((1 + pool)) } }"; done
    echo "routes:"
    echo "  world:"
    sed 's/^/    /' "$work/azimuth.rules"
    echo "zones:"
    echo "  bench.example:"
    echo "    records: |"
    zone | sed 's/^/      /'
    echo "    names:"
    echo "      www: { route: world }"
  } >"$work/azimuth.yaml"
  taskset -c "$core" "$root/app/target/azimuth/bin/azimuth" run "$work/azimuth.yaml" \
    >"$work/azimuth.log" 2>&1 &
  server=$!
}

start_gdnsd() {
  local pool
  mkdir -p "$work"/gdnsd/{zones,run,state}
  cat >"$work/gdnsd/config" <<END
options => {
  listen => { 127.0.0.1:$port => { udp_threads = 1, tcp_threads = 1 } }
  run_dir = $work/gdnsd/run, state_dir = $work/gdnsd/state
}
plugins => { geoip => {
  maps => { world => {
    geoip2_db = $work/country.mmdb, datacenters = [$(printf 'p%s,' $pools)]
    map => { default = [p0]
      $(cat "$work/gdnsd.map") }
  } }
  resources => { www => { map = world, service_types = up, dcmap => { $(
    for pool in $pools; do echo "p$pool = 192.0.2.$((1 + pool)),"; done
  ) } } }
} }
END
  { zone && echo "www 60 DYNA geoip!www"; } | sed 's/ IN / /' >"$work/gdnsd/zones/bench.example"
  taskset -c "$core" gdnsd -c "$work/gdnsd" start >"$work/gdnsd.log" 2>&1 &
  server=$!
}

# serve ROUND SERVER: a server's part of a round.
serve() {
  local start
  start=$(now)
  "start_$2"
  answering www.bench.example
  echo "$2 $(seconds_since "$start")" >>"$work/loaded"
  load --names "$work/queries" --seconds 3 >/dev/null
  cost "$1" "$2" steered load --names "$work/queries" --seconds "$seconds"
  echo "$2 $(mebibytes)" >>"$work/memory"
  stop
}

# What both say, one on the port beside the other's.
compare() {
  local first
  start_azimuth
  answering www.bench.example
  first=$server
  port=$((port + 1))
  start_gdnsd
  answering www.bench.example
  tool alike --server "127.0.0.1:$((port - 1))" --server "127.0.0.1:$port" --names "$work/queries"
  stop
  server=$first
  stop
  port=$((port - 1))
}

# values NAME FILE: what a server had in each round.
values() { sed -n "s/^$1 //p" "$work/$2" | paste -sd' '; }

build
line=$(tool geo --folder "$work" --prefixes "$prefixes")
before=$(machine)
if here gdnsd; then alike=$(compare); fi
for round in $(seq "$rounds"); do
  for name in azimuth gdnsd; do
    if here "$name"; then serve "$round" "$name"; fi
  done
done
{
  echo
  echo "### Steered by country, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/geo.sh --prefixes $prefixes --seconds $seconds --rounds $rounds\`; $before; $(versions | paste -sd, | sed 's/,/, /g')"
  echo
  echo "$(field prefixes "$line") prefixes of 240 countries."
  if here gdnsd; then
    echo "Of $(field asked "$alike") clients $(field other_data "$alike") get another address from gdnsd, $(field other_scope "$alike") another scope."
  fi
  echo
  echo "| server | first answer, s | memory, MiB |"
  echo "| --- | ---: | ---: |"
  for name in azimuth gdnsd; do
    if here "$name"; then echo "| $name | $(values "$name" loaded) | $(values "$name" memory) |"; fi
  done
  echo
  costs name
} | record
