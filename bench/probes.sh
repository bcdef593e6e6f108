#!/bin/bash
# What a health check costs: CPU time for each HTTP probe of very many targets, with a new
# connection each and with kept ones, beside a bare epoll client in C and HAProxy that ask the same
# targets at the same rate. The targets are addresses of one nginx. Linux; needs gcc and
# nginx; peers that are not installed are left out.
#
#   bench/probes.sh [--targets 50000] [--kept 18000] [--rate 5000] [--warm 40] [--seconds 20] [--rounds 3] [--parts new,haproxy,kept] [--record]
#
# What a JVM compiles in its first minute is left out: --warm says how long it has for that.
#
# Each process may have as many files open as the shell lets it: kept connections need one for each
# target, so there are fewer of those, each asked more often.
. "$(dirname "$0")/common.sh"

targets=50000
kept=18000
rate=5000
warm=40
seconds=20
rounds=3
parts=new,haproxy,kept
while [ $# -gt 0 ]; do
  case $1 in
    --targets) targets=$2 && shift 2 ;;
    --kept) kept=$2 && shift 2 ;;
    --rate) rate=$2 && shift 2 ;;
    --warm) warm=$2 && shift 2 ;;
    --seconds) seconds=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --parts) parts=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) sed -n '2,/^#   bench/s/^#   bench/usage: bench/p' "$0" >&2 && exit 2 ;;
  esac
done

build
before=$(machine)
ulimit -n "$(ulimit -Hn)"
web=$((port + 1))
admin=$((port + 2))
own=${BENCH_SERVER_CORE:-0}
other=${BENCH_LOAD_CORE:-1}
gcc -O2 -o "$work/probes" "$root/bench/src/main/c/probes.c"

cat >"$work/nginx.conf" <<EOF
daemon off;
worker_processes 1;
error_log /dev/null crit;
pid $work/nginx.pid;
events { worker_connections $(($(ulimit -n) - 100)); }
http {
  access_log off;
  keepalive_timeout 300s;
  keepalive_requests 1000000000;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
  uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server { listen $web backlog=16384; location / { return 200 "ok\n"; } }
}
EOF
taskset -c "$other" nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null &
nginx=$!
trap 'kill $nginx 2>/dev/null; finish' EXIT

addresses() {
  awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
    printf "127.%d.%d.%d\n", 1 + int(i / 65536), int(i / 256) % 256, i % 256 }'
}

# interval COUNT: in milliseconds, so that so many targets make the rate
interval() {
  echo $(($1 * 1000 / rate))
}

azimuth_config() {
  local count=$1 keep=$2
  echo "server: { listen: [ \"127.0.0.1:$port\" ], workers: 1, state_dir: $work/state, admin: \"127.0.0.1:$admin\" }"
  echo "health: { per_target: 4, total: 4000 }"
  echo "checks: { web: { http: /, host: probe.example, port: $web, every: $(interval "$count")ms, timeout: 2s, keep: $keep } }"
  echo "pools:"
  addresses "$count" | awk '
    NR % 10 == 1 { printf "%s  p%d: { check: web, backends: {", (NR > 1 ? " } }\n" : ""), int(NR / 10) }
    { printf "%s b%d: %s", (NR % 10 == 1 ? "" : ","), NR, $1 }
    END { print " } }" }'
  cat <<EOF
zones:
  bench.example:
    records: "@ SOA ns1 hostmaster 1 3600 900 604800 60\n@ NS ns1\nns1 A 203.0.113.53"
    names: { www: { to: p0 } }
EOF
}

probes_so_far() {
  curl -s "http://127.0.0.1:$admin/metrics" | awk '/^azimuth_probe_results_total/ { sum += $2 } END { printf "%.0f\n", sum }'
}

# per_probe SECONDS COUNT-BEFORE COUNT-AFTER TICKS: "MICROSECONDS CORES"
per_probe() {
  awk -v s="$1" -v n="$2" -v t="$3" 'BEGIN { printf "%.1f %.3f\n", t * 10000 / n, t / 100 / s }'
}

# Measures the server for the given time; the number of probes is what COUNTER says, or the rate.
measure() {
  local counter=$1 warm=$2 ticks_before ticks_after count_before count_after
  sleep "$warm"
  count_before=$($counter)
  ticks_before=$(ticks "$server" | awk '{ print $1 + $2 }')
  sleep "$seconds"
  ticks_after=$(ticks "$server" | awk '{ print $1 + $2 }')
  count_after=$($counter)
  per_probe "$seconds" $((count_after - count_before)) $((ticks_after - ticks_before))
}

