#!/bin/bash
# What an answer over UDP costs in CPU time, beside gdnsd, NSD and Knot. Linux, two cores.
#
#   bench/udp.sh [--seconds 6] [--rounds 3] [--record]
#
# Every server in turn gets one worker and one core, the generator has another. What is read is the
# CPU time of the whole process (for Azimuth its compilers and collectors too) per answer; Azimuth
# and gdnsd answer a weighted name of three addresses, one of them at a time, and all four a static
# one. Ratios are taken within a round and their median is told. What is not installed is left out.
. "$(dirname "$0")/common.sh"

seconds=6
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

zone() {
  cat <<END
\$TTL 60
\$ORIGIN bench.example.
@ IN SOA ns1 hostmaster 1 3600 900 604800 60
@ IN NS ns1
ns1 IN A 203.0.113.53
static IN A 192.0.2.9
$1
END
}

start_azimuth() {
  local backend=0 weight
  {
    echo "server: { listen: [ \"127.0.0.1:$port\" ], workers: 1, state_dir: $work/azimuth }"
    echo "pools:"
    echo "  all:"
    echo "    backends:"
    for weight in $weights; do
      backend=$((backend + 1))
      echo "      b$backend: { address: 192.0.2.$backend, weight: $weight }"
    done
    echo "zones:"
    echo "  bench.example:"
    echo "    records: |"
    zone "" | sed 's/^/      /'
    echo "    names:"
    echo "      www: { to: all }"
  } >"$work/azimuth.yaml"
  taskset -c "${BENCH_SERVER_CORE:-0}" "$root/app/target/azimuth/bin/azimuth" run "$work/azimuth.yaml" \
    >"$work/azimuth.log" 2>&1 &
  server=$!
}

start_gdnsd() {
  mkdir -p "$work"/gdnsd/{zones,run,state}
  cat >"$work/gdnsd/config" <<END
options => {
  listen => { 127.0.0.1:$port => { udp_threads = 1, tcp_threads = 1 } }
  run_dir = $work/gdnsd/run, state_dir = $work/gdnsd/state
}
plugins => { weighted => { service_types = up, www => { $(
    backend=0
    for weight in $weights; do
      backend=$((backend + 1))
      echo "b$backend = [192.0.2.$backend, $weight],"
    done
  ) } } }
END
  zone "www 60 DYNA weighted!www" | sed 's/ IN / /' >"$work/gdnsd/zones/bench.example"
  taskset -c "${BENCH_SERVER_CORE:-0}" gdnsd -c "$work/gdnsd" start >"$work/gdnsd.log" 2>&1 &
  server=$!
}

start_nsd() {
  mkdir -p "$work/nsd"
  zone "" >"$work/nsd/zone"
  cat >"$work/nsd/conf" <<END
server:
  ip-address: 127.0.0.1@$port
  server-count: 1
  username: ""
  database: ""
  rrl-ratelimit: 0
  zonesdir: "$work/nsd"
  pidfile: "$work/nsd/pid"
  xfrdfile: "$work/nsd/xfrd"
  xfrdir: "$work/nsd"
  zonelistfile: "$work/nsd/list"
remote-control:
  control-enable: no
zone:
  name: bench.example
  zonefile: zone
END
  taskset -c "${BENCH_SERVER_CORE:-0}" nsd -d -c "$work/nsd/conf" >"$work/nsd.log" 2>&1 &
  server=$!
}

start_knot() {
  mkdir -p "$work/knot"
  zone "" >"$work/knot/zone"
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
  - domain: bench.example
    file: $work/knot/zone
    zonefile-load: whole
    journal-content: none
END
  taskset -c "${BENCH_SERVER_CORE:-0}" knotd -c "$work/knot/conf" >"$work/knot.log" 2>&1 &
  server=$!
}

