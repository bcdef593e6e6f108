#!/bin/bash
# What the balancer costs beside HAProxy (mode tcp, one thread), both in front of one nginx and on one
# core, in turn: CPU time for each small request on kept connections, for each connection with one
# request, for each GB, and the same where both end TLS; what it adds to the latency at fixed rates;
# and how much memory an idle connection takes. Linux; needs nginx, wrk, h2load, haproxy, openssl.
#
#   bench/forward.sh [--seconds 10] [--rounds 5] [--warm 100000] [--rates "5000 20000"]
#                    [--least 2000] [--most 9000] [--parts "cost tls latency memory"] [--record]
. "$(dirname "$0")/common.sh"

seconds=10
rounds=5
warm=100000
rates="5000 20000"
least=2000
most=9000
parts="cost tls latency memory"
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2 && shift 2 ;;
    --rounds) rounds=$2 && shift 2 ;;
    --warm) warm=$2 && shift 2 ;;
    --rates) rates=$2 && shift 2 ;;
    --parts) parts=$2 && shift 2 ;;
    --least) least=$2 && shift 2 ;;
    --most) most=$2 && shift 2 ;;
    --record) recording=yes && shift ;;
    *) sed -n '2,/^[^#]/{ s/^#   bench/usage: bench/p; s/^#      /       /p; }' "$0" >&2 && exit 2 ;;
  esac
done

build
before=$(machine)
ulimit -n "$(ulimit -Hn)"
web=$((port + 1))
own=${BENCH_SERVER_CORE:-0}
other=${BENCH_LOAD_CORE:-1}
declare -A at=([azimuth]=$((port + 2)) [haproxy]=$((port + 3)))
declare -A secure=([azimuth]=$((port + 4)) [haproxy]=$((port + 5))) pid=()

mkdir -p "$work/www"
chmod 711 "$work" # nginx reads as somebody else
head -c 1024 /dev/urandom >"$work/www/1k"
head -c 10485760 /dev/urandom >"$work/www/10m"
cat >"$work/nginx.conf" <<END
daemon off;
worker_processes 1;
error_log /dev/null crit;
pid $work/nginx.pid;
events { worker_connections $(($(ulimit -n) - 100)); }
http {
  access_log off;
  sendfile on;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
  uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server { listen 127.0.0.1:$web backlog=16384; root $work/www; }
}
END
# One version, one key exchange, one cipher: what both speak when nobody asks for anything else.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/chain.pem" 2>/dev/null
chmod 600 "$work/key.pem"
cat "$work/chain.pem" "$work/key.pem" >"$work/both.pem"
cat >"$work/haproxy.cfg" <<END
global
  nbthread 1
  ssl-default-bind-options ssl-min-ver TLSv1.3
  ssl-default-bind-ciphersuites TLS_AES_256_GCM_SHA384
  maxconn 9500
defaults
  mode tcp
  timeout connect 3s
  timeout client 1h
  timeout server 1h
listen l
  bind 127.0.0.1:${at[haproxy]}
  server s 127.0.0.1:$web
listen secure
  bind 127.0.0.1:${secure[haproxy]} ssl crt $work/both.pem
  server s 127.0.0.1:$web
END
cat >"$work/azimuth.yaml" <<END
server: { listen: [ "127.0.0.1:$port" ], workers: 1, state_dir: $work/state }
pools:
  origin: { backends: { a: { address: 127.0.0.1, port: $web } } }
balancers:
  web:
    listen: "tcp://127.0.0.1:${at[azimuth]}"
    to: origin
    timeouts: { idle: 1h }
  secure:
    listen: "tcp://127.0.0.1:${secure[azimuth]}"
    to: origin
    timeouts: { idle: 1h }
    tls: { versions: TLSv1.3, certificates: { chain: $work/chain.pem, key: { file: $work/key.pem } } }
zones:
  bench.example:
    records: "@ SOA ns1 hostmaster 1 3600 900 604800 60\n@ NS ns1\nns1 A 203.0.113.53"
    names: { www: { to: origin } }
END
taskset -c "$other" nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null &
nginx=$!
haproxy=
trap 'kill $nginx $haproxy 2>/dev/null; finish' EXIT