run_azimuth() {
  taskset -c "$own" "$root/app/target/azimuth/bin/azimuth" run "$work/azimuth.yaml" >"$work/azimuth.log" 2>&1 &
  server=$!
  answering www.bench.example
}

# A node that knows nothing asks everybody within its first seconds, and again in such a wave
# each interval. One that was restarted spreads them evenly, as they are after some hours.
azimuth() {
  local count=$1 keep=$2
  rm -rf "$work/state"
  azimuth_config "$count" "$keep" >"$work/azimuth.yaml"
  run_azimuth
  sleep 12
  stop
  run_azimuth
  measure probes_so_far "$warm"
  stop
}

bare() {
  taskset -c "$own" "$work/probes" "$1" "$web" "$(awk -v n="$1" -v r="$rate" 'BEGIN { print n / r }')" 12 "$seconds" "$2" >"$work/bare" ||
    echo "some probes of the bare client failed: $(cat "$work/bare")" >&2
  echo "$(field per_probe_us "$(cat "$work/bare")") $(field cores "$(cat "$work/bare")")"
}

# HAProxy counts no probes by itself: the rate is what it is told.
by_rate() {
  awk -v rate="$rate" '{ printf "%.0f\n", $1 * rate }' /proc/uptime
}

haproxy_probes() {
  {
    echo "global"
    echo "  nbthread 1"
    echo "  maxconn 1000"
    echo "  spread-checks 10"
    echo "defaults"
    echo "  mode http"
    echo "  timeout connect 2s"
    echo "  timeout client 2s"
    echo "  timeout server 2s"
    echo "  timeout check 2s"
    echo "backend b"
    echo "  option httpchk GET / HTTP/1.1"
    echo "  http-check send hdr host probe.example"
    addresses "$targets" | awk -v p="$web" -v i="$(interval "$targets")" '{ printf "  server s%d %s:%d check inter %dms\n", NR, $1, p, i }'
  } >"$work/haproxy.cfg"
  taskset -c "$own" haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
  server=$!
  measure by_rate 25
  stop
}

new_azimuth=() new_bare=() new_haproxy=() kept_azimuth=() kept_bare=()
# wanted PART
wanted() {
  case ,$parts, in
    *,"$1",*) return 0 ;;
  esac
  return 1
}

for round in $(seq "$rounds"); do
  if wanted new; then
    new_bare+=("$(bare "$targets" new)")
    new_azimuth+=("$(azimuth "$targets" false)")
    echo "round $round of $rounds: new ${new_bare[-1]} / ${new_azimuth[-1]}" >&2
  fi
  if wanted haproxy && command -v haproxy >/dev/null; then new_haproxy+=("$(haproxy_probes)"); fi
  if wanted kept; then
    kept_bare+=("$(bare "$kept" kept)")
    kept_azimuth+=("$(azimuth "$kept" true)")
    echo "round $round of $rounds: kept ${kept_bare[-1]} / ${kept_azimuth[-1]}" >&2
  fi
done

median() {
  printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

row() {
  local name=$1
  shift
  [ $# -gt 0 ] || return 0
  # shellcheck disable=SC2046
  set -- $(median "$@")
  echo "| $name | $1 | $2 |"
}

{
  echo
  echo "### Probes, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/probes.sh --targets $targets --kept $kept --rate $rate --warm $warm --seconds $seconds --rounds $rounds --parts $parts\`; $before; Azimuth $(git -C "$root" describe --always --dirty)"
  echo
  echo "$rate HTTP probes a second for $seconds s, medians of $rounds rounds:"
  echo
  echo "| | µs of CPU for each probe | cores |"
  echo "| --- | --- | --- |"
  row "bare C epoll client, $targets targets, a new connection each" "${new_bare[@]}"
  row "Azimuth, the same" "${new_azimuth[@]}"
  row "HAProxy $(haproxy -v 2>/dev/null | sed -n '1s/.*version \([0-9.]*\).*/\1/p'), the same (by its configured rate)" "${new_haproxy[@]}"
  row "bare C epoll client, $kept targets, kept connections" "${kept_bare[@]}"
  row "Azimuth, the same" "${kept_azimuth[@]}"
} | record