# measure ROUND SERVER KIND GENERATOR: one line of the table of raw figures.
measure() {
  local line answers before after names=$work/$3
  read -r -a before <<<"$(ticks "$server")"
  if [ "$4" = loop ]; then
    line=$(load --names "$names" --seconds "$seconds")
    answers=$(field answers "$line")
    [ "$(field unhelpful "$line")" = 0 ] || echo "$2 gave answers without records: $line" >&2
  else
    taskset -c "${BENCH_LOAD_CORE:-1}" dnsperf -s 127.0.0.1 -p "$port" -d "$names" -c 8 -T 1 -q 200 \
      -l "$seconds" >"$work/dnsperf" 2>&1
    answers=$(awk '/Queries completed/ { print $3 }' "$work/dnsperf")
  fi
  read -r -a after <<<"$(ticks "$server")"
  echo "$1 $2 $3 $4 $answers $((after[0] - before[0])) $((after[1] - before[1]))" | tee -a "$work/raw" >&2
}

# serve ROUND SERVER KINDS: a server's part of a round, after it has become warm.
serve() {
  local kind
  stop
  "start_$2"
  for kind in $3; do
    answering "$(cut -d' ' -f1 "$work/$kind")"
    load --names "$work/$kind" --seconds 5 >/dev/null
  done
  for kind in $3; do
    measure "$1" "$2" "$kind" loop
    if command -v dnsperf >/dev/null; then
      measure "$1" "$2" "$kind" dnsperf
    fi
  done
  stop
}

# The medians over the rounds: microseconds of user and of all CPU time per answer, each also as a
# part of what gdnsd needs for the same in the same round.
table() {
  awk '
    function median(list,    parts, n, i, j, t) {
      n = split(list, parts, " ")
      for (i = 2; i <= n; i++)
        for (j = i; j > 1 && parts[j] + 0 < parts[j - 1] + 0; j--) {
          t = parts[j]; parts[j] = parts[j - 1]; parts[j - 1] = t
        }
      return n == 0 ? "" : n % 2 ? parts[(n + 1) / 2] : (parts[n / 2] + parts[n / 2 + 1]) / 2
    }
    $5 > 0 {
      key = $4 " " $3 " " $2
      if (!(key in answers)) order[++rows] = key
      round = $1 SUBSEP key
      user[round] = $6 * 10000 / $5
      total[round] = ($6 + $7) * 10000 / $5
      answers[key] += $5
      seconds[key] += $6 / 100
      if ($1 > last) last = $1
    }
    END {
      print "| generator | name | server | answers | user, s | user, µs | total, µs | user ÷ gdnsd | total ÷ gdnsd |"
      print "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
      for (row = 1; row <= rows; row++) {
        key = order[row]
        split(key, word, " ")
        peer = word[1] " " word[2] " gdnsd"
        u = t = ur = tr = ""
        for (i = 1; i <= last; i++) {
          round = i SUBSEP key
          if (!(round in user)) continue
          u = u " " user[round]; t = t " " total[round]
          if ((i SUBSEP peer) in user) {
            ur = ur " " user[round] / user[i SUBSEP peer]
            tr = tr " " total[round] / total[i SUBSEP peer]
          }
        }
        printf "| %s | %s | %s | %d | %.1f | %.2f | %.2f | %.2f | %.2f |\n", word[1], word[2], word[3],
          answers[key], seconds[key], median(u), median(t), median(ur), median(tr)
      }
    }' "$work/raw" | (IFS= read -r head && read -r rule && echo "$head" && echo "$rule" && sort)
}

# Versions of what was measured.
versions() {
  echo "Azimuth $(git -C "$root" describe --always --dirty)"
  gdnsd -h 2>&1 | sed -n 's/^gdnsd version /gdnsd /p'
  nsd -v 2>&1 | sed -n 's/^NSD version /NSD /p'
  knotd -V 2>&1 | sed -n 's/^.*(Knot DNS), version /Knot /p'
  dnsperf -h 2>&1 | sed -n 's/^.*[Vv]ersion /dnsperf /p'
}

build
before=$(machine)
for round in $(seq "$rounds"); do
  serve "$round" azimuth "steered static"
  if command -v gdnsd >/dev/null; then serve "$round" gdnsd "steered static"; fi
  if command -v nsd >/dev/null; then serve "$round" nsd static; fi
  if command -v knotd >/dev/null; then serve "$round" knot static; fi
done
{
  echo
  echo "### UDP, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/udp.sh --seconds $seconds --rounds $rounds\`; $before; $(versions | paste -sd, | sed 's/,/, /g')"
  echo
  table
} | record
