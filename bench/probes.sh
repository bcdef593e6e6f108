#!/bin/bash
# What a health check costs: CPU time for each HTTP probe of very many targets, with a new
# connection each and with kept ones, beside a bare epoll client in C, HAProxy and gdnsd that ask the
# same targets at the same rate; and for each HTTPS probe with a handshake in full, at a fifth of the
# rate. The targets are addresses of one nginx, which counts. Linux; needs gcc, nginx and openssl;
# peers that are not installed are left out.
#
#   bench/probes.sh [--targets 50000] [--kept 18000] [--rate 5000] [--warm 40] [--seconds 20] [--rounds 3] [--parts new,haproxy,gdnsd,kept,https] [--record]
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
parts=new,haproxy,gdnsd,kept,https
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
secure=$((port + 3))
counter=$((port + 2))
own=${BENCH_SERVER_CORE:-0}
other=${BENCH_LOAD_CORE:-1}
gcc -O2 -o "$work/probes" "$root/bench/src/main/c/probes.c"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=probe.example \
  -addext subjectAltName=DNS:probe.example -keyout "$work/key.pem" -out "$work/chain.pem" 2>/dev/null

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
  server {
    listen $secure ssl backlog=16384;
    ssl_certificate $work/chain.pem;
    ssl_certificate_key $work/key.pem;
    location / { return 200 "ok\n"; }
  }
  server { listen 127.0.0.1:$counter; location / { stub_status; } }
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
  local count=$1 check=$2
  echo "server: { listen: [ \"127.0.0.1:$port\" ], workers: 1, state_dir: $work/state }"
  echo "health: { per_target: 4, total: 4000 }"
  echo "checks: { web: { $check, host: probe.example, timeout: 2s } }"
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

# As nginx counts the requests that it was sent.
probes_so_far() {
  curl -s "http://127.0.0.1:$counter/" | awk 'NR == 3 { print $3 }'
}

# per_probe SECONDS COUNT-BEFORE COUNT-AFTER TICKS: "MICROSECONDS CORES"
per_probe() {
  awk -v s="$1" -v n="$2" -v t="$3" 'BEGIN { printf "%.1f %.3f\n", t * 10000 / n, t / 100 / s }'
}

# measure SECONDS: what the server's probes cost, after so long to begin with.
measure() {
  local ticks_before ticks_after count_before count_after
  sleep "$1"
  count_before=$(probes_so_far)
  ticks_before=$(ticks "$server" | awk '{ print $1 + $2 }')
  sleep "$seconds"
  ticks_after=$(ticks "$server" | awk '{ print $1 + $2 }')
  count_after=$(probes_so_far)
  per_probe "$seconds" $((count_after - count_before)) $((ticks_after - ticks_before))
}

run_azimuth() {
  taskset -c "$own" "$root/app/target/azimuth/bin/azimuth" run "$work/azimuth.yaml" >"$work/azimuth.log" 2>&1 &
  server=$!
  answering www.bench.example
}

# A node that knows nothing asks everybody within its first seconds, and again in such a wave
# each interval. One that was restarted spreads them evenly, as they are after some hours.
#
# azimuth COUNT CHECK
azimuth() {
  rm -rf "$work/state"
  azimuth_config "$1" "$2" >"$work/azimuth.yaml"
  run_azimuth
  sleep 12
  stop
  run_azimuth
  measure "$warm"
  stop
}

bare() {
  taskset -c "$own" "$work/probes" "$1" "$web" "$(awk -v n="$1" -v r="$rate" 'BEGIN { print n / r }')" 12 "$seconds" "$2" >"$work/bare" ||
    echo "some probes of the bare client failed: $(cat "$work/bare")" >&2
  echo "$(field per_probe_us "$(cat "$work/bare")") $(field cores "$(cat "$work/bare")")"
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
  measure 25
  stop
}

# Its checks are of addresses, each of which is probed when a resource has it; it has no port of its own for each.
gdnsd_probes() {
  mkdir -p "$work"/gdnsd/{zones,run,state}
  {
    echo "options => { listen => { 127.0.0.1:$port => { udp_threads = 1, tcp_threads = 1 } }"
    echo "  run_dir = $work/gdnsd/run, state_dir = $work/gdnsd/state }"
    echo "service_types => { web => { plugin = http_status, port = $web, url_path = /, vhost = probe.example,"
    echo "  interval = $(($(interval "$targets") / 1000)), timeout = 2 } }"
    echo "plugins => { multifo => { service_types = web"
    addresses "$targets" | awk '
      NR % 10 == 1 { printf "%s  p%d => {", (NR > 1 ? " }\n" : ""), int(NR / 10) }
      { printf "%s b%d = %s", (NR % 10 == 1 ? "" : ","), NR, $1 }
      END { print " }" }'
    echo "} }"
  } >"$work/gdnsd/config"
  printf '@ SOA ns1 hostmaster 1 3600 900 604800 60\n@ NS ns1\nns1 A 203.0.113.53\nwww 60 DYNA multifo!p0\n' \
    >"$work/gdnsd/zones/bench.example"
  taskset -c "$own" gdnsd -c "$work/gdnsd" start >"$work/gdnsd.log" 2>&1 &
  server=$!
  answering_slowly www.bench.example
  measure 25
  stop
}

# What loads very many addresses takes its time.
answering_slowly() {
  answering "$1" 2>/dev/null || answering "$1" 2>/dev/null || answering "$1"
}

new_azimuth=() new_bare=() new_haproxy=() new_gdnsd=() kept_azimuth=() kept_bare=() https_azimuth=()
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
    new_azimuth+=("$(azimuth "$targets" "http: /, port: $web, every: $(interval "$targets")ms")")
    echo "round $round of $rounds: new ${new_bare[-1]} / ${new_azimuth[-1]}" >&2
  fi
  if wanted haproxy && command -v haproxy >/dev/null; then new_haproxy+=("$(haproxy_probes)"); fi
  if wanted gdnsd && command -v gdnsd >/dev/null; then
    new_gdnsd+=("$(gdnsd_probes)")
    echo "round $round of $rounds: gdnsd ${new_gdnsd[-1]}" >&2
  fi
  if wanted https; then
    https_azimuth+=("$(azimuth $((targets / 5)) "https: /, port: $secure, ca: { file: $work/chain.pem }, every: $(interval "$targets")ms")")
    echo "round $round of $rounds: https ${https_azimuth[-1]}" >&2
  fi
  if wanted kept; then
    kept_bare+=("$(bare "$kept" kept)")
    kept_azimuth+=("$(azimuth "$kept" "http: /, port: $web, keep: true, every: $(interval "$kept")ms")")
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
  row "HAProxy $(haproxy -v 2>/dev/null | sed -n '1s/.*version \([0-9.]*\).*/\1/p'), the same" "${new_haproxy[@]}"
  row "$(gdnsd -h 2>&1 | sed -n 's/^gdnsd version /gdnsd /p'), the same" "${new_gdnsd[@]}"
  row "bare C epoll client, $kept targets, kept connections" "${kept_bare[@]}"
  row "Azimuth, the same" "${kept_azimuth[@]}"
  row "Azimuth by HTTPS, $((targets / 5)) targets, a handshake in full each, $((rate / 5)) a second" "${https_azimuth[@]}"
} | record