taskset -c "$own" haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
haproxy=$!
pid[haproxy]=$haproxy
# The node runs on one core as well, but for what the JVM does beside.
taskset -c "$own" "$root/app/target/azimuth/bin/azimuth" run "$work/azimuth.yaml" >"$work/azimuth.log" 2>&1 &
server=$!
pid[azimuth]=$server
answering www.bench.example
for who in azimuth haproxy; do
  curl -sf -o /dev/null "http://127.0.0.1:${at[$who]}/10m" || { echo "$who does not give the file" >&2 && exit 1; }
done

# ask WHO SECONDS KIND: "REQUESTS P99-IN-MICROSECONDS"; of bulk it counts what came of unfinished ones too.
ask() {
  local url=http://127.0.0.1:${at[$1]} kind=${3#tls-} options=()
  [ "$kind" = "$3" ] || url=https://127.0.0.1:${secure[$1]}
  case $kind in
    kept) options=(-c32 "$url/1k") ;;
    new) options=(-c32 -H 'Connection: close' "$url/1k") ;;
    bulk) options=(-c8 "$url/10m") ;;
  esac
  taskset -c "$other" wrk --latency -t1 -d"${2}s" "${options[@]}" | awk -v kind="$kind" '
    /requests in/ { n = kind != "bulk" ? $1 : $5 ~ /GB/ ? $5 * 102.4 : $5 / 10 }
    $1 == "99%" {
      v = $2 + 0
      if ($2 ~ /us$/) p = v; else if ($2 ~ /ms$/) p = v * 1000; else p = v * 1000000
    }
    END { printf kind == "bulk" ? "%.2f %d\n" : "%d %d\n", n, p }'
}

# cost WHO KIND: "MICROSECONDS-OF-CPU-FOR-EACH P99"
cost() {
  local before after
  before=$(ticks "${pid[$1]}" | awk '{ print $1 + $2 }')
  # shellcheck disable=SC2046
  set -- "$1" "$2" $(ask "$1" "$seconds" "$2")
  after=$(ticks "${pid[$1]}" | awk '{ print $1 + $2 }')
  awk -v n="$3" -v p="$4" -v t=$((after - before)) 'BEGIN { printf "%.2f %d\n", t * 10000 / n, p }'
}

resident() {
  awk '/^VmRSS/ { print $2 }' "/proc/$1/status"
}

# slope WHO: octets for each idle connection, between so many and so many.
slope() {
  local few many
  few=$(held "$1" "$least")
  many=$(held "$1" "$most")
  if [ -z "$few" ] || [ -z "$many" ]; then
    echo "not measured, since not all could be held"
    return
  fi
  awk -v a="$few" -v b="$many" -v n=$((most - least)) 'BEGIN { printf "%.0f octets\n", (b - a) * 1024 / n }'
}

# held WHO CONNECTIONS: resident KiB while so many are held; nothing when not all could be.
held() {
  tool hold --server "127.0.0.1:${at[$1]}" --connections "$2" >"$work/held" &
  local hold=$! i
  for i in $(seq 600); do
    grep -q held= "$work/held" && break
    sleep 0.1
  done
  sleep 5
  if grep -q held= "$work/held"; then
    resident "${pid[$1]}"
  fi
  # shellcheck disable=SC2046
  kill $(family "$hold") 2>/dev/null || true
  wait "$hold" 2>/dev/null || true
  sleep 2
}

# measured PART: whether it was asked for.
measured() {
  case " $parts " in *" $1 "*) ;; *) return 1 ;; esac
}

kinds=
measured cost && kinds="kept new bulk"
measured tls && kinds="$kinds tls-kept tls-new tls-bulk"

# Warm: a cold JVM costs several times as much for seconds.
for who in azimuth haproxy; do
  done=0
  while [ "$done" -lt "$warm" ]; do
    # shellcheck disable=SC2046
    set -- $(ask "$who" 5 new)
    done=$((done + $1))
  done
  for kind in $kinds; do
    # The compiler takes longer over the JDK's cryptography.
    case $kind in tls-*) ask "$who" 60 "$kind" ;; *) ask "$who" 3 "$kind" ;; esac >/dev/null
  done
done

