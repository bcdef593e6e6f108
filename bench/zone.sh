#!/bin/bash
# A zone of 1,000,000 records, beside NSD and Knot: how long it takes to load, the memory it needs,
# what a query costs, and for how long nobody is answered while it is read anew. Linux, two cores.
#
#   bench/zone.sh [--records 1000000] [--seconds 6] [--record]
#
# Memory is the proportional set size of the whole process tree, since NSD shares pages between its
# processes. While the new zone is loaded 20,000 queries a second are sent, on time whatever comes
# back. What is not installed is left out.
. "$(dirname "$0")/common.sh"

records=1000000
seconds=6
while [ $# -gt 0 ]; do
  case $1 in
    --records) records=$2 && shift 2 ;;
    --seconds) seconds=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) echo "usage: bench/zone.sh [--records N] [--seconds N] [--record]" >&2 && exit 2 ;;
  esac
done

start_azimuth() {
  cat >"$work/azimuth.yaml" <<END
server: { listen: [ "127.0.0.1:$port" ], workers: 1, state_dir: $work/azimuth }
zones: { big.example: { file: zone } }
END
  AZIMUTH_JAVA_OPTS="-Xlog:safepoint:file=$work/safepoints:uptime" \
    "$root/app/target/azimuth/bin/azimuth" run "$work/azimuth.yaml" >"$work/azimuth.log" 2>&1 &
  server=$!
}

start_nsd() {
  mkdir -p "$work/nsd"
  cat >"$work/nsd/conf" <<END
server:
  ip-address: 127.0.0.1@$port
  server-count: 1
  username: ""
  database: ""
  rrl-ratelimit: 0
  zonesdir: "$work"
  pidfile: "$work/nsd/pid"
  xfrdfile: "$work/nsd/xfrd"
  xfrdir: "$work/nsd"
  zonelistfile: "$work/nsd/list"
remote-control:
  control-enable: no
zone:
  name: big.example
  zonefile: zone
END
  nsd -d -c "$work/nsd/conf" >"$work/nsd.log" 2>&1 &
  server=$!
}

start_knot() {
  mkdir -p "$work/knot"
  cat >"$work/knot/conf" <<END
server:
    listen: 127.0.0.1@$port
    rundir: $work/knot
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: $work/knot
zone:
  - domain: big.example
    file: $work/zone
    zonefile-load: whole
    journal-content: none
END
  knotd -c "$work/knot/conf" >"$work/knot.log" 2>&1 &
  server=$!
}

# Azimuth sees by itself that the file is new.
reload_azimuth() { :; }
reload_nsd() { kill -HUP "$server"; }
reload_knot() { kill -HUP "$server"; }

# Puts a version of the zone in place at once.
place() { cp "$work/zone.$1" "$work/zone.new" && mv "$work/zone.new" "$work/zone"; }

serial() { dig +short +tries=1 +timeout=1 @127.0.0.1 -p "$port" big.example SOA 2>/dev/null | cut -d' ' -f3; }

# cost NAMES: microseconds of user and of all CPU time per answer, in a closed loop.
cost() {
  local line before after
  read -r -a before <<<"$(ticks "$server")"
  line=$(load --names "$work/$1" --seconds "$seconds")
  read -r -a after <<<"$(ticks "$server")"
  awk -v n="$(field answers "$line")" -v user="$((after[0] - before[0]))" -v kernel="$((after[1] - before[1]))" \
    'BEGIN { printf "%.2f | %.2f", user * 10000 / n, (user + kernel) * 10000 / n }'
}

milliseconds() { awk -v us="$(field "$1" "$2")" 'BEGIN { printf "%.1f", us / 1000 }'; }

# The longest time that all threads of the JVM stood still, of those noted behind a line.
longest_stop() {
  tail -n "+$(($1 + 1))" "$work/safepoints" | sed -n 's/.*Total: *\([0-9]*\) ns.*/\1/p' |
    awk '$1 > most { most = $1 } END { printf "%.1f", most / 1e6 }'
}

measure() {
  local start loaded memory hit miss calm line noted reloaded stop=-
  place 1
  start=$(now)
  "start_$1"
  until [ "$(serial)" = 1 ]; do
    kill -0 "$server" || { cat "$work/$1.log" >&2 && exit 1; }
    sleep 0.02
  done
  loaded=$(seconds_since "$start")
  sleep 2
  memory=$(mebibytes)
  load --names "$work/hits" --seconds 5 >/dev/null
  hit=$(cost hits)
  miss=$(cost misses)
  calm=$(load --names "$work/hits" --rate 20000 --seconds 10)
  noted=$(cat "$work/safepoints" 2>/dev/null | wc -l)
  load --names "$work/hits" --rate 20000 --seconds 20 >"$work/busy" &
  line=$!
  sleep 2
  place 2
  start=$(now)
  "reload_$1"
  until [ "$(serial)" = 2 ]; do
    [ $(($(now) - start)) -lt 60000000000 ] || { echo "$1 does not reload" >&2 && exit 1; }
    sleep 0.02
  done
  reloaded=$(seconds_since "$start")
  wait "$line"
  line=$(cat "$work/busy")
  if [ "$1" = azimuth ]; then stop=$(longest_stop "$noted"); fi
  echo "| $1 | $loaded | $memory | $hit | $miss | $(milliseconds max_us "$calm") | $reloaded |" \
    "$(milliseconds p999_us "$line") | $(milliseconds max_us "$line") | $(field lost "$line") | $stop | $(mebibytes) |"
  stop
}

versions() {
  echo "Azimuth $(git -C "$root" describe --always --dirty)"
  nsd -v 2>&1 | sed -n 's/^NSD version /NSD /p'
  knotd -V 2>&1 | sed -n 's/^.*(Knot DNS), version /Knot /p'
}

build
before=$(machine)
tool zone --records "$records" --serial 1 --folder "$work" >/dev/null
tool zone --records "$records" --serial 2 --folder "$work" >/dev/null
{
  echo
  echo "### Large zone, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/zone.sh --records $records --seconds $seconds\`; $before; $(versions | paste -sd, | sed 's/,/, /g')"
  echo
  echo "| server | first answer, s | memory, MiB | hit, user µs | hit, µs | miss, user µs | miss, µs |" \
    "longest without a load, ms | new data after, s | p99.9 while loading, ms | longest, ms | lost |" \
    "longest stop of the JVM, ms | memory then, MiB |"
  echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
  measure azimuth
  if command -v nsd >/dev/null; then measure nsd; fi
  if command -v knotd >/dev/null; then measure knot; fi
} | record