for kind in $kinds; do
  for round in $(seq "$rounds"); do
    a=$(cost azimuth $kind)
    h=$(cost haproxy $kind)
    echo "$a $h" >>"$work/$kind"
    echo "$kind round $round of $rounds: azimuth $a, haproxy $h" >&2
  done
done

# paced PORT RATE: the latency of requests that are sent on time over 32 connections, in microseconds:
# "P50 P99 P99.9".
paced() {
  taskset -c "$other" h2load --h1 -t1 -c32 -D "$seconds" --warm-up-time 1 --rps "$(($2 / 32))" \
    --log-file "$work/requests" "http://127.0.0.1:$1/1k" >/dev/null
  cut -f3 "$work/requests" | sort -n | awk '{ t[NR] = $1 }
    END { print t[int(NR * .5)], t[int(NR * .99)], t[int(NR * .999)] }'
  rm "$work/requests"
}

measured latency && for rate in $rates; do
  for round in $(seq "$rounds"); do
    line="$(paced "$web" "$rate") $(paced "${at[azimuth]}" "$rate") $(paced "${at[haproxy]}" "$rate")"
    echo "$line" >>"$work/paced$rate"
    echo "$rate a second, round $round of $rounds: nginx alone, azimuth, haproxy (p50 p99 p99.9): $line" >&2
  done
done

# median COLUMN KIND
median() {
  awk "{ print $1 }" "$work/$2" | sort -n | sed -n "$(((rounds + 1) / 2))p"
}

row() {
  local name=$1 kind=$2 scale=$3
  echo "| $name | $(median "\$1 * $scale" "$kind") | $(median "\$3 * $scale" "$kind") | $(median 'sprintf("%.2f", $1 / $3)' "$kind") | $(median '$2' "$kind") | $(median '$4' "$kind") |"
}

# added NAME NTH: medians of what stands at NTH of the three that paced prints, less that of nginx alone.
added() {
  local a=$((3 + $2)) h=$((6 + $2)) n=$2 rate
  for rate in $rates; do
    echo "| $1 at $rate a second | $(median "\$$n" "paced$rate") | $(median "\$$a - \$$n" "paced$rate") | $(median "\$$h - \$$n" "paced$rate") |"
  done
}

{
  echo
  echo "### Forwarding, $(date -u '+%Y-%m-%d %H:%M')"
  echo
  echo "\`bench/forward.sh --seconds $seconds --rounds $rounds --warm $warm --rates \"$rates\" --least $least --most $most --parts \"$parts\"\`; $before; Azimuth $(git -C "$root" describe --always --dirty), HAProxy $(haproxy -v | sed -n '1s/.*version \([0-9.]*\).*/\1/p')"
  if [ -n "$kinds" ]; then
    echo
    echo "CPU time of the balancing process, medians of $rounds rounds; each ratio is the median of the rounds' ratios:"
    echo
    echo "| | Azimuth | HAProxy | ratio | p99 of Azimuth, µs | p99 of HAProxy, µs |"
    echo "| --- | --- | --- | --- | --- | --- |"
  fi
  if measured cost; then
    row "µs for each 1 KiB request, 32 kept connections" kept 1
    row "µs for each connection with one such request, 32 at a time" new 1
    row "ms for each GB, 10 MiB at a time over 8 connections" bulk 0.1024
  fi
  if measured tls; then
    row "TLS 1.3 ended (AES-256-GCM, ECDSA by P-256): µs for each 1 KiB request" tls-kept 1
    row "the same with a handshake in full for each" tls-new 1
    row "the same, ms for each GB" tls-bulk 0.1024
  fi
  if measured latency; then
    echo
    echo "What a balancer adds to the latency of 1 KiB requests that are sent on time over 32 connections, microseconds, medians of $rounds rounds:"
    echo
    echo "| | nginx alone | Azimuth adds | HAProxy adds |"
    echo "| --- | --- | --- | --- |"
    added p50 1
    added p99 2
    added "p99.9" 3
  fi
  if measured memory; then
    echo
    echo "Resident size for each idle connection, as the slope between $least and $most that were used once: Azimuth $(slope azimuth), HAProxy $(slope haproxy)."
  fi
} | record
